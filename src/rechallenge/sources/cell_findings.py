"""Sentences about cells that could not be read: what stands there, why it was not taken, the nearest known word."""

from collections.abc import Callable, Sequence

import pandas as pd

from rechallenge.errors import nearest
from rechallenge.findings import Rule, findings
from rechallenge.sources.cells import as_text, mapped
from rechallenge.tables import Column

# Likeness is only looked for among so many different words of a column; a column of prose has thousands.
_SUGGESTIONS = 200


def report(
    rule: Rule,
    bad: pd.Series,
    place: pd.DataFrame,
    raw: pd.Series,
    *,
    table: str,
    column: Column,
    origin: str,
    say: Callable[[str], str],
) -> pd.DataFrame:
    """Return one finding per row of `bad`; an unreadable required cell is an error.

    `place` holds patient_id, source_file, source_row; `raw` the cells as text; `origin` the column's name in the
    source; `say` the sentence for one distinct cell.
    """
    rows = place[bad]
    cells = as_text(raw)[bad]
    message = f"{origin}: " + mapped(cells, say)
    severity = "error" if column.required and rule.severity == "warning" else rule.severity
    return findings(rule, rows, table=table, column=column.name, value=cells, message=message, severity=severity)


def unknown_word(column: Column, known: Sequence[str]) -> Callable[[str], str]:
    """Return the sentence for a word that is no term of the column, with the nearest known word."""
    names = list(dict.fromkeys([*column.terms, *known]))
    said: set[str] = set()

    def say(cell: str) -> str:
        hint = ""
        if len(said) < _SUGGESTIONS:
            said.add(cell)
            hint = nearest(cell, names)
        if not hint.startswith(" Did"):
            hint = f" Known: {', '.join(column.terms)}."
        return f'"{_short(cell)}" is no known word for {column.name}.{hint}'

    return say


def unreadable_number(column: Column) -> Callable[[str], str]:
    """Return the sentence for a cell that is no number."""
    forms = "a number, or a form such as >=3, <1 or 1-49" if column.kind == "count" else "a number"
    return lambda cell: f'"{_short(cell)}" cannot be read as {column.name}: expected {forms}.'


def unreadable_date(formats: Sequence[str]) -> Callable[[str], str]:
    """Return the sentence for a cell that fits no declared date format."""
    declared = ", ".join(formats)
    return lambda cell: f'"{_short(cell)}" is no date in a declared format ({declared}).'


def _short(cell: str) -> str:
    return cell if len(cell) <= 60 else cell[:57] + "..."
