"""The flow of patients as a figure: on one page, with nothing covered; its SVG is text that a page may hold."""

from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.text import Text

from rechallenge.figures import flow, flow_figure, output, style
from rechallenge.report.figures import inline_svg
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
    assert made.inline


SVG = "{http://www.w3.org/2000/svg}"


def page_svg(classes: dict[str, int]) -> str:
    made = flow_figure.drawn(ATTRITION, classes, 174, "Simulated data")
    assert made.draw is not None
    assert made.words is not None
    with style.look():
        return output.inline_svg(made.draw(), made.name, made.title, made.words.alt).decode()


def test_the_svg_has_text_as_text_and_words_for_screen_readers() -> None:
    root = ElementTree.fromstring(page_svg(CLASSES))
    texts = ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]
    assert texts[:2] == ["Patients in the extract", "n = 100"]
    assert {"Not non-small cell lung cancer", "n = 25", "(62%)", "Simulated data"} <= set(texts)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "flow-title flow-description")
    said = {str(part.get("id")): part.text or "" for part in root if part.get("id")}
    assert said["flow-title"] == "Flow of patients from the extract to the rechallenge set"
    assert "20 excluded, 80 remain" in said["flow-description"]


def test_the_svg_stands_in_a_page_and_changes_nothing_there() -> None:
    svg = page_svg({"<script>alert(1)</script> & \"x\" onload='y'": 25, "Primary resistance": 15})
    assert inline_svg(svg.replace("onload=", "")) is not None
    assert "<script" not in svg
    assert "<style" not in svg
    assert "clip-path" not in svg
    ids = [part.get("id") for part in ElementTree.fromstring(svg).iter() if part.get("id")]
    assert ids == ["flow-title", "flow-description"]
    assert svg == page_svg({"<script>alert(1)</script> & \"x\" onload='y'": 25, "Primary resistance": 15})


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="41 patients"):
        flow_figure.drawn(ATTRITION, {"Acquired resistance": 41}, 84, "")


def test_without_a_table_there_is_a_reason() -> None:
    assert flow_figure.drawn(None, {}, 84, "").reason
