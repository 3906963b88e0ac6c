"""Progression lies between two scans: PFS as intervals, beside progression dated at the scan that shows it.

The main analysis dates progression at the later scan, the right end of the interval, as RECIST does. Here the same
times are analysed three ways: at the right end, at the midpoint, and as intervals (last scan without progression, scan
with it], where the curve is Turnbull's (1976) maximum likelihood estimate and the hazard ratio that of a Weibull
model, which is fitted to the other two datings as well, so that dating and model can be told apart. Deaths are exact.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import cox, kaplan_meier, models
from rechallenge.estimates.competing_events import covariate_of
from rechallenge.estimates.design import design
from rechallenge.estimates.fast_cox import LARGEST_ERROR
from rechallenge.estimates.plans import OVERALL, Classes, Plan, groups
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import StatisticsSettings

Array = NDArray[np.float64]
RIGHT_END: Final = "dating_right_end"
MIDPOINT: Final = "dating_midpoint"
INTERVAL: Final = "dating_interval"
# Mass that the iteration has not yet taken from an interval that has none, and the distance of a curve from one half
# below which it is one half.
NOTHING: Final = 1e-7
HALF: Final = 1e-6
# Iterations times squared number of different intervals.
WORK: Final = 1e9
# An exact event on the day of the start has no likelihood under a Weibull distribution.
EARLIEST: Final = 0.5
TURNBULL: Final = (
    "Turnbull, the drop of each interval at its middle; survfit(Surv(lower, upper, type = 'interval2') ~ 1)"
)
WEIBULL: Final = (
    "Weibull model, hazard ratio exp(-coefficient/scale), delta-method interval; "
    "survreg(Surv(lower, upper, type = 'interval2') ~ ...)"
)
NO_INTERVALS: Final = (
    "Not estimated: the source dates each progression on one day and has no scan before it, so that there are no "
    "intervals."
)


@dataclass(frozen=True)
class Turnbull:
    """The intervals (lower, upper] that have mass, in order, with survival after each; a point has lower == upper."""

    lower: Array
    upper: Array
    survival: Array


def turnbull(lower: Array, upper: Array) -> Turnbull:
    """Return Turnbull's estimate; `upper` is infinite for the censored, equal to `lower` for exact events."""
    from greenwood import Surv
    from greenwood import Turnbull as Estimator

    pairs, counts = np.unique(np.column_stack([lower, upper]), axis=0, return_counts=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        response = Surv(time=pairs[:, 0], time2=pairs[:, 1], type="interval2")
        fit = Estimator(tol=1e-10, max_iter=_iterations(len(pairs))).fit(response, weights=counts.astype("float64"))
    mass = np.asarray(fit.prob_mass_, dtype="float64")
    kept = mass > NOTHING
    low, high = (np.asarray(bound, dtype="float64")[kept] for bound in (fit.interval_low_, fit.interval_high_))
    return Turnbull(low, high, 1 - np.cumsum(mass[kept]))


def _iterations(pairs: int) -> int:
    """How often the curve is improved: as often as it takes, but in cohorts of thousands for seconds, not minutes."""
    return int(np.clip(WORK / max(pairs, 1) ** 2, 500, 20_000))


def median(curve: Turnbull) -> tuple[float, float, float]:
    """Return the median and the two times between which it may lie: nothing in the data says where in between."""
    hit = np.flatnonzero(curve.survival <= 0.5 + HALF)
    if not len(hit):
        return np.nan, np.nan, np.nan
    first = int(hit[0])
    last = first
    if abs(curve.survival[first] - 0.5) <= HALF and first + 1 < len(curve.survival):
        last = first + 1
    lower, upper = float(curve.lower[first]), float(curve.upper[last])
    middle = [float(curve.lower[place] + curve.upper[place]) / 2 for place in (first, last)]
    return sum(middle) / 2, lower, upper


def survival_at(curve: Turnbull, time: float, ended: float) -> tuple[float, float, float]:
    """Return survival at a time and the least and the most that it may be; missing after `ended`, the last time."""
    if time > ended and not (len(curve.survival) and curve.survival[-1] <= NOTHING):
        return np.nan, np.nan, np.nan
    steps = np.concatenate([[1.0], curve.survival])
    drops = (
        (curve.lower + curve.upper) / 2,
        np.where(curve.lower < curve.upper, curve.lower, curve.upper),
        curve.upper,
    )
    middle, soonest, latest = (float(steps[np.searchsorted(places, time, side="right")]) for places in drops)
    inside = bool(((curve.lower < time) & (time < curve.upper)).any())
    return (middle, soonest, latest) if inside else (latest, latest, latest)


def rows(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """Return medians, survival and hazard ratios under the three datings; `frame` has the interval columns."""
    if not {"interval_lower_days", "interval_upper_days"} <= set(frame.columns) or not _wide(frame).any():
        yield not_fitted(NO_INTERVALS, model=INTERVAL, term=OVERALL, n=float(len(frame)))
        return
    widths = (frame["interval_upper_days"] - frame["interval_lower_days"])[_wide(frame)]
    counts: Counts = {"n": float(len(frame)), "events": float(len(widths))}
    said = "median width of the intervals between two scans, in months; events: progressions with an interval"
    yield Row(
        "median_width", float(widths.median()) / DAYS_PER_MONTH, method=said, model=INTERVAL, term=OVERALL, **counts
    )
    dated = {RIGHT_END: frame, MIDPOINT: at_midpoint(frame)}
    for term, level, patients in groups(frame, plan, shown):
        for model, own in dated.items():
            chosen = own.loc[patients.index]
            yield from placed(_kaplan_meier(chosen, settings), model=model, term=term, level=level)
        yield from placed(_turnbull(patients, settings), model=INTERVAL, term=term, level=level)
    for column in plan.compare:
        for model, own in dated.items():
            exact = own.assign(
                interval_lower_days=own["days"], interval_upper_days=own["days"].where(own["event"] == 1)
            )
            yield from placed(_cox(own, column, settings), model=model)
            # One comparison is enough to tell the dating from the model.
            if column == plan.compare[0]:
                yield from placed(_weibull(exact, column, settings), model=model)
        yield from placed(_weibull(frame, column, settings), model=INTERVAL)


def _wide(frame: pd.DataFrame) -> pd.Series:
    """Who had an event that lies in an interval of more than one day."""
    return frame["event"].eq(1) & (frame["interval_lower_days"] < frame["interval_upper_days"])


def at_midpoint(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with progression in the middle of its interval; everything else as it was."""
    middle = (frame["interval_lower_days"] + frame["interval_upper_days"]) / 2
    return frame.assign(days=frame["days"].where(~_wide(frame), middle).round(8))


def bounds(frame: pd.DataFrame) -> tuple[Array, Array]:
    """Return lower and upper days; exact events have both equal, the censored an infinite upper one."""
    wide, event = _wide(frame), frame["event"].eq(1)
    lower = frame["days"].where(~wide, frame["interval_lower_days"]).to_numpy("float64")
    return lower, frame["days"].where(event, np.inf).to_numpy("float64")


def _kaplan_meier(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    found = kaplan_meier.rows(
        frame, interval=settings.km_interval, confidence=settings.confidence, landmarks=settings.landmarks_months
    )
    yield from (row for row in found if row.statistic in ("n", "events", "median", "survival"))


def _turnbull(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    yield Row("n", counts["n"], **counts)
    yield Row("events", counts["events"], **counts)
    if not len(frame):
        return
    curve = turnbull(*bounds(frame))
    middle, lower, upper = (value / DAYS_PER_MONTH for value in median(curve))
    unsure = f"{TURNBULL}; from and to: where nothing tells the estimates apart, no confidence interval"
    yield Row("median", middle, lower, upper, method=unsure, **counts)
    ended = float(frame["days"].max())
    for month in settings.landmarks_months:
        share, least, most = survival_at(curve, month * DAYS_PER_MONTH, ended)
        yield Row("survival", share, least, most, at=month, method=unsure, **counts)


def _cox(frame: pd.DataFrame, column: str, settings: StatisticsSettings) -> Iterator[Row]:
    found = models.univariable(
        frame, [covariate_of(frame, column, settings)], confidence=settings.confidence,
        minimum_events=settings.minimum_events,
    )  # fmt: skip
    yield from (row for row in found if row.statistic in ("hr", "coef", "se", "not_fitted"))


def _weibull(frame: pd.DataFrame, column: str, settings: StatisticsSettings) -> Iterator[Row]:
    """The hazard ratio of a Weibull model of the classes of a column."""
    declared = design(frame, [covariate_of(frame, column, settings)], settings.minimum_events)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    if declared.problem:
        yield not_fitted(declared.problem, term=column, level="weibull", **counts)
        return
    lower, upper = bounds(declared.frame)
    try:
        fit = weibull(lower, upper, declared.x.to_numpy("float64"))
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), term=column, level="weibull", **counts)
        return
    z = float(ndtri(0.5 + settings.confidence / 2))
    for place, key in enumerate(declared.coefficients):
        coef, error = float(fit.log_hazard[place]), float(fit.std_error[place])
        limits = np.exp(coef - z * error), np.exp(coef + z * error)
        p = float(chdtrc(1, (coef / error) ** 2))
        said: Counts = {"confidence": settings.confidence, "method": WEIBULL, **counts}
        yield Row(
            "weibull_hr", np.exp(coef), *limits, p, term=key.term, level=key.level, reference=key.reference, **said
        )


@dataclass(frozen=True)
class WeibullFit:
    """Of a Weibull model: intercept and coefficients of the log time, log scale, and log hazard ratios with errors."""

    intercept: float
    coef: Array
    log_scale: float
    log_hazard: Array
    std_error: Array
    log_likelihood: float


def weibull(lower: Array, upper: Array, x: Array) -> WeibullFit:
    """Fit a Weibull model of interval-censored times, through lifelines.

    `upper` is infinite for the censored, equal to `lower` for exact events; events on day 0 count as half a day. Raises
    cox.NotFitted where it does not converge.
    """
    from lifelines.exceptions import ConvergenceError

    exact = lower == upper
    # Who was censored on day 0 was never seen.
    informative = exact | (upper < np.inf) | (lower > 0)
    low, high = (np.where(exact, np.maximum(bound, EARLIEST), bound)[informative] for bound in (lower, upper))
    names = [f"x{place}" for place in range(x.shape[1])]
    frame = pd.DataFrame(x[informative], columns=names).assign(low=low, high=high)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = _weibull_fitter(len(names), float(np.log1p(np.median(low)))).fit_interval_censoring(
                frame, "low", "high", fit_options={"ftol": 1e-14, "maxiter": 2000}
            )
        except (ConvergenceError, np.linalg.LinAlgError):
            raise cox.NotFitted("Not fitted: the likelihood of the Weibull model has no maximum.") from None
    shape = ("rho_", "Intercept")
    places = [("lambda_", name) for name in names]
    coef = model.params_[places].to_numpy("float64")
    rho = float(np.exp(model.params_[shape]))
    covariance = model.variance_matrix_.loc[[*places, shape], [*places, shape]].to_numpy("float64")
    # log HR = -coef * rho: its derivatives by each coefficient and by log(rho).
    slope = np.hstack([-rho * np.eye(len(coef)), (-rho * coef)[:, None]])
    error = np.sqrt(np.diag(slope @ covariance @ slope.T))
    if not np.isfinite(np.concatenate([coef, error])).all() or (error * x.std(axis=0) > LARGEST_ERROR).any():
        raise cox.NotFitted("Not fitted: the likelihood of the Weibull model has no maximum.")
    intercept = float(model.params_[("lambda_", "Intercept")])
    return WeibullFit(intercept, coef, -float(np.log(rho)), -rho * coef, error, float(model.log_likelihood_))


def _weibull_fitter(covariates: int, intercept: float) -> Any:
    """Return lifelines' fitter, which starts at this intercept of the log time and at no effects.

    Its own start is the fit of a model without covariates, which takes longer than the model itself.
    """
    from lifelines import WeibullAFTFitter

    class Started(WeibullAFTFitter):  # type: ignore[misc]
        def _create_initial_point(self, *_: object) -> dict[str, Array]:
            return {"lambda_": np.append(np.zeros(covariates), intercept), "rho_": np.zeros(1)}

    return Started()
