"""First ICI, treatment between, rechallenge: who goes where, small groups joined."""

import pandas as pd
import pytest
from matplotlib.text import Text

from rechallenge.figures import style
from rechallenge.figures.treatment_course import OTHER, course_data, course_figure, drawn
from tests.figures.helpers import collisions


def frames(*rows: tuple[str, bool, bool, bool, str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row: first ICI, systemic and local treatment between, same ICI again, kind of rechallenge, patients."""
    each = [row[:5] for row in rows for _ in range(row[5])]
    names = [
        "first_ici_drug",
        "interval_treatment_systemic",
        "interval_treatment_local",
        "same_ici",
        "rechallenge_type",
    ]
    frame = pd.DataFrame(each, columns=names).assign(patient_id=[f"P{at}" for at in range(len(each))], eligible=True)
    frame["interval_treatment"] = frame["interval_treatment_systemic"].map({True: "true", False: "false"})
    frame["same_ici"] = frame["same_ici"].map({True: "true", False: "false"})
    # The course holds others, in another order.
    course = frame[["patient_id", *names[1:3]]].iloc[::-1]
    return frame, pd.concat([course, course.iloc[:1].assign(patient_id="ELSE")])


STUDY = frames(
    ("nivolumab", False, False, True, "monotherapy", 6),
    ("nivolumab", True, False, False, "chemotherapy", 4),
    ("pembrolizumab", True, True, True, "chemotherapy_and_anti_angiogenic", 3),
    ("camrelizumab", False, True, False, "anti_angiogenic", 2),
    ("sintilimab", True, False, False, "anti_angiogenic", 1),
)


def test_every_patient_passes_each_stage_once() -> None:
    data = course_data(*STUDY, smallest=1)
    assert data.nodes(0) == {"Nivolumab": 10, "Pembrolizumab": 3, "Camrelizumab": 2, "Sintilimab": 1}
    assert data.nodes(1) == {"None": 6, "Systemic": 5, "Local": 2, "Systemic and local": 3}
    assert data.nodes(2)["Same ICI alone"] == 6
    assert data.nodes(2)["Same ICI + both"] == 3
    for stage in range(3):
        assert sum(data.nodes(stage).values()) == data.n == 16
    assert data.moves(0)["Nivolumab", "Systemic"] == 4


@pytest.mark.parametrize("smallest", [2, 3, 5])
def test_no_group_is_smaller_than_the_setting(smallest: int) -> None:
    data = course_data(*STUDY, smallest=smallest)
    for stage in range(3):
        assert min(data.nodes(stage).values()) >= smallest
        assert sum(data.nodes(stage).values()) == 16
    # One small node alone could be read from the others: a second one is joined with it.
    assert course_data(*STUDY, smallest=2).nodes(0)[OTHER] == 3
    assert list(course_data(*STUDY, smallest=2).nodes(0))[-1] == OTHER


def test_without_courses_the_study_s_own_definition_counts() -> None:
    assert course_data(STUDY[0], None, 1).nodes(1) == {"None": 8, "Systemic": 8}


@pytest.mark.parametrize("width", style.WIDTHS.values())
@pytest.mark.parametrize("smallest", [1, 4])
def test_nothing_is_covered_and_small_ribbons_bear_no_number(width: float, smallest: int) -> None:
    data = course_data(*STUDY, smallest=smallest)
    with style.look():
        figure = course_figure(data, width, "Simulated data")
        assert collisions(figure) == []
    numbers = [int(text.get_text()) for text in figure.findobj(Text) if text.get_text().isdigit()]
    assert numbers
    assert min(numbers) >= smallest


@pytest.mark.parametrize("width", style.WIDTHS.values())
def test_a_small_last_node_between_keeps_clear_of_the_numbers(width: float) -> None:
    drugs = [
        (f"drug {at}", at % 2 == 0, False, at % 3 == 0, ("chemotherapy", "monotherapy")[at % 2], 6) for at in range(6)
    ]
    many = frames(*drugs, ("drug 6", True, True, True, "anti_angiogenic", 2))
    with style.look():
        assert collisions(course_figure(course_data(*many, smallest=1), width)) == []


def test_the_words_count_every_node() -> None:
    made = drawn(*STUDY, 1, 174, "Simulated data", "nobody")
    assert made.words is not None
    assert made.words.alt.startswith(
        "Alluvial plot of 16 rechallenged patients. First ICI: Nivolumab 10, Pembrolizumab 3"
    )
    assert "None 6, Systemic 5, Local 2, Systemic and local 3." in made.words.alt
    assert "None to Same ICI alone, 6 patients" in made.words.alt
    assert drawn(STUDY[0].assign(eligible=False), STUDY[1], 1, 174, "", "nobody").reason == "nobody"
    assert "smallest_group" in drawn(*STUDY, 17, 174, "", "nobody").reason
