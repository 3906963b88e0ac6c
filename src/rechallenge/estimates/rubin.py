"""Rubin's rules: one estimate from those of several imputed data sets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
