"""The flow of patients as a journal's figure: the boxes of flow.svg, on one page, with nothing covered."""

import pandas as pd
import pytest
from matplotlib.text import Text

from rechallenge.figures import flow, flow_figure, style
from tests.figures.helpers import collisions

ATTRITION = pd.DataFrame(
    {
        "step": range(6),
        "criterion": ["extract", "nsclc", "advanced", "first_ici_in_window", "index_progression", "minimum_data"],
        "excluded": [0, 20, 15, 10, 10, 5],
        "remaining": [100, 80, 65, 55, 45, 40],
        "not_evaluable": [0, 0, 4, 0, 0, 2],
    }
)
CLASSES = {"Acquired resistance": 25, "Primary resistance": 15}


@pytest.mark.parametrize("width", style.WIDTHS.values())
@pytest.mark.parametrize("classes", [{}, CLASSES, CLASSES | {"Late progression": 0, "Unclassified": 0}])
def test_the_counts_are_those_of_the_attrition_and_nothing_is_covered(width: float, classes: dict[str, int]) -> None:
    with style.look():
        figure = flow_figure.flow_figure(ATTRITION, classes, width, "Simulated data")
        assert collisions(figure) == []
    texts = [text.get_text() for text in figure.findobj(Text)]
    for number in (100, 20, 15, 10, 5, 55, 45, 40, *classes.values()):
        assert f"n = {number}" in texts
    assert "(4 not evaluable)" in texts
    assert not any("…" in text for text in texts)


@pytest.mark.parametrize("width", style.WIDTHS.values())
def test_a_long_flow_fits_a_page(width: float) -> None:
    many = pd.concat([ATTRITION, *[ATTRITION.iloc[[5]].assign(criterion=f"criterion_{at}") for at in range(8)]])
    many = many.assign(excluded=[0, *[1] * (len(many) - 1)], not_evaluable=0).reset_index(drop=True)
    many["remaining"] = 100 - many["excluded"].cumsum()
    with style.look():
        height = flow_figure.flow_figure(many, {}, width).get_figheight() * style.MM_PER_INCH
    assert height <= 240


def test_a_path_has_corners() -> None:
    assert flow_figure.corners("M10 5V20H30V41") == [(10, 5), (10, 20), (30, 20), (30, 41)]


def test_its_words_are_those_of_the_diagram() -> None:
    made = flow_figure.drawn(ATTRITION, CLASSES, 84, "Simulated data")
    assert made.words is not None
    assert flow.description(ATTRITION, classes=CLASSES) in made.words.alt
    assert made.words.caption.endswith("Simulated data.")
    # report.html shows flow.svg itself.
    assert not made.on_page


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="41 patients"):
        flow_figure.drawn(ATTRITION, {"Acquired resistance": 41}, 84, "")


def test_without_a_table_there_is_a_reason() -> None:
    assert flow_figure.drawn(None, {}, 84, "").reason
