"""The file of invented patients: what may be written in it, and every mistake in it as a sentence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
from pydantic import Field

from rechallenge.clinical import classify
from rechallenge.errors import UserError, nearest
from rechallenge.settings.base import Settings
from rechallenge.settings.config import DateSettings, Window
from rechallenge.settings.definitions import AnalysisDefinitions
from rechallenge.settings.exposure import CRITERIA
from rechallenge.sources.treatment_drugs import resolve_drugs
from rechallenge.sources.values import Vocabularies
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.tables import TABLES, TEXT, Column
from rechallenge.written_rows import canonical_rows

Row = dict[str, str | None]
# What is known of every patient unless the file says otherwise.
USUAL: Final[Row] = {"histology": "adenocarcinoma", "stage": "IVA"}
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_COUNT: Final = re.compile(r"(>=|>|<=|<)?\d+(\.\d+)?")
# Columns of cohort.csv and classified.csv that a patient can be expected to have.
COHORT: Final = ("in_first_ici", "in_progressed", "eligible", "excluded_by", "not_evaluable", *CRITERIA)
ENDPOINT_COLUMNS: Final = ("days", "event", "event_type", "reason", "entry_days", "end_date", "source_table")


class InventedPatient(Settings):
    """One invented patient: rows of the canonical tables by their column names, and what is expected."""

    patient: str = Field(min_length=1, description="Name of the case, unique in the file.")
    says: str = Field(min_length=1, description="The rule in a sentence.")
    definitions: AnalysisDefinitions = AnalysisDefinitions()
    dates: DateSettings | None = None
    about: Row = Field(default_factory=dict, description="Columns of `patients`.")
    treatments: tuple[Row, ...] = ()
    assessments: tuple[Row, ...] = ()
    lesions: tuple[Row, ...] = ()
    expect: dict[str, Any] = Field(
        min_length=1, description="Columns of cohort.csv and classified.csv, and `endpoints`."
    )


class PatientFile(Settings):
    """A file of invented patients."""

    base: Literal["configured", "defaults"] = Field(
        "configured", description="Which definitions hold where a patient states none: the study's, or the defaults."
    )
    cutoff: date | None = Field(None, description="Data cut-off; the study's where empty.")
    window: Window | None = Field(None, description="Study window; the study's where empty.")
    patients: tuple[InventedPatient, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Cases:
    """The patients of one file; `path` is how its messages call it."""

    path: str
    file: PatientFile


def read_patients(path: Path) -> Cases:
    """Read a file of invented patients. Raises UserError with every mistake in it, as sentences."""
    file = PatientFile.read(read_yaml(path), path.name)
    problems = list(_problems(file, path.name))
    if problems:
        raise UserError(problems)
    return Cases(path.name, file)


def _problems(file: PatientFile, where: str) -> Iterator[str]:
    names = [case.patient for case in file.patients]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f'{where}: two patients have the name "{name}".'
    for case in file.patients:
        own = f'{where}, patient "{case.patient}"'
        yield from _row_problems(case.about, "patients", f"{own}, about")
        for table in ("treatments", "assessments", "lesions"):
            for place, row in enumerate(getattr(case, table), 1):
                yield from _row_problems(row, table, f"{own}, {table} {place}", needs_required=True)
        yield from _expectation_problems(case.expect, own)


def _row_problems(row: Row, table: str, where: str, *, needs_required: bool = False) -> Iterator[str]:
    columns = {column.name: column for column in TABLES[table].columns if column.name != "patient_id"}
    for name, value in row.items():
        if name not in columns:
            yield f'{where}: there is no column "{name}" in {table}.{nearest(name, list(columns))}'
        elif value is not None and (problem := _cell_problem(value, columns[name])):
            yield f'{where}: {name} "{value}" {problem}'
    if needs_required:
        for name, column in columns.items():
            if column.required and row.get(name) is None:
                yield f"{where}: {name} is missing."


def _cell_problem(value: str, column: Column) -> str | None:
    if column.kind == "date":
        if not _DATE.fullmatch(value):
            return "is not a date; write it as 2020-05-17, or 2020-05 or 2020 where only that is known."
        try:
            date.fromisoformat((value + "-01-01")[:10] if len(value) == 4 else (value + "-01")[:10])
        except ValueError:
            return "is not a day of the calendar."
    if column.kind in ("number", "count") and not _COUNT.fullmatch(value):
        return "is not a number."
    if column.kind == "term" and value not in column.terms:
        return f"is not a term of this column.{nearest(value, column.terms)}"
    return None


def _expectation_problems(expect: Mapping[str, Any], where: str) -> Iterator[str]:
    known = list(dict.fromkeys([*COHORT, *classify.COLUMNS, "endpoints"]))
    for name, value in expect.items():
        if name not in known:
            yield f'{where}: nothing called "{name}" can be expected.{nearest(name, known)}'
        elif name == "endpoints":
            if not isinstance(value, Mapping):
                yield f"{where}: endpoints needs a name and what is expected of it, such as PFS: {{days: 120}}."
                continue
            for endpoint, columns in value.items():
                for column in columns if isinstance(columns, Mapping) else [str(columns)]:
                    if column not in ENDPOINT_COLUMNS:
                        yield (
                            f'{where}: nothing called "{column}" can be expected of {endpoint}.'
                            f"{nearest(column, ENDPOINT_COLUMNS)}"
                        )
        elif isinstance(value, (Mapping, list)):
            yield f'{where}: "{name}" needs one value.'


def tables_of(
    cases: Sequence[InventedPatient], vocabularies: Vocabularies, where: str, cutoff: date
) -> dict[str, pd.DataFrame]:
    """Return the canonical tables of invented patients, whose names are their patient_id.

    A patient without last contact was last seen alive at the cut-off, or has died. Raises UserError for a drug
    that is not in the dictionary.
    """
    frames = {"patients": pd.DataFrame([_about(case, cutoff) for case in cases], dtype=TEXT)}
    for table in ("treatments", "assessments", "lesions"):
        rows = [{"patient_id": case.patient, **row} for case in cases for row in getattr(case, table)]
        frames[table] = pd.DataFrame(rows, dtype=TEXT).reindex(columns=TABLES[table].names)
    written = frames["treatments"]
    written = written.assign(drug_raw=written["drug"], source_file=where, source_row=range(1, len(written) + 1))
    frames["treatments"], unknown = resolve_drugs(written, vocabularies)
    if len(unknown):
        rows = unknown[["patient_id", "message"]].to_dict("records")
        raise UserError([f'{where}, patient "{row["patient_id"]}": {row["message"]}' for row in rows])
    return {name: canonical_rows(name, frame) for name, frame in frames.items()}


def _about(case: InventedPatient, cutoff: date) -> Row:
    known = {"patient_id": case.patient} | USUAL | case.about
    return {"last_contact_date": known.get("death_date") or cutoff.isoformat()} | known
