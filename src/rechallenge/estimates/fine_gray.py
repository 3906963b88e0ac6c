"""The Fine-Gray model of the subdistribution hazard of one cause, as `crr` of R's package cmprsk fits it.

Patients with a competing event stay at risk with the weight G(t-) / G(T-), G being the Kaplan-Meier curve of
censoring; ties are Breslow's. The variance counts that G is estimated (Fine and Gray 1999, section 3). With
`like="finegray"` it is the fit of `survival::finegray` and `coxph` with robust variance: there a censoring at the
time of an event comes after it in G, and G is taken as known.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from rechallenge.estimates.fast_cox import LARGEST_ERROR, NoMaximum

Array = NDArray[np.float64]
Like = Literal["crr", "finegray"]
ITERATIONS: Final = 50
HALVINGS: Final = 20
STEP: Final = 1e-10
SINGULAR: Final = 1e-11


@dataclass(frozen=True)
class FineGrayFit:
    """Coefficients (log subdistribution hazard ratios) in the order of the columns, and their covariance."""

    coef: Array
    covariance: Array
    log_likelihood: float
    null_log_likelihood: float

    @property
    def std_error(self) -> Array:
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True)
class _Data:
    """Patients sorted by time.

    `times` are those of the events of interest, `deaths` their numbers, `first` the first patient at or after each.
    Per patient, `upto` is the number of `times` up to its own. `censoring` is G(t-) at `times`, and `own` is 1 / G(T-)
    for patients with a competing event, else 0.
    """

    x: Array
    time: Array
    interest: NDArray[np.bool_]
    times: Array
    deaths: Array
    first: NDArray[np.intp]
    upto: NDArray[np.intp]
    censoring: Array
    own: Array


def fit(time: Array, cause: NDArray[np.int64], x: Array, *, of_interest: int = 1, like: Like = "crr") -> FineGrayFit:
    """Fit the model of the columns of `x`. Raises NoMaximum where the estimates are not finite or not unique.

    `cause` is 0 for censored; times must be rounded; there must be an event of interest, and each column must vary.
    """
    if not (cause == of_interest).any() or not (np.ptp(x, axis=0) > 0).all():
        raise NoMaximum
    order = np.argsort(time, kind="stable")
    spread = x.std(axis=0)
    sorted_time, sorted_cause = time[order], cause[order]
    scaled = (x[order] - x.mean(axis=0)) / spread
    data = _data(sorted_time, sorted_cause, scaled, of_interest, like)
    coef = np.zeros(x.shape[1])
    likelihood, score, information = _derivatives(data, coef)
    null = likelihood
    values = np.linalg.eigvalsh(information)
    if not values[0] > SINGULAR * max(values[-1], 1.0):
        raise NoMaximum
    for _ in range(ITERATIONS):
        step = _solved(information, score)
        for _ in range(HALVINGS):
            there = _derivatives(data, coef + step)
            if there[0] >= likelihood - 1e-12 * abs(likelihood):
                break
            step = step / 2
        coef, (likelihood, score, information) = coef + step, there
        if np.abs(step).max() < STEP:
            break
    else:
        raise NoMaximum
    inverse = _solved(information, np.eye(len(coef)))
    with np.errstate(invalid="ignore"):
        if not (np.sqrt(np.diag(inverse)) <= LARGEST_ERROR).all():
            raise NoMaximum
    influence = _influence(data, coef, sorted_cause == 0, estimated=like == "crr")
    covariance = inverse @ (influence.T @ influence) @ inverse
    return FineGrayFit(coef / spread, covariance / np.outer(spread, spread), likelihood, null)


def _data(time: Array, cause: NDArray[np.int64], x: Array, of_interest: int, like: Like) -> _Data:
    interest = cause == of_interest
    times, deaths = np.unique(time[interest], return_counts=True)
    ends, lost = np.unique(time[cause == 0], return_counts=True)
    at_risk = len(time) - np.searchsorted(time, ends, side="left")
    if like == "finegray":
        at_risk = len(time) - np.searchsorted(time, ends, side="right") + lost
    curve = np.concatenate([[1.0], np.cumprod(1 - lost / at_risk)])
    # Nobody is weighted by a curve that has reached 0: no event of interest follows.
    before = np.where(curve > 0, curve, 1.0)
    competing = (cause > 0) & ~interest
    own = np.where(competing, 1 / before[np.searchsorted(ends, time, side="left")], 0.0)
    return _Data(
        x,
        time,
        interest,
        times,
        deaths.astype("float64"),
        np.searchsorted(time, times, side="left"),
        np.searchsorted(times, time, side="right"),
        curve[np.searchsorted(ends, times, side="left")],
        own,
    )


def _sums(data: _Data, values: Array) -> Array:
    """Weighted sums at each event of interest, over those at risk and those with an earlier competing event."""
    there = values[::-1].cumsum(axis=0)[::-1][data.first]
    own = data.own if values.ndim == 1 else data.own[:, None]
    gone = np.concatenate([np.zeros((1, *values.shape[1:])), (own * values).cumsum(axis=0)])[data.first]
    found: Array = there + (data.censoring if values.ndim == 1 else data.censoring[:, None]) * gone
    return found


def _entered(data: _Data, values: Array) -> Array:
    """Sums of the values of the times over those at which each patient counts, with its weight."""
    zero = np.zeros((1, *values.shape[1:]))
    upto = np.concatenate([zero, values.cumsum(axis=0)])[data.upto]
    censoring = data.censoring if values.ndim == 1 else data.censoring[:, None]
    after = np.concatenate([(censoring * values)[::-1].cumsum(axis=0)[::-1], zero])[data.upto]
    found: Array = upto + (data.own if values.ndim == 1 else data.own[:, None]) * after
    return found


def _derivatives(data: _Data, coef: Array) -> tuple[float, Array, Array]:
    linear = data.x @ coef
    largest = float(linear.max())
    hazard = np.exp(linear - largest)
    total = _sums(data, hazard)
    if not (total > 0).all():
        nothing = np.full(len(coef), np.nan)
        return -math.inf, nothing, np.full((len(coef), len(coef)), np.nan)
    mean = _sums(data, hazard[:, None] * data.x) / total[:, None]
    likelihood = float((linear[data.interest] - largest).sum() - (data.deaths * np.log(total)).sum())
    score = data.x[data.interest].sum(axis=0) - data.deaths @ mean
    entered = hazard * _entered(data, data.deaths / total)
    information = (entered[:, None] * data.x).T @ data.x - (data.deaths[:, None] * mean).T @ mean
    return likelihood, score, information


def _influence(data: _Data, coef: Array, censored: NDArray[np.bool_], *, estimated: bool) -> Array:
    """Each patient's share of the score: by its own event and exposure, and by its part in the censoring curve."""
    hazard = np.exp(data.x @ coef)
    total = _sums(data, hazard)
    mean = _sums(data, hazard[:, None] * data.x) / total[:, None]
    rate = data.deaths / total
    found = -hazard[:, None] * (data.x * _entered(data, rate)[:, None] - _entered(data, rate[:, None] * mean))
    place = np.searchsorted(data.times, data.time[data.interest])
    found[data.interest] += data.x[data.interest] - mean[place]
    if not estimated:
        return found
    # q(u): how much the score depends on the censoring at u, through those with a competing event before u, at the
    # events of interest from u on (of ties, as crr takes them).
    ends, lost = np.unique(data.time[censored], return_counts=True)
    at_risk = len(data.time) - np.searchsorted(data.time, ends, side="left")
    left = hazard * data.own
    until = np.searchsorted(data.time, ends, side="left")
    heads = np.concatenate([[0.0], left.cumsum()])[until]
    sums = np.concatenate([np.zeros((1, data.x.shape[1])), (left[:, None] * data.x).cumsum(axis=0)])[until]
    later = np.searchsorted(data.times, ends, side="left")
    weighted = data.censoring * rate
    rates = np.concatenate([weighted[::-1].cumsum()[::-1], [0.0]])[later]
    means = np.concatenate([(weighted[:, None] * mean)[::-1].cumsum(axis=0)[::-1], np.zeros((1, mean.shape[1]))])[later]
    q = (sums * rates[:, None] - heads[:, None] * means) / at_risk[:, None]
    compensated = np.concatenate([np.zeros((1, q.shape[1])), (q * (lost / at_risk)[:, None]).cumsum(axis=0)])
    found -= compensated[np.searchsorted(ends, data.time, side="right")]
    found[censored] += q[np.searchsorted(ends, data.time[censored])]
    return found


def _solved(information: Array, right: Array) -> Array:
    try:
        found = np.linalg.solve(information, right)
    except np.linalg.LinAlgError:
        raise NoMaximum from None
    if not np.isfinite(found).all():
        raise NoMaximum
    return found.astype("float64", copy=False)
