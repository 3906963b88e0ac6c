"""Time to progression around the cutoff, and the interval between assessments, on a few readable rows."""

import pandas as pd

from rechallenge.dates import months
from rechallenge.estimates.time_to_progression import assessment_interval, time_to_progression
from tests.support import canonical


def values(rows: object) -> dict[str, float]:
    return {f"{row.level or row.term}.{row.statistic}": row.estimate for row in rows}  # type: ignore[attr-defined]


def test_time_to_progression_around_the_cutoff() -> None:
    days = pd.Series([60.0, 168.0, 169.0, 182.0, 183.0, 196.0, 197.0, None])
    found = values(
        time_to_progression(
            pd.DataFrame({"days_to_progression": days, "months_to_progression": months(days)}), 182.625, 14
        )
    )
    assert (found["below_cutoff.n"], found["from_cutoff.n"], found["within_14_days.n"]) == (4, 3, 4)
    assert found["below_cutoff.percent"] == 100 * 4 / 7
    assert found["months_to_progression.median"] == 182 / 30.4375


def test_nobody_progressed() -> None:
    empty = pd.DataFrame({"days_to_progression": [None], "months_to_progression": [None]}, dtype="float64")
    assert list(time_to_progression(empty, 182.625, 14)) == []


def test_assessment_interval_runs_from_the_start_and_stays_inside_the_endpoint() -> None:
    assessments = canonical(
        "assessments",
        """
        patient_id  assessment_date  response
        01          2019-01-01       SD
        01          2019-02-15       SD
        01          2019-04-01       PD
        01          2019-07-01       PD
        02          2019-03-02       SD
        """,
    )
    adtte = pd.DataFrame(
        {
            "patient_id": ["01", "02"],
            "endpoint": "PFS1",
            "population": "first_ici",
            "start_date": pd.to_datetime(["2019-01-01", "2019-01-01"]),
            "end_date": pd.to_datetime(["2019-04-01", "2019-03-02"]),
        }
    )
    found = values(assessment_interval(assessments, adtte, "PFS1", "first_ici"))
    assert found["assessment_interval.median"] == 45  # of 45, 45 and 60 days
    assert list(assessment_interval(assessments, adtte, "PFS", "rechallenge")) == []
