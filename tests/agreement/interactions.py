"""Interactions and subgroups beside R's answers (tests/reference/interactions)."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import interactions
from rechallenge.estimates.rows import table
from rechallenge.estimates.times import rounded
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings, Subgroup

REFERENCE: Final = Path(__file__).parents[1] / "reference"
Difference = tuple[str, str, float]


def differences() -> Iterator[Difference]:
    """Yield quantity, data set and largest relative difference; a value that one side lacks is infinitely far."""
    answers = json.loads((REFERENCE / "interactions" / "answers.json").read_text(encoding="utf-8"))
    for name, expected in answers.items():
        data = pd.read_csv(REFERENCE / f"{name}.csv")
        small = "x3" in data.columns
        found = _rows(data, "x3" if small else "age", ("x1", "x2") if small else ("age",))
        yield from _compared(name, found, expected["unadjusted"], "interaction", "interaction")
        yield from _compared(name, found, expected["adjusted"], "interaction_adjusted", "interaction, adjusted")
        yield from _subgroup(name, found, expected["subgroup"], "x3" if small else "age")


def _rows(data: pd.DataFrame, number: str, others: tuple[str, ...]) -> pd.DataFrame:
    frame = data.assign(
        days=rounded(data["time"] * DAYS_PER_MONTH), event=(data["event"] == 1).astype(int), entry_days=0.0
    )
    frame = frame.assign(group=data["group"].astype(str), strata=data["strata"].astype(str))
    settings = StatisticsSettings(
        covariates=(
            Covariate(name="group", reference=min(frame["group"])),
            Covariate(name="strata", reference=min(frame["strata"])),
            *(Covariate(name=name) for name in others),
        ),
        interactions=(("group", "strata"),),
        subgroup_effects=("group",),
        subgroups=(Subgroup(name=number, cut=65.0),),
    )
    return table(interactions.rows(frame, settings, PatternSettings()))


def _compared(
    name: str, found: pd.DataFrame, expected: dict[str, Any] | None, model: str, words: str
) -> Iterator[Difference]:
    own = found[found["model"] == model]
    tested = own[own["statistic"] == "likelihood_ratio_chi2"]
    if expected is None:
        # R's iteration ends with a warning: nothing may be estimated here either.
        yield f"{words}: likelihood-ratio test", name, math.inf if len(tested) else 0.0
        return
    yield f"{words}: likelihood-ratio test", name, _far(tested, "estimate", [expected["chisq"]])
    yield f"{words}: P", name, _far(tested, "p", [expected["p"]])
    limits = []
    for part, column in (("hr", "strata"), ("reverse", "group")):
        for key, values in expected[part].items():
            level, _, other = key.partition(" within ")
            limits.append((own["level"].eq(f"{level}|{column}={other}") & own["statistic"].eq("hr"), values))
    for key, values in expected["ratio"].items():
        limits.append((own["level"].eq(key.replace(" ", "*")) & own["statistic"].eq("hr_ratio"), values))
    yield f"{words}: hazard ratios and their ratios, with limits", name, _worst(own, limits)


def _subgroup(name: str, found: pd.DataFrame, expected: dict[str, Any] | None, number: str) -> Iterator[Difference]:
    # A group of more than two classes is compared two by two here, in one model there.
    own = found[(found["model"] == "subgroup") & found["term"].str.contains(number)]
    tested = own[own["statistic"] == "likelihood_ratio_chi2"]
    if expected is None or len(tested) != 1:
        return
    yield "subgroups: P of the interaction", name, _far(tested, "p", [expected["p"]])
    limits = [
        (own["term"].eq(f"group|{number}={key.partition(' within ')[2]}") & own["statistic"].eq("hr"), values)
        for key, values in expected["hr"].items()
    ]
    yield "subgroups: hazard ratio of each class, with limits", name, _worst(own, limits)


def _worst(own: pd.DataFrame, limits: list[tuple[pd.Series, list[float]]]) -> float:
    found = [
        _far(own[chosen], column, [value])
        for chosen, values in limits
        for column, value in zip(("estimate", "lower", "upper"), values, strict=True)
    ]
    return max(found, default=math.inf)


def _far(own: pd.DataFrame, column: str, expected: list[float]) -> float:
    if len(own) != len(expected):
        return math.inf
    return max(abs(ours - theirs) / max(abs(theirs), 1e-3) for ours, theirs in zip(own[column], expected, strict=True))
