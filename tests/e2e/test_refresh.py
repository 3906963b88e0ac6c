"""A refresh as a hospital does it: release, then the next extract compared, failing by the study's policy."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from rechallenge.results import read_result
from tests.e2e import small_study as small
from tests.e2e.runs import CHECKOUT, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

QUICK = {"specifications": {"enabled": False}, "sensitivity": {"enabled": False}}
CUTOFF = "2022-12-31"


def written(folder: Path) -> dict[str, str]:
    """The shareable comparison and the private one, as text by name."""
    return {
        f"{side}/{path.name}": path.read_text(encoding="utf-8")
        for side in ("shareable", "private")
        for path in (folder / "results" / side / "comparison").iterdir()
        if path.suffix in (".html", ".csv", ".json")
    }


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    """The small study, released in its run folder."""
    home = tmp_path_factory.mktemp("refresh")
    file = small.write_small_study(home / "study", study=small.STUDY + yaml.safe_dump(QUICK))
    run = snakemake(file, home / "run", "release")
    assert run.returncode == 0, run.stdout
    return home


@pytest.fixture
def home(small_run, tmp_path):
    """A copy of it, to be refreshed."""
    shutil.copytree(small_run, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def refresh(home, policy="", **tables):
    """Give the study another extract and compare it with its release."""
    text = small.STUDY.replace(f"cutoff: {CUTOFF}", "cutoff: 2023-06-30") + yaml.safe_dump(QUICK)
    text += f"refresh:\n  previous: ../run/releases/{CUTOFF}\n  smallest_count: 1\n{policy}"
    file = small.write_small_study(home / "study", study=text, **tables)
    return snakemake(file, home / "run", "compare")


def test_a_release_says_where_it_is_and_again_writes_nothing(home):
    release = home / "run" / "releases" / CUTOFF
    assert (release / "shareable" / "release.json").is_file()
    again = snakemake(home / "study" / "study.yaml", home / "run", "release")
    assert again.returncode == 0
    assert "holds this very release already; nothing was written" in again.stdout


def test_another_study_of_the_same_cut_off_is_not_released_over_it(home):
    assessments = small.ASSESSMENTS.replace("P1,2019-08-05,PD", "P1,2019-09-05,PD")
    file = small.write_small_study(home / "study", assessments=assessments, study=small.STUDY + yaml.safe_dump(QUICK))
    run = snakemake(file, home / "run", "release")
    assert run.returncode == 1
    assert "holds another release of the same cut-off" in run.stdout
    assert "Traceback" not in run.stdout


def test_without_a_release_to_compare_with_there_is_a_sentence(home):
    run = snakemake(home / "study" / "study.yaml", home / "run", "compare")
    assert run.returncode == 1
    assert "There is nothing to compare with: set refresh.previous" in run.stdout
    file = home / "study" / "study.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "refresh: {previous: ../run/releases/2020-01-01}\n")
    run = snakemake(file, home / "run", "compare")
    assert run.returncode == 1
    assert f"Releases beside it: {CUTOFF}." in run.stdout


def test_a_refresh_that_only_adds_passes(home):
    """P4, who progressed in January 2020, is rechallenged in 2023: a fourth patient of the set."""
    patients = small.PATIENTS.replace("P4,male,1958-04-01,2019-04-10,adenocarcinoma,IVA,2021-12-31,", (
        "P4,male,1958-04-01,2019-04-10,adenocarcinoma,IVA,2023-06-01,"
    ))  # fmt: skip
    treatments = small.TREATMENTS + "P4,pembrolizumab,2023-01-15,2023-05-01,1,2\n"
    file_window = {"patients": patients, "treatments": treatments}
    run = refresh(home, policy="  policy: {settings_changed: fail}\n", **file_window)
    # The window of the study ends in 2022: the start of 2023 lies outside it, so that nobody enters.
    assert run.returncode == 0, run.stdout
    found = json.loads(written(home / "run")["private/comparison.json"])
    sizes = {item["population"]: (item["before"], item["now"]) for item in found["populations"]}
    assert sizes["rechallenge"] == (3, 3)
    rows = {row["table"]: row for row in found["rows"]}
    assert (rows["treatments"]["added"], rows["patients"]["changed"]) == (1, 1)
    log = (home / "run" / "logs" / "compare.log").read_text(encoding="utf-8").splitlines()
    assert log[-1] == "compare: The comparison passes the study's policy: nothing that it asks about was found."


def test_a_death_that_vanished_fails_after_everything_was_written(home):
    patients = small.PATIENTS.replace("2021-06-30,2021-06-30", "2021-06-30,")
    run = refresh(home, patients=patients)
    assert run.returncode == 1
    assert "Traceback" not in run.stdout
    said = [line for line in run.stdout.splitlines() if line.startswith("compare: ")]
    assert said[-1] == "compare: The comparison fails by the study's policy: settled history changed."
    assert "REF02 A death on record has vanished (1 patient)." in said[-2]
    files = written(home / "run")
    assert {"shareable/comparison.html", "shareable/comparison.csv", "private/violations.csv"} <= set(files)
    assert "fails" in files["shareable/comparison.html"]
    violations = read_result("violations", home / "run/results/private/comparison/violations.csv").set_index("rule")
    assert violations.loc["REF02", ["patient_id", "source_file", "source_row"]].tolist() == ["P1", "patients.csv", 2]
    assert "REF06" in violations.index  # P1's death was the event of overall survival
    for name, text in files.items():
        if name.startswith("shareable"):
            assert not re.search(r"\bP[1-8]\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)), name


def test_the_policy_may_let_it_pass(home):
    patients = small.PATIENTS.replace("2021-06-30,2021-06-30", "2021-06-30,")
    run = refresh(home, policy="  policy: {locked_history: warn}\n", patients=patients)
    assert run.returncode == 0, run.stdout
    assert "compare: warning: settled history changed (refresh.policy.locked_history): REF02" in run.stdout


def test_a_release_that_was_edited_is_not_compared_with(home):
    path = home / "run" / "releases" / CUTOFF / "shareable" / "estimates.csv"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("157", "158"), encoding="utf-8")
    run = refresh(home)
    assert run.returncode == 1
    assert "is not as it was locked: shareable/estimates.csv differs" in run.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo registry of 2021, released, and the one of 2022 compared with it, the old one run again."""
    home = tmp_path_factory.mktemp("demo")
    kept = {"keep_extract": True}
    then = _study(home / "then.yaml", CHECKOUT / "config" / "demo_2021.yaml", refresh=kept)
    run = snakemake(then, home / "then", "release")
    assert run.returncode == 0, run.stdout
    settings = yaml.safe_load((CHECKOUT / "config" / "demo_refresh.yaml").read_text(encoding="utf-8"))["refresh"]
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
    assert "moved from 4.4 to 4.7 months (+0.3), in 41 patients instead of 33." in run.stdout
    assert "Of this, +0.2 came with 8 patients who entered and +0.1 came with the longer follow-up of 8 patients" in (
        run.stdout
    )
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
