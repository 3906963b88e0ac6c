"""Restricted mean survival time: the area under the Kaplan-Meier curve up to a horizon, with differences and ratios.

The variance is Greenwood's for the area (Irwin 1949; Royston and Parmar 2013), as in R's `print(survfit, rmean = tau)`,
without a correction for small samples. The estimator is asymptotic: intervals are too narrow with few events.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, ndtri

Array = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class RestrictedMean:
    """The mean time up to the horizon, with its standard error. NaN where the curve ends before the horizon."""

    estimate: float
    std_error: float


@dataclass(frozen=True)
class Contrast:
    """A difference or ratio of two restricted means, its interval, and the P value of no difference."""

    estimate: float
    lower: float
    upper: float
    p: float


def restricted_mean(time: Array, event: Array, horizon: float) -> RestrictedMean:
    """Return the restricted mean up to `horizon`, in the unit of `time`. Times must be rounded.

    Not known, NaN, where the last patient is censored before the horizon.
    """
    if not len(time) or not horizon > 0:
        return RestrictedMean(NAN, NAN)
    times = np.unique(time[event == 1])
    died = np.bincount(np.searchsorted(times, time[event == 1]), minlength=len(times)).astype("float64")
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left").astype("float64")
    survival = np.cumprod(1 - died / at_risk)
    ended = len(times) > 0 and survival[-1] <= 0
    if time.max() < horizon and not ended:
        return RestrictedMean(NAN, NAN)
    before = times <= horizon
    steps = np.concatenate([[0.0], times[before], [horizon]])
    areas = np.diff(steps) * np.concatenate([[1.0], survival[before]])
    left = (at_risk - died)[before]
    terms = np.divide(died[before], at_risk[before] * left, out=np.zeros(len(left)), where=left > 0)
    # The area after each event.
    after = areas[::-1].cumsum()[::-1][1:]
    return RestrictedMean(float(areas.sum()), math.sqrt(float((after**2 * terms).sum())))


def difference(first: RestrictedMean, second: RestrictedMean, confidence: float) -> Contrast:
    """Return first minus second with its normal interval; NaN where neither mean has a variance."""
    gap, error = first.estimate - second.estimate, math.hypot(first.std_error, second.std_error)
    half = float(ndtri(0.5 + confidence / 2)) * error
    return Contrast(gap, gap - half, gap + half, _p(gap, error)) if error > 0 else Contrast(gap, NAN, NAN, NAN)


def ratio(first: RestrictedMean, second: RestrictedMean, confidence: float) -> Contrast:
    """Return first over second; the interval is normal on the logarithmic scale. NaN where there is none."""
    if not (first.estimate > 0 and second.estimate > 0):
        return Contrast(NAN, NAN, NAN, NAN)
    log = math.log(first.estimate / second.estimate)
    error = math.hypot(first.std_error / first.estimate, second.std_error / second.estimate)
    half = float(ndtri(0.5 + confidence / 2)) * error
    if not error > 0:
        return Contrast(math.exp(log), NAN, NAN, NAN)
    return Contrast(math.exp(log), math.exp(log - half), math.exp(log + half), _p(log, error))


def _p(value: float, error: float) -> float:
    return float(erfc(abs(value / error) / math.sqrt(2)))


def half_width(mean: RestrictedMean, confidence: float) -> float:
    """Return half of the normal interval of a restricted mean."""
    return float(ndtri(0.5 + confidence / 2)) * mean.std_error
