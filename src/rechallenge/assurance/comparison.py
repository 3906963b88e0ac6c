"""Invented patients through the whole derivation, and where the result is not the expected one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.assurance.patients import Cases, InventedPatient, tables_of
from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import Derived, derive
from rechallenge.files import number_text
from rechallenge.settings.config import StudyConfig
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.imputation import Method, impute
from rechallenge.sources.values import Vocabularies

# The population in which an endpoint is looked up: the rechallenge set where the patient is in it.
POPULATIONS: Final = ("rechallenge", "first_ici", "progressed")


@dataclass(frozen=True)
class Difference:
    """One value that is not the expected one."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True)
class Result:
    """What became of one invented patient; `course` is the derivation in a line, for the reader of a difference."""

    path: str
    patient: str
    says: str
    differences: tuple[Difference, ...]
    course: str


def assure(cases: Cases, config: StudyConfig, vocabularies: Vocabularies) -> list[Result]:
    """Derive every patient of the file and compare; in the order of the file.

    Patients of the same definitions go through the chain together. Raises UserError for an unknown drug.
    """
    file = cases.file
    cutoff = file.cutoff or config.study.cutoff
    window = file.window or config.study.window
    frame = StudyFrame(pd.Timestamp(cutoff), (pd.Timestamp(window.start), pd.Timestamp(window.end)))
    base = DefinitionSettings() if file.base == "defaults" else config.definitions
    groups: dict[str, list[InventedPatient]] = defaultdict(list)
    used: dict[str, tuple[DefinitionSettings, Method]] = {}
    for case in file.patients:
        definitions = base.overlaid(case.definitions)
        method = (case.dates or config.dates).imputation
        key = definitions.model_dump_json() + method
        groups[key].append(case)
        used[key] = definitions, method
    found: dict[str, Result] = {}
    for key, members in groups.items():
        definitions, method = used[key]
        derived = _derived(members, definitions, method, vocabularies, cases.path, cutoff, frame)
        found |= {case.patient: _result(case, cases.path, derived) for case in members}
    return [found[case.patient] for case in file.patients]


def _derived(
    members: Sequence[InventedPatient],
    definitions: DefinitionSettings,
    method: Method,
    vocabularies: Vocabularies,
    where: str,
    cutoff: date,
    frame: StudyFrame,
) -> Derived:
    tables = impute(tables_of(members, vocabularies, where, cutoff), method, cutoff)
    return derive(tables, definitions, frame)


def _result(case: InventedPatient, path: str, derived: Derived) -> Result:
    cohort = _row(derived.cohort, case.patient)
    classified = _row(derived.classified, case.patient)
    found = cohort | classified
    differences = [
        Difference(name, text, found.get(name, ""))
        for name, value in case.expect.items()
        if name != "endpoints" and (text := _expected(value)) != found.get(name, "")
    ]
    for endpoint, columns in case.expect.get("endpoints", {}).items():
        differences += _endpoint_differences(endpoint, columns, derived.adtte, case.patient)
    return Result(path, case.patient, case.says, tuple(differences), _course(found))


def _endpoint_differences(
    endpoint: str, columns: Mapping[str, Any], adtte: pd.DataFrame, patient: str
) -> Iterator[Difference]:
    rows = adtte[adtte["patient_id"].eq(patient) & adtte["endpoint"].eq(endpoint)]
    by_population = {row["population"]: row for row in rows.to_dict("records")}
    chosen = next((by_population[name] for name in POPULATIONS if name in by_population), None)
    for column, value in columns.items():
        expected = _expected(value)
        found = "" if chosen is None else _text(chosen[column])
        if expected != found:
            yield Difference(f"{endpoint} {column}", expected, found)


def _row(frame: pd.DataFrame, patient: str) -> dict[str, str]:
    rows = frame[frame["patient_id"].eq(patient)]
    return {str(name): _text(value) for name, value in rows.iloc[0].items()} if len(rows) else {}


def _expected(value: Any) -> str:
    text = "" if value is None else str(value)
    try:
        return number_text(float(text))
    except ValueError:
        return text


def _text(value: Any) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (int, float)):
        return number_text(float(value))
    return str(value)


def _course(found: Mapping[str, str]) -> str:
    """The derivation in a line: what the classes were made from."""
    if not found.get("first_ici_start"):
        return f"excluded by {found.get('excluded_by') or 'nothing'}, not classified"
    parts = [
        f"{found['first_ici_drug']} {found['first_ici_start']} to {found['first_ici_end']}",
        f"index progression {found['first_ici_progression'] or 'none'}"
        + (f" (day {found['days_to_progression']})" if found["days_to_progression"] else ""),
        f"best response {found['best_response'] or 'unknown'}",
        f"resistance {found['resistance'] or 'none'} ({found['resistance_reason']})",
        f"rechallenge {found['rechallenge_start'] or 'none'}",
    ]
    if found.get("excluded_by"):
        parts.append(f"excluded by {found['excluded_by']}")
    return "; ".join(parts)
