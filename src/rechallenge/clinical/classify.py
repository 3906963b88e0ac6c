"""The classified patients: one row per patient with a first ICI monotherapy, classes and covariates."""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical import covariates as baseline
from rechallenge.clinical.progression_pattern import classify_pattern
from rechallenge.clinical.resistance import WITHOUT_CLASS, classify_resistance
from rechallenge.clinical.response import RECHALLENGE, best_response
from rechallenge.dates import days_between, months
from rechallenge.settings.classes import IntervalTreatmentSettings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.tables import text

COLUMNS: Final = (
    "patient_id", "eligible", "analysis_exclusion", "first_ici_drug", "first_ici_start", "first_ici_end",
    "first_ici_progression", "days_to_progression", "months_to_progression", "exposure_days", "days_since_last_dose",
    "best_response", "first_ici_response_date", "resistance", "resistance_reason", "progressing_lesions",
    "progressing_organs", "progression_pattern", "interval_treatment", "rechallenge_regimen", "rechallenge_start",
    "rechallenge_kind", "rechallenge_best_response", "rechallenge_response_date", *baseline.COLUMNS,
)  # fmt: skip
UNCLASSIFIED_RESISTANCE: Final = "unclassified_resistance"


def classify(
    course: pd.DataFrame,
    cohort: pd.DataFrame,
    patients: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return the classified patients (`in_first_ici`), sorted by patient_id; columns COLUMNS.

    Time to progression and time on treatment are both kept, in days: `days_to_progression` from the first dose to
    index progression, `exposure_days` from the first to the last dose, at most index progression (missing where the
    last dose is not on record), `days_since_last_dose` from the last dose to index progression (0 or negative: on the
    drug). Counts that are bounds show their least. Columns of rechallenge are missing where there was none.
    `eligible` says who is in the rechallenge set of this analysis, `analysis_exclusion` why one of the cohort's is not.
    """
    rows = classifiable(
        course, cohort, treatments, assessments, definitions, cutoff, progression_dates_only=progression_dates_only
    )
    again = best_response(
        rows, assessments, treatments, definitions.response, cutoff, treatment=RECHALLENGE,
        progression_dates_only=progression_dates_only,
    )  # fmt: skip
    rows["rechallenge_best_response"] = again["best_response"].where(rows["rechallenge_start"].notna())
    rows["rechallenge_response_date"] = again["response_date"]
    rows = rows.join(classify_resistance(rows, definitions.resistance))
    rows["progression_pattern"] = classify_pattern(rows, definitions.progression_pattern)
    left_out = _left_out(rows, definitions)
    rows["eligible"] &= ~left_out
    rows["analysis_exclusion"] = text(np.where(left_out, UNCLASSIFIED_RESISTANCE, ""), rows.index)
    rows = rows.assign(**_measured(rows))
    rows["interval_treatment"] = interval_treatment(rows, definitions.interval_treatment)
    rows["rechallenge_regimen"] = rows["rechallenge_drugs"]
    recorded = bool(treatments["modality"].notna().any())
    covariates = baseline.covariates(rows, patients, local_therapy_recorded=recorded)
    own = [name for name in COLUMNS if name not in covariates.columns]
    return rows[own].join(covariates)[list(COLUMNS)]


def classifiable(
    course: pd.DataFrame,
    cohort: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return the course of the patients of `classify`, in its order, with what classes are made of.

    Added to the course: eligible (the cohort's), first_ici_progression, days_to_progression, months_to_progression,
    exposure_days, days_since_last_dose, best_response, first_ici_response_date, response_known and responder.
    """
    members = cohort.loc[cohort["in_first_ici"], ["patient_id", "eligible"]]
    rows = course.merge(members, on="patient_id", how="inner").sort_values("patient_id", kind="stable")
    rows = rows.reset_index(drop=True)
    if len(rows) != len(members):
        raise RuntimeError(f"{len(members)} patients have a first ICI monotherapy, {len(rows)} of them have a course")
    rows["first_ici_progression"] = rows["index_progression_date"]
    rows["days_to_progression"] = days_between(rows["first_ici_start"], rows["index_progression_date"])
    rows["months_to_progression"] = months(rows["days_to_progression"])
    rows = rows.assign(**_exposure(rows))
    response = best_response(
        rows, assessments, treatments, definitions.response, cutoff, progression_dates_only=progression_dates_only
    )
    rows = rows.join(response.rename(columns={"response_date": "first_ici_response_date"}))
    rows["responder"] = rows["best_response"].isin(definitions.response.objective_responses)
    return rows


def _exposure(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Days on treatment and off it, by the last dose or its limit (`first_ici_end_imputed`)."""
    progression, last_dose = rows["index_progression_date"], rows["first_ici_end"]
    until = last_dose.mask(last_dose > progression, progression)
    return {
        "exposure_days": days_between(rows["first_ici_start"], until),
        "days_since_last_dose": days_between(last_dose, progression),
    }


def _measured(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns that may be limits, missing where they are no measurement: "fewer than 3" is not 0."""
    times = {name: rows[name].mask(rows["first_ici_end_imputed"]) for name in ("exposure_days", "days_since_last_dose")}
    counts = {
        name: rows[name].where(rows[name].gt(0) | rows[name].eq(rows[f"{name}_at_most"]))
        for name in ("progressing_lesions", "progressing_organs")
    }
    return times | counts


def _left_out(rows: pd.DataFrame, definitions: DefinitionSettings) -> pd.Series:
    """Those of the rechallenge set who progressed and have no class, where the definition leaves them out."""
    excluded = definitions.resistance.unclassified == "exclude"
    return rows["eligible"] & rows["resistance"].isin(WITHOUT_CLASS) & excluded


def interval_treatment(rows: pd.DataFrame, settings: IntervalTreatmentSettings) -> pd.Series:
    """true/false text: therapy between the last dose of the first ICI and rechallenge; missing without one.

    The index study does not define it; the presets are systemic non-ICI therapy, or that and local therapy.
    """
    treated = rows["interval_treatment_systemic"]
    if settings.preset == "systemic_or_local":
        treated = treated | rows["interval_treatment_local"]
    return baseline.flag_text(treated, rows["rechallenge_start"].notna())
