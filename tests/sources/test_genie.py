"""The GENIE BPC format: small hand-made releases for each rule, and a synthetic registry for the whole."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from rechallenge.clinical.genie_pfs import READINGS, genie_pfs
from rechallenge.errors import UserError
from rechallenge.settings.config import read_config
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.drugs import DrugDictionary
from rechallenge.sources.genie import genie_tables, plain_files
from rechallenge.sources.ingest import Ingested
from rechallenge.sources.raw import RawFile
from rechallenge.tables import TEXT
from rechallenge.validation.check import check

from .study import ROOT, VOCABULARIES, Derived, derive_from, ingest, mapping_of

FILES = {
    "patient": "patient_level_dataset",
    "cancer_index": "cancer_level_dataset_index",
    "cancer_non_index": "cancer_level_dataset_non_index",
    "regimen": "regimen_cancer_level_dataset",
    "imaging": "imaging_level_dataset",
    "med_onc": "med_onc_note_level_dataset",
    "pathology": "pathology_report_level_dataset",
}
# The synthetic patients are born 1930 to 1980 and live up to 2066 on the pseudo-calendar.
CUTOFF = date(2100, 12, 31)
WINDOW = (date(1950, 1, 1), CUTOFF)


def table(text: str) -> pd.DataFrame:
    """A table written as text, cells split by |, "." missing."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    rows = [[None if cell == "." else cell for cell in line] for line in lines[1:]]
    return pd.DataFrame(rows, columns=lines[0], dtype=TEXT)


Rows = str | list[dict[str, str]]


def raw_file(name: str, rows: Rows) -> RawFile:
    """A file from a table as text, or from rows as columns and cells."""
    frame = table(rows) if isinstance(rows, str) else pd.DataFrame(rows, dtype=TEXT)
    return RawFile(
        name, frame.assign(source_file=pd.Series(f"{name}.csv", frame.index, TEXT), source_row=range(2, len(frame) + 2))
    )


PATIENT = """
record_id | institution | birth_year | naaccr_sex_code | dob_lastalive_int | hybrid_death_int
A         | MSK         | 1950       | Male            | 22500             | .
"""
CANCER = """
record_id | ca_seq | redcap_ca_index | dob_ca_dx_days | stage_dx
A         | 1      | Yes             | 22000          | Stage IV
"""
REGIMEN = {
    "record_id": "A", "ca_seq": "1", "redcap_ca_index": "Yes", "regimen_number": "1", "regimen_drugs": "Nivolumab",
    "drugs_startdt_int_1": "22030", "dx_drug_start_int_1": "30", "dx_drug_end_int_1": "100",
}  # fmt: skip
IMAGING = """
record_id | image_scan_int | image_overall
A         | 22100          | Progressing/Worsening/Enlarging
"""


def release(**files: Rows) -> dict[str, pd.DataFrame]:
    """The canonical columns of a small release; files that are not given hold patient A on nivolumab."""
    texts: dict[str, Rows] = {"patient": PATIENT, "cancer": CANCER, "regimen": [REGIMEN], "imaging": IMAGING}
    return genie_tables(plain_files({name: raw_file(name, text) for name, text in (texts | files).items()}))


def after_birth(days: int, year: int = 1950) -> pd.Timestamp:
    return pd.Timestamp(year, 1, 1) + pd.Timedelta(days=days)


class TestDates:
    def test_days_since_birth_stand_on_a_pseudo_calendar(self) -> None:
        patient = release()["patients"].iloc[0]
        assert patient["birth_date"] == pd.Timestamp("1950-01-01")
        assert patient["diagnosis_date"] == after_birth(22000)
        assert patient["last_contact_date"] == after_birth(22500)
        assert pd.isna(patient["death_date"])

    def test_an_end_counted_from_diagnosis_is_put_on_the_same_calendar(self) -> None:
        row = release()["treatments"].iloc[0]
        assert row["start_date"] == after_birth(22030)
        assert row["end_date"] == after_birth(22000 + 100)

    def test_a_missing_end_takes_the_last_administration(self) -> None:
        regimen = {"drugs_drug_1": "Nivolumab", "dx_drug_end_int_1": "", "dx_drug_end_or_lastadm_int_1": "90"}
        assert release(regimen=[REGIMEN | regimen])["treatments"].loc[0, "end_date"] == after_birth(22090)

    def test_a_count_that_is_no_number_stays_as_text_to_be_reported(self) -> None:
        patient = PATIENT.replace("22500 ", ">32485")
        assert release(patient=patient)["patients"].loc[0, "last_contact_date"] == ">32485"


class TestRegimens:
    def test_a_regimen_that_repeats_under_another_cancer_counts_once(self) -> None:
        elsewhere = {"ca_seq": "0", "redcap_ca_index": "No", "dx_drug_start_int_1": "1030", "dx_drug_end_int_1": "1100"}
        second = {"regimen_number": "2", "drugs_startdt_int_1": "22200", "dx_drug_start_int_1": "200"}
        rows = release(regimen=[REGIMEN | elsewhere, REGIMEN, REGIMEN | second])["treatments"]
        assert rows["regimen_id"].tolist() == ["1", "2"]
        assert rows["source_row"].tolist() == [3, 4], "the row of the index cancer stands"

    def test_each_drug_of_a_regimen_has_its_own_dates(self) -> None:
        pair = {
            "regimen_drugs": "Carboplatin, Nivolumab",
            "drugs_drug_1": "Nivolumab(BMS-936558, ONO-4538)",
            "drugs_drug_2": "Carboplatin(CARBO, Paraplatin)",
            "drugs_startdt_int_2": "22044",
            "dx_drug_end_int_2": "60",
        }
        rows = release(regimen=[REGIMEN | pair])["treatments"]
        assert rows["drug"].tolist() == ["Nivolumab", "Carboplatin"]
        assert rows["start_date"].tolist() == [after_birth(22030), after_birth(22044)]
        assert rows["end_date"].tolist() == [after_birth(22100), after_birth(22060)]

    def test_without_names_by_slot_the_regimen_s_own_dates_stand(self) -> None:
        pair = {
            "regimen_drugs": "Carboplatin, Nivolumab",
            "drugs_startdt_int_2": "22024",
            "dx_reg_end_all_int": "120",
        }
        row = release(regimen=[REGIMEN | pair])["treatments"].iloc[0]
        assert row["drug"] == "Carboplatin, Nivolumab"
        assert (row["start_date"], row["end_date"]) == (after_birth(22024), after_birth(22120))


class TestPatients:
    def test_the_first_index_cancer_describes_the_patient(self) -> None:
        cancer = """
record_id | ca_seq | redcap_ca_index | dob_ca_dx_days | stage_dx | naaccr_histology_cd | ca_hist_adeno_squamous
A         | 0      | No              | 15000          | Stage I  | 8500                | .
A         | 2      | Yes             | 22300          | Stage I  | 8070                | Squamous cell
A         | 1      | Yes             | 22000          | Stage IV | 8140                | .
"""
        patient = release(cancer=cancer)["patients"].iloc[0]
        assert (patient["stage"], patient["histology"]) == ("Stage IV", "8140")
        assert patient["diagnosis_date"] == after_birth(22000)

    def test_stage_iii_takes_its_letter_from_the_tumour_registry(self) -> None:
        cancer = """
record_id | ca_seq | redcap_ca_index | dob_ca_dx_days | stage_dx  | best_ajcc_stage_cd | naaccr_tnm_edition_num
A         | 1      | Yes             | 22000          | Stage III | 3B                 | 7
B         | 1      | Yes             | 22000          | Stage III | .                  | .
C         | 1      | Yes             | 22000          | Stage II  | 3A                 | 99
"""
        patient = PATIENT + "B | MSK | 1950 | Male | 22500 | .\nC | MSK | 1950 | Male | 22500 | .\n"
        rows = release(cancer=cancer, patient=patient)["patients"]
        assert rows["stage"].tolist() == ["Stage IIIB", "Stage III", "Stage II"]
        assert rows["stage_edition"].fillna("-").tolist() == ["7", "-", "-"]

    def test_later_metastasis_makes_an_early_stage_advanced(self) -> None:
        cancer = """
record_id | ca_seq | redcap_ca_index | dob_ca_dx_days | stage_dx | dmets_stage_i_iii | dx_to_dmets_days
A         | 1      | Yes             | 22000          | Stage I  | 1                 | 20
"""
        assert release(cancer=cancer)["patients"].loc[0, "advanced_date"] == after_birth(22020)

    @pytest.mark.parametrize(
        ("flag", "day", "state"),
        [("1", "10", "yes"), ("1", "30", "yes"), ("1", "31", "no"), ("0", ".", "no"), ("1", ".", None)],
    )
    def test_metastases_are_those_by_the_first_ici(self, flag: str, day: str, state: str | None) -> None:
        cancer = f"""
record_id | ca_seq | redcap_ca_index | dob_ca_dx_days | stage_dx | dmets_brain | dx_to_dmets_brain_days
A         | 1      | Yes             | 22000          | Stage IV | {flag}      | {day}
"""
        found = release(cancer=cancer)["patients"].loc[0, "brain_metastasis"]
        assert pd.isna(found) if state is None else found == state

    def test_pd_l1_is_the_last_percentage_by_the_first_ici(self) -> None:
        pathology = """
record_id | path_proc_int | pdl1_testing | pdl1_perc | pdl1_perc_2 | pdl1_sum | pdl1_test
A         | 21990         | Yes          | 5         | .           | .        | SP142
A         | 22020         | Yes          | 60        | 80          | High     | 22C3
A         | 22020         | No           | 90        | .           | .        | .
A         | 22025         | Yes          | .         | .           | High     | 22C3
A         | 22100         | Yes          | 0         | .           | .        | 22C3
"""
        patient = release(pathology=pathology)["patients"].iloc[0]
        assert (patient["pd_l1_tps"], patient["pd_l1_clone"]) == ("60", "22C3")

    def test_a_negative_summary_stands_where_no_percentage_does(self) -> None:
        pathology = """
record_id | path_proc_int | pdl1_testing | pdl1_perc | pdl1_sum
A         | 21990         | Yes          | .         | Negative
"""
        assert release(pathology=pathology)["patients"].loc[0, "pd_l1_tps"] == "Negative"


class TestAssessments:
    def test_of_several_scans_of_a_day_progression_stands(self) -> None:
        imaging = """
record_id | image_scan_int | image_overall
A         | 22100          | Improving/Responding
A         | 22100          | Progressing/Worsening/Enlarging
A         | 22100          | Stable/No change
A         | 22150.4        | Not stated/Indeterminate
A         | 22150          | Improving/Responding
A         | 22200          | .
"""
        rows = release(imaging=imaging)["assessments"]
        assert rows["response"].tolist() == [
            "Progressing/Worsening/Enlarging", "Improving/Responding", "No statement",
        ]  # fmt: skip
        assert rows["assessment_date"].tolist() == [after_birth(22100), after_birth(22150), after_birth(22200)]
        assert rows["source_row"].tolist() == [3, 6, 7]

    def test_notes_of_oncologists_are_clinical(self) -> None:
        medonc = """
record_id | md_onc_visit_int | md_ca_status
A         | 22100            | Stable/No change
"""
        rows = release(medonc=medonc)["assessments"]
        assert rows["basis"].tolist() == ["imaging", "clinical"]
        assert rows["assessment_date"].nunique() == 1

    def test_sites_mentioned_are_an_upper_bound_and_not_a_count_of_progressing_organs(self) -> None:
        imaging = """
record_id | image_scan_int | image_overall                   | image_casite1 | image_casite2 | image_casite3
A         | 22100          | Progressing/Worsening/Enlarging | C34.9         | C79.3         | C34.9
A         | 22200          | Progressing/Worsening/Enlarging | .             | .             | .
"""
        rows = release(imaging=imaging)["assessments"]
        assert rows["sites_mentioned"].fillna("-").tolist() == ["<=2", "-"]
        assert "progressing_organs" not in rows
        assert "sites_mentioned" not in mapping_of("genie_bpc").tables["assessments"][0].columns


class TestMistakes:
    def test_headers_may_be_in_any_case(self) -> None:
        """A header in capitals once lost its column without a word: every drug of the registry."""
        capitals = [{name.upper(): cell for name, cell in (REGIMEN | {"drugs_drug_1": "Nivolumab"}).items()}]
        pd.testing.assert_frame_equal(
            release(regimen=capitals)["treatments"],
            release(regimen=[REGIMEN | {"drugs_drug_1": "Nivolumab"}])["treatments"],
        )

    def test_a_missing_column_is_a_sentence(self) -> None:
        with pytest.raises(UserError) as error:
            release(imaging=IMAGING.replace("image_overall", "overall"))
        assert error.value.problems == [
            'imaging: the column "image_overall" of the GENIE BPC layout is missing.'
        ]  # fmt: skip

    def test_a_missing_file_is_a_sentence(self) -> None:
        with pytest.raises(UserError) as error:
            genie_tables({"patient": raw_file("patient", PATIENT)})
        assert [problem.split('"')[1] for problem in error.value.problems] == ["cancer", "regimen", "imaging"]


def pfs_of(regimens: str, assessments: str, patients: str) -> list[str]:
    """Status and days of i, m, i_or_m, i_and_m per regimen, from tables with days since 2020-01-01."""

    def dated(text: str, *names: str) -> pd.DataFrame:
        frame = table(text)
        origin = pd.Timestamp("2020-01-01")
        for name in names:
            frame[name] = origin + pd.to_timedelta(pd.to_numeric(frame[name].astype(object)), unit="D")
        return frame

    found = genie_pfs(
        dated(regimens, "start_date"),
        dated(assessments, "assessment_date"),
        dated(patients, "last_contact_date", "death_date"),
    )
    return [
        " ".join(f"{int(row[f'pfs_{name}_g_status'])}:{int(row[f'tt_pfs_{name}_g_days'])}" for name in READINGS)
        for row in found.to_dict("records")
    ]


class TestPfsOfTheRegistry:
    ALIVE = "patient_id | last_contact_date | death_date\n1 | 900 | ."
    DEAD = "patient_id | last_contact_date | death_date\n1 | 900 | 900"
    ONE = "patient_id | start_date\n1 | 100"
    TWO = "patient_id | start_date\n1 | 100\n1 | 300"
    SEEN = "patient_id | assessment_date | response | basis\n"
    NONE = SEEN + "1 | 50 | PD | imaging\n1 | 100 | PD | clinical\n1 | 200 | SD | imaging"

    def test_a_progression_before_or_on_the_start_does_not_count(self) -> None:
        assert pfs_of(self.ONE, self.NONE, self.ALIVE) == ["0:800 0:800 0:800 0:800"]

    def test_death_counts_without_a_next_regimen(self) -> None:
        assert pfs_of(self.ONE, self.NONE, self.DEAD) == ["1:800 1:800 1:800 1:800"]

    def test_death_does_not_count_where_there_is_a_next_regimen(self) -> None:
        assert pfs_of(self.TWO, self.NONE, self.DEAD) == ["0:200 0:200 0:200 0:200", "1:600 1:600 1:600 1:600"]

    def test_either_takes_the_earlier_and_both_the_later(self) -> None:
        seen = self.SEEN + "1 | 150 | PD | clinical\n1 | 180 | PD | imaging\n1 | 190 | PD | imaging"
        assert pfs_of(self.ONE, seen, self.ALIVE) == ["1:80 1:50 1:50 1:80"]

    def test_both_needs_both(self) -> None:
        seen = self.SEEN + "1 | 150 | PD | clinical"
        assert pfs_of(self.ONE, seen, self.ALIVE) == ["0:800 1:50 1:50 0:800"]

    def test_a_progression_on_the_day_of_the_next_regimen_is_too_late(self) -> None:
        seen = self.SEEN + "1 | 300 | PD | imaging\n1 | 299 | PD | clinical"
        assert pfs_of(self.TWO, seen, self.ALIVE) == ["0:200 1:199 1:199 0:200", "0:600 0:600 0:600 0:600"]

    def test_patients_do_not_mix(self) -> None:
        regimens = "patient_id | start_date\n1 | 100\n2 | 50"
        seen = self.SEEN + "2 | 120 | PD | imaging"
        patients = "patient_id | last_contact_date | death_date\n1 | 900 | .\n2 | 400 | ."
        assert pfs_of(regimens, seen, patients) == ["0:800 0:800 0:800 0:800", "1:70 0:350 1:70 0:350"]

    def test_no_assessment_at_all(self) -> None:
        assert pfs_of(self.ONE, self.SEEN, self.ALIVE) == ["0:800 0:800 0:800 0:800"]


# --- a synthetic registry in the layout of the release ---


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    synthetic = pytest.importorskip("geniekit.synthetic")
    data = synthetic.generate("NSCLC", 400, seed=3, genomic=False)
    target = tmp_path_factory.mktemp("genie") / "clinical_data"
    target.mkdir()
    for name, file in FILES.items():
        data.tables[name].to_csv(target / f"{file}.csv", index=False)
    return target


@pytest.fixture(scope="module")
def ingested(folder: Path) -> Ingested:
    return ingest(folder, "genie_bpc", CUTOFF)


@pytest.fixture(scope="module")
def source(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_csv(folder / f"{file}.csv", low_memory=False) for name, file in FILES.items()}


@pytest.fixture(scope="module")
def regimens(ingested: Ingested) -> pd.DataFrame:
    treatments = ingested.tables["treatments"]
    return treatments.groupby(["patient_id", "regimen_id"], sort=False)["start_date"].min().reset_index()


@pytest.fixture(scope="module")
def pfs(ingested: Ingested, regimens: pd.DataFrame) -> pd.DataFrame:
    found = genie_pfs(regimens, ingested.tables["assessments"], ingested.tables["patients"])
    return pd.concat([regimens, found], axis=1)


class TestSyntheticRegistry:
    def test_counts(self, ingested: Ingested, source: dict[str, pd.DataFrame]) -> None:
        tables = ingested.tables
        assert ingested.findings.empty
        assert len(tables["patients"]) == len(source["patient"]) == 400
        assert len(tables["treatments"]) == source["regimen"]["drugs_num"].sum()
        assert tables["treatments"]["drug_class"].notna().all()
        statements = len(source["imaging"]) + len(source["med_onc"])
        assert len(tables["assessments"]) == statements - self._same_days(source)
        assert tables["assessments"].groupby("basis")["response"].agg(lambda cells: cells.eq("PD").sum()).to_dict() == {
            "imaging": source["imaging"]["image_overall"].str.startswith("Progressing").sum(),
            "clinical": source["med_onc"]["md_ca_status"].str.startswith("Progressing").sum(),
        }

    @staticmethod
    def _same_days(source: dict[str, pd.DataFrame]) -> int:
        days = [("imaging", "image_scan_int"), ("med_onc", "md_onc_visit_int")]
        return sum(
            int(source[name].assign(day=source[name][day].round()).duplicated(["record_id", "day"]).sum())
            for name, day in days
        )

    def test_intervals_are_the_registry_s(self, ingested: Ingested, source: dict[str, pd.DataFrame]) -> None:
        treatments = ingested.tables["treatments"].drop_duplicates(["patient_id", "regimen_id"])
        treatments = treatments.set_index(["patient_id", "regimen_id"])
        own = source["regimen"].assign(regimen_id=source["regimen"]["regimen_number"].astype(int).astype(str))
        own = own.set_index(["record_id", "regimen_id"]).reindex(treatments.index)
        length = (treatments["end_date"] - treatments["start_date"]).dt.days
        assert length.eq(own["dx_drug_end_int_1"] - own["dx_drug_start_int_1"]).all()
        survival = source["patient"].set_index("record_id")
        patients = ingested.tables["patients"].set_index("patient_id")
        age = (patients["death_date"] - patients["birth_date"]).dt.days
        assert age.eq(survival["hybrid_death_int"]).sum() == survival["hybrid_death_int"].notna().sum()
        assert age.notna().eq(survival["hybrid_death_int"].notna()).all()

    def test_words_become_terms(self, ingested: Ingested, source: dict[str, pd.DataFrame]) -> None:
        patients = ingested.tables["patients"]
        assert patients["stage"].value_counts().to_dict() == {"IV": 174, "I": 94, "III": 93, "II": 39}
        smoking = source["cancer_index"]["ca_lung_cigarette"].fillna("Unknown")
        assert patients["smoking"].isna().sum() == smoking.eq("Unknown").sum()
        assert patients["smoking"].eq("never").sum() == smoking.eq("Never used").sum()
        assert set(patients["histology"].dropna()) <= {
            "adenocarcinoma", "squamous", "nsclc_nos", "nsclc_other", "small_cell",
        }  # fmt: skip
        assert patients["histology"].notna().all(), "without a category the ICD-O-3 code stands"

    def test_the_gate_opens(self, ingested: Ingested) -> None:
        drugs = DrugDictionary.read(VOCABULARIES / "drugs.yaml").drugs
        checked = check(ingested.tables, ingested.findings, cutoff=CUTOFF, drug_names=drugs)
        errors = checked.violations[checked.violations["severity"].eq("error")]
        assert errors.empty, errors[["rule", "message"]].head()

    def test_pfs_is_that_of_the_rule_followed_by_hand(
        self, ingested: Ingested, pfs: pd.DataFrame, source: dict[str, pd.DataFrame]
    ) -> None:
        expected = [
            _by_hand(row.patient_id, row.regimen_id, source) for row in pfs[["patient_id", "regimen_id"]].itertuples()
        ]
        columns = [f"{prefix}_{name}_g_{suffix}" for name in READINGS for prefix, suffix in _COLUMNS]
        found = pfs[columns].to_numpy()
        np.testing.assert_array_equal(found, np.array(expected))
        assert len(found) > 700
        assert 0 < found[:, 0].mean() < 1

    def test_pfs_is_the_registry_s_own_where_its_simulation_follows_the_rule(
        self, pfs: pd.DataFrame, source: dict[str, pd.DataFrame]
    ) -> None:
        """The synthetic columns are drawn beside the scans, and ignore the next regimen.

        Both agree for last regimens of patients for whom no progression was drawn; there every column must be equal.
        """
        cancer = source["cancer_index"]
        undrawn = (cancer["tt_pfs_i_adv_days"] - cancer["tt_os_adv_days"]).abs().lt(1e-9)
        undrawn |= cancer["tt_os_adv_days"].isna()
        own = source["regimen"].assign(regimen_id=source["regimen"]["regimen_number"].astype(int).astype(str))
        both = pfs.merge(
            own, left_on=["patient_id", "regimen_id"], right_on=["record_id", "regimen_id"], suffixes=("", "_own")
        )
        last = both.groupby("patient_id")["start_date"].transform("max").eq(both["start_date"])
        both = both[last & both["patient_id"].isin(cancer.loc[undrawn, "record_id"])]
        assert len(both) > 150
        for name in READINGS:
            for prefix, suffix in _COLUMNS:
                column = f"{prefix}_{name}_g_{suffix}"
                assert both[column].eq(both[f"{column}_own"]).all(), column

    @pytest.mark.parametrize("reading", READINGS)
    def test_the_preset_of_the_endpoints_is_the_registry_s_rule(
        self, ingested: Ingested, pfs: pd.DataFrame, reading: str
    ) -> None:
        definitions = DefinitionSettings.read(
            {
                "eligibility": {"criteria": ["ici_treated"]},
                "endpoints": {"preset": "genie_bpc", "genie_reading": reading},
            },
            "test",
        )
        study = derive_from(ingested.tables, definitions, CUTOFF, WINDOW, progression_dates_only=False)
        first = study.adtte[study.adtte["endpoint"].eq("PFS1") & study.adtte["population"].eq("first_ici")]
        both = first.merge(pfs, on=["patient_id", "start_date"])
        assert len(both) == len(first) == 138
        assert both["days"].eq(both[f"tt_pfs_{reading}_g_days"]).all()
        assert both["event"].eq(both[f"pfs_{reading}_g_status"]).all()

    def test_a_study_has_rechallenged_patients(self, ingested: Ingested) -> None:
        study: Derived = derive_from(
            ingested.tables, DefinitionSettings(), CUTOFF, WINDOW, progression_dates_only=False
        )
        assert study.attrition.set_index("criterion").loc["extract", "remaining"] == 400
        assert study.cohort["eligible"].sum() == 8
        assert study.classified["progression_pattern"].dropna().unique().tolist() == ["unknown"]


_COLUMNS = (("pfs", "status"), ("tt_pfs", "days"))


def _by_hand(record: str, regimen: str, source: dict[str, pd.DataFrame]) -> list[float]:
    """The registry's rule for one regimen, sentence by sentence, on the integers of the release."""
    patient = source["patient"].set_index("record_id").loc[record]
    regimens = source["regimen"][source["regimen"]["record_id"].eq(record)]
    start = float(regimens.loc[regimens["regimen_number"].eq(int(regimen)), "drugs_startdt_int_1"].iloc[0])
    later = [float(day) for day in regimens["drugs_startdt_int_1"] if day > start]
    following = min(later) if later else None
    records: dict[str, list[float]] = {}
    for name, table_name, day, word in (
        ("i", "imaging", "image_scan_int", "image_overall"),
        ("m", "med_onc", "md_onc_visit_int", "md_ca_status"),
    ):
        rows = source[table_name][source[table_name]["record_id"].eq(record)]
        worse = rows.loc[rows[word].str.startswith("Progressing", na=False), day].round()
        records[name] = [float(d) for d in worse if d > start and (following is None or d < following)]
    first = {name: min(days) if days else None for name, days in records.items()}
    known = [day for day in first.values() if day is not None]
    first["i_or_m"] = min(known) if known else None
    first["i_and_m"] = max(known) if len(known) == 2 else None
    result: list[float] = []
    for name in READINGS:
        event = first[name]
        if event is None and following is None and not np.isnan(patient["hybrid_death_int"]):
            event = patient["hybrid_death_int"]
        end = event if event is not None else following or patient["dob_lastalive_int"]
        result += [float(event is not None), end - start]
    return result


def test_the_study_file_is_valid() -> None:
    config = read_config(yaml.safe_load((ROOT / "config/genie.yaml").read_text(encoding="utf-8")), "genie.yaml")
    assert config.definitions.endpoints.preset == "genie_bpc"
    assert not mapping_of("genie_bpc").declares.progression_dates_only
