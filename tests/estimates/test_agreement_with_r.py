"""Every survival statistic equals R's on ten data sets, and the documentation says how closely."""

import importlib.util
import math
from pathlib import Path
from types import ModuleType

import pytest

from tests.estimates.cohort import DATA_SETS, reference

ROOT = Path(__file__).parents[2]
# Iterative fits may differ by more than formulae.
LIMIT, LIMIT_OF_COX = 1e-9, 1e-6


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agreement_with_r", ROOT / "scripts" / "agreement_with_r.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def test_there_are_ten_data_sets() -> None:
    assert len(DATA_SETS) == 10


@pytest.mark.parametrize("name", DATA_SETS)
def test_every_statistic_equals_that_of_r(name: str) -> None:
    far = {
        quantity: difference
        for quantity, difference in script.differences(*reference(name))
        if not difference < (LIMIT_OF_COX if quantity.startswith("Cox") else LIMIT)
    }
    assert far == {}


def test_a_value_that_only_one_side_has_is_a_disagreement() -> None:
    assert list(script._pair("median", math.nan, 4.5)) == [("median", math.inf)]
    assert list(script._pair("median", 4.5, None)) == [("median", math.inf)]
    assert list(script._pair("median", math.nan, None)) == [("median", 0.0)]


def test_the_table_in_the_documentation_holds() -> None:
    found = script.largest()
    text = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and "e-" in line]
    stated = {name: (int(count), float(below)) for name, count, below in lines}
    assert stated.keys() == found.keys()
    for name, (count, difference) in found.items():
        assert stated[name][0] == count, name
        assert difference < stated[name][1] <= (LIMIT_OF_COX if name.startswith("Cox") else LIMIT), name
