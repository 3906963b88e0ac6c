"""Invented patients with expected results: those that are shipped, and what a user may get wrong in their own."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from rechallenge import cli
from rechallenge.assurance.comparison import assure
from rechallenge.assurance.patients import read_patients
from rechallenge.errors import UserError
from rechallenge.settings.config import StudyConfig
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.values import Vocabularies

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = sorted((CONFIG / "assurance").glob("*.yaml"))

ONE_PATIENT = """\
patients:
  - patient: mine
    says: Stable disease and progression on day 182.
    treatments:
      - {drug: 欧狄沃, start_date: 2020-01-01, end_date: 2020-07-01}
    assessments:
      - {assessment_date: 2020-03-01, response: SD}
      - {assessment_date: 2020-07-01, response: PD}
    expect:
      days_to_progression: 182
      resistance: RESISTANCE
"""


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return Vocabularies.read(CONFIG / "vocabularies")


def study(**definitions: object) -> StudyConfig:
    values = {
        "extract": {"path": "extract", "source": "canonical"},
        "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
        "definitions": definitions,
    }
    return StudyConfig.read(values, "study.yaml")


def written(folder: Path, text: str) -> Path:
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return folder / "mine.yaml"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_patients_are_as_expected(path: Path, vocabularies: Vocabularies) -> None:
    results = assure(read_patients(path), study(), vocabularies)
    differing = {each.patient: each.differences for each in results if each.differences}
    assert differing == {}


def test_the_shipped_patients_cover_every_preset() -> None:
    cases = [case for path in SHIPPED for case in yaml.safe_load(path.read_text(encoding="utf-8"))["patients"]]
    used = {
        (section, values["preset"])
        for case in cases
        for section, values in case.get("definitions", {}).items()
        if "preset" in values
    }
    for section, field in DefinitionSettings.model_fields.items():
        model = field.annotation
        if model is None or "preset" not in model.model_fields:
            continue
        default = model.model_fields["preset"].default
        presets = set(get_args(model.model_fields["preset"].annotation)) - {default}
        assert {preset for name, preset in used if name == section} >= presets, section
    assert len(cases) >= 40


def test_names_are_unique_across_the_shipped_files() -> None:
    names = [case.patient for path in SHIPPED for case in read_patients(path).file.patients]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("definitions", "resistance"),
    [({}, "primary"), ({"resistance": {"cutoff_days": 180}}, "acquired")],
    ids=["defaults", "a study's own cutoff"],
)
def test_the_study_decides_where_a_patient_states_nothing(
    tmp_path: Path, vocabularies: Vocabularies, definitions: dict[str, object], resistance: str
) -> None:
    cases = read_patients(written(tmp_path, ONE_PATIENT.replace("RESISTANCE", resistance)))
    (result,) = assure(cases, study(**definitions), vocabularies)
    assert result.differences == ()


def test_a_difference_is_shown_with_what_it_was_derived_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, ONE_PATIENT.replace("RESISTANCE", "acquired"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["assure", str(path)])
    assert ended.value.code == 1
    assert capsys.readouterr().out == (
        "mine.yaml: mine\n"
        "    Stable disease and progression on day 182.\n"
        "    resistance   expected acquired   found primary\n"
        "    derived: nivolumab 2020-01-01 to 2020-07-01; index progression 2020-07-01 (day 182); best response SD; "
        "resistance primary (no_response_below_cutoff); rechallenge none; excluded by rechallenged\n"
        "\n"
        "1 invented patient: 1 not as expected.\n"
    )


def test_as_expected_ends_with_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, ONE_PATIENT.replace("RESISTANCE", "primary"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["assure", "--every", str(path)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        "as expected: mine: Stable disease and progression on day 182.",
        "1 invented patient: all as expected.",
    ]


def test_every_mistake_in_a_file_is_a_sentence(tmp_path: Path) -> None:
    text = """\
patients:
  - patient: first
    says: Mistakes.
    about: {histologie: adenocarcinoma, stage: IVC}
    treatments:
      - {drug: nivolumab, start_date: 2020-13-01}
      - {drug: nivolumab}
    assessments:
      - {assessment_date: 1 May 2020, response: PR}
      - {assessment_date: 2020-05-01, response: partial, progressing_lesions: many}
    expect:
      resistanc: primary
      resistance: {is: primary}
      endpoints: {PFS: {day: 120}}
  - patient: first
    says: The same name again.
    expect: {eligible: false}
"""
    with pytest.raises(UserError) as raised:
        read_patients(written(tmp_path, text))
    problems = raised.value.problems
    expected = [
        'two patients have the name "first".',
        'patient "first", about: there is no column "histologie" in patients. Did you mean "histology"?',
        'patient "first", about: stage "IVC" is not a term of this column. Did you mean "IV',
        'patient "first", treatments 1: start_date "2020-13-01" is not a day of the calendar.',
        'patient "first", treatments 2: start_date is missing.',
        'patient "first", assessments 1: assessment_date "1 May 2020" is not a date; write it as 2020-05-17',
        'patient "first", assessments 2: response "partial" is not a term of this column.',
        'patient "first", assessments 2: progressing_lesions "many" is not a number.',
        'patient "first": nothing called "resistanc" can be expected. Did you mean "resistance"?',
        'patient "first": "resistance" needs one value.',
        'patient "first": nothing called "day" can be expected of PFS. Did you mean "days"?',
    ]
    assert len(problems) == len(expected)
    for problem, part in zip(problems, expected, strict=True):
        assert part in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("patients: []\n", "patients"),
        ("patients:\n  - patient: a\n    says: b\n    expects: {eligible: true}\n", 'Did you mean "expect"?'),
        (ONE_PATIENT.replace("欧狄沃", "nivolumapp"), "is not in the drug dictionary. Nearest entries: nivolumab"),
        (ONE_PATIENT.replace("    expect", "    definitions: {resistance: {preset: sitc}}\n    expect"), "sitc_2020"),
    ],
    ids=["nobody", "misspelt key", "unknown drug", "unknown preset"],
)
def test_a_mistake_ends_the_command_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["assure", str(written(tmp_path, text))])
    assert sentence in str(ended.value.code)
    assert "Traceback" not in str(ended.value.code)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["assure", str(tmp_path / "nothing.yaml")])
    assert "There is no file" in str(ended.value.code)


def test_the_example_of_the_documentation_is_true(tmp_path: Path, vocabularies: Vocabularies) -> None:
    page = (CONFIG.parent / "docs" / "assurance.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    (result,) = assure(read_patients(written(tmp_path, example)), study(), vocabularies)
    assert result.differences == ()
    literal = study(resistance={"preset": "index_literal"})
    (result,) = assure(read_patients(written(tmp_path, example)), literal, vocabularies)
    assert [(each.what, each.expected, each.found) for each in result.differences] == [
        ("resistance", "acquired", "unclassified")
    ]
    assert result.course in page.replace("...", result.course.partition("best response PR; ")[2])
