"""The test of proportional hazards of R's `cox.zph` (survival 3): a score test of time-varying coefficients.

The covariates times a centred function g of time are added to the fitted model, and tested at 0 by the score
(Grambsch and Therneau 1994, in the form of Therneau's `cox.zph` from version 3.0 on).
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.partial_likelihood import RiskSets, information, moments

Array = NDArray[np.float64]
Transform = Literal["km", "rank", "identity", "log"]
# Below it the smallest eigenvalue of a correlation matrix is rounding error: too few events for a test.
_SINGULAR: Final = 1e-12


@dataclass(frozen=True)
class ProportionalHazards:
    """The test of each coefficient and of all together (`cox.zph` calls that GLOBAL)."""

    terms: tuple[ChiSquare, ...]
    whole: ChiSquare


def proportional_hazards(
    risk: RiskSets, x: Array, coef: Array, time: Array, entry: Array | None = None, *, transform: Transform = "km"
) -> ProportionalHazards:
    """Return the tests at the fitted coefficients. Patients in the order of the fit; NaN where there is no test."""
    size = x.shape[1]
    ordered = x[risk.order]
    spread = ordered.std(axis=0)
    scaled = (ordered - ordered.mean(axis=0)) / spread
    at = moments(scaled, coef * spread, risk)
    g = transformed(time, risk, entry, transform)
    g = g - g.mean()
    score = (g[:, None] * (scaled[risk.event] - at.mean)).sum(axis=0)
    plain, once, twice = (information(scaled, at, risk, by) for by in (np.ones(len(g)), g, g**2))
    whole = np.block([[plain, once], [once, twice]])
    terms = tuple(_tested(whole, score, [place], size) for place in range(size))
    return ProportionalHazards(terms, _tested(whole, score, list(range(size)), size))


def _tested(whole: Array, score: Array, places: list[int], size: int) -> ChiSquare:
    kept = [*range(size), *(size + place for place in places)]
    right = np.concatenate([np.zeros(size), score[places]])
    chosen = whole[np.ix_(kept, kept)]
    size_of = np.sqrt(np.abs(np.diag(chosen)))
    nothing = ChiSquare(np.nan, len(places), np.nan)
    if not (size_of > 0).all():
        return nothing
    # As correlations, so that units do not matter.
    chosen, right = chosen / np.outer(size_of, size_of), right / size_of
    if not np.linalg.eigvalsh(chosen)[0] > _SINGULAR:
        return nothing
    statistic = float(right @ np.linalg.solve(chosen, right))
    return chi_square(statistic, len(places))


def transformed(time: Array, risk: RiskSets, entry: Array | None, transform: Transform) -> Array:
    """Return the transform of time at each event, in the order of the events.

    `km` is 1 - S(t-), of the Kaplan-Meier curve of everybody together, strata or not.
    """
    from scipy.stats import rankdata

    at = time[risk.order][risk.event]
    if transform == "identity":
        return at
    if transform == "log":
        return np.log(at)
    if transform == "rank":
        ranks: Array = rankdata(time)[risk.order][risk.event]
        return ranks
    times, events = np.unique(at, return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    if entry is not None:
        at_risk = at_risk - (len(entry) - np.searchsorted(np.sort(entry), times, side="left"))
    survival = np.concatenate([[1.0], np.cumprod(1 - events / at_risk)])
    found: Array = 1 - survival[np.searchsorted(times, at, side="left")]
    return found
