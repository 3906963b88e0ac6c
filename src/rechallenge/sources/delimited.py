"""CSV files of any origin: UTF-8, a byte order mark, GB18030; separated by comma, semicolon, tab or bar."""

import codecs
import csv
import io
import re
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError
from rechallenge.sources.mapping import FileSource
from rechallenge.sources.raw import drop_blank, text_column, unique_headers

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY: Final = {
    b"PK\x03\x04": "a workbook (XLSX) or zip archive",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old workbook (XLS)",
    b"$FL2": "an SPSS file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
}
_SHOWN: Final = 5
# Letters beyond those of Latin and Greek that UTF-8 writes in two bytes, as GB18030 writes Chinese.
_TWO_BYTES: Final = re.compile("[\u0180-\u036f\u0400-\u07ff]")
_THREE_BYTES: Final = re.compile("[\u0800-\U0010ffff]")


def read_delimited(data: bytes, name: str, source: FileSource) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Return the cells, the row number of each row, and the number of empty rows left out.

    Raises UserError where the bytes are another kind of file, cannot be decoded, hold NUL bytes, have no header,
    or have rows that do not fit the header.
    """
    text = _decoded(data, name, source.encoding)
    delimiter = _delimiter(text, source)
    rows = _records(text, delimiter, name)
    first = source.skip_rows + source.header_rows
    if len(rows) < first or not any(cell.strip() for cell in rows[first - 1]):
        raise UserError(f"{name}: the file has no header; row {first} is empty.")
    header = _header(rows[source.skip_rows : first])
    body, numbers = _fitted(rows[first:], len(header), first + 1, name)
    columns = zip(*body, strict=True) if body else [()] * len(header)
    names = unique_headers(header)
    frame = pd.DataFrame({column: text_column(list(cells)) for column, cells in zip(names, columns, strict=True)})
    return drop_blank(frame, numbers)


def raw_rows(data: bytes, name: str, encoding: str = "auto", first_rows: int = 15) -> tuple[list[list[str]], str]:
    """Return the first rows as they stand, title rows included, and the delimiter that most of them use.

    Raises UserError where the file cannot be decoded or its quotation marks do not pair up.
    """
    text = _decoded(data, name, encoding)
    lines = text.splitlines()[:first_rows]
    marks = {mark: sorted(_outside_quotes(line, mark) for line in lines) for mark in (",", ";", "\t", "|")}
    delimiter = max(marks, key=lambda mark: marks[mark][len(lines) // 2])
    return _records(text, delimiter, name)[:first_rows], delimiter


def _decoded(data: bytes, name: str, encoding: str) -> str:
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise UserError(
                f"{name}: the file is {kind}, not the text that its name promises; give it its proper ending."
            )
    if not data.strip():
        raise UserError(f"{name}: the file is empty.")
    mark = next((codec for bom, codec in _MARKS if data.startswith(bom)), None)
    if encoding != "auto":
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise UserError(
                f'{name}: the mapping declares the unknown encoding "{encoding}"; known are utf-8, gb18030, utf-16, '
                "latin-1 and the others of Python."
            ) from None
    tried = [encoding] if encoding != "auto" else [mark] if mark else ["utf-8", "gb18030"]
    for codec in tried:
        try:
            text = data.decode("utf-8-sig" if codec.lower() in ("utf-8", "utf8") else codec)
            break
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    else:
        raise UserError(
            f"{name}, line {line}: the text is not {' or '.join(tried)}; "
            "declare its encoding in the mapping (files: encoding)."
        )
    if codec == "utf-8" and encoding == "auto" and _could_be_chinese(data, text):
        raise UserError(
            f"{name}: the text can be read both as UTF-8 and as GB18030; declare its encoding in the mapping "
            "(files: encoding)."
        )
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UserError(
            f"{name}, line {line}: the file holds NUL bytes, so it is damaged or no text file; export it again."
        )
    return text


def _could_be_chinese(data: bytes, text: str) -> bool:
    """Tell whether UTF-8 text may be Chinese in GB18030: a few words such as O药 happen to be legal in both."""
    if _THREE_BYTES.search(text) or not _TWO_BYTES.search(text):
        return False
    try:
        return bool(data.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _delimiter(text: str, source: FileSource) -> str:
    if source.delimiter != "auto":
        return "\t" if source.delimiter == "tab" else source.delimiter
    lines = io.StringIO(text)
    for _ in range(source.skip_rows):
        lines.readline()
    header = lines.readline()
    counts = {mark: _outside_quotes(header, mark) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","


def _outside_quotes(line: str, mark: str) -> int:
    return sum(piece.count(mark) for piece in line.split('"')[::2])


def _records(text: str, delimiter: str, name: str) -> list[list[str]]:
    csv.field_size_limit(2**31 - 1)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        row = _row_of_error(text, delimiter)
        raise UserError(
            f"{name}, row {row}: the quotation marks do not pair up ({error}); "
            "the rows from there on cannot be told apart."
        ) from None


def _row_of_error(text: str, delimiter: str) -> int:
    row = 0
    try:
        for row, _ in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1):  # noqa: B007
            pass
    except csv.Error:
        pass
    return row + 1


def _header(rows: list[list[str]]) -> list[str]:
    """Return one name per column; of several header rows the parts are joined with /."""
    if len(rows) == 1:
        return rows[0]
    width = max(len(row) for row in rows)
    filled = [row + [""] * (width - len(row)) for row in rows]
    return ["/".join(part.strip() for part in column if part.strip()) for column in zip(*filled, strict=True)]


def _fitted(rows: list[list[str]], width: int, first: int, name: str) -> tuple[list[list[str]], np.ndarray]:
    """Return the rows that hold something, each of the header's width, with their numbers; complain of the others."""
    ragged: list[str] = []
    fitted: list[list[str]] = []
    for at, row in enumerate(rows):
        if len(row) != width:
            if not any(cell.strip() for cell in row):
                row = [""] * width
            elif len(row) > width and not any(cell.strip() for cell in row[width:]):
                row = row[:width]
            else:
                ragged.append(f"row {first + at} has {len(row)}")
                continue
        fitted.append(row)
    if ragged:
        more = f" and {len(ragged) - _SHOWN} further rows" if len(ragged) > _SHOWN else ""
        raise UserError(
            f"{name}: the header has {width} columns, but {', '.join(ragged[:_SHOWN])}{more}; "
            "a cell that holds the delimiter must stand in quotation marks."
        )
    return fitted, np.arange(first, first + len(fitted))
