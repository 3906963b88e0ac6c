"""Quantiles of a survival curve as R's `survival` takes them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# R's `quantile.survfit` compares with the square root of the machine's precision.
TOLERANCE: Final = float(np.sqrt(np.finfo(float).eps))


def quantile(time: Array, survival: Array, share: float) -> float:
    """Return the time by which `share` of the patients have had the event; NaN if the curve does not get there.

    `time` and `survival` are the steps of a curve that starts at 1. Where the curve is flat at exactly 1 - share
    (within a tolerance), the middle of the plateau is taken; a plateau that lasts to the end of the curve ends
    at its last time, censored or not. Applied to the limits of the curve, this is the interval of Brookmeyer
    and Crowley (1982). A limit that is not defined (NaN) does not count.
    """
    if not len(time):
        return float("nan")
    x = np.concatenate([[min(0.0, time[0])], time])
    y = np.concatenate([[0.0], 1.0 - survival])
    kept = np.sort(np.unique(y, return_index=True)[1])
    x, y = x[kept], y[kept]
    ends_at = abs(y[-1] - share) < TOLERANCE
    known = ~np.isnan(y)
    order = np.argsort(y[known], kind="stable")
    x, y = x[known][order], y[known][order]
    first = np.searchsorted(y, share - TOLERANCE, side="left")
    if first == len(y):
        return float("nan")
    if ends_at:
        return float((x[first] + time[-1]) / 2)
    last = np.searchsorted(y, share + TOLERANCE, side="left")
    return float((x[first] + x[last]) / 2) if last < len(y) else float("nan")
