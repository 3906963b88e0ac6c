"""Landmark analyses of rechallenge: who had been rechallenged by a day is compared from that day on (Anderson 1983).

Whoever died or left before the landmark is in neither group; whoever is rechallenged after it stays in the group of
those not rechallenged by then. Nothing that happens later decides about the group, so that no time is immortal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import kaplan_meier, logrank, models
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import Covariate, StatisticsSettings

LANDMARK: Final = "exposure_landmark"
BY_THEN: Final = "rechallenged_by_then"
YES, NO = "true", "false"


def at_landmark(frame: pd.DataFrame, months: float) -> pd.DataFrame:
    """Return those alive and under observation after the landmark, `days` from it, with BY_THEN.

    `frame` has days, event, and exposed_days (missing without a rechallenge); a rechallenge on the day of the landmark
    counts as one by then, an end on that day as one before it.
    """
    day = months * DAYS_PER_MONTH
    left = frame[frame["days"] > day]
    by_then = np.where(left["exposed_days"] <= day, YES, NO)
    return left.assign(days=(left["days"] - day).round(8), entry_days=0.0, **{BY_THEN: by_then})


def rows(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """Return the comparison at each of `settings.exposure_landmarks_months`; `at` is the landmark."""
    for months in settings.exposure_landmarks_months:
        yield from placed(_one(frame, months, settings), model=LANDMARK, at=months)


def _one(frame: pd.DataFrame, months: float, settings: StatisticsSettings) -> Iterator[Row]:
    chosen = at_landmark(frame, months)
    day = months * DAYS_PER_MONTH
    gone = frame[frame["days"] <= day]
    counts: Counts = {"n": float(len(chosen)), "events": float(chosen["event"].sum())}
    for level, ended, said in (
        ("died", 1, "died by the landmark: in neither group"),
        ("not_followed", 0, "not under observation after the landmark: in neither group"),
    ):
        yield Row("left_out", float((gone["event"] == ended).sum()), term=BY_THEN, level=level, method=said, **counts)
    later = (chosen["exposed_days"] > day).sum()
    said = "rechallenged after the landmark: among those not rechallenged by then"
    yield Row("rechallenged_later", float(later), term=BY_THEN, method=said, **counts)
    for level in (YES, NO):
        own = kaplan_meier.rows(
            chosen[chosen[BY_THEN] == level],
            interval=settings.km_interval,
            confidence=settings.confidence,
            landmarks=(),
        )
        wanted = (row for row in own if row.statistic in ("n", "events", "median"))
        yield from placed(_from_landmark(wanted), term=BY_THEN, level=level)
    reason = _one_group(chosen)
    if reason:
        yield not_fitted(reason, term=BY_THEN, **counts)
        return
    test = [row for row in logrank.rows(chosen, chosen[BY_THEN]) if row.statistic != "left_out"]
    yield from placed(_from_landmark(test), term=BY_THEN)
    if any(row.statistic == "not_fitted" for row in test):
        return
    covariate = Covariate(name=BY_THEN, reference=NO)
    fitted = models.model_rows(
        chosen, [covariate], confidence=settings.confidence, minimum_events=settings.minimum_events
    )
    yield from _from_landmark(row for row in fitted if row.term == BY_THEN and row.statistic in ("hr", "coef", "se"))
    yield from (
        not_fitted(row.method, term=BY_THEN, level="cox", **counts) for row in fitted if row.statistic == "not_fitted"
    )


def _one_group(chosen: pd.DataFrame) -> str:
    """Why there are not two groups, or an empty text."""
    if not len(chosen):
        return "Not compared: nobody was alive and under observation after the landmark."
    groups = set(chosen[BY_THEN])
    if len(groups) == 2:
        return ""
    return f"Not compared: {'everybody' if YES in groups else 'nobody'} had been rechallenged by the landmark."


def _from_landmark(found: Iterable[Row]) -> Iterator[Row]:
    """Say from when the numbers count, except where a sentence stands instead of a number."""
    return (
        replace(row, method=f"{row.method}, from the landmark") if row.method and row.statistic != "not_fitted" else row
        for row in found
    )
