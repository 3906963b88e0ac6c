"""Cell suppression: which counts are withheld, and that nobody can have them back."""

from collections.abc import Hashable

import numpy as np
import pytest

from rechallenge.disclosure.suppression import COMPLEMENTARY, SMALL, Cell, Sum, ranges, suppressed


def cells(**values: int) -> dict[Hashable, Cell]:
    return {name: Cell(value) for name, value in values.items()}


def test_a_small_count_takes_the_smallest_of_its_sum_with_it() -> None:
    found = suppressed(cells(all=41, a=3, b=30, c=8), [Sum("all", ("a", "b", "c"))], 5)
    assert found == {"a": SMALL, "c": COMPLEMENTARY}


def test_zeros_stay_and_two_small_counts_protect_one_another() -> None:
    found = suppressed(cells(all=10, a=0, b=4, c=3, d=3), [Sum("all", ("a", "b", "c", "d"))], 5)
    assert found == {"b": SMALL, "c": SMALL, "d": SMALL}


@pytest.mark.parametrize("small", [1, 4])
def test_two_small_counts_whose_sum_leaves_no_choice_are_not_called_small(small: int) -> None:
    """2 = 1 + 1, and 8 = 4 + 4 below 5; that they are withheld says nothing of their size."""
    sums = [Sum("all", ("a", "b", "c"))]
    known = cells(all=20 + 2 * small, a=small, b=small, c=20)
    found = suppressed(known, sums, 5)
    assert found == {"a": COMPLEMENTARY, "b": COMPLEMENTARY}
    assert ranges(known, sums, found, 5) == {"a": (0, 2 * small), "b": (0, 2 * small)}


def test_without_another_part_the_total_goes() -> None:
    assert suppressed(cells(all=3, a=3, b=0), [Sum("all", ("a", "b"))], 5) == {"all": SMALL, "a": SMALL}
    found = suppressed(cells(before=98, after=97, out=1), [Sum("before", ("after", "out"))], 5)
    assert found == {"out": SMALL, "after": COMPLEMENTARY}


def test_what_costs_least_goes_first_and_what_is_fixed_stays() -> None:
    known: dict[Hashable, Cell] = {"before": Cell(98, 1), "after": Cell(97, 300), "out": Cell(1)}
    assert suppressed(known, [Sum("before", ("after", "out"))], 5) == {"out": SMALL, "before": COMPLEMENTARY}
    known |= {"before": Cell(98, 1, fixed=True)}
    assert suppressed(known, [Sum("before", ("after", "out"))], 5) == {"out": SMALL, "after": COMPLEMENTARY}


def test_a_cross_table_is_protected_in_both_directions() -> None:
    values = {"aa": 2, "ab": 9, "ac": 12, "ba": 8, "bb": 7, "bc": 11}
    known: dict[Hashable, Cell] = {name: Cell(value) for name, value in values.items()}
    known |= {"a": Cell(23), "b": Cell(26), "*a": Cell(10), "*b": Cell(16), "*c": Cell(23), "all": Cell(49)}
    sums = [Sum("a", ("aa", "ab", "ac")), Sum("b", ("ba", "bb", "bc")), Sum("all", ("a", "b"))]
    sums += [Sum(f"*{one}", (f"a{one}", f"b{one}")) for one in "abc"]
    found = suppressed(known, sums, 5)
    assert found["aa"] == SMALL
    assert len(found) >= 4
    assert all(high - low >= 1 for low, high in ranges(known, sums, found, 5).values())


def test_what_follows_from_several_sums_together_is_found() -> None:
    """Each sum has two withheld members, yet x + y = 3, y + z = 4 and z + x = 5 have one solution."""
    known = cells(xy=3, yz=4, zx=5, x=2, y=1, z=3)
    sums = [Sum("xy", ("x", "y")), Sum("yz", ("y", "z")), Sum("zx", ("z", "x"))]
    seen: dict[Hashable, str] = {"x": SMALL, "y": SMALL, "z": SMALL}
    assert ranges(known, sums, seen, 5) == {"x": (2, 2), "y": (1, 1), "z": (3, 3)}


def test_every_sum_of_a_given_away_count_is_asked_for_one_more() -> None:
    """Four small counts in a square whose margins leave one solution: a margin or a further cell must go."""
    known = cells(ab=4, cd=4, ac=2, bd=6, a=1, b=3, c=1, d=3, all=8)
    sums = [Sum("ab", ("a", "b")), Sum("cd", ("c", "d")), Sum("ac", ("a", "c")), Sum("bd", ("b", "d"))]
    known |= {"bd": Cell(6), "all": Cell(8)}
    sums += [Sum("all", ("ac", "bd"))]
    found = suppressed(known, sums, 5)
    assert all(high - low >= 1 for low, high in ranges(known, sums, found, 5).values())


@pytest.mark.parametrize("seed", [*range(24), 80, 134])
def test_drawn_tables_give_no_small_count_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 6, 2)
    drawn = rng.poisson(rng.uniform(1, 12), (rows, columns))
    known: dict[Hashable, Cell] = {(r, c): Cell(int(drawn[r, c])) for r in range(rows) for c in range(columns)}
    known |= {("row", r): Cell(int(drawn[r].sum()), 3) for r in range(rows)}
    known |= {("column", c): Cell(int(drawn[:, c].sum()), 2) for c in range(columns)}
    known["all"] = Cell(int(drawn.sum()), 9)
    sums = [Sum(("row", r), tuple((r, c) for c in range(columns))) for r in range(rows)]
    sums += [Sum(("column", c), tuple((r, c) for r in range(rows))) for c in range(columns)]
    margins = [("row", r) for r in range(rows)], [("column", c) for c in range(columns)]
    sums += [Sum("all", tuple(margin)) for margin in margins]
    found = suppressed(known, sums, 5)
    assert all(key in found for key, cell in known.items() if 0 < cell.value < 5)
    assert all(high - low >= 1 for low, high in ranges(known, sums, found, 5).values())
    assert not any(cell.value == 0 and key in found for key, cell in known.items())
