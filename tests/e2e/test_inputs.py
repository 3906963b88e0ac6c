"""The four inputs through the whole chain: demo registry, workbook, GENIE BPC format, and 354 real patients."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from rechallenge.language import PSEUDO, in_language
from rechallenge.report.figures import Figures
from rechallenge.report.outputs import read_study
from rechallenge.report.page import render_page
from rechallenge.results import read_result
from rechallenge.study import RULES, open_study
from tests.e2e.runs import CHECKOUT, ELSEWHERE, differing_files, environment, jobs, snakemake
from tests.e2e.small_study import FEW_SPECIFICATIONS
from tests.report.pseudo_language import outside_marks
from tests.tracing.whole_run import problems_of_a_run

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CONFIG = CHECKOUT / "config"
REAL = [
    Path(place) for place in (os.environ.get("RECHALLENGE_COH"), CHECKOUT / "../shared/data/coh_ici_nsclc") if place
]
REAL_FOLDER = next((place for place in REAL if (place / "coh_ici_nsclc.csv").is_file()), None)


def complete(run: subprocess.CompletedProcess[str], folder: Path) -> Path:
    """Assert that a run made everything; return its results."""
    assert run.returncode == 0, run.stdout
    assert jobs(run) == set(RULES)
    return whole(folder)


def whole(folder: Path) -> Path:
    """Assert that the documents of a finished run are there and every estimate is its patients'; return its results."""
    results = folder / "results"
    for name in ("report.html", "manuscript.docx", "numbers.json", "provenance.json", "table1.docx"):
        assert (results / "shareable" / name).stat().st_size > 0
    assert problems_of_a_run(folder) == {}
    return results


def identifiers(results: Path) -> set[str]:
    cohort = read_result("cohort", results / "private" / "cohort.csv")
    return set(cohort["patient_id"])


def shareable_text(results: Path) -> str:
    files = [
        path for path in (results / "shareable").rglob("*") if path.suffix in (".csv", ".json", ".html", ".md", ".svg")
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def words_outside_the_catalogue(study: Path, results: Path) -> list[str]:
    """Return what a whole report prints in English whatever its language, but for the title of the study."""
    opened = open_study(yaml.safe_load(study.read_text(encoding="utf-8")), [str(study)], CONFIG.parent)
    with in_language(PSEUDO):
        data = read_study(
            settings=opened.settings.plain(),
            estimates=results / "shareable" / "estimates.csv",
            attrition=results / "shareable" / "attrition.csv",
            row_account=results / "shareable" / "row_account.csv",
            findings=results / "shareable" / "findings.csv",
            withheld=results / "private" / "released" / "withheld.csv",
            disclosure=results / "shareable" / "disclosure.csv",
            account=results / "private" / "ingest.json",
            published=CONFIG / "published",
        )
        page = render_page(data, flow="", figures=Figures(), templates=CONFIG.parent / "workflow" / "templates")
    return [text for text in outside_marks(page) if text != opened.settings.study.title]


def test_demo_registry(demo):
    results = whole(demo)
    assert {path.stem.partition("_")[0] for path in (demo / "logs").glob("*.log")} >= set(RULES)
    attrition = read_result("attrition", results / "shareable" / "attrition.csv")
    assert attrition["remaining"].iloc[0] == 400
    assert 36 <= attrition["remaining"].iloc[-1] <= 44, "about 40 patients are eligible"
    violations = read_result("violations", results / "private" / "violations.csv")
    by_status = violations[violations["severity"] == "error"]["status"].value_counts()
    assert set(by_status.index) == {"waived", "set_aside"}, "the demo has errors, and none is open"
    assert set(violations["severity"]) == {"error", "warning", "note"}
    # Identifiers of the demo have eight digits: none may stand anywhere in what may be shared. The decimals of a
    # number can hold the same digits by chance.
    text = set(re.findall(r"(?<![\d.])\d{8}(?!\d)", shareable_text(results)))
    assert not identifiers(results) & text
    assert words_outside_the_catalogue(CONFIG / "config.yaml", results) == []
    literal = read_result("classified", results / "private" / "analyses" / "literal" / "classified.csv")
    assert literal["resistance"].eq("unclassified").any()
    estimates = read_result("estimates", results / "shareable" / "estimates.csv")
    assert {name for name in estimates["analysis"] if not name.startswith("sensitivity_")} == {"main", "literal"}


def test_the_page_on_tracing_is_followed_on_the_demo(demo):
    """Each command of docs/tracing.md says on the demo what stands below it."""
    page = (CHECKOUT / "docs" / "tracing.md").read_text(encoding="utf-8")
    steps = re.findall(r"^```sh\nrechallenge (.+?)\n```\n\n```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(steps) == page.count("```sh")
    for command, said in steps:
        ended = subprocess.run(
            [sys.executable, "-m", "rechallenge.cli", *command.split()],
            cwd=demo, env=environment(CHECKOUT), capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        for line in said.splitlines():
            assert line in ended.stdout, f"{line}\nis not in\n{ended.stdout}"


def test_broken_demo_is_held_by_the_gate(tmp_path):
    earlier = tmp_path / "results" / "shareable" / "report.html"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    run = snakemake(CONFIG / "demo_broken.yaml", tmp_path)
    assert run.returncode != 0
    assert "Traceback" not in run.stdout
    assert f"stands in {tmp_path / 'results' / 'private' / 'validation.html'}" in run.stdout
    violations = read_result("violations", tmp_path / "results" / "private" / "violations.csv")
    assert violations.loc[violations["severity"] == "error", "rule"].nunique() >= 8
    assert not (tmp_path / "results" / "shareable" / "attrition.csv").exists()
    assert (tmp_path / "results" / "shareable" / "OUT_OF_DATE.txt").exists()


def test_workbook(tmp_path):
    results = complete(snakemake(CONFIG / "workbook.yaml", tmp_path), tmp_path)
    assert len(identifiers(results)) == 45
    adtte = read_result("adtte", results / "private" / "adtte.csv")
    assert set(adtte["source_file"]) == {"ici_rechallenge.xlsx"}
    classified = read_result("classified", results / "private" / "classified.csv")
    assert classified["eligible"].sum() >= 20
    # Once more, with models and figures that the small study has not: on one core, elsewhere.
    other = tmp_path / "另一处 elsewhere"
    again = snakemake(CONFIG / "workbook.yaml", other, "--cores", "1", variables=ELSEWHERE["C"])
    assert again.returncode == 0, again.stdout
    assert differing_files(results, other / "results") == []


def test_genie_format(tmp_path):
    synthetic = pytest.importorskip("geniekit.synthetic")
    files = {
        "patient": "patient_level_dataset",
        "cancer_index": "cancer_level_dataset_index",
        "regimen": "regimen_cancer_level_dataset",
        "imaging": "imaging_level_dataset",
        "med_onc": "med_onc_note_level_dataset",
        "pathology": "pathology_report_level_dataset",
    }
    (tmp_path / "clinical_data").mkdir()
    made = synthetic.generate("NSCLC", 400, seed=3, genomic=False)
    for name, file in files.items():
        made.tables[name].to_csv(tmp_path / "clinical_data" / f"{file}.csv", index=False)
    values = yaml.safe_load((CONFIG / "genie.yaml").read_text(encoding="utf-8"))
    # The synthetic patients live up to 2066 on the pseudo-calendar.
    values["study"] |= {"cutoff": "2100-12-31", "window": {"start": "1950-01-01", "end": "2100-12-31"}}
    values |= yaml.safe_load(FEW_SPECIFICATIONS)
    (tmp_path / "genie.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    results = complete(snakemake(tmp_path / "genie.yaml", tmp_path / "run"), tmp_path / "run")
    assert len(identifiers(results)) == 400
    estimates = read_result("estimates", results / "shareable" / "estimates.csv")
    assert {"PFS1", "OS1"} <= set(estimates["endpoint"].dropna())


@pytest.mark.skipif(
    REAL_FOLDER is None,
    reason=f"THE 354 REAL PATIENTS ARE NOT TESTED: no coh_ici_nsclc.csv in {' or '.join(map(str, REAL))}; "
    "set RECHALLENGE_COH to the folder that holds it.",
)
def test_real_patients_of_whom_nobody_was_rechallenged(tmp_path):
    assert REAL_FOLDER is not None
    for path in (REAL_FOLDER / "coh_ici_nsclc.csv", CONFIG / "coh.yaml", CONFIG / "coh_waivers.csv"):
        shutil.copy(path, tmp_path)
    run = snakemake(tmp_path / "coh.yaml", tmp_path / "run")
    results = complete(run, tmp_path / "run")
    assert "note: nobody was rechallenged" in run.stdout
    attrition = read_result("attrition", results / "shareable" / "attrition.csv").set_index("criterion")
    assert attrition.loc["extract", "remaining"] == 354
    assert attrition.loc["rechallenged", "remaining"] == 0
    estimates = read_result("estimates", results / "shareable" / "estimates.csv")
    by_id = estimates.set_index("estimate_id")["estimate"]
    assert by_id["main/PFS1/first_ici/kaplan_meier/overall/median"] > 0
    assert by_id["main/OS1/first_ici/kaplan_meier/overall/median"] > 0
    # Time to progression around six months, counted once more on the source's own columns.
    source = pd.read_csv(tmp_path / "coh_ici_nsclc.csv").set_index("patient_id")
    cohort = read_result("cohort", results / "private" / "cohort.csv").set_index("patient_id")
    days = source.loc[cohort.index[cohort["in_progressed"]], "pfs_days"]
    described = "main/progressed/time_to_progression/days_to_progression"
    assert by_id[f"{described}/below_cutoff/n"] == (days < 182.625).sum()
    assert by_id[f"{described}/from_cutoff/n"] == (days >= 182.625).sum()
    assert by_id[f"{described}/within_14_days/n"] == (days - 182.625).abs().le(14).sum()
    assert not (estimates["endpoint"].eq("PFS") & pd.notna(estimates["estimate"])).any(), "nothing is invented"
