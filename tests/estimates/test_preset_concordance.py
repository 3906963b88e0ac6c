"""Moves between presets add up, and boundary patients are counted per population."""

import pandas as pd
import pytest

from rechallenge.clinical.preset_classes import PRESETS, boundary_patients, preset_classes
from rechallenge.estimates.preset_concordance import boundary_counts, preset_concordance
from rechallenge.estimates.rows import table
from tests.clinical.test_preset_classes import rows_of, study


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    made = study()
    classes = preset_classes(rows_of(made), made.cohort, made.definitions)
    near = boundary_patients(rows_of(made), made.cohort, made.definitions, 14)
    rows = [*preset_concordance(classes, made.definitions), *boundary_counts(near, classes, 14)]
    return table(rows).set_index("estimate_id")


def test_every_move_of_a_pair_of_presets(found: pd.DataFrame) -> None:
    stem = "progressed/preset_concordance/resistance/index_literal"
    moves = found[found.index.str.startswith(f"{stem}=") & found["statistic"].eq("n")]
    assert dict(zip(zip(moves["reference"], moves["level"], strict=True), moves["estimate"], strict=True)) == {
        ("index_inclusive=acquired", "index_literal=acquired"): 1,
        ("index_inclusive=acquired", "index_literal=unclassified"): 2,
        ("index_inclusive=primary", "index_literal=primary"): 1,
    }
    assert found.loc[f"{stem}/index_inclusive/moved", "estimate"] == 2
    assert found.loc[f"{stem}/index_inclusive/agreement", "estimate"] == 50


@pytest.mark.parametrize("population", ["progressed", "rechallenge"])
@pytest.mark.parametrize(
    ("term", "preset"), [(term, preset) for term, presets in PRESETS.items() for preset in presets[1:]]
)
def test_the_moves_of_every_pair_add_up(found: pd.DataFrame, population: str, term: str, preset: str) -> None:
    own = found[found["population"].eq(population) & found["term"].eq(term)]
    moves = own[own["level"].str.startswith(f"{preset}=")]
    if (population, preset) == ("progressed", "index_at_rechallenge"):
        assert moves.empty, "only those rechallenged can have a pattern at its progression"
        return
    n = {"progressed": 4, "rechallenge": 1}[population]
    assert moves["estimate"].sum() == n
    kept = moves["level"].str.split("=").str[1] == moves["reference"].str.split("=").str[1]
    (moved,) = own.loc[own["level"].eq(preset) & own["statistic"].eq("moved"), "estimate"]
    assert moves.loc[~kept, "estimate"].sum() == moved


def test_a_patient_without_a_class_is_counted_as_such(found: pd.DataFrame) -> None:
    # 02 was rechallenged and has not progressed again on record.
    key = "index_at_rechallenge=no_class/index=systemic/n"
    assert found.loc[f"rechallenge/preset_concordance/progression_pattern/{key}", "estimate"] == 1


def test_boundary_patients_are_counted(found: pd.DataFrame) -> None:
    near = found[found["model"] == "boundary"]["estimate"]
    assert near["progressed/boundary/resistance/index_inclusive/n"] == 2
    assert near["progressed/boundary/resistance/index_inclusive/class_changes"] == 1
    assert near["progressed/boundary/resistance/index_literal/class_changes"] == 2
    assert near["rechallenge/boundary/resistance/index_inclusive/n"] == 1
    assert near["rechallenge/boundary/resistance/schoenfeld_2021/n"] == 0
