"""Survival from the first ICI in those rechallenged: counted from rechallenge on, beside the curve that ignores it.

Nobody in the rechallenge set could die before rechallenge. The curve that counts them at risk from the first ICI on is
too high by that waiting. Delayed entry supposes that how long somebody waited tells nothing about the risk afterwards,
given survival until then; the Cox model with the time of entry as a covariate looks for such a relation.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import counting_process, cox, kaplan_meier, models, time_split
from rechallenge.estimates.competing_events import covariate_of
from rechallenge.estimates.design import design
from rechallenge.estimates.plans import Classes, Plan, groups
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import classes_of
from rechallenge.settings.statistics import StatisticsSettings

ENTERED: Final = "delayed_entry"
IGNORED: Final = "delayed_entry_ignored"
ENTERED_SPLIT: Final = f"{ENTERED}_{time_split.SPLIT}"
CHECK: Final = "entry_check"
ENTRY: Final = "entry_months"
PLAN: Final = Plan("OS1", "rechallenge", compare=("resistance",))
LOG_RANK: Final = (
    "log-rank test with delayed entry: the score test of coxph(Surv(entry, time, event) ~ class, ties = 'exact'), "
    "since survdiff takes no entry times"
)


def rows(frame: pd.DataFrame, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """Return curves, test and hazard ratio by resistance with delayed entry, without it, and the check of entry."""
    for model, own in ((ENTERED, frame), (IGNORED, frame.assign(entry_days=0.0))):
        for term, level, patients in groups(own, PLAN, shown):
            yield from placed(_curve(patients, settings), model=model, term=term, level=level)
        compared = list(_compared(own, settings, delayed=model == ENTERED))
        yield from placed(compared, model=model, term="resistance")
        if model == ENTERED:
            yield from placed(_by_period(compared, own, settings), model=ENTERED_SPLIT, term="resistance")
    yield from placed(_check(frame, settings), model=CHECK, term=ENTRY)


def _curve(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    found = kaplan_meier.rows(
        frame, interval=settings.km_interval, confidence=settings.confidence, landmarks=settings.landmarks_months
    )
    yield from (row for row in found if row.statistic in ("n", "events", "median", "survival"))


def _compared(frame: pd.DataFrame, settings: StatisticsSettings, *, delayed: bool) -> Iterator[Row]:
    known = classes_of(frame["resistance"])
    chosen = frame[known.notna()]
    counts: Counts = {"n": float(len(chosen)), "events": float(chosen["event"].sum())}
    start, stop, event = counting_process.columns(chosen)
    if delayed and event.any() and known.nunique() > 1:
        test = counting_process.log_rank(start, stop, event, known.dropna().to_numpy(object))
        if not np.isnan(test.p):
            yield Row("chi2", test.chi2, p=test.p, method=LOG_RANK, **counts)
            yield Row("p", test.p, p=test.p, method=LOG_RANK, **counts)
    declared = design(frame, [covariate_of(frame, "resistance", settings)], settings.minimum_events)
    if declared.problem:
        yield not_fitted(declared.problem, **counts)
        return
    try:
        fit = counting_process.fit(*counting_process.columns(declared.frame), declared.x.to_numpy("float64"))
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), **counts)
        return
    method = f"Cox, Efron ties, Wald interval, {'delayed entry' if delayed else 'entry ignored'}"
    for place, key in enumerate(declared.coefficients):
        numbers = float(fit.coef[place]), float(fit.std_error[place]), float(fit.p[place])
        own = counting_process.hazard_rows(*numbers, settings.confidence, method, counts)
        yield from placed(
            [*own, *models.proportional_rows(fit.ph[place], counts)], level=key.level, reference=key.reference
        )


def _by_period(found: list[Row], frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """The hazard ratio until and after a time since the first ICI, where the hazards of `found` fail the test.

    Nobody is at risk early on the clock of the first ICI, so that the time in the middle of the deaths is used.
    """
    if not time_split.needed(found, settings.proportional_hazards_alpha):
        return
    declared = design(frame, [covariate_of(frame, "resistance", settings)], settings.minimum_events)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    given = time_split.CountingRows(*counting_process.columns(declared.frame), declared.x.to_numpy("float64"))
    months = time_split.middle_month(given.stop, given.event)
    own = range(len(declared.coefficients))
    yield from time_split.rows(
        given, declared.coefficients, own, months=months, confidence=settings.confidence, counts=counts
    )


def _check(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """Whether those who entered later have another risk afterwards: a Cox model of the time of entry."""
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    entry = frame[["entry_days"]].to_numpy("float64") / DAYS_PER_MONTH
    if counts["events"] < settings.minimum_events:
        said = f"{counts['events']:.0f} events, fewer than the declared minimum of {settings.minimum_events}"
        yield not_fitted(f"Not fitted: {said}.", **counts)
        return
    if len(np.unique(entry)) < 2:
        yield not_fitted("Not fitted: everybody entered after the same time.", **counts)
        return
    try:
        fit = counting_process.fit(*counting_process.columns(frame), entry)
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), **counts)
        return
    method = "Cox, Efron ties, delayed entry, with the time of entry (per month) as covariate, Wald interval"
    numbers = float(fit.coef[0]), float(fit.std_error[0]), float(fit.p[0])
    yield from counting_process.hazard_rows(*numbers, settings.confidence, method, counts)
