"""What the Snakemake workflow catalogue asks of a repository that it lists under standardised usage.

Its criteria: https://snakemake.github.io/snakemake-workflow-catalog (docs/catalog.html); lint and format: test_lint.
"""

import re
import subprocess
import sys

import pytest
import yaml

from rechallenge.study import RULES
from tests.e2e.runs import jobs, snakemake
from tests.e2e.small_study import write_small_study

# What the catalogue's generator reads of the file.
FLAGS = {"desc", "flags"}
DEPLOYMENT = {"conda", "apptainer", "singularity", "apptainer+conda", "singularity+conda", "report"}


@pytest.fixture
def usage(checkout):
    (name, usage), *others = yaml.safe_load(
        (checkout / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8")
    ).items()
    assert (name, others) == ("usage", [])
    return usage


def test_usage_has_the_keys_that_the_catalogue_reads(usage):
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert set(usage["mandatory-flags"]) == FLAGS
    deployment = usage["software-stack-deployment"]
    assert set(deployment) <= DEPLOYMENT
    assert all(isinstance(value, bool) for value in deployment.values())
    assert deployment["conda"] or deployment["apptainer"]


def test_flags_and_commands_of_the_description_exist(usage, checkout):
    described = usage["mandatory-flags"]
    assert described["flags"] is None
    make = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"`make (\w+)`", described["desc"])
    assert targets == ["setup"]
    assert all(re.search(rf"^{target}:", make, re.MULTILINE) for target in targets)
    assert "environment.yml" in described["desc"]
    assert (checkout / "environment.yml").is_file()


def test_the_repository_is_laid_out_as_the_catalogue_wants(checkout):
    assert (checkout / "config" / "README.md").is_file()
    assert list((checkout / "workflow" / "rules").glob("*.smk"))
    readme = (checkout / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme
    assert "workflow" in readme


@pytest.mark.e2e
def test_the_catalogue_s_snakefile_plans_the_whole_study_with_conda_too(checkout, tmp_path):
    study = write_small_study(tmp_path / "study")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "workflow" / "Snakefile"), "--dry-run"]
    command += ["--configfile", str(study), "--directory", str(tmp_path / "run"), "--cores", "1", "--sdm", "conda"]
    planned = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert planned.returncode == 0, planned.stdout
    assert jobs(planned) == set(RULES) | {"complete"}
    assert jobs(snakemake(study, tmp_path / "run", "--dry-run")) == set(RULES)


def test_the_badge_names_the_version_of_snakemake_that_is_asked_for(checkout):
    asked = re.search(r'min_version\("([\d.]+)"\)', (checkout / "Snakefile").read_text(encoding="utf-8"))
    badge = re.search(r"badge/snakemake-≥([\d.]+)-", (checkout / "README.md").read_text(encoding="utf-8"))
    assert asked is not None
    assert badge is not None
    assert badge[1] == asked[1]
