"""Dates of registries: read by declared formats only, never guessed, with the precision that the cell has.

Parts written 00, 88, 99 (or XX, UN, UK, NK) are unknown and make the date a month or a year; the years 0000,
8888 and 9999 make the whole date unknown. A partial date is the interval of the days it may be; which day
stands for it is decided in `rechallenge.sources.imputation`.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.sources.cells import as_text, tidied
from rechallenge.sources.date_formats import MONTHS, DateFormat, compiled
from rechallenge.tables import DATE, TEXT

EARLIEST_YEAR: Final = 1850
LATEST_YEAR: Final = 2200
UNKNOWN_PARTS: Final = (0, 88, 99)
UNKNOWN_YEARS: Final = (0, 8888, 9999)
_EPOCHS: Final = {"1900": dt.date(1899, 12, 30), "1904": dt.date(1904, 1, 1)}
# The day before serial 60 (29 February 1900, which never was) counts from one day later.
_LEAP_BUG_SERIAL: Final = 60

PRECISIONS: Final = np.array(["day", "month", "year"], dtype=object)
_DAY, _MONTH, _YEAR = 0, 1, 2
_MISSING, _READ, _UNKNOWN, _UNREADABLE = 0, 1, 2, 3
STATUSES: Final = np.array(["missing", "read", "unknown", "unreadable"], dtype=object)


def parse_dates(
    cells: pd.Series,
    formats: Sequence[str],
    excel_epoch: str | None = None,
    two_digit_years_from: int | None = None,
) -> pd.DataFrame:
    """Read a column of cells by the declared `formats`, in their order.

    Returns a frame with the index of `cells`: `date` (first day that the cell may mean), `precision` (day,
    month, year), `raw` (the cell as text) and `status`: read, missing (no cell), unknown (a date whose year is
    9999 or the like), unreadable (fits no declared format, or is no day of the calendar). Real date cells of a
    workbook or Parquet file need no format. Formats must be legal (`date_formats.format_problems`).
    """
    declared = [compiled(text, excel_epoch, two_digit_years_from) for text in formats]
    codes, uniques = pd.factorize(cells)
    days, precision, status = _parse_unique(pd.Series(uniques, dtype=uniques.dtype), declared, excel_epoch)
    empty = codes < 0
    status_codes = np.where(empty, _MISSING, np.append(status, _MISSING)[codes])
    read = status_codes == _READ
    date = np.where(read, np.append(days, np.datetime64("NaT", "D"))[codes], np.datetime64("NaT", "D"))
    words = np.where(read, PRECISIONS[np.append(precision, 0)[codes]], None)
    return pd.DataFrame(
        {
            "date": pd.Series(date.astype(DATE), index=cells.index),
            "precision": pd.Series(words, index=cells.index).astype(TEXT),
            "raw": as_text(cells),
            "status": pd.Series(STATUSES[status_codes], index=cells.index).astype(TEXT),
        }
    )


def _parse_unique(
    cells: pd.Series, formats: Sequence[DateFormat], epoch: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first day, the precision code and the status code of each distinct cell."""
    count = len(cells)
    days = np.full(count, np.datetime64("NaT", "D"))
    precision = np.zeros(count, dtype="int8")
    status = np.full(count, _UNREADABLE, dtype="int8")
    real = _real_dates(cells, days, status)
    open_cells = np.flatnonzero(~real)
    if not len(open_cells):
        return days, precision, status
    text = as_text(cells.iloc[open_cells]).map(tidied).reset_index(drop=True)
    blank = (text == "").to_numpy()
    status[open_cells[blank]] = _MISSING
    waiting = ~blank
    for item in formats:
        if not waiting.any():
            break
        at = np.flatnonzero(waiting)
        found_days, found_precision, found_status = _read_format(text.iloc[at], item, epoch)
        hit = found_status != _UNREADABLE
        rows = open_cells[at[hit]]
        days[rows], precision[rows], status[rows] = found_days[hit], found_precision[hit], found_status[hit]
        waiting[at[hit]] = False
    return days, precision, status


def _real_dates(cells: pd.Series, days: np.ndarray, status: np.ndarray) -> np.ndarray:
    """Fill in the cells that are dates already (midnight or not); return which they are."""
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        days[:] = cells.to_numpy().astype("datetime64[D]")
        status[:] = _READ
        return np.ones(len(cells), dtype=bool)
    if cells.dtype == TEXT:
        return np.zeros(len(cells), dtype=bool)
    real = np.array([isinstance(cell, dt.date) for cell in cells], dtype=bool)
    for at in np.flatnonzero(real):
        year = cells.iloc[at].year
        if EARLIEST_YEAR <= year <= LATEST_YEAR:
            days[at] = np.datetime64(cells.iloc[at].strftime("%Y-%m-%d"), "D")
            status[at] = _READ
        elif year in UNKNOWN_YEARS:
            status[at] = _UNKNOWN
    return real


def _read_format(text: pd.Series, item: DateFormat, epoch: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    matched = text.map(item.pattern.fullmatch)
    fits = matched.notna().to_numpy()
    days = np.full(len(text), np.datetime64("NaT", "D"))
    precision = np.zeros(len(text), dtype="int8")
    status = np.full(len(text), _UNREADABLE, dtype="int8")
    found = matched[fits]
    if len(found):
        read = _from_parts(found, item.years_from) if item.kind == "parts" else _from_numbers(found, item, epoch)
        days[fits], precision[fits], status[fits] = read
    return days, precision, status


def _from_numbers(matched: pd.Series, item: DateFormat, epoch: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    number = np.array([int(match["number"]) for match in matched], dtype="int64")
    if item.kind == "since":
        days = np.datetime64(item.origin, "D") + number
        legal = np.ones(len(number), dtype=bool)
    else:
        shift = np.zeros(len(number), dtype="int64")
        legal = number >= 0
        if epoch == "1900":
            shift = (number < _LEAP_BUG_SERIAL).astype("int64")
            legal = (number > 0) & (number != _LEAP_BUG_SERIAL)
        days = np.datetime64(_EPOCHS[epoch or "1900"], "D") + number + shift
    year = days.astype("datetime64[Y]").astype("int64") + 1970
    legal &= (year >= EARLIEST_YEAR) & (year <= LATEST_YEAR)
    return days, np.zeros(len(number), dtype="int8"), np.where(legal, _READ, _UNREADABLE)


def _from_parts(matched: pd.Series, years_from: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    groups = pd.DataFrame([match.groupdict() for match in matched])
    year = _year(groups, years_from)
    month, month_legal = _month(groups)
    day = _part(groups["day"]) if "day" in groups else np.zeros(len(groups), dtype="int64")
    month_known = ~np.isin(month, UNKNOWN_PARTS)
    day_known = ~np.isin(day, UNKNOWN_PARTS) & month_known
    first_month = np.where(month_known, month, 1)
    first_day = np.where(day_known, day, 1)
    legal = month_legal & (first_month <= 12) & (year >= EARLIEST_YEAR) & (year <= LATEST_YEAR)
    unknown = np.isin(year, UNKNOWN_YEARS)
    months = (np.where(legal, year, 1970) - 1970) * 12 + np.where(legal, first_month, 1) - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype("int64")
    # The day must be one of the calendar even where the month is unknown (2019-00-45 is no date).
    legal &= (first_day <= length) & (np.isin(day, UNKNOWN_PARTS) | (day <= 31))
    days = start.astype("datetime64[D]") + (first_day - 1)
    precision = np.where(day_known, _DAY, np.where(month_known, _MONTH, _YEAR)).astype("int8")
    return days, precision, np.where(unknown, _UNKNOWN, np.where(legal, _READ, _UNREADABLE))


def _year(groups: pd.DataFrame, years_from: int | None) -> np.ndarray:
    if "year" in groups:
        return groups["year"].astype("int64").to_numpy()
    first = years_from or 0
    return first + (groups["short_year"].astype("int64").to_numpy() - first) % 100


def _month(groups: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    if "name" in groups:
        names = groups["name"].str[:3].str.lower()
        number = names.map({name: at for at, name in enumerate(MONTHS, start=1)})
        return number.fillna(0).astype("int64").to_numpy(), number.notna().to_numpy()
    if "month" in groups:
        return _part(groups["month"]), np.ones(len(groups), dtype=bool)
    return np.zeros(len(groups), dtype="int64"), np.ones(len(groups), dtype=bool)


def _part(texts: pd.Series) -> np.ndarray:
    """Return the part as a number; letters (unknown) become 0."""
    return pd.to_numeric(texts, errors="coerce").fillna(0).astype("int64").to_numpy()
