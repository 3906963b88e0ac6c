"""Eight patients through the whole chain, then what a change reruns."""

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rechallenge.provenance import file_digest
from rechallenge.results import read_result
from rechallenge.study import RULES
from tests.crates import issues
from tests.e2e import small_study as small
from tests.e2e.modules import FETCHED, publish, run_importer
from tests.e2e.runs import ELSEWHERE, copy_checkout, differing_files, environment, jobs, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

AFTER_CLASSIFY = {
    "classify", "endpoints", "specify", "sensitivity", "estimate", "disclose", "figures", "report", "manuscript",
    "verification", "provenance",
}  # fmt: skip
CONTRACT = """
private/canonical/patients/part-0000.parquet private/violations.csv private/validation.html private/regimens.csv
private/cohort.csv private/classified.csv private/adtte.csv private/figures
private/lesion_notes.csv private/lesion_agreement.csv private/model_residuals.csv private/model_influence.csv
private/incidence.csv private/verification/verify.R private/verification/times.csv private/verification/patients.csv
shareable/row_account.csv shareable/attrition.csv shareable/flow.svg shareable/table1.csv shareable/table1.html
shareable/table1.docx shareable/estimates.csv shareable/numbers.json shareable/figures shareable/report.html
shareable/manuscript.docx shareable/manuscript.md shareable/manuscript_supplement.docx
shareable/checklist_strobe.csv shareable/checklist_strobe.docx
shareable/checklist_record.csv shareable/checklist_record.docx shareable/checklist_esmo_grow.csv
shareable/checklist_esmo_grow.docx shareable/tables/index.csv
shareable/findings.csv shareable/disclosure.csv shareable/risk_sets.csv private/risk_sets.csv
private/estimates.csv private/attrition.csv private/row_account.csv
private/released/curves.csv private/released/withheld.csv private/provenance.json
shareable/provenance.json shareable/specification_curve.csv shareable/ro-crate-metadata.json
shareable/workflow/Snakefile shareable/workflow/requirements.lock shareable/workflow/rules/documents.smk
"""


class Study:
    """A study that has been run, with a checkout of its own."""

    def __init__(self, home: Path) -> None:
        self.checkout = copy_checkout(home / "checkout")
        self.folder = home / "run"
        self.file = small.write_small_study(home / "study")
        self.run = snakemake(self.file, self.folder, checkout=self.checkout)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def planned(self) -> set[str]:
        """Return the rules that Snakemake would run now."""
        return jobs(snakemake(self.file, self.folder, "--dry-run", checkout=self.checkout))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study(tmp_path_factory.mktemp("small"))


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """Replace a piece of a file for a while."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def test_the_chain_runs_and_every_file_of_the_contract_is_there(study):
    assert study.run.returncode == 0, study.run.stdout
    assert jobs(study.run) == set(RULES)
    missing = [name for name in CONTRACT.split() if not (study.results / name).exists()]
    assert not missing


def test_every_step_says_what_it_found_and_keeps_a_log(study):
    for rule in RULES:
        assert f"\n{rule}: " in study.run.stdout
        (log,) = (study.folder / "logs").glob(f"{rule}*.log")
        assert log.read_text(encoding="utf-8").startswith(f"{rule}: ")


def test_each_patient_is_in_or_has_the_expected_reason(study):
    cohort = read_result("cohort", study.results / "private" / "cohort.csv").set_index("patient_id")
    assert cohort["excluded_by"].fillna("").to_dict() == small.EXCLUDED_BY
    assert cohort.index[cohort["eligible"]].tolist() == ["P1", "P2", "P3"]


def test_attrition_counts_down_from_the_extract_to_the_rechallenge_set(study):
    attrition = read_result("attrition", study.results / "shareable" / "attrition.csv").set_index("criterion")
    assert attrition.loc["extract", "remaining"] == 8
    excluded = attrition.loc[attrition["excluded"] > 0, "excluded"].to_dict()
    assert excluded == {"nsclc": 1, "advanced": 1, "ici_treated": 1, "first_ici_monotherapy": 1, "rechallenged": 1}
    assert attrition["remaining"].iloc[-1] == 3


def test_classes_are_those_that_a_reader_would_give(study):
    classified = read_result("classified", study.results / "private" / "classified.csv").set_index("patient_id")
    assert classified["resistance"].to_dict() == small.RESISTANCE
    assert classified["progression_pattern"].to_dict() == small.PATTERN
    interval = classified.loc[classified["eligible"], "interval_treatment"]
    assert interval.to_dict() == {name: str(value).lower() for name, value in small.INTERVAL_TREATMENT.items()}


def test_times_to_event_end_at_the_expected_scan_and_name_its_row(study):
    adtte = read_result("adtte", study.results / "private" / "adtte.csv")
    pfs = adtte[(adtte["endpoint"] == "PFS") & (adtte["population"] == "rechallenge")].set_index("patient_id")
    assert pfs["days"].to_dict() == small.PFS_DAYS
    assert pfs["event"].eq(1).all()
    # P1's progression is the fourth assessment: row 5 of the file, the header being row 1.
    assert (pfs.loc["P1", "source_file"], pfs.loc["P1", "source_row"]) == ("assessments.csv", 5)


def test_estimates_are_unique_and_count_the_patients(study):
    estimates = read_result("estimates", study.results / "shareable" / "estimates.csv")
    assert estimates["estimate_id"].is_unique
    median = estimates[
        (estimates["analysis"] == "main")
        & (estimates["endpoint"] == "PFS")
        & (estimates["population"] == "rechallenge")
        & (estimates["model"] == "kaplan_meier")
        & (estimates["term"] == "overall")
        & (estimates["statistic"] == "median")
    ]
    assert len(median) == 1
    assert median["n"].item() == 3
    # Progressions at 41, 157 and 162 days: the median is the second, in months.
    assert median["estimate"].item() == pytest.approx(157 / 30.4375)


def test_rows_are_accounted_for(study):
    account = read_result("row_account", study.results / "shareable" / "row_account.csv").set_index("table")
    assert account.loc[["patients", "treatments", "assessments"], "rows_read"].tolist() == [8, 13, 12]
    assert (account["rows_read"] == account["duplicates_merged"] + account["set_aside"] + account["used"]).all()


def test_shareable_files_hold_no_patient_identifier(study):
    for path in (study.results / "shareable").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        assert not cells & set(small.EXCLUDED_BY), path.name


def test_provenance_names_what_the_results_were_made_from(study):
    record = json.loads((study.results / "shareable" / "provenance.json").read_text(encoding="utf-8"))
    assert [file["name"] for file in record["extract"]["files"]] == [
        "assessments.csv",
        "patients.csv",
        "treatments.csv",
    ]
    assert set(record["code"]) == set(RULES)
    assert "shareable/report.html" in record["outputs"]
    assert str(study.folder) not in json.dumps(record)


def test_the_crate_is_valid_and_lists_every_shareable_file(study, monkeypatch):
    shareable = study.results / "shareable"
    assert issues(shareable, "provenance-run-crate-0.5", monkeypatch) == []
    crate = json.loads((shareable / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    listed = {own["@id"]: own["sha256"] for own in crate["@graph"] if "File" in own["@type"]}
    there = {
        path.relative_to(shareable).as_posix(): file_digest(path)
        for path in shareable.rglob("*")
        if path.is_file() and path.name not in ("ro-crate-metadata.json", ".snakemake_timestamp")
    }
    assert listed == there
    steps = {own["@id"].removeprefix("#run/") for own in crate["@graph"] if own["@id"].startswith("#run/")}
    assert steps == set(RULES)
    assert not {"assessments.csv", "patients.csv", "treatments.csv", str(study.folder)} & {
        value for own in crate["@graph"] for value in own.values() if isinstance(value, str)
    }


def rechallenge(study: Study, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a verb of the console command as a user does."""
    command = [sys.executable, "-m", "rechallenge.cli", *arguments]
    return subprocess.run(command, cwd=study.folder, env=environment(study.checkout), capture_output=True, text=True)


def test_a_printed_number_is_traced_to_the_rows_of_its_patients(study):
    plain = rechallenge(study, "trace", "pfs.rechallenge.resistance.primary.n")
    assert plain.returncode == 0, plain.stderr
    assert "estimate 2, n 2, events 2" in plain.stdout
    assert "The sizes agree with the row of estimates.csv." in plain.stdout
    assert "P2" not in plain.stdout
    assert plain.stderr == ""
    listed = rechallenge(study, "trace", "pfs.rechallenge.resistance.primary.n", "--patients", "--format", "csv")
    assert listed.stderr.startswith("Private: ")
    rows = list(csv.DictReader(listed.stdout.splitlines()))
    assert {row["patient_id"] for row in rows} == {"P2", "P3"}
    end = [row for row in rows if row["what"] == "end of PFS: progression" and row["patient_id"] == "P2"]
    # P2's progression on 10 December 2018 is the eighth assessment: row 9, the header being row 1.
    assert [(row["table"], row["source_file"], row["source_row"]) for row in end] == [
        ("assessments", "assessments.csv", "9")
    ]
    every = rechallenge(study, "trace", "pfs.rechallenge.resistance.primary.n", "--all-rows", "--format", "json")
    rows = json.loads(every.stdout)["source_rows"]
    of_p3 = [(row["table"], row["source_row"]) for row in rows if row["patient_id"] == "P3"]
    assert of_p3 == [("assessments", 10), ("assessments", 11), ("patients", 4), ("treatments", 7), ("treatments", 8)]


def test_who_left_at_a_step_of_the_flow_is_traced(study):
    found = json.loads(rechallenge(study, "trace", "flow.advanced.excluded", "--patients", "--format", "json").stdout)
    assert found["agrees"] is True
    assert (found["analysis_set"]["size"], found["counted"]["size"]) == (7, 1)
    counted = {row["patient_id"] for row in found["source_rows"] if row["counted"]}
    assert counted == {"P7"}


def test_numbers_that_are_no_estimates_say_where_they_come_from(study):
    told = rechallenge(study, "trace", "settings.statistics.confidence")
    assert "A setting of the study file" in told.stdout
    refused = rechallenge(study, "trace", "no.such.number")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    elsewhere = rechallenge(study, "trace", "x", "--run", str(study.checkout))
    assert elsewhere.returncode == 1
    assert "There is no finished study" in elsewhere.stderr


def test_a_result_that_was_changed_by_hand_is_told(study):
    with edited(study.results / "private" / "classified.csv", "P2,true", "P2,false"):
        told = rechallenge(study, "trace", "pfs.rechallenge.resistance.primary.n")
        assert "private/classified.csv: not as provenance.json recorded it" in told.stderr
        told = rechallenge(study, "trace", "main/rechallenge/overall/n")
        assert told.returncode == 1
        assert "The row says n = 3, and 2 patients were found." in told.stdout


def test_the_same_inputs_give_the_same_bytes(study, tmp_path):
    """In another folder, time zone and locale, with other hashes, job after job, as a module fetched from a repository.

    Every file is the same. The workbook is run again in the other of the two places (test_inputs).
    """
    home = tmp_path / "研究 two  words"
    shutil.copytree(study.file.parent, home)
    (home / "Snakefile").write_text(FETCHED, encoding="utf-8")
    variables = publish(study.checkout, tmp_path / "published") | ELSEWHERE["C.UTF-8"]
    again = run_importer(home, checkout=study.checkout, variables=variables)
    assert again.returncode == 0, again.stdout
    assert {f"rechallenge_{rule}" for rule in RULES} < jobs(again)
    assert differing_files(study.results, home / "results") == []


def test_a_second_run_does_nothing(study):
    again = snakemake(study.file, study.folder, checkout=study.checkout)
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout
    assert jobs(again) == set()


def test_snakemake_s_own_report_holds_every_shareable_result(study, tmp_path):
    """Each file in a category with a caption; the page is the same in every making."""
    made = []
    for name in ("first", "second"):
        run = snakemake(study.file, study.folder, "--report", str(tmp_path / f"{name}.html"), checkout=study.checkout)
        assert run.returncode == 0, run.stdout
        made.append((tmp_path / f"{name}.html").read_bytes())
    assert made[0] == made[1]
    page = made[0].decode("utf-8")
    for category in ("Data and provenance", "Documents", "Figures", "Patients", "Results"):
        assert f'"{category}"' in page
    run = snakemake(study.file, study.folder, "--report", str(tmp_path / "report.zip"), checkout=study.checkout)
    assert run.returncode == 0, run.stdout
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        inside = {Path(name).name for name in archive.namelist()}
    shareable = study.results / "shareable"
    files = {path.name for path in shareable.iterdir() if path.is_file()}
    pictures = {path.name for path in (shareable / "figures").glob("*.png")}
    assert pictures
    assert files | pictures <= inside
    captions = study.checkout / "workflow" / "report"
    marks = "".join(path.read_text(encoding="utf-8") for path in (study.checkout / "workflow" / "rules").iterdir())
    assert {path.name for path in captions.iterdir()} == {*re.findall(r"report/(\w+\.rst)", marks), "workflow.rst"}


def test_a_changed_mapping_reruns_everything(study):
    mapping = study.checkout / "config" / "sources" / "canonical.yaml"
    with edited(mapping, "title: Canonical tables", "title: The canonical tables"):
        assert study.planned() == set(RULES)
    assert study.planned() == set()


def test_a_changed_setting_reruns_the_steps_that_read_it_and_what_descends(study):
    with edited(study.file, "preset: index_inclusive", "preset: index_literal"):
        assert study.planned() == AFTER_CLASSIFY
    with edited(study.file, "definitions:", "statistics: {landmarks_months: [3, 6]}\ndefinitions:"):
        assert study.planned() == AFTER_CLASSIFY - {"classify", "endpoints", "specify", "sensitivity"}
    internal = "release: {level: internal}"
    with edited(study.file, internal, "release: {level: internal, per_patient_figures: true}"):
        assert study.planned() == {"figures", "report", "manuscript", "provenance"}


def test_a_public_release_is_decided_by_one_step_from_the_same_estimates(study):
    with edited(study.file, "level: internal", "level: public"):
        assert study.planned() == {"disclose", "figures", "report", "manuscript", "provenance"}


def test_a_changed_module_reruns_the_steps_that_import_it_and_what_descends(study):
    library = study.checkout / "src" / "rechallenge"
    with edited(library / "clinical" / "resistance.py", '"""', '"""Edited. '):
        assert study.planned() == AFTER_CLASSIFY
        before = (study.results / "private" / "cohort.csv").stat().st_mtime_ns
        # The first two steps of the plan are taken; what is made of classes and times stays due.
        run = snakemake(study.file, study.folder, "results/private/adtte.csv", checkout=study.checkout)
        assert run.returncode == 0, run.stdout
        assert jobs(run) == {"classify", "endpoints"}
        assert (study.results / "private" / "cohort.csv").stat().st_mtime_ns == before
        assert study.planned() == AFTER_CLASSIFY - {"classify", "endpoints"}
