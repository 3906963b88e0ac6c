"""Restricted means: areas that can be added by hand, and where there is none."""

import math

import numpy as np
import pytest

from rechallenge.estimates.restricted_mean import NAN, RestrictedMean, difference, ratio, restricted_mean

TIME, EVENT = np.array([2.0, 4.0, 6.0, 8.0]), np.array([1.0, 1.0, 0.0, 1.0])


def test_the_mean_is_the_area_under_the_curve():
    # 1 up to 2, 3/4 up to 4, 1/2 up to 5.
    assert restricted_mean(TIME, EVENT, 5.0).estimate == pytest.approx(2 + 1.5 + 0.5)


def test_the_variance_weighs_each_event_with_the_area_after_it():
    # After 2: 1.5 + 0.5; after 4: 0.5. Greenwood's terms: 1 / (4 * 3) and 1 / (3 * 2).
    assert restricted_mean(TIME, EVENT, 5.0).std_error == pytest.approx(math.sqrt(2**2 / 12 + 0.5**2 / 6))


def test_greenwood_agrees():
    from greenwood import Surv, rmst_test

    rng = np.random.default_rng(2)
    time, event = np.ceil(rng.exponential(20, 80)), (rng.random(80) < 0.7).astype(float)
    group = np.repeat(["a", "b"], 40)
    test = rmst_test(Surv(time, event.astype(int)), 15.0, group=group)
    means = [restricted_mean(time[group == level], event[group == level], 15.0) for level in ("a", "b")]
    assert difference(means[1], means[0], 0.95).p == pytest.approx(float(test.p_value), rel=1e-9)


def test_beyond_the_last_time_it_is_known_only_where_everybody_has_had_the_event():
    assert math.isnan(restricted_mean(TIME, np.array([1.0, 1.0, 1.0, 0.0]), 9.0).estimate)
    assert restricted_mean(TIME, EVENT, 9.0).estimate == pytest.approx(2 + 1.5 + 4 * 0.5)


def test_without_patients_or_time_there_is_none():
    assert math.isnan(restricted_mean(np.empty(0), np.empty(0), 5.0).estimate)
    assert math.isnan(restricted_mean(TIME, EVENT, 0.0).estimate)


def test_difference_and_ratio_have_an_interval_that_fits_their_p_value():
    first, second = RestrictedMean(10.0, 1.0), RestrictedMean(8.0, 0.5)
    for contrast, none in ((difference(first, second, 0.95), 0.0), (ratio(first, second, 0.95), 1.0)):
        assert contrast.lower < none < contrast.upper
        assert contrast.p > 0.05
    assert difference(first, second, 0.95).estimate == 2.0
    assert ratio(first, second, 0.95).estimate == 1.25


def test_without_a_variance_there_is_no_interval():
    assert math.isnan(difference(RestrictedMean(5.0, 0.0), RestrictedMean(5.0, 0.0), 0.95).p)
    assert math.isnan(ratio(RestrictedMean(NAN, NAN), RestrictedMean(5.0, 1.0), 0.95).p)
