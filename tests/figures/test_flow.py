"""The boxes of the flow diagram: their counts are those of the attrition, their texts fit."""

import itertools
from collections.abc import Mapping

import pandas as pd
import pytest

from rechallenge import words
from rechallenge.figures.flow import WIDTH, Box, check, class_counts, description, layout, letter_width, wrapped


def attrition(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["criterion", "excluded", "remaining", "not_evaluable"])
    frame.insert(0, "step", range(len(frame)))
    return frame


SMALL = attrition(
    ("extract", 0, 400, 0),
    ("nsclc", 30, 370, 4),
    ("first_ici_in_window", 210, 160, 0),
    ("index_progression", 50, 110, 0),
    ("rechallenged", 70, 40, 0),
)


def texts(frame: pd.DataFrame, classes: Mapping[str, int] | None = None) -> list[str]:
    boxes, _ = layout(frame, classes or {})
    return [" ".join(filter(None, (*box.lines, box.count, box.remark))) for box in boxes]


def apart(boxes: list[Box]) -> bool:
    return all(above.y + above.height < below.y for above, below in itertools.pairwise(boxes))


def test_each_criterion_has_a_box_with_its_count_and_each_population_one_with_who_remains() -> None:
    assert texts(SMALL) == [
        "Patients in the extract n = 400",
        "Not non-small cell lung cancer n = 30 (4 not evaluable)",
        "First ICI started outside the study window n = 210",
        "First ICI monotherapy in the study window n = 160",
        "No progression on the first ICI before other systemic therapy n = 50",
        "Progressed on first ICI n = 110",
        "No ICI again after progression n = 70",
        "Rechallenge set n = 40",
    ]


def test_the_last_row_divides_the_rechallenge_set_by_class() -> None:
    assert texts(SMALL, {"Primary resistance": 18, "Acquired resistance": 22})[-2:] == [
        "Primary resistance n = 18 (45%)",
        "Acquired resistance n = 22 (55%)",
    ]


def classified(*patients: tuple[bool, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(patients, columns=["eligible", "resistance", "analysis_exclusion"])


def test_every_class_that_occurs_is_counted_among_the_eligible() -> None:
    rows = classified(
        (True, "late_progression", None),
        (True, "primary", None),
        (True, "acquired", None),
        (True, "primary", None),
        (True, "not_evaluable", None),
        (True, "not_acquired", None),
        (True, "unclassified", None),
        (False, "primary", None),
    )
    assert list(class_counts(rows).items()) == [
        ("Acquired resistance", 1),
        ("Primary resistance", 2),
        ("Unclassified", 1),
        ("Late progression", 1),
        ("Not acquired", 1),
        ("Not evaluable", 1),
    ]


def test_those_left_out_for_want_of_a_class_and_those_who_never_progressed_are_counted_too() -> None:
    rows = classified(
        (True, "primary", None),
        (False, "unclassified", "unclassified_resistance"),
        (False, "not_evaluable", "unclassified_resistance"),
        (False, "unclassified", None),
        (True, None, None),
    )
    counts = class_counts(rows)
    assert counts == {
        "Primary resistance": 1,
        "No progression on the first ICI": 1,
        "Left out of this analysis: no class of resistance": 2,
    }
    frame = attrition(("extract", 0, 5, 0), ("rechallenged", 1, 4, 0))
    assert texts(frame, counts)[-1] == "Left out of this analysis: no class of resistance n = 2 (50%)"


def test_many_classes_stand_below_one_another_and_do_not_overlap() -> None:
    classes = {"Acquired resistance": 20, "Primary resistance": 10, "Unclassified": 6, "Not evaluable": 4}
    assert texts(SMALL, classes)[-4:] == [
        "Acquired resistance n = 20 (50%)",
        "Primary resistance n = 10 (25%)",
        "Unclassified n = 6 (15%)",
        "Not evaluable n = 4 (10%)",
    ]
    assert apart(layout(SMALL, classes)[0][-5:])


@pytest.mark.parametrize(
    ("frame", "classes", "sentence"),
    [
        (attrition(("extract", 0, 10, 0), ("nsclc", 3, 8, 0)), None, "does not add up at: nsclc"),
        (attrition(("extract", 0, 10, 0), ("nsclc", 3, 7, 4)), None, "could not be evaluated"),
        (attrition(("nsclc", 0, 10, 0)), None, "does not begin with the extract"),
        (SMALL, {"Primary resistance": 18, "Acquired resistance": 21}, "classes hold 39 patients"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(
    frame: pd.DataFrame, classes: dict[str, int] | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        check(frame, classes)


def test_screen_readers_get_every_count_in_sentences() -> None:
    said = description(SMALL)
    assert said.startswith(
        "Patients in the extract: n = 400. Not non-small cell lung cancer: 30 excluded, 4 of them not evaluable, 370"
    )
    assert said.endswith("No ICI again after progression: 70 excluded, 40 remain. Rechallenge set: n = 40.")


def test_nobody_left_and_a_criterion_without_words_are_drawn() -> None:
    frame = attrition(("extract", 0, 5, 0), ("nsclc", 5, 0, 0), ("own_rule", 0, 0, 0))
    assert texts(frame)[-2:] == ["Own rule n = 0", "Rechallenge set n = 0"]
    assert texts(frame.iloc[:1]) == ["Patients in the extract n = 5", "Rechallenge set n = 5"]


def test_lines_fit_their_box_and_boxes_do_not_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "不是非小细胞肺癌或者病理类型没有记录在登记表当中" * 2 + " Donaudampfschifffahrtsgesellschaftskapitänswitwe"
    assert all(letter_width(line) <= 200 for line in wrapped(long, 200))
    assert "".join(wrapped(long, 200)).replace(" ", "") == long.replace(" ", "")
    monkeypatch.setitem(words.EXCLUDED, "nsclc", long)  # type: ignore[arg-type]
    boxes, _ = layout(SMALL, {})
    assert len(boxes) == 8
    assert apart(boxes)
    assert max(box.x + box.width for box in boxes) <= WIDTH
    assert all(letter_width(line) <= box.width for box in boxes for line in box.lines)
