"""Concordance: pairs that can be counted by hand, delayed entry and strata."""

import math

import numpy as np
import pytest

from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.models import concordance_row

EVENT = np.ones(3)


def test_the_earlier_event_should_have_the_higher_risk():
    assert concordance(np.array([1.0, 2, 3]), EVENT, np.array([3.0, 2, 1])).estimate == 1.0
    assert concordance(np.array([1.0, 2, 3]), EVENT, np.array([3.0, 3, 1])).estimate == pytest.approx(2.5 / 3)


def test_a_patient_censored_at_the_time_of_an_event_was_free_of_it():
    assert concordance(np.array([5.0, 5]), np.array([1.0, 0]), np.array([2.0, 1])).estimate == 1.0
    assert math.isnan(concordance(np.array([5.0, 5]), np.array([1.0, 1]), np.array([2.0, 1])).estimate)


def test_who_enters_after_an_event_is_not_compared_with_it():
    time, risk = np.array([1.0, 2, 3]), np.array([1.0, 3, 2])
    assert concordance(time, EVENT, risk).estimate == pytest.approx(1 / 3)
    assert concordance(time, EVENT, risk, entry=np.array([0.0, 1, 1])).estimate == 1.0


def test_patients_of_different_strata_are_not_compared():
    time, event, risk = np.array([1.0, 2, 3, 4]), np.ones(4), np.array([1.0, 4, 3, 2])
    assert concordance(time, event, risk, strata=["a", "b", "b", "c"]).estimate == 1.0


def by_pairs(time, event, risk, entry):
    favourable = pairs = 0.0
    for case in np.flatnonzero(event):
        for other in range(len(time)):
            later = time[other] > time[case] or (time[other] == time[case] and not event[other])
            if later and entry[other] < time[case]:
                pairs += 1
                favourable += (np.sign(risk[case] - risk[other]) + 1) / 2
    return favourable / pairs


@pytest.mark.parametrize("seed", range(10))
def test_counting_by_sorting_gives_the_same_as_counting_all_pairs(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(5, 60))
    time, event = rng.integers(2, 12, size).astype(float), (rng.random(size) < 0.7).astype(float)
    event[0] = 1.0
    risk, entry = rng.integers(0, 5, size).astype(float), rng.integers(0, 2, size).astype(float)
    time[:2] = [2.0, 11.0]
    assert concordance(time, event, risk, entry=entry).estimate == pytest.approx(by_pairs(time, event, risk, entry))


def test_clusters_of_one_patient_change_nothing():
    rng = np.random.default_rng(1)
    time, event, risk = rng.exponential(size=30), np.ones(30), rng.normal(size=30)
    plain = concordance(time, event, risk)
    assert concordance(time, event, risk, cluster=np.arange(30)).std_error == pytest.approx(plain.std_error)
    assert concordance(time, event, risk, cluster=np.zeros(30)).std_error == pytest.approx(0.0, abs=1e-12)


def test_equal_risks_but_for_rounding_have_no_interval():
    time, event = np.arange(1.0, 7.0), np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    row = concordance_row(concordance(time, event, 1e-14 * time), 0.95, {"n": 6.0, "events": 4.0})
    assert row.estimate == 0.5
    assert np.isnan([row.lower, row.upper]).all()
    assert row.method.endswith("no interval, its variance is 0")
