"""Which method is applied to which endpoint, population and classes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.estimates.times import NO_CLASS, classes_of, levels_of
from rechallenge.settings.classes import WITHOUT_PRIMARY

OVERALL: Final = "overall"
Classes = Mapping[str, tuple[str, ...]]
# Classes that are always shown, even when empty; others that a preset defines follow.
CLASSES: Final[Classes] = {
    "resistance": ("acquired", "primary"),
    "progression_pattern": ("oligo", "systemic"),
    "interval_treatment": ("false", "true"),
}


@dataclass(frozen=True)
class Plan:
    """What is estimated for one endpoint in one population.

    `compare` names columns whose classes are compared; `crossed` pairs of columns of which the classes of each are
    compared within each class of the other. `models` adds the Cox models. Of the columns in `defined`, the classes are
    made of this very time: they have curves, but a test would only repeat the definition.
    """

    endpoint: str
    population: str
    compare: tuple[str, ...] = ()
    crossed: tuple[tuple[str, str], ...] = ()
    models: bool = False
    defined: tuple[str, ...] = ()


PLANS: Final = (
    Plan("PFS1", "first_ici"),
    Plan("OS1", "first_ici"),
    Plan("TTF1", "first_ici"),
    Plan("TTNT1", "first_ici"),
    Plan("DOR1", "first_ici"),
    Plan("PPS", "progressed", compare=("resistance", "progression_pattern")),
    Plan(
        "PFS",
        "rechallenge",
        compare=tuple(CLASSES),
        crossed=(("progression_pattern", "resistance"), ("resistance", "progression_pattern")),
        models=True,
    ),
    Plan("OS", "rechallenge", compare=tuple(CLASSES), models=True),
    Plan("TTF", "rechallenge", compare=("resistance",)),
    Plan("TTNT", "rechallenge", compare=("resistance",)),
    Plan("DOR", "rechallenge", compare=("resistance",)),
    Plan("PFS1", "rechallenge", compare=("resistance",), defined=("resistance",)),
    Plan("OS1", "rechallenge"),
)
# The plan of the sensitivity set.
KEY_PLAN: Final = Plan("PFS", "rechallenge", compare=tuple(CLASSES), models=True)


def plans_of(adtte: pd.DataFrame) -> tuple[Plan, ...]:
    """Return PLANS, then the study's own endpoints: whatever other names stand in `adtte`, without models.

    Resistance is made of what happened on the first ICI, so that it is compared after progression only.
    """
    known = {plan.endpoint for plan in PLANS}
    own = adtte.loc[~adtte["endpoint"].isin(known), ["endpoint", "population"]].drop_duplicates()
    return PLANS + tuple(
        Plan(endpoint, population, compare=() if population == "first_ici" else ("resistance",))
        for endpoint, population in sorted(own.itertuples(index=False, name=None))
    )


def shown_classes(resistance_preset: str) -> Classes:
    """Return the classes that are always shown under a preset of resistance."""
    if resistance_preset in WITHOUT_PRIMARY:
        return {**CLASSES, "resistance": ("acquired", "not_acquired")}
    return CLASSES


def class_order(column: str, levels: pd.Series, shown: Classes) -> Sequence[str]:
    """Return the classes of a column in order: those that are always shown, then what else occurs."""
    always = shown.get(column, ())
    return (*always, *sorted(set(levels.dropna()) - set(always) - set(NO_CLASS)))


def comparisons(frame: pd.DataFrame, plan: Plan, shown: Classes) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The comparisons: term, the column whose classes are compared, and the patients."""
    for column in plan.compare:
        yield column, column, frame
    for column, other in plan.crossed:
        levels = levels_of(frame[other])
        for level in shown[other]:
            yield f"{column}|{other}={level}", column, frame[levels == level]


def tested(frame: pd.DataFrame, plan: Plan, shown: Classes) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The comparisons of classes that are not made of the time itself."""
    yield from (found for found in comparisons(frame, plan, shown) if found[1] not in plan.defined)


def groups(frame: pd.DataFrame, plan: Plan, shown: Classes) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The groups that have a curve: term, level and patients."""
    yield OVERALL, "", frame
    for term, column, patients in comparisons(frame, plan, shown):
        levels = classes_of(patients[column])
        for level in class_order(column, levels, shown):
            yield term, level, patients[levels == level]
