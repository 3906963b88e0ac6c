"""A coordinating run through Snakemake: what it writes, what it refuses, and in which words."""

import json

import pytest

from rechallenge.language import PSEUDO, in_language
from rechallenge.results import read_result
from tests.e2e.runs import CHECKOUT, jobs, snakemake
from tests.federation.hospitals import HOSPITALS, write_federation, write_site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
FILES = {"agreement.csv", "counts.csv", "federation.html", "federation.json", "medians.csv", "pooled.csv", "sites.csv"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Five hospitals, univariable models of PFS only; and the run of their coordinating centre."""
    home = tmp_path_factory.mktemp("hospitals")
    file = write_federation(
        home,
        federation={"endpoints": ["PFS"], "models": ["cox_univariable"], "title": "Five <hospitals>"},
        report={"language": "zh_CN"},
    )
    return home, file, snakemake(file, home / "run", "federate")


def test_a_federation_has_its_own_two_jobs_and_writes_every_file(study):
    home, _, run = study
    assert run.returncode == 0, run.stdout
    assert jobs(run) == {"site_agreement", "federate"}
    results = home / "run" / "results" / "federation"
    assert {path.name for path in results.iterdir()} == {*FILES, "figures"}
    drawn = {path.name for path in (results / "figures").glob("[!.]*")}
    assert drawn == {f"forest_pfs_cox_univariable.{kind}" for kind in ("svg", "pdf", "png", "tiff")}
    pooled = read_result("estimates", results / "pooled.csv")
    assert pooled["estimate_id"].is_unique
    content = json.loads((results / "federation.json").read_text(encoding="utf-8"))
    assert list(content["hospitals"]) == sorted(HOSPITALS)
    assert set(content["pooled"]) == set(pooled["estimate_id"])


def test_the_page_is_in_the_declared_language_and_escapes_the_words_of_its_authors(study):
    home, _, _ = study
    page = (home / "run" / "results" / "federation" / "federation.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "合并风险比" in page
    assert "Five &lt;hospitals&gt;" in page
    assert "<hospitals>" not in page


def test_nothing_is_left_to_do_and_a_new_folder_of_a_hospital_is_pooled_again(study):
    home, file, _ = study
    assert jobs(snakemake(file, home / "run", "federate", "--dry-run")) == set()
    as_in_the_catalogue = "--snakefile", str(CHECKOUT / "workflow" / "Snakefile")
    planned = snakemake(file, home / "run", "--dry-run", *as_in_the_catalogue)
    assert (planned.returncode, jobs(planned)) == (0, set())
    numbers = home / "East" / "numbers.json"
    numbers.write_text(numbers.read_text(encoding="utf-8").replace("{}", "{ }"), encoding="utf-8")
    assert jobs(snakemake(file, home / "run", "federate", "--dry-run")) == {"site_agreement", "federate"}


def test_other_definitions_stop_the_run_with_a_sentence_and_leave_the_table_of_differences(study, tmp_path):
    file = write_federation(tmp_path, federation={"endpoints": ["PFS"], "models": ["cox_univariable"]})
    write_site(tmp_path / "South", "South", definitions={"resistance": {"preset": "sitc_2020"}})
    run = snakemake(file, tmp_path / "run", "federate")
    assert run.returncode != 0
    assert "federate: South and North differ in definitions.resistance" in run.stdout
    assert "federate: Nothing was pooled" in run.stdout
    assert "Traceback" not in run.stdout
    results = tmp_path / "run" / "results" / "federation"
    assert [path.name for path in results.iterdir()] == ["agreement.csv"]


def test_a_message_of_the_page_passes_through_the_catalogue():
    from rechallenge.federation.forest import heading

    with in_language(PSEUDO):
        assert "⟦" in heading("resistance", "primary", "acquired")
