"""Cell suppression: small counts are withheld, and others with them, so that no sum gives one back.

After Hundepool and others, Statistical Disclosure Control (2012), chapter 4: a small count is a primary suppression;
where it could be had by subtraction from what is still printed, further counts are secondary (here: complementary)
suppressions. Zeros stay: that nobody is in a class says nothing of one who is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rechallenge.disclosure.reasons import COMPLEMENTARY, SMALL

_NOTHING: Final = 1e-6


@dataclass(frozen=True)
class Cell:
    """A count, and what is lost with it: the cell of the lowest `cost` is withheld first, a `fixed` one never."""

    value: int
    cost: int = 1
    fixed: bool = False


@dataclass(frozen=True)
class Sum:
    """What everybody knows of the cells: the parts add up to the total."""

    total: Any
    parts: tuple[Any, ...]

    @property
    def members(self) -> tuple[Any, ...]:
        return (self.total, *self.parts)


def is_small(value: float, threshold: int) -> bool:
    """Tell whether a count is above zero and below the threshold."""
    return 0 < value < threshold


def suppressed(
    cells: Mapping[Any, Cell], sums: Iterable[Sum], threshold: int, withheld: Mapping[Any, str] | None = None
) -> dict[Any, str]:
    """Return why each withheld cell is withheld: SMALL, COMPLEMENTARY, or as `withheld` says beforehand.

    A cell is complementary where a sum has no other withheld member, or where the sums together give a small count
    away. Of the possible ones that is taken which costs least, then the smallest, then the first by name. A small
    count that follows from the smallness of others (two that add up to 2 are both 1) is COMPLEMENTARY too, and so are
    those beside it: SMALL is what may be printed as "<5".
    """
    found = {key: SMALL for key, cell in cells.items() if is_small(cell.value, threshold)} | dict(withheld or {})
    listed = [one for one in dict.fromkeys(sums) if len(set(one.members)) == len(one.members)]
    while _one_pass(cells, listed, found) or _one_narrowed(cells, listed, threshold, found):
        pass
    return found


def _one_pass(cells: Mapping[Any, Cell], sums: Sequence[Sum], found: dict[Any, str]) -> bool:
    """Withhold one more member of each sum of which one alone is withheld; tell whether there was one."""
    alone = [one for one in sums if sum(key in found for key in one.members) == 1]
    added = [_withhold_one(one.members, cells, found) for one in alone]
    return any(added)


def _withhold_one(members: Iterable[Any], cells: Mapping[Any, Cell], found: dict[Any, str]) -> bool:
    open_ones = [key for key in members if key not in found and cells[key].value > 0 and not cells[key].fixed]
    if not open_ones:
        return False
    chosen = min(open_ones, key=lambda key: (cells[key].cost, cells[key].value, str(key)))
    found[chosen] = COMPLEMENTARY
    return True


def ranges(
    cells: Mapping[Any, Cell], sums: Sequence[Sum], found: Mapping[Any, str], threshold: int
) -> dict[Any, tuple[float, float]]:
    """Return from which to which value everybody can narrow each small count, by linear programming.

    Known are the printed cells, all sums, that what is called SMALL lies between 1 and `threshold` less 1, and that
    nothing is negative. A range of 1 or more may be wider than is said: it is not looked for further.
    """
    narrowed: dict[Any, tuple[float, float]] = {}
    most = 2 * max((cell.value for cell in cells.values()), default=0) + threshold
    for group in _joined(sums, found):
        place = {key: at for at, key in enumerate(dict.fromkeys(k for one in group for k in one.members if k in found))}
        small = [key for key in place if is_small(cells[key].value, threshold)]
        if small:
            bounds = [(1, threshold - 1) if found[key] == SMALL else (0, most) for key in place]
            low, high = _extremes(_system(group, cells, place), bounds, [place[key] for key in small])
            narrowed |= {key: (float(low[place[key]]), float(high[place[key]])) for key in small}
    return narrowed


def _system(group: Sequence[Sum], cells: Mapping[Any, Cell], place: Mapping[Any, int]) -> tuple[np.ndarray, np.ndarray]:
    """The sums as equations in the withheld cells: a matrix, and what the printed cells leave."""
    matrix, right = np.zeros((len(group), len(place))), np.zeros(len(group))
    for row, one in enumerate(group):
        for key, sign in [(one.total, -1.0), *((part, 1.0) for part in one.parts)]:
            if key in place:
                matrix[row, place[key]] += sign
            else:
                right[row] -= sign * cells[key].value
    return matrix, right


def _extremes(
    system: tuple[np.ndarray, np.ndarray], bounds: Sequence[tuple[int, int]], wanted: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The least and greatest value of each cell among solutions, of the wanted ones until they are 1 apart."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    matrix, right = csr_matrix(system[0]), system[1]
    low, high = np.full(len(bounds), np.inf), np.full(len(bounds), -np.inf)
    for at in wanted:
        for sign in (1.0, -1.0):
            if high[at] - low[at] >= 1:
                break
            goal = np.zeros(len(bounds))
            goal[at] = sign
            solution = linprog(goal, A_eq=matrix, b_eq=right, bounds=bounds).x
            # Each solution tells something of every cell.
            low, high = np.minimum(low, solution), np.maximum(high, solution)
    return low, high


def _joined(sums: Sequence[Sum], found: Mapping[Any, str]) -> list[list[Sum]]:
    """Return the sums with withheld members in groups that share none of them."""
    groups: list[tuple[set[Any], list[Sum]]] = []
    for one in sums:
        keys = {key for key in one.members if key in found}
        if not keys:
            continue
        near = [group for group in groups if group[0] & keys]
        groups = [group for group in groups if not group[0] & keys]
        groups.append((keys.union(*(group[0] for group in near)), [*(s for group in near for s in group[1]), one]))
    return [members for _, members in groups]


def _one_narrowed(cells: Mapping[Any, Cell], sums: Sequence[Sum], threshold: int, found: dict[Any, str]) -> bool:
    """Withhold one more member of a sum of each small count that the sums together give away; tell whether any was."""
    narrow = {key for key, (low, high) in ranges(cells, sums, found, threshold).items() if high - low < 1 - _NOTHING}
    near = [one for one in sums if any(key in narrow for key in one.members)]
    called_small = {other: COMPLEMENTARY for one in near for other in one.members if found.get(other) == SMALL}
    if called_small:
        found |= called_small
        return True
    added = [_withhold_one(one.members, cells, found) for one in near]
    return any(added)
