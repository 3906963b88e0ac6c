"""Cumulative incidence, Gray's test and the Fine-Gray model, through greenwood.

Causes are whole numbers: 0 censored, 1, 2 and so on. Times must be rounded.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from rechallenge.estimates import cox
from rechallenge.estimates.counting_process import hazard_rows
from rechallenge.estimates.fast_cox import LARGEST_ERROR
from rechallenge.estimates.kaplan_meier import Interval
from rechallenge.estimates.logrank import ChiSquare
from rechallenge.estimates.rows import NAN, Counts, Row

Array = NDArray[np.float64]
Causes = NDArray[np.int64]
NotFitted = cox.NotFitted
NO_MAXIMUM: Final = "Not fitted: the likelihood of the subdistribution has no maximum (separation, or too few events)."
FINE_GRAY: Final = "Fine-Gray, subdistribution hazard ratio, Wald interval, robust variance; cmprsk::crr"


@dataclass(frozen=True)
class Incidence:
    """The steps of one cause, one per distinct time; `free` is the share still without any event."""

    time: Array
    estimate: Array
    lower: Array
    upper: Array
    at_risk: Array
    free: Array


@dataclass(frozen=True)
class FineGrayFit:
    """Log subdistribution hazard ratios in the order of the columns, and their standard errors."""

    coef: Array
    std_error: Array


def incidence(time: Array, kind: Causes, cause: int, interval: Interval, confidence: float) -> Incidence:
    """Return the Aalen-Johansen curve of a cause, with R's interval of that name (`survfit` of a factor)."""
    if not len(time):
        none = np.empty(0)
        return Incidence(none, none, none, none, none, none)
    from greenwood import AalenJohansen

    fit = AalenJohansen(conf_type=interval, conf_level=confidence).fit(_response(time, kind, cause))
    steps = fit.to_frame(format="pandas")
    own = steps[steps["cause"].astype(str) == str(cause)]
    times = np.unique(time)
    place = np.searchsorted(own["time"].to_numpy("float64"), times, side="right")
    columns = (own[name].to_numpy("float64") for name in ("estimate", "conf_low", "conf_high"))
    estimate, lower, upper = (np.concatenate([[0.0], values])[place] for values in columns)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left").astype("float64")
    events = np.searchsorted(np.sort(time[kind > 0]), times, side="right").astype("float64")
    happened = np.diff(events, prepend=0.0)
    never = estimate == 0
    # Before the first event of the cause, R has no interval of an incidence of 0.
    return Incidence(
        times, estimate, np.where(never, NAN, lower), np.where(never, NAN, upper), at_risk, np.cumprod(1 - happened / at_risk)
    )


def incidence_at(curve: Incidence, times: Array) -> list[tuple[float, float, float]]:
    """Return estimate, lower and upper at `times`; before the first event of the cause 0 without an interval."""
    place = np.searchsorted(curve.time, times, side="right")
    parts = ((curve.estimate, 0.0), (curve.lower, NAN), (curve.upper, NAN))
    found = [np.concatenate([[start], values])[place] for values, start in parts]
    return [(float(a), float(b), float(c)) for a, b, c in zip(*found, strict=True)]


def gray(time: Array, kind: Causes, group: NDArray[np.object_], cause: int) -> ChiSquare:
    """Return Gray's test of a cause (R's `cmprsk::cuminc`, rho = 0); NaN where nothing is left to chance."""
    from greenwood import grays_test

    groups = sorted(set(group))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = grays_test(_response(time, kind, cause), group.astype(str), cause=str(cause))
        except np.linalg.LinAlgError:
            return ChiSquare(NAN, len(groups) - 1, NAN)
    statistic = float(result.statistic)
    return ChiSquare(statistic, len(groups) - 1, float(chdtrc(len(groups) - 1, statistic)))


def fine_gray(time: Array, kind: Causes, x: Array, cause: int) -> FineGrayFit:
    """Fit the model of the columns of `x`. Raises NotFitted where the estimates are not finite."""
    from greenwood import FineGray

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = FineGray(cause=str(cause)).fit(_response(time, kind, cause), x, max_iter=100, tol=1e-12)
        except np.linalg.LinAlgError:
            raise NotFitted(NO_MAXIMUM) from None
    table = model.to_frame(format="pandas")
    coef, error = (table[name].to_numpy("float64") for name in ("estimate", "std_error"))
    if not np.isfinite(np.concatenate([coef, error])).all() or (error * x.std(axis=0) > LARGEST_ERROR).any():
        raise NotFitted(NO_MAXIMUM)
    return FineGrayFit(coef, error)


def subdistribution_rows(coef: float, error: float, confidence: float, counts: Counts) -> list[Row]:
    """Return shr, coef and se of one coefficient."""
    p = float(chdtrc(1, (coef / error) ** 2))
    found = hazard_rows(coef, error, p, confidence, FINE_GRAY, counts)
    ratio = found[0]
    return [Row("shr", ratio.estimate, ratio.lower, ratio.upper, ratio.p, confidence=confidence, method=FINE_GRAY, **counts), *found[1:]]


def _response(time: Array, kind: Causes, cause: int) -> Any:
    """The response with two causes at least, as greenwood wants it."""
    from greenwood import Surv

    names = [str(number) for number in range(max(int(kind.max(initial=0)), cause, 2) + 1)]
    return Surv(time, pd.Categorical.from_codes(kind, categories=names))
