"""Findings about the extract: the frame of `violations.csv`, and the rules that make its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from rechallenge.tables import TEXT

Severity = Literal["error", "warning", "note"]

COLUMNS: Final = (
    "severity", "rule", "table", "source_file", "source_row", "patient_id", "column", "value", "message", "action",
)  # fmt: skip


# A cell can hold megabytes; a finding quotes its beginning.
LONGEST_TEXT: Final = 1000


@dataclass(frozen=True)
class Rule:
    """One named check. `meaning` says what is wrong, `action` what the data manager should do."""

    id: str
    severity: Severity
    meaning: str
    action: str


def findings(
    rule: Rule,
    rows: pd.DataFrame,
    *,
    table: str,
    column: str = "",
    value: pd.Series | str | None = None,
    message: pd.Series | str | None = None,
    severity: Severity | None = None,
) -> pd.DataFrame:
    """Return one finding per row of `rows`, which needs `patient_id`, `source_file`, `source_row` where known.

    `value` defaults to the column's raw text (`<column>_raw`) or its value as text, `message` to the rule's
    meaning. The frame has the columns `COLUMNS`; `source_row` is a nullable integer.
    """
    if value is None:
        name = f"{column}_raw" if f"{column}_raw" in rows.columns else column
        value = rows[name].astype(TEXT) if name in rows.columns else ""
    found = pd.DataFrame(index=rows.index)
    found["severity"] = severity or rule.severity
    found["rule"] = rule.id
    found["table"] = table
    for name in ("source_file", "source_row", "patient_id"):
        found[name] = rows[name] if name in rows.columns else pd.NA
    found["column"] = column
    found["value"] = value
    found["message"] = rule.meaning if message is None else message
    found["action"] = rule.action
    return tidy(found)


def tidy(found: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its declared columns and dtypes; texts longer than LONGEST_TEXT are cut and marked."""
    found = found.reindex(columns=list(COLUMNS)).reset_index(drop=True)
    kinds: dict[str, Any] = {name: TEXT for name in COLUMNS if name != "source_row"}
    found = found.astype(kinds | {"source_row": "Int64"})
    for name in ("value", "message"):
        long = found[name].str.len() > LONGEST_TEXT
        if long.any():
            found[name] = found[name].mask(long, found[name].str.slice(0, LONGEST_TEXT) + "…")
    return found


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate findings in a stable order: severity, rule, table, file, row, column."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return tidy(pd.DataFrame(columns=list(COLUMNS)))
    found = pd.concat(filled, ignore_index=True)
    rank = found["severity"].map({"error": 0, "warning": 1, "note": 2})
    keys = ["rule", "table", "source_file", "source_row", "column", "value"]
    return tidy(found.assign(_rank=rank).sort_values(["_rank", *keys], kind="stable"))
