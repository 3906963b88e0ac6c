"""A user's mistake ends in sentences and an exit status, never in a traceback. Each case: a small study gone wrong."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e import small_study as small
from tests.e2e.runs import snakemake

pytestmark = pytest.mark.e2e


def run(folder: Path, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return snakemake(small.write_small_study(folder / "study", **changes), folder / "run", *options)


def without_column(table: str, column: str) -> str:
    rows = [line.split(",") for line in table.splitlines()]
    place = rows[0].index(column)
    return "".join(",".join(row[:place] + row[place + 1 :]) + "\n" for row in rows)


def refused(ended: subprocess.CompletedProcess[str], *sentences: str) -> None:
    """Assert that a run stopped with these sentences and without a traceback."""
    assert ended.returncode != 0, ended.stdout
    assert "Traceback" not in ended.stdout, ended.stdout
    for sentence in sentences:
        assert sentence in ended.stdout, ended.stdout


def test_unknown_settings_name_the_nearest_ones_all_at_once(tmp_path):
    study = small.STUDY.replace("cutoff:", "cut_off:").replace("resistance:", "resistence:")
    refused(
        run(tmp_path, study=study),
        'study.yaml: unknown setting "study.cut_off". Did you mean "cutoff"?',
        'study.yaml: the setting "study.cutoff" is required and missing.',
        'study.yaml: unknown setting "definitions.resistence". Did you mean "resistance"?',
    )


def test_an_extract_and_a_mapping_that_are_not_there_are_told_together(tmp_path):
    study = small.STUDY.replace("path: extract", "path: extrakt").replace("source: canonical", "source: canonicl")
    refused(
        run(tmp_path, study=study),
        'setting "extract.path": there is no file or folder "extrakt"',
        'setting "extract.source": there is no mapping "canonicl". Did you mean "canonical"?',
    )


def test_a_study_file_that_is_not_yaml(tmp_path):
    ended = run(tmp_path, study="extract: [path\nstudy: {")
    refused(ended, "Config file is not valid JSON or YAML")


def test_a_key_that_stands_twice(tmp_path):
    refused(run(tmp_path, study=small.STUDY + "study:\n  cutoff: 2020-12-31\n"), 'the key "study" stands twice')


def test_a_missing_file(tmp_path):
    study = small.write_small_study(tmp_path / "study")
    (tmp_path / "study" / "extract" / "treatments.csv").unlink()
    refused(snakemake(study, tmp_path / "run"), "ingest: ", '"treatments"')


def test_a_missing_column(tmp_path):
    ended = run(tmp_path, treatments=without_column(small.TREATMENTS, "start_date"))
    refused(ended, 'treatments.csv: the column "start_date" is missing')


def test_an_extract_that_is_not_the_expected_one(tmp_path):
    study = small.STUDY.replace("source: canonical", f"source: canonical\n  sha256: {'f' * 64}")
    refused(run(tmp_path, study=study), "The extract is not the expected one")


def test_open_errors_hold_the_gate_after_the_validation_report(tmp_path):
    ended = run(tmp_path, treatments=small.TREATMENTS.replace("P2,nivolumab,2018-07-01", "P2,nivolumab,2018-13-41"))
    page = tmp_path / "run" / "results" / "private" / "validation.html"
    refused(ended, "gate: The extract has ", str(page))
    assert page.exists()
    assert "2018-13-41" in (page.parent / "violations.csv").read_text(encoding="utf-8")
    assert not (page.parent / "cohort.csv").exists()


def test_an_unknown_rule_to_set_aside(tmp_path):
    study = small.STUDY + "validation: {set_aside: [date_unreadible]}\n"
    refused(run(tmp_path, study=study), 'Did you mean "date_unreadable"?')


def test_an_empty_table(tmp_path):
    refused(run(tmp_path, patients=small.PATIENTS.splitlines()[0] + "\n"), "patients")


def test_nobody_with_a_first_ici_monotherapy_is_an_error(tmp_path):
    study = small.STUDY.replace("start: 2016-03-01, end: 2022-12-31", "start: 2010-01-01, end: 2010-12-31")
    refused(
        run(tmp_path, study=study + small.FEW_SPECIFICATIONS + "sensitivity: {enabled: false}\n"),
        "eligibility: No patient of the extract (8) has a first ICI monotherapy in the study window",
        "first_ici_in_window 4",
    )


@pytest.mark.slow
def test_nobody_rechallenged_is_a_note_and_the_study_stands(tmp_path):
    first = {"P1": "nivolumab", "P2": "pembrolizumab", "P3": "tislelizumab"}
    head, *rows = small.TREATMENTS.splitlines()
    kept = [row for row in rows if first.get(row.split(",")[0], row.split(",")[1]) == row.split(",")[1]]
    study = small.STUDY + small.FEW_SPECIFICATIONS
    ended = run(tmp_path, treatments="\n".join([head, *kept]) + "\n", study=study)
    assert ended.returncode == 0, ended.stdout
    assert "Traceback" not in ended.stdout
    assert "note: nobody was rechallenged" in ended.stdout
    results = tmp_path / "run" / "results" / "shareable"
    assert "PFS1" in (results / "estimates.csv").read_text(encoding="utf-8")
    assert (results / "report.html").exists()
    assert (results / "manuscript.docx").exists()
