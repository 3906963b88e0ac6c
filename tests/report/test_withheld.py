"""What a public release withholds, in numbers, tables, sentences and on the page."""

import math
import re
from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.disclosure.release import Results, released
from rechallenge.estimates.risk_sets import COLUMNS as RISK_SETS
from rechallenge.estimates.rows import Row, table
from rechallenge.report.figures import Figures
from rechallenge.report.manuscript import render_manuscript, render_supplement
from rechallenge.report.numbers import from_estimates
from rechallenge.report.page import render_page
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import EMPTY, one, with_interval
from rechallenge.report.study_data import StudyData
from rechallenge.report.withheld import texts
from rechallenge.settings.release import ReleaseSettings
from tests.report.studies import TEMPLATES, make_study

KEYS = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge", "model": "kaplan_meier", "term": "overall"}
MEDIAN = "pfs.rechallenge.overall.median"


@pytest.fixture(scope="module")
def public() -> StudyData:
    """The study of these tests as a public release in which everything below 30 is small."""
    study = make_study()
    release = ReleaseSettings(level="public", smallest_count=30)
    curves = ["analysis", "endpoint", "population", "term", "level", "time_months", "lower", "upper", "at_risk"]
    specifications = [
        "n",
        "events",
        "left_out",
        "hr",
        "lower",
        "upper",
        "p",
        "median_difference",
        "logrank_p",
        "reason",
    ]
    made = released(
        Results(
            study.estimates, study.attrition, study.row_account, study.findings, pd.DataFrame(columns=specifications),
            pd.DataFrame(columns=[*curves, "survival", "events", "censored"]), pd.DataFrame(columns=[*curves, "cause"]),
            pd.DataFrame(columns=list(RISK_SETS)),
        ),
        release,
    )  # fmt: skip
    return replace(
        study,
        config=study.config.model_copy(update={"release": release}),
        estimates=made.results.estimates,
        attrition=made.results.attrition,
        row_account=made.results.row_account,
        findings=made.results.findings,
        withheld=made.withheld,
        disclosure=made.summary,
    )


def test_a_withheld_count_keeps_its_name_and_says_what_it_is() -> None:
    row = Row("n", math.nan, n=41.0, **{**KEYS, "term": "sex", "level": "female"})
    found = from_estimates(table([row]), withheld={row.estimate_id: {"estimate": "<5"}})
    (name,) = found
    assert found[name]["text"] == "<5"
    assert math.isnan(found[name]["raw"])


def test_a_withheld_median_is_neither_reached_nor_not_reached() -> None:
    row = Row("median", math.nan, n=math.nan, events=3.0, **KEYS)
    found = from_estimates(table([row]), withheld={row.estimate_id: {"estimate": "[withheld]", "n": "<5"}})
    assert MEDIAN not in found
    assert found[f"{MEDIAN}.n"]["text"] == "<5"
    assert [plain(cell, found) for cell in (one(MEDIAN, found), with_interval(MEDIAN, found))] == ["[withheld]"] * 2
    assert one("nothing.of.this.name", found) == EMPTY


def test_a_withheld_percentage_is_not_printed_beside_its_count() -> None:
    own = {"analysis": "main", "population": "rechallenge", "term": "sex", "level": "female", "n": 41.0}
    rows = [Row("n", math.nan, **own), Row("percent", math.nan, **own)]
    said = {rows[0].estimate_id: {"estimate": "<5"}, rows[1].estimate_id: {"estimate": "[withheld]"}}
    found = from_estimates(table(rows), withheld=said)
    assert "rechallenge.sex.female.n" in found
    assert "rechallenge.sex.female.percent" not in found


def test_the_decimals_of_a_share_do_not_tell_of_how_many_it_is() -> None:
    row = Row("survival", 0.9091, at=3.0, **KEYS)
    assert (
        from_estimates(table([row]), withheld={row.estimate_id: {"n": "[withheld]"}})[f"{MEDIAN[:-6]}survival.at_3"][
            "text"
        ]
        == "91%"
    )


def test_small_counts_are_told_apart_from_those_withheld_with_them() -> None:
    rows = [
        ("estimates.csv", "a", "n", "small"),
        ("estimates.csv", "a", "estimate", "derived"),
        ("x.csv", "b", "n", "small"),
    ]
    withheld = pd.DataFrame(rows, columns=["file", "name", "column", "why"])
    assert texts(withheld, "estimates.csv", 10) == {"a": {"n": "<10", "estimate": "[withheld]"}}


def test_page_and_manuscript_print_what_is_withheld_as_such(public: StudyData) -> None:
    page = render_page(public, flow="", figures=Figures(), templates=TEMPLATES)
    drafts = [
        render(public, figures=Figures(), templates=TEMPLATES) for render in (render_manuscript, render_supplement)
    ]
    for text in (page, *drafts):
        assert not re.search(r"\bnan\b", text, re.IGNORECASE)
        assert "not reached)" not in text
    assert "This is a public release." in page
    assert "&lt;30" in page
    assert "[withheld]" in page
    assert "patients.csv" not in page


def test_an_internal_page_says_that_it_is_not_for_release() -> None:
    page = render_page(make_study(), flow="", figures=Figures(), templates=TEMPLATES)
    assert "internal, not for release" in page
    assert "[withheld]" not in page
