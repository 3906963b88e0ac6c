"""The report in another language: every word passes through the catalogue, and the catalogue is complete."""

import re
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po

from rechallenge.language import LOCALE, PSEUDO, in_language
from rechallenge.report.checklists import read_checklist
from rechallenge.report.manuscript import render_manuscript
from rechallenge.report.page import render_page, render_table_one
from rechallenge.report.table_files import sheet_frame
from rechallenge.study import CHECKLISTS
from tests.report.pseudo_language import outside_marks
from tests.report.studies import CHECKOUT, FLOW, TEMPLATES, make_study

CHINESE = LOCALE / "zh_CN"
LISTS = [read_checklist(CHECKOUT / "config" / "checklists" / f"{name}.yaml") for name in CHECKLISTS]


def studies():
    return {
        "small": make_study(),
        "nobody": make_study(rechallenged=False, simulated=False, dates_only=True),
    }


@pytest.mark.parametrize("name", ["small", "nobody"])
def test_no_word_of_the_page_misses_the_catalogue(name, figures):
    allowed = {make_study().config.study.title, *(figure.caption for figure in figures.drawn), "OS by resistance."}
    allowed |= {figure.alt for figure in figures.drawn} | {f"{title}. {reason}" for title, reason in figures.not_drawn}
    with in_language(PSEUDO):
        study = studies()[name]
        page = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES, checklists=LISTS)
        page += render_table_one(study, TEMPLATES)

    missed = [text for text in outside_marks(page) if text not in allowed]

    assert missed == []


def test_the_report_is_chinese_and_says_so(study, figures):
    with in_language("zh_CN"):
        page = render_page(make_study(), flow=FLOW, figures=figures, templates=TEMPLATES)

    assert '<html lang="zh-CN">' in page
    assert '<h2 id="survival-heading">生存</h2>' in page
    assert "2.9个月 (95% CI" in re.sub(r"<[^>]+>", "", page) or "2.9 个月" in re.sub(r"<[^>]+>", "", page)
    assert "2.0～5.7" in page
    english = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)
    assert '<html lang="en">' in english
    assert not re.search("[\u4e00-\u9fff]", english)


def test_tables_as_csv_follow_the_language():
    with in_language("zh_CN"):
        study = make_study()
        frame = sheet_frame(study.table_one, study.numbers)

    assert next(iter(frame.columns)) == "特征"
    assert "性别：男" in frame.iloc[:, 0].tolist()


def test_the_manuscript_does_not_know_the_language_of_the_report(figures):
    text = render_manuscript(make_study(), figures=figures, templates=TEMPLATES)

    assert not re.search("[\u4e00-\u9fff]", text)


def test_catalogues_are_complete_and_up_to_date(checkout):
    check = subprocess.run(
        [sys.executable, "scripts/update_catalogues.py", "--check"], cwd=checkout, capture_output=True, text=True
    )

    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize("area", ["definitions", "figures", "page", "refresh", "report", "tables", "words"])
def test_translations_keep_the_parts_and_numbers_of_their_message(area):
    with (CHINESE / f"{area}.po").open("rb") as file:
        entries = [(str(entry.id), str(entry.string)) for entry in read_po(file) if entry.id]

    def parts(text: str) -> list[str]:
        return sorted(re.findall(r"\{([\w.:]+)\}", text))

    assert len(entries) > 50
    assert [pair for pair in entries if parts(pair[0]) != parts(pair[1])] == []
    assert [pair for pair in entries if pair[0].count("{") != pair[1].count("{")] == []
