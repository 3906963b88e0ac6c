"""The workflow as a module of another one: no study file, absolute paths, results where the importer says.

That a fetched module gives the same bytes as the workflow itself is tested in test_small_study.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from rechallenge.errors import UserError
from rechallenge.study import RULES, checkout_of
from tests.e2e.modules import run_importer
from tests.e2e.runs import CHECKOUT, jobs
from tests.e2e.small_study import write_small_study

pytestmark = pytest.mark.e2e
ADDRESS = "https://raw.githubusercontent.com/registry/rechallenge/v0.1.0"

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
    run = run_importer(tmp_path, "--dry-run", "rechallenge_all", checkout=CHECKOUT)
    assert run.returncode == 0, run.stdout
    assert jobs(run) == {f"rechallenge_{rule}" for rule in RULES} | {"rechallenge_all"}
    assert "registry/results/shareable/report.html" in run.stdout


@pytest.fixture
def fetched(tmp_path):
    """Copies of the files of this checkout, as Snakemake keeps those that it has fetched."""

    def copy(name):
        copied = tmp_path / "fetched" / name
        if not copied.exists():
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, copied)
        return str(copied)

    return copy


def test_a_folder_is_its_own_checkout(fetched):
    assert checkout_of(str(CHECKOUT), fetched) == str(CHECKOUT)


def test_a_fetched_workflow_uses_the_files_of_the_installed_checkout(fetched):
    assert checkout_of(ADDRESS, fetched) == str(CHECKOUT)


@pytest.mark.parametrize("name", ["Snakefile", "workflow/rules/data.smk", "scripts/ingest.py"])
def test_a_fetched_workflow_of_another_release_is_refused(fetched, name):
    with Path(fetched(name)).open("a", encoding="utf-8") as file:
        file.write("# another release\n")
    with pytest.raises(
        UserError, match=rf"{CHECKOUT} differs in {re.escape(name)}. Check out the same release in both."
    ):
        checkout_of(ADDRESS, fetched)


def test_a_fetched_workflow_without_a_checkout_says_what_to_install(fetched, monkeypatch, tmp_path):
    monkeypatch.setattr("rechallenge.study.__file__", str(tmp_path / "site-packages" / "rechallenge" / "study.py"))
    with pytest.raises(UserError, match=r"has no checkout beside it\. Clone the repository and install that clone"):
        checkout_of(ADDRESS, fetched)
