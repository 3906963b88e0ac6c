"""Weighted log-rank tests: what the weights are, and what has no test. That they equal R's: test_agreement_with_r."""

import math

import numpy as np
import pytest
from lifelines.statistics import multivariate_logrank_test

from rechallenge.estimates import weighted_logrank as tests

# Freireich's trial of 6-mercaptopurine in leukaemia, weeks of remission (Freireich et al. 1963; Collett, example 2.10).
TREATED = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])


def remission() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    time = np.array([*TREATED[0], *TREATED[1], *PLACEBO[0]], dtype=float)
    event = np.repeat([1.0, 0.0, 1.0], [len(TREATED[0]), len(TREATED[1]), len(PLACEBO[0])])
    return time, event, np.repeat(["6-MP", "placebo"], [21, 21]).astype(object)


@pytest.mark.parametrize(("weight", "published"), [("log_rank", 16.79), ("gehan_breslow", 13.46)])
def test_the_leukaemia_trial_has_the_published_statistics(weight, published):
    assert tests.weighted_log_rank(*remission(), weight).chi2 == pytest.approx(published, abs=0.005)


def test_without_weights_it_is_the_log_rank_test():
    time, event, group = remission()
    lifelines = multivariate_logrank_test(time, group, event)
    assert tests.weighted_log_rank(time, event, group).chi2 == pytest.approx(lifelines.test_statistic, rel=1e-12)


def test_peto_and_peto_is_fleming_and_harrington_with_p_1():
    one, other = (tests.weighted_log_rank(*remission(), name) for name in ("peto_peto", "fleming_harrington_1_0"))
    assert one == other


def test_one_stratum_changes_nothing_and_a_shift_between_strata_neither():
    time, event, group = remission()
    plain = tests.weighted_log_rank(time, event, group)
    assert tests.weighted_log_rank(time, event, group, strata=np.zeros(42)).chi2 == pytest.approx(plain.chi2)
    twice = tests.weighted_log_rank(
        np.concatenate([time, time + 1000]), np.tile(event, 2), np.tile(group, 2), strata=np.repeat([0, 1], 42)
    )
    assert twice.chi2 == pytest.approx(2 * plain.chi2)


def test_a_group_that_nobody_is_at_risk_in_does_not_count():
    time, event = np.array([1.0, 5, 6, 7, 8]), np.array([0.0, 1, 1, 1, 1])
    test = tests.weighted_log_rank(time, event, np.array(["left", "a", "b", "a", "b"]))
    assert test.df == 1


@pytest.mark.parametrize(
    ("event", "group"),
    [([0, 0, 0, 0], "aabb"), ([1, 1, 1, 1], "aaaa"), ([0, 0, 0, 1], "aabb")],
    ids=["no event", "one group", "last patient only"],
)
def test_where_there_is_nothing_to_compare_there_is_no_statistic(event, group):
    assert math.isnan(tests.weighted_log_rank(np.arange(4.0), np.array(event, dtype=float), list(group)).p)


def test_holm_multiplies_and_never_decreases():
    # R: p.adjust(c(0.01, 0.04, 0.03), "holm")
    np.testing.assert_allclose(tests.holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(tests.holm(np.array([0.01, np.nan, 0.9])), [0.02, np.nan, 0.9])


def test_the_trend_over_two_groups_is_a_log_rank_test_without_ties():
    time, event = np.arange(1.0, 21), np.tile([1.0, 1.0, 0.0, 1.0], 5)
    group = np.tile([0, 1, 1, 0, 0], 4)
    assert tests.trend(time, event, group + 1.0).chi2 == pytest.approx(tests.weighted_log_rank(time, event, group).chi2)


def test_an_unknown_weight_is_refused():
    with pytest.raises(ValueError, match="unknown weight"):
        tests.weighted_log_rank(*remission(), "heavy")


@pytest.mark.parametrize("weight", sorted(tests.WEIGHTS))
def test_strata_of_one_group_each_leave_nothing_to_compare(weight):
    # Also where rounding leaves a variance just above 0.
    rng = np.random.default_rng(2)
    for _ in range(40):
        group = rng.choice(["a", "b"], 9).astype(object)
        time, event = rng.integers(1, 40, 9).astype(float), np.ones(9)
        assert math.isnan(tests.weighted_log_rank(time, event, group, weight, strata=group).p)
