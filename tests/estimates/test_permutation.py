"""The permutation distribution of the log-rank statistic, counted exactly or drawn."""

import itertools
import math

import numpy as np
import pytest

from rechallenge.estimates import permutation
from rechallenge.estimates.permutation import log_rank_scores, permutation_p


def sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return np.ceil(random.exponential(10, n)), (random.random(n) < 0.7).astype(float)


def two_classes(first: int, n: int) -> np.ndarray:
    return np.array(["a"] * first + ["b"] * (n - first), dtype=object)


def test_scores_are_event_minus_cumulative_hazard() -> None:
    scores = log_rank_scores(np.array([1.0, 2, 2, 3]), np.array([1.0, 1, 0, 1]))
    assert scores == pytest.approx([1 - 1 / 4, 1 - 1 / 4 - 1 / 3, -1 / 4 - 1 / 3, 1 - 1 / 4 - 1 / 3 - 1])
    assert scores.sum() == pytest.approx(0)


@pytest.mark.parametrize(("n", "first"), [(9, 4), (12, 5), (13, 10), (7, 1)])
def test_counting_equals_listing_every_allocation(n: int, first: int) -> None:
    scores = log_rank_scores(*sample(n, seed=n))
    observed = abs(scores[:first].sum())
    listed = [abs(scores[list(chosen)].sum()) for chosen in itertools.combinations(range(n), first)]
    found = permutation_p(scores, two_classes(first, n), 99, seed=1)
    assert found.permutations == 0
    assert found.allocations == len(listed)
    assert found.p == pytest.approx(np.mean(np.array(listed) >= observed - 1e-9))


def test_a_complete_separation_of_three_and_three() -> None:
    """Of 20 allocations only the one seen and its mirror image are as extreme."""
    scores = log_rank_scores(np.arange(1.0, 7), np.ones(6))
    assert permutation_p(scores, two_classes(3, 6), 99, seed=1).p == pytest.approx(2 / 20)


def test_ties_do_not_depend_on_rounding() -> None:
    """All patients alike but for their class: every allocation is as extreme."""
    scores = log_rank_scores(np.array([1.0] * 5 + [2.0] * 5), np.array([1.0] * 5 + [0.0] * 5))
    group = np.array(["a", "b"] * 5, dtype=object)
    listed = [abs(scores[list(chosen)].sum()) for chosen in itertools.combinations(range(10), 5)]
    observed = abs(scores[::2].sum())
    assert permutation_p(scores, group, 99, seed=1).p == pytest.approx(np.mean(np.array(listed) > observed - 1e-9))


def test_three_classes_are_listed_or_drawn() -> None:
    scores = log_rank_scores(*sample(9, seed=3))
    group = np.array(["a"] * 3 + ["b"] * 3 + ["c"] * 3, dtype=object)
    exact = permutation_p(scores, group, 1680, seed=1)
    drawn = permutation_p(scores, group, 1679, seed=1)
    assert (exact.allocations, exact.permutations, drawn.permutations) == (1680, 0, 1679)
    assert drawn.p == pytest.approx(exact.p, abs=4 * drawn.monte_carlo_error)


def test_beyond_the_limit_permutations_are_drawn_reproducibly(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, group = log_rank_scores(*sample(20, seed=4)), two_classes(8, 20)
    exact = permutation_p(scores, group, 999, seed=1)
    monkeypatch.setattr(permutation, "MOST_PATIENTS_EXACT", 0)
    drawn = permutation_p(scores, group, 999, seed=1)
    assert drawn == permutation_p(scores, group, 999, seed=1)
    assert drawn != permutation_p(scores, group, 999, seed=3)
    assert drawn.monte_carlo_error == pytest.approx(math.sqrt(drawn.p * (1 - drawn.p) / 999))
    assert drawn.p == pytest.approx(exact.p, abs=4 * drawn.monte_carlo_error)
    assert round(drawn.p * 1000) == pytest.approx(drawn.p * 1000)


def test_the_smallest_drawn_p_is_not_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "MOST_PATIENTS_EXACT", 0)
    scores = log_rank_scores(np.arange(1.0, 41), np.ones(40))
    assert permutation_p(scores, two_classes(20, 40), 99, seed=1).p == pytest.approx(1 / 100)
