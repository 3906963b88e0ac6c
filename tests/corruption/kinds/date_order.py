"""Dates that contradict other dates of the same patient."""

import pandas as pd

from tests.corruption.damage import Damage, Hand, NotHereError, kind
from tests.corruption.kinds.common import iso, not_counts_of_days

SUBJECT = "Order of dates"
FAR = pd.Timedelta(days=70)


def _rows(hand: Hand, table: str, *dates: str) -> pd.DataFrame:
    """Rows of the undamaged table whose dates are all known to the day, with those of their patient."""
    not_counts_of_days(hand)
    rows = hand.study.table(table)
    patients = hand.study.table("patients")[["patient_id", "diagnosis_date", "death_date", "last_contact_date"]]
    if table != "patients":
        rows = rows.merge(patients, on="patient_id", how="inner")
    for name in dates:
        rows = rows[rows[name].notna() & (rows[f"{name}_precision"].eq("day") if f"{name}_precision" in rows else True)]
    return rows


def _write(hand: Hand, table: str, rows: pd.DataFrame, column: str, day: "pd.Series | pd.DateOffset") -> Damage:
    """Write a day into the column of one of the rows; `day` is a series over the rows."""
    if rows.empty:
        raise NotHereError
    at = hand.choice(rows.index.tolist())
    row = rows.loc[at]
    raw = row[f"{column}_raw"]
    cell = hand.of(
        table, column, row["source_file"], int(row["source_row"]), raw if isinstance(raw, str) else ""
    )  # fmt: skip
    return hand.one(cell, iso(day.loc[at]))


def _some(hand: Hand, low: int, high: int) -> pd.Timedelta:
    return pd.Timedelta(days=hand.rng.randint(low, high))


@kind(SUBJECT, "The last dose is dated before the first")
def end_before_start(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date", "end_date")
    return _write(hand, "treatments", rows, "end_date", rows["start_date"] - _some(hand, 1, 900))


@kind(SUBJECT, "The first dose is dated after the last")
def start_after_end(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date", "end_date")
    return _write(hand, "treatments", rows, "start_date", rows["end_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "The birth is dated after the diagnosis")
def birth_after_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "birth_date", "diagnosis_date")
    return _write(hand, "patients", rows, "birth_date", rows["diagnosis_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "The diagnosis is dated before the birth")
def diagnosis_before_birth(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "birth_date", "diagnosis_date")
    return _write(hand, "patients", rows, "diagnosis_date", rows["birth_date"] - _some(hand, 366, 900))


@kind(SUBJECT, "The birth lies more than 110 years before the diagnosis")
def birth_too_early(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "birth_date", "diagnosis_date")
    return _write(hand, "patients", rows, "birth_date", rows["diagnosis_date"] - _some(hand, 40_600, 48_000))


@kind(SUBJECT, "The patient is a child at diagnosis")
def birth_of_a_child(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "birth_date", "diagnosis_date")
    return _write(hand, "patients", rows, "birth_date", rows["diagnosis_date"] - _some(hand, 100, 6_000))


@kind(SUBJECT, "The death is dated before the diagnosis")
def death_before_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "death_date", "diagnosis_date")
    return _write(hand, "patients", rows, "death_date", rows["diagnosis_date"] - _some(hand, 1, 900))


@kind(SUBJECT, "The diagnosis is dated after the death")
def diagnosis_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "death_date", "diagnosis_date")
    return _write(hand, "patients", rows, "diagnosis_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "The death is dated before the last contact")
def death_before_last_contact(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "death_date", "last_contact_date")
    return _write(hand, "patients", rows, "death_date", rows["last_contact_date"] - _some(hand, 1, 400))


@kind(SUBJECT, "The last contact is dated before the diagnosis")
def last_contact_before_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "last_contact_date", "diagnosis_date")
    return _write(hand, "patients", rows, "last_contact_date", rows["diagnosis_date"] - _some(hand, 1, 900))


@kind(SUBJECT, "The last contact is dated after the death")
def last_contact_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "last_contact_date", "death_date")
    return _write(hand, "patients", rows, "last_contact_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "The advanced disease is dated before the diagnosis")
def advanced_before_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "patients", "advanced_date", "diagnosis_date")
    return _write(hand, "patients", rows, "advanced_date", rows["diagnosis_date"] - _some(hand, 1, 900))


@kind(SUBJECT, "A treatment starts after the death")
def treatment_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date", "death_date")
    return _write(hand, "treatments", rows, "start_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "A treatment starts after the last contact of a living patient")
def treatment_after_last_contact(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date", "last_contact_date")
    rows = rows[rows["death_date"].isna()]
    return _write(hand, "treatments", rows, "start_date", rows["last_contact_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "A last dose is dated after the death")
def dose_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "end_date", "death_date")
    return _write(hand, "treatments", rows, "end_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "A last dose is dated after the last contact of a living patient")
def dose_after_last_contact(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "end_date", "last_contact_date")
    rows = rows[rows["death_date"].isna()]
    return _write(hand, "treatments", rows, "end_date", rows["last_contact_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "An assessment is dated after the death")
def assessment_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "assessments", "assessment_date", "death_date")
    return _write(hand, "assessments", rows, "assessment_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "An assessment is dated long before the diagnosis")
def assessment_before_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "assessments", "assessment_date", "diagnosis_date")
    return _write(hand, "assessments", rows, "assessment_date", rows["diagnosis_date"] - FAR - _some(hand, 1, 900))


@kind(SUBJECT, "A treatment is dated before the diagnosis")
def treatment_before_diagnosis(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date", "diagnosis_date")
    return _write(hand, "treatments", rows, "start_date", rows["diagnosis_date"] - FAR - _some(hand, 1, 900))


@kind(SUBJECT, "An adverse event is dated before the first treatment")
def event_before_treatment(hand: Hand) -> Damage:
    rows = _rows(hand, "adverse_events", "start_date")
    first = hand.study.table("treatments").groupby("patient_id")["start_date"].min()
    rows = rows.assign(first=rows["patient_id"].map(first)).dropna(subset=["first"])
    return _write(hand, "adverse_events", rows, "start_date", rows["first"] - FAR - _some(hand, 1, 900))


@kind(SUBJECT, "An adverse event is dated after the death")
def event_after_death(hand: Hand) -> Damage:
    rows = _rows(hand, "adverse_events", "start_date", "death_date")
    return _write(hand, "adverse_events", rows, "start_date", rows["death_date"] + _some(hand, 1, 900))


@kind(SUBJECT, "A lesion is dated on a day without a scan")
def lesion_on_another_day(hand: Hand) -> Damage:
    rows = _rows(hand, "lesions", "assessment_date")
    days = rows.groupby("patient_id")["assessment_date"].transform("min")
    rows = rows[rows["assessment_date"] > days]
    return _write(hand, "lesions", rows, "assessment_date", rows["assessment_date"] + _some(hand, 3, 20))


@kind(SUBJECT, "A drug is given years before its approval")
def drug_before_approval(hand: Hand) -> Damage:
    rows = _rows(hand, "treatments", "start_date")
    rows = rows[rows["drug_class"].isin(["PD-1", "PD-L1"])]
    return _write(hand, "treatments", rows, "start_date", rows["start_date"] - _some(hand, 5_500, 6_500))
