"""Sections of the page: what is folded, under which sentence, and notes that stand once."""

import re

from rechallenge.report import folds
from rechallenge.report.figures import Figures
from rechallenge.report.page import render_page
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Row, Sheet
from rechallenge.report.study_data import StudyData
from tests.report.studies import TEMPLATES


def sheet(name: str, *notes: str) -> Sheet:
    return Sheet(name, name, ("", "Value"), (Row("A", ("1",)),), notes)


def test_notes_that_tables_share_stand_once() -> None:
    first, second, third = sheet("a", "shared", "own"), sheet("b", "shared"), sheet("c", "other")
    made = folds.section([first], [folds.Fold("What is inside.", (second, third)), folds.Fold("Empty.", ())])
    assert made.notes == ("shared",)
    assert [item.notes for item in made.sheets] == [("own",)]
    assert [[item.notes for item in fold.sheets] for fold in made.folds] == [[(), ("other",)]]
    assert [fold.summary for fold in made.folds] == ["What is inside."]


def test_every_table_is_in_exactly_one_place(study: StudyData) -> None:
    expected = [
        *([study.progression_table] if study.progression_table else []),
        *study.survival_tables,
        *study.comparison_tables,
        *study.cox_tables,
        *study.sensitivity_tables,
        *study.model_check_tables,
        *study.subgroup_tables,
        *study.time_tables,
        *study.sensitivity_set,
    ]
    there = [
        item.id
        for part in study.sections.values()
        for item in (*part.sheets, *(one for fold in part.folds for one in fold.sheets))
    ]
    assert sorted(there) == sorted(item.id for item in expected)


def test_a_fold_is_summarised_by_numbers_that_exist(study: StudyData) -> None:
    for part in study.sections.values():
        for fold in part.folds:
            assert plain(fold.summary, study.numbers).endswith(".")


def test_each_fold_of_the_page_has_one_summary(study: StudyData) -> None:
    html = render_page(study, flow="<svg></svg>", figures=Figures(), templates=TEMPLATES)
    opened = re.findall(r'<details class="fold">\s*<summary>[^<]', html)
    assert opened
    assert len(opened) == html.count('<details class="fold">')
    assert html.count("<details") == html.count("</details>")
