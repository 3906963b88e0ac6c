"""Rubin's rules: one estimate from those of several imputed data sets."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Of the variance by the missing values; at none, degrees of freedom are infinite.
SMALLEST_RISE: Final = 1e-6


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate with its total standard error, limits, two-sided P, and degrees of freedom.

    `missing_information` is the share of the variance that is due to the missing values (lambda).
    """

    estimate: float
    std_error: float
    lower: float
    upper: float
    p: float
    df: float
    missing_information: float


def pooled(estimates: Array, std_errors: Array, complete_df: float, confidence: float) -> Pooled:
    """Pool the estimates of m >= 2 imputed data sets (Rubin 1987), with Barnard and Rubin's degrees of freedom (1999).

    `complete_df` are those of the analysis had nothing been missing: for a Cox model, events minus coefficients.
    """
    from scipy.special import stdtr, stdtrit

    m = len(estimates)
    within, between = float(np.mean(std_errors**2)), float(np.var(estimates, ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    # Without variation between the data sets Rubin's own degrees of freedom are infinite.
    df = 1 / (share**2 / (m - 1) + 1 / observed)
    mean, error = float(np.mean(estimates)), float(np.sqrt(total))
    half = float(stdtrit(df, 0.5 + confidence / 2)) * error
    p = 2 * float(stdtr(df, -abs(mean) / error))
    return Pooled(mean, error, mean - half, mean + half, p, df, share)


@dataclass(frozen=True)
class PooledTest:
    """A pooled test of several parameters: an F statistic with its degrees of freedom, and P."""

    f: float
    df: int
    residual_df: float
    p: float


def pooled_wald(estimates: Array, covariances: Array) -> PooledTest:
    """Pool Wald tests that all coefficients are 0: D1, with degrees of freedom, of Li, Raghunathan and Rubin (1991).

    `estimates` has a row and `covariances` a matrix per data set (m >= 2).
    """
    from scipy.special import fdtrc

    m, k = estimates.shape
    mean, within = estimates.mean(axis=0), covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    rise = (1 + 1 / m) * float(np.trace(np.linalg.solve(within, between))) / k
    f = float(mean @ np.linalg.solve(within, mean)) / (k * (1 + rise))
    df = _li(k, m, rise)
    return PooledTest(f, k, df, float(fdtrc(k, df, f)))


def _li(k: int, m: int, rise: float) -> float:
    """Denominator degrees of freedom of D1; without variation between the data sets they are infinite."""
    t = k * (m - 1)
    rise = max(rise, SMALLEST_RISE)
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / rise) ** 2
    return t * (1 + 1 / k) * (1 + 1 / rise) ** 2 / 2
