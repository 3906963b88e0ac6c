"""Dates that are written wrongly, or otherwise than declared."""

import pandas as pd

from tests.corruption.damage import Damage, Hand, NotHereError, kind, mark_of
from tests.corruption.kinds.common import DATES, a_date, day_of, full_date, iso, not_counts_of_days

SUBJECT = "Dates"
# Days between the two epochs of Excel.
EPOCHS = 1462
# Four years more or less are no contradiction of a birth, and few patients have a date of advanced disease.
CHECKED = tuple(name for name in DATES if name not in ("patients.birth_date", "patients.advanced_date"))


@kind(SUBJECT, "A date is written day first")
def date_day_first(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%d/%m/%Y}")


@kind(SUBJECT, "A date is written month first")
def date_month_first(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%m-%d-%Y}")


@kind(SUBJECT, "A month is written as a word")
def date_month_word(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, hand.choice([f"{day:%d-%b-%Y}", f"{day:%d%b%Y}".upper(), f"{day:%b %d, %Y}"]))


@kind(SUBJECT, "A year is written with two digits")
def date_two_digit_year(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%y-%m-%d}")


@kind(SUBJECT, "A day does not exist in the calendar")
def date_impossible_day(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%Y}-{hand.choice(['02-30', '04-31', '11-31', '06-45'])}")


@kind(SUBJECT, "A month is above 12")
def date_impossible_month(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%Y}-{hand.rng.randint(13, 19)}-{day:%d}")


@kind(SUBJECT, "A year loses its first digit or becomes one before there were records")
def date_ancient_year(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, hand.choice([f"0{day:%Y}"[:2] + f"{day:%y-%m-%d}", f"1{day.year % 1000:03d}-{day:%m-%d}"]))


@kind(SUBJECT, "A date lies a hundred years too early")
def date_century_early(hand: Hand) -> Damage:
    # Whoever has died, died whatever the last contact says: its note names the row.
    cell, day = a_date(hand)
    return hand.one(cell, iso(day - pd.DateOffset(years=100)))


@kind(SUBJECT, "A date lies decades after the data cut-off")
def date_far_future(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, iso(day + pd.DateOffset(years=hand.rng.randint(75, 90))))


@kind(SUBJECT, "Two dates stand in one cell")
def date_twice(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{cell.text}{hand.choice([', ', ' / ', '-', ' und '])}{iso(day + pd.Timedelta(days=20))}")


@kind(SUBJECT, "A date is followed by a remark or a question mark")
def date_with_remark(hand: Hand) -> Damage:
    cell, _ = a_date(hand)
    return hand.one(cell, cell.text + hand.choice(["?", " (ca.)", " 左右", " approx", "*"]))


@kind(SUBJECT, "A date loses its first digit")
def date_first_digit_lost(hand: Hand) -> Damage:
    cell, _ = a_date(hand)
    return hand.one(cell, cell.text[1:])


@kind(SUBJECT, "A year gains a digit")
def date_digit_gained(hand: Hand) -> Damage:
    cell, _ = a_date(hand)
    return hand.one(cell, cell.text[:4] + str(hand.rng.randint(0, 9)) + cell.text[4:])


@kind(SUBJECT, "The day of a date is 00, or only its month is left")
def date_day_lost(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, hand.choice([f"{day:%Y-%m}-00", f"{day:%Y-%m}"]))


@kind(SUBJECT, "Only the year of a date is left")
def date_year_left(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{day:%Y}")


@kind(SUBJECT, "The year of a date is the code of an unknown one")
def date_unknown_year(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, f"{hand.choice(['9999', '8888', '0000'])}-{day:%m-%d}")


@kind(SUBJECT, "Words stand in the place of a date")
def date_in_words(hand: Hand) -> Damage:
    cell, _ = a_date(hand)
    return hand.one(cell, hand.choice(["last week", "上周", "after cycle 3", "spring", "同上", "see above"]))


@kind(SUBJECT, "A date is an ordinary number")
def date_as_number(hand: Hand) -> Damage:
    cell, _ = a_date(hand)
    return hand.one(cell, hand.choice(["12", "7.5", "-3", "103"]))


@kind(SUBJECT, "A date has a time and a zone")
def date_with_zone(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, hand.choice([f"{iso(day)}T00:00:00+08:00", f"{iso(day)} 00:00:00 CST", f"{iso(day)}Z"]))


@kind(SUBJECT, "A date is written in another of the declared ways")
def date_rewritten(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, hand.choice([f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"]))


@kind(SUBJECT, "A date became the number that a spreadsheet stores for it")
def date_as_serial(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, str((day - pd.Timestamp("1899-12-30")).days))


@kind(SUBJECT, "A date is written in full-width digits")
def date_full_width(hand: Hand) -> Damage:
    cell, day = a_date(hand)
    return hand.one(cell, iso(day).translate({ord("0") + at: 0xFF10 + at for at in range(10)}))


def _whole_column(hand: Hand, what: str, change: "Change", *columns: str) -> Damage:
    """Rewrite every full date of one column."""
    not_counts_of_days(hand)
    first = hand.pick(*columns, where=full_date)
    changed = [
        cell
        for cell in hand.cells(first.table, first.column)
        if (cell.file, cell.header) == (first.file, first.header) and full_date(cell)
    ]
    if len(changed) < 10:
        raise NotHereError
    for cell in changed:
        day = day_of(cell)
        assert day is not None
        hand.put(cell, change(day))
    return hand.done(f"{len(changed)} dates of {first.header!r} {what}", mark_of(*changed))


class Change:
    """A way to write a date, called for each of a column."""

    def __init__(self, days: int = 0, form: str = "%Y-%m-%d") -> None:
        self.days, self.form = days, form

    def __call__(self, day: pd.Timestamp) -> str:
        return (day + pd.Timedelta(days=self.days)).strftime(self.form)


@kind(SUBJECT, "All dates of a column lie four years off: the other epoch of a spreadsheet")
def date_column_other_epoch(hand: Hand) -> Damage:
    days = hand.choice([EPOCHS, -EPOCHS])
    return _whole_column(hand, f"moved by {days} days", Change(days), *CHECKED)


@kind(SUBJECT, "All dates of a column are written day first")
def date_column_day_first(hand: Hand) -> Damage:
    return _whole_column(hand, "written day first", Change(form="%d/%m/%Y"), *DATES)


@kind(SUBJECT, "All dates of a column are written with two-digit years")
def date_column_two_digit_years(hand: Hand) -> Damage:
    return _whole_column(hand, "written with two-digit years", Change(form="%y/%m/%d"), *DATES)


@kind(SUBJECT, "All dates of a column lost their day")
def date_column_days_lost(hand: Hand) -> Damage:
    return _whole_column(hand, "cut to the month", Change(form="%Y-%m"), *DATES)
