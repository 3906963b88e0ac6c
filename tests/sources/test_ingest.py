"""From a folder of files to canonical tables: a few rows in, the expected rows out, every row accounted for."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.findings import COLUMNS
from rechallenge.sources.ingest import ACCOUNT, Ingested, to_canonical
from rechallenge.sources.mapping import Mapping, read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES, stored_names

CHECKOUT = Path(__file__).parents[2]
VOCABULARIES = Vocabularies.read(CHECKOUT / "config" / "vocabularies")
CANONICAL = read_mapping(CHECKOUT / "config" / "sources" / "canonical.yaml")
CUTOFF = dt.date(2022, 12, 31)

PATIENTS = "patient_id,last_contact_date\n1,2022-01-01\n2,2022-01-01\n"
TREATMENTS = "patient_id,drug,start_date\n1,nivolumab,2020-01-01\n"
ASSESSMENTS = "patient_id,assessment_date,response\n1,2020-06-01,PD\n"


def extract(folder: Path, **files: str) -> Path:
    contents = {"patients": PATIENTS, "treatments": TREATMENTS, "assessments": ASSESSMENTS, **files}
    for name, text in contents.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def ingest(folder: Path, mapping: Mapping = CANONICAL) -> Ingested:
    return to_canonical(read_files(folder, mapping), mapping, VOCABULARIES, "middle", CUTOFF)


def shown(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
    """Rows of some columns; missing as None, dates as text, whole numbers as such."""

    def cell(value: Any) -> object:
        if pd.isna(value):
            return None
        return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else value

    return [[cell(value) for value in row] for row in frame[list(columns)].itertuples(index=False)]


def found(made: Ingested, rule: str) -> list[list[object]]:
    rows = made.findings[made.findings["rule"] == rule]
    return shown(rows, "severity", "table", "source_row", "patient_id", "column", "value")


# --- the canonical source -----------------------------------------------------------------------------------------


def test_a_canonical_folder_needs_no_mapping(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path))
    assert shown(made.tables["patients"], "patient_id", "last_contact_date", "sex", "source_file", "source_row") == [
        ["1", "2022-01-01", None, "patients.csv", 2],
        ["2", "2022-01-01", None, "patients.csv", 3],
    ]
    assert shown(made.tables["treatments"], "drug", "drug_class", "drug_raw", "start_date", "start_date_raw") == [
        ["nivolumab", "PD-1", "nivolumab", "2020-01-01", "2020-01-01"]
    ]
    assert set(made.findings["rule"]) == {"column_absent"}


def test_every_table_has_its_stored_columns_and_dtypes(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path))
    for name in TABLES:
        assert list(made.tables[name].columns) == stored_names(name)
    assert made.tables["patients"]["death_date"].dtype == "datetime64[ns]"
    assert made.tables["lesions"].empty
    assert list(made.findings.columns) == list(COLUMNS)


def test_names_of_files_and_headers_in_any_case_and_any_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["PATIENT_ID", "Last_Contact_Date", "Sex"], [7, dt.datetime(2022, 1, 1), "男"]):
        book.active.append(line)
    book.save(tmp_path / "Patients.XLSX")
    (tmp_path / "TREATMENTS.csv").write_text("Patient_Id;Drug;Start_Date\n7;欧狄沃;2020-01\n", encoding="gb18030")
    pd.DataFrame(
        {"patient_id": ["7"], "assessment_date": pd.to_datetime(["2020-06-01"]), "response": ["PD"]}
    ).to_parquet(tmp_path / "assessments.parquet")
    made = ingest(tmp_path)
    assert shown(made.tables["patients"], "patient_id", "sex", "last_contact_date", "last_contact_date_precision") == [
        ["7", "male", "2022-01-01", "day"]
    ]
    assert shown(made.tables["treatments"], "patient_id", "drug", "start_date") == [["7", "nivolumab", "2020-01-15"]]
    assert shown(made.tables["assessments"], "patient_id", "assessment_date") == [["7", "2020-06-01"]]


def test_a_missing_table_or_required_column_stops_with_sentences(tmp_path: Path) -> None:
    extract(tmp_path, treatments="patient_id,drugs,start_date\n1,nivolumab,2020-01-01\n")
    (tmp_path / "assessments.csv").unlink()
    with pytest.raises(UserError) as caught:
        ingest(tmp_path)
    text = "\n".join(caught.value.problems)
    assert 'There is no file "assessments"' in text
    assert 'treatments.csv: the column "drug" is missing' in text
    assert 'Did you mean "drugs"?' in text


def test_an_optional_table_is_read_where_it_is_there(tmp_path: Path) -> None:
    events = "patient_id,start_date,term,ctcae_grade,immune_related\n1,2020-03-05,肺炎,Ⅲ级,是\n"
    made = ingest(extract(tmp_path, adverse_events=events))
    assert shown(made.tables["adverse_events"], "term", "ctcae_grade", "immune_related") == [["肺炎", 3.0, "yes"]]


# --- findings -----------------------------------------------------------------------------------------------------


def test_unreadable_cells_become_missing_and_are_named(tmp_path: Path) -> None:
    patients = (
        "patient_id,birth_date,sex,pd_l1_tps,last_contact_date,death_date\n"
        "1,1950-13-01,X,some,05/03/2022,\n"
        "2,9999-99-99,F,1..5,2022-01-01,2022-01\n"
    )
    made = ingest(extract(tmp_path, patients=patients))
    assert found(made, "date_unreadable") == [
        ["error", "patients", 2, "1", "last_contact_date", "05/03/2022"],
        ["warning", "patients", 2, "1", "birth_date", "1950-13-01"],
    ]
    assert found(made, "date_unknown") == [["note", "patients", 3, "2", "birth_date", "9999-99-99"]]
    assert found(made, "date_partial") == [["note", "patients", 3, "2", "death_date", "2022-01"]]
    assert found(made, "value_unknown") == [
        ["warning", "patients", 2, "1", "pd_l1_tps", "some"],
        ["warning", "patients", 2, "1", "sex", "X"],
    ]
    assert found(made, "number_unreadable") == [["warning", "patients", 3, "2", "pd_l1_tps", "1..5"]]
    assert shown(made.tables["patients"], "birth_date", "birth_date_raw", "sex", "pd_l1_tps") == [
        [None, "1950-13-01", None, None],
        [None, "9999-99-99", "female", None],
    ]


def test_a_required_word_that_is_unknown_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, assessments="patient_id,assessment_date,response\n1,2020-06-01,partial respons\n"))
    assert found(made, "value_unknown") == [["error", "assessments", 2, "1", "response", "partial respons"]]
    assert "Did you mean" in made.findings["message"].iloc[0]


def test_a_row_without_identifier_is_an_error_and_is_kept(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date\n1,2022-01-01\n NA ,2022-01-01\n"))
    assert found(made, "identifier_missing") == [["error", "patients", 3, None, "patient_id", None]]
    assert shown(made.tables["patients"], "patient_id", "source_row") == [["1", 2], [None, 3]]


def test_a_long_identifier_that_a_spreadsheet_rounded_is_an_error(tmp_path: Path) -> None:
    """Spreadsheets keep 15 digits: the identity numbers of two patients become one."""
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date\n3.20106E+17,2022-01-01\n12E5,2022-01-01\n"))
    assert found(made, "identifier_rounded") == [["error", "patients", 2, "3.20106E+17", "patient_id", "3.20106E+17"]]


def test_columns_that_nothing_uses_are_noted(tmp_path: Path) -> None:
    made = ingest(extract(tmp_path, patients="patient_id,last_contact_date,shoe size\n1,2022-01-01,43\n"))
    assert [row[-1] for row in found(made, "column_unused")] == ["shoe size"]
    unused = made.findings[made.findings["rule"].eq("column_unused")]
    assert shown(unused, "severity", "source_file") == [["note", "patients.csv"]]


# --- drugs --------------------------------------------------------------------------------------------------------


def drugs(folder: Path, text: str) -> Ingested:
    return ingest(extract(folder, treatments="patient_id,drug,start_date,modality\n" + text))


def test_a_combination_gives_one_row_per_drug(tmp_path: Path) -> None:
    made = drugs(tmp_path, "1,O药 + 多西他赛,2020-01-01,\n2,Keytruda,2020-02-01,\n")
    assert shown(made.tables["treatments"], "patient_id", "drug", "drug_class", "drug_raw", "source_row") == [
        ["1", "nivolumab", "PD-1", "O药 + 多西他赛", 2],
        ["1", "docetaxel", "chemotherapy", "O药 + 多西他赛", 2],
        ["2", "pembrolizumab", "PD-1", "Keytruda", 3],
    ]
    assert made.account.loc[made.account["table"] == "treatments", "canonical_rows"].tolist() == [3]


def test_an_unknown_drug_is_kept_and_named_with_the_nearest_entries(tmp_path: Path) -> None:
    made = drugs(tmp_path, "1,nivolumabb + docetaxel,2020-01-01,\n")
    rows = shown(made.tables["treatments"], "drug", "drug_class")
    assert sorted(rows, key=str) == [["docetaxel", "chemotherapy"], ["nivolumabb", None]]
    assert found(made, "drug_unknown") == [["error", "treatments", 2, "1", "drug", "nivolumabb + docetaxel"]]
    message = made.findings["message"].iloc[0]
    assert message.startswith('The drug "nivolumabb" is not in the drug dictionary.')
    assert "nivolumab" in message.removeprefix('The drug "nivolumabb"')


def test_local_therapy_is_not_looked_up(tmp_path: Path) -> None:
    made = drugs(tmp_path, "1,60 Gy thorax,2020-01-01,radiotherapy\n1,,2020-02-01,手术\n1,放疗,2020-03-01,\n")
    assert shown(made.tables["treatments"], "drug", "drug_class", "modality") == [
        ["60 Gy thorax", None, "radiotherapy"],
        ["surgery", None, "surgery"],
        ["放疗", None, "radiotherapy"],
    ]
    assert found(made, "drug_unknown") == []


def test_a_missing_drug_stays_missing(tmp_path: Path) -> None:
    made = drugs(tmp_path, "1,,2020-01-01,\n1,未查,2020-01-01,systemic\n")
    assert shown(made.tables["treatments"], "drug", "drug_class") == [[None, None], [None, None]]


# --- wide rows ----------------------------------------------------------------------------------------------------


WIDE: dict[str, Any] = {
    "name": "wide",
    "dates": {"formats": ["YYYY年M月D日", "YYYY.M"]},
    "files": {"sheet": "sheet.csv", "late": {"path": "late.csv", "optional": True}},
    "tables": {
        "patients": [
            {
                "file": "sheet",
                "columns": {
                    "patient_id": {"column": "编号", "pad": 4},
                    "site": {"constant": "Hospital A"},
                    "last_contact_date": {"first_of": ["死亡", "随访"]},
                    "death_date": {"column": "随访", "when": {"column": "状态", "in": ["死亡"]}},
                },
            }
        ],
        "treatments": [
            {
                "file": "sheet",
                "keep": {"column": column, "filled": True},
                "columns": {"patient_id": {"column": "编号", "pad": 4}, "drug": column, "start_date": start},
            }
            for column, start in (("首次药物", "首次日期"), ("再用药物", "再用日期"))
        ],
        "adverse_events": [{"file": "late", "columns": {"patient_id": "id"}}],
    },
    "ignore": {"sheet": ["备注"]},
}
SHEET = (
    "编号,状态,随访,死亡,首次药物,首次日期,再用药物,再用日期,备注\n"
    "7,死亡,2021年3月5日,,O药,2019年1月2日,无,,x\n"
    "12,存活,2022.3,-,K药,2020年2月3日,信迪利单抗,2021年8月1日,y\n"
)


def test_a_wide_row_gives_several_rows_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    made = ingest(tmp_path, Mapping.model_validate(WIDE))
    assert shown(made.tables["treatments"], "patient_id", "drug", "start_date", "source_row") == [
        ["0007", "nivolumab", "2019-01-02", 2],
        ["0012", "pembrolizumab", "2020-02-03", 3],
        ["0012", "sintilimab", "2021-08-01", 3],
    ]
    assert shown(made.tables["patients"], "patient_id", "site", "last_contact_date", "death_date") == [
        ["0007", "Hospital A", "2021-03-05", "2021-03-05"],
        ["0012", "Hospital A", "2022-03-15", None],
    ]
    assert shown(made.account, *ACCOUNT) == [
        ["patients", 1, "sheet", 2, 2, 0, 2],
        ["treatments", 1, "sheet", 2, 2, 0, 2],
        ["treatments", 2, "sheet", 2, 1, 1, 1],
    ]
    assert made.tables["adverse_events"].empty
    assert found(made, "column_unused") == []


def test_conditions_are_compared_like_words(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("id,s,d\n1,ＤＥＡＤ ,2020\n2,alive,2020\n3,,2020\n4,dead,\n", encoding="utf-8")

    def kept(keep: Any) -> list[str]:
        columns = {"patient_id": "id", "last_contact_date": "d"}
        blocks = {"patients": [{"file": "f", "keep": keep, "columns": columns}]}
        mapping = Mapping.model_validate({"name": "t", "files": {"f": "sheet.csv"}, "tables": blocks})
        return ingest(tmp_path, mapping).tables["patients"]["patient_id"].tolist()

    assert kept({"column": "s", "in": "dead"}) == ["1", "4"]
    assert kept({"column": "s", "not_in": ["dead"]}) == ["2", "3"]
    assert kept({"column": "s", "filled": False}) == ["3"]
    assert kept([{"column": "s", "in": "dead"}, {"column": "d", "filled": True}]) == ["1"]


def test_an_age_gives_a_year_of_birth(tmp_path: Path) -> None:
    """65 years old on 5 March 2019: born between March 1953 and March 1954, so most likely in 1953."""
    (tmp_path / "sheet.csv").write_text("id,age,day\n1,65,2019-03-05\n2,old,2019-03-05\n", encoding="utf-8")
    columns = {"patient_id": "id", "last_contact_date": "day", "birth_date": {"column": "age", "age_at": "day"}}
    mapping = Mapping.model_validate(
        {"name": "t", "files": {"f": "sheet.csv"}, "tables": {"patients": [{"file": "f", "columns": columns}]}}
    )
    made = ingest(tmp_path, mapping)
    assert shown(made.tables["patients"], "birth_date", "birth_date_precision", "birth_date_raw") == [
        ["1953-07-01", "year", "65"],
        [None, None, "old"],
    ]
    assert found(made, "number_unreadable") == [["warning", "patients", 3, "2", "birth_date", "old"]]


def test_a_year_is_no_gap_where_the_source_declares_years_only(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("id,born,seen\n1,1950,2022\n", encoding="utf-8")
    columns = {"patient_id": "id", "birth_date": {"column": "born", "formats": ["YYYY"]}, "last_contact_date": "seen"}
    mapping = Mapping.model_validate(
        {"name": "t", "files": {"f": "sheet.csv"}, "tables": {"patients": [{"file": "f", "columns": columns}]}}
    )
    assert found(ingest(tmp_path, mapping), "date_partial") == [
        ["note", "patients", 2, "1", "last_contact_date", "2022"]
    ]


# --- what must not depend on chance or size -----------------------------------------------------------------------


def test_the_same_extract_gives_the_same_tables(tmp_path: Path) -> None:
    extract(tmp_path, treatments="patient_id,drug,start_date\n2,docetaxel + K药,2020\n1,xx,2020-01\n1,O药,2019\n")
    first, second = ingest(tmp_path), ingest(tmp_path)
    for name in TABLES:
        pd.testing.assert_frame_equal(first.tables[name], second.tables[name])
    pd.testing.assert_frame_equal(first.findings, second.findings)


def test_formulas_and_markup_are_only_text(tmp_path: Path) -> None:
    patients = 'patient_id,site,last_contact_date\n=1+1,"<script>alert(1)</script>",2022-01-01\n'
    assert shown(ingest(extract(tmp_path, patients=patients)).tables["patients"], "patient_id", "site") == [
        ["=1+1", "<script>alert(1)</script>"]
    ]


def test_many_rows_are_read_at_the_cost_of_their_distinct_cells(tmp_path: Path) -> None:
    """20,000 patients with 120,000 rows; the target for 100,000 patients is 60 s."""
    random = np.random.default_rng(1)
    count = 20_000
    ids = pd.Series(np.arange(count)).astype(str)
    days = pd.Series(np.datetime64("2018-01-01") + random.integers(0, 1000, 5 * count)).dt.strftime("%Y-%m-%d")
    pd.DataFrame({"patient_id": ids, "last_contact_date": "2022-01-01", "sex": "男"}).to_csv(
        tmp_path / "patients.csv", index=False
    )
    taken = random.choice(ids, 2 * count)
    pd.DataFrame({"patient_id": taken, "drug": "O药+docetaxel", "start_date": days[: 2 * count]}).to_csv(
        tmp_path / "treatments.csv", index=False
    )
    taken = random.choice(ids, 3 * count)
    pd.DataFrame({"patient_id": taken, "assessment_date": days[: 3 * count], "response": "疾病进展"}).to_csv(
        tmp_path / "assessments.csv", index=False
    )
    start = time.process_time()
    made = ingest(tmp_path)
    assert time.process_time() - start < 12
    assert {name: len(made.tables[name]) for name in ("patients", "treatments", "assessments")} == {
        "patients": count,
        "treatments": 4 * count,
        "assessments": 3 * count,
    }
