"""Where the header of a sheet stands: title rows above it, one or two rows of names, merged groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Cell = object
# The header is looked for in so many rows.
LOOKED_AT: Final = 15


@dataclass(frozen=True)
class Header:
    """Title rows above the header, rows of the header, and how many of its names are known words."""

    skip_rows: int
    header_rows: int
    known: int


def find_header(
    rows: Sequence[Sequence[Cell]], is_known: Callable[[str], bool], grouped: Sequence[int] = ()
) -> Header | None:
    """Return where the header is, or None where no row looks like one.

    `rows`: the first rows of the sheet, merged cells empty but for their first; `is_known` tells whether a text is a
    known header; `grouped`: positions of the rows in which cells are merged across columns. The header is the row with
    most known names, else the first row that is filled with text; a row of group names above it belongs to it.
    """
    rows = rows[:LOOKED_AT]
    width = max((len(_filled(row)) for row in rows), default=0)
    if width == 0:
        return None
    counts = [sum(is_known(text) for text in _texts(row)) for row in rows]
    best = max(counts)
    if best >= 2:
        at = counts.index(best)
    else:
        full = [at for at, row in enumerate(rows) if len(_texts(row)) >= max(1, 0.6 * width) and _all_text(row)]
        if not full:
            return None
        at = full[0]
    header_rows = 1
    if at > 0 and _is_group_row(rows[at - 1], rows[at], at - 1 in grouped):
        header_rows = 2
    return Header(at + 1 - header_rows, header_rows, best)


def _is_group_row(above: Sequence[Cell], leaf: Sequence[Cell], merged: bool) -> bool:
    """Group names stand over some of the columns; a title is one cell, a line of text above one column."""
    names = _texts(above)
    if len(names) < 2 or len(names) > len(_texts(leaf)) + 1:
        return False
    return merged


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in row if cell is not None and str(cell).strip()]


def _texts(row: Sequence[Cell]) -> list[str]:
    return [str(cell) for cell in _filled(row) if isinstance(cell, str)]


def _all_text(row: Sequence[Cell]) -> bool:
    numeric = [
        text for text in _texts(row) if text.strip().replace(".", "").replace("/", "").replace("-", "").isdigit()
    ]
    return not numeric and len(_texts(row)) == len(_filled(row))
