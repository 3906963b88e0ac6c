"""All results of one analysis: which method is applied to which endpoint, population and classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from rechallenge.estimates import counts, describe, follow_up, kaplan_meier, logrank, models, safety, sensitivity
from rechallenge.estimates import time_to_progression as progression
from rechallenge.estimates.design import check_covariates
from rechallenge.estimates.rows import Counts, Row, placed, table
from rechallenge.estimates.times import NO_CLASS, TimeToEvent, classes_of, levels_of, time_to_event
from rechallenge.settings.config import StatisticsSettings

# Classes that are always shown, even when empty; others that a preset defines follow.
CLASSES: Final = {
    "resistance": ("acquired", "primary"),
    "progression_pattern": ("oligo", "systemic"),
    "interval_treatment": ("false", "true"),
}
OVERALL: Final = "overall"


@dataclass(frozen=True)
class Plan:
    """What is estimated for one endpoint in one population.

    `compare` names columns whose classes are compared; `within` pairs of (column to compare, "column=class" of
    the patients it is compared in). `models` adds the Cox models.
    """

    endpoint: str
    population: str
    compare: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    models: bool = False


PLANS: Final = (
    Plan("PFS1", "first_ici"),
    Plan("OS1", "first_ici"),
    Plan(
        "PFS",
        "rechallenge",
        compare=tuple(CLASSES),
        within=(
            ("progression_pattern", "resistance=acquired"),
            ("progression_pattern", "resistance=primary"),
            ("resistance", "progression_pattern=oligo"),
            ("resistance", "progression_pattern=systemic"),
        ),
        models=True,
    ),
    Plan("OS", "rechallenge", compare=tuple(CLASSES), models=True),
    Plan("PFS1", "rechallenge", compare=("resistance",)),
    Plan("OS1", "rechallenge"),
)


@dataclass(frozen=True)
class Estimates:
    """The results table (`rows.COLUMNS`) and the curves (`kaplan_meier.CURVE_COLUMNS`) of an analysis."""

    rows: pd.DataFrame
    curves: pd.DataFrame


def estimate(
    classified: pd.DataFrame,
    adtte: pd.DataFrame,
    cohort: pd.DataFrame,
    attrition: pd.DataFrame,
    settings: StatisticsSettings,
    analysis: str,
    *,
    cutoff_days: float,
    adverse_events: pd.DataFrame | None = None,
    course: pd.DataFrame | None = None,
    assessments: pd.DataFrame | None = None,
) -> Estimates:
    """Return all results and curves of one analysis.

    `classified`, `adtte` and `cohort` are the tables of those names, of this analysis; `adverse_events` (the
    canonical table) and `course` add the safety rows, `assessments` (canonical) the interval between them.
    `cutoff_days` is the cutoff of resistance, around which the time to progression is described. An empty
    rechallenge set leaves the part of the first ICI. Raises UserError for a declared covariate that does not
    exist.
    """
    check_covariates(list(classified.columns), settings.covariates)
    eligible = classified[classified["eligible"].astype(bool)]
    found: list[Row] = [*counts.population_counts(cohort), *counts.attrition_counts(attrition)]
    for population, patients in (("first_ici", classified), ("rechallenge", eligible)):
        found += placed(_description(patients, population, settings), population=population)
    times_to_progression = progression.time_to_progression(classified, cutoff_days, settings.boundary_days)
    found += placed(times_to_progression, population="progressed", model=progression.MODEL)
    if assessments is not None:
        for endpoint, population in (("PFS1", "first_ici"), ("PFS", "rechallenge")):
            own_interval = progression.assessment_interval(assessments, adtte, endpoint, population)
            found += placed(own_interval, population=population)
    if adverse_events is not None and course is not None:
        for population, patients in (("first_ici", classified), ("rechallenge", eligible)):
            chosen = course[course["patient_id"].isin(patients["patient_id"])]
            found += placed(_safety(adverse_events, chosen, eligible), population=population)
    curves: list[pd.DataFrame] = []
    for plan in PLANS:
        times = time_to_event(adtte, classified, plan.endpoint, plan.population)
        if not len(times.frame):
            continue
        own = {"endpoint": plan.endpoint, "population": plan.population}
        found += placed(_survival(times, plan, settings), **own)
        curves += [curve.assign(**own) for curve in _curves(times.frame, plan, settings)]
    columns = list(kaplan_meier.CURVE_COLUMNS)
    together = pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)
    return Estimates(table(placed(found, analysis=analysis)), together.assign(analysis=analysis)[columns])


def _description(patients: pd.DataFrame, population: str, settings: StatisticsSettings) -> Iterator[Row]:
    again = population == "rechallenge"
    if not len(patients):
        return
    for name in CLASSES if again else ("resistance", "progression_pattern"):
        yield from placed(counts.class_counts(patients[name], CLASSES[name]), term=name)
    variables = [variable for variable in describe.VARIABLES if again or not variable.rechallenge]
    # Classes of resistance are made of what happened on the first ICI: tested only among those rechallenged.
    yield from describe.table_one(patients, variables, order=CLASSES["resistance"], test=again, seed=settings.seed)


def _safety(adverse_events: pd.DataFrame, course: pd.DataFrame, eligible: pd.DataFrame) -> Iterator[Row]:
    # A re-exposure that is not the study's rechallenge is not counted as one.
    inside = course["patient_id"].isin(eligible["patient_id"])
    course = course.assign(rechallenge_start=course["rechallenge_start"].where(inside))
    yield from safety.safety(adverse_events, course)
    if len(adverse_events):
        yield from safety.grade_counts(adverse_events, course)


def _groups(frame: pd.DataFrame, plan: Plan) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The groups that have a curve: term, level and patients."""
    yield OVERALL, "", frame
    for term, column, patients in _comparisons(frame, plan):
        levels = classes_of(patients[column])
        for level in class_order(column, levels):
            yield term, level, patients[levels == level]


def _comparisons(frame: pd.DataFrame, plan: Plan) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The comparisons: term, the column whose classes are compared, and the patients."""
    for column in plan.compare:
        yield column, column, frame
    for column, subset in plan.within:
        name, level = subset.split("=")
        yield f"{column}|{subset}", column, frame[levels_of(frame[name]) == level]


def class_order(column: str, levels: pd.Series) -> Sequence[str]:
    """Return the classes of a column in order: those that are always shown, then what else occurs."""
    always = CLASSES.get(column, ())
    return (*always, *sorted(set(levels.dropna()) - set(always) - set(NO_CLASS)))


def _survival(times: TimeToEvent, plan: Plan, settings: StatisticsSettings) -> Iterator[Row]:
    frame, interval, confidence = times.frame, settings.km_interval, settings.confidence
    sizes: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    said = "no time under observation" if times.delayed else "time missing or negative"
    yield replace(Row("left_out", float(times.left_out), method=said, **sizes), model="kaplan_meier", term=OVERALL)
    for term, level, patients in _groups(frame, plan):
        own = kaplan_meier.rows(patients, interval=interval, confidence=confidence, landmarks=settings.landmarks_months)
        yield from placed(own, model="kaplan_meier", term=term, level=level)
        if not times.delayed and "|" not in term:
            reverse = follow_up.rows(patients, interval=interval, confidence=confidence)
            yield from placed(reverse, model="reverse_kaplan_meier", term=term, level=level)
    for term, column, patients in _comparisons(frame, plan):
        test = logrank.rows(patients, classes_of(patients[column]))
        yield from placed(test, model="log_rank", term=term)
    if plan.models:
        yield from _models(sensitivity.with_combination(frame), settings)


def _models(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    limits: dict[str, Any] = {"confidence": settings.confidence, "minimum_events": settings.minimum_events}
    extended = sensitivity.sensitivity_covariates(settings.covariates)
    yield from placed(models.univariable(frame, extended, **limits), model="cox_univariable")
    yield from placed(models.model_rows(frame, settings.covariates, **limits), model="cox_multivariable")
    yield from placed(models.model_rows(frame, extended, **limits), model="cox_sensitivity")


def _curves(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings) -> Iterator[pd.DataFrame]:
    for term, level, patients in _groups(frame, plan):
        curve = kaplan_meier.curve_frame(patients, interval=settings.km_interval, confidence=settings.confidence)
        yield curve.assign(term=term, level=level)
