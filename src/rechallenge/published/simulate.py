"""Simulated cohorts: how often figures such as those stated occur together by chance.

Cohorts are arrays with one row per cohort and one column per patient, sorted by time. Times are Weibull (exponential at
shape 1), censoring is independent of them. Everything is drawn from one seed and vectorised over cohorts.

The event is looked for in every scenario (shape, kind and share of censoring) with a few cohorts, and then, with many
new ones, in the scenario that showed it most often: what is called improbable is so under the most favourable one.
Where the search met a scenario in which the event is common, and in cohorts enough, there is nothing left to look for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from zlib import crc32

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rechallenge.estimates.quantiles import TOLERANCE
from rechallenge.published.verdicts import Probability

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Censoring = Literal["none", "uniform", "exponential"]

# A falling hazard, a constant one, and one that rises, as that of progression seen at scans does.
SHAPES: Final = (0.75, 1.0, 1.5)
# Entry at a constant rate up to one closing date, and loss at a constant rate.
CENSORINGS: Final[tuple[Censoring, ...]] = ("uniform", "exponential")
CENSORED_SHARES: Final = (0.1, 0.25, 0.4, 0.55)
_BISECTIONS: Final = 40
_DRAWN_FOR_SCALE: Final = 4_000


@dataclass(frozen=True)
class Effort:
    """How many cohorts: `pilot` in all for the search, `final` for the result, in arrays of at most `elements`.

    The search ends at a scenario whose share is at least `clear`: more than enough not to be improbable. Where
    fewer than `fewest` cohorts fit, nothing is simulated.
    """

    pilot: int
    final: int
    elements: int = 2_000_000
    fewest: int = 1_000
    clear: float = 1.1


# For what is rare and must be told from the threshold.
THOROUGH: Final = Effort(pilot=48_000, final=80_000)
# For P values, over many splits: one that allows them is enough.
BROAD: Final = Effort(pilot=24_000, final=10_000, clear=0.1)
# For the many figures of a study's own, of which few will be in doubt.
QUICK: Final = Effort(pilot=6_000, final=4_000, elements=250_000, fewest=500, clear=0.05)


@dataclass(frozen=True)
class Scenario:
    """What is assumed of simulated times. Without `sizes` every split into groups is as likely as another."""

    shape: float
    censoring: Censoring = "none"
    censored: float = 0.0
    sizes: tuple[int, ...] | None = None

    @property
    def words(self) -> str:
        """The scenario in words."""
        times = "exponential times" if self.shape == 1 else f"Weibull times of shape {self.shape:g}"
        if self.censoring == "none" or not self.censored:
            censoring = "no censoring"
        else:
            kind = {"uniform": "up to one closing date", "exponential": "at a constant rate"}[self.censoring]
            censoring = f"{100 * self.censored:.0f}% censored {kind}"
        groups = "" if self.sizes is None else f", groups of {' and '.join(map(str, self.sizes))}"
        return f"{times}, {censoring}{groups}"


@dataclass(frozen=True)
class Found:
    """The most favourable of `scenarios`, how often the event was seen in it, and on average over all of them.

    Where the search ended at one that was clear enough (not `complete`), there may be more favourable ones.
    """

    probability: Probability
    scenario: Scenario
    scenarios: int
    average: float
    complete: bool


# The event of one scenario: in which of the cohorts that count it was seen.
Event = Callable[[Scenario, int], Flags]


def generator(seed: int, name: str) -> Generator:
    """Return the random numbers of one check: the same whatever other checks are made."""
    return np.random.default_rng([seed, crc32(name.encode())])


def weibull(rng: Generator, medians: Array, shape: float) -> Array:
    """Return Weibull times, one for each median."""
    return medians * (rng.exponential(size=medians.shape) / np.log(2.0)) ** (1.0 / shape)


def censoring_scale(times: Array, kind: Censoring, share: float) -> float:
    """Return the scale of censoring times that censors this share of `times`, on average."""
    low, high = np.log(times.min()) - 10, np.log(times.max()) + 10
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        ratio = times / np.exp(middle)
        censored = np.minimum(ratio, 1.0) if kind == "uniform" else -np.expm1(-ratio)
        low, high = (middle, high) if censored.mean() > share else (low, middle)
    return float(np.exp((low + high) / 2))


def observed(rng: Generator, times: Array, kind: Censoring, share: float) -> tuple[Array, Flags]:
    """Return times as observed and whether each is an event."""
    if kind == "none" or share <= 0:
        return times, np.ones(times.shape, dtype=bool)
    scale = censoring_scale(times.ravel()[:_DRAWN_FOR_SCALE], kind, share)
    limits = scale * (rng.random(times.shape) if kind == "uniform" else rng.exponential(size=times.shape))
    return np.minimum(times, limits), times <= limits


def median_times(time: Array, event: Flags, member: Flags) -> Array:
    """Return the Kaplan-Meier median of the members of each cohort by R's rule; NaN where it is not reached.

    Rows are sorted by time, without ties between events. At a plateau of exactly one half the middle is taken, as in
    `estimates.quantiles.quantile`.
    """
    at_risk = np.cumsum(member[:, ::-1], axis=1)[:, ::-1]
    died = event & member
    survival = np.cumprod(1.0 - died / np.maximum(at_risk, 1), axis=1)
    rows = np.arange(len(time))
    reached = survival[:, -1] < 0.5 + TOLERANCE
    first = np.argmax(survival < 0.5 + TOLERANCE, axis=1)
    beyond = survival < 0.5 - TOLERANCE
    ends = time.shape[1] - 1 - np.argmax(member[:, ::-1], axis=1)
    second = np.where(beyond.any(axis=1), np.argmax(beyond, axis=1), ends)
    plateau = np.abs(survival[rows, first] - 0.5) < TOLERANCE
    middle = np.where(plateau, (time[rows, first] + time[rows, second]) / 2, time[rows, first])
    return np.where(reached, middle, np.nan)


def log_rank_p(time: Array, event: Flags, second: Flags) -> Array:
    """Return the two-sided P value of the log-rank test of two groups in each cohort; rows sorted, without ties."""
    from scipy.special import chdtrc

    at_risk = np.arange(time.shape[1], 0, -1)
    share = np.cumsum(second[:, ::-1], axis=1)[:, ::-1] / at_risk
    difference = np.where(event, second - share, 0.0).sum(axis=1)
    variance = np.where(event, share * (1.0 - share), 0.0).sum(axis=1)
    known = variance > 0
    chi2 = np.divide(difference**2, variance, out=np.zeros_like(variance), where=known)
    return np.where(known, chdtrc(1, chi2), np.nan)


def _sizes(rng: Generator, n: int, groups: int, cohorts: int) -> Whole:
    """Return the sizes of the groups of each cohort: all splits into groups of at least one equally often."""
    cuts = 1 + np.argsort(rng.random((cohorts, n - 1)), axis=1)[:, : groups - 1]
    edges = np.column_stack([np.zeros(cohorts, int), np.sort(cuts, axis=1), np.full(cohorts, n)])
    return np.diff(edges, axis=1)


def _cohorts(
    rng: Generator, n: int, medians: Sequence[float], scenario: Scenario, cohorts: int
) -> tuple[Array, Flags, Whole]:
    """Return time, event and group of each patient of each cohort, sorted by time."""
    groups = len(medians)
    if scenario.sizes is None:
        sizes = _sizes(rng, n, groups, cohorts)
    else:
        sizes = np.broadcast_to(np.array(scenario.sizes), (cohorts, groups))
    labels = (np.arange(n)[None, None, :] >= np.cumsum(sizes, axis=1)[:, :-1, None]).sum(axis=1)
    times = weibull(rng, np.asarray(medians, dtype=float)[labels], scenario.shape)
    time, event = observed(rng, times, scenario.censoring, scenario.censored)
    return by_time(time, event, labels)


def by_time(time: Array, event: Flags, labels: Whole) -> tuple[Array, Flags, Whole]:
    """Return the cohorts with each row in the order of its times."""
    order = np.argsort(time, axis=1)
    return tuple(np.take_along_axis(values, order, axis=1) for values in (time, event, labels))  # type: ignore[return-value]


def _most_favourable(event: Event, scenarios: Sequence[Scenario], n: int, effort: Effort) -> Found | None:
    """Return how often the event is seen in the scenario most favourable to it; None where n is too large."""
    most = effort.elements // n
    if most < effort.fewest:
        return None
    pilot = min(most, max(1, effort.pilot // len(scenarios)))
    shares: list[float] = []
    for scenario in scenarios:
        seen = event(scenario, pilot)
        shares.append(float(seen.mean()) if len(seen) else 0.0)
        if shares[-1] >= effort.clear:
            if 2 * len(seen) >= min(most, effort.final):
                return Found(Probability(int(seen.sum()), len(seen)), scenario, len(scenarios), shares[-1], False)
            break
    best = scenarios[int(np.argmax(shares))]
    seen = event(best, min(most, effort.final))
    if not len(seen):
        return None
    complete = shares[-1] < effort.clear
    return Found(Probability(int(seen.sum()), len(seen)), best, len(scenarios), float(np.mean(shares)), complete)


def pooled_outside(
    n: int,
    medians: Sequence[float],
    sizes: Sequence[int] | None,
    *,
    above: bool,
    rng: Generator,
    effort: Effort = THOROUGH,
) -> Found | None:
    """Return how often a pooled median lies above (or below) the medians of all its parts.

    `medians` are those of the parts' distributions. Cohorts count in which the medians of the whole and of all
    parts are reached.
    """

    def seen(scenario: Scenario, cohorts: int) -> Flags:
        time, event, labels = _cohorts(rng, n, medians, scenario, cohorts)
        own = np.stack([median_times(time, event, labels == group) for group in range(len(medians))])
        pooled = median_times(time, event, np.ones_like(event))
        counted = ~np.isnan(own).any(axis=0) & ~np.isnan(pooled)
        outside = pooled > own.max(axis=0) if above else pooled < own.min(axis=0)
        return outside[counted]

    groups = tuple(sizes) if sizes else None
    scenarios = [
        Scenario(shape, kind, share, groups) for shape in SHAPES for kind in CENSORINGS for share in CENSORED_SHARES
    ]
    return _most_favourable(seen, scenarios, n, effort)


def p_beyond(
    limit: float,
    medians: tuple[float, float],
    splits: Sequence[tuple[int, int]],
    censored: Sequence[float],
    *,
    below: bool,
    rng: Generator,
    effort: Effort = BROAD,
) -> Found | None:
    """Return how often the log-rank P of two groups with exactly these medians is at most, or at least, `limit`.

    The times of each simulated group are multiplied so that its Kaplan-Meier median is the stated one: the
    distribution of P given the medians, where nothing was known of the scale before. `splits` are the sizes that
    the groups may have, `censored` the shares of censoring; the most favourable combination counts.
    """

    def seen(scenario: Scenario, cohorts: int) -> Flags:
        n = sum(scenario.sizes or ())
        time, event, labels = _cohorts(rng, n, medians, scenario, cohorts)
        own = np.stack([median_times(time, event, labels == group) for group in (0, 1)])
        reached = ~np.isnan(own).any(axis=0)
        factors = np.asarray(medians)[:, None] / own[:, reached]
        scaled = time[reached] * np.where(labels[reached] == 0, factors[0][:, None], factors[1][:, None])
        time, event, labels = by_time(scaled, event[reached], labels[reached])
        p = log_rank_p(time, event, labels == 1)
        p = p[~np.isnan(p)]
        return p <= limit if below else p >= limit

    scenarios = [
        Scenario(shape, "uniform" if share else "none", share, split)
        for split in sorted(splits, key=lambda split: abs(split[0] - split[1]))
        for shape in SHAPES
        for share in censored
    ]
    return _most_favourable(seen, scenarios, max(sum(split) for split in splits), effort)
