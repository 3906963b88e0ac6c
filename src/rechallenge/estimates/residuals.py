"""Residuals of a fitted Cox model with Efron's ties, as R's `residuals.coxph` and `cox.zph` define them.

All of them are made of sums over the patients at risk at each event; with d tied events, the k-th leaves k/d of the
tied patients' weight out (Efron). Patients are under observation from time 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """Residuals in the order of the patients, or of `events`: the places of the events, by time.

    `martingale` (patients), `score` (patients, columns), `schoenfeld` (events, columns; not scaled).
    """

    martingale: Array
    score: Array
    events: NDArray[np.intp]
    schoenfeld: Array

    def dfbeta(self, covariance: Array) -> Array:
        """How much each coefficient falls, about, when each patient is left out."""
        found: Array = self.score @ covariance
        return found

    def scaled_schoenfeld(self, coef: Array, covariance: Array) -> Array:
        """Each event's coefficient, roughly: what `cox.zph(fit, terms = FALSE)$y` holds."""
        found: Array = coef + len(self.events) * self.schoenfeld @ covariance
        return found


@dataclass(frozen=True)
class _Sums:
    """Of the events, sorted by time: patients at risk, mean of the covariates; and who has which of them before."""

    order: NDArray[np.intp]
    events: NDArray[np.intp]
    hazard: Array
    mean: Array
    until: NDArray[np.intp]
    start: NDArray[np.intp]
    share: Array


def residuals(time: Array, event: Array, x: Array, coef: Array) -> Residuals:
    """Return the residuals of the model of the columns of `x` at these coefficients."""
    weight = np.exp(x @ coef - (x @ coef).max()) if x.shape[1] else np.ones(len(time))
    sums = _sums(time, event, x, weight)
    own, sorted_x = weight[sums.order], x[sums.order]
    passed = np.concatenate([[0.0], sums.hazard.cumsum()])[sums.until]
    passed_mean = np.vstack([np.zeros(x.shape[1]), (sums.hazard[:, None] * sums.mean).cumsum(axis=0)])[sums.until]
    # Of the hazard at their own time, those with an event have Efron's part only.
    less = np.zeros(len(time))
    less_mean = np.zeros_like(sorted_x)
    tied = _over_ties(sums.share * sums.hazard, sums.start)
    tied_mean = _over_ties((sums.share * sums.hazard)[:, None] * sums.mean, sums.start)
    less[sums.events], less_mean[sums.events] = tied, tied_mean
    schoenfeld = sorted_x[sums.events] - _over_ties(sums.mean, sums.start) / _sizes(sums.start)[:, None]
    expected = own * (passed - less)
    score = -(expected[:, None] * sorted_x - own[:, None] * (passed_mean - less_mean))
    score[sums.events] += schoenfeld
    martingale = event[sums.order] - expected
    back = np.argsort(sums.order)
    return Residuals(martingale[back], score[back], sums.order[sums.events], schoenfeld)


def cumulative_hazard(time: Array, event: Array, linear: Array, at: float) -> float:
    """Return the cumulative baseline hazard at `at` of a model with these linear predictors (Efron's estimate)."""
    sums = _sums(time, event, np.zeros((len(time), 0)), np.exp(linear))
    return float(sums.hazard[time[sums.order][sums.events] <= at].sum())


def _sums(time: Array, event: Array, x: Array, weight: Array) -> _Sums:
    order = np.argsort(time, kind="stable")
    time, event, x, weight = time[order], event[order], x[order], weight[order]
    events = np.flatnonzero(event)
    first = np.searchsorted(time, time[events], side="left")
    # The first event at the time of each event.
    start = np.searchsorted(time[events], time[events], side="left")
    share = (np.arange(len(events)) - start) / _sizes(start)
    weighted = weight[:, None] * x
    total = weight[::-1].cumsum()[::-1][first] - share * _over_ties(weight[events], start)
    sums = weighted[::-1].cumsum(axis=0)[::-1][first] - share[:, None] * _over_ties(weighted[events], start)
    until = np.searchsorted(time[events], time, side="right")
    return _Sums(order, events, 1 / total, sums / total[:, None], until, start, share)


def _sizes(start: NDArray[np.intp]) -> Array:
    """How many events there are at the time of each event."""
    return np.bincount(start, minlength=len(start))[start].astype("float64")


def _over_ties(values: Array, start: NDArray[np.intp]) -> Array:
    """Sums of the values over the events at the time of each event."""
    if not len(start):
        return values
    places = np.unique(start)
    found: Array = np.add.reduceat(values, places, axis=0)[np.searchsorted(places, start)]
    return found
