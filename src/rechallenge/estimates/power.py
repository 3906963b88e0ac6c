"""What a number of events can show: power, and the smallest hazard ratio that would be found with a given power.

All is computed from the number of events and patients of each class, under assumed effects; nothing is computed at the
observed effect. Power at the observed effect is a function of its P value and adds nothing (Hoenig and Heisey 2001).
"""

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Final

import pandas as pd

from rechallenge.estimates.plans import Classes, Plan, class_order
from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.estimates.times import classes_of
from rechallenge.settings.statistics import StatisticsSettings

MODEL: Final = "power"
# Assumed hazard ratios whose power is given, and ratios of hazard ratios (an interaction needs four times the events).
RATIOS: Final = (1.5, 2.0)
RATIOS_OF_RATIOS: Final = (2.0, 3.0, 5.0)


def detectable(std_error: float, power: float, confidence: float) -> float:
    """Return the smallest ratio above 1 that is found with that power, the log ratio having this standard error."""
    normal = NormalDist()
    return math.exp((normal.inv_cdf(0.5 + confidence / 2) + normal.inv_cdf(power)) * std_error)


def power_of(ratio: float, std_error: float, confidence: float) -> float:
    """Return the power of a two-sided test at 1 - confidence for an assumed ratio (the nearer tail alone, as usual)."""
    normal = NormalDist()
    return normal.cdf(abs(math.log(ratio)) / std_error - normal.inv_cdf(0.5 + confidence / 2))


def two_groups(events: float, share: float) -> float:
    """Return the standard error of a log hazard ratio (Schoenfeld 1981); `share` of the patients in one class."""
    return 1 / math.sqrt(events * share * (1 - share))


def four_cells(events: Sequence[float]) -> float:
    """Return the standard error of a log ratio of hazard ratios from the events of its cells (Peterson and George)."""
    return math.sqrt(sum(1 / count for count in events))


def rows(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """Return, per compared column and class against the reference, what the events of `frame` can show.

    `detectable_hr` holds the ratio for `settings.power`, `power` that for each of RATIOS (`at`).
    """
    references = {item.name: item.reference for item in settings.covariates}
    for column in plan.compare:
        levels = classes_of(frame[column])
        order = [level for level in class_order(column, levels, shown) if (levels == level).any()]
        declared = references.get(column)
        reference = declared if declared in order else next(iter(order), "")
        for level in order:
            if level != reference:
                yield from _against(frame, levels, column, level, str(reference), settings)


def _against(
    frame: pd.DataFrame, levels: pd.Series, column: str, level: str, reference: str, settings: StatisticsSettings
) -> Iterator[Row]:
    own = frame[levels.isin([level, reference])]
    n, events = float(len(own)), float(own["event"].sum())
    counts: Counts = {"n": n, "events": events, "model": MODEL, "term": column, "level": level, "reference": reference}
    if not events:
        yield not_fitted("Not computed: without an event nothing could be found.", **counts)
        return
    error = two_groups(events, float((levels == level).sum()) / n)
    yield from effect_rows("detectable_hr", error, RATIOS, "Schoenfeld 1981", settings, counts)


def effect_rows(
    statistic: str,
    error: float,
    ratios: Sequence[float],
    source: str,
    settings: StatisticsSettings,
    counts: Counts,
) -> Iterator[Row]:
    """Return the smallest ratio that can be found, and the power of each of `ratios`."""
    alpha = f"two-sided alpha {1 - settings.confidence:.10g}"
    method = f"{source}, {alpha}, power {settings.power:g}, from numbers of events; not at the observed effect"
    yield Row(statistic, detectable(error, settings.power, settings.confidence), method=method, **counts)
    for ratio in ratios:
        share = power_of(ratio, error, settings.confidence)
        yield Row("power", share, at=ratio, method=f"{source}, {alpha}, assumed ratio {ratio:g}", **counts)
