"""The workflow as a module of another one: no study file, absolute paths, results where the importer says."""

import subprocess
import sys

import pytest
import yaml

from rechallenge.study import RULES
from tests.e2e.runs import CHECKOUT, environment, jobs
from tests.e2e.small_study import write_small_study

pytestmark = pytest.mark.e2e

IMPORTER = """\
module rechallenge:
    snakefile:
        "{snakefile}"
    config:
        {config}
    pathvars:
        results="registry/results",
        logs="registry/logs",


use rule * from rechallenge as rechallenge_*
"""


def test_as_a_module_of_another_workflow(tmp_path):
    study = write_small_study(tmp_path / "study")
    config = yaml.safe_load(study.read_text(encoding="utf-8"))
    config["extract"]["path"] = str(tmp_path / "study" / "extract")
    config["study"]["cutoff"] = str(config["study"]["cutoff"])
    config["study"]["window"] = {name: str(day) for name, day in config["study"]["window"].items()}
    text = IMPORTER.format(snakefile=CHECKOUT / "Snakefile", config=config)
    (tmp_path / "Snakefile").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run", "rechallenge_all"]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(CHECKOUT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    assert jobs(run) == {f"rechallenge_{rule}" for rule in RULES} | {"rechallenge_all"}
    assert "registry/results/shareable/report.html" in run.stdout
