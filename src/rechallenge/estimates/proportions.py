"""Exact confidence intervals of proportions."""

from rechallenge.estimates.rows import NAN

METHOD = "Clopper-Pearson"


def clopper_pearson(successes: int, n: int, confidence: float) -> tuple[float, float]:
    """Return the exact limits of a share (Clopper and Pearson 1934), as R's `binom.test` gives them.

    They are quantiles of beta distributions; of none the lower limit is 0, of all the upper is 1. NaN of nobody.
    """
    from scipy.special import betaincinv

    if not n:
        return NAN, NAN
    tail = (1 - confidence) / 2
    lower = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    upper = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return lower, upper
