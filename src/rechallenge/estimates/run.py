"""All results of one analysis: what is described, and which curves, tests and models are estimated."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from rechallenge.estimates import (
    counts,
    describe,
    follow_up,
    kaplan_meier,
    logrank,
    pfs_ratio,
    rechallenge_models,
    response_rates,
    safety,
)
from rechallenge.estimates import time_to_progression as progression
from rechallenge.estimates.design import check_covariates
from rechallenge.estimates.plans import OVERALL, Classes, Plan, comparisons, groups, plans_of, shown_classes
from rechallenge.estimates.rows import Counts, Row, placed, table
from rechallenge.estimates.times import TimeToEvent, classes_of, time_to_event
from rechallenge.settings.config import StatisticsSettings
from rechallenge.settings.definitions import DefinitionSettings


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
    definitions: DefinitionSettings,
    adverse_events: pd.DataFrame | None = None,
    course: pd.DataFrame | None = None,
    assessments: pd.DataFrame | None = None,
) -> Estimates:
    """Return all results and curves of one analysis.

    `classified`, `adtte` and `cohort` are the tables of those names, of this analysis, and `definitions` its
    resolved definitions; `adverse_events` (the canonical table) and `course` add the safety rows, `assessments`
    (canonical) the interval between them. An empty rechallenge set leaves the part of the first ICI. Raises
    UserError for a declared covariate that does not exist.
    """
    check_covariates(list(classified.columns), settings.covariates)
    eligible = classified[classified["eligible"].astype(bool)]
    shown = shown_classes(definitions.resistance.preset)
    found: list[Row] = [*counts.population_counts(cohort, classified), *counts.attrition_counts(attrition)]
    for population, patients in (("first_ici", classified), ("rechallenge", eligible)):
        found += placed(_description(patients, population, settings, shown), population=population)
    found += _responses(classified, eligible, definitions, settings.confidence)
    times_to_progression = progression.time_to_progression(
        classified, float(definitions.resistance.cutoff_days or 0), settings.boundary_days
    )
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
    for plan in plans_of(adtte):
        times = time_to_event(adtte, classified, plan.endpoint, plan.population)
        if not len(times.frame):
            continue
        own = {"endpoint": plan.endpoint, "population": plan.population}
        found += placed(_survival(times, plan, settings, shown), **own)
        if plan.models:
            found += placed(rechallenge_models.rows(times.frame, settings, definitions.progression_pattern), **own)
        if plan.endpoint == "PFS":
            found += placed(_ratios(times.frame, settings, shown), **own, model=pfs_ratio.MODEL)
        curves += [curve.assign(**own) for curve in _curves(times.frame, plan, settings, shown)]
    columns = list(kaplan_meier.CURVE_COLUMNS)
    together = pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)
    return Estimates(table(placed(found, analysis=analysis)), together.assign(analysis=analysis)[columns])


def _description(
    patients: pd.DataFrame, population: str, settings: StatisticsSettings, shown: Classes
) -> Iterator[Row]:
    again = population == "rechallenge"
    if not len(patients):
        return
    for name in shown if again else ("resistance", "progression_pattern"):
        yield from placed(counts.class_counts(patients[name], shown[name]), term=name)
    variables = [variable for variable in describe.VARIABLES if again or not variable.rechallenge]
    # Classes of resistance are made of what happened on the first ICI: tested only among those rechallenged.
    yield from describe.table_one(patients, variables, order=shown["resistance"], test=again, seed=settings.seed)


def _responses(
    classified: pd.DataFrame, eligible: pd.DataFrame, definitions: DefinitionSettings, confidence: float
) -> Iterator[Row]:
    """Responses to each population's own treatment, and to the first ICI (`endpoint`) of those rechallenged.

    By resistance only for rechallenge: the response to the first ICI is part of the definition of resistance.
    """
    objective = definitions.response.objective_responses
    again = {"population": "rechallenge"}
    for patients, column, keys in (
        (classified, "best_response", {"population": "first_ici"}),
        (eligible, "best_response", {**again, "endpoint": "first_ici"}),
        (eligible, "rechallenge_best_response", again),
    ):
        yield from placed(response_rates.rows(patients[column], objective, confidence), term=OVERALL, **keys)
    levels = classes_of(eligible["resistance"])
    for level in sorted(set(levels.dropna())):
        own = response_rates.rows(eligible.loc[levels == level, "rechallenge_best_response"], objective, confidence)
        for row in placed(own, **again):
            if row.model == response_rates.RESPONSE_RATE:
                yield replace(row, term="resistance", level=level)
            else:
                # A best response has a level of its own: the class stands beside the model, as in Table 1.
                yield replace(row, term=OVERALL, model=f"{row.model}|resistance={level}")


def _safety(adverse_events: pd.DataFrame, course: pd.DataFrame, eligible: pd.DataFrame) -> Iterator[Row]:
    yield from safety.safety(adverse_events, course, course["patient_id"].isin(eligible["patient_id"]))
    if len(adverse_events):
        yield from safety.grade_counts(adverse_events, course)


def _survival(times: TimeToEvent, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    frame, interval, confidence = times.frame, settings.km_interval, settings.confidence
    sizes: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    said = "no time under observation" if times.delayed else "time missing or negative"
    yield replace(Row("left_out", float(times.left_out), method=said, **sizes), model="kaplan_meier", term=OVERALL)
    for term, level, patients in groups(frame, plan, shown):
        own = kaplan_meier.rows(patients, interval=interval, confidence=confidence, landmarks=settings.landmarks_months)
        yield from placed(own, model="kaplan_meier", term=term, level=level)
        if not times.delayed and "|" not in term:
            reverse = follow_up.rows(patients, interval=interval, confidence=confidence)
            yield from placed(reverse, model="reverse_kaplan_meier", term=term, level=level)
    for term, column, patients in comparisons(frame, plan, shown):
        test = logrank.rows(patients, classes_of(patients[column]))
        yield from placed(test, model="log_rank", term=term)


def _ratios(frame: pd.DataFrame, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """PFS ratios, overall and by resistance; those without a time to progression are counted and left out."""
    known = pfs_ratio.with_ratio(frame)
    outside = "without a time to progression on the first ICI: no ratio"
    yield Row("left_out", float(len(frame) - len(known)), n=float(len(known)), method=outside, term=OVERALL)
    for term, level, patients in groups(known, Plan("PFS", "rechallenge", compare=("resistance",)), shown):
        own = pfs_ratio.rows(patients, interval=settings.km_interval, confidence=settings.confidence)
        yield from placed(own, term=term, level=level)


def _curves(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[pd.DataFrame]:
    for term, level, patients in groups(frame, plan, shown):
        curve = kaplan_meier.curve_frame(patients, interval=settings.km_interval, confidence=settings.confidence)
        yield curve.assign(term=term, level=level)
