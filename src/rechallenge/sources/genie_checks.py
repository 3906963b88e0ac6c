"""What a GENIE release tells of itself: whom it gives a year of birth, and how many records a patient has."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from rechallenge.findings import Rule, findings, together
from rechallenge.sources import rules
from rechallenge.sources.genie import METASTASES, SLOTS, YEARS_OF_BIRTH, number_cells, text_cells
from rechallenge.sources.raw import PLACE, RawFile
from rechallenge.tables import TEXT

# The registry numbers the records of a patient from 1.
NUMBERED: Final = {"regimen": "regimen_number", "imaging": "scan_number", "medonc": "md_visit_number"}
# Files that only add columns to the patients: their rows are in no table that the validation sees.
HELPERS: Final = ("cancer", "pathology")
# What the adapter reads as numbers and as yes or no, beside the days that become dates and are reported there.
NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    "cancer": (
        "ca_seq", "dob_ca_dx_days", "naaccr_histology_cd", "naaccr_tnm_edition_num", "dmets_stage_i_iii",
        "dx_to_dmets_days", *(f"dmets_{site}" for site in METASTASES),
        *(f"dx_to_dmets_{site}_days" for site in METASTASES),
    ),
    "regimen": (
        "regimen_number", *(f"dx_drug_start_int_{slot}" for slot in SLOTS),
        *(f"dx_drug_end_int_{slot}" for slot in SLOTS), *(f"dx_drug_end_or_lastadm_int_{slot}" for slot in SLOTS),
        "dx_reg_end_all_int",
    ),
    "pathology": ("path_proc_int",),
}  # fmt: skip
YES_OR_NO: Final = {"cancer": ("redcap_ca_index",), "regimen": ("redcap_ca_index",), "pathology": ("pdl1_testing",)}


def genie_findings(raw: Mapping[str, RawFile]) -> pd.DataFrame:
    """Return the findings on years of birth, numbers of records and unreadable cells (frame of `rechallenge.findings`).

    `raw`: the logical files of the mapping (`plain_files`); those and the columns that are absent are left out.
    """
    found = [_skipped_numbers(raw[name].frame, column) for name, column in NUMBERED.items() if name in raw]
    for name, file in raw.items():
        found += [_no_number(file.frame, column) for column in NUMBERS.get(name, ())]
        found += [_neither(file.frame, column) for column in YES_OR_NO.get(name, ())]
    if "patient" in raw:
        found.append(_years_of_birth(raw["patient"].frame))
        found += [_without_cancer(raw), *(_orphans(raw, name) for name in HELPERS if name in raw)]
    return together(found)


def _no_number(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A finding for each cell that should be a number and is none."""
    if column not in frame:
        return together([])
    none = number_cells(frame, column).isna() & text_cells(frame, column).notna()
    return _unread(frame, column, none, rules.NUMBER_UNREADABLE, "is no number")


def _neither(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A finding for each cell that should say yes or no and says something else."""
    if column not in frame:
        return together([])
    said = text_cells(frame, column)
    other = ~said.str.lower().isin(["yes", "no"]) & said.notna()
    return _unread(frame, column, other, rules.VALUE_UNKNOWN, "is neither Yes nor No")


def _unread(frame: pd.DataFrame, column: str, where: pd.Series, rule: Rule, what: str) -> pd.DataFrame:
    rows = frame.loc[where, list(PLACE)]
    if "record_id" in frame:
        rows = rows.assign(patient_id=frame.loc[where, "record_id"].astype(TEXT))
    value = frame.loc[where, column].astype(TEXT)
    message = f'The "{column}" ' + value + f" {what}."
    return findings(rule, rows, table="", column=column, value=value, message=message)


def _records(file: RawFile) -> pd.Series:
    name = "record_id"
    return file.frame[name].astype(TEXT) if name in file.frame else pd.Series(dtype=TEXT)


def _without_cancer(raw: Mapping[str, RawFile]) -> pd.DataFrame:
    """A finding for each patient without a row among the index cancers: neither diagnosis nor stage is known."""
    patient = raw["patient"]
    if "cancer" not in raw or "record_id" not in raw["cancer"].frame or "record_id" not in patient.frame:
        return together([])
    lost = _records(patient).notna() & ~_records(patient).isin(_records(raw["cancer"]))
    rows = patient.frame.loc[lost, list(PLACE)].assign(patient_id=_records(patient)[lost])
    label = raw["cancer"].parts[0].name if raw["cancer"].parts else "cancer"
    message = f'The "record_id" of the patient stands in no row of {label}: neither diagnosis nor stage is known.'
    return findings(rules.CANCER_MISSING, rows, table="patients", column="patient_id", message=message)


def _orphans(raw: Mapping[str, RawFile], name: str) -> pd.DataFrame:
    """A finding for each row of a file that becomes no table of its own, whose patient is not known."""
    file = raw[name]
    lost = _records(file).notna() & ~_records(file).isin(_records(raw["patient"]))
    rows = file.frame.loc[lost.index[lost], list(PLACE)].assign(patient_id=_records(file)[lost])
    message = 'The "record_id" of the row is not among the patients: what it says of a patient is lost.'
    return findings(rules.HELPER_ROW_ORPHAN, rows, table="", message=message, value=_records(file)[lost])


def _years_of_birth(patient: pd.DataFrame) -> pd.DataFrame:
    """A finding for each patient whose counts of days cannot be dated."""
    if "birth_year" not in patient or "record_id" not in patient:
        return together([])
    rows = patient[~number_cells(patient, "birth_year").between(*YEARS_OF_BIRTH)]
    place = rows[list(PLACE)].assign(patient_id=rows["record_id"].astype(TEXT))
    value = rows["birth_year"].astype(TEXT)
    message = (
        'The "birth_year" ' + value.fillna("(empty)") + " is no year: no count of days of the patient can be dated."
    )
    return findings(
        rules.BIRTH_YEAR_UNUSABLE, place, table="patients", column="birth_date", value=value, message=message
    )


def _skipped_numbers(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A finding for each record whose number does not follow that of the patient's record before."""
    if column not in frame or "record_id" not in frame:
        return together([])
    rows = frame[list(PLACE)].assign(patient_id=frame["record_id"].astype(TEXT), number=number_cells(frame, column))
    # A regimen stands once for each cancer that it treats.
    rows = rows.dropna(subset=["patient_id", "number"]).sort_values(["patient_id", "number", *PLACE], kind="stable")
    before = rows.groupby("patient_id")["number"].shift().fillna(0)
    skipped = rows[rows["number"] - before > 1]
    expected = (before[skipped.index] + 1).astype("int64").astype(TEXT)
    message = 'The patient has no record with the "' + column + '" ' + expected + ", which comes before this one."
    value = skipped["number"].astype("int64").astype(TEXT)
    return findings(rules.RECORD_NUMBER_SKIPPED, skipped, table="", value=value, message=message)
