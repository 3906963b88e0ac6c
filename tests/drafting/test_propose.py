"""A few rows as somebody keeps them -> the columns proposed, and the questions."""

from pathlib import Path

import pytest

from rechallenge.errors import UserError

from .drafts import draft_of, proposed, text_of, written

WIDE = """
ID|Name|Sex|Died|Last seen|ICI1_drug|ICI1_start|ICI1_end|PD1_date|PD1_lesions|ICI2_drug|ICI2_start
A1|Wu|M||2021-03-01|nivolumab|25/03/2019|01/06/2019|15/06/2019|2|K药|20/07/2019
A2|Ma|F|2020-05-02|2020-05-02|Keytruda|13/01/2019|02/02/2019|28/02/2019|many|nivolumab + gemzar|17/04/2019
A3|Li|F||2021-04-01|Opdivo|22/05/2019|03/07/2019||||
A4|Xu|M||2021-04-01|Opdivo|21/05/2019|04/07/2019|03/08/2019|1||
"""


def test_a_wide_row_becomes_patients_treatments_and_progressions(tmp_path: Path) -> None:
    draft = draft_of(written(tmp_path / "list.csv", WIDE))
    assert proposed(draft, "patients") == {
        "patient_id": "ID", "sex": "Sex", "last_contact_date": "Last seen", "death_date": "Died",
    }  # fmt: skip
    first, second = proposed(draft, "treatments"), proposed(draft, "treatments", 1)
    assert (first["drug"], first["start_date"], first["end_date"]) == ("ICI1_drug", "ICI1_start", "ICI1_end")
    assert first["regimen_id"] == {"constant": "first_ici"}
    assert second["start_date"] == "ICI2_start"
    progression = proposed(draft, "assessments")
    assert (progression["assessment_date"], progression["response"]) == ("PD1_date", {"constant": "PD"})
    assert progression["progressing_lesions"] == {"column": "PD1_lesions", "values": {"many": "? >=3 | ~"}}
    assert draft.progression_dates_only
    assert draft.formats == ["YYYY-M-D", "D/M/YYYY"]


def test_the_draft_holds_no_identifier_name_or_date_of_a_patient(tmp_path: Path) -> None:
    text = text_of(draft_of(written(tmp_path / "list.csv", WIDE)))
    for word in ("A1", "A4", "Wu", "Ma,", "2021-03-01", "25/03/2019"):
        assert word not in text


def test_day_and_month_that_nothing_decides_are_a_question(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Drug|Start\n" + "\n".join(
        f"P{n}|M|0{n}/05/2021|Opdivo|0{n}/02/2020" for n in range(1, 7)
    )
    draft = draft_of(written(tmp_path / "a.csv", table))
    (question,) = draft.formats
    assert question.choices == ("D/M/YYYY", "M/D/YYYY")
    assert question.because.startswith("0 of 12 cells decide")


def test_codes_are_questions_even_where_a_vocabulary_knows_them(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Brain mets\nP1|1|2021-05-01|1\nP2|2|2021-05-01|0\nP3|1|2021-05-02|0"
    found = proposed(draft_of(written(tmp_path / "patients.csv", table)), "patients")
    assert found["sex"] == {"column": "Sex", "values": {"1": "? male | female | ~", "2": "? male | female | ~"}}
    assert found["brain_metastasis"] == "Brain mets"


def test_two_columns_that_could_be_the_same_are_a_question(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Last follow-up\nP1|M|2021-05-01|2021-05-01\nP2|F|2021-05-01|2021-06-01"
    found = proposed(draft_of(written(tmp_path / "patients.csv", table)), "patients")
    assert found["last_contact_date"] == "? Last seen | Last follow-up"


def test_a_sure_header_over_wrong_cells_is_not_taken(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Date of death\nP1|M|2021-05-01|yes\nP2|F|2021-05-01|no"
    found = proposed(draft_of(written(tmp_path / "patients.csv", table)), "patients")
    assert found["death_date"].startswith("?")


def test_an_end_before_its_start_is_a_question(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Drug|Start|Stop\n" + "\n".join(
        f"P{n}|M|2022-05-01|Opdivo|2020-05-1{n}|2019-05-1{n}" for n in range(1, 6)
    )
    assert proposed(draft_of(written(tmp_path / "a.csv", table)), "treatments")["end_date"] == "? Stop | ~"


def test_the_dead_are_told_by_a_status_and_codes_of_it_are_a_question(tmp_path: Path) -> None:
    table = "Patient ID|Sex|Last seen|Status\nP1|M|2021-05-01|dead\nP2|F|2021-05-01|alive"
    found = proposed(draft_of(written(tmp_path / "patients.csv", table)), "patients")
    assert found["death_date"] == {"column": "Last seen", "when": {"column": "Status", "in": ["dead"]}}
    coded = proposed(
        draft_of(written(tmp_path / "coded.csv", table.replace("dead", "1").replace("alive", "0"))), "patients"
    )
    assert coded["death_date"].startswith("? {column: Last seen, when: {column: Status, in: ")


def test_a_death_is_never_offered_as_the_last_contact_of_everybody(tmp_path: Path) -> None:
    """The last contact is in doubt itself, and the status says who died: the choice keeps its condition."""
    table = "Patient ID|Sex|Stage|Final last seen|Status\nP1|M|IVA|2021-05-01|dead\nP2|F|IVB|2021-05-01|alive"
    found = proposed(draft_of(written(tmp_path / "patients.csv", table)), "patients")
    assert found["last_contact_date"] == "? Final last seen"
    assert found["death_date"] == "? {column: Final last seen, when: {column: Status, in: [dead]}} | ~"


def test_files_of_a_folder_are_told_by_their_columns(tmp_path: Path) -> None:
    written(tmp_path / "one.csv", "病案号|性别|末次随访日期\n01|男|2021-05-01\n02|女|2021-05-01")
    written(
        tmp_path / "two.csv",
        "病案号|药物名称|首次用药日期\n1|信迪利单抗|2020-05-01\n1|多西他赛|2020-08-01\n02|欧狄沃|2020-08-01",
    )
    written(tmp_path / "three.csv", "病案号|检查日期|疗效评价\n01|2020-06-01|SD\n01|2020-07-01|PD\n02|2020-08-01|进展")
    draft = draft_of(tmp_path)
    assert {block.table: block.file for block in draft.blocks} == {
        "patients": "one",
        "treatments": "two",
        "assessments": "three",
    }
    assert proposed(draft, "treatments")["drug"] == "药物名称"
    assert {str(proposed(draft, table)["patient_id"]) for table in ("patients", "treatments", "assessments")} == {
        "{'column': '病案号', 'pad': 2}"
    }


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.xlsx", b"", "the file is empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 password", "protected by a password"),
        ("a.xlsx", b"no workbook", "not a readable workbook"),
        ("a.csv", b"Patient ID,Sex\n", "no row below it"),
        ("a.pdf", b"%PDF", "of a kind that cannot be read"),
    ],
)
def test_what_cannot_be_read_ends_as_a_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        draft_of(tmp_path / name)


def test_western_text_that_is_no_utf_8_asks_for_its_encoding(tmp_path: Path) -> None:
    text = "Patient ID,Sex,Last seen,Größe\nMüller1,M,2021-05-01,ä\nMüller2,F,2021-05-01,ö\n"
    (tmp_path / "patients.csv").write_bytes(text.encode("cp1252"))
    (file,) = draft_of(tmp_path / "patients.csv").files
    assert file.encoding is not None
    assert file.encoding.choices[0] == "cp1252"


def test_repeated_headers_and_two_hundred_columns(tmp_path: Path) -> None:
    head = "Patient ID,Sex,Last seen,Drug,Start,Drug,Start," + ",".join(f"lab{n}" for n in range(200))
    rows = "\n".join(f"P{n},M,2022-01-0{n},Opdivo,2020-01-0{n},Keytruda,2021-01-0{n}" + "," * 200 for n in range(1, 5))
    (tmp_path / "a.csv").write_text(f"{head}\n{rows}\n", encoding="utf-8")
    draft = draft_of(tmp_path / "a.csv")
    assert [proposed(draft, "treatments", at)["drug"] for at in (0, 1)] == ["Drug (1)", "Drug (2)"]
    assert len(draft.files[0].unused) == 200
