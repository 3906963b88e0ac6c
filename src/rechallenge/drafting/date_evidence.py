"""How the dates of a column are written: the formats that read its cells, and what decides day and month.

Formats are proposed from what the cells can mean, never from what is customary somewhere: 3/4/2019 is a question
until other cells (25/4/2019) decide it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.sources.cells import as_text, tidied
from rechallenge.sources.dates import parse_dates

# In this order each format is kept that reads cells which none before it reads. Year first, or the month by name: these
# cannot be mistaken for one another.
_FORMATS: Final = (
    "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYYMMDD", "YYYY年M月D日",
    "YYYY-M-D hh:mm:ss", "YYYY/M/D hh:mm:ss", "YYYY-M-D hh:mm", "YYYY/M/D hh:mm", "YYYY-MM-DDThh:mm:ss",
    "D-MMM-YYYY", "D MMM YYYY", "DMMMYYYY", "DDMMMYYYY", "MMM D, YYYY", "MMM D YYYY", "D. MMM YYYY",
    "MMM YYYY", "MMM-YYYY", "YYYY-M", "YYYY/M", "YYYY.M", "YYYY年M月", "M/YYYY", "M.YYYY", "M-YYYY", "YYYY", "YYYY年",
)  # fmt: skip
_TWO_NUMBERS: Final = re.compile(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})(\s+\d{1,2}:\d{2}(?::\d{2})?)?")
_SHORT_YEAR: Final = re.compile(r"\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{2}")
_SERIAL: Final = re.compile(r"[1-9]\d{4}(?:\.0+)?")
_DAYS: Final = re.compile(r"-?\d{1,5}(?:\.0+)?")


@dataclass(frozen=True)
class DateEvidence:
    """What the cells of a column say about its dates; all fields after `formats` count cells.

    `formats`: those that read its cells and cannot be mistaken, sorted as they should be tried; `marks`: the marks of
    cells such as 3/4/2019, of which `day_first` can only be D/M, `month_first` only M/D, and `either` both.
    `serials`: whole numbers of five digits that may be the days of a spreadsheet; `short_years`: cells such as 3/4/19.
    """

    filled: int
    read: int
    formats: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    serials: int = 0
    day_numbers: int = 0
    short_years: int = 0
    real: int = 0
    years_only: int = 0

    @property
    def share(self) -> float:
        """Share of the filled cells that are dates (numbers of days are not counted)."""
        return self.read / self.filled if self.filled else 0.0

    @property
    def ordered(self) -> int:
        """Cells in which day and month are two numbers before the year."""
        return self.day_first + self.month_first + self.either


def date_evidence(cells: pd.Series, missing: frozenset[str] = frozenset()) -> DateEvidence:
    """Return what a column says about its dates. `missing`: folded words for no value."""
    from rechallenge.sources.cells import folded

    texts = as_text(cells).dropna()
    texts = texts[~texts.map(folded).isin(missing)]
    is_real = cells.reindex(texts.index).map(lambda cell: hasattr(cell, "year")).astype(bool)
    written = texts[~is_real].map(tidied)
    counts = written.value_counts()
    open_texts = [str(text) for text in counts.index]
    ordered = {text: match for text in open_texts if (match := _TWO_NUMBERS.fullmatch(text))}
    order = {"day": 0, "month": 0, "either": 0}
    marks: dict[str, None] = {}
    for text, match in ordered.items():
        first, second = int(match[1]), int(match[3])
        if not (_possible(first, second) or _possible(second, first)):
            continue
        marks[match[2] + (" hh:mm" if match[5] and match[5].count(":") == 1 else " hh:mm:ss" if match[5] else "")] = (
            None
        )
        kind = "day" if first > 12 else "month" if second > 12 else "either"
        order[kind] += int(counts[text])
    left = [text for text in open_texts if text not in ordered]
    formats, read = _covering(left)
    real = int(is_real.sum())
    numbers = [text for text in left if text not in read]
    return DateEvidence(
        filled=len(texts),
        read=real + sum(order.values()) + int(sum(counts[text] for text in read)),
        formats=formats,
        marks=tuple(sorted(marks)),
        day_first=order["day"],
        month_first=order["month"],
        either=order["either"],
        serials=_count(counts, numbers, _SERIAL),
        day_numbers=_count(counts, open_texts, _DAYS),
        short_years=_count(counts, numbers, _SHORT_YEAR),
        real=real,
        years_only=_count(counts, left, re.compile(r"(?:19|20)\d\d")),
    )


def _possible(day: int, month: int) -> bool:
    return 0 <= day <= 31 and 0 <= month <= 12


def _count(counts: pd.Series, texts: Iterable[str], pattern: re.Pattern[str]) -> int:
    return int(sum(counts[text] for text in texts if pattern.fullmatch(text)))


def _covering(texts: Sequence[str]) -> tuple[tuple[str, ...], set[str]]:
    """Return the formats needed to read the texts, in order, and the texts read."""
    waiting = pd.Series(list(texts), dtype="object")
    needed: list[str] = []
    done: set[str] = set()
    for text in _FORMATS:
        if waiting.empty:
            break
        status = parse_dates(waiting.astype("string"), (text,))["status"]
        fits = status.isin(["read", "unknown"]).to_numpy() & waiting.map(_this_century).to_numpy(dtype=bool)
        if fits.any():
            done |= set(waiting[fits])
            waiting = waiting[~fits].reset_index(drop=True)
            needed.append(text)
    return tuple(needed), done


def _this_century(text: str) -> bool:
    """Leave numbers alone whose year cannot be that of a patient (7012 as a year, 12345678 as a date)."""
    year = re.search(r"\d{4}", text)
    if not text.isdigit() or year is None:
        return True
    return 1900 <= int(year[0]) <= 2100 or int(year[0]) in (8888, 9999, 0)


def order_formats(marks: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the formats for day first and for month first, per mark."""
    day, month = [], []
    for mark in marks:
        sign, _, time = mark.partition(" ")
        tail = f" {time}" if time else ""
        day.append(f"D{sign}M{sign}YYYY{tail}")
        month.append(f"M{sign}D{sign}YYYY{tail}")
    return day, month
