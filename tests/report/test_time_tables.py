"""The tables of what changes with time, in the page."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.estimates.rows import placed, table
from rechallenge.report.figures import Figures
from rechallenge.report.page import render_page
from rechallenge.report.sheets import printed
from rechallenge.report.study_data import StudyData
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.over_time_cohort import estimated
from tests.report.studies import FLOW, TEMPLATES
from tests.report.test_page import NAMES, Page


@pytest.fixture(scope="module")
def timed(study: StudyData) -> StudyData:
    """The invented study with the rows of a made-up cohort on time."""
    settings = StatisticsSettings(landmarks_months=study.config.statistics.landmarks_months)
    own = table(placed(estimated(settings=settings).rows, analysis="main"))
    return replace(study, estimates=pd.concat([study.estimates, own], ignore_index=True))


def test_a_study_without_these_rows_has_no_such_section(study: StudyData, figures: Figures) -> None:
    assert study.time_tables == []
    assert 'id="over-time"' not in render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)


def test_every_table_is_there_and_no_digit_is_without_a_number(timed: StudyData, figures: Figures) -> None:
    assert [sheet.id for sheet in timed.time_tables] == ["exposure", "delayed-entry", "competing-events", "dating"]
    page = Page(render_page(timed, flow=FLOW, figures=figures, templates=TEMPLATES))
    assert [text for text in page.outside if re.search(r"\d", NAMES.sub("", text))] == []
    assert page.unbalanced == []


def test_the_naive_and_the_time_dependent_comparison_stand_side_by_side(timed: StudyData) -> None:
    sheet = timed.time_tables[0]
    lines = printed(sheet, timed.numbers)
    assert [line[0] for line in lines[1:4]] == [
        "Naive: ever or never, from progression",
        "Time-dependent: exposed from rechallenge on",
        "Time-dependent, adjusted",
    ]
    assert [line[1] for line in lines[4:]] == ["3", "6"]
    said = " ".join(sheet.notes)
    assert "reflects immortal-time bias" in said
    assert "confounding by indication" in said


def test_the_dating_of_progression_has_three_columns_and_says_what_its_brackets_are(timed: StudyData) -> None:
    sheet = timed.time_tables[3]
    lines = printed(sheet, timed.numbers)
    assert len(lines[0]) == 4
    medians = next(line for line in lines if line[0].startswith("Median, months, all patients"))
    assert all(re.match(r"\d+\.\d \(", cell) for cell in medians[1:])
    cox = next(line for line in lines if line[0].startswith("Hazard ratio, Cox"))
    assert cox[3] == "–"
    assert "no confidence interval" in sheet.notes[1]
