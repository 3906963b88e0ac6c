"""Limits of a curve in small groups, against published examples and their known properties."""

import json
import math

import numpy as np
import pytest
from scipy.special import betaincinv

from rechallenge.estimates.beta_product import beta_product, rothman
from rechallenge.estimates.kaplan_meier import kaplan_meier
from tests.estimates.cohort import REFERENCE

# Freireich et al. 1963: weeks of remission under 6-mercaptopurine.
TIME = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35.0])
EVENT = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0.0])


def test_the_example_of_bpcp() -> None:
    limits = beta_product(kaplan_meier(TIME, EVENT))
    expected = json.loads((REFERENCE / "small_samples" / "bpcp.json").read_text(encoding="utf-8"))["leuk"]["all"]
    for time in (0.0, 6.0, 10.0, 23.0, 34.0):
        place = np.searchsorted(expected["time"], time, side="right") - 1
        assert limits.at(time) == pytest.approx((expected["lower"][place], expected["upper"][place]))
    assert limits.at(10.0) == pytest.approx((0.50083, 0.91503), abs=1e-5)
    median = limits.median()
    assert (median.estimate, median.lower) == (23, 11)
    assert math.isnan(median.upper)


@pytest.mark.parametrize("n", [1, 2, 5, 17])
def test_without_censoring_the_limits_are_those_of_clopper_and_pearson(n: int) -> None:
    limits = beta_product(kaplan_meier(np.arange(1.0, n + 1), np.ones(n)))
    for deaths in range(n + 1):
        alive = n - deaths
        lower = betaincinv(alive, deaths + 1, 0.025) if alive else 0.0
        upper = betaincinv(alive + 1, deaths, 0.975) if deaths else 1.0
        assert limits.at(float(deaths)) == pytest.approx((lower, upper))


def test_limits_hold_the_curve_and_reach_its_ends() -> None:
    random = np.random.default_rng(5)
    for _ in range(30):
        time, event = np.ceil(random.exponential(9, 8)), (random.random(8) < 0.6).astype(float)
        limits = beta_product(kaplan_meier(time, event))
        assert (limits.lower <= limits.survival + 1e-12).all()
        assert (limits.upper >= limits.survival - 1e-12).all()
        assert limits.lower[-1] == 0.0
        assert (np.diff(limits.lower) <= 1e-12).all()


def test_in_five_patients_the_median_may_be_at_once() -> None:
    """Before the first event the lower limit is 0.025^(1/n), under one half up to n = 5."""
    for n, at_once in ((5, True), (6, False)):
        median = beta_product(kaplan_meier(np.arange(1.0, n + 1), np.ones(n))).median()
        assert (median.lower == 0.0) is at_once


def test_nobody_with_an_event() -> None:
    limits = beta_product(kaplan_meier(np.array([3.0, 4]), np.zeros(2)))
    assert limits.upper == pytest.approx(np.ones(3))
    assert limits.at(0.0)[0] == pytest.approx(0.025**0.5)
    assert math.isnan(limits.median().upper)


def test_rothman_is_wilson_without_censoring() -> None:
    limits = rothman(kaplan_meier(np.arange(1.0, 11), np.ones(10)))
    share, z = 0.7, 1.959963984540054
    half = z * math.sqrt(share * (1 - share) / 10 + z**2 / 400)
    middle = share + z**2 / 20
    assert limits.at(3.0) == pytest.approx(tuple((middle + sign * half) / (1 + z**2 / 10) for sign in (-1, 1)))


def test_rothman_has_no_limits_where_the_curve_is_at_0() -> None:
    limits = rothman(kaplan_meier(np.arange(1.0, 4), np.ones(3)))
    assert math.isnan(limits.at(3.0)[0])
    assert limits.at(0.5) == (1.0, 1.0)
