"""Cumulative incidence with competing events (Aalen and Johansen), and Gray's test.

Both are greenwood's: equal to R's multi-state `survfit` (infinitesimal jackknife variance) and to `cuminc` of the
package cmprsk. Ties are taken as they are, without the random jitter of lifelines.
"""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from rechallenge.estimates.logrank import ChiSquare
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
    from greenwood import AalenJohansen, Surv

    causes = sorted(set(cause[cause > 0].tolist()))
    if not causes:
        return {}
    response = Surv(time, pd.Categorical(cause, categories=[0, *causes]))
    if len(causes) == 1:
        # greenwood wants two causes: the second never happens.
        response = Surv(time, pd.Categorical(cause, categories=[0, *causes, causes[0] + 1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps = AalenJohansen(conf_type=interval, conf_level=confidence).fit(response).to_frame(format="pandas")
    names = ("time", "estimate", "std_error", "conf_low", "conf_high", "n_risk")
    found = {}
    for number in causes:
        own = steps[steps["cause"].astype(str) == str(number)]
        columns = {name: own[name].to_numpy("float64", copy=True) for name in names}
        if interval != "log-log":
            # Where everybody has had the event the limits are the estimate, as in R.
            everybody = columns["estimate"] >= 1 - _EQUAL
            columns["conf_low"][everybody] = columns["conf_high"][everybody] = 1.0
        found[number] = Incidence(*columns.values())
    return found


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
