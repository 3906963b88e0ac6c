"""Dates are read by declared formats only, with the precision that the cell has, and never guessed."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rechallenge.sources.date_formats import format_problems
from rechallenge.sources.dates import parse_dates
from rechallenge.tables import TEXT


def read(cell: object, *formats: str, epoch: str | None = None) -> tuple[str, str, str]:
    """Return (date, precision, status) of one cell, "" for missing."""
    row = parse_dates(pd.Series([cell], dtype=object), formats, epoch).iloc[0]
    return (
        "" if pd.isna(row["date"]) else row["date"].strftime("%Y-%m-%d"),
        "" if pd.isna(row["precision"]) else row["precision"],
        row["status"],
    )


@pytest.mark.parametrize(
    ("cell", "format_", "date"),
    [
        ("2019-03-05", "YYYY-MM-DD", "2019-03-05"),
        ("2019/3/5", "YYYY/M/D", "2019-03-05"),
        ("20190305", "YYYYMMDD", "2019-03-05"),
        ("2019年3月5日", "YYYY年M月D日", "2019-03-05"),
        ("２０１９年３月５日", "YYYY年M月D日", "2019-03-05"),
        ("\u30002019 年 3 月 5 日 ", "YYYY年M月D日", "2019-03-05"),
        ("2019.3.5", "YYYY.M.D", "2019-03-05"),
        ("5/3/2019", "D/M/YYYY", "2019-03-05"),
        ("3/5/2019", "M/D/YYYY", "2019-03-05"),
        ("05-Mar-2019", "DD-MMM-YYYY", "2019-03-05"),
        ("05MAR2019", "DDMMMYYYY", "2019-03-05"),
        ("2019-03-05 00:00:00", "YYYY-MM-DD hh:mm:ss", "2019-03-05"),
        ("18740", "days_since:1970-01-01", "2021-04-23"),
        ("18740.0", "days_since:1970-01-01", "2021-04-23"),
        ("-1", "days_since:1970-01-01", "1969-12-31"),
    ],
)
def test_a_full_date_is_read_in_its_declared_format(cell: str, format_: str, date: str) -> None:
    assert read(cell, format_) == (date, "day", "read")


@pytest.mark.parametrize(
    ("cell", "format_", "first_day", "precision"),
    [
        ("2019-03", "YYYY-MM", "2019-03-01", "month"),
        ("2019.3", "YYYY.M", "2019-03-01", "month"),
        ("2019年3月", "YYYY年M月", "2019-03-01", "month"),
        ("2019", "YYYY", "2019-01-01", "year"),
        ("2019-03-00", "YYYY-MM-DD", "2019-03-01", "month"),
        ("2019-03-88", "YYYY-MM-DD", "2019-03-01", "month"),
        ("2019-03-99", "YYYY-MM-DD", "2019-03-01", "month"),
        ("20190399", "YYYYMMDD", "2019-03-01", "month"),
        ("2019-XX-XX", "YYYY-MM-DD", "2019-01-01", "year"),
        ("2019-99-99", "YYYY-MM-DD", "2019-01-01", "year"),
        ("2019-00-15", "YYYY-MM-DD", "2019-01-01", "year"),
    ],
)
def test_a_partial_date_keeps_its_precision(cell: str, format_: str, first_day: str, precision: str) -> None:
    assert read(cell, format_) == (first_day, precision, "read")


@pytest.mark.parametrize("cell", ["9999-99-99", "9999-12-31", "0000-00-00", "8888-88-88"])
def test_an_unknown_year_is_an_unknown_date(cell: str) -> None:
    assert read(cell, "YYYY-MM-DD") == ("", "", "unknown")


@pytest.mark.parametrize(
    "cell", ["2019-02-29", "2019-13-01", "2019-04-31", "19-03-05", "05/03/2019", "2019-3-5", "soon", "1066-10-14"]
)
def test_what_fits_no_declared_format_is_unreadable(cell: str) -> None:
    assert read(cell, "YYYY-MM-DD") == ("", "", "unreadable")


def test_day_first_and_month_first_are_never_mixed_in_one_column() -> None:
    assert read("13/04/2019", "M/D/YYYY") == ("", "", "unreadable")
    assert read("03/04/2019", "M/D/YYYY")[0] == "2019-03-04"
    assert "both" in " ".join(format_problems(["M/D/YYYY", "D/M/YYYY"], None))


@pytest.mark.parametrize(
    ("serial", "epoch", "date"),
    [
        ("43529", "1900", "2019-03-05"),
        ("43529.75", "1900", "2019-03-05"),
        ("42067", "1904", "2019-03-05"),
        ("1", "1900", "1900-01-01"),
        ("59", "1900", "1900-02-28"),
        ("61", "1900", "1900-03-01"),
        ("0", "1904", "1904-01-01"),
    ],
)
def test_excel_serials_of_both_epochs(serial: str, epoch: str, date: str) -> None:
    assert read(serial, "excel_serial", epoch=epoch) == (date, "day", "read")


@pytest.mark.parametrize("serial", ["60", "0", "-1", "9999999"])
def test_serials_that_are_no_day_are_unreadable(serial: str) -> None:
    """Serial 60 is Excel's 29 February 1900, which never was."""
    assert read(serial, "excel_serial", epoch="1900")[2] == "unreadable"


def test_the_first_declared_format_that_fits_wins() -> None:
    assert read("2019", "YYYY", "excel_serial", epoch="1900") == ("2019-01-01", "year", "read")


def test_real_date_cells_need_no_format() -> None:
    cells = pd.Series([dt.datetime(2019, 3, 5, 12, 30), dt.date(2019, 3, 6), "2019-03", None, dt.date(9999, 12, 31)])
    assert parse_dates(cells, ["YYYY-MM"])["status"].tolist() == ["read", "read", "read", "missing", "unknown"]
    assert parse_dates(cells, ["YYYY-MM"])["precision"].tolist()[:3] == ["day", "day", "month"]
    assert parse_dates(cells, ["YYYY-MM"])["raw"].tolist()[:3] == ["2019-03-05", "2019-03-06", "2019-03"]
    real = pd.Series(pd.to_datetime(["2019-03-05 23:59", None]))
    assert parse_dates(real, [])["date"].tolist() == [pd.Timestamp("2019-03-05"), pd.NaT]


def test_the_raw_text_and_the_index_are_kept() -> None:
    cells = pd.Series([" ２０１９ ", None], index=[7, 3], dtype=TEXT)
    read_cells = parse_dates(cells, ["YYYY"])
    assert read_cells.index.tolist() == [7, 3]
    assert read_cells["raw"].tolist()[0] == " ２０１９ "


@pytest.mark.parametrize(
    ("formats", "words"),
    [
        (["yyyy-mm-dd"], "YYYY-MM-DD"),
        (["%Y-%m-%d"], "unknown part"),
        (["YYYY-DD"], "a day without a month"),
        (["MM/DD"], "YYYY once"),
        (["YYYYMD"], "no fixed width"),
        (["excel_serial"], "excel_epoch"),
        (["days_since:1970"], "YYYY-MM-DD after days_since"),
        (["Date"], "unknown part"),
    ],
)
def test_a_wrong_format_is_a_sentence(formats: list[str], words: str) -> None:
    assert words in " ".join(format_problems(formats, None))


def test_a_year_must_stand_before_a_serial() -> None:
    assert "put YYYY first" in " ".join(format_problems(["excel_serial", "YYYY"], "1900"))
    assert not format_problems(["YYYY", "excel_serial"], "1900")


DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31))
WRITTEN = {
    "YYYY-MM-DD": "{d:%Y-%m-%d}",
    "YYYYMMDD": "{d:%Y%m%d}",
    "YYYY/M/D": "{d.year}/{d.month}/{d.day}",
    "YYYY.M.D": "{d.year}.{d.month}.{d.day}",
    "D.M.YYYY": "{d.day}.{d.month}.{d.year}",
    "M/D/YYYY": "{d.month}/{d.day}/{d.year}",
    "YYYY年M月D日": "{d.year}年{d.month}月{d.day}日",
    "DD-MMM-YYYY": "{d:%d-%b-%Y}",
    "YYYY-MM-DD hh:mm:ss": "{d:%Y-%m-%d} 23:59:59",
}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@settings(deadline=None)
@given(DAYS, st.sampled_from(sorted(WRITTEN)), st.booleans(), st.sampled_from(["", " ", "\u3000", "\u00a0"]))
def test_every_format_reads_back_what_it_wrote(day: dt.date, format_: str, wide: bool, space: str) -> None:
    cell = WRITTEN[format_].format(d=day)
    cell = space + (cell.translate(FULL_WIDTH) if wide else cell) + space
    assert read(cell, format_) == (day.isoformat(), "day", "read")


@settings(deadline=None)
@given(DAYS, st.sampled_from(["1900", "1904"]))
def test_serials_read_back(day: dt.date, epoch: str) -> None:
    origin = {"1900": dt.date(1899, 12, 30), "1904": dt.date(1904, 1, 1)}[epoch]
    if day >= origin:
        assert read(str((day - origin).days), "excel_serial", epoch=epoch) == (day.isoformat(), "day", "read")


@settings(deadline=None)
@given(DAYS, DAYS)
def test_days_since_read_back(origin: dt.date, day: dt.date) -> None:
    assert read(str((day - origin).days), f"days_since:{origin.isoformat()}")[0] == day.isoformat()


@settings(deadline=None)
@given(DAYS, st.sampled_from([("-00", "month"), ("-88", "month"), ("-99", "month"), ("", "month")]))
def test_a_month_is_read_as_its_first_day(day: dt.date, end: tuple[str, str]) -> None:
    assert read(f"{day:%Y-%m}{end[0]}", "YYYY-MM-DD", "YYYY-MM") == (f"{day:%Y-%m}-01", end[1], "read")


@settings(deadline=None)
@given(st.text(alphabet="0123456789-/.年月日 ０９abXU", max_size=12))
def test_any_text_is_read_or_reported_and_what_is_read_is_in_range(text: str) -> None:
    date, precision, status = read(text, "YYYY-MM-DD", "YYYY/M/D", "YYYYMMDD", "YYYY年M月D日", "YYYY.M", "YYYY")
    assert status in ("read", "missing", "unknown", "unreadable")
    assert (status == "read") == bool(date) == bool(precision)
    if date:
        assert 1850 <= int(date[:4]) <= 2200


def test_a_million_cells_cost_what_their_distinct_texts_cost() -> None:
    cells = pd.Series(np.repeat(np.array(["2019-03-05", "2020-04", "soon"], dtype=object), 100_000)).astype(TEXT)
    counted = parse_dates(cells, ["YYYY-MM-DD", "YYYY-MM"])["status"].value_counts()
    assert counted.to_dict() == {"read": 200_000, "unreadable": 100_000}


@pytest.mark.parametrize(
    ("cell", "text", "day"),
    [
        ("05/03/19", "DD/MM/YY", "2019-03-05"),
        ("19.3.5", "YY.M.D", "2019-03-05"),
        ("5/3/49", "D/M/YY", "2049-03-05"),
        ("5/3/50", "D/M/YY", "1950-03-05"),
        ("00/00/58", "DD/MM/YY", "1958-01-01"),
    ],
)
def test_years_of_two_digits_lie_in_the_hundred_years_that_are_declared(cell: str, text: str, day: str) -> None:
    read_one = parse_dates(pd.Series([cell], dtype="string"), [text], two_digit_years_from=1950)

    assert read_one["date"].dt.strftime("%Y-%m-%d").tolist() == [day]


def test_years_of_two_digits_are_refused_without_their_hundred_years_and_where_their_place_is_a_guess() -> None:
    assert "two_digit_years_from" in " ".join(format_problems(["D/M/YY"], None))
    assert format_problems(["D/M/YY", "YYYY-MM-DD"], None, 1950) == []
    assert "fits both" in " ".join(format_problems(["D/M/YY", "YY/M/D"], None, 1950))
