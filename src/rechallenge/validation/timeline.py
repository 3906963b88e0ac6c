"""What happened next: progressions and systemic starts of a patient in order, found without loops."""

from typing import Literal

import pandas as pd

from rechallenge.validation.extract import Extract
from rechallenge.vocabulary import PROGRESSIVE

# Columns of an events frame: patient (position in patients), key (the day searched), first_day, last_day.


def assessed_progressions(extract: Extract) -> pd.DataFrame:
    """Every dated assessment with progression; `key` is the last day it can mean."""
    return _events(extract, "assessments", "assessment_date", extract["assessments"]["response"].isin(PROGRESSIVE))


def progressions(extract: Extract) -> pd.DataFrame:
    """Every dated progression, of assessments and of treatments."""
    parts = [
        assessed_progressions(extract),
        _events(extract, "treatments", "progression_date", extract["treatments"]["progression_date"].notna()),
    ]
    return pd.concat(parts, ignore_index=True)


def systemic_starts(extract: Extract) -> pd.DataFrame:
    """Every dated start of a systemic therapy."""
    return _events(extract, "treatments", "start_date", extract.systemic)


def _events(extract: Extract, table: str, column: str, where: pd.Series) -> pd.DataFrame:
    events = pd.DataFrame(
        {
            "patient": extract.position(table),
            "first_day": extract.earliest(table, column),
            "last_day": extract.latest(table, column),
        }
    )[where]
    events = events[(events["patient"] >= 0) & events["first_day"].notna()]
    return events.assign(key=events["last_day"])


def next_after(
    patient: pd.Series,
    day: pd.Series,
    events: pd.DataFrame,
    direction: Literal["forward", "backward"] = "forward",
    *,
    same_day: bool = False,
) -> pd.DataFrame:
    """The first event of each patient strictly after `day` (or the last one before), parallel to `patient`.

    `same_day` lets an event of that day count. Columns: first_day, last_day; missing where there is none. Forward,
    `first_day` is the first day that any event from there on can mean: an event known to the year only may come
    before one known to the day.
    """
    wanted = pd.DataFrame({"patient": patient, "key": day}).dropna().sort_values("key", kind="stable")
    wanted["patient"] = wanted["patient"].astype("int64")
    ordered = events.sort_values("key", kind="stable").assign(patient=lambda rows: rows["patient"].astype("int64"))
    if direction == "forward":
        backwards = ordered["first_day"].iloc[::-1].astype("int64")
        ordered["first_day"] = pd.to_datetime(backwards.groupby(ordered["patient"]).cummin())
    wanted = wanted.assign(row=wanted.index)
    found = pd.merge_asof(wanted, ordered, on="key", by="patient", direction=direction, allow_exact_matches=same_day)
    return found.set_index("row")[["first_day", "last_day"]].reindex(patient.index)
