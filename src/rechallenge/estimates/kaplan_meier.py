"""Kaplan-Meier curves, their medians and quartiles, survival at landmarks, numbers at risk.

Steps, Greenwood's standard error and the limits come from the package greenwood, in the three forms of R's
`survfit`; quantiles and numbers at risk follow R's rules in code of our own. Functions take any unit of time;
`rows` and `curve_frame` turn days into months.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates.quantiles import quantile
from rechallenge.estimates.rows import NAN, Counts, Row

Array = NDArray[np.float64]
Interval = Literal["log", "log-log", "plain"]
CURVE_COLUMNS: Final = (
    "analysis", "endpoint", "population", "term", "level", "time_months", "survival", "lower", "upper", "at_risk",
    "events", "censored",
)  # fmt: skip
QUARTILES: Final = (("q1", 0.25), ("median", 0.5), ("q3", 0.75))


@dataclass(frozen=True)
class Curve:
    """The steps of a Kaplan-Meier curve, one per distinct time; at_risk counts time >= t (and entry < t)."""

    time: Array
    survival: Array
    std_error: Array
    lower: Array
    upper: Array
    at_risk: Array
    events: Array
    censored: Array


@dataclass(frozen=True)
class Quantile:
    """A time with its limits; NaN where the curve or its limit does not get there."""

    estimate: float
    lower: float
    upper: float


def kaplan_meier(
    time: Array, event: Array, entry: Array | None = None, *, interval: Interval = "log", confidence: float = 0.95
) -> Curve:
    """Return the curve. With delayed entry each time must be after its entry; times must be rounded."""
    from greenwood import KaplanMeier, Surv

    if not len(time):
        none = np.empty(0)
        return Curve(none, none, none, none, none, none, none, none)
    delayed = entry is not None and bool((entry > 0).any())
    response = Surv(entry, time, event.astype(int)) if delayed else Surv(time, event.astype(int))
    fit = KaplanMeier(conf_type=interval, conf_level=confidence).fit(response)
    # With delayed entry the steps include times of entry at which nothing happens.
    steps = fit.to_frame(format="pandas")
    steps = steps[steps["n_event"] + steps["n_censor"] > 0]
    columns = ("time", "estimate", "std_error", "conf_low", "conf_high", "n_risk", "n_event", "n_censor")
    found = {name: steps[name].to_numpy("float64", copy=True) for name in columns}
    if interval == "log-log":
        # log(-log 1) has no value: no limits, as in R.
        full = found["estimate"] >= 1
        found["conf_low"][full] = found["conf_high"][full] = NAN
    return Curve(*found.values())


def quantile_with_limits(curve: Curve, share: float) -> Quantile:
    """Return a quantile with its Brookmeyer-Crowley interval, in the curve's form of limits."""
    return Quantile(*(quantile(curve.time, steps, share) for steps in (curve.survival, curve.lower, curve.upper)))


def survival_at(curve: Curve, times: Array) -> pd.DataFrame:
    """Return survival, std_error, lower and upper at `times`; after the last step they stay as they are."""
    place = np.searchsorted(curve.time, times, side="right")
    before = (("survival", curve.survival, 1.0), ("std_error", curve.std_error, 0.0), ("lower", curve.lower, 1.0))
    parts = (*before, ("upper", curve.upper, 1.0))
    return pd.DataFrame({name: np.concatenate([[start], steps])[place] for name, steps, start in parts})


def numbers_at_risk(curve: Curve, times: Array) -> Array:
    """Return how many are at risk at each of `times` as R's `summary.survfit` counts them: those with time >= t.

    With delayed entry, between two steps of the curve, that is the number at risk at the next step.
    """
    return np.concatenate([curve.at_risk, [0.0]])[np.searchsorted(curve.time, times, side="left")]


def symmetric_median(curve: Curve, confidence: float = 0.95) -> Quantile:
    """Return the median with a symmetric normal interval, as SPSS prints it (Collett, "Modelling Survival Data").

    Its standard error is that of S at the median over the density there, taken from the last time with
    S >= 0.55 and the first with S <= 0.45. The median is the first time with S <= 0.5, without a midpoint and
    without a tolerance, as in the R code it is tested against: where S is one of these three numbers exactly,
    the last bit decides, there and here.
    """
    died = curve.events > 0
    time, at_risk, events = curve.time[died], curve.at_risk[died], curve.events[died]
    left = at_risk - events
    survival = np.cumprod(left / at_risk)
    below = np.flatnonzero(survival <= 0.5)
    high = np.flatnonzero(survival >= 0.55)
    low = np.flatnonzero(survival <= 0.45)
    if not len(below):
        return Quantile(NAN, NAN, NAN)
    median = float(time[below[0]])
    if not (len(high) and len(low)):
        return Quantile(median, NAN, NAN)
    terms = np.divide(events, at_risk * left, out=np.zeros_like(events), where=left > 0)
    error = survival * np.sqrt(np.cumsum(terms))
    density = (survival[high[-1]] - survival[low[0]]) / (time[low[0]] - time[high[-1]])
    half = float(ndtri(0.5 + confidence / 2) * error[below[0]] / density)
    return Quantile(median, median - half, median + half)


def curve_of(frame: pd.DataFrame, interval: Interval, confidence: float) -> Curve:
    """Return the curve, in days, of a frame with `days`, `event` and `entry_days`."""
    time, event, entry = (frame[name].to_numpy("float64") for name in ("days", "event", "entry_days"))
    return kaplan_meier(time, event, entry, interval=interval, confidence=confidence)


def rows(
    frame: pd.DataFrame, *, interval: Interval, confidence: float, landmarks: tuple[float, ...]
) -> tuple[Row, ...]:
    """Return the results of one group: n, events, median, quartiles, and survival and numbers at risk at landmarks.

    `frame` has days, event, entry_days; times of the results are months. Survival after the last observed time
    is missing unless the curve has reached 0: it is not known there.
    """
    n, events = float(len(frame)), float(frame["event"].sum())
    curve = curve_of(frame, interval, confidence)
    entered = ", delayed entry" if (frame["entry_days"] > 0).any() else ""
    counts: Counts = {"n": n, "events": events}
    found = [Row("n", n, **counts), Row("events", events, **counts)]
    method = f"Kaplan-Meier{entered}, Brookmeyer-Crowley interval ({interval})"
    for name, share in QUARTILES:
        found.append(_quantile_row(name, quantile_with_limits(curve, share), method, confidence, counts))
    found.append(
        _quantile_row(
            "median_symmetric",
            symmetric_median(curve, confidence),
            f"Kaplan-Meier{entered}, symmetric normal interval (Collett)",
            confidence,
            counts,
        )
    )
    times = np.array(landmarks, dtype="float64") * DAYS_PER_MONTH
    at = survival_at(curve, times)
    ended = curve.time[-1] if len(curve.time) else -1.0
    at[(times > ended) & (at["survival"] > 0).to_numpy()] = NAN
    risk = numbers_at_risk(curve, times)
    for place, month in enumerate(landmarks):
        survival, lower, upper = (float(at[name].iloc[place]) for name in ("survival", "lower", "upper"))
        words = f"Kaplan-Meier{entered}, {interval} interval"
        found.append(Row("survival", survival, lower, upper, at=month, confidence=confidence, method=words, **counts))
        found.append(Row("at_risk", float(risk[place]), at=month, method="time >= t", **counts))
    return tuple(found)


def _quantile_row(name: str, value: Quantile, method: str, confidence: float, counts: Counts) -> Row:
    estimate, lower, upper = (part / DAYS_PER_MONTH for part in (value.estimate, value.lower, value.upper))
    return Row(name, estimate, lower, upper, confidence=confidence, method=method, **counts)


def curve_frame(frame: pd.DataFrame, *, interval: Interval, confidence: float) -> pd.DataFrame:
    """Return the curve for figures: a row at time 0 and one per distinct time; the last columns of CURVE_COLUMNS.

    With delayed entry nobody is at risk at time 0. An empty frame gives no rows.
    """
    names = CURVE_COLUMNS[5:]
    if not len(frame):
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})
    curve = curve_of(frame, interval, confidence)
    steps = {
        "time_months": curve.time / DAYS_PER_MONTH,
        "survival": curve.survival,
        "lower": curve.lower,
        "upper": curve.upper,
        "at_risk": curve.at_risk,
        "events": curve.events,
        "censored": curve.censored,
    }
    if curve.time[0] == 0:
        return pd.DataFrame(steps)
    under_observation = float((frame["entry_days"] <= 0).sum())
    start = dict(zip(names, (0.0, 1.0, 1.0, 1.0, under_observation, 0.0, 0.0), strict=True))
    return pd.DataFrame({name: np.concatenate([[start[name]], steps[name]]) for name in names})
