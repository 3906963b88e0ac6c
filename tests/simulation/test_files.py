"""The files: the same options give the same bytes, the shipped data are their regeneration, clean data are clean."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from rechallenge import files
from rechallenge.simulation import extract
from rechallenge.simulation.dirt import DirtRates
from rechallenge.simulation.registry import write_extract
from rechallenge.simulation.trial_run import run
from rechallenge.simulation.words import HEADERS
from rechallenge.simulation.writing import canonical_tables
from rechallenge.sources.ingest import to_canonical
from rechallenge.sources.mapping import read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies
from rechallenge.validation.check import check
from rechallenge.validation.waivers import read_waivers

ROOT = Path(__file__).resolve().parents[2]
VOCABULARIES = ROOT / "config" / "vocabularies"
CUTOFF = pd.Timestamp("2022-12-31")
CLEAN = DirtRates().times(0)


def mapping(name):
    return read_mapping(ROOT / "config" / "sources" / f"{name}.yaml", VOCABULARIES)


@pytest.fixture(scope="module")
def words():
    return Vocabularies.read(VOCABULARIES)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_extract(50, seed, DirtRates(), tmp_path / name)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    different = content(tmp_path / "c")
    assert all(different[name] != data for name, data in content(tmp_path / "a").items())


def test_other_dirt_leaves_the_patients_the_same(tmp_path):
    write_extract(50, 1, DirtRates(), tmp_path / "dirty")
    write_extract(50, 1, CLEAN, tmp_path / "clean")
    assert (tmp_path / "dirty/truth/truth.csv").read_bytes() == (tmp_path / "clean/truth/truth.csv").read_bytes()


@pytest.mark.parametrize("name", ["demo", "demo_2021", "demo_broken"])
def test_the_shipped_extract_is_its_regeneration(tmp_path, name):
    shipped = ROOT / "data" / name
    how = json.loads((shipped / "truth" / "parameters.json").read_text(encoding="utf-8"))
    write_extract(
        how["patients"], how["seed"], DirtRates(), tmp_path, how["format"], broken=how["broken"], as_of=how.get("as_of")
    )
    assert content(tmp_path) == content(shipped)
    assert sum(len(data) for data in content(shipped).values()) < 1_000_000


def test_the_files_are_in_two_encodings_and_three_delimiters():
    heads = {path.stem: path.read_bytes()[:60] for path in (ROOT / "data" / "demo").glob("*.csv")}
    assert heads["patients"].startswith(b"\xef\xbb\xbf")
    assert heads["treatments"].decode("gb18030", errors="ignore").startswith("病案号,方案编号")
    assert heads["assessments"].startswith(b"PatientID;ExamDate;")
    assert heads["adverse_events"].decode("gb18030", errors="ignore").startswith("病案号\t发生日期")


@pytest.fixture(scope="module")
def clean_run(tmp_path_factory, words):
    folder = tmp_path_factory.mktemp("clean")
    write_extract(800, 4, CLEAN, folder)
    return run(folder, mapping("demo_registry"), words), files.read_csv(folder / "truth" / "truth.csv")


def test_a_clean_extract_has_no_errors(clean_run):
    violations = clean_run[0].checked.violations
    assert violations.loc[violations["severity"].eq("error"), "message"].tolist() == []
    assert not violations["rule"].isin(["value_unknown", "number_unreadable", "date_unreadable"]).any()


def test_the_library_finds_the_truth_in_a_clean_extract(clean_run):
    """Who was rechallenged, their class and pattern: all as simulated, except counts nobody made."""
    made, truth = clean_run
    eligible = made.classified[made.classified["eligible"]].set_index("patient_id")
    true = truth.astype({"patient_id": str}).set_index("patient_id").loc[eligible.index]
    assert len(eligible) > 60
    assert eligible["resistance"].tolist() == true["resistance"].tolist()
    counted = eligible["progression_pattern"] != "unknown"
    assert counted.mean() > 0.85
    assert eligible.loc[counted, "progression_pattern"].tolist() == true.loc[counted, "progression_pattern"].tolist()
    days = (pd.to_datetime(true["first_progression"]) - pd.to_datetime(true["first_ici_start"])).dt.days
    assert eligible["days_to_progression"].tolist() == days.tolist()
    assert eligible["rechallenge_start"].tolist() == pd.to_datetime(true["rechallenge_start"]).tolist()


def test_canonical_forms_hold_the_same_study(tmp_path, words):
    write_extract(150, 4, CLEAN, tmp_path / "registry")
    expected = run(tmp_path / "registry", mapping("demo_registry"), words)
    for form in ("csv", "parquet"):
        write_extract(150, 4, CLEAN, tmp_path / form, form)
        made = run(tmp_path / form, mapping("canonical"), words)
        pd.testing.assert_frame_equal(made.attrition, expected.attrition)
        columns = ["patient_id", "resistance", "rechallenge_start", "progression_pattern", "pd_l1_tps", "age", "ecog"]
        pd.testing.assert_frame_equal(made.classified[columns], expected.classified[columns])


@pytest.mark.parametrize("form", ["registry", "csv", "parquet"])
def test_an_extract_written_in_blocks_is_one_extract(tmp_path, monkeypatch, form):
    """Blocks are written as they are made; without dirt the rows are those of all blocks together."""
    monkeypatch.setattr(extract, "BLOCK", 40)
    write_extract(100, 4, CLEAN, tmp_path, form)
    whole = extract.simulate(100, 4)
    tables = canonical_tables(whole.tables())
    source = "demo_registry" if form == "registry" else "canonical"
    raw = read_files(tmp_path, mapping(source))
    assert {name: file.rows for name, file in raw.items()} == {name: len(frame) for name, frame in tables.items()}
    for name, frame in tables.items():
        identifier = HEADERS[name]["patient_id"] if form == "registry" else "patient_id"
        written = raw[name].frame[identifier].str.zfill(8).tolist()
        assert sorted(written) == sorted(frame["patient_id"])
    truth = files.read_csv(tmp_path / "truth" / "truth.csv")
    assert truth["patient_id"].tolist() == whole.truth["patient_id"].tolist()


def test_every_block_has_its_own_dirt(tmp_path, monkeypatch):
    monkeypatch.setattr(extract, "BLOCK", 40)
    write_extract(80, 4, DirtRates(), tmp_path / "dirty")
    monkeypatch.undo()
    write_extract(40, 4, DirtRates(), tmp_path / "first")
    for name in ("patients.csv", "treatments.csv"):
        first, both = ((tmp_path / folder / name).read_bytes() for folder in ("first", "dirty"))
        assert both.startswith(first)
        assert len(both) > 1.5 * len(first)


def test_the_demo_has_dirt_of_every_severity_and_few_errors(words):
    demo = ROOT / "data" / "demo"
    ingested = to_canonical(
        read_files(demo, mapping("demo_registry")), mapping("demo_registry"), words, "middle", CUTOFF.date()
    )
    checked = check(ingested.tables, ingested.findings, cutoff=CUTOFF.date(), drug_names=words.drugs.names)
    counts = checked.violations["severity"].value_counts()
    assert 0 < counts["error"] <= 30
    assert counts["warning"] > 10
    assert counts["note"] > 100
    account = checked.row_account.set_index("table")
    assert account.loc["patients", "rows_read"] > 400


def test_the_broken_extract_has_many_kinds_of_errors(words):
    broken = ROOT / "data" / "demo_broken"
    ingested = to_canonical(
        read_files(broken, mapping("demo_registry")), mapping("demo_registry"), words, "middle", CUTOFF.date()
    )
    checked = check(ingested.tables, ingested.findings, cutoff=CUTOFF.date(), drug_names=words.drugs.names)
    errors = set(checked.violations.loc[checked.violations["severity"].eq("error"), "rule"])
    assert errors >= {
        "birth_after_diagnosis",
        "cr_with_progressing_lesions",
        "date_unreadable",
        "diagnosis_after_death",
        "drug_unknown",
        "end_before_start",
        "fatal_event_without_death",
        "identifier_missing",
        "orphan_row",
        "patient_conflicting",
        "required_missing",
        "treatment_after_death",
        "value_out_of_range",
        "value_unknown",
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--patients", "0"], "number of patients must lie between"),
        (["--dirt", "duplicate=0.1"], 'Did you mean "duplicates"?'),
        (["--broken", "--format", "csv"], "--broken is for the registry format"),
    ],
)
def test_a_mistake_on_the_command_line_is_a_sentence(tmp_path, options, sentence):
    command = [sys.executable, ROOT / "scripts" / "simulate_registry.py", "--seed", "1", "--out", tmp_path, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_passes_its_gate_by_its_set_aside_rules_and_waivers(words):
    study = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))["validation"]
    waivers = read_waivers(ROOT / "config" / study["waivers"])
    made = run(ROOT / "data" / "demo", mapping("demo_registry"), words, set_aside=study["set_aside"], waivers=waivers)
    errors = made.checked.violations.query("severity == 'error'")["status"].value_counts().to_dict()
    assert errors == {"set_aside": 10, "waived": 4}
    assert 35 <= made.classified["eligible"].sum() <= 45
