"""Residuals of a fitted Cox model with Efron's ties, as R's `residuals.coxph` and `cox.zph` define them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rechallenge.estimates.partial_likelihood import RiskSets, moments
from rechallenge.estimates.proportional_hazards import transformed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Schoenfeld:
    """Scaled Schoenfeld residuals of the events, by time: what `cox.zph(fit, terms = FALSE)` holds.

    `time` in days, `place` the time transformed by `km`; `y` one column per coefficient: where hazards are
    proportional, it scatters about the coefficient.
    """

    time: Array
    place: Array
    y: Array


def schoenfeld(risk: RiskSets, time: Array, x: Array, coef: Array, covariance: Array) -> Schoenfeld:
    """Return the scaled Schoenfeld residuals; `time` and `x` in the order of the patients."""
    ordered = x[risk.order] - x.mean(axis=0)
    at = moments(ordered, coef, risk)
    averaged = np.repeat(np.add.reduceat(at.mean, risk.starts, axis=0) / risk.ties[:, None], risk.ties, axis=0)
    plain = ordered[risk.event] - averaged
    y = coef + len(risk.event) * plain @ covariance
    return Schoenfeld(time[risk.order][risk.event], transformed(time, risk, None, "km"), y)


def martingale(risk: RiskSets, event: Array, x: Array, coef: Array) -> Array:
    """Return the martingale residual of each patient; without columns in `x`, that of the null model."""
    weight, hazard = _baseline(risk, (x - x.mean(axis=0)) @ coef)
    found = np.empty(len(event))
    found[risk.order] = event[risk.order] - weight * risk.passed(hazard)
    return found


def cumulative_hazard(risk: RiskSets, time: Array, linear: Array, at: float) -> float:
    """Return the cumulative hazard at `at` days of a patient with linear predictor 0 (Efron's estimate)."""
    _, hazard = _baseline(risk, linear)
    return float(hazard[time[risk.order][risk.event] <= at].sum())


def _baseline(risk: RiskSets, linear: Array) -> tuple[Array, Array]:
    """The weight of each sorted patient, and the hazard at each event."""
    weight = np.exp(linear[risk.order])
    return weight, 1 / risk.at_risk(weight)
