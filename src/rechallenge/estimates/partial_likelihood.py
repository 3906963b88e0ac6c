"""The partial likelihood of the Cox model and its derivatives, vectorised: risk sets with ties, delayed entry, strata.

Sums over the patients at risk are cumulative sums, so that one evaluation takes time in proportion to patients times
covariates (squared for the information). With strata or delayed entry they are differences of such sums, which lose
digits where hazards differ by many powers of ten; below TABLED patients times events they are sums over a table of
who is at risk instead. What is built on it: `fast_cox` (the fit), `proportional_hazards`, `robust_variance`, `firth`.
Formulae: Therneau and Grambsch, "Modeling Survival Data" (2000), chapter 3; Efron's ties as in R's `coxph`.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Ties = Literal["efron", "breslow"]
# Numbers in the table of who is at risk.
TABLED: Final = 2_000_000


@dataclass(frozen=True)
class RiskSets:
    """Who is at risk at each event, of patients sorted by stratum and time.

    `order` sorts the patients; all else refers to sorted ones. Per event: `event` is its patient, `first` the first
    patient of the same stratum and time, `share` Efron's share of the tied events that have left already (0 for
    Breslow). `starts` and `ties` are the first event and the number of events at each time of events. Per patient:
    `died`, `group` (the first patient with the same stratum and time), and `until`, the number of events up to and at
    the time. Only with strata or delayed entry: `since`, the number of events before the patient came under
    observation, and `end`, per event, the end of its stratum. Only with delayed entry: `by_entry` sorts the (sorted)
    patients by stratum and entry, and `late`, per event, is the first of them who has not entered. `table`, where it is
    small enough, has a row per time of events and a column per patient: 1 where at risk.
    """

    order: Places
    died: Array
    group: Places
    event: Places
    first: Places
    share: Array
    starts: Places
    ties: Places
    until: Places
    since: Places | None
    end: Places | None
    by_entry: Places | None
    late: Places | None
    table: Array | None

    def at_risk(self, values: Array) -> Array:
        """Sums of the patients' values over those at risk at each event, the tied events' share taken off."""
        sums = self.all_at_risk(values)
        if self.share.any():
            share = self.share if values.ndim == 1 else self.share.reshape(-1, *[1] * (values.ndim - 1))
            sums = sums - share * self.tied(values)
        return sums

    def all_at_risk(self, values: Array) -> Array:
        """Sums of the patients' values over all who are at risk at each event."""
        if self.table is not None:
            flat = self.table @ values.reshape(len(values), -1)
            repeated: Array = np.repeat(flat, self.ties, axis=0).reshape(-1, *values.shape[1:])
            return repeated
        sums: Array = _from_the_end(values, padded=self.end is not None)
        sums = sums[self.first] if self.end is None else sums[self.first] - sums[self.end]
        if self.by_entry is not None:
            late = _from_the_end(values[self.by_entry], padded=True)
            sums = sums - (late[self.late] - late[self.end])
        return sums

    def tied(self, values: Array) -> Array:
        """Sums of the patients' values over the events at the time of each event."""
        sums = np.add.reduceat(values[self.event], self.starts, axis=0)
        repeated: Array = np.repeat(sums, self.ties, axis=0)
        return repeated

    def passed(self, values: Array) -> Array:
        """Sums of the events' values over the events at which each patient is at risk.

        Of tied events, a patient who has one of them takes part in the k-th with 1 - share of the weight.
        """
        if self.table is not None:
            together = np.add.reduceat(values, self.starts, axis=0)
            sums: Array = (self.table.T @ together.reshape(len(together), -1)).reshape(-1, *values.shape[1:])
        else:
            cumulative = np.concatenate([np.zeros((1, *values.shape[1:])), values.cumsum(axis=0)])
            sums = cumulative[self.until]
            if self.since is not None:
                sums = sums - cumulative[self.since]
        if self.share.any():
            share = self.share if values.ndim == 1 else self.share.reshape(-1, *[1] * (values.ndim - 1))
            own = np.zeros((len(self.died), *values.shape[1:]))
            tied = np.add.reduceat(share * values, self.starts, axis=0)
            own[self.first[self.starts]] = tied
            died = self.died if values.ndim == 1 else self.died.reshape(-1, *[1] * (values.ndim - 1))
            sums = sums - died * own[self.group]
        return sums


# Its reciprocals, weighted and summed, do not overflow.
SMALLEST: Final = 1e-250


@dataclass(frozen=True)
class Moments:
    """What the likelihood is made of, at given coefficients.

    Per patient: `weight`, the relative hazard. Per event: `total`, the weights at risk, and `mean`, the weighted mean
    of the covariates. None of it is usable where a `total` is 0, or so small that it cannot be divided by.
    """

    linear: Array
    largest: float
    weight: Array
    total: Array
    mean: Array

    @property
    def usable(self) -> bool:
        return bool((self.total > SMALLEST).all())


def risk_sets(
    time: Array, event: Array, entry: Array | None = None, strata: ArrayLike | None = None, *, ties: Ties = "efron"
) -> RiskSets:
    """Return the risk sets. Times must be rounded; `event` is 0 or 1, with at least one event; entry < time."""
    size = len(time)
    block = np.zeros(size, dtype=np.intp) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    entered = np.zeros(size) if entry is None else entry
    delayed = bool((entered > 0).any())
    key: Array | Places
    entry_key: Array | Places
    if strata is None and not delayed:
        order = np.argsort(time, kind="stable")
        key = entry_key = time[order]
    else:
        order = np.lexsort((time, block))
        # One number that sorts by stratum, then by time, on which times and entries are compared.
        known = np.unique(np.concatenate([time, entered]))
        key = (block * len(known) + np.searchsorted(known, time))[order]
        entry_key = (block * len(known) + np.searchsorted(known, entered))[order]
    died = event[order].astype("float64")
    group = np.searchsorted(key, key, side="left")
    happened = np.flatnonzero(died)
    first = group[happened]
    # Events of one group follow one another.
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    number = np.diff(starts, append=len(first))
    share = (np.arange(len(first)) - np.repeat(starts, number)) / np.repeat(number, number)
    if ties == "breslow":
        share = np.zeros(len(first))
    until = np.cumsum(died).astype(np.intp)[np.searchsorted(key, key, side="right") - 1]
    since = end = by_entry = late = table = None
    if strata is not None or delayed:
        sorted_block = block[order]
        end = np.searchsorted(sorted_block, sorted_block[happened], side="right")
        if delayed:
            by_entry = np.argsort(entry_key, kind="stable")
            late = np.searchsorted(entry_key[by_entry], key[happened], side="left")
            since = np.searchsorted(key[happened], entry_key, side="right")
        if len(starts) * size <= TABLED:
            at = happened[starts]
            inside = (sorted_block == sorted_block[at][:, None]) & (key >= key[at][:, None])
            table = (inside & (entry_key < key[at][:, None]) if delayed else inside).astype("float64")
        # The events of earlier strata.
        earlier = np.searchsorted(sorted_block[happened], sorted_block, side="left")
        since = earlier if since is None else np.maximum(since, earlier)
    return RiskSets(
        order, died, group, happened, first, share, starts, number, until, since, end, by_entry, late, table
    )


def moments(x: Array, coef: Array, risk: RiskSets) -> Moments:
    """Return the moments of the sorted covariates `x` at `coef`."""
    linear = x @ coef
    largest = float(linear.max())
    weight = np.exp(linear - largest)
    total = risk.at_risk(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = risk.at_risk(weight[:, None] * x) / total[:, None]
    return Moments(linear, largest, weight, total, mean)


def derivatives(x: Array, coef: Array, risk: RiskSets) -> tuple[float, Array, Array]:
    """Return the log partial likelihood, its gradient and the observed information; -inf where it has no value."""
    at = moments(x, coef, risk)
    if not at.usable:
        # A step so long that the hazards of those at risk cannot be told from 0.
        nothing = np.full(len(coef), np.nan)
        return -np.inf, nothing, np.full((len(coef), len(coef)), np.nan)
    likelihood = float((at.linear[risk.event] - at.largest - np.log(at.total)).sum())
    score = (x[risk.event] - at.mean).sum(axis=0)
    return likelihood, score, information(x, at, risk)


def information(x: Array, at: Moments, risk: RiskSets, by: Array | None = None) -> Array:
    """Return the information; `by` gives each event a weight."""
    # How often, and how much, each patient enters the sums over those at risk: no array of patients times squares.
    weights = np.ones(len(risk.event)) if by is None else by
    entered = at.weight * risk.passed(weights / at.total)
    found: Array = (entered[:, None] * x).T @ x - (weights[:, None] * at.mean).T @ at.mean
    return found


def _from_the_end(values: Array, *, padded: bool) -> Array:
    """Sums over each place and all after it; `padded` adds the empty sum at the end."""
    total: Array = values[::-1].cumsum(axis=0)[::-1]
    return np.concatenate([total, np.zeros((1, *values.shape[1:]))]) if padded else total
