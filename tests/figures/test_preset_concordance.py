"""The figure of who changes class shows every move of the results table, and its words say them."""

import pandas as pd
import pytest

from rechallenge.figures import results, style
from rechallenge.figures.captions import concordance_words
from rechallenge.figures.preset_concordance import (
    Concordance,
    Move,
    changed_words,
    concordance_data,
    concordance_figure,
)
from tests.figures.helpers import collisions, estimate

MOVES = {
    ("acquired", "sitc_2020", "acquired"): 12,
    ("acquired", "sitc_2020", "late_progression"): 1,
    ("acquired", "sitc_2020", "unclassified"): 11,
    ("primary", "sitc_2020", "primary"): 15,
    ("primary", "sitc_2020", "not_evaluable"): 2,
    ("acquired", "schoenfeld_2021", "acquired"): 8,
    ("acquired", "schoenfeld_2021", "not_acquired"): 16,
    ("primary", "schoenfeld_2021", "not_acquired"): 17,
}


def table(
    moves: dict[tuple[str, str, str], int], term: str = "resistance", own: str = "index_inclusive"
) -> pd.DataFrame:
    rows = [
        estimate(
            "preset_concordance", "n", endpoint="", term=term, level=f"{preset}={after}", reference=f"{own}={before}",
            estimate=n, n=41,
        )
        for (before, preset, after), n in moves.items()
    ]  # fmt: skip
    return results.tidy(pd.DataFrame(rows))


def data(moves: dict[tuple[str, str, str], int] = MOVES) -> Concordance:
    found = concordance_data(table(moves), "rechallenge", "resistance")
    assert found is not None
    return found


def test_every_move_is_in_its_panel_in_the_order_of_the_classes() -> None:
    sitc, schoenfeld = data().panels
    assert (sitc.preset, schoenfeld.preset, data().own, data().n) == (
        "sitc_2020",
        "schoenfeld_2021",
        "index_inclusive",
        41,
    )
    assert sitc.moves == (
        Move("acquired", "acquired", 12),
        Move("acquired", "unclassified", 11),
        Move("acquired", "late_progression", 1),
        Move("primary", "primary", 15),
        Move("primary", "not_evaluable", 2),
    )
    assert changed_words(sitc) == "14 of 41 change class"
    assert sitc.total("acquired", "before") == 24


def test_the_alternative_gives_every_move_that_changes_a_class() -> None:
    words = concordance_words(data(), simulated=True)
    assert words.alt == (
        "Resistance under each preset: who changes class, 41 patients; the study's preset is Index, inclusive. "
        "SITC 2020: 14 of 41 change class (11 from acquired to unclassified, 1 from acquired to late progression, "
        "2 from primary to not evaluable). "
        "Schoenfeld 2021: 33 of 41 change class (16 from acquired to not acquired, 17 from primary to not acquired)."
    )
    assert "n = 41 rechallenged patients" in words.caption
    assert "Schoenfeld 2021 defines no primary resistance" in words.caption
    assert words.caption.endswith("Simulated data.")


def test_a_pattern_read_at_the_outcome_is_labelled() -> None:
    moves = {("oligo", "index_at_rechallenge", "no_class"): 3, ("oligo", "eortc", "oligo"): 3}
    found = concordance_data(table(moves, "progression_pattern", "index"), "rechallenge", "progression_pattern")
    assert found is not None
    words = concordance_words(found, simulated=False)
    assert "conditions on the outcome" in words.caption
    assert "EORTC: 0 of 3 change class." in words.alt


@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
@pytest.mark.parametrize("times", [1, 25_000])
def test_no_text_leaves_the_page_or_covers_another(width: float, times: int) -> None:
    with style.look():
        figure = concordance_figure(data({key: n * times for key, n in MOVES.items()}), width, "Simulated data")
        style.set_fonts(figure)
        assert collisions(figure) == []


def test_nobody() -> None:
    assert concordance_data(table(MOVES), "rechallenge", "progression_pattern") is None
