"""`rechallenge draft-mapping` and `check-mapping` from the terminal: files written, sentences, exit status."""

from pathlib import Path

import pytest

from rechallenge.cli import main

from .drafts import written
from .test_propose import WIDE


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, capsys.readouterr().out


@pytest.fixture
def study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A drafted study, its questions still open."""
    written(tmp_path / "list.csv", WIDE)
    status, _ = run(capsys, "draft-mapping", tmp_path / "list.csv", "--output", tmp_path / "my")
    assert status == 0
    return tmp_path / "my" / "study.yaml"


def decided(study: Path) -> None:
    mapping = study.with_name("mapping.yaml")
    lines = mapping.read_text(encoding="utf-8").splitlines()
    answers = {"many:": 'many: ">=3"', "nivolumab + gemzar:": "nivolumab + gemzar: nivolumab + gemcitabine"}
    for at, line in enumerate(lines):
        for start, answer in answers.items():
            if line.strip().startswith(start):
                lines[at] = line[: len(line) - len(line.lstrip())] + answer
    mapping.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = study.read_text(encoding="utf-8").splitlines()
    days = {"cutoff:": "2022-12-31", "start:": "2016-03-01", "end:": "2022-12-31"}
    for at, line in enumerate(text):
        for key, day in days.items():
            if line.strip().startswith(key):
                text[at] = line.split(key)[0] + f"{key} {day}"
    study.write_text("\n".join(text) + "\n", encoding="utf-8")


def test_open_questions_of_both_files_are_told_and_the_status_is_1(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = run(capsys, "check-mapping", study)
    assert status == 1
    assert "study.cutoff is to be decided" in said
    assert "progressing_lesions.values.many is to be decided" in said
    assert "is required and missing" not in said
    assert "patients: 4 rows of list.csv give 4." in said


def test_a_decided_study_is_told_column_by_column(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decided(study)
    status, said = run(capsys, "check-mapping", study)
    assert said.endswith("Nothing is left to decide: the study can run.\n")
    assert status == 0
    assert "  death_date         1 filled, 3 missing" in said
    assert "treatments: 4 rows of list.csv give 7 in 2 blocks." in said


def test_cells_that_are_not_understood_are_named_with_file_and_row(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided(study)
    extract = study.parent.parent / "list.csv"
    changed = (
        extract.read_text(encoding="utf-8")
        .replace("A3,Li,F", "A3,Li,other")
        .replace("Opdivo,22/05/2019", "Opdiva,41/05/2019")
    )
    extract.write_text(changed, encoding="utf-8")
    status, said = run(capsys, "check-mapping", study)
    assert status == 0, "what is wrong with single cells is for the validation"
    assert '1 not understood: "other" in list.csv row 4 (column "Sex")' in said
    assert "1 not understood: list.csv row 4" in said
    assert '"Opdiva" in list.csv row 4' in said
    assert "41/05/2019" not in said


def test_mistakes_of_mapping_and_extract_come_in_one_round(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decided(study)
    mapping = study.with_name("mapping.yaml")
    text = (
        mapping.read_text(encoding="utf-8")
        .replace("sex: Sex", "sexx: Sex")
        .replace("drug: ICI1_drug", "drug: ICI1_drugs")
    )
    mapping.write_text(text, encoding="utf-8")
    status, said = run(capsys, "check-mapping", study)
    assert status == 1
    assert 'patients has no column "sexx". Did you mean "sex"?' in said
    assert 'the column "ICI1_drugs" is missing' in said
    assert "tables.treatments.1: not read until the above is mended." in said


def test_a_draft_overwrites_nothing(study: Path) -> None:
    with pytest.raises(SystemExit, match=r"would be overwritten"):
        main(["draft-mapping", str(study.parent.parent / "list.csv"), "--output", str(study.parent)])


def test_an_extract_that_a_shipped_mapping_reads_needs_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").mkdir()
    written(tmp_path / "x/patients.csv", "patient_id|last_contact_date\n1|2021-01-01")
    written(tmp_path / "x/treatments.csv", "patient_id|drug|start_date\n1|nivolumab|2020-01-01")
    written(tmp_path / "x/assessments.csv", "patient_id|assessment_date|response\n1|2020-03-01|PD")
    _, said = run(capsys, "draft-mapping", tmp_path / "x", "--output", tmp_path / "y")
    assert "config/sources/canonical.yaml" in said
    assert "source: canonical" in (tmp_path / "y/study.yaml").read_text(encoding="utf-8")
    assert not (tmp_path / "y/mapping.yaml").exists()
