"""Cells -> formats, and the cells that decide between day and month."""

import pandas as pd
import pytest

from rechallenge.drafting.date_evidence import date_evidence


def evidence(*cells: str):
    return date_evidence(pd.Series(cells, dtype="string"))


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (("2019-03-04", "2019-3-14"), ("YYYY-M-D",)),
        (("2019/3/4", "20190304", "2019年3月4日"), ("YYYY/M/D", "YYYYMMDD", "YYYY年M月D日")),
        (("4-Mar-2019", "2019.3", "2019"), ("D-MMM-YYYY", "YYYY.M", "YYYY")),
    ],
)
def test_the_formats_that_read_every_cell(cells: tuple[str, ...], formats: tuple[str, ...]) -> None:
    found = evidence(*cells)
    assert found.formats == formats
    assert found.share == 1


def test_only_days_above_twelve_decide_the_order() -> None:
    found = evidence("25/3/2019", "3/25/2019", "3/4/2019", "13/13/2019", "40/1/2019")
    assert (found.day_first, found.month_first, found.either) == (1, 1, 1)
    assert found.read == 3


def test_numbers_and_short_years_are_no_dates_but_are_counted() -> None:
    found = evidence("43891", "3/4/19", "7012", "12345678")
    assert (found.read, found.serials, found.short_years) == (0, 1, 1)
