"""Compare every survival statistic of this project with R's on the reference data sets.

Run it from the checkout: it prints the table of docs/statistics.md, and with --write puts it there. Data, R's answers
and the R scripts that make them are in tests/reference/, the comparisons in tests/agreement/, one module per topic.
"""

import importlib
import math
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENT: Final = ROOT / "docs" / "statistics.md"
BEGIN: Final = "<!-- agreement: made by scripts/agreement_with_r.py -->"
END: Final = "<!-- end of agreement -->"
# No difference below this is told apart from rounding: R's answers are stored with 13 digits.
FLOOR: Final = 1e-11
# Differences vary in their digits between processors.
MARGIN: Final = 3


@dataclass(frozen=True)
class Agreement:
    """On how many data sets, and values, a quantity was compared, and the largest relative difference."""

    data_sets: int
    values: int
    largest: float


def differences() -> Iterator[tuple[str, str, float]]:
    """Yield quantity, data set and relative difference from all modules of tests/agreement that compare."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    package = importlib.import_module("tests.agreement")
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"tests.agreement.{name}")
        if hasattr(module, "differences"):
            yield from module.differences()


def agreements() -> dict[str, Agreement]:
    """Return the agreement of each quantity, in the order of the modules."""
    found: dict[str, tuple[set[str], int, float]] = {}
    for quantity, data_set, difference in differences():
        names, count, worst = found.get(quantity, (set(), 0, 0.0))
        found[quantity] = ({*names, data_set}, count + 1, max(worst, difference))
    return {quantity: Agreement(len(names), count, worst) for quantity, (names, count, worst) in found.items()}


def bound(difference: float) -> float:
    """Return the power of ten that the difference stays below, with a margin."""
    return FLOOR if MARGIN * difference < FLOOR else 10.0 ** (math.floor(math.log10(MARGIN * difference)) + 1)


def markdown(found: dict[str, Agreement]) -> str:
    """Return the table of docs/statistics.md."""
    lines = ["| quantity | data sets | values compared | largest difference below |", "|---|---|---|---|"]
    lines += [f"| {name} | {one.data_sets} | {one.values} | {bound(one.largest):.0e} |" for name, one in found.items()]
    return "\n".join(lines)


def stated(text: str) -> dict[str, tuple[int, int, float]]:
    """Return the rows of the table in the documentation: data sets, values, and the bound."""
    lines = text.split(BEGIN)[1].split(END)[0].strip().splitlines()[2:]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {name: (int(sets), int(values), float(below)) for name, sets, values, below in cells}


def written(text: str, table: str) -> str:
    """Return the document with the table between its markers."""
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


if __name__ == "__main__":
    made = markdown(agreements())
    print(made)
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), made), encoding="utf-8")
