"""One bar per rechallenged patient, in months since the first ICI, without identifiers and dates."""

import pandas as pd
import pytest

from rechallenge.figures import style
from rechallenge.figures.captions import swimmer_words
from rechallenge.figures.swimmer import swimmer_data, swimmer_figure
from tests.figures.helpers import collisions, patients

MONTH = 30.4375
THREE = (
    # patient, resistance, last dose, PD, rechallenge, PFS, progressed, OS, died
    ("A", "primary", 60, 61, 90, 30, True, 200, True),
    ("B", "acquired", 400, 380, 390, 50, False, 60, False),
    ("C", "acquired", 200, 210, 300, 100, True, 300, False),
)


def test_bars_run_from_the_first_dose_and_never_overlap() -> None:
    bars = swimmer_data(*patients(*THREE)).bars
    assert bars["resistance"].tolist() == ["acquired", "acquired", "primary"]
    assert (bars["last"] * MONTH).round(6).tolist() == [600, 450, 290]
    # B had its last dose after rechallenge began: the first bar ends there.
    assert (bars["first_end"] * MONTH).round(6).tolist() == [200, 390, 60]
    assert (bars["again_end"] * MONTH).round(6).tolist() == [400, 440, 120]
    assert bars["progressed"].tolist() == [True, False, True]
    assert bars["died"].tolist() == [False, False, True]
    assert bars["interval"].tolist() == [False, True, False]


def test_neither_identifiers_nor_dates_are_kept() -> None:
    bars = swimmer_data(*patients(*THREE)).bars
    assert "patient_id" not in bars.columns
    assert bars.index.tolist() == [0, 1, 2]
    assert not any(pd.api.types.is_datetime64_any_dtype(bars[name]) for name in bars)


def test_the_alternative_counts_who_progressed_and_died() -> None:
    assert swimmer_words(swimmer_data(*patients(*THREE)), False).alt == (
        "Swimmer plot of 3 rechallenged patients, followed for up to 19.7 months from the first ICI: 1 had interval "
        "treatment, 2 progressed after rechallenge, 1 died."
    )


def test_patients_without_rechallenge_have_no_bar() -> None:
    classified, adtte = patients(*THREE)
    assert swimmer_data(classified.assign(eligible=False), adtte).n == 0
    assert swimmer_data(classified.iloc[:0], adtte.iloc[:0]).n == 0


@pytest.mark.parametrize("n", [1, 40, 150])
@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
def test_no_text_leaves_the_page_or_covers_another(n: int, width: float) -> None:
    rows = [("P", ("primary", "acquired")[at % 2], 90 + at, 95 + at, 150 + at, 60, True, 300, False) for at in range(n)]
    rows = [(f"P{at}", *row[1:]) for at, row in enumerate(rows)]
    with style.look():
        figure = swimmer_figure(swimmer_data(*patients(*rows)), width, "Simulated data")  # type: ignore[arg-type]
        assert collisions(figure) == []
