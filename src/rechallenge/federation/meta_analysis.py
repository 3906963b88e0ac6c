"""Random-effects meta-analysis of the estimates of sites, as R's metafor does it (`rma`, checked to 1e-6).

Viechtbauer W (2010), J Stat Softw 36(3). Estimates are on the log scale (log hazard ratios) with standard errors.
Libraries were looked at: statsmodels has neither REML nor a prediction interval and stops Paule-Mandel at 1e-5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, ndtr, ndtri, stdtr, stdtrit

Array = NDArray[np.float64]
Estimator = Literal["REML", "DL", "PM"]
HartungKnapp = Literal["guarded", "plain", "off"]
NAN: Final = float("nan")
_ITERATIONS: Final = 1000
_STEP: Final = 1e-13


@dataclass(frozen=True)
class Heterogeneity:
    """How much the sites differ beyond chance.

    `tau2` is the variance between sites with its Q-profile interval (Viechtbauer 2007); `i2` (percent) and `h2` follow
    from it (Higgins and Thompson 2002); `q` is Cochran's test on `df` degrees of freedom.
    """

    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    i2_lower: float
    i2_upper: float
    h2: float
    q: float
    df: int
    p: float


@dataclass(frozen=True)
class Pooled:
    """The pooled estimate of `sites` sites and its interval; `df` is 0 where the interval is normal.

    `weights` are percent, in the order of the sites. The prediction interval, of the effect in a further site, is NaN
    for fewer than three. `guarded` says that the guard of Hartung and Knapp's factor made the interval wider.
    """

    estimate: float
    std_error: float
    lower: float
    upper: float
    p: float
    df: int
    sites: int
    weights: tuple[float, ...]
    prediction_lower: float
    prediction_upper: float
    heterogeneity: Heterogeneity
    guarded: bool


def random_effects(
    estimate: Array,
    std_error: Array,
    *,
    estimator: Estimator = "REML",
    hartung_knapp: HartungKnapp = "guarded",
    confidence: float = 0.95,
) -> Pooled:
    """Return the random-effects meta-analysis of two or more sites; raises ValueError for fewer.

    With Hartung and Knapp's method the variance of the mean is the weighted spread of the sites, on t with k - 1
    degrees of freedom. With few sites that happen to agree it can be narrower than if there were no heterogeneity at
    all; `guarded` takes at least the ordinary variance (factor not below 1; metafor's "adhoc", Knapp and Hartung 2003).
    The prediction interval is t with k - 2 degrees of freedom, around the estimate with the standard error beside it
    (Higgins, Thompson and Spiegelhalter 2009; with Hartung and Knapp's standard error Partlett and Riley 2017).
    """
    y, variance = _checked(estimate, std_error)
    tau2 = between_variance(y, variance, estimator)
    mean, error, df, guarded = _mean(y, variance, tau2, hartung_knapp)
    upper_tail = 0.5 + confidence / 2
    half = error * float(stdtrit(df, upper_tail) if df else ndtri(upper_tail))
    p = float(2 * (stdtr(df, -abs(mean / error)) if df else ndtr(-abs(mean / error)))) if error else NAN
    weight = 1 / (variance + tau2)
    further = NAN
    if len(y) > 2:
        further = float(stdtrit(len(y) - 2, upper_tail)) * float(np.sqrt(tau2 + error**2))
    return Pooled(
        mean, error, mean - half, mean + half, p, df, len(y), tuple(100 * weight / weight.sum()), mean - further,
        mean + further, _heterogeneity(y, variance, tau2, confidence), guarded,
    )  # fmt: skip


def common_effect(estimate: Array, std_error: Array, confidence: float = 0.95) -> tuple[float, float, float, float]:
    """Return the inverse-variance mean with its standard error and normal limits, as if all sites had one effect."""
    y, variance = _checked(estimate, std_error)
    mean, error, _, _ = _mean(y, variance, 0.0, "off")
    half = float(ndtri(0.5 + confidence / 2)) * error
    return mean, error, mean - half, mean + half


def between_variance(y: Array, variance: Array, estimator: Estimator) -> float:
    """Return tau squared by restricted maximum likelihood, DerSimonian and Laird, or Paule and Mandel."""
    return {"REML": _reml, "DL": _dersimonian_laird, "PM": _paule_mandel}[estimator](y, variance)


def _checked(estimate: Array, std_error: Array) -> tuple[Array, Array]:
    if len(estimate) < 2:
        raise ValueError("a meta-analysis needs two sites")
    if not (np.isfinite(estimate).all() and (std_error > 0).all() and np.isfinite(std_error).all()):
        raise ValueError("estimates must be finite and standard errors above 0")
    return estimate.astype("float64"), std_error.astype("float64") ** 2


def _mean(y: Array, variance: Array, tau2: float, hartung_knapp: HartungKnapp) -> tuple[float, float, int, bool]:
    weight = 1 / (variance + tau2)
    mean = float(weight @ y / weight.sum())
    square = float(1 / weight.sum())
    if hartung_knapp == "off":
        return mean, float(np.sqrt(square)), 0, False
    df = len(y) - 1
    factor = float(weight @ (y - mean) ** 2) / df
    guarded = hartung_knapp == "guarded" and factor < 1
    return mean, float(np.sqrt((1.0 if guarded else factor) * square)), df, guarded


def _spread(y: Array, variance: Array, tau2: float) -> float:
    """Return Cochran's Q with the weights at a variance between sites."""
    weight = 1 / (variance + tau2)
    return float(weight @ (y - weight @ y / weight.sum()) ** 2)


def _dersimonian_laird(y: Array, variance: Array) -> float:
    weight = 1 / variance
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, (_spread(y, variance, 0.0) - (len(y) - 1)) / float(scale))


def _paule_mandel(y: Array, variance: Array) -> float:
    return _where_spread_is(len(y) - 1.0, y, variance)


def _where_spread_is(target: float, y: Array, variance: Array) -> float:
    """Return the variance between sites at which Q falls to `target`; 0 where it is below from the start."""
    excess: Callable[[float], float] = lambda tau2: _spread(y, variance, tau2) - target  # noqa: E731
    if excess(0.0) <= 0:
        return 0.0
    high = max(float(variance.max()), float(np.var(y)), 1e-8)
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-15, rtol=1e-14))


def _reml(y: Array, variance: Array) -> float:
    """Fisher scoring from the variance of Hedges, as in metafor, halved where it would leave the possible."""
    tau2 = max(0.0, float(np.var(y, ddof=1) - variance.mean()))
    for _ in range(_ITERATIONS):
        weight = 1 / (variance + tau2)
        one, two, three = (float((weight**power).sum()) for power in (1, 2, 3))
        mean = float(weight @ y) / one
        trace, square_trace = one - two / one, two - 2 * three / one + (two / one) ** 2
        step = (float((weight**2) @ (y - mean) ** 2) - trace) / square_trace
        # At 0 the likelihood falls: that is its maximum.
        if tau2 == 0 and step <= 0:
            return 0.0
        moved = max(0.0, tau2 + step)
        if abs(moved - tau2) <= _STEP * (1 + tau2):
            return moved
        tau2 = moved
    return _paule_mandel(y, variance)


def _heterogeneity(y: Array, variance: Array, tau2: float, confidence: float) -> Heterogeneity:
    df = len(y) - 1
    weight = 1 / variance
    typical = df * float(weight.sum()) / float(weight.sum() ** 2 - (weight**2).sum())
    q = _spread(y, variance, 0.0)
    tail = (1 - confidence) / 2
    # Q at the true variance is chi-square: the interval is where it is neither too small nor too large for that.
    lower, upper = (_where_spread_is(float(chdtri(df, share)), y, variance) for share in (tail, 1 - tail))
    share = [100 * value / (value + typical) for value in (tau2, lower, upper)]
    return Heterogeneity(
        tau2, lower, upper, share[0], share[1], share[2], (tau2 + typical) / typical, q, df, float(chdtrc(df, q))
    )
