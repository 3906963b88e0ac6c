"""Tests of Table 1: two groups, categorical or numeric, each with the name of the test that was used."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Cochran's rule: below this expected count the chi-square approximation is not used.
SMALLEST_EXPECTED: Final = 5.0
# Most tables with the observed margins that are listed one by one; beyond it they are drawn at random.
MOST_TABLES: Final = 500_000
DRAWN_TABLES: Final = 99_999
# R's tolerance when probabilities of tables are compared.
_EQUAL: Final = 1 + 1e-7


@dataclass(frozen=True)
class Comparison:
    """A two-sided P value and the name of its test."""

    p: float
    method: str


def compare_counts(table: NDArray[np.int64], seed: int) -> Comparison | None:
    """Compare a table of counts (one row per level, two columns); None where there is nothing to compare.

    Pearson's chi-square without continuity correction, or, with an expected count under 5, Fisher's exact test
    (Freeman and Halton's for more than two levels; by simulation, seeded, where the tables are too many).
    """
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2 or (table.sum(axis=0) == 0).any():
        return None
    total = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    if (expected < SMALLEST_EXPECTED).any():
        return fisher(table, seed)
    from scipy.special import chdtrc

    chi2 = float(((table - expected) ** 2 / expected).sum())
    return Comparison(float(chdtrc(len(table) - 1, chi2)), "chi-square test")


def fisher(table: NDArray[np.int64], seed: int) -> Comparison:
    """Return Fisher's exact test of a table of two columns: the share of tables no more likely than this one."""
    margins, first = table.sum(axis=1), int(table[:, 0].sum())
    logs = _log_chances(margins)
    observed = sum(logs[level][count] for level, count in enumerate(table[:, 0]))
    if np.prod((margins + 1).astype("float64")) > MOST_TABLES:
        drawn = np.random.default_rng(seed).multivariate_hypergeometric(margins, first, size=DRAWN_TABLES)
        chances = sum(logs[level][drawn[:, level]] for level in range(len(margins)))
        hits = int((chances <= observed + np.log(_EQUAL)).sum())
        return Comparison((1 + hits) / (1 + DRAWN_TABLES), f"Fisher's exact test, {DRAWN_TABLES:,} simulated tables")
    sums, chances = np.zeros(1, dtype="int64"), np.zeros(1)
    for log in logs:
        sums = (sums[:, None] + np.arange(len(log))).ravel()
        chances = (chances[:, None] + log).ravel()
        sums, chances = sums[sums <= first], chances[sums <= first]
    chances = chances[sums == first]
    shares = np.exp(chances - chances.max())
    unlikely = chances <= observed + np.log(_EQUAL)
    return Comparison(min(1.0, float(shares[unlikely].sum() / shares.sum())), "Fisher's exact test")


def _log_chances(margins: NDArray[np.int64]) -> list[Array]:
    """Per level, the log of the binomial coefficient of 0, 1 ... all of its patients in the first column."""
    from scipy.special import gammaln

    ranges = [np.arange(total + 1) for total in margins]
    return [
        gammaln(total + 1) - gammaln(inside + 1) - gammaln(total - inside + 1)
        for total, inside in zip(margins, ranges, strict=True)
    ]


def compare_numbers(first: Array, second: Array) -> Comparison | None:
    """Compare two samples by Wilcoxon's rank-sum test, as R's `wilcox.test` does by default.

    Exact with fewer than 50 in each group and no ties, else the normal approximation with corrections for ties
    and continuity. None where a group is empty or all values are equal.
    """
    both = np.concatenate([first, second])
    if not (len(first) and len(second)) or len(np.unique(both)) < 2:
        return None
    from scipy.stats import mannwhitneyu

    exact = max(len(first), len(second)) < 50 and len(np.unique(both)) == len(both)
    result = mannwhitneyu(first, second, method="exact" if exact else "asymptotic", use_continuity=True)
    return Comparison(float(result.pvalue), "Wilcoxon rank-sum test" + (", exact" if exact else ""))
