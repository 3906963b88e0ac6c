"""Published figures: only those read in their source are printed, beside this study's own."""

import pytest

from rechallenge.errors import UserError
from rechallenge.report.published import comparison, from_published, read_published
from tests.report.studies import PUBLISHED, StudyData


def test_figures_that_nobody_read_in_their_source_are_not_printed():
    files = read_published(["sibling_studies"], PUBLISHED)
    assert any(study.name == "gobbini_2020" for study in files["sibling_studies"].studies)
    assert not [name for name in from_published(files) if "gobbini" in name]
    assert not [row for row in comparison(files, {})[0]["rows"] if "Gobbini" in row["study"]]


def test_a_figure_stands_beside_ours(study: StudyData):
    rows = {row["published"]: row for block in comparison(study.published, study.numbers) for row in block["rows"]}
    assert rows["published.index_study.pfs_acquired"]["ours"] == "pfs.rechallenge.resistance.acquired.median"
    assert rows["published.index_study.pfs_acquired"]["ours_p"] == "pfs.rechallenge.log_rank.resistance.p"
    assert rows["published.index_study.pfs_acquired_oligo"]["ours"] == ""


def test_figures_that_cannot_hold_together_point_to_the_reason(study: StudyData):
    block = next(block for block in comparison(study.published, study.numbers) if block["name"] == "index_study")
    notes = {row["published"].rsplit(".", 1)[1]: row["notes"] for row in block["rows"]}
    assert notes["pfs1"] == ["1", "4"]
    assert notes["pfs_acquired_systemic"] == ["2", "3"]
    assert "uncensored" in block["reasons"][0]["reason"]
    assert [reason["mark"] for reason in block["reasons"]] == ["d", "c", "d", "d"]


def test_a_file_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(UserError, match=r'no file "index_stdy\.yaml" in published\. Did you mean "index_study"'):
        read_published(["index_stdy"], PUBLISHED)


def test_a_contradiction_must_name_figures_that_exist(tmp_path):
    (tmp_path / "x.yaml").write_text(
        "title: T\nsource: S\nstudies:\n- name: a\n  short: A\n  citation: C\n"
        "  figures: [{id: pfs, label: PFS, unit: months, value: 1, mark: a}]\n"
        "contradictions:\n- {figures: [pfss], reason: R, mark: d}\n"
    )
    with pytest.raises(UserError, match=r'names the figure "pfss", which does not exist\. Did you mean "pfs"'):
        read_published(["x"], tmp_path)
