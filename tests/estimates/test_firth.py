"""Firth's penalised Cox model: finite under separation, invariant, and the profile it promises."""

import math

import numpy as np
import pytest

from rechallenge.estimates import fast_cox, firth


def separated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nobody with the covariate has the event."""
    rng = np.random.default_rng(5)
    x = np.column_stack([np.repeat([1.0, 0.0], [8, 22]), rng.normal(size=30)])
    time = np.ceil(rng.exponential(20, 30))
    return time, (x[:, 0] == 0).astype(float) * (rng.random(30) < 0.8), x


def test_under_separation_the_estimate_is_finite_and_one_limit_far():
    time, event, x = separated()
    with pytest.raises(fast_cox.NoMaximum):
        fast_cox.fit(time, event, x)
    fit = firth.fit(time, event, x)
    assert np.isfinite([fit.coef, fit.lower, fit.upper]).all()
    assert fit.coef[0] < 0
    assert fit.coef[0] - fit.lower[0] > fit.upper[0] - fit.coef[0]


def test_at_a_profile_limit_the_penalised_test_has_the_p_value_of_the_confidence():
    # Moving the hypothesis to the limit: an offset is the same as another zero, so compare falls of the likelihood.
    time, event, x = separated()
    wide, narrow = firth.fit(time, event, x, 0.99), firth.fit(time, event, x, 0.8)
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()
    # The limit of a confidence of 1 - p is 0 where p is the penalised P value.
    edge = firth.fit(time, event, x, 1 - float(narrow.p[0]))
    assert edge.upper[0] == pytest.approx(0.0, abs=1e-7)


def test_with_many_events_it_is_close_to_the_ordinary_fit():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2000, 2))
    time, event = rng.exponential(1 / np.exp(0.5 * x[:, 0])).round(8), np.ones(2000)
    np.testing.assert_allclose(firth.fit(time, event, x).coef, fast_cox.fit(time, event, x).coef, atol=2e-3)


def test_units_do_not_matter():
    time, event, x = separated()
    plain, moved = firth.fit(time, event, x), firth.fit(time, event, x * [1, 1000] + [0, 5])
    np.testing.assert_allclose(moved.coef * [1, 1000], plain.coef, rtol=1e-7)
    np.testing.assert_allclose(moved.p, plain.p, rtol=1e-7)


def test_one_coefficient_has_one_test():
    time, event, x = separated()
    fit = firth.fit(time, event, x[:, :1])
    assert fit.likelihood_ratio.p == pytest.approx(float(fit.p[0]))


def test_covariates_that_say_the_same_have_no_fit():
    time, event, x = separated()
    with pytest.raises(fast_cox.NoMaximum):
        firth.fit(time, event, np.column_stack([x[:, 0], 1 - x[:, 0]]))


def test_one_event_is_enough():
    fit = firth.fit(np.arange(1.0, 7), np.array([0.0, 1, 0, 0, 0, 0]), np.array([[1.0, 1, 0, 0, 1, 0]]).T)
    assert math.isfinite(fit.coef[0])


@pytest.mark.parametrize("fitted", [firth.fit, firth.coefficients])
def test_covariates_that_determine_one_another_but_for_rounding_have_no_fit(fitted):
    # A bootstrap sample of few patients is such a one; its information is on the edge of being invertible.
    rng = np.random.default_rng(3)
    for _ in range(60):
        x = rng.integers(0, 2, (14, 3)) * rng.normal(3, 1, 3)
        x = np.column_stack([x, x @ rng.normal(size=3)])
        if (np.ptp(x, axis=0) > 0).all():
            with pytest.raises(fast_cox.NoMaximum):
                fitted(np.arange(1.0, 15), np.ones(14), x)


def test_a_limit_of_a_profile_with_several_maxima_is_not_given():
    # Seven events, six coefficients: climbed from elsewhere the profile is higher at some limits.
    rng = np.random.default_rng(57)
    rng.integers(8, 14), rng.integers(2, 8)
    x = (rng.random((8, 6)) < 0.5).astype(float)
    x[:, 0] = rng.normal(size=8)
    time = np.ceil(rng.exponential(10, 8))
    event = (rng.random(8) < 0.85).astype(float)
    blind, seeing = (firth.fit(time, event, x, look_elsewhere=look) for look in (False, True))
    given = np.isfinite([seeing.lower, seeing.upper])
    assert 0 < given.sum() < given.size
    assert np.array_equal(np.array([blind.lower, blind.upper])[given], np.array([seeing.lower, seeing.upper])[given])


def test_with_events_enough_nothing_is_sought_elsewhere():
    time, event, x = separated()
    blind, seeing = (firth.fit(time, event, x, look_elsewhere=look) for look in (False, True))
    assert np.array_equal(blind.lower, seeing.lower)
