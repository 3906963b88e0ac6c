"""Cumulative incidence with competing events (Aalen and Johansen), and Gray's test.

The curves equal those of R's multi-state `survfit`, with its variance; they are our own code, because greenwood's,
which are equal too, take time in proportion to the square of the patients. Gray's test is greenwood's, equal to that
of `cuminc` in the package cmprsk. Ties are taken as they are, without the random jitter of lifelines.
"""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from rechallenge.estimates.chi_square import ChiSquare
from rechallenge.estimates.rows import NAN

Array = NDArray[np.float64]
Interval = Literal["log", "log-log", "plain"]
_EQUAL = 1e-12


@dataclass(frozen=True)
class Incidence:
    """The steps of the cumulative incidence of one cause, one per distinct time; at_risk counts time >= t.

    A limit that its scale does not have (the logarithm of 0) is NaN, as in R.
    """

    time: Array
    estimate: Array
    std_error: Array
    lower: Array
    upper: Array
    at_risk: Array


def aalen_johansen(
    time: Array, cause: NDArray[np.int64], *, interval: Interval = "log", confidence: float = 0.95
) -> dict[int, Incidence]:
    """Return the cumulative incidence of each cause (1, 2 ...; 0 is censored). Times must be rounded.

    Without any event, or patient, there is nothing: an empty dictionary.
    """
    causes = sorted(set(cause[cause > 0].tolist()))
    if not causes:
        return {}
    times, place = np.unique(time, return_inverse=True)
    at_risk = np.bincount(place)[::-1].cumsum()[::-1].astype("float64")
    events = {number: _count(place[cause == number], len(times)) for number in causes}
    died = np.sum(list(events.values()), axis=0)
    before = np.concatenate([[1.0], np.cumprod(1 - died / at_risk)[:-1]])
    z = float(ndtri(0.5 + confidence / 2))
    found = {}
    for number, own in events.items():
        estimate = np.cumsum(before * own / at_risk)
        error = _std_error(estimate, before, at_risk, died, own)
        found[number] = Incidence(times, estimate, error, *_limits(estimate, error, interval, z), at_risk)
    return found


def _count(places: NDArray[np.intp], size: int) -> Array:
    return np.bincount(places, minlength=size).astype("float64")


def _std_error(estimate: Array, before: Array, at_risk: Array, died: Array, own: Array) -> Array:
    """The standard error of Aalen's variance (Marubini and Valsecchi 1995, section 10.2.4), by cumulative sums."""
    left = at_risk - died
    all_causes = np.divide(died, at_risk * left, out=np.zeros(len(died)), where=left > 0)
    this_cause = before**2 * (at_risk - own) * own / at_risk**3
    both = before * own / at_risk**2
    variance = (
        estimate**2 * np.cumsum(all_causes)
        - 2 * estimate * np.cumsum(all_causes * estimate)
        + np.cumsum(all_causes * estimate**2)
        + np.cumsum(this_cause)
        - 2 * estimate * np.cumsum(both)
        + 2 * np.cumsum(both * estimate)
    )
    return np.sqrt(np.maximum(variance, 0.0))


def _limits(estimate: Array, error: Array, interval: Interval, z: float) -> tuple[Array, Array]:
    """The limits on their scale, cut at 0 and 1; where everybody has had the event they are the estimate, as in R."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            lower, upper = estimate - z * error, estimate + z * error
        elif interval == "log":
            factor = np.exp(z * error / estimate)
            lower, upper = estimate / factor, estimate * factor
        else:
            power = np.exp(z * error / (estimate * np.abs(np.log(estimate))))
            lower, upper = estimate**power, estimate ** (1 / power)
    everybody = estimate >= 1 - _EQUAL
    lower[everybody] = upper[everybody] = np.nan if interval == "log-log" else 1.0
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


def incidence_at(curve: Incidence, times: Array) -> pd.DataFrame:
    """Return estimate, std_error, lower and upper at `times`; after the last step they stay as they are."""
    place = np.searchsorted(curve.time, times, side="right")
    names = ("estimate", "std_error", "lower", "upper")
    return pd.DataFrame({name: np.concatenate([[0.0], getattr(curve, name)])[place] for name in names})


def gray(time: Array, cause: NDArray[np.int64], group: ArrayLike, of_interest: int = 1) -> ChiSquare:
    """Return Gray's test (rho = 0) that the incidence of one cause is equal in all groups; NaN where there is none."""
    from greenwood import Surv, grays_test

    labels = np.asarray(group).astype(str)
    df = len(np.unique(labels)) - 1
    if df < 1 or not (cause == of_interest).any():
        return ChiSquare(NAN, max(df, 0), NAN)
    causes = sorted({of_interest, *cause[cause > 0].tolist()})
    if len(causes) == 1:
        causes.append(causes[0] + 1)
    response = Surv(time, pd.Categorical(cause, categories=[0, *causes]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            test = grays_test(response, labels, cause=str(of_interest))
        except (np.linalg.LinAlgError, ZeroDivisionError):
            return ChiSquare(NAN, df, NAN)
    return ChiSquare(float(test.statistic), int(test.df), float(test.p_value))
