"""Progression records and adequate assessments: what the scans and visits say, in one order."""

from typing import Final, Literal

import numpy as np
import pandas as pd

from rechallenge.vocabulary import PROGRESSIVE

INADEQUATE: Final = ("NE",)
RECORD: Final = (
    "patient_id", "date", "precision", "basis", "lesions", "lesions_at_most", "organs", "organs_at_most",
    "confirmed", "source_table", "source_file", "source_row", "treatment_start",
)  # fmt: skip


def progressing_lesion_count(assessments: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Least and most number of growing and new lesions together.

    A missing count of new lesions adds nothing; where only new lesions are counted, the most is not known. No
    lesion at all cannot be the count of a progression and is missing.
    """
    growing_low, growing_high = _bounds(assessments, "progressing_lesions")
    new_low, new_high = _bounds(assessments, "new_lesions")
    growing, new = growing_low.notna(), new_low.notna()
    low = growing_low.fillna(0.0) + new_low.fillna(0.0)
    high = growing_high.fillna(np.inf) + new_high.fillna(0.0)
    counted = (growing | new) & (high > 0)
    return low.where(counted), high.where(counted)


def progressing_organ_count(assessments: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Least and most number of organs with progressing lesions; none at all is no count of a progression."""
    low, high = _bounds(assessments, "progressing_organs")
    counted = low.notna() & (high > 0)
    return low.where(counted), high.where(counted)


def _bounds(assessments: pd.DataFrame, column: str) -> tuple[pd.Series, pd.Series]:
    """Least and most of a count by its qualifier (`at_most` is strictly below its value)."""
    value, qualifier = assessments[column], assessments[f"{column}_qualifier"]
    low = value.mask(qualifier.eq("at_most"), 0.0)
    high = value.mask(qualifier.isin(["at_least", "range"]), np.inf).mask(qualifier.eq("at_most"), value - 1)
    return low, high


def progression_records(assessments: pd.DataFrame, treatments: pd.DataFrame) -> pd.DataFrame:
    """Return every dated progression, the decisive row of a day first.

    Progressions are the evaluated assessments with `is_progression` and the `progression_date` of treatments, for
    sources without dated scans. A reported date cannot be confirmed and counts as it is, unless it is the day of an
    assessment that shows progression and does not count. Of several rows on a day imaging comes first, then the
    larger lesion count. Columns: RECORD; `treatment_start` is the start of the treatment that the source reports a
    progression for, `lesions` the least and `lesions_at_most` the most that their number can be, and so for organs.
    """
    scans = assessments[assessments["is_progression"] & assessments["assessment_date"].notna()]
    least, most = progressing_lesion_count(scans)
    organs, organs_at_most = progressing_organ_count(scans)
    dated = pd.DataFrame(
        {
            "patient_id": scans["patient_id"],
            "date": scans["assessment_date"],
            "precision": scans["assessment_date_precision"],
            "basis": scans["basis"].fillna("imaging"),
            "lesions": least,
            "lesions_at_most": most,
            "organs": organs,
            "organs_at_most": organs_at_most,
            "confirmed": scans["is_confirmed"],
            "source_file": scans["source_file"],
            "source_row": scans["source_row"],
        }
    ).assign(source_table="assessments", treatment_start=np.datetime64("NaT"))
    told = _reported(treatments, assessments)
    undated = pd.DataFrame(
        {
            "patient_id": told["patient_id"],
            "date": told["progression_date"],
            "precision": told["progression_date_precision"],
            "source_file": told["source_file"],
            "source_row": told["source_row"],
        }
    ).assign(basis="reported", source_table="treatments", confirmed=False)
    undated["treatment_start"] = told["start_date"]
    records = pd.concat([part for part in (dated, undated) if len(part)] or [dated]).reindex(columns=list(RECORD))
    rank = records["basis"].map({"imaging": 0, "clinical": 1, "reported": 2}).fillna(1)
    records = records.assign(_rank=rank, _count=-records["lesions"].fillna(-1.0))
    records = records.sort_values(
        ["patient_id", "date", "_rank", "_count", "source_table", "source_file", "source_row"], kind="stable"
    )
    return records.drop(columns=["_rank", "_count"]).reset_index(drop=True)


def _reported(treatments: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """The treatments with a date of progression, but for the days on which progression was seen and does not count."""
    told = treatments[treatments["progression_date"].notna()]
    day = ["patient_id", "assessment_date"]
    refused = assessments["response"].isin(PROGRESSIVE) & ~assessments["is_progression"]
    if told.empty or not refused.any():
        return told
    counted = pd.MultiIndex.from_frame(assessments.loc[assessments["is_progression"], day])
    days = pd.MultiIndex.from_frame(assessments.loc[refused, day].dropna()).difference(counted)
    return told[~pd.MultiIndex.from_frame(told[["patient_id", "progression_date"]]).isin(days)]


def first_progression(
    progressions: pd.DataFrame,
    patient_id: pd.Series,
    start: pd.Series,
    until: pd.Series,
    *,
    from_first_day: bool = False,
) -> pd.DataFrame:
    """First progression of each patient strictly after `start` and on or before `until` (missing: no limit).

    One that is reported for a treatment counts only where that treatment started on or after `start`; with
    `from_first_day` it may also lie on that first day. The three series run in parallel, one row per patient;
    the result has one row per patient in that order, missing where there is no such progression.
    """
    merged = _with_bounds(progressions, patient_id, start, until)
    own = merged["treatment_start"].isna() | (merged["treatment_start"] >= merged["_after"])
    begun = merged["date"] > merged["_after"]
    if from_first_day:
        begun |= merged["date"].eq(merged["_after"]) & merged["treatment_start"].notna()
    inside = own & begun & (merged["_until"].isna() | (merged["date"] <= merged["_until"]))
    return _one_each(merged[inside], patient_id, "date", keep="first")


def last_assessment(adequate: pd.DataFrame, patient_id: pd.Series, after: pd.Series, until: pd.Series) -> pd.DataFrame:
    """Last assessment of each patient strictly after `after` and on or before `until`; see `first_progression`."""
    merged = _with_bounds(adequate, patient_id, after, until)
    date = merged["assessment_date"]
    inside = (date > merged["_after"]) & (merged["_until"].isna() | (date <= merged["_until"]))
    return _one_each(merged[inside], patient_id, "assessment_date", keep="last")


def _with_bounds(records: pd.DataFrame, patient_id: pd.Series, after: pd.Series, until: pd.Series) -> pd.DataFrame:
    bounds = pd.DataFrame({"patient_id": patient_id.array, "_after": after.array, "_until": until.array})
    return records.merge(bounds.dropna(subset=["_after"]), on="patient_id", how="inner")


def _one_each(rows: pd.DataFrame, patient_id: pd.Series, date: str, keep: Literal["first", "last"]) -> pd.DataFrame:
    chosen = rows.sort_values(["patient_id", date], kind="stable").drop_duplicates("patient_id", keep=keep)
    everyone = pd.DataFrame({"patient_id": patient_id.array})
    found = everyone.merge(chosen.drop(columns=["_after", "_until"]), on="patient_id", how="left")
    return found.set_index(patient_id.index)


def adequate_assessments(assessments: pd.DataFrame) -> pd.DataFrame:
    """Return the dated assessments with an evaluable response (not NE), in order of date."""
    adequate = (
        assessments["assessment_date"].notna()
        & assessments["response"].notna()
        & ~assessments["response"].isin(INADEQUATE)
    )
    return assessments[adequate].sort_values(
        ["patient_id", "assessment_date", "source_file", "source_row"], kind="stable"
    )
