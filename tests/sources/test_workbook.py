"""The example workbook: one wide Chinese row per patient becomes the canonical tables, by a mapping alone."""

import importlib.util
import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import openpyxl
import pandas as pd
import pytest
import yaml

from rechallenge.settings.config import read_config
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.drugs import DrugDictionary
from rechallenge.sources.ingest import Ingested
from rechallenge.validation.check import check

from .study import ROOT, VOCABULARIES, Derived, derive_from, ingest, mapping_of

WORKBOOK = ROOT / "data/workbook/ici_rechallenge.xlsx"
CUTOFF = date(2022, 12, 31)
WINDOW = (date(2016, 3, 1), date(2022, 12, 31))


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_workbook", ROOT / "scripts/make_workbook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_workbook"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ingested() -> Ingested:
    return ingest(WORKBOOK, "workbook_zh", CUTOFF)


@pytest.fixture(scope="module")
def derived(ingested: Ingested) -> Derived:
    return derive_from(ingested.tables, DefinitionSettings(), CUTOFF, WINDOW, progression_dates_only=True)


def of(frame: pd.DataFrame, patient_id: str) -> pd.DataFrame:
    rows = frame[frame["patient_id"].eq(patient_id)]
    assert len(rows), f"no row of {patient_id}"
    return rows.reset_index(drop=True)


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


class TestGenerator:
    def test_the_shipped_workbook_is_what_the_script_writes(self, maker: ModuleType, tmp_path: Path) -> None:
        maker.main(["--out", str(tmp_path / "again.xlsx")])
        assert (tmp_path / "again.xlsx").read_bytes() == WORKBOOK.read_bytes()

    def test_another_seed_gives_other_patients(self, maker: ModuleType, tmp_path: Path) -> None:
        maker.main(["--seed", "7", "--out", str(tmp_path / "other.xlsx")])
        assert (tmp_path / "other.xlsx").read_bytes() != WORKBOOK.read_bytes()

    def test_the_dirt_of_a_hospital_workbook_is_in_it(self) -> None:
        sheet = openpyxl.load_workbook(WORKBOOK).active
        cells = [cell for row in sheet.iter_rows(min_row=4, values_only=True) for cell in row if cell is not None]
        texts = [cell for cell in cells if isinstance(cell, str)]
        assert any(isinstance(cell, datetime) for cell in cells)
        assert any(isinstance(cell, int) and 20150101 <= cell <= 20221231 for cell in cells)
        for style in (r"\d{4}/\d+/\d+", r"\d{4}\.\d+\.\d+", r"\d{4}年\d+月\d+日", r"\d{4}年\d+月"):
            assert pd.Series(texts).str.fullmatch(style).any(), style
        for word in ("多发", "≥3", "未查", "O药", "ⅢB"):
            assert word in texts
        assert len(sheet.merged_cells.ranges) == 7  # title, five groups, remarks
        assert {type(row[0]) for row in sheet.iter_rows(min_row=4, values_only=True)} == {str, int}


def test_the_mapping_declares_that_there_are_progression_dates_only() -> None:
    assert mapping_of("workbook_zh").declares.progression_dates_only


def test_the_study_file_is_valid() -> None:
    config = read_config(yaml.safe_load((ROOT / "config/workbook.yaml").read_text(encoding="utf-8")), "workbook.yaml")
    assert (ROOT / "config" / config.extract.path).resolve() == WORKBOOK.resolve()


class TestCanonicalTables:
    def test_counts(self, ingested: Ingested) -> None:
        account = ingested.account.set_index(["table", "block"])
        assert account["rows_read"].eq(45).all()
        assert account["canonical_rows"].to_dict() == {
            ("patients", 1): 45,
            ("treatments", 1): 53,  # 45 first ICIs; four of them with two more drugs in the cell
            ("treatments", 2): 33,
            ("treatments", 3): 10,
            ("treatments", 4): 85,
            ("assessments", 1): 40,
            ("assessments", 2): 39,
        }

    def test_only_partial_dates_are_remarked(self, ingested: Ingested) -> None:
        assert ingested.findings["rule"].unique().tolist() == ["date_partial"]
        assert ingested.findings["severity"].unique().tolist() == ["note"]

    def test_a_wide_row_becomes_a_course(self, ingested: Ingested) -> None:
        """Row 4: camrelizumab, docetaxel, then pembrolizumab with bevacizumab."""
        patient = of(ingested.tables["patients"], "0486512").iloc[0]
        assert patient["histology"] == "squamous"
        assert (patient["stage"], patient["stage_edition"]) == ("IVA", "8")
        assert (patient["sex"], patient["smoking"], patient["egfr"]) == ("male", "never", "negative")
        assert pd.isna(patient["pd_l1_tps"])
        assert (patient["birth_date"], patient["birth_date_precision"]) == (day("1959-07-01"), "year")
        assert patient["death_date"] == patient["last_contact_date"] == day("2019-07-01")
        assert patient["source_row"] == 4
        treatments = of(ingested.tables["treatments"], "0486512")
        assert treatments["drug"].tolist() == ["camrelizumab", "docetaxel", "pembrolizumab", "bevacizumab"]
        assert treatments["start_date"].tolist() == [
            day("2018-08-06"), day("2018-11-05"), day("2019-03-30"), day("2019-03-30"),
        ]  # fmt: skip
        assert treatments["end_date"].tolist() == [
            day("2018-09-17"), day("2019-02-20"), day("2019-05-22"), day("2019-05-22"),
        ]  # fmt: skip
        assert treatments["stop_reason"].iloc[0] == "progression"
        assert treatments["best_response"].tolist()[:1] == ["PD"]
        assert treatments["ecog"].tolist()[2:] == [2.0, 2.0]
        scans = of(ingested.tables["assessments"], "0486512")
        assert scans["assessment_date"].tolist() == [day("2018-10-09"), day("2019-06-02")]
        assert scans["response"].tolist() == ["PD", "PD"]
        assert scans["progressing_lesions"].iloc[0] == 6
        assert pd.isna(scans["progressing_lesions"].iloc[1])

    def test_words_for_counts_keep_what_they_say(self, ingested: Ingested) -> None:
        """Row 12: 多发 is at least three; a TPS of 1-49% is a range; ablation is local therapy."""
        scan = of(ingested.tables["assessments"], "0319201").iloc[0]
        assert (scan["progressing_lesions"], scan["progressing_lesions_qualifier"]) == (3.0, "at_least")
        patient = of(ingested.tables["patients"], "0319201").iloc[0]
        assert (patient["pd_l1_tps"], patient["pd_l1_tps_qualifier"]) == (1.0, "range")
        treatments = of(ingested.tables["treatments"], "0319201").set_index("modality")
        assert treatments.loc["ablation", "start_date"] == day("2019-07-04")
        assert pd.isna(treatments.loc["ablation", "drug_class"])

    def test_an_identifier_that_lost_its_zero_gets_it_back(self, ingested: Ingested) -> None:
        sheet = openpyxl.load_workbook(WORKBOOK).active
        assert sheet["A20"].value == 894941
        assert of(ingested.tables["patients"], "0894941").loc[0, "source_row"] == 20

    def test_a_percent_cell_is_percent(self, ingested: Ingested) -> None:
        sheet = openpyxl.load_workbook(WORKBOOK).active
        assert sheet["J8"].value == 0.05
        assert of(ingested.tables["patients"], "0430706").loc[0, "pd_l1_tps"] == 5.0

    def test_the_gate_opens(self, ingested: Ingested) -> None:
        drugs = DrugDictionary.read(VOCABULARIES / "drugs.yaml").drugs
        checked = check(ingested.tables, ingested.findings, cutoff=CUTOFF, drug_names=drugs)
        assert checked.violations["severity"].isin(["warning", "note"]).all()


class TestStudy:
    def test_thirty_one_of_forty_five_are_eligible_and_the_others_have_a_reason(self, derived: Derived) -> None:
        assert len(derived.cohort) == 45
        assert derived.cohort["eligible"].sum() == 31
        assert derived.cohort["excluded_by"].value_counts().to_dict() == {
            "index_progression": 5,  # three never progressed, two restarted after toxicity
            "first_ici_monotherapy": 4,
            "rechallenged": 2,
            "nsclc": 1,
            "advanced": 1,
            "no_prior_ici": 1,
        }

    def test_a_course_is_classified(self, derived: Derived) -> None:
        """Row 4: PD 64 days after the start, six lesions; docetaxel; progression again 64 days after rechallenge."""
        row = of(derived.classified, "0486512").iloc[0]
        assert row["first_ici_drug"] == "camrelizumab"
        assert row["days_to_progression"] == (date(2018, 10, 9) - date(2018, 8, 6)).days == 64
        assert (row["resistance"], row["progression_pattern"]) == ("primary", "systemic")
        assert row["interval_treatment"] == "true"
        assert row["rechallenge_start"] == day("2019-03-30")
        pfs = of(derived.adtte[derived.adtte["endpoint"].eq("PFS")], "0486512").iloc[0]
        assert (pfs["days"], pfs["event"], pfs["event_type"]) == (64.0, 1, "progression")
        survival = of(derived.adtte[derived.adtte["endpoint"].eq("OS")], "0486512").iloc[0]
        assert (survival["days"], survival["event"]) == (93.0, 1)

    def test_without_progression_pfs_is_censored_at_last_contact(self, derived: Derived) -> None:
        """Row 41: rechallenged on 21 August 2021, no progression, alive on 27 December 2022."""
        pfs = of(derived.adtte[derived.adtte["endpoint"].eq("PFS")], "0619120").iloc[0]
        assert (pfs["days"], pfs["event"], pfs["reason"]) == (493.0, 0, "last_contact")
        row = of(derived.classified, "0619120").iloc[0]
        assert (row["best_response"], row["resistance"]) == ("PR", "acquired")
