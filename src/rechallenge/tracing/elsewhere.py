"""What is printed and is no estimate: settings, counts of rows, findings of the checks, figures of publications."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from rechallenge.tracing.names import Printed
from rechallenge.validation.finding_counts import STATUSES

_COLUMNS: Final = ("severity", "rule", "table", "status", "source_file", "source_row", "patient_id", "column")


@dataclass(frozen=True)
class Elsewhere:
    """Where a number that is no estimate comes from, in a sentence, and the rows of the extract, where it has some."""

    sentence: str
    rows: pd.DataFrame | None = None


def elsewhere(printed: Printed, violations: pd.DataFrame) -> Elsewhere:
    """Return the origin of a number whose `source` is a file and a key; `violations` is violations.csv."""
    file, _, key = printed.source.partition("#")
    if file == "findings.csv":
        return _of_checks(key, violations)
    path = key.replace("/", ".")
    said: Mapping[str, str] = {
        "settings": f"A setting of the study file (or its documented default): {path}. No patient is counted.",
        "definition": f"Fixed by the definition of a method: {path}. No patient is counted.",
        "attrition.csv": f"A count of the flow of patients: {path} of attrition.csv.",
        "row_account.csv": (
            f"A count of rows of the extract, of every patient: {path} of row_account.csv. Rows that were set aside "
            "are listed in private/violations.csv, with the rule that did it."
        ),
        "ingest.json": f"Counted while the extract was read: {path} of private/ingest.json.",
    }
    if file in said:
        return Elsewhere(said[file])
    return Elsewhere(f"A figure of a publication, as {file} states it: {path}. No patient of this extract is counted.")


def _of_checks(key: str, violations: pd.DataFrame) -> Elsewhere:
    severity, rule, table, status = key.split("/")
    wanted: dict[str, Any] = {"rule": rule, "table": table} if rule else {"severity": severity}
    if status in STATUSES:
        wanted["status"] = status
    rows = violations
    for column, value in wanted.items():
        rows = rows[rows[column].fillna("").eq(value)]
    conditions = ", ".join(f"{column} is {value}" for column, value in wanted.items())
    order = ["rule", "table", "source_file", "source_row"]
    listed = rows.sort_values(order, kind="stable", ignore_index=True)[list(_COLUMNS)]
    return Elsewhere(f"Findings of the checks of the extract (private/violations.csv): {conditions}.", listed)
