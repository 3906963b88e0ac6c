"""Rules of the Kaplan-Meier results on cohorts small enough to check by hand (days; a month is 30.4375 days)."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import follow_up, kaplan_meier
from rechallenge.estimates.quantiles import quantile
from rechallenge.estimates.rows import Row


def cohort(*patients: tuple[float, int] | tuple[float, int, float]) -> pd.DataFrame:
    """Months, event, and months of entry if later than 0."""
    rows = [(*patient, 0.0)[:3] for patient in patients]
    frame = pd.DataFrame(rows, columns=["days", "event", "entry_days"]).astype({"days": float, "event": int})
    return frame.assign(days=frame["days"] * DAYS_PER_MONTH, entry_days=frame["entry_days"] * DAYS_PER_MONTH)


def results(frame: pd.DataFrame, landmarks: tuple[float, ...] = (6.0,)) -> dict[str, Row]:
    rows = kaplan_meier.rows(frame, interval="log", confidence=0.95, landmarks=landmarks)
    return {row.statistic if math.isnan(row.at) else f"{row.statistic} {row.at:g}": row for row in rows}


def test_the_median_at_a_plateau_of_exactly_one_half_is_its_middle() -> None:
    # S falls to 0.5 at 2 months and stays there until the death at 8.
    found = results(cohort((1, 1), (2, 1), (8, 1), (9, 1)))
    assert found["median"].estimate == pytest.approx(5.0)


def test_a_plateau_is_found_in_spite_of_rounding_error() -> None:
    # Ten deaths of ten patients: the product of the shares misses 0.5 in its last bit.
    steps = np.cumprod([1 - 1 / n for n in range(10, 0, -1)])
    assert quantile(np.arange(1.0, 11.0), steps, 0.5) == 5.5


def test_a_plateau_that_lasts_to_the_end_of_the_curve_ends_at_its_last_time() -> None:
    found = results(cohort((1, 1), (2, 1), (8, 0), (12, 0)))
    assert found["median"].estimate == pytest.approx(7.0)


def test_a_median_that_is_not_reached_is_missing() -> None:
    found = results(cohort((1, 1), (2, 0), (3, 0), (4, 0)))
    assert math.isnan(found["median"].estimate)
    assert math.isnan(found["median"].upper)
    assert found["median"].n == 4


def test_numbers_at_risk_count_the_patient_with_an_event_on_that_day() -> None:
    found = results(cohort((6, 1), (6, 0), (3, 1), (9, 0)))
    assert found["at_risk 6"].estimate == 3


def test_survival_after_the_last_observation_is_not_known() -> None:
    found = results(cohort((1, 1), (4, 0)), landmarks=(4.0, 6.0))
    assert found["survival 4"].estimate == pytest.approx(0.5)
    assert math.isnan(found["survival 6"].estimate)
    assert found["at_risk 6"].estimate == 0


def test_survival_is_zero_after_everybody_has_died() -> None:
    found = results(cohort((1, 1), (4, 1)))
    assert found["survival 6"].estimate == 0
    assert math.isnan(found["survival 6"].upper)


def test_everyone_censored() -> None:
    found = results(cohort((7, 0), (8, 0)))
    assert found["survival 6"].estimate == found["survival 6"].lower == found["survival 6"].upper == 1
    assert math.isnan(found["median"].estimate)
    assert math.isnan(found["median_symmetric"].estimate)


@pytest.mark.parametrize("event", [0, 1])
def test_one_patient(event: int) -> None:
    found = results(cohort((5, event)))
    assert found["n"].estimate == 1
    if event:
        assert found["median"].estimate == pytest.approx(5.0)
    else:
        assert math.isnan(found["median"].estimate)


def test_nobody() -> None:
    found = results(cohort().iloc[:0])
    assert (found["n"].estimate, found["events"].estimate, found["at_risk 6"].estimate) == (0, 0, 0)
    assert math.isnan(found["median"].estimate)
    assert math.isnan(found["survival 6"].estimate)


def test_an_event_on_the_day_of_the_start_lowers_the_curve_at_once() -> None:
    frame = cohort((0, 1), (6, 0))
    curve = kaplan_meier.curve_frame(frame, interval="log", confidence=0.95)
    assert curve["time_months"].tolist() == [0, 6]
    assert curve["survival"].tolist() == [0.5, 0.5]


def test_delayed_entry_takes_patients_into_the_risk_set_when_they_come() -> None:
    # The death at 2 months is one of two: the third patient comes at 3 months.
    found = results(cohort((2, 1), (7, 0), (9, 1, 3)))
    assert found["survival 6"].estimate == pytest.approx(0.5)
    assert "delayed entry" in found["survival 6"].method


def test_the_curve_has_a_row_at_zero_and_one_per_distinct_time() -> None:
    curve = kaplan_meier.curve_frame(cohort((2, 1), (2, 0), (5, 1)), interval="log", confidence=0.95)
    assert curve["time_months"].tolist() == pytest.approx([0, 2, 5])
    assert curve["at_risk"].tolist() == [3, 3, 1]
    assert curve["events"].tolist() == [0, 1, 1]
    assert curve["censored"].tolist() == [0, 1, 0]
    assert curve["survival"].tolist() == pytest.approx([1, 2 / 3, 0])


def test_an_empty_curve_has_no_rows() -> None:
    assert len(kaplan_meier.curve_frame(cohort().iloc[:0], interval="log", confidence=0.95)) == 0


def test_the_type_of_interval_is_named() -> None:
    rows = kaplan_meier.rows(cohort((2, 1), (5, 1)), interval="log-log", confidence=0.9, landmarks=(3.0,))
    survival = next(row for row in rows if row.statistic == "survival")
    assert "log-log" in survival.method
    assert survival.confidence == 0.9


def test_survival_equals_that_of_lifelines(cohort_of_40: tuple[pd.DataFrame, ...]) -> None:
    from lifelines import KaplanMeierFitter

    adtte = cohort_of_40[1]
    os = adtte[(adtte["endpoint"] == "OS") & (adtte["population"] == "rechallenge")]
    curve = kaplan_meier.curve_of(os, "log", 0.95)
    other = KaplanMeierFitter().fit(os["days"], os["event"]).survival_function_at_times(curve.time)
    assert curve.survival == pytest.approx(other.to_numpy(), abs=1e-12)


def test_follow_up_is_not_the_median_of_observed_times() -> None:
    # Two early deaths: the observed times have median 6, those still followed were followed for 12.
    frame = cohort((1, 1), (2, 1), (6, 0), (12, 0), (12, 0))
    (row,) = follow_up.rows(frame, interval="log", confidence=0.95)
    assert row.estimate == pytest.approx(12.0)


def test_follow_up_when_everybody_died_is_missing() -> None:
    (row,) = follow_up.rows(cohort((1, 1), (2, 1)), interval="log", confidence=0.95)
    assert math.isnan(row.estimate)
