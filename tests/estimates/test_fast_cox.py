"""The fast Cox fit equals R's and that of the results table, and says where there is nothing to fit."""

import numpy as np
import pytest

from rechallenge.estimates import cox, fast_cox, fine_gray, firth, partial_likelihood
from tests.estimates.cohort import DATA_SETS, reference

# R stops when the log-likelihood changes by less than 1e-9 of itself: this close to the maximum.
STOPS_EARLY = 3e-9


@pytest.mark.parametrize("name", [name for name in DATA_SETS if not name.startswith("cr")])
def test_coefficients_and_errors_are_those_of_r(name):
    data, answers = reference(name)
    models = [answers["cox"]["efron"], *answers["cox"]["univariable"].values()]
    for model in models:
        terms = model["terms"]
        rows = data.dropna(subset=terms["term"])
        time, event = rows["time"].to_numpy("float64").round(8), (rows["event"] == 1).to_numpy("float64")
        fit = fast_cox.fit(time, event, rows[terms["term"]].to_numpy("float64"))
        np.testing.assert_allclose(fit.coef, terms["coef"], rtol=0, atol=STOPS_EARLY)
        np.testing.assert_allclose(fit.std_error, terms["se"], rtol=0, atol=1e-9)


def sample(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(25, 50))
    x = (rng.random((size, int(rng.integers(1, 5)))) < 0.4).astype(float)
    time = np.ceil(rng.exponential(100, size) / rng.choice([1, 14]))
    return time, (rng.random(size) < 0.8).astype(float), x


@pytest.mark.parametrize("seed", range(40))
def test_it_equals_the_fit_of_the_results_table_on_small_samples_with_ties(seed):
    time, event, x = sample(seed)
    try:
        expected = cox.fit(time, event, x)
    except cox.NotFitted:
        pytest.skip("not fitted by the two libraries")
    found = fast_cox.fit(time, event, x)
    np.testing.assert_allclose(found.coef, expected.coef, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.std_error, expected.std_error, rtol=0, atol=1e-8)


def test_the_unit_and_the_centre_of_a_covariate_do_not_matter():
    time, event, x = sample(3)
    plain, moved = fast_cox.fit(time, event, x), fast_cox.fit(time, event, 1000 * x + 7)
    np.testing.assert_allclose(moved.coef * 1000, plain.coef, rtol=1e-9)


def test_the_order_of_the_patients_does_not_matter():
    time, event, x = sample(4)
    shuffled = np.random.default_rng(0).permutation(len(time))
    np.testing.assert_allclose(
        fast_cox.fit(time[shuffled], event[shuffled], x[shuffled]).coef, fast_cox.fit(time, event, x).coef, atol=1e-12
    )


@pytest.mark.parametrize(
    ("event", "columns"),
    [
        # Everybody with the covariate has the event before anybody without it.
        ([1, 1, 1, 1, 1, 1, 1, 1], [[1, 1, 1, 1, 0, 0, 0, 0]]),
        # Nobody with the covariate has it.
        ([0, 1, 0, 1, 0, 1, 0, 1], [[1, 0, 1, 0, 1, 0, 1, 0]]),
        # Two columns say the same.
        ([1, 1, 1, 1, 1, 1, 1, 1], [[1, 0, 0, 1, 1, 0, 1, 0], [0, 1, 1, 0, 0, 1, 0, 1]]),
        # All events are at one time and those who had them are all there are.
        ([0, 0, 0, 0, 0, 0, 0, 1], [[1, 0, 1, 0, 1, 0, 1, 0]]),
    ],
    ids=["separated", "no event", "collinear", "last patient only"],
)
def test_without_a_single_maximum_nothing_is_fitted(event, columns):
    with pytest.raises(fast_cox.NoMaximum):
        fast_cox.fit(np.arange(1.0, 9.0), np.array(event, dtype=float), np.array(columns, dtype=float).T)


def design_with_entry_and_strata(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(80, 2))
    time = np.ceil(rng.exponential(30, 80) / np.exp(0.5 * x[:, 0])) + 1
    entry = np.floor(time * rng.random(80) * (rng.random(80) < 0.6))
    return time, (rng.random(80) < 0.7).astype(float), x, entry, rng.integers(0, 4, 80)


@pytest.mark.parametrize("seed", range(5))
def test_large_samples_take_differences_of_sums_and_give_the_same(seed, monkeypatch):
    time, event, x, entry, strata = design_with_entry_and_strata(seed)
    tabled = fast_cox.fit(time, event, x, entry=entry, strata=strata)
    monkeypatch.setattr(partial_likelihood, "TABLED", 0)
    summed = fast_cox.fit(time, event, x, entry=entry, strata=strata)
    np.testing.assert_allclose(summed.coef, tabled.coef, rtol=1e-9)
    np.testing.assert_allclose(summed.covariance, tabled.covariance, rtol=1e-9)


def test_strata_that_never_meet_are_separate_cohorts():
    time, event, x, _, strata = design_with_entry_and_strata(7)
    apart = time + 1000 * strata
    entered = 1000.0 * strata
    np.testing.assert_allclose(
        fast_cox.fit(time, event, x, strata=strata).coef, fast_cox.fit(apart, event, x, entry=entered).coef, rtol=1e-9
    )


def test_ties_are_broken_alike_where_there_are_none():
    time, event, x, *_ = design_with_entry_and_strata(8)
    time = time + np.arange(80) / 100
    efron, breslow = (fast_cox.fit(time, event, x, ties=ties) for ties in ("efron", "breslow"))
    np.testing.assert_allclose(efron.coef, breslow.coef, rtol=1e-12)


@pytest.mark.parametrize(
    ("size", "event", "value"), [(6, 0.0, None), (6, 1.0, 3.0), (0, 1.0, None)], ids=["no event", "constant", "nobody"]
)
def test_where_there_is_nothing_to_fit_it_says_so(size, event, value):
    time, x = np.arange(1.0, size + 1), np.arange(float(size))[:, None]
    x = x if value is None else np.full((size, 1), value)
    with pytest.raises(fast_cox.NoMaximum):
        fast_cox.fit(time, np.full(size, event), x)
    with pytest.raises(fast_cox.NoMaximum):
        firth.fit(time, np.full(size, event), x)
    with pytest.raises(fast_cox.NoMaximum):
        fine_gray.fit(time, np.full(size, event).astype("int64"), x)


def test_in_large_samples_lifelines_begins_at_the_maximum_and_says_the_same(monkeypatch):
    time, event, x, entry, strata = design_with_entry_and_strata(3)
    from_zero = cox.fit(time, event, x, entry=entry, strata=strata)
    monkeypatch.setattr(cox, "LARGE", 1)
    from_there = cox.fit(time, event, x, entry=entry, strata=strata)
    np.testing.assert_allclose(from_there.coef, from_zero.coef, rtol=1e-9)
    np.testing.assert_allclose(from_there.covariance, from_zero.covariance, rtol=1e-9)
    assert from_there.likelihood_ratio.chi2 == pytest.approx(from_zero.likelihood_ratio.chi2, rel=1e-9)


@pytest.mark.filterwarnings("error")
def test_hazards_too_small_to_be_divided_by_have_no_likelihood() -> None:
    risk = partial_likelihood.risk_sets(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]))
    likelihood = partial_likelihood.derivatives(np.array([[1.0], [0.0], [0.0]]), np.array([712.0]), risk)[0]
    assert likelihood == -np.inf
