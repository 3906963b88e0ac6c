"""The classified patients: one row per patient with a first ICI monotherapy, classes and covariates."""

from typing import Final

import pandas as pd

from rechallenge.clinical import covariates as baseline
from rechallenge.clinical.progression_pattern import classify_pattern
from rechallenge.clinical.resistance import classify_resistance
from rechallenge.clinical.response import best_response
from rechallenge.dates import days_between, months
from rechallenge.settings.classes import IntervalTreatmentSettings
from rechallenge.settings.definitions import DefinitionSettings

COLUMNS: Final = (
    "patient_id", "eligible", "first_ici_drug", "first_ici_start", "first_ici_end", "first_ici_progression",
    "days_to_progression", "months_to_progression", "best_response", "resistance", "resistance_reason",
    "progressing_lesions", "progression_pattern", "interval_treatment", "rechallenge_regimen", "rechallenge_start",
    "rechallenge_kind", *baseline.COLUMNS,
)  # fmt: skip


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

    The clock of resistance runs from the first dose to index progression, in days. Columns of rechallenge
    are missing where there was none; `eligible` says who is in the rechallenge set.
    """
    members = cohort.loc[cohort["in_first_ici"], ["patient_id", "eligible"]]
    rows = course.merge(members, on="patient_id", how="inner").sort_values("patient_id", kind="stable")
    rows = rows.reset_index(drop=True)
    if len(rows) != len(members):
        raise RuntimeError(f"{len(members)} patients have a first ICI monotherapy, {len(rows)} of them have a course")
    rows["first_ici_progression"] = rows["index_progression_date"]
    rows["days_to_progression"] = days_between(rows["first_ici_start"], rows["index_progression_date"])
    rows["months_to_progression"] = months(rows["days_to_progression"])
    response = best_response(
        rows, assessments, treatments, definitions.response, cutoff, progression_dates_only=progression_dates_only
    )
    rows = rows.join(response)
    rows["responder"] = rows["best_response"].isin(definitions.response.objective_responses)
    rows = rows.join(classify_resistance(rows, definitions.resistance))
    rows["progression_pattern"] = classify_pattern(rows, definitions.progression_pattern)
    # A bound is no count: "fewer than 3" is not 0.
    exact = rows["progressing_lesions"].eq(rows["progressing_lesions_at_most"])
    rows["progressing_lesions"] = rows["progressing_lesions"].where(exact | (rows["progressing_lesions"] > 0))
    rows["interval_treatment"] = interval_treatment(rows, definitions.interval_treatment)
    rows["rechallenge_regimen"] = rows["rechallenge_drugs"]
    recorded = bool(treatments["modality"].notna().any())
    covariates = baseline.covariates(rows, patients, local_therapy_recorded=recorded)
    own = [name for name in COLUMNS if name not in covariates.columns]
    return rows[own].join(covariates)[list(COLUMNS)]


def interval_treatment(rows: pd.DataFrame, settings: IntervalTreatmentSettings) -> pd.Series:
    """true/false text: therapy between the last dose of the first ICI and rechallenge; missing without one.

    The index study does not define it; the presets are systemic non-ICI therapy, or that and local therapy.
    """
    treated = rows["interval_treatment_systemic"]
    if settings.preset == "systemic_or_local":
        treated = treated | rows["interval_treatment_local"]
    return baseline.flag_text(treated, rows["rechallenge_start"].notna())
