"""The PFS ratio by hand: four patients, one of whom is censored."""

import math

import pandas as pd
import pytest

from rechallenge.estimates.pfs_ratio import rows, with_ratio
from rechallenge.estimates.rows import Row


def frame(*patients: tuple[float, int, float | None]) -> pd.DataFrame:
    """PFS after rechallenge in days, its event, and days to progression on the first ICI."""
    return with_ratio(pd.DataFrame(patients, columns=["days", "event", "days_to_progression"]))


def found(*patients: tuple[float, int, float | None]) -> dict[str, Row]:
    return {row.statistic: row for row in rows(frame(*patients), interval="log", confidence=0.95)}


def test_median_and_share_above_the_threshold() -> None:
    # Ratios 0.5, 1, 1.5 (censored), 2: the curve is at 0.75, 0.50, then 0 at 2; its plateau at 0.5 is from 1 to 2.
    made = found((50, 1, 100), (100, 1, 100), (300, 0, 200), (200, 1, 100))
    assert made["ratio_median"].estimate == 1.5
    assert (made["ratio_above"].estimate, made["ratio_above"].at) == (50, 1.33)
    assert made["ratio_above"].lower < 50 < made["ratio_above"].upper
    assert (made["n"].estimate, made["n"].events) == (4, 3)
    assert "depends on its denominator" in made["ratio_above"].method


def test_exactly_the_threshold_is_not_above_it() -> None:
    assert found((133, 1, 100), (200, 1, 100))["ratio_above"].estimate == 50


def test_the_share_is_missing_where_all_ratios_are_censored_below_the_threshold() -> None:
    made = found((50, 1, 100), (100, 0, 100))
    assert math.isnan(made["ratio_above"].estimate)
    assert found((50, 1, 100), (100, 1, 100))["ratio_above"].estimate == 0


def test_without_a_time_to_progression_there_is_no_ratio() -> None:
    assert len(frame((50, 1, None), (50, 1, 100))) == 1


def test_nobody() -> None:
    assert list(found()) == ["n"]


def test_equal_ratios_of_different_days_are_ties() -> None:
    made = frame((100, 1, 300), (200, 1, 600), (1, 1, 3))
    assert made["ratio"].nunique() == 1
    assert made["ratio"].iloc[0] == pytest.approx(1 / 3)
