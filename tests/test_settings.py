"""The typed settings: mistakes as sentences, one source for schema and documentation, small param dictionaries."""

import errno
import json
import os
import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from rechallenge.errors import UserError
from rechallenge.settings.config import definitions_of, read_config
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.study import open_study

SMALLEST = {
    "extract": {"path": "extract", "source": "canonical"},
    "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
}


def problems(**changes):
    with pytest.raises(UserError) as raised:
        read_config({**SMALLEST, **changes}, "study.yaml")
    return raised.value.problems


def test_the_smallest_study_has_documented_defaults():
    config = read_config(SMALLEST, "study.yaml")
    assert config.study.cutoff == date(2022, 12, 31)
    assert config.definitions.resistance.preset == "index_inclusive"
    assert definitions_of(config, "main").resistance.cutoff_days == 182.625


def test_a_cut_off_before_the_window_is_refused():
    (told,) = problems(study={"cutoff": "2015-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}})

    assert told.startswith('study.yaml: setting "study"')
    assert "the data cut-off (2015-12-31) lies before the window starts (2016-03-01)" in told


def test_every_mistake_is_told_in_one_pass():
    told = problems(
        study={"cutoff": "31.12.2022", "window": {"start": "2022-01-01", "end": "2016-01-01"}},
        statistcs={"confidence": 0.9},
        dates={"imputation": "median"},
    )
    assert 'study.yaml: unknown setting "statistcs". Did you mean "statistics"?' in told
    assert any(text.startswith('study.yaml: setting "study.cutoff": ') and "31.12.2022" in text for text in told)
    assert any(
        'setting "study.window": the window ends (2016-01-01) before it starts (2022-01-01)' in text for text in told
    )
    assert any("'middle', 'earliest' or 'latest' (found 'median')" in text for text in told)


@pytest.mark.parametrize(
    ("definitions", "sentence"),
    [
        (
            {"resistance": {"presett": "index_literal"}},
            'unknown setting "definitions.resistance.presett". Did you mean "preset"?',
        ),
        (
            {"resistance": {"cutoff_days": -1}},
            'setting "definitions.resistance.cutoff_days": input should be greater than 0',
        ),
        ({"eligibility": {"criteria": ["nsclc", "advancd"]}}, 'setting "definitions.eligibility.criteria.1": '),
    ],
)
def test_a_mistake_deep_inside_names_its_whole_path(definitions, sentence):
    assert any(sentence in text for text in problems(definitions=definitions))


def test_an_empty_study_file_is_refused():
    with pytest.raises(UserError, match=r"study\.yaml: the study file is empty"):
        read_config({}, "study.yaml")


def test_a_further_analysis_takes_what_it_leaves_out_from_the_main_one():
    config = read_config(
        {
            **SMALLEST,
            "definitions": {"interval_treatment": {"preset": "systemic_or_local"}},
            "analyses": {"literal": {"definitions": {"resistance": {"preset": "index_literal"}}}},
        },
        "study.yaml",
    )
    literal = definitions_of(config, "literal")
    assert (literal.resistance.preset, literal.interval_treatment.preset) == ("index_literal", "systemic_or_local")
    assert definitions_of(config, "main").resistance.preset == "index_inclusive"


def test_a_further_analysis_keeps_the_main_values_of_a_section_that_it_changes_in_part():
    config = read_config(
        {
            **SMALLEST,
            "definitions": {"resistance": {"cutoff_days": 180}},
            "analyses": {"literal": {"definitions": {"resistance": {"preset": "index_literal"}}}},
        },
        "study.yaml",
    )
    assert definitions_of(config, "literal").resistance.preset == "index_literal"
    assert definitions_of(config, "literal").resistance.cutoff_days == 180


@pytest.fixture
def study(tmp_path, checkout):
    (tmp_path / "extract").mkdir()
    for name in (
        "patients.csv",
        "Treatments.CSV",
        "assessments.xlsx",
        "notes.pdf",
        "~$assessments.xlsx",
        ".hidden.csv",
    ):
        (tmp_path / "extract" / name).write_text("x", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(SMALLEST), encoding="utf-8")
    return open_study(SMALLEST, [str(tmp_path / "study.yaml")], checkout)


def test_paths_are_relative_to_the_study_file(study, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    assert study.extract == tmp_path / "extract"


def test_only_the_files_that_the_mapping_reads_are_inputs(study):
    names = [path.rpartition("/")[2] for path in study.extract_files]
    assert names == ["Treatments.CSV", "assessments.xlsx", "patients.csv"]


def test_each_rule_is_given_only_its_own_sections(study):
    assert study.definitions("interval_treatment") == {"main": {"interval_treatment": {"preset": "systemic"}}}


def test_files_that_are_not_there_are_told_together(tmp_path, checkout):
    values = {
        "extract": {"path": "nowhere", "source": "mappings/mine.yaml"},
        "study": SMALLEST["study"],
        "validation": {"waivers": "waivers.csv"},
        "report": {"published": ["index_studdy"]},
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        open_study(values, [str(tmp_path / "study.yaml")], checkout)
    told = "\n".join(raised.value.problems)
    assert len(raised.value.problems) == 4
    assert f'"extract.path": there is no file or folder "nowhere" in {tmp_path}' in told
    assert '"extract.source": there is no mapping "mappings/mine.yaml"' in told
    assert '"validation.waivers": there is no file "waivers.csv"' in told
    assert 'Did you mean "index_study"?' in told


def test_a_file_dated_in_the_future_is_named(study, tmp_path, checkout):
    later = time.time() + 3600
    os.utime(tmp_path / "extract" / "patients.csv", (later, later))
    os.utime(tmp_path / "extract" / "notes.pdf", (later, later))  # the mapping does not read it
    with pytest.raises(UserError) as raised:
        open_study(SMALLEST, [str(tmp_path / "study.yaml")], checkout)
    assert len(raised.value.problems) == 1
    assert f"{tmp_path / 'extract' / 'patients.csv'} was last changed on" in raised.value.problems[0]


def test_a_release_that_may_not_be_read_is_a_sentence(study, tmp_path, checkout, monkeypatch):
    def refused(path: Path, **_: object) -> bool:
        if path.name == "release.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return is_file(path)

    is_file = Path.is_file
    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(UserError) as raised:
        open_study(SMALLEST | {"refresh": {"previous": "2021"}}, [str(tmp_path / "study.yaml")], checkout)
    (problem,) = raised.value.problems
    assert 'setting "refresh.previous"' in problem
    assert "may not be read by this user" in problem


def test_names_of_tables_and_rules_are_those_of_the_library_and_the_scripts(checkout):
    from rechallenge import study as module
    from rechallenge.tables import TABLES

    assert tuple(TABLES) == module.TABLES
    assert all((checkout / "scripts" / f"{rule}.py").is_file() for rule in module.RULES)


def test_schema_is_what_the_script_writes(checkout, script):
    written = (checkout / "workflow" / "schemas" / "config.schema.json").read_text(encoding="utf-8")
    assert written == script("write_settings_docs").schema_text(), "run `make docs`"


def test_readme_documents_every_setting(checkout, script):
    text = (checkout / "config" / "README.md").read_text(encoding="utf-8")
    assert text == script("write_settings_docs").readme_text(text), "run `make docs`"
    for name in (
        "extract.path",
        "study.window.start",
        "definitions.resistance.cutoff_days",
        "statistics.covariates[].unit",
    ):
        assert f"| `{name}` |" in text


def test_schema_refuses_unknown_keys_and_accepts_the_shipped_studies(checkout, script):
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(script("write_settings_docs").schema())
    studies = list((checkout / "config").glob("*.yaml"))
    assert studies
    for path in studies:
        values = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        assert not list(validator.iter_errors(values)), path.name
    assert list(validator.iter_errors({**SMALLEST, "extrct": {}}))


@pytest.mark.parametrize(
    ("definitions", "sentence"),
    [
        ({"progression": {"preset": "irecist", "confirmation_min_days": 60}}, "nothing can be confirmed"),
        ({"endpoints": {"missed_assessments": -1}}, "greater than 0"),
        ({"endpoints": {"visit_gap_days": 0}}, "greater than 0"),
        ({"progression_pattern": {"oligo_max_lesions": -2}}, "greater than or equal to 0"),
        (
            {"endpoints": {"own": {"mine": {"label": "x", "events": ["death"], "interrupted_by": ["visit_gap"]}}}},
            'the endpoint "mine" is interrupted by visit_gap, but endpoints.visit_gap_days is none',
        ),
    ],
    ids=["confirmation before it can begin", "missed", "gap", "lesions", "interruption without a limit"],
)
def test_definitions_that_cannot_hold_are_refused(definitions, sentence):
    with pytest.raises(UserError) as raised:
        DefinitionSettings.read(definitions, "study.yaml")
    assert sentence in " ".join(raised.value.problems)


@pytest.mark.parametrize(
    ("statistics", "sentence"),
    [
        ({"landmarks_months": [6, -1]}, "each time must be a number of months above 0"),
        ({"landmarks_months": [6, float("inf")]}, "finite number"),
        ({"rmst_months": float("nan")}, "finite number"),
        ({"landmarks_months": [6, 12, 6]}, '"6.0" stands there twice'),
        ({"covariates": [{"name": "sex"}, {"name": "age"}, {"name": "sex"}]}, '"sex" stands there twice'),
        ({"subgroups": [{"name": "sex"}, {"name": "sex"}]}, '"sex" stands there twice'),
        ({"strata": ["site", "site"]}, '"site" stands there twice'),
        ({"interactions": [["sex", "sex"]]}, '"sex" cannot interact with itself'),
        ({"interactions": [["sex", "age"], ["age", "sex"]]}, '"age and sex" stands there twice'),
    ],
)
def test_statistics_that_cannot_be_are_refused(statistics, sentence):
    (told,) = problems(statistics=statistics)
    assert told.startswith('study.yaml: setting "statistics.')
    assert sentence in told
