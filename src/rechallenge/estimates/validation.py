"""How well the declared model predicts, corrected for having been fitted to the same patients.

Optimism by the bootstrap (Harrell, Lee and Mark 1996, Stat Med 15:361; R's `rms::validate`): in each sample of
patients the model is fitted anew, and what it loses when it is applied to the study's own patients is taken off the
apparent value.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rechallenge.estimates import calibration, firth, models
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import Design
from rechallenge.estimates.fast_cox import NoMaximum
from rechallenge.estimates.influence import refitted
from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.settings.statistics import StatisticsSettings

Array = NDArray[np.float64]
Places = NDArray[np.intp]
MODEL: Final = "validation"
# Up to so many patients all pairs are compared at once, which is faster than sorting.
SMALL: Final = 300


@dataclass(frozen=True)
class Fitted:
    """Coefficients of a model, and whether they are Firth's."""

    coef: Array
    penalised: bool


@dataclass(frozen=True)
class Sample:
    """The model of a bootstrap sample: its concordance there and among all patients, and its slope among these."""

    there: float
    here: float
    slope: float
    penalised: bool


def rows(declared: Design, settings: StatisticsSettings) -> Iterator[Row]:
    """Return concordance, its optimism, calibration slope, and the calibration of the declared model."""
    counts: Counts = {"n": float(declared.n), "events": float(declared.events), "model": MODEL}
    time, event, x = models.arrays(declared)
    penalise = settings.firth != "never"
    fit = fitted(time, event, x, penalise=penalise)
    if fit is None:
        yield not_fitted("Not validated: the model has no finite estimate.", **counts)
        return
    said = f"Harrell, {_name(fit)}, in the patients to whom it was fitted"
    apparent = share_of_pairs(time, event, x @ fit.coef)
    yield Row("concordance_apparent", apparent, method=said, **counts)
    if settings.bootstraps:
        samples = np.random.default_rng(settings.seed).integers(0, declared.n, (settings.bootstraps, declared.n))
        yield from _corrected(list(bootstrap(time, event, x, samples, penalise=penalise)), apparent, settings, counts)
    yield from calibration.rows(declared, fit.coef, settings, MODEL)


def fitted(time: Array, event: Array, x: Array, *, penalise: bool) -> Fitted | None:
    """Return the model, Firth's where the ordinary one has no finite estimate and `penalise`; None where neither has.

    A covariate that does not vary among these patients has the coefficient 0.
    """
    varying = np.ptp(x, axis=0) > 0
    if not event.any() or not varying.any():
        return None
    ordinary = refitted(time, event, x[:, varying])
    coef = np.zeros(x.shape[1])
    if ordinary is not None:
        coef[varying] = ordinary.coef
        return Fitted(coef, penalised=False)
    if not penalise:
        return None
    try:
        coef[varying] = firth.coefficients(time, event, x[:, varying])
    except (NoMaximum, np.linalg.LinAlgError):
        return None
    return Fitted(coef, penalised=True)


def bootstrap(time: Array, event: Array, x: Array, samples: Iterable[Places], *, penalise: bool) -> Iterator[Sample]:
    """Return the samples that have a model; each is the places of its patients, who may be in it more than once."""
    for sample in samples:
        own_time, own_event, own_x = time[sample], event[sample], x[sample]
        fit = fitted(own_time, own_event, own_x, penalise=penalise)
        if fit is not None:
            linear = x @ fit.coef
            again = refitted(time, event, linear[:, None])
            slope = float(again.coef[0]) if again is not None else float("nan")
            there = share_of_pairs(own_time, own_event, own_x @ fit.coef)
            yield Sample(there, share_of_pairs(time, event, linear), slope, fit.penalised)


def _corrected(found: Sequence[Sample], apparent: float, settings: StatisticsSettings, counts: Counts) -> Iterator[Row]:
    drawn, penalised = settings.bootstraps, sum(one.penalised for one in found)
    said = f"of {drawn} samples; {penalised} by Firth's penalised model, the others have no estimate"
    yield Row("bootstraps_fitted", float(len(found)), method=said, **counts)
    if len(found) < max(2, drawn / 2):
        without = drawn - len(found)
        sentence = f"Not corrected for optimism: {without} of {drawn} bootstrap samples have no finite estimate."
        yield not_fitted(sentence, **counts)
        return
    if np.isnan(apparent) or all(np.isnan(one.there - one.here) for one in found):
        yield not_fitted("Not corrected for optimism: no pair of patients can be compared.", **counts)
        return
    optimism = float(np.nanmean([one.there - one.here for one in found]))
    slopes = [one.slope for one in found if not np.isnan(one.slope)]
    slope = float(np.mean(slopes)) if slopes else float("nan")
    said = f"bootstrap, {len(found)} samples, the model fitted anew in each (Harrell 1996)"
    yield Row("concordance_optimism", optimism, method=said, **counts)
    yield Row("concordance_corrected", apparent - optimism, method=f"Harrell; {said}", **counts)
    yield Row("calibration_slope", slope, method=f"optimism-corrected; {said}", **counts)


def _name(fit: Fitted) -> str:
    return "Firth's penalised model" if fit.penalised else "Cox model"


def share_of_pairs(time: Array, event: Array, linear: Array) -> float:
    """Return `concordance(...).estimate`, in a tenth of the time where patients are few."""
    if len(time) > SMALL:
        return concordance(time, event, linear).estimate
    risk = np.round(linear, 10)
    cases = np.flatnonzero(event == 1)
    own = time[cases, None]
    comparable = (time > own) | ((time == own) & (event == 0))
    pairs = float(comparable.sum())
    if not pairs:
        return float("nan")
    mine = risk[cases, None]
    return float(((mine > risk) & comparable).sum() + 0.5 * ((mine == risk) & comparable).sum()) / pairs
