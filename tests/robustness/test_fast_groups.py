"""The fast log-rank test and median equal those of the results table."""

import math

import numpy as np
import pytest

from rechallenge.estimates.kaplan_meier import kaplan_meier, quantile_with_limits
from rechallenge.estimates.weighted_logrank import weighted_log_rank as log_rank
from rechallenge.robustness.fast_groups import log_rank_p, median
from tests.estimates.cohort import DATA_SETS, reference


def same(found: float, expected: float, limit: float) -> bool:
    return (math.isnan(found) and math.isnan(expected)) or abs(found - expected) <= limit


@pytest.mark.parametrize("seed", range(60))
def test_the_log_rank_test_and_the_median_are_those_of_the_results_table(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(4, 60))
    time = np.ceil(rng.exponential(60, size) / rng.choice([1, 10]))
    event, first = (rng.random(size) < 0.7).astype(float), rng.random(size) < 0.4
    expected = log_rank(time, event, np.where(first, "a", "b").astype(object))
    assert same(log_rank_p(time, event, first), expected.p, 1e-12)
    curve = kaplan_meier(time, event)
    assert same(median(time, event), quantile_with_limits(curve, 0.5).estimate, 1e-12)


@pytest.mark.parametrize("name", [name for name in DATA_SETS if not name.startswith("cr")])
def test_the_log_rank_test_is_that_of_r(name):
    data, answers = reference(name)
    if data["group"].nunique() != 2:
        pytest.skip("more than two groups")
    time, event = data["time"].to_numpy("float64").round(8), (data["event"] == 1).to_numpy("float64")
    found = log_rank_p(time, event, (data["group"] == data["group"].min()).to_numpy())
    assert found == pytest.approx(answers["logrank"]["logrank"]["p"], abs=1e-12)


def test_a_plateau_at_one_half_gives_its_middle():
    assert median(np.array([2.0, 4.0, 8.0, 9.0]), np.ones(4)) == 6.0


@pytest.mark.parametrize(
    ("event", "first"),
    [([0, 0, 0, 0], [1, 1, 0, 0]), ([1, 1, 0, 0], [1, 1, 1, 1]), ([1, 1, 1, 1], [0, 0, 0, 0])],
    ids=["no event", "one group", "the other group"],
)
def test_with_nothing_to_compare_there_is_no_p_value(event, first):
    assert math.isnan(log_rank_p(np.arange(1.0, 5.0), np.array(event, dtype=float), np.array(first, dtype=bool)))
