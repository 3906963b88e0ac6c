"""Reviewed exceptions: a violation that a named person has looked at, with the reason and the day.

A waiver file is a CSV with the columns of `COLUMNS`. `rule` is required, and a patient or a source row; an empty
`table`, `source_file`, `source_row` or `patient_id` matches any. `reason`, `who` and `when` are required.
"""

import os
from collections.abc import Hashable
from pathlib import Path, PurePath
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError, nearest
from rechallenge.findings import Rule, findings
from rechallenge.tables import TEXT
from rechallenge.validation.catalogue import WAIVER_INCOMPLETE, WAIVER_RULE_UNKNOWN, WAIVER_UNUSED, waiver_problem

COLUMNS: Final = ("rule", "patient_id", "table", "source_file", "source_row", "reason", "who", "when")
_SIGNED: Final = ("reason", "who", "when")
_MATCHED: Final = ("patient_id", "table", "source_file")


def read_waivers(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a waiver file: all columns as text, and `waiver_file`, `waiver_row` (the header is row 1).

    Raises UserError for a file that is missing, is not CSV in UTF-8, or has missing or unknown columns.
    """
    name = Path(path).name
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except FileNotFoundError:
        raise UserError(f"{path}: the waiver file does not exist.") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UserError(f"{name}: the waiver file cannot be read as CSV in UTF-8 ({error}).") from None
    problems = [f'{name}: the waiver file has no column "{column}".' for column in COLUMNS if column not in frame]
    problems += [
        f'{name}: unknown column "{column}".{nearest(str(column), COLUMNS)}'
        for column in frame
        if column not in COLUMNS
    ]
    if problems:
        raise UserError(problems)
    frame = frame.apply(lambda cells: cells.str.strip())
    frame["waiver_file"], frame["waiver_row"] = name, frame.index + 2
    return frame[frame[list(COLUMNS)].ne("").any(axis=1)].reset_index(drop=True)


def apply_waivers(found: pd.DataFrame, waivers: pd.DataFrame, known: list[str]) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Return which findings are waived (parallel to `found`), and what is wrong with the waivers themselves.

    A waiver that is incomplete, names an unknown rule, cannot be granted, or matches nothing is an error of its
    own. The waivers need the columns of `read_waivers`.
    """
    waived = pd.Series(False, index=found.index)
    waivers = _plain(waivers)
    problems = waivers.apply(_problem, axis=1) if len(waivers) else pd.Series(dtype=str)
    refusals = waivers["rule"].map(lambda name: waiver_problem(name, known) if name else "")
    refusals = refusals.mask(problems.ne(""), "") if len(waivers) else refusals
    unused = pd.Series(False, index=waivers.index)
    rows_of = {str(rule): index for rule, index in found.groupby("rule", sort=False).groups.items()}
    usable = waivers[problems.eq("") & refusals.eq("")]
    for number, waiver in zip(usable.index, usable.to_dict("records"), strict=True):
        rows = found.loc[rows_of.get(str(waiver["rule"]), found.index[:0])]
        matching = _matching(rows, waiver)
        waived.loc[matching] = True
        unused.loc[number] = len(matching) == 0
    return waived, [
        _about(WAIVER_INCOMPLETE, waivers[problems.ne("")], problems),
        _about(WAIVER_RULE_UNKNOWN, waivers[refusals.ne("")], refusals),
        _about(WAIVER_UNUSED, waivers[unused], pd.Series(WAIVER_UNUSED.meaning + ".", index=waivers.index)),
    ]


def _plain(waivers: pd.DataFrame) -> pd.DataFrame:
    plain = waivers.reset_index(drop=True).copy()
    if "waiver_row" not in plain:
        plain["waiver_file"], plain["waiver_row"] = "waivers", plain.index + 2
    for name in COLUMNS:
        cells = plain[name] if name in plain else pd.Series("", index=plain.index)
        plain[name] = cells.astype("string").fillna("").astype(object)
    return plain


def _problem(waiver: pd.Series) -> str:
    missing = [name for name in ("rule", *_SIGNED) if not waiver[name]]
    if missing:
        return f"The waiver does not state {', '.join(missing)}."
    if not waiver["patient_id"] and not waiver["source_row"]:
        return "The waiver names neither a patient nor a row: a whole rule cannot be waived."
    if waiver["source_row"] and not waiver["source_row"].isdigit():
        return "The waiver's source_row is not a whole number."
    if ".." in PurePath(waiver["source_file"]).parts or PurePath(waiver["source_file"]).is_absolute():
        return "The waiver's source_file leads out of the extract: name a file as the report of validation does."
    return ""


def _matching(rows: pd.DataFrame, waiver: dict[Hashable, Any]) -> pd.Index:
    where = pd.Series(True, index=rows.index)
    for name in _MATCHED:
        if waiver[name]:
            where &= rows[name].eq(waiver[name])
    if waiver["source_row"]:
        where &= rows["source_row"].eq(int(str(waiver["source_row"]))).fillna(False).astype(bool)
    return rows.index[where]


def _about(rule: Rule, waivers: pd.DataFrame, message: pd.Series) -> pd.DataFrame:
    """Findings that point at rows of the waiver file."""
    rows = pd.DataFrame(
        {
            "patient_id": waivers["patient_id"].mask(waivers["patient_id"].eq("")).astype(TEXT),
            "source_file": waivers["waiver_file"],
            "source_row": waivers["waiver_row"],
            "rule": waivers["rule"],
        }
    )
    return findings(rule, rows, table="waivers", column="rule", message=message.reindex(rows.index).astype(TEXT))
