"""Files that would fill the memory, or that are made to: refused with a sentence before they are unpacked.

A workbook is a zip archive of XML. Its directory says what it unpacks to, its XML how far its sheets reach and what is
merged; a document type, with which XML defines words that grow as they are read, has no place in it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.settings.limits import LimitSettings
from rechallenge.sources.raw import column_letter

DEFAULT: Final = LimitSettings()
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_MERGED: Final = re.compile(rb'mergeCell\s[^>]*?ref\s*=\s*["\']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["\']')
# The last cell that a sheet names, in a row or a cell; `dimension` is not believed.
_ROW: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br\s*=\s*["\'](\d{1,7})["\']')
_CELL: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br\s*=\s*["\']([A-Z]{1,3})\d{1,7}["\']')
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_MEGABYTE: Final = 1_000_000
_HEADING: Final = 1_000
_HEADER_LINE: Final = 2_000_000
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError,
)  # fmt: skip


def refuse_large_workbook(data: bytes, name: str, limits: LimitSettings = DEFAULT) -> None:
    """Raise UserError where a workbook would unpack to too much, reaches too far, or holds a document type.

    What is no archive at all is left to the reader, which has a sentence for it.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError):
        return
    with archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > limits.unpacked_megabytes * _MEGABYTE:
            raise UserError(
                f"{name}: the workbook of {_megabytes(len(data))} unpacks to {_megabytes(unpacked)}, more than the "
                f"{limits.unpacked_megabytes:,} MB that are allowed. If it is whole and really that large, export it "
                "as CSV or raise extract.limits.unpacked_megabytes."
            )
        try:
            problems = [sentence for part in archive.infolist() for sentence in _of_part(archive, part, name, limits)]
        except _UNREADABLE as error:
            raise UserError(
                f"{name}: the workbook cannot be unpacked ({error}); open it in a spreadsheet program and save it "
                "as XLSX."
            ) from None
    if problems:
        raise UserError(problems)


def _of_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: LimitSettings) -> Iterator[str]:
    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    xml = archive.read(part)
    if any(mark in xml for mark in _DOCTYPES):
        yield (
            f'{name}: the part "{part.filename}" of the workbook defines a document type, which no spreadsheet program '
            "writes; open it in one and save it as XLSX."
        )
    if not _SHEET.fullmatch(part.filename):
        return
    rows = max((int(found) for found in _ROW.findall(xml)), default=0)
    columns = max((_column(found) for found in set(_CELL.findall(xml))), default=0)
    if rows * columns > limits.cells:
        yield (
            f"{name}: a sheet ({part.filename}) reaches to cell {column_letter(columns - 1)}{rows}, which makes "
            f"{rows * columns:,} cells, more than the {limits.cells:,} that are allowed (extract.limits.cells). Delete "
            "the stray cells beyond the table, or export it as CSV."
        )
    merged = sum(
        (int(last) - int(first) + 1) * (_column(right) - _column(left) + 1)
        for left, first, right, last in _MERGED.findall(xml)
    )
    if merged > limits.cells // 100:
        yield (
            f"{name}: a sheet ({part.filename}) merges {merged:,} cells; undo the merging in a spreadsheet program, "
            "or export the sheet as CSV."
        )


def refuse_endless_line(data: bytes, name: str) -> None:
    """Raise UserError where the first line of a text file has no end within reason: it would be read as a header."""
    start = data[:_HEADER_LINE]
    if len(data) > _HEADER_LINE and b"\n" not in start and b"\r" not in start:
        raise UserError(
            f"{name}: the first line is longer than {_HEADER_LINE:,} bytes, so this is no table; export it again."
        )


def refuse_large_parquet(rows: int, columns: int, name: str, limits: LimitSettings = DEFAULT) -> None:
    """Raise UserError where a Parquet file says that it holds more cells than are allowed."""
    if rows * columns > limits.cells:
        raise UserError(
            f"{name}: the file holds {rows:,} rows of {columns:,} columns, more cells than the {limits.cells:,} that "
            "are allowed; if it is whole and really that large, raise extract.limits.cells."
        )


def refuse_large_cells(frame: pd.DataFrame, rows: Any, name: str, limits: LimitSettings = DEFAULT) -> None:
    """Raise UserError where a file that was read has too many columns, a cell too long or one that holds a NUL.

    `rows` are the numbers of its rows.
    """
    if len(frame.columns) > limits.columns:
        raise UserError(
            f"{name}: the file has {len(frame.columns):,} columns, more than the {limits.columns:,} that are allowed "
            "(extract.limits.columns). Was it exported with the wrong delimiter, or turned on its side?"
        )
    problems = []
    for column in frame.columns:
        cells = frame[column]
        if len(column) > _HEADING:
            raise UserError(
                f'{name}: the name of a column holds {len(column):,} characters ("{column[:40]}…"). Is the header '
                "missing, or a quotation mark in it?"
            )
        # Columns that hold real dates are no text.
        if not isinstance(cells.dtype, pd.StringDtype) or cells.empty:
            continue
        damaged = cells.str.contains("\0", regex=False).eq(True).to_numpy(bool)
        if damaged.any():
            problems.append(
                f'{name}, row {rows[int(damaged.argmax())]}, column "{column}": the cell holds a NUL byte, so it is '
                "damaged; export it again."
            )
        length = cells.str.len()
        longest = length.max()
        if pd.notna(longest) and longest > limits.characters:
            row = rows[int(length.fillna(0).to_numpy().argmax())]
            problems.append(
                f'{name}, row {row}, column "{column}": the cell holds {int(longest):,} characters, more than the '
                f"{limits.characters:,} that are allowed (extract.limits.characters). Is a quotation mark missing?"
            )
    if problems:
        raise UserError(problems)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
