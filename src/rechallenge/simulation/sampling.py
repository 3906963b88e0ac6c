"""Small vectorised draws that the model is made of. Days are integers since 1970-01-01."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]

# Later than any date of any registry: "it does not happen".
NEVER: Final = 1_000_000


def chance(rng: Generator, probability: float | NDArray[np.float64], n: int) -> Flags:
    """Return n draws of yes with the given probability (one, or one per patient)."""
    return rng.random(n) < probability


def category(rng: Generator, weights: Sequence[float] | NDArray[np.float64], n: int) -> Codes:
    """Return n category numbers; `weights` is one row for all patients or one row per patient."""
    table = np.atleast_2d(np.asarray(weights, dtype="float64"))
    edges = np.cumsum(table, axis=1)
    draws = rng.random(n) * edges[:, -1]
    return (draws[:, None] >= edges[:, :-1]).sum(axis=1).astype(np.int64)


def between(rng: Generator, low: int, high: int, n: int) -> Days:
    """Return n whole numbers from low to high, both included."""
    return rng.integers(low, high + 1, n).astype(np.int64)


def weibull_days(
    rng: Generator,
    shape: float,
    median_months: float | NDArray[np.float64],
    n: int,
    hazard_ratio: float | NDArray[np.float64] = 1.0,
) -> NDArray[np.float64]:
    """Return n Weibull times in days; the median is that of hazard ratio 1, the hazards are proportional."""
    scaled = rng.exponential(size=n) / (np.log(2.0) * np.asarray(hazard_ratio))
    return np.asarray(median_months) * DAYS_PER_MONTH * scaled ** (1.0 / shape)


def whole_days(times: NDArray[np.float64], at_least: int = 1) -> Days:
    """Return times rounded to days, at least `at_least`, at most NEVER."""
    return np.clip(np.rint(times), at_least, NEVER).astype(np.int64)


def at(start: Days, days: Days) -> Days:
    """Return start + days, NEVER where either is."""
    return np.where((start >= NEVER) | (days >= NEVER), NEVER, start + days)
