"""The log-rank test of two groups and medians, for thousands of small samples: `estimates` without data frames."""

import math

import numpy as np
from numpy.typing import NDArray

from rechallenge.estimates.quantiles import quantile

Array = NDArray[np.float64]


def median(time: Array, event: Array) -> float:
    """Return the Kaplan-Meier median by R's rule (`estimates.quantiles`); NaN where it is not reached."""
    if not len(time):
        return math.nan
    steps, place = np.unique(time, return_inverse=True)
    died = np.bincount(place, weights=event)
    leaving = np.bincount(place)
    at_risk = leaving[::-1].cumsum()[::-1]
    return quantile(steps, np.cumprod(1 - died / at_risk), 0.5)


def log_rank_p(time: Array, event: Array, first: NDArray[np.bool_]) -> float:
    """Return the P value of the log-rank test of `first` against the others; NaN where there is nothing to compare."""
    times = np.unique(time[event == 1])
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    died = _counts(time[event == 1], times)
    own = int(first.sum()) - np.searchsorted(np.sort(time[first]), times, side="left")
    own_died = _counts(time[first & (event == 1)], times)
    several = at_risk > 1
    share = own[several] / at_risk[several]
    factor = (at_risk - died)[several] / (at_risk[several] - 1)
    variance = float((died[several] * share * (1 - share) * factor).sum())
    if variance <= 0:
        return math.nan
    excess = float((own_died - died * own / at_risk).sum())
    return math.erfc(abs(excess) / math.sqrt(2 * variance))


def _counts(values: Array, times: Array) -> NDArray[np.intp]:
    return np.bincount(np.searchsorted(times, values), minlength=len(times))
