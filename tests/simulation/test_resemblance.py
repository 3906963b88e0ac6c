"""The scoring rule of the demo's seed."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.simulation.resemblance import TARGETS, figures_of, median_survival, score


@pytest.mark.parametrize(
    ("days", "event", "median_days"),
    [
        ([10, 20, 30, 40, 50], [1, 1, 1, 1, 1], 30),
        ([10, 20, 30, 40], [1, 0, 1, 1], 30),  # survival 3/4, then 3/8
        ([10, 20, 30], [0, 1, 0], 20),  # survival exactly one half
        ([10, 20, 30], [1, 0, 0], None),  # not reached
    ],
)
def test_median_survival(days, event, median_days):
    found = median_survival(np.array(days, float), np.array(event, bool))
    assert math.isnan(found) if median_days is None else found == pytest.approx(median_days / DAYS_PER_MONTH)


def test_every_figure_met_scores_nothing():
    assert score({name: target.value for name, target in TARGETS.items()}) == pytest.approx(0)


def test_a_figure_that_is_off_by_its_unit_costs_a_point():
    figures = {name: target.value for name, target in TARGETS.items()}
    assert score(figures | {"n": 42}) == pytest.approx(1)
    assert score(figures | {"n": 44}) == pytest.approx(4)
    assert score(figures | {"pfs_primary": 2.1 * math.exp(0.12)}) == pytest.approx(1)


@pytest.mark.parametrize("missing", [float("nan"), float("inf"), 0.0])
def test_a_median_that_is_not_reached_is_never_chosen(missing):
    figures = {name: target.value for name, target in TARGETS.items()}
    assert score(figures | {"pfs_acquired": missing}) == float("inf")


def test_figures_of_four_patients():
    rows = pd.DataFrame(
        {
            "days_to_progression": [60, 100, 200, 400],
            "resistance": ["primary", "primary", "acquired", "acquired"],
            "interval_treatment": [False, True, False, True],
            "days": [30, 50, 200, 300],
            "event": [True, True, True, True],
        }
    )
    months = {name: value * DAYS_PER_MONTH for name, value in figures_of(rows).items()}
    assert months["n"] / DAYS_PER_MONTH == 4
    assert months["primary"] / DAYS_PER_MONTH == 2
    assert months["pfs1_median"] == pytest.approx(150)
    assert months["pfs_primary"] == pytest.approx(30)
    assert months["pfs_acquired"] == pytest.approx(200)
    assert months["pfs_interval"] == pytest.approx(50)
    assert months["pfs_no_interval"] == pytest.approx(30)
