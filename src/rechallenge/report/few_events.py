"""Intervals that lean on few events: which they are, how they are marked, and what the mark means.

A curve leans on the events of its group; a hazard ratio on the smaller number of events of its two classes; a ratio of
hazard ratios on the smallest of its four cells. The number below which an interval is marked is a setting.
"""

from collections.abc import Iterable
from typing import Final

from rechallenge.estimates.model_names import FIRTH
from rechallenge.formatting import NOT_ESTIMABLE, missing
from rechallenge.language import N_, tr
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.sentences import fewer, names_in
from rechallenge.report.sheets import Row, with_interval

MARK: Final = "†"
LIMIT: Final = "settings.statistics.few_events"
NOT_ESTIMABLE_NOTE: Final = N_(
    "NE: not estimable. Where nobody or everybody had the event by then there is no such interval; nor is there one "
    "of the median of a single patient. A hazard ratio below {constants.smallest_ratio} or above "
    "{constants.largest_ratio}, or with an interval over more than four powers of ten, rests on too few events."
)


def curve_cell(name: str, numbers: Numbers) -> str:
    """Return the pattern of a median or survival with its interval, marked where the group has few events."""
    return marked(name, [f"{name}.events"], numbers)


def ratio_cell(name: str, level: str, reference: str, numbers: Numbers) -> str:
    """Return the pattern of a hazard ratio with its interval, marked where one of the two classes has few events.

    Classes are looked for under the same model and covariate; for a number, the events of the model count.
    """
    return marked(name, class_events(name, level, reference, numbers), numbers)


def class_events(name: str, level: str, reference: str, numbers: Numbers) -> list[str]:
    """Return the names of the events of the classes that a hazard ratio compares, as far as they are known."""
    stem = name.removesuffix(name_of({"level": level, "reference": reference, "statistic": "hr"}))
    _, bar, within = level.partition("|")
    # The classes are counted by the ordinary model, also where Firth's stands instead.
    ordinary = stem
    for model, penalised in FIRTH.items():
        ordinary = ordinary.replace(f".{penalised}.", f".{model}.")
    found = []
    for one in (level, f"{reference}{bar}{within}") if reference else ():
        names = (
            f"{stem}{name_of({'level': one, 'statistic': 'events'})}",
            f"{ordinary}{name_of({'level': one, 'statistic': 'n'})}.events",
        )
        found += [item for item in names if item in numbers][:1]
    return found or [f"{name}.events"]


def note(rows: Iterable[Row], numbers: Numbers) -> tuple[str, ...]:
    """Return what the mark and NE mean, where they stand in any of these rows."""
    cells = [cell for row in rows for cell in row.cells]
    found = []
    if any(MARK in cell for cell in cells):
        found.append(
            tr(
                "{mark} The interval rests on {fewer} and may be unreliable. Counted are the events of the group of a curve, and of the smaller class of a hazard ratio.",
                mark=MARK,
                fewer=fewer(LIMIT, "event", numbers),
            )
        )
    texts = (str(numbers[name]["text"]) for cell in cells for name in names_in(cell) if name in numbers)
    if any(NOT_ESTIMABLE in text for text in texts):
        found.append(NOT_ESTIMABLE_NOTE)
    return tuple(found)


def marked(name: str, events: Iterable[str], numbers: Numbers) -> str:
    """Return the pattern of a number with its interval, marked where one of the counts named `events` is small."""
    cell = with_interval(name, numbers)
    counted = [numbers[item]["raw"] for item in events if item in numbers and not missing(numbers[item]["raw"])]
    few = LIMIT in numbers and counted and min(counted) < numbers[LIMIT]["raw"]
    return f"{cell} {MARK}" if few and f"{name}.ci" in numbers else cell
