"""Immune-related adverse events of grade 3 or more, of five patients.

A: one under the first ICI, one under rechallenge.   B: one under the first ICI only.   C: grade 2 only.
D: not immune-related.   E: never rechallenged, one undated.
"""

import pandas as pd

from rechallenge.estimates.safety import grade_counts, safety

COURSE = pd.DataFrame(
    {
        "patient_id": list("ABCDE"),
        "first_ici_start": pd.to_datetime(["2019-01-01"] * 5),
        "rechallenge_start": pd.to_datetime(["2020-01-01"] * 4 + [None]),
    }
)
EVENTS = pd.DataFrame(
    [
        ("A", "2019-03-01", 3.0, "yes"),
        ("A", "2020-01-01", 4.0, "yes"),
        ("B", "2019-12-31", 3.0, "yes"),
        ("C", "2019-05-01", 2.0, "yes"),
        ("D", "2020-05-01", 5.0, "no"),
        ("E", None, 3.0, "yes"),
        ("Z", "2019-05-01", 3.0, "yes"),
    ],
    columns=["patient_id", "start_date", "ctcae_grade", "immune_related"],
).assign(start_date=lambda frame: pd.to_datetime(frame["start_date"]))


def counted(events: pd.DataFrame, statistic: str = "n") -> dict[str, tuple[float, float]]:
    return {row.level: (row.estimate, row.n) for row in safety(events, COURSE) if row.statistic == statistic}


def test_events_belong_to_rechallenge_from_its_first_day_on() -> None:
    assert counted(EVENTS) == {
        "first_ici": (2, 5),
        "rechallenge": (1, 4),
        "recurrence": (1, 2),
        "undated": (1, 5),
    }


def test_percentages() -> None:
    assert counted(EVENTS, "percent")["rechallenge"] == (25, 4)


def test_an_extract_without_adverse_events_has_no_rows() -> None:
    assert safety(EVENTS.iloc[:0], COURSE) == ()


def test_nobody_rechallenged() -> None:
    course = COURSE.assign(rechallenge_start=pd.NaT)
    found = {row.level: row.estimate for row in safety(EVENTS, course) if row.statistic == "n"}
    assert (found["first_ici"], found["rechallenge"]) == (2, 0)


def test_events_by_grade() -> None:
    found = {row.level: row.estimate for row in grade_counts(EVENTS, COURSE)}
    assert found == {"2": 1, "3": 3, "4": 1, "": 0}


def test_an_event_after_a_rechallenge_that_is_not_counted_is_none_of_the_first_ici() -> None:
    course = pd.DataFrame(
        {
            "patient_id": ["01"],
            "first_ici_start": [pd.Timestamp("2019-01-01")],
            "rechallenge_start": [pd.Timestamp("2020-01-01")],
        }
    )
    events = pd.DataFrame(
        {
            "patient_id": ["01"],
            "start_date": [pd.Timestamp("2020-02-01")],
            "ctcae_grade": [3.0],
            "immune_related": ["yes"],
        }
    )
    found = {row.level: row.estimate for row in safety(events, course, pd.Series([False])) if row.statistic == "n"}
    assert (found["first_ici"], found["rechallenge"]) == (0, 0)
