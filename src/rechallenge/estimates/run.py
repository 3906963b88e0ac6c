"""All results of one analysis: what is described, and which curves, tests and models are estimated."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from rechallenge.estimates import (
    comparison_methods,
    counts,
    describe,
    follow_up,
    interactions,
    kaplan_meier,
    logrank,
    model_checks,
    over_time,
    pfs_ratio,
    rechallenge_models,
    response_rates,
    safety,
    small_samples,
    subgroups,
)
from rechallenge.estimates import time_to_progression as progression
from rechallenge.estimates.design import check_covariates
from rechallenge.estimates.plans import OVERALL, Classes, Plan, groups, plans_of, shown_classes, tested
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed, table
from rechallenge.estimates.times import TimeToEvent, classes_of, time_to_event
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings


@dataclass(frozen=True)
class Estimates:
    """The results of an analysis, as frames.

    `rows` is the results table (`rows.COLUMNS`), `curves` the survival curves (`kaplan_meier.CURVE_COLUMNS`),
    `incidence` those of competing events (`over_time.INCIDENCE_COLUMNS`). `residuals` and `influence`
    (`model_checks`) tell of single patients and stay private.
    """

    rows: pd.DataFrame
    curves: pd.DataFrame
    incidence: pd.DataFrame
    residuals: pd.DataFrame
    influence: pd.DataFrame


@dataclass
class _Collected:
    """What the methods return, until it is put together."""

    rows: list[Row] = field(default_factory=list)
    curves: list[pd.DataFrame] = field(default_factory=list)
    incidence: list[pd.DataFrame] = field(default_factory=list)
    residuals: list[pd.DataFrame] = field(default_factory=list)
    influence: list[pd.DataFrame] = field(default_factory=list)

    def estimates(self, analysis: str) -> Estimates:
        return Estimates(
            table(placed(self.rows, analysis=analysis)),
            _joined(self.curves, kaplan_meier.CURVE_COLUMNS, analysis),
            _joined(self.incidence, over_time.INCIDENCE_COLUMNS, analysis),
            _joined(self.residuals, model_checks.RESIDUAL_COLUMNS, analysis),
            _joined(self.influence, model_checks.INFLUENCE_COLUMNS, analysis),
        )


def _joined(parts: list[pd.DataFrame], columns: tuple[str, ...], analysis: str) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    together = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(columns))
    return together.assign(analysis=analysis)[list(columns)]


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
    in_full: bool = True,
) -> Estimates:
    """Return all results and curves of one analysis.

    `in_full` adds what only the main analysis has: further tests, checks of the models, interactions and subgroups,
    methods for small samples, and what changes with time.

    `classified`, `adtte` and `cohort` are the tables of those names, of this analysis, and `definitions` its
    resolved definitions; `adverse_events` (the canonical table) and `course` add the safety rows, `assessments`
    (canonical) the interval between them. An empty rechallenge set leaves the part of the first ICI. Raises
    UserError for a declared covariate or subgroup that does not exist.
    """
    check_covariates(list(classified.columns), settings.covariates)
    if in_full:
        subgroups.check_columns(classified, settings)
    eligible = classified[classified["eligible"].astype(bool)]
    shown = shown_classes(definitions.resistance.preset)
    made = _Collected()
    found = made.rows
    found += [*counts.population_counts(cohort, classified), *counts.attrition_counts(attrition)]
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
        made.curves += [curve.assign(**own) for curve in _curves(times.frame, plan, settings, shown)]
        if in_full:
            _in_full(made, times.frame, plan, settings, shown, definitions)
    if in_full:
        with_time = over_time.over_time(adtte, classified, settings, definitions, shown)
        found += with_time.rows
        made.curves.append(with_time.curves)
        made.incidence.append(with_time.incidence)
    return made.estimates(analysis)


def _in_full(
    made: _Collected,
    frame: pd.DataFrame,
    plan: Plan,
    settings: StatisticsSettings,
    shown: Classes,
    definitions: DefinitionSettings,
) -> None:
    """Add what only the main analysis has of one endpoint and population."""
    own = {"endpoint": plan.endpoint, "population": plan.population}
    made.rows += placed(comparison_methods.rows(_lean(frame, plan, *settings.strata), plan, settings, shown), **own)
    made.rows += placed(small_samples.rows(_lean(frame, plan), plan, settings, shown), **own)
    if plan.models:
        made.rows += placed(interactions.rows(frame, settings, definitions.progression_pattern), **own)
        checked = model_checks.checks(frame, settings, definitions.progression_pattern)
        made.rows += placed(checked.rows, **own)
        made.residuals.append(checked.residuals.assign(**own))
        made.influence.append(checked.influence.assign(**own))


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
    yield from describe.table_one(
        patients, variables, order=shown["resistance"], test=again, seed=settings.seed, oldest_age=settings.oldest_age
    )


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
    frame, interval, confidence = _lean(times.frame, plan), settings.km_interval, settings.confidence
    sizes: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    said = "no time under observation" if times.delayed else "time missing or negative"
    yield replace(Row("left_out", float(times.left_out), method=said, **sizes), model="kaplan_meier", term=OVERALL)
    for term, level, patients in groups(frame, plan, shown):
        own = kaplan_meier.rows(patients, interval=interval, confidence=confidence, landmarks=settings.landmarks_months)
        yield from placed(own, model="kaplan_meier", term=term, level=level)
        if not times.delayed and "|" not in term:
            reverse = follow_up.rows(patients, interval=interval, confidence=confidence)
            yield from placed(reverse, model="reverse_kaplan_meier", term=term, level=level)
    for term, column, patients in tested(frame, plan, shown):
        test = logrank.rows(patients, classes_of(patients[column]))
        yield from placed(test, model="log_rank", term=term)
    for column in plan.defined:
        said = f"Not compared: the time is part of the definition of {column}."
        yield not_fitted(said, model="log_rank", term=column, **sizes)


def _lean(frame: pd.DataFrame, plan: Plan, *more: str) -> pd.DataFrame:
    """The columns that curves and tests of a plan need; groups are copied, and all of them take their time."""
    wanted = {"days", "event", "entry_days", *plan.compare, *(name for pair in plan.crossed for name in pair), *more}
    return frame[[name for name in frame.columns if name in wanted]]


def _ratios(frame: pd.DataFrame, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """PFS ratios, overall and by resistance; those without a time to progression are counted and left out."""
    plan = Plan("PFS", "rechallenge", compare=("resistance",))
    known = pfs_ratio.with_ratio(_lean(frame, plan, "days_to_progression"))
    outside = "without a time to progression on the first ICI: no ratio"
    yield Row("left_out", float(len(frame) - len(known)), n=float(len(known)), method=outside, term=OVERALL)
    for term, level, patients in groups(known, plan, shown):
        own = pfs_ratio.rows(patients, interval=settings.km_interval, confidence=settings.confidence)
        yield from placed(own, term=term, level=level)


def _curves(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[pd.DataFrame]:
    for term, level, patients in groups(_lean(frame, plan), plan, shown):
        curve = kaplan_meier.curve_frame(patients, interval=settings.km_interval, confidence=settings.confidence)
        yield curve.assign(term=term, level=level)
