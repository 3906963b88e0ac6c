"""One table, whatever it is printed on: page, Word, Markdown or CSV."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from rechallenge.formatting import NOT_AVAILABLE
from rechallenge.report.numbers import WITHHELD, Numbers
from rechallenge.report.sentences import plain

EMPTY: Final = NOT_AVAILABLE


@dataclass(frozen=True)
class Row:
    """A row: its heading, and one pattern per further column. A `group` row heads the `level` rows below it."""

    label: str
    cells: tuple[str, ...]
    kind: Literal["data", "group", "level", "total"] = "data"


@dataclass(frozen=True)
class Sheet:
    """A table. `caption`, `head`, `notes` and cells are patterns (see `sentences`), labels are plain words.

    `prose` says that the last column holds sentences, which may wrap on a narrow screen.
    """

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    prose: bool = False


def if_known(pattern: str, *names: str, numbers: Numbers) -> str:
    """Return the pattern where every name is known, else an empty cell."""
    if all(name in numbers for name in names):
        return pattern
    withheld = next((f"{WITHHELD}{name}" for name in names if f"{WITHHELD}{name}" in numbers), "")
    return f"{{{withheld}}}" if withheld else EMPTY


def one(name: str, numbers: Numbers) -> str:
    """Return the pattern of one number, or an empty cell; what a public release withholds says so."""
    return if_known(f"{{{name}}}", name, numbers=numbers)


def with_interval(name: str, numbers: Numbers) -> str:
    """Return the pattern "5.2 (3.6 to 6.8)", without brackets where there is no interval."""
    if name not in numbers:
        return one(name, numbers)
    return f"{{{name}}} ({{{name}.ci}})" if f"{name}.ci" in numbers else f"{{{name}}}"


def without_empty_columns(sheet: Sheet) -> Sheet:
    """Return the sheet without the columns that hold nothing in any row."""
    kept = [
        place
        for place in range(len(sheet.head) - 1)
        if any(place < len(row.cells) and row.cells[place] not in ("", EMPTY) for row in sheet.rows)
    ]
    rows = tuple(Row(row.label, tuple(row.cells[place] for place in kept), row.kind) for row in sheet.rows)
    head = (sheet.head[0], *(sheet.head[place + 1] for place in kept))
    return replace(sheet, head=head, rows=rows)


def printed(sheet: Sheet, numbers: Numbers) -> list[list[str]]:
    """Return the table as rows of plain text, the head first."""
    head = [plain(cell, numbers) for cell in sheet.head]
    return [head, *([str(row.label), *(plain(cell, numbers) for cell in row.cells)] for row in sheet.rows)]


def shared_notes(sheets: Sequence[Sheet]) -> tuple[list[Sheet], tuple[str, ...]]:
    """Return the sheets without the notes that two of them or more have, and those notes, to stand once for all."""
    times = Counter(note for sheet in sheets for note in dict.fromkeys(sheet.notes))
    shared = tuple(note for note, many in times.items() if many > 1)
    own = [replace(sheet, notes=tuple(note for note in sheet.notes if note not in shared)) for sheet in sheets]
    return own, shared
