"""Published figures: only those read in their source are printed, beside ours, with the verdicts of the check."""

from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.published.run import Finding, frame, published_findings
from rechallenge.published.verdicts import Verdict
from rechallenge.report.figures import Figures
from rechallenge.report.page import render_page
from rechallenge.report.published import comparison, from_published, own_contradictions, read_published
from tests.report.studies import FLOW, PUBLISHED, TEMPLATES, StudyData


def checked(study: StudyData, *own: Finding) -> StudyData:
    """The study with the verdicts that the estimate step adds."""
    found = frame([*published_findings(study.published, seed=1), *own])
    # A copy through `replace` has no cached numbers.
    return replace(study, estimates=pd.concat([study.estimates, found], ignore_index=True))


@pytest.fixture(scope="module")
def with_verdicts(study: StudyData) -> StudyData:
    fine = Finding("study.percentages", Verdict("consistent", "All agree."))
    return checked(study, fine)


def index_block(study: StudyData):
    blocks = comparison(study.published, study.numbers, study.tidy)
    return next(block for block in blocks if block["name"] == "index_study")


def test_figures_that_nobody_read_in_their_source_are_not_printed():
    files = read_published(["sibling_studies"], PUBLISHED)
    assert any(study.name == "gobbini_2020" for study in files["sibling_studies"].studies)
    assert not [name for name in from_published(files) if "gobbini" in name]
    assert not [row for row in comparison(files, {})[0]["rows"] if "Gobbini" in row["study"]]


def test_nor_are_they_in_a_verdict():
    files = read_published(["sibling_studies"], PUBLISHED)
    declared = [relation.name for relation in files["sibling_studies"].checks]
    assert "interval_contains_gobbini_pfs" in declared
    assert not [row for row in frame(published_findings(files, seed=1))["term"] if "gobbini" in row]


def test_a_figure_stands_beside_ours(study: StudyData):
    rows = {row["published"]: row for block in comparison(study.published, study.numbers) for row in block["rows"]}
    assert rows["published.index_study.pfs_acquired"]["ours"] == "pfs.rechallenge.resistance.acquired.median"
    assert rows["published.index_study.pfs_acquired"]["ours_p"] == "pfs.rechallenge.log_rank.resistance.p"
    assert rows["published.index_study.pfs_acquired_oligo"]["ours"] == ""


def test_figures_that_do_not_hold_together_point_to_the_verdict(with_verdicts: StudyData):
    block = index_block(with_verdicts)
    assert [item["verdict"] for item in block["reasons"]] == ["impossible", "improbable", "observation", "", ""]
    notes = {row["published"].rsplit(".", 1)[1]: row["notes"] for row in block["rows"]}
    assert notes["acquired"] == ["1", "2"]
    assert notes["pfs1"] == ["1", "3"]
    assert notes["pfs_acquired_systemic"] == ["2", "4"]
    # No P value of ours stands beside a published one within a class.
    assert notes["pfs_acquired_oligo"] == ["2", "5"]
    assert notes["os"] == []
    assert "uncensored" in block["reasons"][0]["explanation"]
    assert [reason["mark"] for reason in block["reasons"]] == ["d", "c", "d", "d", "b"]


def test_a_simulated_probability_has_a_number(with_verdicts: StudyData):
    improbable = index_block(with_verdicts)["reasons"][1]
    entry = with_verdicts.numbers[improbable["probability"]]
    assert entry["estimate_id"] == improbable["estimate_id"]
    assert 0 < entry["raw"] < 0.01


def test_without_verdicts_only_remarks_are_said(study: StudyData):
    block = index_block(study)
    assert [item["verdict"] for item in block["reasons"]] == ["", ""]
    assert block["checked"] == []


def test_the_page_says_what_was_found_and_what_was_not(with_verdicts: StudyData, figures: Figures):
    html = render_page(with_verdicts, flow=FLOW, figures=figures, templates=TEMPLATES)
    assert "<strong>Impossible.</strong>" in html
    assert "<strong>Improbable.</strong>" in html
    assert "Checks that found no contradiction" in html
    assert "no contradiction was found" in html


def test_a_contradiction_between_our_own_figures_is_printed(study: StudyData, figures: Figures):
    bad = Finding("study.p_value.PFS.rechallenge.resistance", Verdict("improbable", "P does not fit."), "literal")
    own = checked(study, bad)
    assert [item["what"] for item in own_contradictions(own.tidy, own.numbers)["found"]] == [
        "Literal, P value, PFS from rechallenge, rechallenge set, Resistance"
    ]
    assert "P does not fit." in render_page(own, flow=FLOW, figures=figures, templates=TEMPLATES)


def test_a_file_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UserError, match=r'no file "index_stdy\.yaml" in published\. Did you mean "index_study"'):
        read_published(["index_stdy"], PUBLISHED)
