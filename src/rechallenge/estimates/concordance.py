"""Harrell's concordance with its standard error, as R's `concordance` computes them.

Pairs are counted by sorting, halving by halving, so that the time is n log^2 n; delayed entry and strata are taken.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Concordance:
    """Share of comparable pairs in which the earlier event has the higher risk; ties in risk count half."""

    estimate: float
    std_error: float


def concordance(
    time: Array,
    event: Array,
    risk: Array,
    *,
    entry: Array | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Concordance:
    """Return the concordance of `risk` (higher = earlier event). NaN where no pair can be compared.

    A pair is comparable when one patient has the event while the other is under observation and known to be free of it
    then: a later time, or the same time censored, and an earlier entry. With strata, both are of one stratum. The
    standard error is the infinitesimal jackknife: how much the share moves with the weight of each patient, or cluster.
    """
    # Equal covariates must give equal risks, whatever the order in which a processor adds them.
    rank = np.unique(np.round(risk, 10), return_inverse=True)[1]
    favourable, pairs = np.zeros(len(time)), np.zeros(len(time))
    delayed = entry is not None and bool((entry > 0).any())
    block = np.zeros(len(time), dtype=np.intp) if strata is None else np.unique(strata, return_inverse=True)[1]
    order = np.argsort(block, kind="stable")
    for own in np.split(order, np.flatnonzero(np.diff(block[order])) + 1) if len(order) else ():
        entered = entry[own] if delayed and entry is not None else None
        favourable[own], pairs[own] = _pairs(time[own], event[own], rank[own], entered)
    total = pairs.sum() / 2
    if not total:
        return Concordance(float("nan"), float("nan"))
    share = favourable.sum() / 2 / total
    influence = (favourable - share * pairs) / total
    if cluster is not None:
        influence = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=influence)
    return Concordance(float(share), float(np.sqrt((influence**2).sum())))


def _pairs(time: Array, event: Array, rank: Places, entry: Array | None) -> tuple[Array, Array]:
    """Per patient, how many of its comparable pairs are concordant (a tie counts half), and how many there are."""
    size = len(time)
    died = event == 1
    cases = np.flatnonzero(died)
    if not len(cases):
        return np.zeros(size), np.zeros(size)
    # Positions in time at which a patient is after every event that it can be compared with.
    moment = 2 * np.unique(time, return_inverse=True)[1] + ~died
    favourable, pairs = _later(moment[cases], rank[cases], moment, rank, cases)
    if entry is not None:
        known = np.unique(np.concatenate([time, entry]))
        # A patient who enters at or after an event is not compared with it.
        entered, happened = 2 * np.searchsorted(known, entry) + 1, 2 * np.searchsorted(known, time[cases])
        less_favourable, less = _later(happened, rank[cases], entered, rank, cases)
        favourable, pairs = favourable - less_favourable, pairs - less
    return favourable, pairs


def _later(happened: Places, case_rank: Places, moment: Places, rank: Places, cases: Places) -> tuple[Array, Array]:
    """Pairs of a case and a patient whose moment is later, per patient, in either part: favourable, and all."""
    # Moments are small whole numbers: counted, not sorted.
    last = int(max(moment.max(), happened.max())) + 1
    total = np.zeros(len(moment))
    total[cases] = len(moment) - np.cumsum(np.bincount(moment, minlength=last))[happened]
    total += np.concatenate([[0], np.cumsum(np.bincount(happened, minlength=last))])[moment]
    favourable = np.zeros(len(moment))
    favourable[cases] = _both(-happened, case_rank, -moment, rank)
    favourable += _both(moment, -rank, happened, -case_rank)
    return favourable, total


def _both(key: Places, value: Places, other_key: Places, other_value: Places) -> Array:
    """For each item, the number of others with a smaller key and a smaller value; equal values count half."""
    size = len(key)
    is_other = np.arange(size + len(other_key)) >= size
    # Items come before others, so that those with an equal key, or an equal value, are not before them.
    keys = _distinct(key, other_key) * 2 + is_other
    values = _distinct(value, other_value) * 2 + is_other
    position = np.empty(len(keys), dtype=np.int32)
    position[np.argsort(keys, kind="stable")] = np.arange(len(keys), dtype=np.int32)
    by_value = np.argsort(values, kind="stable")
    less = _before(position[by_value], is_other[by_value], by_value)[:size]
    # Of one value, those with a smaller key.
    together = np.lexsort((position, values // 2))
    counted = np.cumsum(is_other[together])
    own = values[together] // 2
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    earlier = np.concatenate([[0], counted[starts[1:] - 1]])
    equal = np.empty(len(keys))
    equal[together] = counted - np.repeat(earlier, np.diff(starts, append=len(own)))
    found: Array = less + equal[:size] / 2
    return found


def _distinct(first: Places, second: Places) -> Places:
    """Both one after the other, counted from 0."""
    both = np.concatenate([first, second]).astype(np.int64)
    return both - both.min()


def _before(position: NDArray[np.int32], is_other: NDArray[np.bool_], ranking: Places) -> Array:
    """For each item, the others before it in the order of values and in position; by `ranking`, the items' own places.

    `position` is a permutation, in the order of values. At each halving of the positions, an item of the right half
    counts the others of the left half that come before it; then left and right part, each in its order.
    """
    size = len(position)
    found = np.zeros(size, dtype=np.int32)
    who = np.arange(size, dtype=np.int32)
    place = np.arange(size, dtype=np.int32)
    for bit in reversed(range(max(size - 1, 0).bit_length())):
        half = np.int32(1) << np.int32(bit)
        right = (position & half) != 0
        left = ~right
        # A block holds the positions that agree in the higher bits; all but the last are full, half of each is left.
        start = position & ~np.int32(2 * half - 1)
        counted = np.concatenate([[0], np.cumsum(is_other & left, dtype=np.int32)]).astype(np.int32, copy=False)
        asking = right & ~is_other
        found[who[asking]] += counted[:-1][asking] - counted[start[asking]]
        lefts = np.cumsum(left, dtype=np.int32) - left
        lefts_in_block = lefts - start // 2
        target = np.where(left, start + lefts_in_block, place - lefts_in_block + half)
        position, is_other, who = _moved(position, target), _moved(is_other, target), _moved(who, target)
    result = np.empty(size)
    result[ranking] = found
    return result


def _moved(values: NDArray[Any], target: NDArray[np.int32]) -> NDArray[Any]:
    moved = np.empty_like(values)
    moved[target] = values
    return moved
