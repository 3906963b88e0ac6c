"""What is missing from a file as a whole: a few rows in, the findings out."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from rechallenge.sources.cells import is_damaged
from rechallenge.sources.gaps import gaps
from rechallenge.sources.genie import plain_files
from rechallenge.sources.genie_checks import genie_findings
from rechallenge.sources.mapping import read_mapping
from rechallenge.sources.raw import RawFile
from rechallenge.sources.readers import read_files

from .test_ingest import extract, ingest

WHOLE = ("row_empty", "column_empty", "column_absent", "file_without_rows", "last_line_open", "record_number_skipped")


def said(found: pd.DataFrame, *rules: str) -> list[str]:
    """Rule, file, row and sentence of the findings on whole files, or of some rules."""
    rows = found[found["rule"].isin(rules or WHOLE)]
    return [
        f"{row.rule} {row.source_file} {row.source_row}: {row.message}"
        for row in rows.astype(object).where(rows.notna(), "-").itertuples()
    ]


def test_an_empty_row_within_a_table_may_be_an_erased_record(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date\n1,2022-01-01\n,\n2,2022-01-01\n,\n,\n"))
    assert said(made.findings, "row_empty") == [
        "row_empty patients.csv 3: patients.csv: row 3 is empty, and the table goes on below."
    ]


def test_several_empty_rows_are_one_finding_and_the_first_row_counts(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date\n,\n\n,\n2,2022-01-01\n"))
    assert said(made.findings, "row_empty") == [
        "row_empty patients.csv 2: patients.csv: the rows 2 to 4 are empty, and the table goes on below."
    ]


def test_rows_of_a_workbook_are_counted_from_below_its_header(tmp_path: Path) -> None:
    (tmp_path / "extract").mkdir()
    book = openpyxl.Workbook()
    for line in (["a title"], ["id", "seen"], ["1", "2022-01-01"], [], ["2", "2022-01-01"]):
        book.active.append(line)
    book.save(tmp_path / "extract/patients.xlsx")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "name: own\ntitle: own\nformat: tables\ndates: {formats: [YYYY-MM-DD]}\n"
        "files: {sheet: {path: patients.xlsx, skip_rows: 1}}\n"
        "tables: {patients: [{file: sheet, columns: {patient_id: id, last_contact_date: seen}}], treatments: "
        "[{file: sheet, columns: {patient_id: id, drug: {constant: nivolumab}, start_date: seen}}]}\n",
        encoding="utf-8",
    )
    own = read_mapping(mapping)
    assert said(gaps(read_files(tmp_path / "extract", own), own)) == [
        "row_empty patients.xlsx 4: patients.xlsx: row 4 is empty, and the table goes on below."
    ]


def test_a_column_that_ten_rows_leave_empty_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{number},2022-01-01,\n" for number in range(10))
    made = ingest(extract(tmp_path, patients=f"patient_id,last_contact_date,death_date\n{rows}"))
    assert said(made.findings, "column_empty") == [
        'column_empty patients.csv -: The column "death_date" of patients.csv holds no value in any row.'
    ]
    made = ingest(extract(tmp_path, patients=f"patient_id,last_contact_date,death_date\n{rows[:28]}"))
    assert said(made.findings, "column_empty") == []


def test_optional_columns_that_are_not_there_are_named_once_per_file(tmp_path: Path) -> None:
    events = "patient_id,start_date,term,ctcae_grade\n1,2020-03-05,rash,1\n"
    made = ingest(extract(tmp_path, adverse_events=events))
    assert said(made.findings, "column_absent")[0] == (
        'column_absent adverse_events.csv -: adverse_events.csv has no column "immune_related": its value is missing '
        "in every row."
    )
    assert [line.split()[1] for line in said(made.findings, "column_absent")] == [
        "adverse_events.csv", "assessments.csv", "patients.csv", "treatments.csv",
    ]  # fmt: skip


def test_a_file_with_a_header_only_is_named(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, adverse_events="patient_id,start_date,term,ctcae_grade,immune_related\n"))
    assert said(made.findings, "file_without_rows") == [
        "file_without_rows adverse_events.csv -: adverse_events.csv holds a header and no row of data."
    ]


def test_a_last_line_without_an_end_may_be_a_cut(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date\n1,2022-01-01\n2,2022-01-01"))
    assert [line.split(":")[0] for line in said(made.findings, "last_line_open")] == ["last_line_open patients.csv 3"]
    assert said(ingest(extract(tmp_path)).findings, "last_line_open") == []


def test_a_number_left_out_of_a_patient_s_records_is_named() -> None:
    """Scan 2 of A and the first of B are missing; C is complete, a regimen may stand once per cancer."""
    rows = pd.DataFrame(
        [["A", "1"], ["A", "3"], ["B", "2.0"], ["C", "1"], ["C", "1"], ["C", "2"]], columns=["record_id", "scan_number"]
    )
    file = RawFile("imaging", rows.assign(source_file="imaging.csv", source_row=range(2, 8)))
    assert said(genie_findings({"imaging": file})) == [
        'record_number_skipped imaging.csv 3: The patient has no record with the "scan_number" 2, which comes before '
        "this one.",
        'record_number_skipped imaging.csv 4: The patient has no record with the "scan_number" 1, which comes before '
        "this one.",
    ]


def test_a_year_of_birth_that_is_none_is_an_error() -> None:
    rows = pd.DataFrame([["A", "1950"], ["B", None], ["C", "50"]], columns=["record_id", "birth_year"])
    file = RawFile("patient", rows.assign(source_file="patient.csv", source_row=range(2, 5)))
    found = genie_findings({"patient": file})
    assert found[["severity", "patient_id", "source_row", "column"]].to_numpy().tolist() == [
        ["error", "B", 3, "birth_date"],
        ["error", "C", 4, "birth_date"],
    ]


def test_patients_without_a_cancer_and_cancers_without_a_patient() -> None:
    """B's cancer was entered as X."""
    patient = pd.DataFrame({"record_id": ["A", "B"], "birth_year": "1950"})
    cancer = pd.DataFrame({"record_id": ["A", "X"]})
    files = {
        name: RawFile(name, rows.assign(source_file=f"{name}.csv", source_row=range(2, 4)))
        for name, rows in (("patient", patient), ("cancer", cancer))
    }
    found = genie_findings(files)
    assert found[["rule", "source_file", "source_row", "patient_id"]].to_numpy().tolist() == [
        ["cancer_missing", "patient.csv", 3, "B"],
        ["helper_row_orphan", "cancer.csv", 3, "X"],
    ]


def test_cells_of_a_genie_release_that_are_neither_numbers_nor_words_are_named() -> None:
    """B's row has moved by a cell: the flag holds the sequence, the day the flag. NA and empty cells are missing."""
    rows = pd.DataFrame(
        [["A", "Yes", "15998.0"], ["B", "0", "Yes"], ["C", "NA", ""]],
        columns=["record_id", "redcap_ca_index", "dob_ca_dx_days"],
    )
    file = RawFile("cancer", rows.assign(source_file="cancer.csv", source_row=range(2, 5)))
    assert said(genie_findings({"cancer": file}), "number_unreadable", "value_unknown") == [
        'number_unreadable cancer.csv 3: The "dob_ca_dx_days" Yes is no number.',
        'value_unknown cancer.csv 3: The "redcap_ca_index" 0 is neither Yes nor No.',
    ]


def test_an_identifier_of_full_width_is_the_same_patient() -> None:
    rows = pd.DataFrame({"RECORD_ID": ["Ｐ-０１"], "source_file": "a.csv", "source_row": 2})
    assert plain_files({"imaging": RawFile("imaging", rows)})["imaging"].frame["record_id"].tolist() == ["P-01"]


@pytest.mark.parametrize("text", ["A\x01", "医\ufffd", "\x7fA", "åŒ»é™¢", "è\x82ºç\x82\x8e"])
def test_text_that_nobody_typed_is_damaged(text: str) -> None:
    assert is_damaged(text)


@pytest.mark.parametrize("text", ["A医院", "Hôpital Saint-Louis", "Málaga", "a\nb\tc", "β-blocker", "20 µg", "O药"])
def test_text_in_any_language_is_whole(text: str) -> None:
    assert not is_damaged(text)


def test_damaged_text_is_a_finding_on_its_cell(tmp_path: Path) -> None:
    patients = "patient_id,last_contact_date,site\n1,2022-01-01,A\x01B\n2,2022-01-01,A医院\n"
    made = ingest(extract(tmp_path, patients=patients))
    found = made.findings[made.findings["rule"].eq("text_damaged")]
    assert found[["severity", "source_row", "column", "patient_id"]].to_numpy().tolist() == [
        ["warning", 2, "site", "1"]
    ]
