"""Workbooks (XLSX): header rows, merged cells, dates, and numbers as the sheet shows them."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError, nearest
from rechallenge.sources.mapping import FileSource
from rechallenge.sources.raw import column_letter, drop_blank, number_text, text_column, unique_headers

_ZEROS: Final = re.compile("0{2,}")
_DECIMALS: Final = re.compile(r"0\.(0+)")


def read_workbook(data: bytes, name: str, source: FileSource) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Return the cells of one sheet, the row number of each row, and the number of empty rows left out.

    Merged body cells hold their value in every row they cover; merged header cells are joined with / to the
    cells below. Raises UserError where the file is no workbook, the sheet is missing or not named among several,
    there is no header, or a formula has no stored result.
    """
    import openpyxl

    if not data:
        raise UserError(f"{name}: the file is empty.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(
            f"{name}: the file is an old workbook (XLS) or protected by a password; save it as XLSX without a password."
        )
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError):
        raise UserError(
            f"{name}: the file is not a readable workbook (XLSX); open it in a spreadsheet program and save it as XLSX."
        ) from None
    sheet = _sheet(book, name, source)
    grid = [[_cell(cell) for cell in row] for row in sheet.iter_rows()]
    for merged in sheet.merged_cells.ranges:
        _fill(grid, merged, source)
    _refuse_uncomputed(data, book, sheet.title, name)
    first = source.skip_rows + source.header_rows
    header = _header(grid[source.skip_rows : first])
    if len(grid) < first or not any(header):
        raise UserError(f'{name}, sheet "{sheet.title}": there is no header in row {first}.')
    body = grid[first:]
    names = unique_headers(header)
    columns: Iterable[Any] = zip(*body, strict=True) if body else [()] * len(names)
    frame = pd.DataFrame({column: _column(list(cells)) for column, cells in zip(names, columns, strict=True)})
    return drop_blank(frame, np.arange(first + 1, first + 1 + len(body)))


def _sheet(book: Any, name: str, source: FileSource) -> Any:
    titles = [sheet.title for sheet in book.worksheets]
    if source.sheet is not None:
        if source.sheet not in titles:
            raise UserError(f'{name}: there is no sheet "{source.sheet}".{nearest(source.sheet, titles)}')
        return book[source.sheet]
    filled = [sheet for sheet in book.worksheets if sheet.max_row > 1 or sheet.max_column > 1]
    if len(filled) > 1:
        listed = ", ".join(f'"{title}"' for title in titles)
        raise UserError(f"{name}: the workbook has several sheets ({listed}); name one in the mapping (files: sheet).")
    if not filled:
        raise UserError(f"{name}: the workbook is empty.")
    return filled[0]


def _cell(cell: Any) -> Any:
    """Return the cell as text, as a date, or None."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _shown_number(value, cell.number_format or "General")
    return value if isinstance(value, dt.date) else str(value)


def _shown_number(value: float, number_format: str) -> str:
    """Return a number as the sheet shows it, as far as that keeps it whole: leading zeros, percent, 2019.10."""
    # A whole number of any length (a national identity number) keeps every digit.
    text = str(value) if isinstance(value, int) else number_text(value)
    if _ZEROS.fullmatch(number_format) and float(value).is_integer() and value >= 0:
        return text.zfill(len(number_format))
    if number_format.rstrip("_ ").endswith("%"):
        return number_text(round(value * 100, 9)) + "%"
    decimals = _DECIMALS.fullmatch(number_format)
    if decimals:
        whole, _, part = text.partition(".")
        return f"{whole}.{part.ljust(len(decimals[1]), '0')}" if "e" not in text else text
    return text


def _fill(grid: list[list[Any]], merged: Any, source: FileSource) -> None:
    """Write the value of a merged range into each cell it covers (a title row above the header stays as it is)."""
    if merged.min_row <= source.skip_rows:
        return
    value = grid[merged.min_row - 1][merged.min_col - 1]
    for row in grid[merged.min_row - 1 : merged.max_row]:
        for at in range(merged.min_col - 1, min(merged.max_col, len(row))):
            row[at] = value


def _header(rows: list[list[Any]]) -> list[str]:
    """Return one name per column: the distinct header cells from top to bottom, joined with /."""
    names = []
    for column in zip(*rows, strict=True):
        parts = [str(part).strip() for part in column if part is not None and str(part).strip()]
        names.append("/".join(dict.fromkeys(parts)))
    return names


def _column(cells: list[Any]) -> pd.Series:
    if any(isinstance(cell, dt.date) for cell in cells):
        blank = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
        return pd.Series(blank, dtype=object)
    return text_column(cells)


def _refuse_uncomputed(data: bytes, book: Any, title: str, name: str) -> None:
    """A formula that no spreadsheet program has computed reads as an empty cell: that would lose data silently."""
    number = [sheet.title for sheet in book.worksheets].index(title)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = sorted(part for part in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part))
        if not any(b"<f" in archive.read(part) for part in sheets):
            return
    import openpyxl

    formulas = openpyxl.load_workbook(io.BytesIO(data)).worksheets[number]
    values = book.worksheets[number]
    lost = [
        f"{column_letter(cell.column - 1)}{cell.row}"
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f" and values.cell(cell.row, cell.column).value is None
    ]
    if lost:
        shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        raise UserError(
            f'{name}, sheet "{title}": the formulas in {shown} have no stored result; '
            "open the workbook in a spreadsheet program and save it."
        )
