"""What the results were made from: stable digests, no clock, no machine."""

import hashlib
from types import SimpleNamespace

from rechallenge import provenance as p
from rechallenge.provenance import EXTRACT
from rechallenge.study import RULES, open_study

SOURCE = {
    "files": [{"name": "patients.csv", "sha256": "a" * 64, "rows": 8}],
    "sha256": "a" * 64,
    "source": {"name": "canonical", "title": "Canonical tables", "format": "tables"},
    "declares": {"simulated": False, "progression_dates_only": False},
    "blocks": [],
}
SETTINGS = {"statistics": {"seed": 20231201}, "study": {"cutoff": "2022-12-31"}}


def test_digest_of_values_does_not_depend_on_the_order_of_keys():
    assert p.values_digest({"a": 1, "b": {"c": 2, "d": 3}}) == p.values_digest({"b": {"d": 3, "c": 2}, "a": 1})
    assert p.values_digest({"a": 1}) != p.values_digest({"a": 2})


def test_files_are_named_within_their_root_and_folders_stand_for_their_files(tmp_path):
    (tmp_path / "results" / "figures").mkdir(parents=True)
    (tmp_path / "results" / "figures" / "km.png").write_bytes(b"picture")
    (tmp_path / "results" / "figures" / ".snakemake_timestamp").write_bytes(b"")
    (tmp_path / "results" / "table.csv").write_bytes(b"n\n8\n")
    (tmp_path / "study.csv").write_bytes(b"elsewhere")
    found = p.digests(
        [tmp_path / "results" / "table.csv", tmp_path / "results" / "figures", tmp_path / "study.csv"],
        tmp_path / "results",
    )
    assert found == {
        "figures/km.png": hashlib.sha256(b"picture").hexdigest(),
        "study.csv": hashlib.sha256(b"elsewhere").hexdigest(),
        "table.csv": hashlib.sha256(b"n\n8\n").hexdigest(),
    }


def test_the_record_holds_inputs_settings_code_lock_versions_seeds_and_outputs(checkout):
    record = p.record(
        settings=SETTINGS,
        source=SOURCE,
        code={"gate": "0123456789abcdef"},
        inputs={"config/sources/canonical.yaml": "b" * 64},
        lock=checkout / "requirements.lock",
        outputs={"shareable/report.html": "c" * 64},
    )
    assert set(record) == {"extract", "inputs", "settings", "code", "lock", "versions", "seeds", "outputs"}
    assert record["seeds"] == {"statistics": 20231201}
    assert record["settings"]["sha256"] == p.values_digest(SETTINGS)
    assert record["lock"]["requirements.lock"] == p.file_digest(checkout / "requirements.lock")
    assert record["extract"]["files"] == SOURCE["files"]
    assert "blocks" not in record["extract"]


def test_versions_are_those_of_the_lock(checkout, script):
    locked = {
        pin.name: pin.version
        for pin in script("write_environment").read_lock((checkout / "requirements.lock").read_text(encoding="utf-8"))
    }
    own = p.versions()
    assert {name: own[name] for name in own if name in locked} == {name: locked[name] for name in own if name in locked}
    assert {"pandas", "lifelines", "scipy"} <= set(own)


def test_the_report_is_told_one_line_per_part(checkout):
    mapping = checkout / "config" / "sources" / "canonical.yaml"
    told = p.identity(SETTINGS, SOURCE, mapping, checkout / "requirements.lock")
    assert told["extract (SHA-256)"] == "a" * 64
    assert told["mapping canonical.yaml (SHA-256)"] == p.file_digest(mapping)
    assert all(isinstance(value, str) for value in told.values())


def test_steps_are_recorded_without_names_of_the_extract_and_whatever_the_shards(tmp_path, checkout):
    """The same record from one shard and from three; rules that a study switched off are not in it."""
    extract = tmp_path / "extract"
    extract.mkdir()
    for table in ("patients", "treatments", "assessments"):
        (extract / f"{table}.csv").write_text("patient_id\n", encoding="utf-8")
    values = {
        "extract": {"path": str(extract), "source": "canonical"},
        "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
        "sensitivity": {"enabled": False},
    }
    study = open_study(values, [], checkout)
    recorded = []
    for shards in (1, 3):
        files = {name: SimpleNamespace(input=[f"results/{name}.in"], output=[f"results/{name}.out"]) for name in RULES}
        files["ingest"].input = [*study.extract_files, study.mapping]
        files["specify"].output = ["results/private/specifications/{scatteritem}.csv"]
        files["estimate"].input = [f"results/private/specifications/{part}-of-{shards}.csv" for part in range(shards)]
        recorded.append(study.steps(SimpleNamespace(**files)))
    assert recorded[0] == recorded[1]
    assert set(recorded[0]) == set(RULES) - {"sensitivity", "provenance"}
    assert recorded[0]["ingest"]["inputs"] == [EXTRACT, study.mapping]
    assert recorded[0]["specify"]["outputs"] == recorded[0]["estimate"]["inputs"] == ["results/private/specifications/"]
