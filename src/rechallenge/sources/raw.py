"""What the readers hand over: the cells of a file with the place of each row."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rechallenge.sources.cells import folded, tidied
from rechallenge.tables import TEXT

PLACE: Final = ("source_file", "source_row")


@dataclass(frozen=True)
class Part:
    """One physical file: its name within the extract, SHA-256, rows of data, and empty rows left out.

    `open_end`: the number of the last line of a text file that does not end with a line end, else None.
    """

    name: str
    sha256: str
    rows: int
    blank_rows: int = 0
    open_end: int | None = None


@dataclass(frozen=True)
class RawFile:
    """One logical file of the mapping.

    `frame`: a column per header, cells as `TEXT` (or real dates: a datetime64 column, or an object column of text
    and dates), then `source_file` and `source_row` (the header is row 1, as a spreadsheet counts).
    """

    name: str
    frame: pd.DataFrame
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.frame)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file; of several parts, their hashes joined by spaces."""
        return " ".join(part.sha256 for part in self.parts)

    @property
    def columns(self) -> list[str]:
        """The file's own columns."""
        return [name for name in self.frame.columns if name not in PLACE]

    def find(self, name: str) -> str | None:
        """Return the column called `name`: as written, else the only one that differs in case, width or spaces."""
        if name in self.frame.columns and name not in PLACE:
            return name
        alike = [column for column in self.columns if folded(column) == folded(name)]
        return alike[0] if len(alike) == 1 else None

    def cells(self, name: str) -> pd.Series:
        """Return the cells of a column (see `find`); raises KeyError where there is none."""
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return self.frame[found]


def unique_headers(headers: list[str]) -> list[str]:
    """Return usable column names: tidied, empty ones named by letter, repeated ones "name (1)", "name (2)"."""
    names = [tidied(header) or f"(column {column_letter(at)})" for at, header in enumerate(headers)]
    names = [f"{name} (of the file)" if name in PLACE else name for name in names]
    repeated = {name for name in names if names.count(name) > 1}
    taken = set(names)
    result = []
    for name in names:
        number = 1
        unique = name
        while name in repeated and (unique == name or unique in taken):
            unique = f"{name} ({number})"
            number += 1
        taken.add(unique)
        result.append(unique)
    return result


def column_letter(at: int) -> str:
    """Return the spreadsheet's letter of the column at that position (0: A)."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_column(values: list[str | None] | np.ndarray | pa.Array) -> pd.Series:
    """Return cells as `TEXT`; empty ones and those of spaces only are missing."""
    array = values if isinstance(values, pa.Array) else pa.array(values, type=pa.string(), from_pandas=True)
    if array.type != pa.string():
        array = array.cast(pa.string())
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(array)), 0)
    return pd.Series(
        pc.if_else(blank, pa.scalar(None, pa.string()), array).to_pandas(types_mapper={pa.string(): TEXT}.get)
    )


def number_text(value: float) -> str:
    """Return a number as a spreadsheet shows it: 1.0 as 1, at most 15 digits."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def drop_blank(frame: pd.DataFrame, rows: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Leave out rows without any cell and unnamed columns without any cell; returns also how many rows were empty."""
    unnamed = [name for name in frame.columns if str(name).startswith("(column ") and frame[name].isna().all()]
    frame = frame.drop(columns=unnamed)
    filled = frame.notna().any(axis=1).to_numpy() if len(frame.columns) else np.zeros(len(frame), dtype=bool)
    return frame[filled].reset_index(drop=True), rows[filled], int((~filled).sum())
