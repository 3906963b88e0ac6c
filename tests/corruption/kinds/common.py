"""What several subjects share: the columns of each type, and cells of dates."""

import re
from typing import Final

import pandas as pd

from rechallenge.tables import TABLES
from tests.corruption.damage import Cell, Hand, NotHereError


def columns_of(*types: str) -> tuple[str, ...]:
    """The canonical columns of a type, as table.column, identifiers left out."""
    return tuple(
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if column.kind in types and column.name != "patient_id"
    )


NUMBERS: Final = columns_of("number")
COUNTS: Final = columns_of("count")
TERMS: Final = columns_of("term")
DATES: Final = columns_of("date")
IDENTIFIERS: Final = tuple(f"{table}.patient_id" for table in TABLES)
CHILDREN: Final = tuple(f"{table}.patient_id" for table in TABLES if table != "patients")


def plain_number(cell: Cell) -> bool:
    """The cell is written in digits only."""
    return re.fullmatch(r"\d+(\.0)?", cell.text) is not None


def full_date(cell: Cell) -> bool:
    """The cell is a day of the calendar: year, month and day, whatever the marks between them."""
    return (
        re.fullmatch(r"(19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?", cell.text) is not None and day_of(cell) is not None
    )


def day_of(cell: Cell) -> pd.Timestamp | None:
    """The day that a cell's three numbers mean, None where there is none."""
    year, month, day = (int(part) for part in re.findall(r"\d+", cell.text))
    try:
        return pd.Timestamp(year, month, day)
    except ValueError:
        return None


def a_date(hand: Hand, *columns: str) -> tuple[Cell, pd.Timestamp]:
    """A cell that holds a day, and the day; counts of days are none."""
    if hand.study.mapping.format != "tables":
        raise NotHereError
    cell = hand.pick(*(columns or DATES), where=full_date)
    day = day_of(cell)
    assert day is not None
    return cell, day


def not_counts_of_days(hand: Hand) -> None:
    """The kind writes dates, which the GENIE format has none of."""
    if hand.study.mapping.format != "tables":
        raise NotHereError


def iso(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}"
