"""Best overall response on the first ICI."""

from typing import Final

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.settings.classes import ResponseSettings
from rechallenge.tables import TEXT
from rechallenge.vocabulary import ICI_CLASSES, PROGRESSIVE

# RECIST 1.1, Table 3; a non-measurable patient's best is "neither CR nor PD", which ranks with SD.
_RANK: Final = {"CR": 0, "PR": 1, "SD": 2, "PD": 3, "NE": 4}


def best_response(
    course: pd.DataFrame,
    assessments: pd.DataFrame,
    treatments: pd.DataFrame,
    settings: ResponseSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return best_response and response_known per patient of `course`, in its order.

    Dated assessments count strictly after the start of the first ICI, strictly before index progression, and
    on or before the next systemic therapy and the cut-off; SD needs `stable_disease_days`, earlier it is NE. Without an
    evaluable one, the response that the source reports for the first ICI stands. Otherwise index progression
    gives PD. `response_known` is false where nothing but a progression date is on record in a source that
    has no scans.
    """
    window = course[["patient_id", "first_ici_start", "index_progression_date", "next_systemic_start"]]
    seen = assessments.merge(window, on="patient_id", how="inner")
    until_next = seen["next_systemic_start"].isna() | (seen["assessment_date"] <= seen["next_systemic_start"])
    before_progression = seen["index_progression_date"].isna() | (
        seen["assessment_date"] < seen["index_progression_date"]
    )
    on_treatment = (seen["assessment_date"] > seen["first_ici_start"]) & until_next
    on_treatment &= seen["assessment_date"] <= cutoff
    inside = seen[on_treatment & before_progression]
    stable = inside["response"].isin(["SD", "NON_CR_NON_PD"])
    early = (inside["assessment_date"] - inside["first_ici_start"]) < days(settings.stable_disease_days)
    response = inside["response"].mask(stable, "SD").mask(stable & early, "NE")
    dated = _best(inside["patient_id"], response)
    reported = _reported(course, treatments)
    patient_id = course["patient_id"]
    from_scans, told = patient_id.map(dated), patient_id.map(reported)
    evaluable = from_scans.isin(["CR", "PR", "SD"])
    best = from_scans.where(evaluable, told.where(told.notna() & ~told.eq("NE"), from_scans))
    progressed = course["index_progression_date"].notna()
    weak = ~best.isin(["CR", "PR", "SD"])
    best = best.mask(weak & progressed, "PD")
    assessed = patient_id.isin(set(seen.loc[on_treatment, "patient_id"]))
    known = told.notna() & ~told.eq("NE")
    if not progression_dates_only:
        known |= assessed | progressed & course["index_progression_table"].eq("assessments")
    best = best.where(known | ~weak)
    return pd.DataFrame({"best_response": best.astype(TEXT), "response_known": known.astype(bool)}, index=course.index)


def _best(patient_id: pd.Series, response: pd.Series) -> pd.Series:
    response = response.replace(dict.fromkeys(PROGRESSIVE, "PD"))
    ranked = pd.DataFrame({"patient_id": patient_id, "response": response, "rank": response.map(_RANK)})
    ranked = ranked.dropna(subset=["rank"]).sort_values(["patient_id", "rank"], kind="stable")
    return ranked.drop_duplicates("patient_id").set_index("patient_id")["response"]


def _reported(course: pd.DataFrame, treatments: pd.DataFrame) -> pd.Series:
    """The best response that the source itself gives for the first ICI (sources without dated scans)."""
    rows = treatments[treatments["best_response"].notna() & treatments["drug_class"].isin(ICI_CLASSES)]
    rows = rows.merge(course[["patient_id", "first_ici_start", "index_progression_date"]], on="patient_id", how="inner")
    first = rows["start_date"].eq(rows["first_ici_start"])
    return _best(rows.loc[first, "patient_id"], rows.loc[first, "best_response"].replace("NON_CR_NON_PD", "SD"))
