"""Files of an extract as rows of cells that can be damaged and written again."""

import copy
import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

import openpyxl


class Shown(str):
    """The text of a workbook cell that remembers its value and number format."""

    value: Any
    number_format: str

    def __new__(cls, value: Any, number_format: str) -> "Shown":
        if value is None:
            text = ""
        elif isinstance(value, dt.datetime):
            text = value.strftime("%Y-%m-%d")
        else:
            text = str(value)
        made = super().__new__(cls, text)
        made.value, made.number_format = value, number_format
        return made


@dataclass
class Sheet:
    """One file: `rows` of cells, `head` of them above the data; `header` names the columns as the reader does."""

    name: str
    rows: list[list[str]]
    head: int
    header: list[str]

    def number(self, at: int) -> int:
        """The number of a row as a spreadsheet counts."""
        return at + 1

    @property
    def data(self) -> range:
        return range(self.head, len(self.rows))

    def copied(self) -> "Sheet":
        other = copy.copy(self)
        other.rows = [list(row) for row in self.rows]
        other.header = list(self.header)
        return other

    def written(self) -> bytes:
        raise NotImplementedError


@dataclass
class Delimited(Sheet):
    """A CSV file with its encoding and delimiter."""

    encoding: str = "utf-8"
    delimiter: str = ","

    @classmethod
    def read(cls, name: str, data: bytes, encoding: str, delimiter: str) -> "Delimited":
        rows = list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))
        return cls(name, rows, 1, list(rows[0]), encoding, delimiter)

    def text(self) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(self.rows)
        return out.getvalue()

    def written(self) -> bytes:
        return self.text().encode(self.encoding)


@dataclass
class Book(Sheet):
    """A workbook with one sheet: a title row, two header rows, then data."""

    template: bytes = b""
    renamed: str = ""
    merged: list[str] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, data: bytes, head: int) -> "Book":
        sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
        rows: list[list[str]] = [
            [Shown(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()
        ]  # fmt: skip
        group, header = "", []
        for above, leaf in zip(rows[head - 2], rows[head - 1], strict=True):
            group = above or group
            header.append(f"{group}/{leaf}" if leaf else group)
        return cls(name, rows, head, header, data)

    def copied(self) -> "Book":
        other = super().copied()
        assert isinstance(other, Book)
        other.merged, other.formulas = list(self.merged), dict(self.formulas)
        return other

    def written(self) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(self.template))
        sheet = book.worksheets[0]
        sheet.delete_rows(self.head + 1, sheet.max_row)
        for at, row in enumerate(self.rows):
            for column, text in enumerate(row):
                if at < self.head and (type(text) is Shown or not text):
                    continue
                cell = sheet.cell(at + 1, column + 1)
                cell.value = text.value if isinstance(text, Shown) else (text or None)
                if isinstance(text, Shown):
                    cell.number_format = text.number_format
                elif text.startswith("="):
                    cell.data_type = "s"
        for (at, column), formula in self.formulas.items():
            sheet.cell(at + 1, column + 1).value = formula
        for reach in self.merged:
            sheet.merge_cells(reach)
        if self.renamed:
            sheet.title = self.renamed
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
