"""The validation: canonical tables in; violations, accepted tables and the account of every row out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError
from rechallenge.findings import findings, tidy
from rechallenge.tables import TABLES, TEXT, conform
from rechallenge.validation.catalogue import CATALOGUE, DUPLICATE_IDENTICAL, known_rules, set_aside_problem
from rechallenge.validation.duplicates import Merged, merge_all
from rechallenge.validation.extract import Extract, shown, written
from rechallenge.validation.locate import NOWHERE, locate
from rechallenge.validation.model import Check, Hit
from rechallenge.validation.set_aside import account, rows_set_aside
from rechallenge.validation.waivers import apply_waivers

OPEN, WAIVED, SET_ASIDE = "open", "waived", "set_aside"
# Rules that say again what ingest has said about the same cell.
_AFTER_INGEST: Final = ("required_missing", "drug_not_in_dictionary")


@dataclass(frozen=True)
class Checked:
    """What the validation returns.

    `violations`: columns of `findings.COLUMNS` (action last but one) and `status` (open, waived, set_aside);
    `accepted`: canonical tables without merged copies and rows set aside; `row_account`: table, rows_read,
    duplicates_merged, set_aside, used.
    """

    violations: pd.DataFrame
    accepted: dict[str, pd.DataFrame]
    row_account: pd.DataFrame


def check(
    tables: Mapping[str, pd.DataFrame],
    ingest_findings: pd.DataFrame | None = None,
    waivers: pd.DataFrame | None = None,
    set_aside: Sequence[str] = (),
    *,
    cutoff: date,
    drug_names: Sequence[str] = (),
    approvals: Mapping[str, pd.Timestamp] | None = None,
) -> Checked:
    """Apply every rule to the canonical tables.

    `ingest_findings` join the violations; `waivers` (of `read_waivers`) excuse reviewed ones; the rows of the
    rules named in `set_aside` leave the accepted tables, and with a patient's row all rows of that patient.
    `drug_names` are the INNs of the drug dictionary, `approvals` the first possible day of approval of a drug.
    Raises UserError for an unknown rule id in `set_aside`. Rows are never lost: the account adds up, or this
    raises AssertionError.
    """
    reported = tidy(pd.DataFrame()) if ingest_findings is None else tidy(ingest_findings)
    known = known_rules(reported["rule"].dropna().unique())
    problems = [problem for name in set_aside if (problem := set_aside_problem(name, known))]
    if problems:
        raise UserError(problems)

    read = {table: conform(tables[table] if table in tables else pd.DataFrame(), table) for table in TABLES}
    merged = merge_all(read)
    extract = Extract({table: part.rows for table, part in merged.items()}, cutoff, drug_names, approvals)
    own = _all_findings(extract)
    found = pd.concat(
        [locate(reported, merged), _without_repeats(own, reported), _merged_copies(merged)], ignore_index=True
    )
    waived = pd.Series(False, index=found.index)
    about_waivers: list[pd.DataFrame] = []
    if waivers is not None and len(waivers):
        waived, about_waivers = apply_waivers(found, waivers, known)
    chosen = found["rule"].isin(list(set_aside)) & ~waived
    removed = rows_set_aside(found[chosen], extract.tables)
    found["status"] = np.where(waived, WAIVED, OPEN)
    found.loc[~waived & _on_removed_rows(found, removed), "status"] = SET_ASIDE
    accepted = {
        table: conform(frame[~removed[table]], table).reset_index(drop=True) for table, frame in extract.tables.items()
    }
    row_account = account(read, merged, removed, accepted)
    return Checked(_ordered([found, *about_waivers]), accepted, row_account)


def _all_findings(extract: Extract) -> pd.DataFrame:
    parts = [part for check in CATALOGUE for part in findings_of(check, extract)]
    nothing = tidy(pd.DataFrame()).assign(position=pd.Series(dtype="int64"))
    return pd.concat(parts, ignore_index=True) if parts else nothing


def findings_of(check: Check, extract: Extract) -> Iterator[pd.DataFrame]:
    """The findings of one rule, with `position`, the row of the table they point at."""
    for hit in check.find(extract):
        if hit.where is None:
            rows = pd.DataFrame({"patient_id": [pd.NA]})
            message = check.rule.meaning + "."
            made = findings(check.rule, rows, table=hit.table, column=hit.column, message=message)
            yield made.assign(position=NOWHERE)
        elif hit.where.any():
            yield _findings_of_rows(check, hit, extract, hit.where)


def _findings_of_rows(check: Check, hit: Hit, extract: Extract, where: pd.Series) -> pd.DataFrame:
    rows = extract[hit.table][where.to_numpy()]
    value = written(rows, hit.column) if hit.column in rows else ""
    message = hit.message if hit.message is not None else _message(check, hit, extract, rows)
    if isinstance(message, pd.Series):
        message = message.reindex(rows.index)
    made = findings(check.rule, rows, table=hit.table, column=hit.column, value=value, message=message)
    return made.assign(position=rows.index.to_numpy())


def _message(check: Check, hit: Hit, extract: Extract, rows: pd.DataFrame) -> pd.Series:
    """The rule's meaning and, in brackets, the cells that it compares."""
    compares = bool(hit.beside or hit.patient or hit.compared)
    # A date may be written in any way in the source; the message has it as it was read.
    own = [hit.column] if compares and f"{hit.column}_precision" in rows else []
    cells: dict[str, pd.Series] = {name: shown(rows, name) for name in (*own, *hit.beside)}
    if hit.patient:
        at = extract.position(hit.table)[rows.index.to_numpy()]
        patients = extract["patients"].reindex(pd.Index(at)).set_axis(rows.index)
        cells |= {name: shown(patients, name) for name in hit.patient}
    for name, values in hit.compared.items():
        cells[name] = shown(pd.DataFrame({name: values.reindex(rows.index)}), name)
    text = pd.Series(check.rule.meaning, index=rows.index, dtype=TEXT)
    if not cells:
        return text + "."
    parts = [name + " " + values.fillna("empty") for name, values in cells.items()]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + ", " + part
    return text + " (" + joined + ")."


def _without_repeats(own: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Leave out what ingest has already reported as an error about the same cell."""
    cell = ["table", "source_file", "source_row", "column"]
    errors = reported.loc[reported["severity"].eq("error"), cell].drop_duplicates()
    if errors.empty or own.empty:
        return own
    told = own[cell].merge(errors.assign(told=True), on=cell, how="left")["told"].eq(True).to_numpy()
    return own[~(told & own["rule"].isin(_AFTER_INGEST).to_numpy())]


def _merged_copies(merged: Mapping[str, Merged]) -> pd.DataFrame:
    parts = []
    for table, part in merged.items():
        if len(part.copies):
            kept = part.rows.iloc[part.copies["kept"].to_numpy()]
            where = kept["source_file"].fillna("").astype(TEXT) + " row " + kept["source_row"].astype(TEXT)
            message = DUPLICATE_IDENTICAL.meaning + " (" + where.set_axis(part.copies.index) + ")."
            parts.append(findings(DUPLICATE_IDENTICAL, part.copies, table=table, column="", message=message))
    return pd.concat(parts, ignore_index=True).assign(position=NOWHERE) if parts else pd.DataFrame()


def _on_removed_rows(found: pd.DataFrame, removed: Mapping[str, pd.Series]) -> pd.Series:
    """Findings whose row is no longer in use, by whichever rule it was set aside."""
    on = pd.Series(False, index=found.index)
    for table, gone in removed.items():
        of_table = found["table"].eq(table) & found["position"].ne(NOWHERE)
        positions = found.loc[of_table, "position"].astype("int64").to_numpy()
        on.loc[of_table] = gone.to_numpy()[positions]
    return on


def _ordered(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame in the order of `findings.together`, with the status."""
    filled = [part.assign(status=part.get("status", OPEN)) for part in parts if len(part)]
    if not filled:
        return tidy(pd.DataFrame()).assign(status=pd.Series(dtype=TEXT))
    found = pd.concat(filled, ignore_index=True)
    found["_rank"] = found["severity"].map({"error": 0, "warning": 1, "note": 2})
    keys = ["_rank", "rule", "table", "source_file", "source_row", "patient_id", "column", "value"]
    found = found.sort_values(keys, kind="stable", ignore_index=True)
    return tidy(found).assign(status=found["status"].astype(TEXT))
