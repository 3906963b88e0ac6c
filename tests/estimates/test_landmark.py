"""Landmark analyses: who is in which group, and who is in none."""

import numpy as np
import pytest

from rechallenge.estimates import exposure, landmark
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.test_exposure import progressed, without_effect

MONTH = 30.4375
SETTINGS = StatisticsSettings(exposure_landmarks_months=(1.0,))


def test_groups_are_those_of_the_landmark() -> None:
    frame = exposure.with_exposure(
        progressed((20, 1, None), (25, 0, 10), (100, 1, 10), (100, 1, 50), (100, 1, None), (100, 0, 30))
    )
    chosen = landmark.at_landmark(frame, 1.0).set_index("patient_id")
    assert list(chosen[landmark.BY_THEN].items()) == [("03", "true"), ("04", "false"), ("05", "false"), ("06", "true")]
    assert chosen["days"].tolist() == pytest.approx([100 - MONTH] * 4)
    rows = {(row.level, row.statistic): row.estimate for row in landmark.rows(frame, SETTINGS)}
    assert rows["died", "left_out"] == 1
    assert rows["not_followed", "left_out"] == 1
    assert rows["", "rechallenged_later"] == 1


def test_a_rechallenge_on_the_day_of_the_landmark_counts_and_an_end_on_it_does_not() -> None:
    frame = exposure.with_exposure(progressed((2 * MONTH, 1, 3 * MONTH), (400, 1, None)))
    frame["exposed_days"] = [2 * MONTH, np.nan]
    frame.loc[0, "days"] = 300.0
    assert landmark.at_landmark(frame, 2.0)[landmark.BY_THEN].tolist() == ["true", "false"]
    frame.loc[0, "days"] = 2 * MONTH
    assert len(landmark.at_landmark(frame, 2.0)) == 1


def test_without_an_effect_no_landmark_finds_one() -> None:
    frame = exposure.with_exposure(without_effect(2000, 5))
    for row in landmark.rows(frame, StatisticsSettings(exposure_landmarks_months=(3.0, 6.0))):
        if row.statistic == "hr":
            assert row.lower < 1 < row.upper


def test_nobody_left_at_the_landmark_is_said() -> None:
    frame = exposure.with_exposure(progressed((10, 1, 5), (12, 1, None)))
    said = [row.method for row in landmark.rows(frame, SETTINGS) if row.statistic == "not_fitted"]
    assert said == ["Not compared: nobody was alive and under observation after the landmark."]
    frame = exposure.with_exposure(progressed((100, 1, 50), (120, 1, None)))
    said = [row.method for row in landmark.rows(frame, SETTINGS) if row.statistic == "not_fitted"]
    assert said == ["Not compared: nobody had been rechallenged by the landmark."]
