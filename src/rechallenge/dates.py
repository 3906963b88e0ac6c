"""Days and months. The registry's dates are parsed in `rechallenge.sources.dates`."""

from typing import Final

import pandas as pd

# Julian year / 12. Time stays in days; months are made once, at the end.
DAYS_PER_MONTH: Final = 30.4375


def at_most(dates: pd.Series, limit: pd.Timestamp) -> pd.Series:
    """The dates, those after `limit` at `limit`; missing stays missing."""
    return dates.mask(dates > limit, limit)


def days_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """Whole days from `start` to `end` as floats (missing where either is missing)."""
    return (end - start).dt.days.astype("float64")


def months(days: pd.Series) -> pd.Series:
    """Months of a column of days (days / 30.4375)."""
    return days / DAYS_PER_MONTH
