"""Score residuals and dfbetas of a Cox model with ties, and the robust and clustered variances made of them.

R's definition (`residuals(coxph, type = "dfbeta")` and `coxph(..., cluster = )`; Lin and Wei 1989): with Efron's ties
each of the tied patients takes part in the k-th term of the tie with its share, and the terms are averaged. The
libraries use the residuals of untied events, and differ by up to a tenth.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from rechallenge.estimates.chi_square import ChiSquare
from rechallenge.estimates.partial_likelihood import RiskSets, moments

Array = NDArray[np.float64]
# Below this share of the largest eigenvalue, the variance of some combination is rounding error.
_SINGULAR: Final = 1e-12


def score_residuals(risk: RiskSets, x: Array, coef: Array) -> Array:
    """Return the score residuals, one row per patient in the order of `x`; each column adds up to 0 at the maximum."""
    centre = x.mean(axis=0)
    ordered = x[risk.order] - centre
    at = moments(ordered, coef, risk)
    # The mean over the terms of a tie, at each of its events.
    averaged = np.repeat(np.add.reduceat(at.mean, risk.starts, axis=0) / risk.ties[:, None], risk.ties, axis=0)
    residuals = np.zeros_like(ordered)
    residuals[risk.event] = ordered[risk.event] - averaged
    passed = risk.passed(1 / at.total)
    passed_mean = risk.passed(at.mean / at.total[:, None])
    residuals -= at.weight[:, None] * (ordered * passed[:, None] - passed_mean)
    found = np.empty_like(residuals)
    found[risk.order] = residuals
    return found


def dfbeta(risk: RiskSets, x: Array, coef: Array, covariance: Array) -> Array:
    """Return how much each patient moves each coefficient, one row per patient."""
    return score_residuals(risk, x, coef) @ covariance


def robust_covariance(
    risk: RiskSets, x: Array, coef: Array, covariance: Array, cluster: ArrayLike | None = None
) -> Array:
    """Return Lin and Wei's covariance of the coefficients; with `cluster`, of independent clusters."""
    moved = dfbeta(risk, x, coef, covariance)
    if cluster is not None:
        place = np.unique(np.asarray(cluster), return_inverse=True)[1]
        sums = np.zeros((int(place.max()) + 1, moved.shape[1]))
        np.add.at(sums, place, moved)
        moved = sums
    return moved.T @ moved


def robust_wald(coef: Array, covariance: Array) -> ChiSquare:
    """Return the Wald test of all coefficients; NaN where there are fewer clusters, or patients, than it needs."""
    values = np.linalg.eigvalsh(covariance)
    if not values[0] > _SINGULAR * values[-1]:
        return ChiSquare(np.nan, len(coef), np.nan)
    statistic = float(coef @ np.linalg.solve(covariance, coef))
    return ChiSquare(statistic, len(coef), float(chdtrc(len(coef), statistic)))
