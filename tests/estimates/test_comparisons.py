"""Tests of Table 1 against examples of R's documentation."""

import itertools
import math

import numpy as np
import pytest

from rechallenge.estimates import comparisons
from rechallenge.estimates.comparisons import compare_counts, compare_numbers, fisher


def counts(*rows: tuple[int, int]) -> np.ndarray:
    return np.array(rows, dtype="int64")


def test_fisher_of_the_tea_tasting_lady() -> None:
    found = compare_counts(counts((3, 1), (1, 3)), seed=1)  # ?fisher.test: p = 0.4857
    assert found is not None
    assert (round(found.p, 4), found.method) == (0.4857, "Fisher's exact test")


def test_chi_square_has_no_continuity_correction() -> None:
    found = compare_counts(counts((20, 10), (10, 20)), seed=1)  # prop.test(c(20, 10), c(30, 30), correct = FALSE)
    assert found is not None
    assert found.method == "chi-square test"
    assert found.p == pytest.approx(math.erfc(math.sqrt(60 * (400 - 100) ** 2 / 30**4 / 2)))


def test_an_expected_count_of_five_is_enough_for_chi_square() -> None:
    assert compare_counts(counts((5, 5), (5, 5)), seed=1).method == "chi-square test"  # type: ignore[union-attr]
    assert "Fisher" in compare_counts(counts((5, 4), (5, 5)), seed=1).method  # type: ignore[union-attr]


def test_fisher_of_more_levels_equals_the_list_of_all_tables() -> None:
    observed = counts((4, 0), (2, 3), (1, 5))
    margins, first = observed.sum(axis=1), observed[:, 0].sum()
    chances = {
        cells: math.prod(math.comb(total, cell) for total, cell in zip(margins, cells, strict=True))
        for cells in itertools.product(*(range(total + 1) for total in margins))
        if sum(cells) == first
    }
    limit = chances[tuple(observed[:, 0])]
    expected = sum(chance for chance in chances.values() if chance <= limit) / sum(chances.values())
    assert fisher(observed, seed=1).p == pytest.approx(expected, abs=1e-12)


def test_too_many_tables_are_simulated_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    observed = counts((4, 0), (2, 3), (1, 5))
    exact = fisher(observed, seed=1)
    monkeypatch.setattr(comparisons, "MOST_TABLES", 1)
    drawn = fisher(observed, seed=1)
    assert drawn == fisher(observed, seed=1)
    assert "simulated" in drawn.method
    assert drawn.p == pytest.approx(exact.p, abs=0.01)


@pytest.mark.parametrize("table", [counts((3, 4)), counts((3, 0), (4, 0)), counts((0, 0)), counts((2, 2), (0, 0))])
def test_nothing_to_compare(table: np.ndarray) -> None:
    assert compare_counts(table, seed=1) is None


def test_wilcoxon_exact() -> None:
    # ?wilcox.test, permeability of the human chorioamnion; two-sided P is twice the printed 0.1272.
    first = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
    second = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
    found = compare_numbers(first, second)
    assert found is not None
    assert (round(found.p, 4), found.method) == (0.2544, "Wilcoxon rank-sum test, exact")


def test_wilcoxon_with_ties() -> None:
    # ?wilcox.test: Ozone in May and August, airquality; P = 0.0001208.
    may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37]
    august = [39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85]
    found = compare_numbers(np.array(may, dtype=float), np.array(august, dtype=float))
    assert found is not None
    assert (f"{found.p:.4g}", found.method) == ("0.0001208", "Wilcoxon rank-sum test")


def test_wilcoxon_of_one_empty_group_or_equal_values() -> None:
    assert compare_numbers(np.array([]), np.array([1.0, 2])) is None
    assert compare_numbers(np.array([2.0, 2]), np.array([2.0])) is None
