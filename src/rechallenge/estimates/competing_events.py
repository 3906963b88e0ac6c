"""What ends progression-free survival: progression, death without it, or, where a preset counts it, new therapy.

Each ends the time of the others. The cumulative incidence of a cause (Aalen and Johansen) is the share of patients who
have had it by then; one minus a Kaplan-Meier curve that censors the other causes would be too large. The cause-specific
hazard ratio compares rates among those still without an event, the subdistribution hazard ratio (Fine and Gray)
the incidences.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import cumulative_incidence, fine_gray, models
from rechallenge.estimates.counting_process import hazard_rows
from rechallenge.estimates.cumulative_incidence import Incidence
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.fast_cox import NoMaximum
from rechallenge.estimates.plans import CLASSES, OVERALL, Classes, Plan, comparisons, groups
from rechallenge.estimates.rows import NAN, Counts, Row, not_fitted, placed
from rechallenge.estimates.times import NO_CLASS, classes_of, levels_of
from rechallenge.settings.statistics import Covariate, StatisticsSettings

Array = NDArray[np.float64]
ALWAYS: Final = ("progression", "death")
INCIDENCE: Final = "cumulative_incidence"
GRAY: Final = "gray"
CAUSE_SPECIFIC: Final = "cause_specific"
FINE_GRAY: Final = "fine_gray"
FINE_GRAY_METHOD: Final = "Fine-Gray, subdistribution hazard ratio, Wald interval; cmprsk::crr"
# The endpoints that end in several ways. Classes of resistance are made of what ended PFS1.
PLANS: Final = (Plan("PFS", "rechallenge", compare=tuple(CLASSES)), Plan("PFS1", "first_ici"))


@dataclass(frozen=True)
class Competing:
    """Rows of the results table, and the curves: over_time.INCIDENCE_COLUMNS without analysis and endpoint."""

    rows: tuple[Row, ...]
    curves: pd.DataFrame


def competing(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Competing:
    """Return incidences, tests and models of each cause; `frame` has days, event, event_type and classes."""
    causes = causes_of(frame)
    if not frame["event"].any():
        said = "Not estimated: there was no event."
        return Competing((not_fitted(said, model=INCIDENCE, term=OVERALL),), pd.DataFrame())
    happened = set(frame.loc[frame["event"] == 1, "event_type"])
    rows: list[Row] = []
    curves: list[pd.DataFrame] = []
    for term, level, patients in groups(frame, plan, shown):
        time, kind = _columns(patients, causes)
        found = cumulative_incidence.aalen_johansen(
            time, kind, interval=settings.km_interval, confidence=settings.confidence
        )
        for number, cause in enumerate(causes, start=1):
            if term != OVERALL and cause not in happened:
                continue
            curve = found.get(number)
            own = _rows(patients, curve, cause, settings)
            rows += placed(own, model=f"{INCIDENCE}|{cause}", term=term, level=level)
            if len(patients):
                curves.append(_steps(time, curve).assign(term=term, level=level, cause=cause))
    for cause in causes:
        if cause not in happened and plan.compare:
            said = f"Not compared: nobody had this event ({cause.replace('_', ' ')}) first."
            rows.append(not_fitted(said, model=f"{CAUSE_SPECIFIC}|{cause}", term=OVERALL, n=float(len(frame))))
            continue
        for term, column, patients in comparisons(frame, plan, shown):
            rows += placed(_compared(patients, column, cause, causes, settings), term=term)
    return Competing(tuple(rows), pd.concat(curves, ignore_index=True))


def causes_of(frame: pd.DataFrame) -> tuple[str, ...]:
    """Progression and death, which every preset counts, then the other kinds of event that occurred."""
    found = set(frame.loc[frame["event"] == 1, "event_type"].dropna()) - {""}
    return (*ALWAYS, *sorted(found - set(ALWAYS)))


def _columns(frame: pd.DataFrame, causes: tuple[str, ...]) -> tuple[Array, NDArray[np.int64]]:
    """Days, and the cause as a number: 0 censored, 1 the first of `causes` and so on."""
    kinds = frame["event_type"].map({cause: place for place, cause in enumerate(causes, start=1)})
    numbers = kinds.where(frame["event"] == 1, 0).fillna(0)
    return frame["days"].to_numpy("float64"), np.asarray(numbers, dtype="int64")


def _rows(frame: pd.DataFrame, curve: Incidence | None, cause: str, settings: StatisticsSettings) -> Iterator[Row]:
    """Patients, events and incidences at the landmarks; without any event of the cause `curve` is None."""
    happened = float(((frame["event"] == 1) & frame["event_type"].eq(cause)).sum())
    counts: Counts = {"n": float(len(frame)), "events": happened}
    yield Row("n", counts["n"], **counts)
    yield Row("events", happened, **counts)
    if not len(frame):
        return
    times = np.array(settings.landmarks_months, dtype="float64") * DAYS_PER_MONTH
    at = _at(curve, times)
    # After the last time it is known only if nobody was left without an event.
    last = frame["days"] == frame["days"].max()
    unknown = (times > frame["days"].max()) & bool((frame.loc[last, "event"] == 0).any())
    at[unknown] = NAN
    method = f"Aalen-Johansen, {settings.km_interval} interval; survfit(Surv(time, factor(cause)) ~ 1)"
    for month, (estimate, lower, upper) in zip(settings.landmarks_months, at, strict=True):
        own: Counts = {"at": month, "confidence": settings.confidence, "method": method, **counts}
        yield Row("cumulative_incidence", float(estimate), float(lower), float(upper), **own)


def _at(curve: Incidence | None, times: Array) -> Array:
    """Estimate, lower and upper at `times`; before the first event of the cause 0, of which R gives no interval."""
    if curve is None:
        return np.column_stack([np.zeros(len(times)), np.full((len(times), 2), NAN)])
    at = cumulative_incidence.incidence_at(curve, times)[["estimate", "lower", "upper"]].to_numpy("float64")
    at[at[:, 0] == 0, 1:] = NAN
    return at


def _steps(time: Array, curve: Incidence | None) -> pd.DataFrame:
    """The curve at 0 and at every distinct time, with the number at risk (time >= t)."""
    times = np.union1d([0.0], time)
    at = _at(curve, times)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    columns = {"incidence": at[:, 0], "lower": at[:, 1], "upper": at[:, 2], "at_risk": at_risk.astype("float64")}
    return pd.DataFrame({"time_months": times / DAYS_PER_MONTH, **columns})


def _compared(
    frame: pd.DataFrame, column: str, cause: str, causes: tuple[str, ...], settings: StatisticsSettings
) -> Iterator[Row]:
    """Gray's test and both hazard ratios of a cause by the classes of a column; those without a class are left out."""
    known = classes_of(frame[column]).notna()
    chosen = frame[known].reset_index(drop=True)
    group = classes_of(chosen[column]).to_numpy(object)
    happened = ((chosen["event"] == 1) & chosen["event_type"].eq(cause)).astype("int64")
    counts: Counts = {"n": float(len(chosen)), "events": float(happened.sum())}
    yield from placed(_gray(chosen, group, cause, causes, counts), model=f"{GRAY}|{cause}")
    covariate = covariate_of(chosen, column, settings)
    specific = chosen.assign(event=happened)
    fitted = models.univariable(
        specific, [covariate], confidence=settings.confidence, minimum_events=settings.minimum_events
    )
    wanted = ("hr", "coef", "se", "ph_chi2", "ph_p", "not_fitted")
    yield from placed((row for row in fitted if row.statistic in wanted), model=f"{CAUSE_SPECIFIC}|{cause}")
    declared = design(specific, [covariate], settings.minimum_events)
    rows = _fine_gray(chosen, declared, cause, causes, settings, counts)
    yield from placed(rows, model=f"{FINE_GRAY}|{cause}")


def covariate_of(frame: pd.DataFrame, column: str, settings: StatisticsSettings) -> Covariate:
    """The column as a covariate with the declared reference, else the class that is shown first."""
    declared = next((item for item in settings.covariates if item.name == column and item.reference), None)
    if declared is not None:
        return declared
    levels = set(levels_of(frame[column]).dropna()) - set(NO_CLASS)
    first = next((level for level in CLASSES.get(column, ()) if level in levels), None)
    return Covariate(name=column, reference=first)


def _gray(
    frame: pd.DataFrame, group: NDArray[np.object_], cause: str, causes: tuple[str, ...], counts: Counts
) -> Iterator[Row]:
    there = sorted(set(group))
    if len(there) < 2:
        said = f"only patients of one class ({there[0]})" if there else "no patient with a known class"
        yield not_fitted(f"Not compared: there are {said}.", **counts)
        return
    if not counts["events"]:
        yield not_fitted("Not compared: there was no event of this kind.", **counts)
        return
    test = cumulative_incidence.gray(*_columns(frame, causes), group, causes.index(cause) + 1)
    if np.isnan(test.p):
        yield not_fitted("Not compared: the test has no variance in these patients.", **counts)
        return
    method = f"Gray's test, {test.df} degree{'s' if test.df > 1 else ''} of freedom; cmprsk::cuminc"
    yield Row("chi2", test.chi2, p=test.p, method=method, **counts)
    yield Row("p", test.p, p=test.p, method=method, **counts)


def _fine_gray(
    frame: pd.DataFrame,
    declared: Design,
    cause: str,
    causes: tuple[str, ...],
    settings: StatisticsSettings,
    counts: Counts,
) -> Iterator[Row]:
    if declared.problem:
        yield not_fitted(declared.problem, **counts)
        return
    time, kind = _columns(frame.loc[declared.frame.index], causes)
    try:
        fit = fine_gray.fit(time, kind, declared.x.to_numpy("float64"), of_interest=causes.index(cause) + 1)
    except NoMaximum:
        yield not_fitted("Not fitted: the likelihood has no maximum (separation, or too few events).", **counts)
        return
    if not (fit.std_error > 0).all():
        yield not_fitted("Not fitted: these times leave the subdistribution hazard ratio no variance.", **counts)
        return
    for key, coef, error in zip(declared.coefficients, fit.coef, fit.std_error, strict=True):
        p = float(chdtrc(1, (coef / error) ** 2))
        ratio, *others = hazard_rows(float(coef), float(error), p, settings.confidence, FINE_GRAY_METHOD, counts)
        yield from placed([replace(ratio, statistic="shr"), *others], level=key.level, reference=key.reference)
