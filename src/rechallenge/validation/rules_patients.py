"""The patient's own row: birth, diagnosis, stage, last contact, death."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.vocabulary import UNDIVIDED_STAGE_III

ADULT_YEARS = 18
OLDEST_YEARS = 110
DAYS_PER_YEAR = 365.25
# TNM 7 (2009) has an undivided stage IV and no IIIC; TNM 8 (2017) divides IV and adds IIIC.
STAGES_OF_EDITION_8_ONLY = ("IIIC", "IVA", "IVB")
EDITIONS = ("7", "8")


def _reference(extract: Extract) -> tuple[pd.Series, pd.Series]:
    """Earliest and latest day of the diagnosis or, where it is missing, of the first treatment."""
    first = extract.first_start(extract["treatments"]["start_date"].notna())
    early, late = extract.earliest("patients", "diagnosis_date"), extract.latest("patients", "diagnosis_date")
    return early.fillna(first), late.fillna(first)


@rule(
    "error",
    "The diagnosis is dated before the birth",
    "Correct the date of birth or of diagnosis; two-digit years are a common cause.",
)
def birth_after_diagnosis(extract: Extract) -> Iterable[Hit]:
    where = extract.earliest("patients", "birth_date") > extract.latest("patients", "diagnosis_date")
    yield Hit("patients", where, "birth_date", beside=("diagnosis_date",))


@rule(
    "error",
    "The birth is dated after the patient's first treatment, last contact or death",
    "Correct the date of birth; two-digit years are a common cause.",
)
def birth_after_record(extract: Extract) -> Iterable[Hit]:
    birth = extract.earliest("patients", "birth_date")
    first = extract.first_start(extract["treatments"]["start_date"].notna())
    late = birth > first
    for name in ("last_contact_date", "death_date"):
        late |= birth > extract.latest("patients", name)
    late &= ~(birth > extract.latest("patients", "diagnosis_date"))
    ends = ("last_contact_date", "death_date")
    yield Hit("patients", late, "birth_date", beside=ends, compared={"first treatment": first})


@rule(
    "error",
    f"The patient is older than {OLDEST_YEARS} years at diagnosis (at the first treatment where it is missing)",
    "Correct the date of birth or of diagnosis.",
)
def age_too_high(extract: Extract) -> Iterable[Hit]:
    early, _ = _reference(extract)
    youngest = (early - extract.latest("patients", "birth_date")).dt.days / DAYS_PER_YEAR
    yield Hit("patients", youngest > OLDEST_YEARS, "birth_date", beside=("diagnosis_date",))


@rule(
    "warning",
    f"The patient is younger than {ADULT_YEARS} years at diagnosis (at the first treatment where it is missing)",
    "Check the dates of birth and diagnosis; lung cancer in a child is very rare.",
)
def age_under_18(extract: Extract) -> Iterable[Hit]:
    _, late = _reference(extract)
    oldest = (late - extract.earliest("patients", "birth_date")).dt.days / DAYS_PER_YEAR
    in_order = extract.earliest("patients", "birth_date") <= late
    yield Hit("patients", (oldest < ADULT_YEARS) & in_order, "birth_date", beside=("diagnosis_date",))


@rule("error", "The diagnosis is dated after the death", "Correct the date of diagnosis or of death.")
def diagnosis_after_death(extract: Extract) -> Iterable[Hit]:
    where = extract.earliest("patients", "diagnosis_date") > extract.latest("patients", "death_date")
    yield Hit("patients", where, "diagnosis_date", beside=("death_date",))


@rule(
    "error",
    "The last contact is dated before the diagnosis",
    "Correct the date of last contact or of diagnosis.",
)
def last_contact_before_diagnosis(extract: Extract) -> Iterable[Hit]:
    contact = extract.latest("patients", "last_contact_date")
    where = (contact < extract.earliest("patients", "diagnosis_date")) & extract["patients"]["death_date"].isna()
    yield Hit("patients", where, "last_contact_date", beside=("diagnosis_date",))


@rule(
    "error",
    "The patient was seen alive after the date of death",
    "Correct the date of last contact or of death: overall survival depends on it.",
)
def last_contact_after_death(extract: Extract) -> Iterable[Hit]:
    where = extract.earliest("patients", "last_contact_date") > extract.latest("patients", "death_date")
    yield Hit("patients", where, "last_contact_date", beside=("death_date",))


@rule(
    "note",
    "The last contact is not the day of death",
    "Nothing: the death counts. Some sources keep the last visit and take deaths from elsewhere.",
)
def last_contact_before_death(extract: Extract) -> Iterable[Hit]:
    where = extract.latest("patients", "last_contact_date") < extract.earliest("patients", "death_date")
    yield Hit("patients", where, "last_contact_date", beside=("death_date",))


@rule(
    "note",
    "The date of last contact is missing; the death stands for it",
    "Nothing, if the death is right.",
)
def last_contact_missing(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    yield Hit("patients", patients["last_contact_date"].isna() & patients["death_date"].notna(), "last_contact_date")


@rule(
    "warning",
    "The advanced disease is dated before the diagnosis",
    "Correct the date of advanced disease or of diagnosis; eligibility depends on it.",
)
def advanced_before_diagnosis(extract: Extract) -> Iterable[Hit]:
    where = extract.latest("patients", "advanced_date") < extract.earliest("patients", "diagnosis_date")
    yield Hit("patients", where, "advanced_date", beside=("diagnosis_date",))


@rule(
    "warning",
    "The advanced disease is dated after the death",
    "Correct the date of advanced disease or of death.",
)
def advanced_after_death(extract: Extract) -> Iterable[Hit]:
    where = extract.earliest("patients", "advanced_date") > extract.latest("patients", "death_date")
    yield Hit("patients", where, "advanced_date", beside=("death_date",))


@rule(
    "warning",
    "The stage does not exist in the stated TNM/AJCC edition (IIIC, IVA and IVB belong to edition 8)",
    "Correct the edition or the stage.",
)
def stage_not_in_edition(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    where = patients["stage_edition"].eq("7") & patients["stage"].isin(STAGES_OF_EDITION_8_ONLY)
    yield Hit("patients", where, "stage", beside=("stage_edition",))


@rule(
    "warning",
    "The edition of the stage is not 7 or 8",
    "Write the edition as 7 or 8, or leave it empty.",
)
def stage_edition_unknown(extract: Extract) -> Iterable[Hit]:
    edition = extract["patients"]["stage_edition"]
    yield Hit("patients", edition.notna() & ~edition.isin(EDITIONS), "stage_edition")


@rule(
    "note",
    "The stage is an undivided III without a date of advanced disease: whether it is advanced cannot be told",
    "Enter IIIA, IIIB or IIIC; a setting of the study can accept the undivided stage.",
)
def stage_iii_undivided(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    yield Hit("patients", patients["stage"].eq(UNDIVIDED_STAGE_III) & patients["advanced_date"].isna(), "stage")


@rule(
    "warning",
    "A patient with an ICI has no histology: eligibility cannot be evaluated",
    "Enter the histology; without it the patient is not eligible.",
)
def histology_missing(extract: Extract) -> Iterable[Hit]:
    yield Hit("patients", extract["patients"]["histology"].isna() & extract.has_ici, "histology")


@rule(
    "warning",
    "A patient with an ICI has neither a stage nor a date of advanced disease: eligibility cannot be evaluated",
    "Enter the stage or the date of advanced disease; without it the patient is not eligible.",
)
def stage_missing(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    where = patients["stage"].isna() & patients["advanced_date"].isna() & extract.has_ici
    yield Hit("patients", where, "stage")


@rule(
    "note",
    "EGFR and ALK are both positive, which is rare",
    "Check the molecular reports.",
)
def egfr_and_alk_positive(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    yield Hit("patients", patients["egfr"].eq("positive") & patients["alk"].eq("positive"), "egfr", beside=("alk",))


CHECKS = (
    birth_after_diagnosis,
    birth_after_record,
    age_too_high,
    age_under_18,
    diagnosis_after_death,
    last_contact_before_diagnosis,
    last_contact_after_death,
    last_contact_before_death,
    last_contact_missing,
    advanced_before_diagnosis,
    advanced_after_death,
    stage_not_in_edition,
    stage_edition_unknown,
    stage_iii_undivided,
    histology_missing,
    stage_missing,
    egfr_and_alk_positive,
)
