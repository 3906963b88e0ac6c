"""Rows of the results table: their columns, their identifiers, and the frame made of them.

Each method returns `Row`s with the statistic, the level and the numbers; the composition (`run`) says to which
endpoint, population and term they belong. What is missing is an empty text or NaN.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from rechallenge.files import number_text

KEYS: Final = ("analysis", "endpoint", "population", "model", "term", "level", "reference", "statistic", "at")
COLUMNS: Final = ("estimate_id", *KEYS, "estimate", "lower", "upper", "confidence", "method", "p", "n", "events")
NAN: Final = float("nan")
# `n` and `events` of a row, given to several rows at once.
Counts = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One result. `at` is in months; `confidence` is a share (0.95); `p` is two-sided."""

    statistic: str
    estimate: float = NAN
    lower: float = NAN
    upper: float = NAN
    p: float = NAN
    n: float = NAN
    events: float = NAN
    at: float = NAN
    confidence: float = NAN
    method: str = ""
    analysis: str = ""
    endpoint: str = ""
    population: str = ""
    model: str = ""
    term: str = ""
    level: str = ""
    reference: str = ""

    @property
    def estimate_id(self) -> str:
        """The key columns joined by "/", empty ones left out, blanks as underscores."""
        at = "" if self.at != self.at else number_text(self.at)
        parts = [at if key == "at" else str(getattr(self, key)) for key in KEYS]
        return "/".join(part.replace(" ", "_") for part in parts if part)


def placed(rows: Iterable[Row], **keys: Any) -> Iterator[Row]:
    """Return the rows with these key columns filled in."""
    return (replace(row, **keys) for row in rows)


def not_fitted(sentence: str, **numbers: Any) -> Row:
    """Return the row of what could not be computed; the sentence says why."""
    return Row("not_fitted", method=sentence, **numbers)


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Return the results table; columns COLUMNS, in the order of the rows. Raises ValueError on a repeated key."""
    records = [{"estimate_id": row.estimate_id, **vars(row)} for row in rows]
    frame = pd.DataFrame.from_records(records, columns=list(COLUMNS))
    repeated = frame.loc[frame["estimate_id"].duplicated(), "estimate_id"].unique()
    if len(repeated):
        raise ValueError(f"results with the same key: {', '.join(repeated[:5])}")
    return frame
