"""Cells of an extract as text: width, spaces and dashes, and the folded form in which words are compared."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.tables import TEXT

_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SPACES: Final = re.compile(r"\s+")
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))

# Control characters (line breaks and tabs apart), and what a decoder writes for bytes that it cannot read.
_DAMAGED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


def is_damaged(text: str) -> bool:
    """Tell whether a text holds characters that nobody types, or is UTF-8 that was read as Latin-1."""
    if _DAMAGED.search(text):
        return True
    if text.isascii():
        return False
    for wrong in ("latin-1", "cp1252"):
        try:
            text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def tidied(text: str) -> str:
    """Return the cell without width variants (NFKC), invisible characters and outer or doubled spaces."""
    if text.isascii():
        return " ".join(text.split())
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES)
    return " ".join(plain.split())


def folded(text: object) -> str:
    """Return the form in which words are compared: tidied, case folded, without any space."""
    return _SPACES.sub("", tidied(str(text)).casefold())


def as_text(cells: pd.Series) -> pd.Series:
    """Return a column of cells as `TEXT`; real date cells become ISO dates."""
    if cells.dtype == TEXT:
        return cells
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return cells.dt.strftime("%Y-%m-%d").astype(TEXT)
    return cells.map(_cell_text, na_action="ignore").astype(TEXT)


def _cell_text(cell: Any) -> str:
    return cell.strftime("%Y-%m-%d") if isinstance(cell, dt.date) else str(cell)


def tidied_cells(cells: pd.Series) -> pd.Series:
    """Return a text column with every cell tidied; an empty cell is missing."""
    return mapped(cells, lambda text: tidied(text) or None)


def mapped(cells: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Apply `function` to each distinct text of a column (None: missing), not to each row."""
    codes, uniques = pd.factorize(as_text(cells))
    table = np.array([function(text) for text in uniques] + [None], dtype=object)
    return pd.Series(table[codes], index=cells.index).astype(TEXT)
