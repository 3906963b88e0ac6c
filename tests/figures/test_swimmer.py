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
    assert (bars["again_progression"] * MONTH).round(6).tolist()[::2] == [400, 120]
    assert bars["again_progression"].isna().tolist() == [False, True, False]
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
        "treatment, 0 responded to rechallenge, 2 progressed after it, 1 died; rechallenge goes on in 0."
    )


def test_treatment_and_responses_stand_where_they_were() -> None:
    classified, adtte = patients(*THREE)
    start = classified["first_ici_start"]
    classified = classified.assign(
        first_ici_response_date=start + pd.to_timedelta([40, None, 50], unit="D"),
        rechallenge_response_date=start + pd.to_timedelta([None, None, 350], unit="D"),
    )
    course = pd.DataFrame(
        {
            "patient_id": ["C", "B", "A"],
            "rechallenge_end": [start[0] + pd.Timedelta(days=450), start[0] + pd.Timedelta(days=450), pd.NaT],
            "rechallenge_end_imputed": [False, True, True],
        }
    )
    data = swimmer_data(classified, adtte, course)
    # C, B, A: beyond progression; goes on until the last contact; died on treatment without a recorded last dose.
    assert (data.bars["again_end"] * MONTH).round(6).tolist() == [450, 450, 290]
    assert data.bars["ongoing"].tolist() == [False, True, False]
    assert (data.bars["again_response"] * MONTH).round(6).tolist()[0] == 350
    assert data.bars["first_response"].notna().tolist() == [True, False, True]
    assert "1 responded to rechallenge" in swimmer_words(data, False).alt
    assert "goes on in 1." in swimmer_words(data, False).alt


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
