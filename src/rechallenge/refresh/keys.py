"""Keyed hashes: how a release remembers patients and cells without repeating them.

HMAC-SHA-256 under a salt that is drawn for each release and stays in its private part. Who has the salt can test a
guess (whether a patient was in the study, whether a cell was "male"); without it the hashes say nothing. So a hash is
as private as the salt that lies beside it.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.files import number_text
from rechallenge.tables import TABLES, TEXT

# 64 bits: among ten million cells of one column two different values share a hash with a chance of 3 in a million.
HEX_DIGITS: Final = 16
_PARTIAL: Final = {"year": 4, "month": 7}


def new_salt() -> str:
    """Return a salt that nobody can guess; the only thing about a release that differs from run to run."""
    return secrets.token_hex(32)


def hashed(values: pd.Series, salt: str, purpose: str) -> pd.Series:
    """Return the hash of each text under a purpose; an empty or missing one stays empty.

    Equal texts of one purpose have equal hashes, those of different purposes not.
    """
    codes, different = pd.factorize(values.astype(object))
    made = np.array([*(_hash(str(value), salt, purpose) for value in different), ""], dtype=object)
    return pd.Series(made[codes], index=values.index).astype(TEXT)


def patient_keys(identifiers: pd.Series, salt: str) -> pd.Series:
    """Return the key of each patient identifier."""
    return hashed(identifiers, salt, "patient")


def _hash(value: str, salt: str, purpose: str) -> str:
    if not value:
        return ""
    return hmac.new(bytes.fromhex(salt), f"{purpose}\0{value}".encode(), "sha256").hexdigest()[:HEX_DIGITS]


def cell_texts(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return what each declared column of a canonical table says, as text; what is missing is empty.

    A date known to the month or year says no more than that: the day that imputation chose may move with the cut-off.
    A count says its qualifier too. Where the row stood in the extract, and how a cell was spelt, is left out.
    """
    said = {}
    for column in TABLES[table].columns:
        values = frame[column.name]
        if column.kind == "date":
            text = values.dt.strftime("%Y-%m-%d")
            for precision, length in _PARTIAL.items():
                coarse = frame[f"{column.name}_precision"].eq(precision)
                text = text.mask(coarse, text.str.slice(0, length))
        elif column.kind in ("number", "count"):
            text = pd.Series([number_text(value) for value in values], index=frame.index, dtype=object)
            if column.kind == "count":
                qualifier = frame[f"{column.name}_qualifier"].astype(object).fillna("exact")
                text = text.mask(qualifier.ne("exact"), text + " " + qualifier)
        else:
            text = values.astype(object)
        said[column.name] = text.astype(object).where(values.notna(), "")
    return pd.DataFrame(said, index=frame.index)


def ages(frame: pd.DataFrame, table: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Return, per date column, the days from the date to the cut-off: negative where it lies after it."""
    columns: Mapping[str, pd.Series] = {
        name: (cutoff - frame[name]).dt.days.astype("float64") for name in TABLES[table].dates
    }
    return pd.DataFrame(columns, index=frame.index)
