"""The results table of a public release: small counts, what adds up to them and what rests on them are left empty."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.disclosure.counted import (
    AT_RISK,
    CAUSE,
    COUNTS,
    CROSS_TABLES,
    EVENTS,
    KNOWN,
    MISSING,
    NOT_PATIENTS,
    PATIENTS,
    Counted,
    Key,
    Place,
    Whom,
    conditions,
    counted,
    numeric,
)
from rechallenge.disclosure.reasons import (
    COMPLEMENTARY,
    DERIVED,
    DIFFERENCE,
    ONE_PATIENT,
    OWN_CHECK,
    RESTS,
    WITHHELD_COLUMNS,
)
from rechallenge.disclosure.suppression import is_small, suppressed
from rechallenge.estimates.model_names import FIRTH
from rechallenge.results import prepared, records
from rechallenge.settings.config import MAIN
from rechallenge.settings.release import ReleaseSettings

# A share of patients, as 100 times a count over n.
_PERCENTS: Final = ("percent", "orr", "dcr", "agreement")
# Numbers from which, with what is printed beside them, a count follows.
_FROM_EVENTS: Final = ("rate", "person_months", "events_per_variable", "observed_expected")
_ONE_PATIENT: Final = ("largest_dfbetas", "leave_one_out_hr", "leave_one_out_p")
# No patient has these classes: a test leaves them out.
_NO_CLASS: Final = ("unclassified", "unknown", "not_evaluable", MISSING, KNOWN)
_NUMBERS: Final = ("estimate", "lower", "upper", "p")
# In the words of a method: numbers that count patients or events.
_COUNTED_WORDS: Final = re.compile(r"\b(all |the )?\d[\d,]*(?= (events|event|exposed|allocations|of them|by Firth)\b)")
_SIGNIFICANT: Final = 4


@dataclass(frozen=True)
class Protected:
    """A frame as a public release holds it, and what of it is withheld: columns WITHHELD_COLUMNS."""

    frame: pd.DataFrame
    withheld: pd.DataFrame


def protect_estimates(
    estimates: pd.DataFrame, release: ReleaseSettings, at_risk: Sequence[dict[str, Any]] = ()
) -> tuple[Protected, Counted, dict[Any, str]]:
    """Return the results table as a public release holds it, the counts in it, and why each is withheld.

    `estimates` has the columns of estimates.csv. A withheld number is empty; in `withheld`, `name` is the estimate_id
    and `column` estimate, n or events. An estimate is withheld where fewer than `release.smallest_count` patients or
    events stand behind it or one of the groups that it compares. What remains of the estimates has four digits that
    count, so that no fraction of patients can be read from the decimals. `at_risk` are further rows, of the numbers at
    risk under the curves (`curves.at_risk_records`), which are no part of the table.
    """
    rows = records(prepared(estimates))
    found = counted([*rows, *at_risk])
    threshold = release.smallest_count
    beforehand = {
        **_too_alike(found, threshold),
        **_whole_tables(rows, found, threshold),
        **_few_left(found, threshold),
    }
    why = suppressed(found.cells(), found.sums, threshold, beforehand)
    fates = _Fates(rows, found, why, release)
    frame = estimates.copy()
    for column in (*_NUMBERS, "n", "events"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    numbers = {column: frame[column].to_numpy(copy=True) for column in (*_NUMBERS, "n", "events")}
    withheld: list[tuple[str, str, str, str]] = []
    gone: list[int] = []
    for at, row in enumerate(rows):
        if str(row["term"]).startswith("study.") and row["model"] in NOT_PATIENTS:
            gone.append(at)
            withheld.append(("estimates.csv", row["estimate_id"], "estimate", OWN_CHECK))
            continue
        for column, reason in fates.of(at):
            for emptied in _NUMBERS if column == "estimate" else (column,):
                numbers[emptied][at] = np.nan
            withheld.append(("estimates.csv", row["estimate_id"], column, reason))
        fates.round_row(at, numbers)
    for column, values in numbers.items():
        frame[column] = values
    frame["method"] = [_without_counts(text) for text in frame["method"].fillna("")]
    kept = frame.drop(index=frame.index[gone]).reset_index(drop=True)
    listed = pd.DataFrame(withheld, columns=list(WITHHELD_COLUMNS)).drop_duplicates(ignore_index=True)
    return Protected(kept, listed), found, why


def _too_alike(found: Counted, threshold: int) -> dict[Any, str]:
    """Counts of the same patients that differ by a few: that of the main analysis stays, else the most printed one."""
    alike: dict[Whom, list[Key]] = {}
    for key, places in found.places.items():
        if places and key.value >= threshold:
            alike.setdefault(key.whom, []).append(key)
    withheld: dict[Any, str] = {}
    for keys in alike.values():
        kept: list[Key] = []
        for key in sorted(
            keys, key=lambda key: (found.known(MAIN, key.whom) != key.value, -len(found.places[key]), -key.value)
        ):
            if any(is_small(abs(key.value - other.value), threshold) for other in kept):
                withheld[key] = DIFFERENCE
            else:
                kept.append(key)
    return withheld


def _whole_tables(rows: list[dict[str, Any]], found: Counted, threshold: int) -> dict[Any, str]:
    """Cross tables of presets of which a count is small: all of their counts."""
    tables: dict[tuple[str, ...], list[Key]] = {}
    for at, row in enumerate(rows):
        key = found.of.get(Place(at, "estimate"))
        if row["model"] in CROSS_TABLES and key is not None:
            name = (row["analysis"], row["population"], row["model"], row["term"])
            tables.setdefault(name, []).append(key)
    hit = [keys for keys in tables.values() if any(is_small(key.value, threshold) for key in keys)]
    return {key: COMPLEMENTARY for keys in hit for key in keys if key.value >= threshold}


def _few_left(found: Counted, threshold: int) -> dict[Any, str]:
    """Numbers of events after which only a few patients are without one."""
    withheld: dict[Any, str] = {}
    for (analysis, whom), events in found.reference.items():
        if whom.kind == EVENTS:
            n = found.known(analysis, whom._replace(kind=PATIENTS, endpoint=""))
            if n is not None and is_small(n - events, threshold):
                withheld[Key(whom, events)] = COMPLEMENTARY
    return {key: reason for key, reason in withheld.items() if not is_small(key.value, threshold)}


class _Fates:
    """What becomes of each number of each row."""

    def __init__(
        self, rows: list[dict[str, Any]], found: Counted, why: dict[Any, str], release: ReleaseSettings
    ) -> None:
        self._rows, self._found, self._why = rows, found, why
        self._threshold, self._base = release.smallest_count, release.round_to
        self._levels: dict[tuple[str, str, str], set[str]] = {}
        # A model may leave patients out: its own groups are smaller.
        self._own = {
            (*_model_of(row), conditions(row)): [
                row[column] for column in ("estimate", "events") if numeric(row[column])
            ]
            for row in rows
            if row["statistic"] == "n" and row["level"]
        }
        for analysis, whom in found.reference:
            for term, level in whom.conditions:
                if whom.kind == PATIENTS and level not in _NO_CLASS and whom.at not in CROSS_TABLES:
                    self._levels.setdefault((analysis, whom.population, term), set()).add(level)

    def of(self, at: int) -> Iterator[tuple[str, str]]:
        """Yield the columns estimate, n, events that are withheld, with the reason."""
        row = self._rows[at]
        if row["model"] in NOT_PATIENTS:
            return
        cells = {column: self._cell(at, column) for column in ("estimate", "n", "events")}
        hidden = {column: self._why[key] for column, key in cells.items() if key is not None and key in self._why}
        if "estimate" not in hidden and row["statistic"] not in (*COUNTS, "not_fitted"):
            reason = self._of_estimate(row, hidden)
            if reason:
                hidden["estimate"] = reason
        yield from hidden.items()

    def _cell(self, at: int, column: str) -> Key | None:
        return self._found.of.get(Place(at, column))

    def _of_estimate(self, row: dict[str, Any], hidden: dict[str, str]) -> str:
        statistic = row["statistic"]
        if statistic in _ONE_PATIENT:
            return ONE_PATIENT
        if statistic in _PERCENTS and (hidden or self._small_share(row) or self._count_withheld(row)):
            return DERIVED
        if statistic in _FROM_EVENTS and hidden:
            return DERIVED
        if any(is_small(row[column], self._threshold) for column in ("n", "events") if numeric(row[column])):
            return RESTS
        return RESTS if any(self._few(row, group) for group in self._groups(row)) else ""

    def _small_share(self, row: dict[str, Any]) -> bool:
        if not numeric(row["n"]) or not numeric(row["estimate"]):
            return False
        count = round(row["estimate"] * row["n"] / 100)
        return is_small(count, self._threshold) or is_small(row["n"] - count, self._threshold)

    def _count_withheld(self, row: dict[str, Any]) -> bool:
        """Whether the count that a percentage says in another way is withheld."""
        whom = Whom(PATIENTS, "", row["population"], conditions(row))
        value = self._found.known(row["analysis"], whom)
        return value is not None and Key(whom, value) in self._why

    def _groups(self, row: dict[str, Any]) -> list[tuple[tuple[str, str], ...]]:
        """The groups that an estimate compares or describes, as conditions."""
        level, reference = str(row["level"]), str(row["reference"])
        terms = str(row["term"]).partition("|")[0].split("*")
        if "*" in level:
            sides = zip(level.split("*"), reference.split("*"), strict=False)
            return [conditions(row, "*".join(pair)) for pair in product(*sides)]
        if level:
            _, bar, inside = level.partition("|")
            return [conditions(row, one) for one in (level, f"{reference}{bar}{inside}" if reference else "") if one]
        known = [sorted(self._levels.get((row["analysis"], row["population"], term), ())) for term in terms]
        if all(known) and str(row["model"]).partition("|")[0] != "table1":
            return [conditions(row, "*".join(pair)) for pair in product(*known)]
        return [] if not all(known) else [*self._table_groups(row, terms[0], known[0])]

    def _table_groups(self, row: dict[str, Any], term: str, levels: list[str]) -> Iterator[tuple[tuple[str, str], ...]]:
        """The cells of a test of Table 1: each level in each class of resistance."""
        for column in self._levels.get((row["analysis"], row["population"], "resistance"), ()):
            for level in levels:
                yield tuple(sorted({term: level, "resistance": column}.items()))

    def _few(self, row: dict[str, Any], group: tuple[tuple[str, str], ...]) -> bool:
        """Whether few patients of a group stand behind an estimate: in all, with an event, or at risk at its time."""
        cause = tuple(item for item in group if item[0] != CAUSE)
        wanted = [Whom(PATIENTS, "", row["population"], cause)]
        if row["endpoint"]:
            wanted.append(Whom(EVENTS, row["endpoint"], row["population"], group))
            if numeric(row["at"]) and row["statistic"] == "survival":
                wanted.append(Whom(AT_RISK, row["endpoint"], row["population"], group, f"{row['at']:g}"))
        counts = [self._found.known(row["analysis"], whom) for whom in wanted]
        counts += self._own.get((*_model_of(row), group), [])
        return any(count is not None and is_small(count, self._threshold) for count in counts)

    def round_row(self, at: int, numbers: dict[str, np.ndarray]) -> None:
        """Round what is left of a row in place: counts to the declared base, estimates to four digits."""
        row = self._rows[at]
        if row["model"] in NOT_PATIENTS:
            return
        base = self._base
        counts = ["n", "events", *(["estimate"] if row["statistic"] in COUNTS else [])]
        if base:
            if row["statistic"] in _PERCENTS and numeric(row["n"]) and not np.isnan(numbers["estimate"][at]):
                of = rounded(row["n"], base)
                share = 100 * rounded(round(row["estimate"] * row["n"] / 100), base) / of if of else np.nan
                numbers["estimate"][at] = min(share, 100.0)
            for column in counts:
                numbers[column][at] = rounded(numbers[column][at], base)
        for column in _NUMBERS:
            if column not in counts:
                numbers[column][at] = significant(numbers[column][at])


def _model_of(row: dict[str, Any]) -> tuple[str, ...]:
    """The model of a row, for which the groups of the ordinary model stand where it is Firth's."""
    base, bar, within = str(row["model"]).partition("|")
    ordinary = next((model for model, penalised in FIRTH.items() if penalised == base), base)
    return row["analysis"], row["endpoint"], row["population"], f"{ordinary}{bar}{within}"


def rounded(value: float, base: int) -> float:
    """Return a count to the nearest multiple of `base`, halves upwards; without a base as it is."""
    return value if not base or np.isnan(value) else float(base * np.floor(value / base + 0.5))


def significant(value: float) -> float:
    """Return a number with four digits that count."""
    return float(f"{value:.{_SIGNIFICANT}g}") if np.isfinite(value) else value


def _without_counts(text: str) -> str:
    """Return the words of a method without the counts in them."""
    return _COUNTED_WORDS.sub(lambda match: (match[1] or "").strip() or "few", text).replace("  ", " ")


def told_by_both(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two public results tables without what one of them withholds: there is nothing to compare it with.

    Columns are those of estimates.csv. An estimate that is there on one side only goes from both; so do `n` and
    `events`.
    """
    sides = [frame.set_index("estimate_id", drop=False) for frame in (first, second)]
    shared = sides[0].index.intersection(sides[1].index)
    one, other = (side.loc[shared] for side in sides)
    apart = shared[one["estimate"].isna() ^ other["estimate"].isna()]
    for column in ("n", "events"):
        unknown = shared[one[column].isna() | other[column].isna()]
        sides = [side.assign(**{column: side[column].mask(side.index.isin(unknown))}) for side in sides]
    kept = [side.drop(index=apart).reset_index(drop=True) for side in sides]
    return kept[0], kept[1]
