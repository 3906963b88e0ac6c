"""Records against the patient's time under observation: diagnosis, last contact, death, cut-off."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.tables import TABLES
from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.vocabulary import PROGRESSIVE

_SCANS = ("assessments", "lesions")


def _after_death(extract: Extract, table: str, column: str) -> pd.Series:
    return extract.earliest(table, column) > extract.patient_latest(table, "death_date")


def _after_contact(extract: Extract, table: str, column: str) -> pd.Series:
    """After the last contact of a patient without a date of death (for the others the death is the limit)."""
    alive = extract.patient_latest(table, "death_date").isna()
    return (extract.earliest(table, column) > extract.patient_latest(table, "last_contact_date")) & alive


@rule(
    "error",
    "The treatment starts after the patient's death",
    "Correct the date of death or of the treatment.",
)
def treatment_after_death(extract: Extract) -> Iterable[Hit]:
    yield Hit("treatments", _after_death(extract, "treatments", "start_date"), "start_date", patient=("death_date",))


@rule(
    "error",
    "The last dose is dated after the patient's death",
    "Correct the date of death or of the last dose.",
)
def dose_after_death(extract: Extract) -> Iterable[Hit]:
    started = ~_after_death(extract, "treatments", "start_date")
    where = _after_death(extract, "treatments", "end_date") & started
    yield Hit("treatments", where, "end_date", patient=("death_date",))


@rule(
    "error",
    "The assessment is dated after the patient's death",
    "Correct the date of death or of the assessment.",
)
def assessment_after_death(extract: Extract) -> Iterable[Hit]:
    for table in _SCANS:
        yield Hit(table, _after_death(extract, table, "assessment_date"), "assessment_date", patient=("death_date",))


@rule(
    "error",
    "The progression is dated after the patient's death",
    "Correct the date of death or of the progression.",
)
def progression_after_death(extract: Extract) -> Iterable[Hit]:
    where = _after_death(extract, "treatments", "progression_date")
    yield Hit("treatments", where, "progression_date", patient=("death_date",))


@rule(
    "error",
    "The treatment starts after the last contact of a patient not known to be dead",
    "Update the date of last contact: survival from this treatment would be negative.",
)
def treatment_after_last_contact(extract: Extract) -> Iterable[Hit]:
    where = _after_contact(extract, "treatments", "start_date")
    yield Hit("treatments", where, "start_date", patient=("last_contact_date",))


@rule(
    "warning",
    "The last dose is dated after the last contact",
    "Update the date of last contact: overall survival is censored too early.",
)
def dose_after_last_contact(extract: Extract) -> Iterable[Hit]:
    where = _after_contact(extract, "treatments", "end_date")
    where &= ~_after_contact(extract, "treatments", "start_date")
    yield Hit("treatments", where, "end_date", patient=("last_contact_date",))


@rule(
    "warning",
    "The assessment is dated after the last contact",
    "Update the date of last contact: overall survival is censored too early.",
)
def assessment_after_last_contact(extract: Extract) -> Iterable[Hit]:
    where = _after_contact(extract, "assessments", "assessment_date")
    yield Hit("assessments", where, "assessment_date", patient=("last_contact_date",))


@rule(
    "warning",
    "The progression is dated after the last contact",
    "Update the date of last contact: overall survival is censored too early.",
)
def progression_after_last_contact(extract: Extract) -> Iterable[Hit]:
    where = _after_contact(extract, "treatments", "progression_date")
    yield Hit("treatments", where, "progression_date", patient=("last_contact_date",))


@rule(
    "warning",
    "The treatment starts before the diagnosis",
    "Check both dates; the diagnosis may be that of a recurrence.",
)
def treatment_before_diagnosis(extract: Extract) -> Iterable[Hit]:
    diagnosis = extract.patient_earliest("treatments", "diagnosis_date")
    where = extract.latest("treatments", "start_date") < diagnosis
    yield Hit("treatments", where, "start_date", patient=("diagnosis_date",))


@rule(
    "warning",
    "The assessment is dated before the diagnosis",
    "Check both dates. A scan shortly before the biopsy is usual as a baseline, a response or progression is not.",
)
def assessment_before_diagnosis(extract: Extract) -> Iterable[Hit]:
    diagnosis = extract.patient_earliest("assessments", "diagnosis_date")
    where = extract.latest("assessments", "assessment_date") < diagnosis
    yield Hit("assessments", where, "assessment_date", beside=("response",), patient=("diagnosis_date",))


@rule(
    "note",
    "The date lies after the data cut-off",
    "Nothing: later events are censored at the cut-off. If it is a typing error, correct it.",
)
def after_cutoff(extract: Extract) -> Iterable[Hit]:
    for table in TABLES.values():
        for column in table.dates:
            where = extract.earliest(table.name, column) > extract.cutoff
            yield Hit(table.name, where, column)


@rule(
    "error",
    "A treatment was stopped for death, but the patient has no date of death",
    "Enter the date of death or correct the reason: a death would be missing from survival.",
)
def death_without_date(extract: Extract) -> Iterable[Hit]:
    no_death = extract.patient_latest("treatments", "death_date").isna() & (extract.position("treatments") >= 0)
    yield Hit("treatments", extract["treatments"]["stop_reason"].eq("death") & no_death, "stop_reason")


def _key_dates(extract: Extract) -> Iterable[tuple[str, str, pd.Series]]:
    """The dates that start, end or classify an endpoint, with the rows that matter."""
    treated = extract.has_ici
    yield "patients", "death_date", treated
    yield "patients", "last_contact_date", treated & extract["patients"]["death_date"].isna()
    yield "treatments", "start_date", extract.ici
    yield "treatments", "progression_date", extract.ici
    yield "assessments", "assessment_date", extract["assessments"]["response"].isin(PROGRESSIVE)


@rule(
    "note",
    "Only the month of a key date is known; the day is set by the study's rule for partial dates",
    "Enter the day if it can be found; the effect of the rule is at most a month.",
)
def key_date_month_only(extract: Extract) -> Iterable[Hit]:
    for table, column, matters in _key_dates(extract):
        frame = extract[table]
        where = matters & frame[column].notna() & frame[f"{column}_precision"].eq("month")
        yield Hit(table, where, column)


@rule(
    "warning",
    "Only the year of a key date is known",
    "Enter the month at least: with the year only, the date does not count as known for eligibility.",
)
def key_date_year_only(extract: Extract) -> Iterable[Hit]:
    for table, column, matters in _key_dates(extract):
        frame = extract[table]
        where = matters & frame[column].notna() & frame[f"{column}_precision"].eq("year")
        yield Hit(table, where, column)


CHECKS = (
    treatment_after_death,
    dose_after_death,
    assessment_after_death,
    progression_after_death,
    treatment_after_last_contact,
    dose_after_last_contact,
    assessment_after_last_contact,
    progression_after_last_contact,
    treatment_before_diagnosis,
    assessment_before_diagnosis,
    after_cutoff,
    death_without_date,
    key_date_month_only,
    key_date_year_only,
)
