"""Who is who: rows without a patient, identifiers that look alike, patients without rows."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.tables import TABLES, TEXT
from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule

_CHILDREN = tuple(name for name in TABLES if name != "patients")

# Of fewer identifiers nobody can say how they are usually written.
LEAST_PATIENTS = 10
USUAL_SHARE = 0.9


def normalised(identifiers: pd.Series) -> pd.Series:
    """Identifiers without what a spreadsheet changes: leading zeros, spaces, case, full-width characters."""
    distinct = identifiers.dropna().drop_duplicates().astype(object)
    plain = distinct.str.normalize("NFKC").str.replace(r"\s+", "", regex=True).str.casefold()
    plain = plain.str.replace(r"(?<!\d)0+(?=\d)", "", regex=True)
    return identifiers.astype(object).map(dict(zip(distinct, plain, strict=True))).astype(TEXT)


def _without_patient(extract: Extract, table: str) -> pd.Series:
    return pd.Series(extract.position(table) < 0, index=extract[table].index) & extract[table]["patient_id"].notna()


def _alike(extract: Extract, table: str) -> pd.Series:
    """The patient that a row's unknown identifier resembles, missing where none does."""
    lost = extract[table]["patient_id"][_without_patient(extract, table)]
    known = extract["patients"]["patient_id"].dropna().drop_duplicates()
    by_form = pd.Series(known.to_numpy(), index=normalised(known).to_numpy())
    by_form = by_form[~by_form.index.duplicated()]
    return normalised(lost).astype(object).map(by_form).reindex(extract[table].index).astype(TEXT)


@rule(
    "error",
    "A table that the study needs holds no row",
    "Check the extract and the mapping: the file may be empty, or the wrong sheet may be named.",
    waivable=False,
    movable=False,
)
def table_empty(extract: Extract) -> Iterable[Hit]:
    for table in ("patients", "treatments"):
        if extract[table].empty:
            yield Hit(table, None, "")


@rule(
    "error",
    "The row's patient is not in the table of patients",
    "Add the patient's row, correct the identifier, or set these rows aside.",
    waivable=False,
)
def orphan_row(extract: Extract) -> Iterable[Hit]:
    for table in _CHILDREN:
        lost = _without_patient(extract, table)
        if lost.any():
            lost &= _alike(extract, table).isna()
        yield Hit(table, lost, "patient_id")


@rule(
    "error",
    "The row's patient is not in the table of patients, but one differs only by leading zeros, spaces or case",
    "Write the identifier in one way in all files (the mapping's `pad` restores lost leading zeros).",
    waivable=False,
)
def orphan_identifier_variant(extract: Extract) -> Iterable[Hit]:
    for table in _CHILDREN:
        if _without_patient(extract, table).any():
            alike = _alike(extract, table)
            yield Hit(table, alike.notna(), "patient_id", compared={"patients.patient_id": alike})


@rule(
    "warning",
    "Two patients have identifiers that differ only by leading zeros, spaces or case",
    "Check whether they are one person; if so, write one identifier and merge the rows.",
)
def identifiers_alike(extract: Extract) -> Iterable[Hit]:
    ids = extract["patients"]["patient_id"].dropna().drop_duplicates()
    form = normalised(ids)
    twice = form[form.duplicated(keep=False)]
    yield Hit(
        "patients",
        extract["patients"]["patient_id"].isin(ids[twice.index]),
        "patient_id",
        compared={"written plainly": normalised(extract["patients"]["patient_id"])},
    )


@rule(
    "warning",
    "The identifier is not written like nine in ten of the others",
    "Correct the identifier, or delete the row if it is no patient (a remark or a total).",
)
def identifier_unusual(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    ids = patients["patient_id"].dropna().drop_duplicates()
    if len(ids) < LEAST_PATIENTS:
        return
    # 0213645 is 9, GENIE-MSK-01 is A-A-9: how many digits or letters there are differs in many registries.
    shape = ids.astype(object).str.replace(r"[^\W\d_]+", "A", regex=True).str.replace(r"\d+", "9", regex=True)
    usual = shape.value_counts()
    if usual.iloc[0] < USUAL_SHARE * len(ids):
        return
    unusual = ids[shape.ne(usual.index[0])]
    yield Hit("patients", patients["patient_id"].isin(unusual), "patient_id")


@rule(
    "warning",
    "Two patients share site, sex, day of birth and day of diagnosis",
    "Check whether one person was entered twice; if so, keep one identifier.",
)
def person_entered_twice(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    exact = patients["birth_date_precision"].eq("day") & patients["diagnosis_date_precision"].eq("day")
    known = exact & patients["sex"].notna() & patients["birth_date"].notna() & patients["diagnosis_date"].notna()
    # 1 January and the 15th of a month are what sources write for an unknown day.
    known &= ~patients["birth_date"].dt.day.isin([1, 15])
    one_each = patients[known].drop_duplicates("patient_id")
    same = one_each.duplicated(["site", "sex", "birth_date", "diagnosis_date"], keep=False)
    where = pd.Series(patients.index.isin(same.index[same]), index=patients.index)
    yield Hit("patients", where, "patient_id", beside=("birth_date", "diagnosis_date"))


@rule(
    "note",
    "The patient has no treatment on record",
    "Nothing, if the extract holds untreated patients; otherwise look for the missing rows.",
)
def patient_without_treatment(extract: Extract) -> Iterable[Hit]:
    patients = extract["patients"]
    if extract["treatments"].empty:
        return
    # A second row of a patient with conflicting rows is not a patient without treatment.
    treated = patients["patient_id"].isin(extract["treatments"]["patient_id"])
    yield Hit("patients", ~treated & patients["patient_id"].notna(), "patient_id")


CHECKS = (
    table_empty,
    orphan_row,
    orphan_identifier_variant,
    identifiers_alike,
    identifier_unusual,
    person_entered_twice,
    patient_without_treatment,
)
