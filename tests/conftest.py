"""Fixtures that every test may use."""

import gc
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
# The files that take minutes, the longest first: a worker that came to one of them last would finish alone.
LONGEST = (
    "e2e/test_small_study.py", "e2e/test_refresh.py", "e2e/test_slurm.py", "e2e/test_inputs.py",
    "e2e/test_unattended.py", "e2e/test_figures.py", "e2e/test_every_preset.py", "e2e/test_own_data.py",
    "simulation/test_recovery.py", "estimates/test_agreement_with_r.py", "tracing/test_sets.py",
    "e2e/test_hostile_study.py", "e2e/test_lesions.py",
    "e2e/test_specification_curve.py", "estimates/test_r_fixtures.py", "test_cli_errors.py",
    "clinical/test_properties.py", "e2e/test_one_run_per_folder.py", "test_lock.py",
)  # fmt: skip

# Frames are many small objects, few of them in cycles: a tenth of the time went to looking for these.
gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave the others in their order."""
    rank = {CHECKOUT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """Load a file of scripts/ as a module, by name."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"scripts_{name}", CHECKOUT / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
