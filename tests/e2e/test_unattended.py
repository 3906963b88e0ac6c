"""The CI examples: as their schemas want them, and their commands run in order, in a hospital of one small study."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.e2e import small_study as small
from tests.e2e.runs import CHECKOUT, copy_checkout

GITHUB, GITLAB = (CHECKOUT / "docs" / "ci" / f"{name}.yml" for name in ("github-actions", "gitlab-ci"))
# What the small study does not need to be a study.
QUICK = {
    "specifications": {"enabled": False},
    "sensitivity": {"enabled": False},
    "statistics": {"subgroups": [], "permutation_below": 0},
}
CUTOFF = "2022-12-31"


def read(example):
    # GitHub's key "on" is a word to us, not YAML 1.1's true.
    return yaml.load(example.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.mark.parametrize(("schema", "example"), [("github-workflows", GITHUB), ("gitlab-ci", GITLAB)])
def test_an_example_is_what_its_schema_wants(schema, example):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(example)]
    check = subprocess.run(command, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_actions_are_pinned_by_commit_and_say_their_version():
    used = re.findall(r"uses: (.+)", GITHUB.read_text(encoding="utf-8"))
    assert len(used) == 2
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


@pytest.mark.parametrize("example", [GITHUB, GITLAB])
def test_no_example_names_an_address_or_a_secret(example):
    text = example.read_text(encoding="utf-8")
    assert not re.search(r"https?://|secrets\.|pypi|index-url|image:", text)


def test_only_the_shareable_folder_is_published_whatever_the_outcome():
    upload = read(GITHUB)["jobs"]["refresh"]["steps"][-1]
    assert upload["with"]["path"] == "${{ env.RUN }}/results/shareable"
    assert upload["if"] == "${{ !cancelled() }}"
    artifacts = read(GITLAB)["refresh"]["artifacts"]
    assert (artifacts["paths"], artifacts["when"]) == (["shareable/"], "always")


def github(release):
    """The commands of the example, each with its variables."""
    workflow = read(GITHUB)
    steps = workflow["jobs"]["refresh"]["steps"]
    of_input = {"${{ inputs.release && '--release' || '' }}": "--release" if release else ""}
    return [
        (step["run"], {name: of_input[value] for name, value in step.get("env", {}).items()})
        for step in steps
        if "run" in step
    ], workflow["env"]


def gitlab(release):
    pipeline = read(GITLAB)
    job = pipeline["refresh"]
    own = {"RELEASE": "--release"} if release else {}
    return [(command, own) for command in (*job["script"], *job["after_script"])], pipeline["variables"]


def test_both_examples_run_the_same_commands():
    assert [command for command, _ in github(False)[0]] == [command for command, _ in gitlab(False)[0]][:2]


class Hospital:
    """A workspace with the study and the software in rechallenge/, an extract and a run folder elsewhere."""

    def __init__(self, home: Path) -> None:
        self.workspace, self.data, self.run = home / "workspace", home / "data", home / "srv" / "run"
        software = copy_checkout(self.workspace / "rechallenge")
        shutil.copy2(CHECKOUT / "Makefile", software)
        self._installed(software)

    @staticmethod
    def _installed(software: Path) -> None:
        """The environment of the tests stands for the one that `make setup` would fetch: it is there already."""
        (software / ".venv" / "bin").mkdir(parents=True)
        python = software / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        (software / ".venv" / ".locked").touch()
        (software / ".venv" / ".installed").touch()

    def study(self, *, previous=True, policy=None, **tables) -> None:
        refresh = {"previous": str(self.run / "releases" / CUTOFF)} if previous else {}
        text = small.STUDY + yaml.safe_dump({**QUICK, "refresh": {**refresh, "policy": policy or {}}})
        file = small.write_small_study(
            self.data, study=text.replace("path: extract", f"path: {self.data}/extract"), **tables
        )
        file.replace(self.workspace / "study.yaml")

    def job(self, example, *, release=False):
        """Run the commands of an example until one fails, as a job does; GitLab's after_script always."""
        commands, variables = example(release)
        known = {**variables, "RUN": str(self.run)}
        environment = {**os.environ, "PYTHONPATH": str(self.workspace / "rechallenge" / "src"), **known}
        status, said = 0, ""
        for command, own in commands:
            after = example is gitlab and command in read(GITLAB)["refresh"]["after_script"]
            if status and not after:
                continue
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command], cwd=self.workspace,
                env={**environment, **own}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            if not after:
                status, said = done.returncode, said + done.stdout
            assert not after or done.returncode == 0, done.stdout
        return status, said


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    """A first job, which has nothing to compare with, and locks its results."""
    made = Hospital(tmp_path_factory.mktemp("hospital"))
    made.study(previous=False)
    status, said = made.job(github, release=True)
    assert status == 0, said
    assert "Compared: with nothing: the study names no release (refresh.previous)" in said
    assert said.splitlines()[-1].startswith(f"Release:  releases/{CUTOFF} in {made.run}")
    return made


pytestmark = pytest.mark.e2e
no_patient = re.compile(r"\bP[1-8]\b")


LATE = f"{small.TREATMENTS}P4,pemetrexed,2021-01-15,2021-05-01,1,2\n"


@pytest.mark.slow
def test_drift_within_the_policy(hospital):
    """A dose of 2021 came late, which warns. (That the same study finds no drift: test_refresh.)"""
    hospital.study(treatments=LATE)
    status, said = hospital.job(gitlab)
    assert status == 0, said
    last = said.splitlines()[-2]
    assert last.startswith("Outcome:  PASSES: drift within the study's policy (late_changes")
    published = hospital.workspace / "shareable"
    assert (published / "comparison" / "comparison.html").is_file()
    assert {path.name for path in published.iterdir()} == {
        path.name for path in (hospital.run / "results" / "shareable").iterdir()
    }


@pytest.mark.slow
def test_drift_beyond_the_policy(hospital):
    """P1's death has vanished besides, which fails."""
    hospital.study(treatments=LATE, patients=small.PATIENTS.replace("2021-06-30,2021-06-30", "2021-06-30,"))
    status, said = hospital.job(github)
    assert status == 3, said
    assert said.splitlines()[-2].startswith("Outcome:  FAILS: drift beyond the study's policy (locked_history")
    assert "REF02 A death on record has vanished" in said
    assert not no_patient.search(said)
    assert (hospital.run / "results" / "shareable" / "comparison" / "comparison.html").is_file()


@pytest.mark.slow
def test_an_extract_that_the_gate_holds_back_leaves_nothing_of_the_run_before(hospital):
    hospital.study(patients=small.PATIENTS.replace("2018-01-10", "2028-01-10"))
    status, said = hospital.job(github)
    assert status == 1, said
    assert "Gate:     holds the study back" in said
    assert "FAILS: the study could not be made from this extract. Exit status 1." in said.splitlines()[-2]
    assert not no_patient.search(said)
    assert not list((hospital.run / "results").rglob("report.html"))
    assert (hospital.run / "releases" / CUTOFF / "shareable" / "release.json").is_file()


def test_a_study_that_cannot_be_opened_ends_in_its_sentence(tmp_path):
    file = small.write_small_study(tmp_path, study=small.STUDY.replace("cutoff", "cut_off"))
    script = CHECKOUT / "scripts" / "run_unattended.py"
    command = [sys.executable, str(script), "--directory", str(tmp_path / "run"), "--configfile", str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert "cut_off" in run.stdout
    assert run.stdout.splitlines()[-1] == "Outcome:  FAILS: the run could not start. Exit status 1."
    assert "Traceback" not in run.stdout + run.stderr


def test_a_folder_that_holds_other_things_is_not_cleared(tmp_path):
    file = small.write_small_study(tmp_path)
    (tmp_path / "run" / "results" / "mine").mkdir(parents=True)
    script = CHECKOUT / "scripts" / "run_unattended.py"
    command = [sys.executable, str(script), "--directory", str(tmp_path / "run"), "--configfile", str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert "holds more than this workflow makes (mine)" in run.stdout
    assert (tmp_path / "run" / "results" / "mine").is_dir()
