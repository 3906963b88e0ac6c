"""Widths of the columns of a table in Word: estimates stay on one line, labels wrap between words, never within one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Of the em, in a serif face for text; bold and the unknown are on the broad side.
_EMS: Final = {"digit": 0.5, "upper": 0.72, "lower": 0.47, "narrow": 0.3, "wide": 1.0, "other": 0.58, "percent": 0.84}
_NARROW: Final = frozenset(" .,;:!'|()[]/ijlt-\u2011\u00a0")
_POINT_CM: Final = 2.54 / 72
# Left and right of the text of a cell, as Word has it.
_MARGINS_CM: Final = 0.4
# The label of a row is not squeezed below this for the sake of estimates on one line, if it is as long.
_LABEL_CM: Final = 3.6
_SMALLEST_POINTS: Final = 6.5
# A level stands in from its group.
_INDENT_CM: Final = 0.35
# How much broader bold type is, of headings.
_BOLD: Final = 1.12
_MARKS: Final = re.compile(r"\*\*|`")


def column_widths(rows: Sequence[Sequence[str]], width_cm: float, points: float) -> tuple[list[float], float]:
    """Return the widths of the columns in cm, together `width_cm`, and the size of the type in points.

    `rows` are the cells, the heading first. The type is made smaller, down to 6.5 points, until estimates stay on one
    line; where they cannot, it is as large as whole words allow.
    """
    sizes = [points - step / 2 for step in range(int(2 * (points - _SMALLEST_POINTS)) + 1)]
    for size in sizes:
        columns = [_column(rows, place, size) for place in range(len(rows[0]))]
        if sum(column.kept for column in columns) <= width_cm:
            return _shared([column.kept for column in columns], columns, width_cm), size
    for size in sizes:
        columns = [_column(rows, place, size) for place in range(len(rows[0]))]
        if sum(column.word for column in columns) <= width_cm or size == sizes[-1]:
            break
    return _shared([column.word for column in columns], columns, width_cm), size


@dataclass(frozen=True)
class _Column:
    """Widths in cm that a column wants: for its longest word, for its longest line, and the least that looks well."""

    word: float
    line: float
    kept: float


def _column(rows: Sequence[Sequence[str]], place: int, points: float) -> _Column:
    head, *body = rows
    # The label of a row takes the empty cells beside it.
    cells = [row[place] for row in body if place or len(row) == 1 or row[1]] or [head[place]]
    em, around = points * _POINT_CM, _MARGINS_CM + (0 if place else _INDENT_CM)
    word = around + em * max(_BOLD * _word(head[place]), *map(_word, cells))
    line = max(word, around + em * max(map(_ems, cells)))
    estimate = _MARGINS_CM + em * max((_ems(cell) for cell in cells if _estimate(cell)), default=0)
    return _Column(word, line, max(word, estimate if place else min(line, _LABEL_CM)))


def _shared(least: list[float], columns: list[_Column], width_cm: float) -> list[float]:
    left = width_cm - sum(least)
    wanted = [column.line - each for column, each in zip(columns, least, strict=True)]
    if left <= 0 or sum(wanted) <= left:
        # Too little for every word, or room for everything: shared in proportion.
        base = least if left <= 0 else [column.line for column in columns]
        return [width_cm * each / sum(base) for each in base]
    return [each + left * more / sum(wanted) for each, more in zip(least, wanted, strict=True)]


def _estimate(cell: str) -> bool:
    """Tell a number with its interval or percentage from words, which may wrap."""
    return cell[:1].isdigit() or cell[:1] in "<>−-"


def _word(cell: str) -> float:
    return max((_ems(word) for word in _MARKS.sub("", cell).split(" ")), default=0.0)


def _ems(text: str) -> float:
    return sum(_EMS[_kind(character)] for character in _MARKS.sub("", text))


def _kind(character: str) -> str:
    if character == "%":
        return "percent"
    if character in _NARROW:
        return "narrow"
    if character.isdigit():
        return "digit"
    if "\u2e80" <= character <= "\uffe6":
        return "wide"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "other"
