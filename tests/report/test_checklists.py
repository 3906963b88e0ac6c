"""Reporting checklists: every place they name exists, and what a study does not have is said."""

import csv
import io
from pathlib import Path

import docx
import pytest

from rechallenge.errors import UserError
from rechallenge.report.checklist_files import COLUMNS, checklist_docx, checklist_frame
from rechallenge.report.checklists import (
    FILES,
    Checklist,
    Places,
    answers,
    headings,
    missing,
    places,
    read_checklist,
)
from rechallenge.report.figures import Figures
from rechallenge.report.manuscript import render_manuscript
from rechallenge.report.page import render_page
from rechallenge.report.study_data import StudyData
from rechallenge.study import CHECKLISTS
from tests.report.studies import CHECKOUT, FLOW, TEMPLATES

FOLDER = CHECKOUT / "config" / "checklists"
ALL = [read_checklist(FOLDER / f"{name}.yaml") for name in CHECKLISTS]
# Sections that only studies with such results have; the small study of these tests has none of them.
NOT_IN_THE_SMALL_STUDY = {"subgroups", "model-checks", "over-time", "robustness"}
SMALL = """
name: Small
title: A small checklist
reference: Nobody 2020.
items:
  - {item: 1, topic: Flow, recommendation: Show it, answered: [{report: flow}, {manuscript: Results > Patients}, {report: gone}]}
  - {item: 2, topic: Reasons, recommendation: Give them, to_write: Why.}
  - {item: 3, topic: Matching, recommendation: Describe it, not_applicable: nobody was matched}
  - {item: 4, topic: Survival, recommendation: Give it, answered: [{report: survival}], needs: rechallenge}
  - {item: 5, topic: Safety, recommendation: Give it, answered: [{report: gone}]}
  - {item: 6, topic: Strata, recommendation: Give them, answered: [{report: gone}], to_write: Them.}
"""  # noqa: E501
THERE = Places({"flow": "Patient flow", "survival": "Survival"}, frozenset({"Results > Patients"}), frozenset())


@pytest.fixture
def small(tmp_path: Path) -> Checklist:
    (tmp_path / "small.yaml").write_text(SMALL)
    return read_checklist(tmp_path / "small.yaml")


def outputs(study: StudyData, figures: Figures) -> tuple[str, str]:
    draft = render_manuscript(study, figures=figures, templates=TEMPLATES)
    page = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES, checklists=ALL, manuscript=draft)
    return page, draft


@pytest.mark.parametrize("checklist", ALL, ids=CHECKLISTS)
def test_every_place_that_a_checklist_names_exists(checklist, study, figures):
    there = places(*outputs(study, figures), FILES)

    lacking = missing(checklist, there)

    assert [place for place in lacking if place.rpartition(": ")[2] not in NOT_IN_THE_SMALL_STUDY] == []


def test_items_are_answered_left_to_the_authors_without_result_or_not_applicable(small):
    found = {
        answer.item: (answer.status, answer.location, answer.to_write)
        for answer in answers(small, THERE, rechallenged=True)
    }

    assert found == {
        "1": ("answered", "report, Patient flow; manuscript, Results > Patients", ""),
        "2": ("author", "", "Why."),
        "3": ("not_applicable", "nobody was matched", ""),
        "4": ("answered", "report, Survival", ""),
        "5": ("no_result", "this study has no such result", ""),
        "6": ("author", "", "Them."),
    }


def test_without_rechallenge_an_item_that_needs_it_says_so(small):
    (survival,) = [answer for answer in answers(small, THERE, rechallenged=False) if answer.item == "4"]

    assert (survival.status, survival.location) == ("no_result", "nobody is in the rechallenge set")


def test_headings_are_paths_and_tables_stand_under_theirs():
    text = "# Title\n\n## Methods\n\n### Patients\n\nText.\n\n## Tables\n\n**Table 1.** Patients\n\n## References\n"

    assert headings(text) == ["Methods", "Methods > Patients", "Tables", "Tables > Table 1", "References"]


def test_strobe_has_its_items_and_record_its_thirteen():
    strobe, record, _ = ALL

    assert {item.item.rstrip("abcde") for item in strobe.items} == {str(number) for number in range(1, 23)}
    assert len({item.item for item in strobe.items}) == len(strobe.items) == 34
    assert [item.item for item in record.items] == [
        "1.1", "1.2", "1.3", "6.1", "6.2", "6.3", "7.1", "12.1", "12.2", "12.3", "13.1", "19.1", "22.1",
    ]  # fmt: skip


def test_the_page_links_only_to_sections_that_it_has(study, empty, figures):
    for one in (study, empty):
        page, _ = outputs(one, figures)
        section = page.partition('<section id="checklists"')[2].partition("</section>")[0]
        linked = [part.partition('"')[0] for part in section.split('href="#')[1:]]
        assert len(linked) > 20
        assert all(f'id="{name}"' in page for name in linked)
        assert '<a href="#checklists">' in page


def test_csv_and_word_hold_the_same_items(small):
    found = answers(small, THERE, rechallenged=True)

    rows = list(csv.reader(io.StringIO(checklist_frame(found).to_csv(index=False))))
    (table,) = docx.Document(io.BytesIO(checklist_docx(small, found, "A *title*"))).tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]

    assert rows[0] == list(COLUMNS)
    assert [row[0] for row in rows[1:]] == [row[0] for row in cells[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert cells[1][3] == "report, Patient flow; manuscript, Results > Patients"
    assert cells[3][3] == "Not applicable: nobody was matched"
    assert cells[2][3:] == ["For the authors", "Why."]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("answered: [{report: survival}]", "answered: [{reprot: survival}]", 'Did you mean "report"?'),
        ("to_write: Why.", "to_write: ''", "neither answered, for the authors, nor not applicable"),
        ("{report: survival}", "{report: survival, file: a.csv}", "one of report, manuscript and file"),
    ],
)
def test_a_mistake_in_a_checklist_is_a_sentence(tmp_path, old, new, sentence):
    (tmp_path / "own.yaml").write_text(SMALL.replace(old, new))

    with pytest.raises(UserError) as error:
        read_checklist(tmp_path / "own.yaml")

    assert str(error.value).startswith("own.yaml")
    assert sentence in str(error.value)
