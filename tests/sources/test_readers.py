"""Files of any origin become cells with the row that a spreadsheet shows; what cannot be read is a sentence."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from rechallenge.errors import UserError
from rechallenge.sources.mapping import Mapping
from rechallenge.sources.raw import RawFile
from rechallenge.sources.readers import extract_sha256, read_files, unread_files


def mapping(columns: list[str] | None = None, **source: Any) -> Mapping:
    """A mapping with one file, "data"; patients take the given columns."""
    taken = columns or ["id"]
    names = ["patient_id", "site", "stage_edition"][: len(taken)]
    return Mapping.model_validate(
        {
            "name": "test",
            "files": {"data": {"path": "data.*", **source}},
            "tables": {"patients": [{"file": "data", "columns": dict(zip(names, taken, strict=True))}]},
        }
    )


def read(folder: Path, columns: list[str] | None = None, **source: Any) -> RawFile:
    return read_files(folder, mapping(columns, **source))["data"]


def rows(file: RawFile) -> list[list[object]]:
    """The cells with the source row, missing as None."""
    frame = file.frame.drop(columns="source_file")
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]


def problems(folder: Path, columns: list[str] | None = None, **source: Any) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, columns, **source)
    return "\n".join(caught.value.problems)


# --- text files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_chinese_files(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "data.csv").write_bytes("id,姓名\n001,张三\n".encode(encoding))
    assert rows(read(tmp_path, ["id", "姓名"])) == [["001", "张三", 2]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_header_line_decides_the_delimiter(tmp_path: Path, mark: str) -> None:
    """The data hold more commas than the header: only the header counts, outside quotation marks."""
    (tmp_path / "data.csv").write_text(f'id{mark}"a;b,c"\n1{mark}"x,y,z"\n')
    assert rows(read(tmp_path)) == [["1", "x,y,z", 2]]


def test_a_declared_delimiter_and_encoding_win(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes("id|Straße,x\n1|ä\n".encode("latin-1"))
    file = read(tmp_path, delimiter="|", encoding="latin-1")
    assert file.columns == ["id", "Straße,x"]
    (tmp_path / "data.csv").write_bytes(b"id\n\xff\xff\n")
    assert "line 2: the text is not utf-8; declare" in problems(tmp_path, encoding="utf-8")
    assert 'unknown encoding "utf-9"' in problems(tmp_path, encoding="utf-9")


def test_rows_count_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    """A line break within quotation marks is one row, an empty line is a row and is left out."""
    (tmp_path / "data.csv").write_text('id,note\n1,"two\nlines"\n\n,,\n2,x\n')
    file = read(tmp_path)
    assert rows(file) == [["1", "two\nlines", 2], ["2", "x", 5]]
    assert (file.parts[0].rows, file.parts[0].blank_rows) == (2, 2)


def test_text_that_is_legal_in_two_encodings_is_not_guessed(tmp_path: Path) -> None:
    """O药 in GB18030 is also the UTF-8 of O and a Cyrillic letter; µg, β and accents are taken for UTF-8."""
    (tmp_path / "data.csv").write_bytes("id,drug\n1,O药\n".encode("gb18030"))
    assert "can be read both as UTF-8 and as GB18030; declare its encoding" in problems(tmp_path)
    assert rows(read(tmp_path, encoding="gb18030")) == [["1", "O药", 2]]
    (tmp_path / "data.csv").write_text("id,drug\n1,5 µg TGF-β é\n", encoding="utf-8")
    assert rows(read(tmp_path)) == [["1", "5 µg TGF-β é", 2]]


def test_spaces_only_are_missing_and_text_is_kept_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,a,b\n007, x ,\u3000\n")
    assert rows(read(tmp_path)) == [["007", " x ", None, 2]]


def test_title_rows_and_several_header_rows(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("Registry 2022,,\nid,first,first\n,drug,start\n1,nivolumab,2020\n")
    file = read(tmp_path, skip_rows=1, header_rows=2)
    assert file.columns == ["id", "first/drug", "first/start"]
    assert rows(file) == [["1", "nivolumab", "2020", 4]]


def test_ragged_rows_are_named(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,a\n1,x\n2\n3,y,z\n4,w,,\n")
    assert "the header has 2 columns, but row 3 has 1, row 4 has 3; a cell that holds" in problems(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data.csv: the file is empty."),
        (b"\n \n", "data.csv: the file is empty."),
        (b"id,a\n1,\0\n", "line 2: the file holds NUL bytes"),
        (b'id,a\n1,"x\n2,y\n', "row 2: the quotation marks do not pair up"),
        (b"PK\x03\x04rest", "the file is a workbook (XLSX) or zip archive"),
        (b"PAR1rest", "the file is a Parquet file"),
    ],
)
def test_what_is_no_table_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "data.csv").write_bytes(content)
    assert sentence in problems(tmp_path)


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,a\n")
    assert read(tmp_path).rows == 0


# --- headers ------------------------------------------------------------------------------------------------------


def test_headers_are_found_in_any_case_width_and_spacing(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(" Patient　ＩＤ ,x\n1,2\n")
    assert read(tmp_path, ["patient id"]).cells("patient id").tolist() == ["1"]


def test_repeated_headers_matter_only_where_they_are_mapped(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,note,note\n1,a,b\n")
    assert read(tmp_path).columns == ["id", "note (1)", "note (2)"]
    assert 'the column "note" stands several times; name one of "note (1)", "note (2)"' in problems(
        tmp_path, ["id", "note"]
    )
    assert read(tmp_path, ["id", "note (2)"]).cells("note (2)").tolist() == ["b"]


def test_repeated_headers_never_hide_a_column(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,note,note,note (1)\n1,a,b,c\n")
    assert rows(read(tmp_path)) == [["1", "a", "b", "c", 2]]


def test_a_missing_column_is_a_sentence_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,hospital\n1,a\n")
    text = problems(tmp_path, ["idd", "hospitl"])
    assert (
        'data.csv: the column "idd" is missing (tables.patients.1.columns.patient_id of mapping). Did you mean "id"?'
        in text
    )
    assert 'Did you mean "hospital"?' in text


def test_an_own_column_called_source_row_does_not_collide(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id,source_row,\n1,77,x\n")
    file = read(tmp_path)
    assert file.columns == ["id", "source_row (of the file)", "(column C)"]
    assert file.frame["source_row"].tolist() == [2]


# --- files of an extract ------------------------------------------------------------------------------------------


def test_parts_of_one_file_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "data_2.csv").write_text("a,id\ny,2\n")
    (tmp_path / "data_1.csv").write_text("id,a\n1,x\n")
    file = read(tmp_path, path="data_*.csv")
    assert rows(file) == [["1", "x", 2], ["2", "y", 2]]
    assert file.frame["source_file"].tolist() == ["data_1.csv", "data_2.csv"]
    (tmp_path / "data_3.csv").write_text("id\n1\n")
    assert '"data_3.csv" and "data_1.csv" are parts of one file but differ in the columns a.' in problems(
        tmp_path, path="data_*.csv"
    )


def test_names_of_files_are_found_in_any_case_and_with_any_readable_ending(tmp_path: Path) -> None:
    (tmp_path / "DATA.CSV").write_text("id\n1\n")
    assert read(tmp_path, path="data").rows == 1
    (tmp_path / "data.parquet").write_bytes(b"")
    assert 'Several files fit "data"' in problems(tmp_path, path="data")


def test_an_extract_may_be_one_file_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "whatever.csv").write_text("id\n1\n")
    assert read(tmp_path / "whatever.csv", path="data.csv").frame["source_file"].tolist() == ["whatever.csv"]


def test_absent_files_are_named_and_optional_ones_left_out(tmp_path: Path) -> None:
    (tmp_path / "date.csv").write_text("id\n1\n")
    assert 'There is no file "data.csv" in the extract' in problems(tmp_path, path="data.csv")
    assert 'Did you mean "date.csv"?' in problems(tmp_path, path="data.csv")
    assert read_files(tmp_path, mapping(path="data.csv", optional=True)) == {}
    with pytest.raises(UserError, match="There is no file or folder"):
        read_files(tmp_path / "nowhere", mapping())


def test_a_kind_that_nobody_reads_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data.docx").write_bytes(b"x")
    assert '"data.docx" is of a kind that cannot be read; known endings: .csv' in problems(tmp_path)


def test_every_problem_of_every_file_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_text("x\n1\n")
    both = Mapping.model_validate(
        {
            "name": "test",
            "files": {"a": "a.csv", "b": "b.csv", "c": "c.csv"},
            "tables": {"patients": [{"file": "b", "columns": {"patient_id": "id"}}]},
        }
    )
    with pytest.raises(UserError) as caught:
        read_files(tmp_path, both)
    assert [sentence.split(":")[0].split(" in ")[0] for sentence in caught.value.problems] == [
        "a.csv",
        'There is no file "c.csv"',
        "b.csv",
    ]


def test_hashes_and_unread_files(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id\n1\n")
    (tmp_path / "extra.csv").write_text("x\n")
    (tmp_path / "~$data.xlsx").write_text("lock of a spreadsheet program")
    raw = read_files(tmp_path, mapping(path="data.csv"))
    assert raw["data"].sha256 == hashlib.sha256(b"id\n1\n").hexdigest() == extract_sha256(raw)
    assert unread_files(tmp_path, raw) == ["extra.csv"]


# --- workbooks ----------------------------------------------------------------------------------------------------


def workbook(path: Path, *lines: list[object], title: str = "Sheet") -> Any:
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(line)
    book.save(path)
    return book


def test_numbers_of_a_workbook_stand_as_the_sheet_shows_them(tmp_path: Path) -> None:
    book = workbook(tmp_path / "data.xlsx", ["id", "n", "share", "month", "yes"], [1.0, 0.1 + 0.2, 0.5, 2019.1, True])
    sheet = book.active
    sheet.append([42, 3, 1, 2019.1, None])
    sheet["A3"].number_format, sheet["C2"].number_format, sheet["D3"].number_format = "000000", "0%", "0.00"
    book.save(tmp_path / "data.xlsx")
    assert rows(read(tmp_path)) == [["1", "0.3", "50%", "2019.1", "true", 2], ["000042", "3", "1", "2019.10", None, 3]]


def test_dates_of_a_workbook_stay_dates(tmp_path: Path) -> None:
    workbook(tmp_path / "data.xlsx", ["id", "day"], ["1", dt.datetime(2019, 3, 5)], ["2", "2019-04"], ["3", None])
    assert rows(read(tmp_path)) == [["1", dt.datetime(2019, 3, 5), 2], ["2", "2019-04", 3], ["3", None, 4]]


def test_merged_header_and_body_cells(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "data.xlsx",
        ["登记表", None, None],
        ["编号", "首次免疫治疗", None],
        [None, "药物", "开始日期"],
        ["1", "O药", "2019"],
        [None, "K药", "2020"],
    )
    for merged in ("A1:C1", "B2:C2", "A2:A3", "A4:A5"):
        book.active.merge_cells(merged)
    book.save(tmp_path / "data.xlsx")
    file = read(tmp_path, ["编号", "首次免疫治疗/药物"], skip_rows=1, header_rows=2)
    assert file.columns == ["编号", "首次免疫治疗/药物", "首次免疫治疗/开始日期"]
    assert rows(file) == [["1", "O药", "2019", 4], ["1", "K药", "2020", 5]]


def test_sheets_are_named_where_there_are_several(tmp_path: Path) -> None:
    book = workbook(tmp_path / "data.xlsx", ["id"], ["1"], title="登记表")
    book.create_sheet("说明")["A1"] = "id"
    book["说明"]["A2"] = "9"
    book.save(tmp_path / "data.xlsx")
    assert 'several sheets ("登记表", "说明"); name one' in problems(tmp_path)
    assert rows(read(tmp_path, sheet="登记表")) == [["1", 2]]
    assert 'there is no sheet "登记"' in problems(tmp_path, sheet="登记")


def test_formulas_without_a_stored_result_are_not_read_as_empty(tmp_path: Path) -> None:
    workbook(tmp_path / "data.xlsx", ["id", "sum"], ["1", "=1+1"])
    assert "the formulas in B2 have no stored result" in problems(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"id,a\n", "not a readable workbook"),
        (b"\xd0\xcf\x11\xe0x", "old workbook (XLS) or protected"),
    ],
)
def test_what_is_no_workbook_is_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "data.xlsx").write_bytes(content)
    assert words in problems(tmp_path)


# --- other programs -----------------------------------------------------------------------------------------------

TABLE = pd.DataFrame(
    {"id": ["001", "002"], "sex": [1.0, None], "day": [dt.date(2019, 3, 5), None], "size": [1.5, 12.0]}
)


def test_parquet(tmp_path: Path) -> None:
    TABLE.assign(day=pd.to_datetime(TABLE["day"]), far=[dt.date(9999, 12, 31), None]).to_parquet(
        tmp_path / "data.parquet"
    )
    assert rows(read(tmp_path)) == [
        ["001", "1", pd.Timestamp("2019-03-05"), "1.5", dt.date(9999, 12, 31), 2],
        ["002", None, None, "12", None, 3],
    ]
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    assert "not a readable Parquet file" in problems(tmp_path)


def test_spss_and_stata_codes_are_read_by_their_labels(tmp_path: Path) -> None:
    labels = {"sex": {1: "Female", 2: "Male"}}
    pyreadstat.write_sav(TABLE, tmp_path / "data.sav", variable_value_labels=labels)
    assert rows(read(tmp_path)) == [["001", "Female", dt.date(2019, 3, 5), "1.5", 2], ["002", None, None, "12", 3]]
    assert rows(read(tmp_path, labels=False))[0][1] == "1"
    (tmp_path / "data.sav").unlink()
    pyreadstat.write_dta(TABLE.drop(columns="day"), tmp_path / "data.dta", variable_value_labels=labels)
    assert [row[1] for row in rows(read(tmp_path))] == ["Female", None]


def test_sas_transport(tmp_path: Path) -> None:
    pyreadstat.write_xport(TABLE.drop(columns="day"), tmp_path / "data.xpt", file_format_version=8)
    assert rows(read(tmp_path)) == [["001", "1", "1.5", 2], ["002", None, "12", 3]]


@pytest.mark.parametrize("ending", ["sas7bdat", "xpt", "sav", "dta"])
def test_damaged_statistical_files_are_sentences(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"data.{ending}").write_bytes(b"not this" * 100)
    assert "is not a readable" in problems(tmp_path)
