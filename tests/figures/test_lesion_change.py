"""Waterfall and spider plots: best change per patient, nothing covered, no identifiers."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.figures import style
from rechallenge.figures.lesion_change import NO_LESIONS, change_data, drawn
from tests.figures.helpers import collisions


def frames(*rows: tuple[str, str, list[float], bool]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row: patient, resistance, changes at scans six weeks apart, a new lesion at the last."""
    scans = [
        (patient, 42 * (at + 1), change, new and at == len(changes) - 1)
        for patient, _, changes, new in rows
        for at, change in enumerate(changes)
    ]
    changes = pd.DataFrame(scans, columns=["patient_id", "days", "change_percent", "new_lesions"])
    classified = pd.DataFrame(
        {"patient_id": [row[0] for row in rows], "resistance": [row[1] for row in rows], "eligible": True}
    )
    return changes, classified


THREE = frames(
    ("A", "primary", [25.0, 60.0], True),
    ("B", "acquired", [-10.0, -45.0, -20.0], False),
    ("C", "acquired", [0.0], False),
)


def test_the_best_change_is_the_smallest_sum_and_bars_fall_from_growth_to_shrinkage() -> None:
    data = change_data(*THREE)
    assert data.best["best"].tolist() == [25.0, 0.0, -45.0]
    assert data.best["new_lesions"].tolist() == [True, False, False]
    assert data.best["resistance"].tolist() == ["primary", "acquired", "acquired"]
    assert data.scans["patient"].tolist() == [0, 0, 1, 2, 2, 2]
    assert "patient_id" not in data.scans.columns
    assert "patient_id" not in data.best.columns


def test_patients_outside_the_rechallenge_set_have_no_bar() -> None:
    changes, classified = THREE
    assert change_data(changes, classified.assign(eligible=[True, False, False])).n == 1


def test_the_words_count_response_and_growth() -> None:
    waterfall, spider = drawn(*THREE, 174, "Simulated data")
    assert waterfall.words is not None
    assert spider.words is not None
    said = (
        "best change from +25% to -45%, median 0%; 1 shrank by 30% or more, 1 grew by 20% or more at best, 1 had a new"
    )
    assert said in waterfall.words.alt
    assert said in spider.words.alt
    assert "up to 4.1 months" in spider.words.alt
    assert waterfall.per_patient
    assert spider.per_patient


def test_without_lesions_there_is_a_reason() -> None:
    for changes in (None, THREE[0].iloc[:0]):
        assert [figure.reason for figure in drawn(changes, THREE[1], 174, "")] == [NO_LESIONS] * 2


@pytest.mark.parametrize("width", style.WIDTHS.values())
@pytest.mark.parametrize("n", [1, 2, 60])
def test_nothing_is_covered(n: int, width: float) -> None:
    random = np.random.default_rng(n)
    levels = ("primary", "acquired", "not_evaluable")
    rows = [(f"P{at}", levels[at % 3], list(random.normal(0, 60, 4).clip(-100)), at % 4 == 0) for at in range(n)]
    rows[0] = ("P0", "primary", [160.0, 240.0], True)
    with style.look():
        for figure in drawn(*frames(*rows), width, "Simulated data"):
            assert figure.draw is not None
            assert collisions(figure.draw()) == []
