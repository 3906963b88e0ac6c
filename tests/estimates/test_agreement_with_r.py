"""Every survival statistic equals R's on the reference data sets, and the documentation says how closely."""

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.agreement.compare import distance, distances, survival

ROOT = Path(__file__).parents[2]
# Iterative fits may differ by more than formulae.
LIMIT, LIMIT_OF_FITS = 1e-9, 1e-6
FITS = ("Cox", "cox.zph", "Firth", "Fine-Gray", "Turnbull", "Weibull", "interaction", "hazard", "coefficient")


def load_script(name: str, folder: Path = ROOT / "scripts") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


script = load_script("agreement_with_r")


@pytest.fixture(scope="module")
def found() -> dict:
    return script.agreements()


def limit_of(quantity: str) -> float:
    return LIMIT_OF_FITS if any(word in quantity for word in FITS) else LIMIT


def test_there_are_two_hundred_and_ten_data_sets() -> None:
    assert len(survival()) == 210
    sizes = [len(data) for data, _ in survival().values()]
    assert (min(sizes), max(sizes)) == (3, 213)


@pytest.mark.slow
def test_every_statistic_equals_that_of_r(found: dict) -> None:
    assert {name: one for name, one in found.items() if not one.largest < limit_of(name)} == {}


@pytest.mark.slow
def test_the_table_in_the_documentation_holds(found: dict) -> None:
    stated = script.stated(script.DOCUMENT.read_text(encoding="utf-8"))
    assert list(stated) == list(found)
    for name, one in found.items():
        assert stated[name][:2] == (one.data_sets, one.values), name
        assert one.largest < stated[name][2] <= limit_of(name), name


def test_a_value_that_only_one_side_has_is_a_disagreement() -> None:
    assert distance([math.nan], [4.5]) == math.inf
    assert distance([4.5], [None]) == math.inf
    assert distance(None, [4.5, None]) == math.inf
    assert distance([4.5], [4.5, 4.5]) == math.inf
    assert distance([math.nan], [None]) == 0.0
    assert distance(None, None) == 0.0


def test_differences_are_relative_except_of_small_numbers() -> None:
    assert distances([101.0, 1e-6], [100.0, 0.0]) == pytest.approx([0.01, 1e-3])


def test_the_table_is_read_as_it_is_written() -> None:
    table = script.markdown({"log-rank: P": script.Agreement(3, 12, 2e-8)})
    text = script.written(f"before\n{script.BEGIN}\nold\n{script.END}\nafter\n", table)
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert script.stated(text) == {"log-rank: P": (3, 12, 1e-7)}
