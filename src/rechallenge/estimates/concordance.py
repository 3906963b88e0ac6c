"""Harrell's concordance with its standard error, as R's `concordance` computes them.

Pairs are counted by sorting, halving by halving, so that the time is n log^2 n; delayed entry and strata are taken.
"""

from dataclasses import dataclass

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
    total = np.zeros(len(moment))
    total[cases] = len(moment) - np.searchsorted(np.sort(moment), happened, side="right")
    total += np.searchsorted(np.sort(happened), moment, side="left")
    favourable = np.zeros(len(moment))
    favourable[cases] = _both(-happened, case_rank, -moment, rank)
    favourable += _both(moment, -rank, happened, -case_rank)
    return favourable, total


def _both(key: Places, value: Places, other_key: Places, other_value: Places) -> Array:
    """For each item, the number of others with a smaller key and a smaller value; equal values count half."""
    size, others = len(key), len(other_key)
    keys, values = np.concatenate([key, other_key]), np.concatenate([value, other_value])
    is_other = np.concatenate([np.zeros(size, dtype=bool), np.ones(others, dtype=bool)])
    # Those with an equal key are not smaller: items come before others.
    position = np.empty(size + others, dtype=np.intp)
    position[np.lexsort((is_other, keys))] = np.arange(size + others)
    found = np.zeros(size)
    for equal_first in (False, True):
        ranking = np.lexsort((is_other != equal_first, values))
        found += _before(position[ranking], is_other[ranking], ranking, size)
    return found / 2


def _before(position: Places, is_other: NDArray[np.bool_], ranking: Places, size: int) -> Array:
    """For each item, in the order of values: the others before it in that order, and in position.

    At each halving of the positions, an item of the right half counts the others of its left half.
    """
    found = np.zeros(len(position))
    width = 1
    while width < len(position):
        by_block = np.argsort(position // (2 * width), kind="stable")
        place = position[by_block]
        right = (place // width) % 2 == 1
        counted = np.cumsum(is_other[by_block] & ~right)
        starts = np.flatnonzero(np.diff(place // (2 * width), prepend=-1))
        before = np.repeat(np.concatenate([[0], counted[starts[1:] - 1]]), np.diff(starts, append=len(place)))
        asking = right & ~is_other[by_block]
        found[by_block[asking]] += (counted - before)[asking]
        width *= 2
    result = np.zeros(len(position))
    result[ranking] = found
    return result[:size]
