"""The patients of what describes them: flow, classes, Table 1, responses, safety, time to progression, presets."""

from collections.abc import Mapping
from typing import Final

from rechallenge.clinical.preset_classes import column_of
from rechallenge.estimates import describe, preset_concordance, response_rates, safety
from rechallenge.estimates import time_to_progression as progression
from rechallenge.estimates.times import NO_CLASS, levels_of
from rechallenge.tracing.analysis import Analysis, Estimate, Recipe
from rechallenge.tracing.chosen import Chosen, NotTracedError, Step, Traced

# Of the columns of cohort.csv, those beside the criteria.
_NO_CRITERIA: Final = frozenset(
    {"patient_id", "in_first_ici", "in_progressed", "eligible", "excluded_by", "not_evaluable", "analysis"}
)
EXTRACT: Final = "extract"
UNUSABLE: Final = "unusable_record"
_FLAGS: Final = {"first_ici": "in_first_ici", "progressed": "in_progressed"}


def described(row: Estimate, analysis: Analysis) -> Traced:
    """Rows without a model: sizes of populations, classes, the attrition, the interval between assessments."""
    if row.term == "attrition":
        return attrition(row, analysis)
    if row.term == "assessment_interval":
        return _assessment_interval(row, analysis)
    if row.term == "overall":
        return Traced(_size(row.population, analysis))
    chosen = analysis.population(row.population)
    if row.term == "analysis_exclusion":
        everybody = analysis.population("first_ici")
        return Traced(chosen, everybody.of("analysis_exclusion", row.level))
    return Traced(chosen, _counted(chosen, row, row.term))


def _size(population: str, analysis: Analysis) -> Chosen:
    if population == EXTRACT:
        return analysis.extract()
    if population in _FLAGS:
        flag = _FLAGS[population]
        return analysis.extract().where(analysis.cohort[flag], f"{flag} is true")
    return analysis.population(population)


def _counted(chosen: Chosen, row: Estimate, column: str) -> Chosen | None:
    """Those of a class where a row counts or shares them, and those without any for `missing`."""
    if row.statistic == "missing":
        return chosen.where(levels_of(chosen.frame[column]).isna(), f"{column} is missing")
    return chosen.of(column, row.level) if row.level else None


def attrition(row: Estimate, analysis: Analysis) -> Traced:
    """The patients who leave at a criterion, who remain after it, or of whom it could not be judged."""
    cohort = analysis.cohort
    criteria = [str(name) for name in cohort.columns if name not in _NO_CRITERIA]
    before = analysis.extract()
    if row.level != EXTRACT:
        unusable = cohort["excluded_by"].eq(UNUSABLE)
        if unusable.any() and row.level != UNUSABLE:
            before = before.where(~unusable, "some usable record is left")
        for name in criteria[: criteria.index(row.level)] if row.level in criteria else ():
            before = before.where(before.frame[name], f"{name} is fulfilled")
    leaves = before.frame["excluded_by"].eq(row.level)
    if row.statistic == "remaining":
        return Traced(before, before.where(~leaves, f"{row.level} is fulfilled"))
    excluded = before.where(leaves, f"excluded by {row.level}")
    if row.statistic == "not_evaluable":
        unknown = excluded.frame["not_evaluable"].fillna("").str.split(";")
        blind = unknown.map(lambda names: row.level in names)
        return Traced(before, excluded.where(blind, f"{row.level} could not be judged"))
    return Traced(before, excluded)


def _assessment_interval(row: Estimate, analysis: Analysis) -> Traced:
    endpoint = {"first_ici": "PFS1", "rechallenge": "PFS"}[row.population]
    if analysis.assessments is None:
        raise NotTracedError(f"The assessments under {row.analysis} are not kept.")
    found = progression.assessment_intervals(analysis.assessments, analysis.adtte, endpoint, row.population)
    said = f"assessments after the start and up to the end of {endpoint} (evaluated_assessments.parquet, adtte.csv)"
    return Traced(Chosen.starting(found, said, "assessments"))


def table_one(row: Estimate, analysis: Analysis) -> Traced:
    """A cell of Table 1: those with a value in the column's class, and those whom the cell counts."""
    chosen = analysis.population(row.population)
    by, _, level = row.behind_bar.partition("=")
    if by:
        chosen = chosen.of(by, level)
    if row.term == "patients":
        return Traced(chosen)
    values = levels_of(chosen.frame[row.term])
    if row.statistic == "missing":
        return Traced(chosen, chosen.where(values.isna(), f"{row.term} is missing"))
    if row.statistic in ("p", "not_fitted"):
        compared = ~levels_of(chosen.frame["resistance"]).isin(NO_CLASS) & chosen.frame["resistance"].notna()
        chosen = chosen.where(compared, "resistance is known")
        if row.statistic == "not_fitted":
            return Traced(chosen)
    known = chosen.where(values.loc[chosen.frame.index].notna(), f"{row.term} is known")
    return Traced(known, _counted(known, row, row.term))


def _of_response(row: Estimate) -> str:
    """The column with the best response that a row counts."""
    again = row.population == "rechallenge" and row.endpoint != "first_ici"
    return "rechallenge_best_response" if again else "best_response"


def responses(row: Estimate, analysis: Analysis) -> Traced:
    """Best responses and response rates; nobody leaves the denominator."""
    chosen = analysis.population(row.population)
    column = _of_response(row)
    by, _, level = row.behind_bar.partition("=")
    if by:
        chosen = chosen.of(by, level)
    if row.model == response_rates.RESPONSE_RATE and row.level:
        chosen = chosen.of(row.term, row.level)
    levels = levels_of(chosen.frame[column]).fillna(response_rates.UNKNOWN)
    if row.statistic in ("orr", "dcr"):
        objective = {*analysis.definitions.response.objective_responses}
        wanted = objective if row.statistic == "orr" else {*objective, "CR", "PR", "SD"}
        return Traced(chosen, chosen.where(levels.isin(wanted), f"{column} is one of {', '.join(sorted(wanted))}"))
    return Traced(chosen, chosen.where(levels == row.level, f"{column} is {row.level}"))


def adverse_events(row: Estimate, analysis: Analysis) -> Traced:
    """Patients with a severe immune-related event, and the events by grade."""
    chosen = analysis.population(row.population)
    course = analysis.own_course()
    course = course[course["patient_id"].isin(chosen.frame["patient_id"])]
    own = Chosen(course.reset_index(drop=True), chosen.steps)
    if row.term == "ctcae_grade":
        return _by_grade(row, own, analysis)
    eligible = analysis.population("rechallenge").frame["patient_id"]
    marks = safety.marks(analysis.adverse_events, own.frame, own.frame["patient_id"].isin(eligible))
    severe = f"immune-related event of grade {safety.GRADE} or more"
    if row.level == "undated":
        return Traced(own, own.where(marks["undated"], f"{severe}, without a date"))
    if row.level in ("rechallenge", "recurrence"):
        own = own.where(marks["rechallenged"], "rechallenged, and in the rechallenge set")
    if row.level == "recurrence":
        own = own.where(marks["first"], f"{severe} under the first ICI")
    under = "first" if row.level == "first_ici" else "again"
    said = f"{severe} under {'the first ICI' if under == 'first' else 'rechallenge'}"
    return Traced(own, own.where(marks[under].loc[own.frame.index], said))


def _by_grade(row: Estimate, own: Chosen, analysis: Analysis) -> Traced:
    events = analysis.adverse_events
    events = events[events["patient_id"].isin(own.frame["patient_id"])]
    counted = Chosen(events.reset_index(drop=True), own.steps, "adverse events")
    counted = counted.where(counted.frame["immune_related"].eq("yes"), "immune-related adverse events")
    grades = levels_of(counted.frame["ctcae_grade"])
    if row.statistic == "missing":
        return Traced(counted, counted.where(grades.isna(), "without a grade"))
    return Traced(counted, counted.where(grades == row.level, f"ctcae_grade is {row.level}"))


def time_to_progression(row: Estimate, analysis: Analysis) -> Traced:
    """Those who progressed on the first ICI, on either side of the cutoff or near it."""
    chosen = analysis.population("progressed")
    if not row.level:
        return Traced(chosen)
    cutoff = float(analysis.definitions.resistance.cutoff_days or 0)
    days = chosen.frame["days_to_progression"].astype(float)
    inside = progression.around_cutoff(days, cutoff, analysis.settings.boundary_days)[row.level]
    return Traced(chosen, chosen.where(inside, f"days_to_progression: {row.level} of {cutoff:g} days"))


def concordance(row: Estimate, analysis: Analysis) -> Traced:
    """Those who move between a class of the study's preset and one of another preset."""
    chosen = _under_presets(row, analysis)
    pairs = [item.partition("=") for item in (row.reference, row.level)]
    (main, _, before), (preset, _, after) = pairs
    own, other = (
        chosen.frame[column_of(row.term, name)].fillna(preset_concordance.NO_CLASS).astype(str)
        for name in (main, preset)
    )
    if row.statistic == "n":
        here = own.eq(before) & other.eq(after)
        return Traced(chosen, chosen.where(here, f"{before} under {main}, {after} under {preset}"))
    if row.statistic == "moved":
        return Traced(chosen, chosen.where(own != other, f"of another class under {preset} than under {main}"))
    return Traced(chosen, chosen.where(own == other, f"of the same class under {preset} and {main}"))


def boundary(row: Estimate, analysis: Analysis) -> Traced:
    """Those near the cutoff of a preset, and those of them whose class the other side would change."""
    chosen = _under_presets(row, analysis)
    if analysis.boundary is None:
        raise NotTracedError("The patients near a cutoff are listed for the main analysis alone.")
    own = analysis.boundary["preset"].eq(row.level) & analysis.boundary["patient_id"].isin(chosen.frame["patient_id"])
    listed = analysis.boundary[own]
    step = Step(f"near the cutoff of {row.level} (boundary_patients.csv)", len(listed))
    near = Chosen(listed, (*chosen.steps, step))
    if row.statistic == "n":
        return Traced(chosen, near)
    changes = listed["class"] != listed["class_on_other_side"]
    return Traced(near, near.where(changes, "of another class on the other side of the cutoff"))


def _under_presets(row: Estimate, analysis: Analysis) -> Chosen:
    if analysis.preset_classes is None:
        raise NotTracedError("Classes under every preset are kept for the main analysis alone.")
    chosen = Chosen.starting(analysis.preset_classes, "patients with index progression (preset_classes.csv)")
    if row.population == "rechallenge":
        return chosen.where(chosen.frame["eligible"], "in the rechallenge set of the cohort (eligible is true)")
    return chosen


RECIPES: Final[Mapping[str, Recipe]] = {
    "": described,
    describe.MODEL: table_one,
    response_rates.BEST_RESPONSE: responses,
    response_rates.RESPONSE_RATE: responses,
    safety.MODEL: adverse_events,
    progression.MODEL: time_to_progression,
    preset_concordance.MODEL: concordance,
    preset_concordance.BOUNDARY: boundary,
}
