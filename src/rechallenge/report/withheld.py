"""What the report says of the numbers that a public release withholds."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.disclosure.reasons import (
    COMPLEMENTARY,
    DERIVED,
    DIFFERENCE,
    ONE_PATIENT,
    OWN_CHECK,
    RESTS,
    SMALL,
    SUMMARY_COLUMNS,
    WITHHELD_COLUMNS,
)
from rechallenge.formatting import WITHHELD, count
from rechallenge.language import N_, tr
from rechallenge.report.numbers import WITHHELD as WITHHELD_NAME
from rechallenge.report.numbers import Numbers, number
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Row, Sheet

_SMALL_COUNT: Final = re.compile(r"<[1-9]\d*")
# The reasons in the order of the report.
REASONS: Final = {
    SMALL: N_("Counts above zero and below {settings.release.smallest_count}"),
    COMPLEMENTARY: N_("Counts from which one of these would follow, alone or with what is printed"),
    DIFFERENCE: N_("Counts of nearly the same patients as another one"),
    DERIVED: N_("Percentages and rates that say a withheld count in another way"),
    RESTS: N_("Estimates behind which, or behind a group of which, are as few patients or events"),
    ONE_PATIENT: N_("What leaving out a single patient changes"),
    OWN_CHECK: N_("Checks of the study's own figures against one another"),
}


def withheld_names(numbers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names of the withheld numbers of numbers.json."""
    return [
        name
        for name, entry in numbers.items()
        if name.startswith(WITHHELD_NAME) or entry["text"] == tr(WITHHELD) or _SMALL_COUNT.fullmatch(str(entry["text"]))
    ]


def from_disclosure(summary: pd.DataFrame) -> Numbers:
    """Return `disclosure.<why>`, the numbers withheld (or, in an internal release, told) by reason, and their sum."""
    found: Numbers = {}
    for why in REASONS:
        value = int(summary.loc[summary["why"].eq(why), "numbers"].sum())
        found[f"disclosure.{why}"] = number(count(value), value, f"disclosure.csv#{why}")
    value = int(summary["numbers"].sum())
    return {**found, "disclosure.all": number(count(value), value, "disclosure.csv#all")}


def table(numbers: Numbers) -> Sheet:
    """Return how many numbers a public release withholds, by reason."""
    rows = [
        Row(plain(str(words), numbers), (f"{{disclosure.{why}}}",))
        for why, words in REASONS.items()
        if numbers[f"disclosure.{why}"]["raw"]
    ]
    return Sheet("disclosure", tr("Numbers that are withheld"), (tr("What"), tr("Numbers")), tuple(rows))


def nothing() -> pd.DataFrame:
    """Return the table of withheld numbers of a study that withholds none."""
    return pd.DataFrame(columns=list(WITHHELD_COLUMNS))


def nothing_to_tell() -> pd.DataFrame:
    """Return disclosure.csv of such a study."""
    return pd.DataFrame(columns=list(SUMMARY_COLUMNS))


def texts(withheld: pd.DataFrame, file: str, smallest_count: int) -> dict[str, dict[str, str]]:
    """Return what is printed instead of the withheld numbers of a file, by name and column: "<5" or "[withheld]"."""
    found: dict[str, dict[str, str]] = {}
    own = withheld[withheld["file"].eq(file)]
    small, other = f"<{smallest_count}", tr(WITHHELD)
    for name, column, why in own[["name", "column", "why"]].itertuples(index=False, name=None):
        found.setdefault(str(name), {})[str(column)] = small if why == SMALL else other
    return found
