"""Finding the rows of the results table that a figure prints. Nothing is computed again here."""

from dataclasses import dataclass

import pandas as pd

from rechallenge.words import text_of

KEYS = ("analysis", "endpoint", "population", "model", "term", "level", "reference", "statistic")
NUMBERS = ("at", "estimate", "lower", "upper", "confidence", "p", "n", "events")


@dataclass(frozen=True)
class Result:
    """One row of the results table; what is missing is NaN or an empty text."""

    term: str
    level: str
    reference: str
    estimate: float
    lower: float
    upper: float
    confidence: float
    p: float
    n: float
    events: float
    method: str


def tidy(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the results table with its key columns as plain text and its numbers as floats."""
    frame = estimates.reindex(columns=[*KEYS, *NUMBERS, "method"])
    for name in (*KEYS, "method"):
        frame[name] = [text_of(value) for value in frame[name]]
    for name in NUMBERS:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return frame


def rows(estimates: pd.DataFrame, **keys: str) -> list[Result]:
    """Return the rows of a `tidy` results table that have these keys, in the order of the table."""
    chosen = estimates
    for name, value in keys.items():
        chosen = chosen[chosen[name] == value]
    columns = list(Result.__dataclass_fields__)
    return [Result(*values) for values in chosen[columns].itertuples(index=False, name=None)]


def first(estimates: pd.DataFrame, **keys: str) -> Result | None:
    """Return the first row with these keys, or none."""
    found = rows(estimates, **keys)
    return found[0] if found else None
