"""The sheets of an unknown extract, each read with the header where it was found; what cannot be read is said."""

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rechallenge.drafting.headers import HeaderWords
from rechallenge.drafting.layout import LOOKED_AT, Header, find_header
from rechallenge.errors import UserError
from rechallenge.sources.delimited import raw_rows
from rechallenge.sources.limits import refuse_large_workbook
from rechallenge.sources.mapping import FileSource
from rechallenge.sources.raw import RawFile
from rechallenge.sources.readers import READERS, listed_files, read_file
from rechallenge.sources.workbooks import read_workbook

_TEXT: Final = (".csv", ".tsv", ".txt")
_BOOKS: Final = (".xlsx", ".xlsm")
_DELIMITERS: Final = {",": ",", ";": ";", "\t": "tab", "|": "|"}
# Western text that is not UTF-8; the user is asked before it is read so.
WESTERN: Final = "cp1252"


@dataclass(frozen=True)
class Sheet:
    """One sheet or file with its cells. `several`: its workbook has more than one sheet with cells."""

    file: str
    title: str | None
    source: FileSource
    raw: RawFile
    several: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name for sentences."""
        return f'{self.file}, sheet "{self.title}"' if self.title and self.several else self.file

    @property
    def rows(self) -> int:
        return self.raw.rows


@dataclass
class Extract:
    """What could be read of an extract, and the sentences about what could not or was left out."""

    sheets: list[Sheet] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_extract(path: str | Path, words: HeaderWords) -> Extract:
    """Read every sheet and file of an unknown extract.

    Raises UserError where there is no such file or folder, or nothing in it can be read.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f'There is no file or folder "{path}".')
    names = [path.name] if path.is_file() else listed_files(path)
    if path.is_file() and path.suffix.lower() not in READERS:
        raise UserError(f'"{path.name}" is of a kind that cannot be read; known endings: {", ".join(READERS)}.')
    if not names:
        raise UserError(f'The folder "{path}" holds no file that can be read; known endings: {", ".join(READERS)}.')
    found = Extract()
    for name in names:
        file = path if path.is_file() else path / name
        try:
            _read_one(file, name, words, found)
        except UserError as error:
            found.left_out += error.problems
    if not found.sheets:
        raise UserError(found.left_out or [f'Nothing in "{path}" can be read.'])
    return found


def _read_one(file: Path, name: str, words: HeaderWords, found: Extract) -> None:
    ending = file.suffix.lower()
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f'"{name}" cannot be opened ({error.strerror}).') from None
    if ending in _BOOKS:
        _read_book(file, data, name, words, found)
        return
    source = FileSource(path=name)
    doubts: tuple[str, ...] = ()
    if ending in _TEXT:
        source, doubts = _text_source(data, name, words)
    _add(found, Sheet(name, None, source, read_file(file, name, source), doubts=doubts))


def _text_source(data: bytes, name: str, words: HeaderWords) -> tuple[FileSource, tuple[str, ...]]:
    encoding = "auto"
    doubts: tuple[str, ...] = ()
    try:
        rows, delimiter = raw_rows(data, name)
    except UserError as error:
        if "declare its encoding" not in error.problems[0]:
            raise
        encoding = "gb18030" if "both as UTF-8 and as GB18030" in error.problems[0] else WESTERN
        rows, delimiter = raw_rows(data, name, encoding)
        doubts = (encoding,)
    if encoding == "auto" and _strange(rows, data):
        encoding, doubts = WESTERN, (WESTERN, "gb18030")
        rows, delimiter = raw_rows(data, name, encoding)
    header = find_header(rows, lambda text: _is_known(text, words)) or Header(0, 1, 0)
    given: dict[str, Any] = {"path": name, "skip_rows": header.skip_rows, "header_rows": header.header_rows}
    if encoding != "auto":
        given["encoding"] = encoding
    if delimiter == "|" or header.skip_rows:
        given["delimiter"] = _DELIMITERS[delimiter]
    return FileSource(**given), doubts


def _strange(rows: list[list[str]], data: bytes) -> bool:
    """Tell whether bytes that are no UTF-8 give rare Chinese characters: Western text reads so under GB18030."""
    try:
        data.decode("utf-8-sig")
        return False
    except UnicodeDecodeError:
        pass
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    han = [char for row in rows for cell in row for char in cell if "\u3400" <= char <= "\u9fff" or char > "\ue000"]
    # The 3,755 characters of everyday Chinese are the first level of GB2312.
    common = [char for char in han if _everyday(char)]
    return len(common) < 0.8 * len(han)


def _everyday(char: str) -> bool:
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return "\uff00" <= char <= "\uffef"


def _read_book(file: Path, data: bytes, name: str, words: HeaderWords, found: Extract) -> None:
    grids = [grid for grid in _grids(data, name) if any(cell is not None for row in grid[1] for cell in row)]
    if not grids:
        raise UserError(f"{name}: the workbook is empty.")
    for title, rows, grouped in grids:
        header = find_header(rows, lambda text: _is_known(text, words), grouped)
        if header is None:
            found.left_out.append(f'{name}, sheet "{title}": no row looks like a header; the sheet is left out.')
            continue
        source = FileSource(path=name, sheet=title, skip_rows=header.skip_rows, header_rows=header.header_rows)
        try:
            raw = read_file(file, name, source)
        except UserError as error:
            found.left_out += error.problems
            continue
        _add(found, Sheet(name, title, source, raw, len(grids) > 1))


def _grids(data: bytes, name: str) -> list[tuple[str, list[list[Any]], list[int]]]:
    """Return title, first rows and the rows with cells merged across columns of every sheet."""
    import openpyxl

    if not data or data.startswith(b"\xd0\xcf\x11\xe0"):
        read_workbook(data, name, FileSource(path=name))  # its own sentence
    refuse_large_workbook(data, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError):
        raise UserError(
            f"{name}: the file is not a readable workbook (XLSX); open it in a spreadsheet program and save it as XLSX."
        ) from None
    grids = []
    for sheet in book.worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=LOOKED_AT)]
        wide = {merged.min_row - 1 for merged in sheet.merged_cells.ranges if merged.max_col > merged.min_col}
        grids.append((sheet.title, rows, sorted(wide)))
    return grids


def _is_known(text: str, words: HeaderWords) -> bool:
    return len(text) <= 80 and any(reading.sure for reading in words.readings(text))


def _add(found: Extract, sheet: Sheet) -> None:
    if sheet.rows == 0:
        found.left_out.append(f"{sheet.label}: there is a header and no row below it; it is left out.")
    else:
        found.sheets.append(sheet)
