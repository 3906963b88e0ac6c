"""Profiles of executors: they name rules that exist, their locks fit the lock, and one is planned without a cluster."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from rechallenge.study import RULES
from tests.e2e.runs import environment, jobs
from tests.e2e.small_study import write_small_study

EXECUTORS = ("slurm", "kubernetes", "googlebatch")


@pytest.fixture(params=EXECUTORS)
def name(request):
    return request.param


@pytest.fixture
def profile(checkout, name):
    return yaml.safe_load((checkout / "profiles" / name / "profile.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def pins(checkout, script, name):
    return script("write_environment").read_lock(
        (checkout / "profiles" / name / "requirements.lock").read_text(encoding="utf-8")
    )


def test_groups_and_shards_are_of_rules_that_exist(profile, name):
    assert profile["executor"] == name
    grouped = dict(pair.split("=") for pair in profile["groups"])
    assert set(grouped) <= set(RULES)
    assert "gate" not in grouped, "its failure would remove the validation report, which was made in the same group"
    assert profile["set-scatter"] == "specification=8"


def test_the_lock_has_the_plugin_that_the_project_asks_for_and_nothing_of_the_main_lock(checkout, script, pins, name):
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {pin.name: pin.version for pin in pins}
    for text in project["optional-dependencies"][name]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked[requirement.name]), f"{requirement}: run `make lock`"
    base = script("write_environment").read_lock((checkout / "requirements.lock").read_text(encoding="utf-8"))
    assert not locked.keys() & {pin.name for pin in base}


def test_the_lock_has_hashes_and_no_address(checkout, name):
    text = (checkout / "profiles" / name / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_pins_of_the_base_are_left_out(script):
    base = "numpy==2.0 \\\n    --hash=sha256:1\n"
    lock = "numpy==2.0 \\\n    --hash=sha256:1\nplugin==1.0 ; x\\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n"
    assert script("write_plugin_locks").additions(lock, base) == lock.partition("\n    --hash=sha256:1\n")[2]


@pytest.mark.e2e
def test_kubernetes_plans_the_study(checkout, tmp_path):
    """Storage on the shared volume; absolute paths resolve through a link in it (docs/cluster.md)."""
    lock = checkout / "profiles" / "kubernetes" / "requirements.lock"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(lock)]
    subprocess.run([*install, "--target", str(tmp_path / "plugin")], check=True)
    storage = tmp_path / "storage"
    storage.mkdir()
    for top in {path.parts[1] for path in (checkout, tmp_path)}:
        (storage / top).symlink_to(f"/{top}")
    study = write_small_study(tmp_path / "study")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile"), "--dry-run"]
    command += ["--workflow-profile", "kubernetes", "--default-storage-prefix", str(storage)]
    command += ["--configfile", str(study), "--directory", str(tmp_path / "run"), "manuscript", "verification"]
    own = environment(checkout)
    own["PYTHONPATH"] += f":{tmp_path / 'plugin'}"
    planned = subprocess.run(
        command, cwd=tmp_path, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert planned.returncode == 0, planned.stdout
    assert jobs(planned) == set(RULES) - {"provenance"}
