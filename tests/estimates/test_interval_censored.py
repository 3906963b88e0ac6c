"""Progression between two scans: Turnbull's curve, its median, and three ways to date."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import interval_censored as ic
from rechallenge.estimates.kaplan_meier import kaplan_meier
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.settings.statistics import StatisticsSettings
from tests.agreement.interval_censored import cosmesis

PLAN = Plan("PFS", "rechallenge", compare=("resistance",))
SETTINGS = StatisticsSettings(landmarks_months=(2.0,))


def scanned(*rows: tuple[float | None, float, int, str]) -> pd.DataFrame:
    """Last scan without progression (None: exact), day, event, class."""
    before, days, event, classes = zip(*rows, strict=True)
    days_ = np.array(days, dtype="float64")
    lower = np.array([day if free is None else free for free, day in zip(before, days, strict=True)], dtype="float64")
    return pd.DataFrame(
        {
            "days": days_,
            "event": event,
            "entry_days": 0.0,
            "interval_lower_days": lower,
            "interval_upper_days": np.where(np.array(event) == 1, days_, np.nan),
            "resistance": classes,
        }
    )


def test_the_breast_cosmesis_data() -> None:
    """Radiotherapy alone, Finkelstein and Wolfe 1985; Klein and Moeschberger 2003, section 5.2."""
    own = cosmesis()
    curve = ic.turnbull(own["lower"].to_numpy(), own["upper"].to_numpy())
    places = np.searchsorted(curve.upper, [4, 5, 7, 8, 12, 25, 34, 40, 48], side="right")
    survival = np.concatenate([[1.0], curve.survival])[places]
    assert survival == pytest.approx([1, 0.954, 0.920, 0.832, 0.761, 0.668, 0.586, 0.467, 0], abs=0.002)


def test_exact_and_censored_times_give_the_kaplan_meier_curve() -> None:
    time, event = np.array([3.0, 5, 5, 8, 9]), np.array([1.0, 1, 0, 1, 0])
    curve = ic.turnbull(time, np.where(event == 1, time, np.inf))
    expected = kaplan_meier(time, event)
    assert curve.upper == pytest.approx(expected.time[expected.events > 0])
    assert curve.survival == pytest.approx(expected.survival[expected.events > 0], abs=1e-6)


def test_a_median_inside_an_interval_is_its_middle_with_the_two_ends() -> None:
    curve = ic.turnbull(np.array([10.0, 10, 60]), np.array([30.0, 30, 90]))
    assert ic.median(curve) == pytest.approx((20, 10, 30))


def test_a_curve_at_one_half_leaves_the_median_open_up_to_the_next_interval() -> None:
    curve = ic.turnbull(np.array([10.0, 60]), np.array([30.0, 90]))
    assert ic.median(curve) == pytest.approx((47.5, 10, 90))


def test_survival_inside_an_interval_is_between_two_values() -> None:
    curve = ic.turnbull(np.array([10.0, 60]), np.array([30.0, 90]))
    assert ic.survival_at(curve, 5, 90) == pytest.approx((1, 1, 1))
    assert ic.survival_at(curve, 12, 90) == pytest.approx((1, 0.5, 1))
    assert ic.survival_at(curve, 25, 90) == pytest.approx((0.5, 0.5, 1))
    assert ic.survival_at(curve, 40, 90) == pytest.approx((0.5, 0.5, 0.5))


def test_only_progression_moves_to_the_middle() -> None:
    frame = scanned((30, 60, 1, "primary"), (None, 70, 1, "primary"), (None, 80, 0, "acquired"))
    assert ic.at_midpoint(frame)["days"].tolist() == [45, 70, 80]


def test_a_source_without_scans_has_no_intervals_and_says_so() -> None:
    frame = scanned((None, 60, 1, "primary"), (None, 70, 1, "acquired"))
    (row,) = ic.rows(frame, PLAN, SETTINGS, CLASSES)
    assert row.statistic == "not_fitted"
    assert "no intervals" in row.method
    without = frame.drop(columns=["interval_lower_days", "interval_upper_days"])
    assert [row.statistic for row in ic.rows(without, PLAN, SETTINGS, CLASSES)] == ["not_fitted"]


def test_a_true_hazard_ratio_is_found_whatever_the_dating() -> None:
    rng = np.random.default_rng(4)
    n = 400
    primary = rng.random(n) < 0.5
    true = rng.weibull(1.2, n) * 300 * np.where(primary, 2 ** (-1 / 1.2), 1.0)
    upper = np.ceil(true / 56) * 56
    frame = scanned(
        *[(end - 56, end, 1, "primary" if one else "acquired") for end, one in zip(upper, primary, strict=True)]
    )
    found = list(ic.rows(frame, PLAN, SETTINGS, CLASSES))
    for model in (ic.RIGHT_END, ic.MIDPOINT, ic.INTERVAL):
        row = next(row for row in found if (row.model, row.statistic) == (model, "weibull_hr"))
        assert row.lower < 2 < row.upper, model


@pytest.mark.parametrize(
    "frame",
    [
        scanned((0, 60, 1, "primary")),
        scanned((0, 60, 1, "primary"), (None, 0, 0, "acquired"), (None, 0, 1, "acquired")),
        scanned(*[(0, 60, 1, "primary"), (None, 90, 0, "acquired")] * 5),
        scanned(*[(0, 60, 1, "primary")] * 8),
    ],
    ids=["one", "day 0", "a class without events", "one class"],
)
def test_what_cannot_be_fitted_is_a_sentence(frame: pd.DataFrame) -> None:
    found = list(ic.rows(frame, PLAN, SETTINGS, CLASSES))
    assert [row for row in found if row.statistic == "not_fitted"]
    assert not [row for row in found if row.statistic == "weibull_hr"]
