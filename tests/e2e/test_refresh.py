"""A refresh as a hospital does it: release, then the next extract compared, failing by the study's policy."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from rechallenge.files import read_csv
from rechallenge.results import read_result
from tests.e2e import small_study as small
from tests.e2e.runs import CHECKOUT, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

QUICK = {"specifications": {"enabled": False}, "sensitivity": {"enabled": False}}
FEW_ESTIMATES = {"statistics": {"subgroups": [], "permutation_below": 0}}
CUTOFF = "2022-12-31"


def written(home: Path) -> dict[str, str]:
    """The shareable comparison and the private one, as text by name."""
    return {
        f"{side}/{path.name}": path.read_text(encoding="utf-8")
        for side in ("shareable", "private")
        for path in (home / "run" / "results" / side / "comparison").iterdir()
        if path.suffix in (".html", ".csv", ".json")
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The small study, released in its run folder. Each test writes the study file that it needs in its place."""
    home = tmp_path_factory.mktemp("refresh")
    run = snakemake(study(home), home / "run", "release")
    assert run.returncode == 0, run.stdout
    return home


def study(home, *refresh, cutoff=CUTOFF, title="A small study", **tables):
    """Write the study with these lines under `refresh`; return its file."""
    text = small.STUDY.replace(f"cutoff: {CUTOFF}", f"cutoff: {cutoff}").replace(
        "study:\n", f"study:\n  title: {title}\n"
    )
    text += yaml.safe_dump(QUICK | FEW_ESTIMATES) + "\n".join([*(["refresh:"] if refresh else []), *refresh, ""])
    return small.write_small_study(home / "study", study=text, **tables)


def compare(home, *lines, previous=f"../run/releases/{CUTOFF}", **how):
    """Compare the study, given this extract, with its release."""
    file = study(home, f"  previous: {previous}", "  smallest_count: 1", *lines, **how)
    return snakemake(file, home / "run", "compare")


def test_a_release_says_where_it_is_and_again_writes_nothing(home):
    release = home / "run" / "releases" / CUTOFF
    assert (release / "shareable" / "release.json").is_file()
    again = snakemake(study(home), home / "run", "release")
    assert again.returncode == 0
    assert "holds this very release already; nothing was written" in again.stdout


def test_without_a_release_to_compare_with_there_is_a_sentence(home):
    run = snakemake(study(home), home / "run", "compare")
    assert run.returncode == 1
    assert "There is nothing to compare with: set refresh.previous" in run.stdout
    run = compare(home, previous="../run/releases/2020-01-01")
    assert run.returncode == 1
    assert f"Releases beside it: {CUTOFF}." in run.stdout


def test_a_release_that_was_edited_is_not_compared_with(home):
    shutil.copytree(home / "run" / "releases" / CUTOFF, home / "edited")
    path = home / "edited" / "shareable" / "estimates.csv"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("157", "158"), encoding="utf-8")
    run = compare(home, previous="../edited")
    assert run.returncode == 1
    assert "is not as it was locked: shareable/estimates.csv differs" in run.stdout
    assert "Traceback" not in run.stdout


def test_the_same_study_compared_with_its_release_finds_nothing(home):
    run = compare(home)
    assert run.returncode == 0, run.stdout
    found = json.loads(written(home)["private/comparison.json"])
    assert found["estimates"] == {"moved": 0, "new": 0, "gone": 0}
    assert found["numbers"] == {"moved": 0, "new": 0, "gone": 0}
    assert (found["medians"], found["differences"], found["policy"]) == ([], [], [])


def test_another_study_of_the_same_cut_off_is_not_released_over_it(home):
    run = snakemake(study(home, title="Another one"), home / "run", "release")
    assert run.returncode == 1
    assert "holds another release of the same cut-off" in run.stdout
    assert "Traceback" not in run.stdout


RENAMED = """\
name: renamed
title: The columns of the year after
dates: {formats: [YYYY-MM-DD]}
files: {patients: {path: patients}, treatments: {path: treatments}, assessments: {path: assessments}}
tables:
  patients: [{file: patients, by_name: true, columns: {patient_id: Nr, birth_date: Born}}]
  treatments: [{file: treatments, by_name: true, columns: {patient_id: Nr, drug: Substance}}]
  assessments: [{file: assessments, by_name: true, columns: {patient_id: Nr, response: RECIST}}]
"""


def test_columns_renamed_under_a_new_mapping_move_nothing(home, monkeypatch):
    (home / "study" / "renamed.yaml").write_text(RENAMED, encoding="utf-8")
    monkeypatch.setattr(small, "STUDY", small.STUDY.replace("source: canonical", "source: renamed.yaml"))
    run = compare(
        home,
        patients=small.PATIENTS.replace("patient_id,sex,birth_date", "Nr,sex,Born"),
        treatments=small.TREATMENTS.replace("patient_id,drug", "Nr,Substance"),
        assessments=small.ASSESSMENTS.replace("patient_id,assessment_date,response", "Nr,assessment_date,RECIST"),
    )
    assert run.returncode == 0, run.stdout
    found = json.loads(written(home)["private/comparison.json"])
    assert all((table["added"], table["changed"], table["withdrawn"]) == (0, 0, 0) for table in found["rows"])
    assert "settings, code or libraries are too; nothing moved by any of them." in run.stdout
    assert (
        "(refresh.policy.settings_changed): config/sources/canonical.yaml, extract.source, renamed.yaml." in run.stdout
    )


@pytest.fixture(scope="module")
def lost(home):
    """The next extract has lost P1's date of death, and has a new dose of P4."""
    how = {
        "cutoff": "2023-06-30",
        "patients": small.PATIENTS.replace("2021-06-30,2021-06-30", "2021-06-30,"),
        "treatments": f"{small.TREATMENTS}P4,pemetrexed,2021-01-15,2021-05-01,1,2\n",
    }
    return compare(home, **how), how


def test_a_death_that_vanished_fails_after_everything_was_written(home, lost):
    run, _ = lost
    assert run.returncode == 1
    assert "Traceback" not in run.stdout
    said = [line for line in run.stdout.splitlines() if line.startswith("compare: ")]
    assert said[-1] == "compare: The comparison fails by the study's policy: settled history changed."
    failing = next(line for line in said if "(refresh.policy.locked_history)" in line)
    assert failing.startswith("compare: fails: ")
    assert "REF02 A death on record has vanished (1 patient)." in failing
    assert (home / "run" / "logs" / "compare.log").read_text(encoding="utf-8").splitlines() == said
    files = written(home)
    assert {"shareable/comparison.html", "shareable/comparison.csv", "private/violations.csv"} <= set(files)
    violations = read_csv(home / "run/results/private/comparison/violations.csv").set_index("rule")
    assert violations.loc["REF02", ["patient_id", "source_file", "source_row"]].tolist() == ["P1", "patients.csv", 2]
    assert "REF06" in violations.index  # P1's death was the event of overall survival
    assert violations.loc["REF10", "patient_id"] == "P4"  # the dose of 2021 came late
    for name, text in files.items():
        if name.startswith("shareable"):
            assert not re.search(r"\bP[1-8]\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)), name


def test_the_policy_may_let_it_pass(home, lost):
    run = compare(home, "  policy: {locked_history: warn}", **lost[1])
    assert run.returncode == 0, run.stdout
    assert "compare: warning: settled history changed (refresh.policy.locked_history): REF02" in run.stdout
    assert "compare: The comparison passes the study's policy, with 2 warnings." in run.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo registry of 2021, released, and the one of 2022 compared with it, the old one run again."""
    home = tmp_path_factory.mktemp("demo")
    kept = {"keep_extract": True}
    then = _study(home / "then.yaml", CHECKOUT / "config" / "demo_2021.yaml", refresh=kept)
    run = snakemake(then, home / "then", "release")
    assert run.returncode == 0, run.stdout
    settings = yaml.safe_load((CHECKOUT / "config" / "refresh" / "demo.yaml").read_text(encoding="utf-8"))["refresh"]
    settings["previous"] = str(home / "then" / "releases" / "2021-12-31")
    now = _study(home / "now.yaml", CHECKOUT / "config" / "config.yaml", refresh=settings)
    run = snakemake(now, home / "now", "compare")
    assert run.returncode == 0, run.stdout
    return home, run


def _study(target: Path, source: Path, **more) -> Path:
    """A shipped study without the long analyses, its paths absolute."""
    values = yaml.safe_load(source.read_text(encoding="utf-8"))
    values["extract"]["path"] = str((source.parent / values["extract"]["path"]).resolve())
    values["validation"]["waivers"] = str(source.parent / values["validation"]["waivers"])
    target.write_text(yaml.safe_dump({**values, **QUICK, **more}), encoding="utf-8")
    return target


def test_the_demo_s_refresh_says_why_the_median_moved(demo):
    """4.4 to 4.7 months: the numbers of both reports, and parts that add up."""
    home, run = demo
    medians = []
    for name in ("then", "now"):
        numbers = json.loads((home / name / "results" / "shareable" / "numbers.json").read_text(encoding="utf-8"))
        medians.append(numbers["pfs.rechallenge.overall.median"]["text"])
    assert medians == ["4.4", "4.7"]
    assert "moved from 4.4 to 4.7 months (+0.3): 41 patients with 33 events, instead of 33 with 24." in run.stdout
    assert "Step by step: 8 patients entered, +0.2; 8 patients were followed up longer, +0.1." in run.stdout
    page = (home / "now/results/shareable/comparison/comparison.html").read_text(encoding="utf-8")
    first = page.partition('id="patients"')[0]
    assert "moved from 4.4 to 4.7 months" in first


def test_the_old_extract_run_again_with_the_same_code_gives_the_release_s_estimates(demo):
    home, _ = demo
    released = read_result("estimates", home / "then/results/shareable/estimates.csv").set_index("estimate_id")
    again = read_result("estimates", home / "now/results/private/comparison/previous_again/estimates.csv").set_index(
        "estimate_id"
    )
    assert len(again) > 5_000
    assert again.index.isin(released.index).all()
    for name in ("estimate", "lower", "upper", "p", "n", "events"):
        assert again[name].to_numpy() == pytest.approx(
            released.loc[again.index, name].to_numpy(), rel=1e-8, nan_ok=True
        )


def test_the_demo_s_patients_are_named_with_the_rows_that_moved_them_on_the_private_side_only(demo):
    home, _ = demo
    private = home / "now" / "results" / "private" / "comparison"
    cohort = read_result("cohort", home / "now" / "results" / "private" / "cohort.csv")
    moved = read_result("cohort", home / "then" / "results" / "private" / "cohort.csv")
    entered = set(cohort.loc[cohort["eligible"], "patient_id"]) - set(moved.loc[moved["eligible"], "patient_id"])
    page = (private / "comparison.html").read_text(encoding="utf-8")
    assert len(entered) == 8
    assert all(name in page for name in entered)
    everyone = set(cohort["patient_id"])
    for path in (home / "now" / "results" / "shareable" / "comparison").glob("comparison.*"):
        words = set(re.findall(r"\b\d{8}\b", path.read_text(encoding="utf-8")))
        assert not words & everyone, path.name
