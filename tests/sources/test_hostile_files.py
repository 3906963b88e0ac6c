"""Files made to harm: each is refused with a sentence, before it fills the memory."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rechallenge.errors import UserError
from rechallenge.settings.limits import LimitSettings
from rechallenge.sources.limits import refuse_large_workbook
from rechallenge.sources.mapping import FileSource, Mapping
from rechallenge.sources.readers import read_file, read_files
from rechallenge.sources.yaml_text import read_yaml

SHEET = "xl/worksheets/sheet1.xml"


def workbook(change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    sheet.append([1, 2])
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(old.read(item)) if item.filename == part else old.read(item))
    return out.getvalue()


def with_row(xml: bytes) -> bytes:
    return with_part(workbook(), SHEET, lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>"))


def refused(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_file(folder / name, name, FileSource(path=name))
    (sentence,) = caught.value.problems
    assert sentence.startswith(name)
    return sentence


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


LAUGHS = b'<!DOCTYPE l [<!ENTITY l "lol"><!ENTITY m "' + b"&l;" * 99 + b'"><!ENTITY n "' + b"&m;" * 99 + b'">]>'
FILES = {
    "NUL in a text file": ("a.csv", b"a,b\n1,\x002\n", "line 2: the file holds NUL bytes"),
    "NUL in a Parquet file": ("a.parquet", parquet(pa.table({"a": ["x", "y\0"]})), 'row 3, column "a"'),
    "10,000 columns": ("a.csv", (",".join(f"c{at}" for at in range(10_000)) + "\n").encode(), "has 10,000 columns"),
    "a huge cell": ("a.csv", b'a,b\n1,2\n"' + b"x" * 40_000 + b'",2\n', 'row 3, column "a": the cell holds 40,000'),
    "a huge cell in a sheet": (
        "a.xlsx",
        with_row(b'<row r="3"><c r="B3" t="inlineStr"><is><t>' + b"x" * 40_000 + b"</t></is></c></row>"),
        'row 3, column "b": the cell holds 40,000 characters',
    ),
    "no end of line": ("a.csv", b"a" * 3_000_000, "the first line is longer than 2,000,000 bytes"),
    "a quotation mark in the header": ("a.csv", b'"a,b\n' + b"1,2\n" * 500 + b'",c\n1,2\n', "name of a column holds"),
    "a document type": (
        "a.xlsx",
        with_part(workbook(), SHEET, lambda sheet: LAUGHS + sheet[sheet.index(b"<worksheet") :]),
        f'the part "{SHEET}" of the workbook defines a document type',
    ),
    "a cell in the last corner": ("a.xlsx", workbook(lambda sheet: sheet.cell(1_048_576, 16_384, "x")), "XFD1048576"),
    "everything merged": (
        "a.xlsx",
        with_part(
            workbook(),
            SHEET,
            lambda sheet: sheet.replace(
                b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            ),
        ),
        "merges 17,179,869,184 cells",
    ),
    "a truncated workbook": ("a.xlsx", workbook()[:3000], "not a readable workbook"),
    "another kind of file": ("a.csv", workbook(), "is a workbook (XLSX)"),
    "lists in a Parquet file": ("a.parquet", parquet(pa.table({"a": [[1], [2]]})), "cells of the kind list"),
    "bytes in a Parquet file": ("a.parquet", parquet(pa.table({"a": [b"\xff"]})), "cells of the kind binary"),
}


@pytest.mark.parametrize("case", FILES)
def test_it_is_refused_with_a_sentence(tmp_path: Path, case: str) -> None:
    name, data, said = FILES[case]
    assert said in refused(tmp_path, name, data)


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    bomb = with_part(workbook(), SHEET, lambda sheet: sheet + b" " * 3_000_000)
    with pytest.raises(UserError, match=r"unpacks to 3\.0 MB, more than the 2 MB that are allowed"):
        refuse_large_workbook(bomb, "a.xlsx", LimitSettings(unpacked_megabytes=2))
    refuse_large_workbook(bomb, "a.xlsx")


def test_a_damaged_part_of_a_workbook_is_named_as_damage(tmp_path: Path) -> None:
    data = bytearray(workbook())
    at = data.find(SHEET.encode())
    data[at + 40] ^= 0xFF
    assert "cannot be unpacked" in refused(tmp_path, "a.xlsx", bytes(data))


def test_a_parquet_file_that_unpacks_to_too_much_is_refused_by_its_footer(tmp_path: Path) -> None:
    many = pa.table({"a": pa.array(["x"] * 100_000).dictionary_encode()})
    (tmp_path / "a.parquet").write_bytes(parquet(many))
    mapping = Mapping.model_validate({"name": "test", "files": {"data": "a.parquet"}, "tables": {}})
    with pytest.raises(UserError, match="100,000 rows of 1 columns, more cells than the 1,000"):
        read_files(tmp_path, mapping, LimitSettings(cells=1_000))


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is(tmp_path: Path) -> None:
    lying = with_part(workbook(), SHEET, lambda sheet: sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    (tmp_path / "a.xlsx").write_bytes(lying)
    assert len(read_file(tmp_path / "a.xlsx", "a.xlsx", FileSource(path="a.xlsx")).frame) == 1


def test_mixed_ends_of_lines_are_rows_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\r\n1,2\n3,4\r5,6\r\n")
    frame = read_file(tmp_path / "a.csv", "a.csv", FileSource(path="a.csv")).frame
    assert frame["b"].tolist() == ["2", "4", "6"]
    assert frame["source_row"].tolist() == [2, 3, 4]


YAML = {
    "a tag that runs code": ("a: !!python/object/apply:os.system ['touch here']\n", "line 1: this is not valid YAML"),
    "an unknown tag": ("a: b\nc: !secret d\n", "line 2: this is not valid YAML"),
    "aliases that multiply": (
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]\n" for at in range(1, 10)),
        "the aliases (*) repeat into more than 200,000 values",
    ),
    "a list that holds itself": ("a: &a [*a]\n", "line 1: an alias (*) holds itself"),
    "keys that hold themselves": ("x: 1\na: &a\n  b: *a\n", "an alias (*) holds itself"),
    "endless nesting": ("a: " + "[" * 20_000, "nested too deeply"),
    "a NUL": ("a: x\0y\n", "not valid YAML"),
}


@pytest.mark.parametrize("case", YAML)
def test_a_hostile_mapping_is_refused(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, said = YAML[case]
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_yaml(tmp_path / "m.yaml")
    assert caught.value.problems[0].startswith("m.yaml")
    assert said in caught.value.problems[0]
    assert not (tmp_path / "here").exists()


def test_an_alias_that_saves_writing_is_welcome(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("a: &words {yes: '1'}\nb: *words\n", encoding="utf-8")
    assert read_yaml(tmp_path / "m.yaml") == {"a": {"yes": "1"}, "b": {"yes": "1"}}


def extract(folder: Path, path: str) -> tuple[Path, Mapping]:
    (folder / "extract").mkdir()
    (folder / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder / "extract", Mapping.model_validate({"name": "test", "files": {"data": path}, "tables": {}})


@pytest.mark.parametrize("path", ["../secret.csv", "x/../../secret.csv", "/etc/passwd"])
def test_a_mapping_reads_nothing_outside_the_extract(tmp_path: Path, path: str) -> None:
    folder, mapping = extract(tmp_path, path)
    with pytest.raises(UserError, match="leads out of the extract"):
        read_files(folder, mapping)


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_a_link_out_of_the_extract_is_not_followed(tmp_path: Path, linked: str) -> None:
    folder, mapping = extract(tmp_path, "secret.csv")
    target = tmp_path / "secret.csv" if linked == "file" else tmp_path
    (folder / ("secret.csv" if linked == "file" else "further")).symlink_to(target)
    with pytest.raises(UserError, match=r"leads out of the extract|There is no file"):
        read_files(folder, mapping)


def test_a_link_within_the_extract_is_followed(tmp_path: Path) -> None:
    folder, mapping = extract(tmp_path, "data.csv")
    (folder / "data_2023.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "data.csv").symlink_to("data_2023.csv")
    assert len(read_files(folder, mapping)["data"].frame) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_extract_and_does_not_block(tmp_path: Path) -> None:
    folder, mapping = extract(tmp_path, "data.csv")
    os.mkfifo(folder / "data.csv")
    with pytest.raises(UserError):
        read_files(folder, mapping)
    with pytest.raises(UserError, match="neither a file nor a folder"):
        read_files(folder / "data.csv", mapping)


def test_a_folder_with_the_name_of_a_file_is_none(tmp_path: Path) -> None:
    folder, mapping = extract(tmp_path, "data.csv")
    (folder / "data.csv").mkdir()
    with pytest.raises(UserError):
        read_files(folder, mapping)


def test_formulas_of_the_extract_are_text_when_they_are_written_again(tmp_path: Path) -> None:
    from rechallenge.files import read_csv, write_csv

    cells = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1", "-0.5"]
    write_csv(pd.DataFrame({"cell": cells}), tmp_path / "a.csv")
    written = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.lstrip('"')[0] for line in written] == ["'"] * 6 + ["-"]
    assert read_csv(tmp_path / "a.csv", text=["cell"])["cell"].tolist() == cells
