"""Which day stands for a partial date: the middle, earliest or latest of those that what else is known leaves.

A partial date is an interval (its month or year). It is first narrowed by what is known of the patient: not
before birth, not after death, last contact or the cut-off, an end not before its own start, and so on
(`_impute_patients` and `_impute_events`); another partial date bounds it by the first or last day that it may
be. Then the day is taken: earliest, latest, or the middle, which is the 15th of a whole month, 1 July of a
whole year, and the day half-way through a narrowed interval. An end never comes to lie before the day taken for
its start, nor last contact after the day taken for the death. Where what is known leaves no day, it
contradicts the date: the interval stays whole, and the validation reports the contradiction.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from rechallenge.tables import TABLES

Method = Literal["middle", "earliest", "latest"]
Bound = pd.Series | np.datetime64
METHODS: Final = ("middle", "earliest", "latest")


def impute(tables: Mapping[str, pd.DataFrame], method: Method, cutoff: date | None = None) -> dict[str, pd.DataFrame]:
    """Return the canonical tables with a day in every partial date; precision and raw text stay as they are.

    Partial dates come as any day of their month or year. `cutoff` is the data cut-off.
    """
    if method not in METHODS:
        raise ValueError(f"unknown imputation {method!r}")
    done = dict(tables)
    latest = np.datetime64(cutoff if cutoff is not None else "NaT", "D")
    events = {name: frame for name, frame in done.items() if name != "patients"}
    done["patients"] = _impute_patients(done["patients"], events, method, latest)
    limits = _limits(done["patients"])
    for name, frame in events.items():
        done[name] = _impute_events(frame, name, limits, method, latest)
    return done


def _impute_patients(
    patients: pd.DataFrame, events: Mapping[str, pd.DataFrame], method: Method, cutoff: np.datetime64
) -> pd.DataFrame:
    """Birth, then diagnosis, then the dates that end follow-up, which no dated event of the patient may follow."""
    frame = patients.copy()
    ends: list[Bound] = [_last(frame, "death_date"), _last(frame, "last_contact_date"), cutoff]
    frame = _impute(frame, "birth_date", [], [_last(frame, "diagnosis_date"), *ends], method)
    birth = _first(frame, "birth_date")
    frame = _impute(frame, "diagnosis_date", [birth], [_last(frame, "advanced_date"), *ends], method)
    seen = [birth, _first(frame, "diagnosis_date")]
    frame = _impute(frame, "advanced_date", seen, ends, method)
    seen = [*seen, frame["patient_id"].map(_last_event(events, cutoff))]
    frame = _impute(frame, "death_date", [*seen, _first(frame, "last_contact_date")], [cutoff], method)
    latest: list[Bound] = [_last(frame, "death_date"), cutoff]
    return _impute(frame, "last_contact_date", seen, latest, method, ceiling=frame["death_date"])


def _impute_events(
    frame: pd.DataFrame, table: str, limits: pd.DataFrame, method: Method, cutoff: np.datetime64
) -> pd.DataFrame:
    """Dates of treatments, assessments and events, within the patient's life and follow-up."""
    names = [name for name in TABLES[table].dates if _partial(frame, name).any()]
    if not names:
        return frame
    frame = frame.copy()
    birth, death, contact = (frame["patient_id"].map(limits[name]) for name in ("birth", "death", "contact"))
    for name in names:
        earliest = [birth]
        latest: list[Bound] = [death, contact, cutoff]
        floor = None
        if table == "treatments" and name == "start_date":
            latest += [_last(frame, "end_date"), _last(frame, "progression_date")]
        elif table == "treatments":
            earliest.append(_first(frame, "start_date"))
            floor = frame["start_date"]
        frame = _impute(frame, name, earliest, latest, method, floor=floor)
    return frame


def _limits(patients: pd.DataFrame) -> pd.DataFrame:
    """Return the first day of birth, the last of death and last contact per patient: the widest of conflicting rows."""
    known = pd.DataFrame(
        {
            "patient_id": patients["patient_id"],
            "birth": _first(patients, "birth_date"),
            "death": _last(patients, "death_date"),
            "contact": _last(patients, "last_contact_date"),
        }
    ).dropna(subset="patient_id")
    return known.groupby("patient_id").agg({"birth": "min", "death": "max", "contact": "max"})


def _last_event(events: Mapping[str, pd.DataFrame], cutoff: np.datetime64) -> pd.Series:
    """Return the last day, up to the cut-off, by which something dated must have happened, per patient."""
    days = [
        pd.DataFrame({"patient_id": frame["patient_id"], "day": _first(frame, name)})
        for table, frame in events.items()
        for name in TABLES[table].dates
    ]
    known = pd.concat(days, ignore_index=True).dropna() if days else pd.DataFrame({"patient_id": [], "day": []})
    if not np.isnat(cutoff):
        known = known[known["day"] <= cutoff]
    return known.groupby("patient_id")["day"].max()


def _partial(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[f"{column}_precision"].isin(["month", "year"])


def _first(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return the first day that each date of a column may be."""
    return _bound(frame, column, 0)


def _last(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return the last day that each date of a column may be."""
    return _bound(frame, column, 1)


def _bound(frame: pd.DataFrame, column: str, side: int) -> pd.Series:
    rows = _partial(frame, column).to_numpy()
    if not rows.any():
        return frame[column]
    days = frame[column].copy()
    bound = possible_days(frame.loc[rows, column], frame.loc[rows, f"{column}_precision"])[side]
    days[rows] = bound.astype("datetime64[ns]")
    return days


def _impute(
    frame: pd.DataFrame,
    column: str,
    earliest: Sequence[pd.Series],
    latest: Sequence[Bound],
    method: Method,
    *,
    floor: pd.Series | None = None,
    ceiling: pd.Series | None = None,
) -> pd.DataFrame:
    """Fill in the days of the partial dates of one column, between the bounds that leave any day.

    `floor` and `ceiling` are days taken for other dates, which the day must not pass where the interval allows.
    """
    rows = _partial(frame, column).to_numpy()
    if not rows.any():
        return frame
    first, last = possible_days(frame.loc[rows, column], frame.loc[rows, f"{column}_precision"])
    low = np.fmax.reduce([first, *(_days(bound, rows) for bound in earliest)])
    high = np.fmin.reduce([last, *(_days(bound, rows) for bound in latest)])
    possible = low <= high
    low, high = np.where(possible, low, first), np.where(possible, high, last)
    day = chosen_day(first, last, low, high, method)
    if floor is not None:
        day = np.minimum(np.fmax(day, _days(floor, rows)), high)
    if ceiling is not None:
        day = np.maximum(np.fmin(day, _days(ceiling, rows)), low)
    frame = frame.copy()
    frame.loc[rows, column] = day.astype("datetime64[ns]")
    return frame


def possible_days(dates: pd.Series, precision: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last day (datetime64[D]) of the month or year of each date."""
    day = dates.to_numpy().astype("datetime64[D]")
    whole_year = (precision == "year").to_numpy()
    month, year = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    first = np.where(whole_year, year.astype("datetime64[D]"), month.astype("datetime64[D]"))
    after = np.where(whole_year, (year + 1).astype("datetime64[D]"), (month + 1).astype("datetime64[D]"))
    return first, after - 1


def chosen_day(first: np.ndarray, last: np.ndarray, low: np.ndarray, high: np.ndarray, method: Method) -> np.ndarray:
    """Return the day for intervals [first, last] that were narrowed to [low, high]."""
    if method == "earliest":
        return low
    if method == "latest":
        return high
    whole = (low == first) & (high == last)
    is_year = (last - first).astype("int64") > 31
    july = first.astype("datetime64[Y]").astype("datetime64[M]") + 6
    customary = np.where(is_year, july.astype("datetime64[D]"), first + 14)
    return np.where(whole, customary, low + (high - low).astype("int64") // 2)


def _days(bound: Bound, rows: np.ndarray) -> np.ndarray:
    if isinstance(bound, pd.Series):
        return bound.to_numpy()[rows].astype("datetime64[D]")
    return np.full(int(rows.sum()), bound)
