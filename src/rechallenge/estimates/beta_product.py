"""Pointwise limits of a survival curve that hold in small groups: the beta product procedure, and Rothman's.

Greenwood's variance is 0 before the first event and undefined once everybody has had one, and its normal approximation
fails with a handful of events. The beta product procedure (Fay, Brittain and Proschan 2013, Biostatistics 14:723)
treats each time's share of survivors as a beta variable; without censoring its limits are those of Clopper and
Pearson, with censoring they keep their coverage as far as its authors' simulations show. Rothman's limits (1978,
J Chronic Dis 31:557) are Wilson's for a share, with the number of patients that the variance of the curve is worth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

from rechallenge.estimates.kaplan_meier import Curve, Quantile
from rechallenge.estimates.quantiles import quantile

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """Limits of a curve from each of `time` on, the first at 0; NaN where the method has none."""

    time: Array
    survival: Array
    lower: Array
    upper: Array

    def at(self, time: float) -> tuple[float, float]:
        """Return the limits at a time; after the last step they stay as they are."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        return float(self.lower[place]), float(self.upper[place])

    def median(self) -> Quantile:
        """Return the median with the interval of the times whose limits hold one half (Brookmeyer and Crowley)."""
        return Quantile(*(quantile(self.time, steps, 0.5) for steps in (self.survival, self.lower, self.upper)))


def beta_product(curve: Curve, confidence: float = 0.95) -> Limits:
    """Return the limits of the beta product procedure by the method of moments (R's `bpcp` with its defaults).

    After the events and censorings up to a time, the upper limit is a quantile of the product of Beta(Y - d + 1, d)
    over the times with d events among Y at risk; the lower limit supposes one more event among those still at risk.
    Each product is replaced by the beta variable with its first two moments. No delayed entry.
    """
    alpha = 1 - confidence
    at_risk = np.concatenate([[0.0], curve.at_risk])
    events = np.concatenate([[0.0], curve.events])
    left = at_risk - events
    # At time 0 nothing has happened yet: the product is 1, whatever stands here for the number at risk.
    first, second = ((left + 1) / (at_risk + 1), (left + 1) * (left + 2) / ((at_risk + 1) * (at_risk + 2)))
    first[0] = second[0] = 1.0
    mean, square = np.cumprod(first), np.cumprod(second)
    upper = _quantile(mean, square, 1 - alpha / 2)
    next_at_risk = np.concatenate([curve.at_risk, [0.0]])
    lower = _quantile(mean * next_at_risk / (next_at_risk + 1), square * next_at_risk / (next_at_risk + 2), alpha / 2)
    return Limits(np.concatenate([[0.0], curve.time]), np.concatenate([[1.0], curve.survival]), lower, upper)


def _quantile(mean: Array, square: Array, share: float) -> Array:
    """The quantile of beta variables with these first two moments; a mean of 0 or 1 is that number."""
    found = mean.copy()
    # Before the first event nothing varies, and the variance is rounding error.
    varies = (mean > 0) & (square - mean**2 > 1e-15)
    m, s = mean[varies], square[varies]
    scale = (m - s) / (s - m**2)
    found[varies] = betaincinv(scale * m, scale * (1 - m), share)
    return found


def rothman(curve: Curve, confidence: float = 0.95) -> Limits:
    """Return Rothman's limits (R's `km.ci`, method "rothman"); NaN where the curve has reached 0.

    At 1 they are 1, as there: before the first event the method says nothing.
    """
    z = float(ndtri(0.5 + confidence / 2))
    survival = curve.survival
    left = curve.at_risk - curve.events
    terms = np.divide(curve.events, curve.at_risk * left, out=np.full(len(left), np.nan), where=left > 0)
    variance = survival**2 * np.cumsum(terms)
    between = (survival > 0) & (survival < 1)
    lower = np.where(survival < 1, np.nan, 1.0)
    upper = lower.copy()
    share, spread = survival[between], variance[between]
    worth = share * (1 - share) / spread
    shrunk = worth / (worth + z**2)
    half = z * np.sqrt(spread + z**2 / (4 * worth**2))
    lower[between] = shrunk * (share + z**2 / (2 * worth) - half)
    upper[between] = shrunk * (share + z**2 / (2 * worth) + half)
    time, one = np.concatenate([[0.0], curve.time]), np.ones(1)
    return Limits(time, np.concatenate([one, survival]), np.concatenate([one, lower]), np.concatenate([one, upper]))
