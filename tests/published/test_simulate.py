"""Simulated cohorts: vectorised medians and tests against those of the estimates, and what the simulations rest on."""

import numpy as np
import pytest

from rechallenge.estimates.kaplan_meier import kaplan_meier
from rechallenge.estimates.quantiles import quantile
from rechallenge.estimates.weighted_logrank import weighted_log_rank
from rechallenge.published import simulate
from rechallenge.published.simulate import Scenario, by_time, generator, log_rank_p, median_times


@pytest.fixture(scope="module", params=["none", "uniform", "exponential"])
def cohorts(request):
    rng = generator(7, request.param)
    n = 22
    times = simulate.weibull(rng, np.full((200, n), 5.0), 1.0)
    time, event = simulate.observed(rng, times, request.param, 0.4)
    labels = (rng.random((200, n)) < 0.5).astype(int)
    labels[:, 0], labels[:, 1] = 0, 1
    return by_time(time, event, labels)


def test_medians_are_those_of_the_estimates(cohorts):
    time, event, labels = cohorts
    for group in (None, 0, 1):
        member = np.ones_like(event) if group is None else labels == group
        found = median_times(time, event, member)
        for row in range(len(time)):
            chosen = member[row]
            curve = kaplan_meier(time[row][chosen], event[row][chosen].astype(float))
            assert found[row] == pytest.approx(quantile(curve.time, curve.survival, 0.5), nan_ok=True)


def test_the_median_at_a_plateau_is_its_middle_also_where_it_lasts_to_the_end():
    time = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 9.0]])
    event = np.array([[True, True, True, True], [True, True, False, False]])
    assert median_times(time, event, np.ones_like(event)).tolist() == [2.5, 5.5]


def test_log_rank_is_that_of_the_estimates(cohorts):
    time, event, labels = cohorts
    found = log_rank_p(time, event, labels == 1)
    for row in range(0, len(time), 5):
        expected = weighted_log_rank(time[row], event[row].astype(float), labels[row].astype(str).astype(object))
        assert found[row] == pytest.approx(expected.p, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("kind", ["uniform", "exponential"])
@pytest.mark.parametrize("share", simulate.CENSORED_SHARES)
def test_as_many_are_censored_as_the_scenario_says(kind, share):
    rng = generator(3, f"{kind}{share}")
    times = simulate.weibull(rng, np.full((2000, 20), 3.0), 1.5)
    _, event = simulate.observed(rng, times, kind, share)
    assert 1 - event.mean() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("shape", simulate.SHAPES)
def test_times_have_the_median_asked_for(shape):
    times = simulate.weibull(generator(3, "m"), np.full(100_000, 5.4), shape)
    assert np.median(times) == pytest.approx(5.4, rel=0.02)


def test_without_censoring_no_pooled_median_lies_outside_the_medians_of_its_parts():
    rng = generator(11, "none")
    time = rng.exponential(size=(20_000, 9))
    labels = (np.arange(9) >= rng.integers(1, 9, size=(20_000, 1))).astype(int)
    time, event, labels = by_time(time, np.ones(time.shape, dtype=bool), labels)
    parts = np.stack([median_times(time, event, labels == group) for group in (0, 1)])
    pooled = median_times(time, event, np.ones_like(event))
    assert not ((pooled > parts.max(axis=0) + 1e-12) | (pooled < parts.min(axis=0) - 1e-12)).any()


def test_an_extreme_cohort_shows_the_index_study_s_medians_so_they_are_not_impossible():
    """22 patients with a pooled median of 7.0 above 5.4 and 1.1 (oligo: 10, of whom 9 leave at 1.2 months)."""
    oligo = [(1.2, False)] * 9 + [(5.4, True)]
    systemic = [(1.1, True)] * 7 + [(7.0, True)] + [(12.0, False)] * 4

    def median(patients):
        time, event = (np.array(values, dtype=float) for values in zip(*patients, strict=True))
        curve = kaplan_meier(time, event)
        return quantile(curve.time, curve.survival, 0.5)

    assert (median(oligo), median(systemic), median(oligo + systemic)) == (5.4, 1.1, 7.0)


def test_all_splits_are_simulated_equally_often_and_none_is_empty():
    sizes = simulate._sizes(generator(1, "s"), 5, 2, 40_000)
    values, counts = np.unique(sizes[:, 0], return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert counts / 40_000 == pytest.approx([0.25] * 4, abs=0.02)
    three = simulate._sizes(generator(1, "s"), 6, 3, 1000)
    assert (three.sum(axis=1) == 6).all()
    assert three.min() == 1


def test_a_scenario_says_itself():
    assert Scenario(1.0).words == "exponential times, no censoring"
    assert Scenario(1.5, "uniform", 0.4, (22, 18)).words == (
        "Weibull times of shape 1.5, 40% censored up to one closing date, groups of 22 and 18"
    )


def test_too_many_patients_are_not_simulated():
    found = simulate.pooled_outside(100_000, (5.4, 1.1), None, above=True, rng=generator(1, "x"))
    assert found is None
