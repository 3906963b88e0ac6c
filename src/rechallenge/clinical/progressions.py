"""Progression records and adequate assessments: what the scans and visits say, in one order."""

from typing import Final, Literal

import pandas as pd

# Under RECIST 1.1 an unconfirmed progression counts; iRECIST is a definition of its own.
PROGRESSIVE: Final = ("PD", "iUPD", "iCPD")
INADEQUATE: Final = ("NE",)
RECORD: Final = (
    "patient_id", "date", "precision", "basis", "lesions", "lesions_qualifier", "organs",
    "source_table", "source_file", "source_row", "on_first_day",
)  # fmt: skip


def progressing_lesion_count(assessments: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Growing and new lesions together, with a qualifier.

    A missing count of new lesions adds nothing; where only new lesions are counted, the total is `at_least`
    that number (it can show a systemic progression, never an oligo-progression).
    """
    growing, new = assessments["progressing_lesions"], assessments["new_lesions"]
    total = growing.add(new, fill_value=0)
    qualifier = assessments["progressing_lesions_qualifier"].where(growing.notna())
    vague_new = new.notna() & ~assessments["new_lesions_qualifier"].eq("exact") & (new > 0)
    qualifier = qualifier.mask(growing.isna() & new.notna() | (growing.notna() & vague_new), "at_least")
    return total, qualifier.where(total.notna())


def progression_records(assessments: pd.DataFrame, treatments: pd.DataFrame) -> pd.DataFrame:
    """Return every dated progression, the decisive row of a day first.

    Progressions are assessments with PD (imaging or clinical, iUPD and iCPD included) and the
    `progression_date` of treatments, for sources without dated scans. Of several rows on a day imaging comes
    first, then the larger lesion count. Columns: RECORD; `on_first_day` marks a progression that the source
    reports for a treatment on the first day of that same treatment.
    """
    scans = assessments[assessments["response"].isin(PROGRESSIVE) & assessments["assessment_date"].notna()]
    lesions, qualifier = progressing_lesion_count(scans)
    dated = pd.DataFrame(
        {
            "patient_id": scans["patient_id"],
            "date": scans["assessment_date"],
            "precision": scans["assessment_date_precision"],
            "basis": scans["basis"].fillna("imaging"),
            "lesions": lesions,
            "lesions_qualifier": qualifier,
            "organs": scans["progressing_organs"],
            "source_file": scans["source_file"],
            "source_row": scans["source_row"],
        }
    ).assign(source_table="assessments", on_first_day=False)
    told = treatments[treatments["progression_date"].notna()]
    undated = pd.DataFrame(
        {
            "patient_id": told["patient_id"],
            "date": told["progression_date"],
            "precision": told["progression_date_precision"],
            "source_file": told["source_file"],
            "source_row": told["source_row"],
        }
    ).assign(basis="reported", source_table="treatments")
    undated["on_first_day"] = told["progression_date"].eq(told["start_date"])
    records = pd.concat([part for part in (dated, undated) if len(part)] or [dated]).reindex(columns=list(RECORD))
    rank = records["basis"].map({"imaging": 0, "clinical": 1, "reported": 2}).fillna(1)
    records = records.assign(_rank=rank, _count=-records["lesions"].fillna(-1.0))
    records = records.sort_values(
        ["patient_id", "date", "_rank", "_count", "source_table", "source_file", "source_row"], kind="stable"
    )
    return records.drop(columns=["_rank", "_count"]).reset_index(drop=True)


def first_between(
    records: pd.DataFrame, patient_id: pd.Series, after: pd.Series, until: pd.Series, *, date: str = "date"
) -> pd.DataFrame:
    """First record of each patient strictly after `after` and on or before `until` (missing: no limit).

    Records that are marked `on_first_day` may also lie on `after` itself. The three series run in parallel,
    one row per patient; `records` are in the order that decides ties. The result has one row per patient in
    that order, missing where there is no such record.
    """
    return _one_between(records, patient_id, after, until, date, keep="first")


def last_between(
    records: pd.DataFrame, patient_id: pd.Series, after: pd.Series, until: pd.Series, *, date: str = "date"
) -> pd.DataFrame:
    """Last record of each patient strictly after `after` and on or before `until`; see `first_between`."""
    return _one_between(records, patient_id, after, until, date, keep="last")


def _one_between(
    records: pd.DataFrame,
    patient_id: pd.Series,
    after: pd.Series,
    until: pd.Series,
    date: str,
    keep: Literal["first", "last"],
) -> pd.DataFrame:
    bounds = pd.DataFrame(
        {"patient_id": patient_id.array, "_after": after.array, "_until": until.array}, index=range(len(patient_id))
    )
    merged = records.merge(bounds.dropna(subset=["_after"]), on="patient_id", how="inner")
    begun = merged[date] > merged["_after"]
    if "on_first_day" in merged:
        begun |= merged[date].eq(merged["_after"]) & merged["on_first_day"].eq(True)
    inside = begun & (merged["_until"].isna() | (merged[date] <= merged["_until"]))
    merged = merged[inside].sort_values(["patient_id", date], kind="stable")
    chosen = merged.drop_duplicates("patient_id", keep=keep).drop(columns=["_after", "_until"])
    found = bounds[["patient_id"]].merge(chosen, on="patient_id", how="left")
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
