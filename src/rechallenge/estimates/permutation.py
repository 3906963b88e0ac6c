"""The log-rank test by permutation: exact where the allocations can be counted, else by drawing some of them.

What is permuted is the class of each patient over the patients' log-rank scores, a = event - H(t), with H the
Nelson-Aalen estimate (events over those at risk, all patients together) at the patient's own time. The sum of the
scores of a class is its observed minus its expected events, as in R's `survdiff`. The statistic is the sum over classes
of that sum squared, divided by the size of the class: with two classes it orders the allocations as |observed -
expected| does. The scores do not change with the allocation, and their variance is that of the permutations (as in
`coin::logrank_test` of R), so that one matrix product gives all statistics.

The test supposes that censoring does not depend on the class.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Two classes of up to so many patients are counted exactly: each half has 2^22 sums of scores, which takes a second.
MOST_PATIENTS_EXACT: Final = 44
# Two statistics that differ by less, as a share of the largest, are equal (R's tolerance in its exact tests).
_EQUAL: Final = 1e-9


@dataclass(frozen=True)
class Permuted:
    """A two-sided P value; `permutations` is how many were drawn, 0 where all `allocations` were counted."""

    p: float
    allocations: int
    permutations: int

    @property
    def monte_carlo_error(self) -> float:
        """The standard error that the P value owes to drawing; 0 where nothing was drawn."""
        return math.sqrt(self.p * (1 - self.p) / self.permutations) if self.permutations else 0.0


def log_rank_scores(time: Array, event: Array) -> Array:
    """Return event - H(t) of each patient, H being the Nelson-Aalen estimate of all; the scores add up to 0."""
    times = np.unique(time)
    ordered = np.sort(time)
    at_risk = len(time) - np.searchsorted(ordered, times, side="left")
    place = np.searchsorted(times, time)
    died = np.bincount(place, weights=event, minlength=len(times))
    return np.asarray(event - np.cumsum(died / at_risk)[place], dtype="float64")


def permutation_p(scores: Array, group: NDArray[np.object_], permutations: int, seed: int) -> Permuted:
    """Return the P value of the classes of `group`; `permutations` is the most that are listed, or how many are drawn.

    Two classes of at most MOST_PATIENTS_EXACT patients are counted exactly whatever that number is.
    """
    names, codes, sizes = np.unique(group.astype(str), return_inverse=True, return_counts=True)
    # What is drawn must not depend on the order of the patients.
    order = np.lexsort((codes, scores))
    scores, codes = scores[order], codes[order]
    allocations = math.factorial(len(group))
    for size in sizes:
        allocations //= math.factorial(int(size))
    inside = np.eye(len(names))[codes]
    observed = float(_statistics((scores @ inside)[None, :], sizes)[0])
    # No allocation has a larger statistic than the sum of the squared scores.
    spread = math.sqrt(float((scores**2).sum()))
    slack = _EQUAL * spread**2
    if len(names) == 2 and len(group) <= MOST_PATIENTS_EXACT:
        small = int(np.argmin(sizes))
        hits = _count(scores, int(sizes[small]), abs(float(scores @ inside[:, small])), _EQUAL * spread)
        return Permuted(hits / allocations, allocations, 0)
    if allocations <= permutations:
        listed = np.array([scores @ np.eye(len(names))[codes] for codes in _allocations(sizes)])
        hits = int((_statistics(listed, sizes) >= observed - slack).sum())
        return Permuted(hits / allocations, allocations, 0)
    random = np.random.default_rng(seed)
    drawn = random.permuted(np.tile(scores, (permutations, 1)), axis=1) @ inside
    hits = int((_statistics(drawn, sizes) >= observed - slack).sum())
    return Permuted((1 + hits) / (1 + permutations), allocations, permutations)


def _statistics(sums: Array, sizes: NDArray[np.int64]) -> Array:
    found: Array = (sums**2 / sizes).sum(axis=1)
    return found


def _allocations(sizes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Every way to give the classes their numbers of patients, as codes of the patients."""

    def given(free: tuple[int, ...], code: int) -> Iterator[dict[int, int]]:
        if code == len(sizes) - 1:
            yield dict.fromkeys(free, code)
            return
        for chosen in itertools.combinations(free, int(sizes[code])):
            rest = tuple(place for place in free if place not in set(chosen))
            for others in given(rest, code + 1):
                yield dict.fromkeys(chosen, code) | others

    for allocation in given(tuple(range(int(sizes.sum()))), 0):
        yield np.array([allocation[place] for place in range(len(allocation))])


def _count(scores: Array, size: int, observed: float, slack: float) -> int:
    """How many subsets of `size` have a sum at least as far from 0 as `observed` (van de Wiel 2001, split-up).

    All sums of each half of the patients are made, by the number of patients in them; pairs of one from each half are
    counted by sorting.
    """
    if observed <= slack:
        return math.comb(len(scores), size)
    half = len(scores) // 2
    first, second = _sums(scores[:half], size), _sums(scores[half:], size)
    hits = 0
    for number, sums in enumerate(first):
        if number > size or size - number >= len(second):
            continue
        others = np.sort(second[size - number])
        sums = np.sort(sums)[::-1]
        hits += int((len(others) - np.searchsorted(others, observed - slack - sums, side="left")).sum())
        hits += int(np.searchsorted(others, slack - observed - sums, side="right").sum())
    return hits


def _sums(scores: Array, most: int) -> list[Array]:
    """The sums of all subsets of the scores, by their number of patients, up to `most`."""
    found = [np.zeros(1)]
    for score in scores:
        longer = [np.empty(0)] if len(found) <= most else []
        parts = [*found, *longer]
        found = [
            np.concatenate([part, parts[number - 1] + score]) if number else part for number, part in enumerate(parts)
        ]
    return found
