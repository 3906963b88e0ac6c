"""Calibration of the declared model at a declared time: predicted against Kaplan-Meier survival.

With observed over expected events, as McLernon and others (2023, Ann Intern Med 176:105) advise.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import kaplan_meier, models
from rechallenge.estimates.design import Design
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.residuals import cumulative_hazard
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import DECIMALS
from rechallenge.files import number_text
from rechallenge.settings.statistics import StatisticsSettings

Array = NDArray[np.float64]
# Patients that a group must have, and the groups, lowest risk first.
PATIENTS_PER_GROUP: Final = 12
GROUPS: Final = {2: ("lower half", "upper half"), 3: ("lowest third", "middle third", "highest third")}
PREDICTED: Final = "mean of the model's predictions (Efron's baseline hazard)"


def rows(declared: Design, coef: Array, settings: StatisticsSettings, model: str) -> Iterator[Row]:
    """Return predicted and observed survival of all patients and by group of predicted risk, and their ratio.

    `coef` are the model's coefficients; levels are the groups; events are those by the time of the calibration.
    """
    counts: Counts = {"n": float(declared.n), "events": float(declared.events), "model": model}
    months = settings.calibration_months
    horizon = round(months * DAYS_PER_MONTH, DECIMALS)
    time, event, _ = models.arrays(declared)
    by_then = float(event[time <= horizon].sum())
    if time.max() < horizon or not by_then:
        reason = "nobody had the event by then" if time.max() >= horizon else "nobody was followed up so long"
        yield not_fitted(f"Calibration at {number_text(months)} months not made: {reason}.", at=months, **counts)
        return
    predicted = predicted_survival(declared, coef, horizon)
    for level, inside in [("", np.ones(declared.n, dtype=bool)), *groups(predicted)]:
        chosen = declared.frame[inside]
        happened = float(event[inside & (time <= horizon)].sum())
        sizes: Counts = {"n": float(inside.sum()), "events": happened, "at": months}
        expected = Row("predicted_survival", float(predicted[inside].mean()), method=PREDICTED, **sizes)
        observed = _observed(chosen, settings, sizes)
        yield from placed([expected, *observed], model=model, level=level)
        if not level and observed:
            ratio = (1 - observed[0].estimate) / (1 - expected.estimate)
            spread = float(np.exp(ndtri(0.5 + settings.confidence / 2) / np.sqrt(by_then)))
            method = f"(1 - Kaplan-Meier) over (1 - mean prediction); interval from the {by_then:g} events by then"
            bounds: Counts = {"lower": ratio / spread, "upper": ratio * spread, "confidence": settings.confidence}
            yield Row("observed_expected", ratio, method=method, at=months, **bounds, **counts)


def predicted_survival(declared: Design, coef: Array, days: float) -> Array:
    """Return each patient's predicted survival at `days`, as R's `survfit(coxph)` does with Efron's ties."""
    time, event, x = models.arrays(declared)
    linear = (x - x.mean(axis=0)) @ coef
    hazard = cumulative_hazard(risk_sets(time, event), time, linear, days)
    survival: Array = np.exp(-hazard * np.exp(linear))
    return survival


def _observed(patients: pd.DataFrame, settings: StatisticsSettings, sizes: Counts) -> list[Row]:
    curve = kaplan_meier.rows(
        patients,
        interval=settings.km_interval,
        confidence=settings.confidence,
        landmarks=(settings.calibration_months,),
    )
    found = []
    for row in curve:
        if row.statistic == "survival" and row.estimate == row.estimate:
            bounds: Counts = {"lower": row.lower, "upper": row.upper, "confidence": row.confidence}
            found.append(Row("observed_survival", row.estimate, method=row.method, **bounds, **sizes))
    return found


def groups(predicted: Array) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return thirds of predicted risk, lowest first, halves of few patients; equal predictions stay together."""
    risk = np.round(1 - predicted, 10)
    for wanted in (3, 2):
        cuts = np.quantile(risk, np.arange(1, wanted) / wanted)
        inside = [np.searchsorted(cuts, risk, side="left") == place for place in range(wanted)]
        if len(risk) >= wanted * PATIENTS_PER_GROUP and all(chosen.any() for chosen in inside):
            return list(zip(GROUPS[wanted], inside, strict=True))
    return []
