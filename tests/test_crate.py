"""The RO-Crate: valid by the profiles that it names, the same bytes every time, and nothing of the hospital in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from rechallenge import crate as c
from rechallenge.provenance import EXTRACT
from tests.crates import issues

RECORD: dict[str, Any] = {
    "extract": {
        "files": [{"name": "Frau Müller 肺癌.xlsx", "sha256": "e" * 64, "rows": 8}],
        "sha256": "d" * 64,
        "source": {"name": "own", "title": "Own", "format": "tables"},
        "declares": {},
    },
    "inputs": {"config/sources/own.yaml": "1" * 64, "requirements.lock": "2" * 64},
    "settings": {"values": {"extract": {"path": "/hospital/secret"}}, "sha256": "3" * 64},
    "code": {"ingest": "0123456789abcdef", "figures": "1123456789abcdef", "provenance": "2123456789abcdef"},
    "lock": {"requirements.lock": "2" * 64},
    "versions": {"python": "3.11", "rechallenge": "0.1.0", "snakemake": "9.19.0", "pandas": "2.3.3"},
    "seeds": {"statistics": 20231201},
    "outputs": {
        "private/cohort.csv": "4" * 64,
        "private/figures/swimmer.png": "5" * 64,
        "shareable/figures/km.png": "6" * 64,
        "shareable/estimates.csv": "7" * 64,
    },
}
STEPS = {
    "ingest": c.StepFiles((EXTRACT, "config/sources/own.yaml"), ("private/cohort.csv", "shareable/estimates.csv")),
    "figures": c.StepFiles(("private/cohort.csv", "private/shards/"), ("private/figures/", "shareable/figures/")),
    "provenance": c.StepFiles(
        ("shareable/estimates.csv",), ("shareable/provenance.json", "shareable/workflow/Snakefile")
    ),
}
COPIES = {"workflow/Snakefile": "8" * 64, "provenance.json": "9" * 64}
PROFILES = ("process-run-crate-0.5", "workflow-run-crate-0.5", "provenance-run-crate-0.5", "workflow-ro-crate-1.0")


def made() -> dict[str, Any]:
    return c.crate(RECORD, STEPS, COPIES, title="A study", description="", cutoff="2022-12-31")


def written(content: dict[str, Any], folder: Path) -> Path:
    """Write a crate and the files that it lists."""
    for entity in content["@graph"]:
        if "File" in entity["@type"]:
            (folder / entity["@id"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / entity["@id"]).write_text("content", encoding="utf-8")
    (folder / c.FILE_NAME).write_text(json.dumps(content), encoding="utf-8")
    return folder


def entities(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in content["@graph"]}


@pytest.mark.parametrize("profile", PROFILES)
def test_it_is_valid_by_every_profile_that_it_names(
    profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert issues(written(made(), tmp_path), profile, monkeypatch) == []


def test_a_crate_without_what_a_profile_requires_is_not_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The validation above looks: a step whose tool is not named is found."""
    content = made()
    del entities(content)["#run/ingest"]["instrument"]
    del entities(content)["#step/figures"]["workExample"]
    found = "\n".join(issues(written(content, tmp_path), "provenance-run-crate-0.5", monkeypatch))
    assert "The Action MUST have an instrument property" in found
    assert "A HowToStep must refer to its corresponding tool via workExample" in found


def test_the_same_record_gives_the_same_crate() -> None:
    """No clock, no random identifier: the date that a crate must have is the cut-off."""
    assert json.dumps(made()) == json.dumps(made())
    assert entities(made())["./"]["datePublished"] == "2022-12-31"
    assert "Time" not in json.dumps(made()).replace("lifeTime", "")


def test_every_shared_file_is_listed_with_its_hash() -> None:
    known = entities(made())
    shared = {entity: known[entity]["sha256"] for entity in known if "File" in known[entity]["@type"]}
    assert shared == {
        "estimates.csv": "7" * 64, "figures/km.png": "6" * 64, "provenance.json": "9" * 64,
        "workflow/Snakefile": "8" * 64,
    }  # fmt: skip
    assert {part["@id"] for part in known["./"]["hasPart"]} == set(shared)


def test_each_step_is_an_action_with_what_it_read_and_made() -> None:
    known = entities(made())
    figures = known["#run/figures"]
    assert figures["@type"] == "CreateAction"
    assert figures["instrument"] == {"@id": "#script/figures"}
    assert known["#script/figures"]["softwareVersion"] == RECORD["code"]["figures"]
    assert figures["object"] == [{"@id": "#private/cohort.csv"}, {"@id": "#private/shards/"}]
    assert figures["result"] == [{"@id": "#private/figures/swimmer.png"}, {"@id": "figures/km.png"}]
    assert known["#private/cohort.csv"]["sha256"] == "4" * 64
    assert known["#run/ingest"]["object"] == [{"@id": "#extract"}, {"@id": "#input/config/sources/own.yaml"}]
    order = [known[step["@id"]]["position"] for step in known["workflow/Snakefile"]["step"]]
    assert order == ["1", "2", "3"]


def test_settings_seeds_and_versions_are_there() -> None:
    known = entities(made())
    assert known["#settings"]["value"] == "3" * 64
    assert known["#seed/statistics"]["value"] == "20231201"
    assert known["#software/pandas"]["softwareVersion"] == "2.3.3"
    assert known["#extract"]["hasPart"] == {"@id": "#extract/1"}
    assert known["#extract/1"]["sha256"] == "e" * 64


def test_names_of_the_extract_and_paths_of_the_hospital_stay_out() -> None:
    text = json.dumps(made(), ensure_ascii=False)
    assert "Müller" not in text
    assert "secret" not in text
