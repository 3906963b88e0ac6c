"""Numbers under a curve, counted as R does, and ticks in months."""

import pandas as pd
import pytest

from rechallenge.figures.risk_table import month_ticks, risk_table
from tests.figures.helpers import curve


def test_at_risk_counts_those_whose_time_is_the_tick_or_later() -> None:
    # Two leave before 3 months, one has the event exactly at 3, one at 5 is censored, one lasts to 7.
    table = risk_table(curve([1, 2, 3, 5, 7], [1, 0, 1, 0, 1]), [0, 3, 6, 9])
    expected = pd.DataFrame(
        {"tick": [0, 3, 6, 9], "at_risk": [5, 3, 1, 0], "censored": [0, 1, 2, 2], "events": [0, 1, 2, 3]}
    )
    pd.testing.assert_frame_equal(table, expected)


def test_every_column_adds_up_to_the_group_with_ties_and_times_of_zero() -> None:
    table = risk_table(curve([0, 0, 2, 2, 2, 4.0000000001, 6], [0, 1, 1, 1, 0, 1, 0]), [0, 2, 4, 6])
    assert (table[["at_risk", "censored", "events"]].sum(axis=1) == 7).all()
    assert table["at_risk"].tolist() == [7, 5, 2, 1]


def test_a_curve_that_does_not_add_up_is_refused() -> None:
    broken = curve([1, 2, 3], [1, 1, 1])
    broken.loc[2, "at_risk"] = 3
    with pytest.raises(ValueError, match="do not add up"):
        risk_table(broken, [0, 3])


@pytest.mark.parametrize(
    ("longest", "most", "ticks"),
    [
        (0.0, 8, [0, 1]),
        (5.5, 8, [0, 1, 2, 3, 4, 5, 6]),
        (18.0, 8, [0, 3, 6, 9, 12, 15, 18]),
        (18.01, 8, [0, 3, 6, 9, 12, 15, 18, 21]),
        (40.0, 8, [0, 6, 12, 18, 24, 30, 36, 42]),
        (40.0, 6, [0, 12, 24, 36, 48]),
        (150.0, 8, [0, 24, 48, 72, 96, 120, 144, 168]),
    ],
)
def test_ticks_are_months_that_clinicians_think_in(longest: float, most: int, ticks: list[int]) -> None:
    assert month_ticks(longest, most) == ticks
