"""The log-rank test: unweighted, weighted, stratified, pairwise, and the test of trend.

Weights at each time of events, by the pooled numbers at risk n and deaths d of the stratum: Gehan-Breslow n, Tarone-
Ware sqrt(n), Peto-Peto S(t-), its modification the product of 1 - d / (n + 1) up to t (Andersen), Fleming-Harrington
S(t-)^p (1 - S(t-))^q. S is the pooled Kaplan-Meier curve. `fleming_harrington_1_0` is Peto-Peto, and R's
`survdiff(rho = 1)`. With strata, observed, expected and variance are added over them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.partial_likelihood import derivatives, risk_sets

Array = NDArray[np.float64]
LOG_RANK: Final = "log_rank"
# In words, for tables and methods.
WEIGHTS: Final[Mapping[str, str]] = {
    LOG_RANK: "weight 1",
    "gehan_breslow": "weight n at risk",
    "tarone_ware": "weight square root of n at risk",
    "peto_peto": "weight S(t-)",
    "modified_peto_peto": "weight product of 1 - d / (n + 1)",
    "fleming_harrington_0_1": "weight 1 - S(t-)",
    "fleming_harrington_1_0": "weight S(t-)",
    "fleming_harrington_1_1": "weight S(t-) (1 - S(t-))",
}
_POWERS: Final = re.compile(r"fleming_harrington_([0-9.]+)_([0-9.]+)")
# Below this share of the largest eigenvalue, the variance in some direction is rounding error.
_SINGULAR: Final = 1e-12


def weighted_log_rank(
    time: Array, event: Array, group: ArrayLike, weight: str = LOG_RANK, strata: ArrayLike | None = None
) -> ChiSquare:
    """Return the test of two or more groups. Times must be rounded; `weight` is a name of WEIGHTS, or any p and q.

    As in R's `survdiff`, a group of which nobody is at risk at any event does not count. NaN when fewer than two groups
    are left, or when their difference has no variance.
    """
    codes = np.unique(np.asarray(group).astype(str), return_inverse=True)[1]
    size = int(codes.max()) + 1 if len(codes) else 0
    observed, expected = np.zeros(size), np.zeros(size)
    total, variance, scale = np.zeros(size), np.zeros((size, size)), np.zeros(size)
    block = np.zeros(len(time), dtype=np.intp) if strata is None else np.unique(strata, return_inverse=True)[1]
    for number in np.unique(block):
        own = block == number
        deaths, at_risk = _counts(time[own], event[own], codes[own], size)
        n, d = at_risk.sum(axis=1), deaths.sum(axis=1)
        weights = _weights(weight, n, d)
        share = at_risk / n[:, None]
        observed += deaths.sum(axis=0)
        expected += (d[:, None] * share).sum(axis=0)
        total += (weights[:, None] * (deaths - d[:, None] * share)).sum(axis=0)
        chance = weights**2 * d * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
        scale += chance @ share
        variance += np.diag(chance @ share) - (chance[:, None] * share).T @ share
    kept = np.flatnonzero(expected > 0)
    if len(kept) < 2:
        return ChiSquare(np.nan, max(len(kept) - 1, 0), np.nan)
    kept = kept[:-1]
    # The variance that would be there if nobody else were at risk: what is far below it is rounding error.
    return _tested(total[kept], variance[np.ix_(kept, kept)], float(scale.max()))


def _tested(total: Array, variance: Array, scale: float) -> ChiSquare:
    df = len(total)
    values = np.linalg.eigvalsh(variance)
    if not values[0] > _SINGULAR * max(values[-1], scale, 1e-300):
        return ChiSquare(np.nan, df, np.nan)
    statistic = float(total @ np.linalg.solve(variance, total))
    return chi_square(statistic, df)


def _counts(time: Array, event: Array, codes: NDArray[np.intp], size: int) -> tuple[Array, Array]:
    """The deaths and the numbers at risk, per time of events and group."""
    times = np.unique(time[event == 1])
    deaths, at_risk = np.zeros((len(times), size)), np.zeros((len(times), size))
    for code in range(size):
        own, died = time[codes == code], time[(codes == code) & (event == 1)]
        at_risk[:, code] = len(own) - np.searchsorted(np.sort(own), times, side="left")
        deaths[:, code] = np.bincount(np.searchsorted(times, died), minlength=len(times))
    return deaths, at_risk


def _weights(name: str, n: Array, d: Array) -> Array:
    if name == LOG_RANK:
        return np.ones(len(n))
    if name == "gehan_breslow":
        return n
    if name == "tarone_ware":
        return np.sqrt(n)
    if name == "modified_peto_peto":
        return np.cumprod(1 - d / (n + 1)).astype("float64", copy=False)
    before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]]) if len(n) else n
    if name == "peto_peto":
        return before
    powers = _POWERS.fullmatch(name)
    if powers is None:
        raise ValueError(f"unknown weight of a log-rank test: {name}")
    p, q = (float(part) for part in powers.groups())
    raised: Array = before**p * (1 - before) ** q
    return raised


def pairwise(
    time: Array, event: Array, group: NDArray[np.object_], levels: Sequence[str]
) -> dict[tuple[str, str], tuple[ChiSquare, float]]:
    """Return the log-rank test of each pair of levels with its P value adjusted by Holm's method.

    A pair that cannot be compared has NaN and does not count among the tests.
    """
    found = {}
    for place, first in enumerate(levels):
        for second in levels[place + 1 :]:
            own = (group == first) | (group == second)
            found[first, second] = weighted_log_rank(time[own], event[own], group[own])
    adjusted = holm(np.array([test.p for test in found.values()]))
    return {pair: (test, float(p)) for (pair, test), p in zip(found.items(), adjusted, strict=True)}


def holm(p: Array) -> Array:
    """Return P values adjusted by Holm's method (R's `p.adjust`); NaN stays and does not count."""
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    found[order] = np.minimum(1.0, np.maximum.accumulate((len(order) - np.arange(len(order))) * p[order]))
    return found


def trend(time: Array, event: Array, scores: Array, strata: ArrayLike | None = None) -> ChiSquare:
    """Return the log-rank test of trend over groups with these scores (1, 2, 3 ...).

    The score test of a Cox model of the scores with Breslow's ties, as `coxph(..., ties = "breslow")$score`. NaN where
    there is no event, or nobody of another score is at risk at one.
    """
    if not event.any():
        return ChiSquare(np.nan, 1, np.nan)
    risk = risk_sets(time, event, None, strata, ties="breslow")
    x = (scores[risk.order] - scores.mean())[:, None]
    _, score, information = derivatives(x, np.zeros(1), risk)
    if not information[0, 0] > _SINGULAR * max(float((x**2).sum()), 1e-300):
        return ChiSquare(np.nan, 1, np.nan)
    statistic = float(score[0] ** 2 / information[0, 0])
    return chi_square(statistic, 1)
