"""How well the declared model predicts, corrected for having been fitted to the same patients; and its calibration.

Optimism by the bootstrap (Harrell, Lee and Mark 1996, Stat Med 15:361): in each sample of patients the model is fitted
anew, and what it loses when it is applied to the study's own patients is taken off the apparent value. Calibration at
a declared time: predicted against Kaplan-Meier survival, and observed over expected events (McLernon and others 2023,
Ann Intern Med 176:105).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import kaplan_meier, models
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import Design
from rechallenge.estimates.influence import refitted
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.residuals import cumulative_hazard
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.files import number_text
from rechallenge.settings.statistics import StatisticsSettings

Array = NDArray[np.float64]
Places = NDArray[np.intp]
MODEL: Final = "validation"
# Up to so many patients all pairs are compared at once, which is faster than sorting.
SMALL: Final = 300
# Patients that a group of the calibration must have, and the most groups.
PATIENTS_PER_GROUP: Final = 12
MOST_GROUPS: Final = 3
GROUPS: Final = {2: ("lower half", "upper half"), 3: ("lowest third", "middle third", "highest third")}


def rows(declared: Design, settings: StatisticsSettings) -> Iterator[Row]:
    """Return concordance, its optimism, calibration slope, and calibration of the declared model.

    Predictions are of survival at `settings.calibration_months`; levels are groups of predicted risk.
    """
    counts: Counts = {"n": float(declared.n), "events": float(declared.events), "model": MODEL}
    patients = _Patients(*models.arrays(declared), round(settings.calibration_months * DAYS_PER_MONTH, 8))
    fit = refitted(patients.time, patients.event, patients.x)
    if fit is None:
        yield not_fitted("Not validated: the model has no finite estimate.", **counts)
        return
    everybody = np.arange(declared.n)
    apparent = patients.indices(fit.coef, everybody, everybody)
    samples = np.random.default_rng(settings.seed).integers(0, declared.n, (settings.bootstraps, declared.n))
    found = [one for sample in samples if (one := _optimism(patients, sample)) is not None]
    yield Row("concordance_apparent", apparent.concordance, method="Harrell, in the patients of the model", **counts)
    if settings.bootstraps:
        yield from _corrected(found, apparent, settings, counts)
    yield from _calibration(declared, patients, fit.coef, apparent, found, settings, counts)


@dataclass(frozen=True)
class _Indices:
    """What is corrected: concordance, calibration slope, observed over expected events at the horizon."""

    concordance: float
    slope: float
    observed_expected: float

    def minus(self, other: "_Indices") -> Array:
        ours, theirs = ((own.concordance, own.slope, own.observed_expected) for own in (self, other))
        return np.subtract(ours, theirs)


@dataclass(frozen=True)
class _Patients:
    """The patients of a model; `horizon` in days."""

    time: Array
    event: Array
    x: Array
    horizon: float

    def predicted(self, coef: Array, fitted_to: Places) -> Array:
        """Each patient's predicted survival at the horizon by the model of the patients `fitted_to`."""
        linear = self.x @ coef
        time, event = self.time[fitted_to], self.event[fitted_to]
        hazard = cumulative_hazard(risk_sets(time, event), time, linear[fitted_to], self.horizon)
        survival: Array = np.exp(-hazard * np.exp(linear))
        return survival

    def indices(self, coef: Array, fitted_to: Places, among: Places | None = None) -> _Indices:
        """How well the model of the patients `fitted_to` does `among` the same ones, or in everybody (None).

        The slope is 1 among the patients to whom the model was fitted.
        """
        chosen = np.arange(len(self.time)) if among is None else among
        time, event, linear = self.time[chosen], self.event[chosen], (self.x @ coef)[chosen]
        slope = 1.0
        if among is None:
            again = refitted(time, event, linear[:, None])
            slope = float(again.coef[0]) if again is not None else float("nan")
        expected = 1 - float(self.predicted(coef, fitted_to)[chosen].mean())
        observed = 1 - _survival(time, event, self.horizon)
        ratio = observed / expected if expected > 0 else float("nan")
        return _Indices(_concordance(time, event, linear), slope, ratio)


def _optimism(patients: _Patients, sample: Places) -> Array | None:
    """How much better the model of one sample does there than among all patients; None where it has no estimate."""
    fit = refitted(patients.time[sample], patients.event[sample], patients.x[sample])
    if fit is None:
        return None
    trained = patients.indices(fit.coef, sample, sample)
    return trained.minus(patients.indices(fit.coef, sample))


def _corrected(found: list[Array], apparent: _Indices, settings: StatisticsSettings, counts: Counts) -> Iterator[Row]:
    drawn = settings.bootstraps
    yield Row(
        "bootstraps_fitted",
        float(len(found)),
        method=f"of {drawn} samples; the others have no finite estimate",
        **counts,
    )
    if len(found) < max(2, drawn / 2):
        sentence = (
            f"Not corrected for optimism: {drawn - len(found)} of {drawn} bootstrap samples have no finite estimate."
        )
        yield not_fitted(sentence, **counts)
        return
    optimism = np.nanmean(np.array(found), axis=0)
    said = f"bootstrap, {len(found)} samples, the model fitted anew in each (Harrell 1996)"
    yield Row("concordance_optimism", float(optimism[0]), method=said, **counts)
    yield Row("concordance_corrected", apparent.concordance - float(optimism[0]), method=f"Harrell; {said}", **counts)
    yield Row("calibration_slope", apparent.slope - float(optimism[1]), method=f"optimism-corrected; {said}", **counts)


def _calibration(
    declared: Design,
    patients: _Patients,
    coef: Array,
    apparent: _Indices,
    found: list[Array],
    settings: StatisticsSettings,
    counts: Counts,
) -> Iterator[Row]:
    months = settings.calibration_months
    if patients.time.max() < patients.horizon or not (patients.event[patients.time <= patients.horizon]).any():
        reason = (
            "nobody was followed up so long"
            if patients.time.max() < patients.horizon
            else "nobody had the event by then"
        )
        yield not_fitted(f"Calibration at {number_text(months)} months not made: {reason}.", **counts)
        return
    predicted = patients.predicted(coef, np.arange(declared.n))
    for level, inside in [("", np.ones(declared.n, dtype=bool)), *_groups(predicted)]:
        chosen = declared.frame[inside]
        sizes: Counts = {"n": float(inside.sum()), "events": float(chosen["event"].sum()), "at": months}
        mean = float(predicted[inside].mean())
        own = [
            Row(
                "predicted_survival", mean, method="mean of the model's predictions (Efron's baseline hazard)", **sizes
            ),
            *_observed(chosen, settings, sizes),
        ]
        yield from placed(own, model=MODEL, level=level)
    by_then = float(patients.event[patients.time <= patients.horizon].sum())
    spread = float(np.exp(ndtri(0.5 + settings.confidence / 2) / np.sqrt(by_then)))
    ratio = apparent.observed_expected
    method = f"observed (1 - Kaplan-Meier) over expected (1 - mean prediction); interval from {by_then:g} events"
    bounds: Counts = {"lower": ratio / spread, "upper": ratio * spread, "confidence": settings.confidence}
    yield Row("observed_expected", ratio, method=method, at=months, **bounds, **counts)
    if len(found) >= max(2, settings.bootstraps / 2):
        corrected = ratio - float(np.nanmean([one[2] for one in found]))
        said = f"optimism-corrected; bootstrap, {len(found)} samples"
        yield Row("observed_expected_corrected", corrected, method=said, at=months, **counts)


def _observed(patients: pd.DataFrame, settings: StatisticsSettings, sizes: Counts) -> Iterator[Row]:
    curve = kaplan_meier.rows(
        patients,
        interval=settings.km_interval,
        confidence=settings.confidence,
        landmarks=(settings.calibration_months,),
    )
    for row in curve:
        if row.statistic == "survival" and row.estimate == row.estimate:
            bounds: Counts = {"lower": row.lower, "upper": row.upper, "confidence": row.confidence}
            yield Row("observed_survival", row.estimate, method=row.method, **bounds, **sizes)


def _groups(predicted: Array) -> list[tuple[str, NDArray[np.bool_]]]:
    """Groups of predicted risk, lowest first: thirds, or halves of few patients; equal predictions stay together."""
    wanted = min(MOST_GROUPS, len(predicted) // PATIENTS_PER_GROUP)
    risk = np.round(1 - predicted, 10)
    while wanted > 1:
        cuts = np.quantile(risk, np.arange(1, wanted) / wanted)
        group = np.searchsorted(cuts, risk, side="left")
        inside = [group == place for place in range(wanted)]
        if all(chosen.any() for chosen in inside):
            return list(zip(GROUPS[wanted], inside, strict=True))
        wanted -= 1
    return []


def _survival(time: Array, event: Array, at: float) -> float:
    """Kaplan-Meier survival at a time; of those still observed, where observation ends before."""
    times, events = np.unique(time[(event == 1) & (time <= at)], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    return float(np.prod(1 - events / at_risk))


def _concordance(time: Array, event: Array, linear: Array) -> float:
    if len(time) > SMALL:
        return concordance(time, event, linear).estimate
    risk = np.round(linear, 10)
    cases = np.flatnonzero(event == 1)
    own = time[cases, None]
    comparable = (time > own) | ((time == own) & (event == 0))
    pairs = comparable.sum()
    if not pairs:
        return float("nan")
    mine = risk[cases, None]
    return float(((mine > risk) & comparable).sum() + 0.5 * ((mine == risk) & comparable).sum()) / float(pairs)
