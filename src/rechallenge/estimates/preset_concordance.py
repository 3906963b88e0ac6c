"""How many patients change class between the study's preset and each other one, and how many nearly would."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.clinical.preset_classes import PRESETS, column_of
from rechallenge.estimates.rows import Row, placed
from rechallenge.settings.definitions import DefinitionSettings

MODEL: Final = "preset_concordance"
BOUNDARY: Final = "boundary"
# Beside the classes that the presets define: those whom a preset says nothing of.
NO_CLASS: Final = "no_class"
# Read where only those can have a class who were rechallenged, and progressed again.
AT_RECHALLENGE: Final = "index_at_rechallenge"


def preset_concordance(classes: pd.DataFrame, definitions: DefinitionSettings) -> Iterator[Row]:
    """Return every move between the study's preset and each other one, `moved` and `agreement` (percent).

    `classes` are the progressed patients of `clinical.preset_classes`. A row `n` per pair of classes that occurs,
    those kept included, so that they add up to the patients: level `<preset>=<class>`, reference
    `<own preset>=<class>`. Populations progressed and rechallenge (the cohort's).
    """
    for population, patients in _populations(classes):
        for dimension, presets in PRESETS.items():
            main = getattr(definitions, dimension).preset
            for preset in presets:
                early = population == "progressed" and AT_RECHALLENGE in (preset, main)
                if preset != main and not early and len(patients):
                    own = _moves(patients, dimension, main, preset)
                    yield from placed(own, model=MODEL, population=population, term=dimension)


def _populations(classes: pd.DataFrame) -> tuple[tuple[str, pd.DataFrame], ...]:
    return ("progressed", classes), ("rechallenge", classes[classes["eligible"].astype(bool)])


def _moves(patients: pd.DataFrame, dimension: str, main: str, preset: str) -> Iterator[Row]:
    own, other = (patients[column_of(dimension, name)].fillna(NO_CLASS).astype(str) for name in (main, preset))
    n = float(len(patients))
    moves = own.groupby([own, other]).size().rename_axis(["before", "after"]).reset_index(name="patients")
    for before, after, count in moves.itertuples(index=False, name=None):
        yield Row("n", float(count), n=n, level=f"{preset}={after}", reference=f"{main}={before}")
    moved = float((own != other).sum())
    yield Row("moved", moved, n=n, level=preset, reference=main, method="of another class than under the main preset")
    yield Row("agreement", 100 * (1 - moved / n), n=n, level=preset, reference=main, method="of the same class")


def boundary_counts(boundary: pd.DataFrame, classes: pd.DataFrame, boundary_days: int) -> Iterator[Row]:
    """Return how many patients lie near the cutoff of each preset, and how many would change class beyond it.

    `boundary` are the rows of `clinical.preset_classes.boundary_patients`, `classes` all progressed patients; of
    each preset `n`, and `class_changes` of those the ones whose class the other side of the cutoff would change.
    """
    for population, patients in _populations(classes):
        near = boundary[boundary["patient_id"].isin(patients["patient_id"])]
        for preset in PRESETS["resistance"] if len(patients) else ():
            own = near[near["preset"] == preset]
            method = f"within {boundary_days} days of the cutoff of the preset"
            changes = float((own["class"] != own["class_on_other_side"]).sum())
            rows = (
                Row("n", float(len(own)), n=float(len(patients)), method=method),
                Row("class_changes", changes, n=float(len(own)), method=f"{method}, another class beyond it"),
            )
            yield from placed(rows, model=BOUNDARY, population=population, term="resistance", level=preset)
