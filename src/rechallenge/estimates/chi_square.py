"""A chi-square statistic with what is tested by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom and P value."""

    chi2: float
    df: int
    p: float


def chi_square(statistic: float, df: int) -> ChiSquare:
    """Return a statistic with the upper tail of the chi-square distribution beyond it."""
    from scipy.special import chdtrc

    return ChiSquare(float(statistic), df, float(chdtrc(df, statistic)))
