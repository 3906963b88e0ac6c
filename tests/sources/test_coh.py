"""City of Hope: 354 real patients through a mapping without code, checked against the columns of the source itself.

The data are not part of the repository. The test looks for the folder in the environment variable RECHALLENGE_COH, then
in ../shared/data/coh_ici_nsclc beside the checkout, and says so loudly where it finds neither.
"""

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from rechallenge.settings.config import read_config
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.endpoints import EndpointSettings
from rechallenge.settings.exposure import EligibilitySettings
from rechallenge.sources.drugs import DrugDictionary
from rechallenge.sources.ingest import Ingested
from rechallenge.validation.check import check
from rechallenge.validation.waivers import read_waivers

from .study import ROOT, VOCABULARIES, Derived, derive_from, ingest, mapping_of

CUTOFF = date(2022, 12, 31)
WINDOW = (date(2017, 1, 1), date(2022, 12, 31))
PLACES = [Path(place) for place in (os.environ.get("RECHALLENGE_COH"), ROOT / "../shared/data/coh_ici_nsclc") if place]
FOLDER = next((place for place in PLACES if (place / "coh_ici_nsclc.csv").is_file()), None)

needs_data = pytest.mark.skipif(
    FOLDER is None,
    reason="THE 354 REAL PATIENTS ARE NOT TESTED: no coh_ici_nsclc.csv in " + " or ".join(map(str, PLACES))
    + "; set RECHALLENGE_COH to the folder that holds it.",
)  # fmt: skip

EVERYBODY = DefinitionSettings(
    eligibility=EligibilitySettings(criteria=("ici_treated",)), endpoints=EndpointSettings(new_therapy="ignore")
)


@pytest.fixture(scope="module")
def source() -> pd.DataFrame:
    assert FOLDER is not None
    frame = pd.read_csv(FOLDER / "coh_ici_nsclc.csv")
    return frame.set_index(frame["patient_id"].astype(str))


@pytest.fixture(scope="module")
def ingested() -> Ingested:
    assert FOLDER is not None
    return ingest(FOLDER, "coh_ici_nsclc", CUTOFF)


@pytest.fixture(scope="module")
def derived(ingested: Ingested) -> Derived:
    return derive_from(ingested.tables, EVERYBODY, CUTOFF, WINDOW, progression_dates_only=True)


def days_since_1970(dates: pd.Series) -> pd.Series:
    return (dates - pd.Timestamp("1970-01-01")).dt.days.astype("float64")


def test_the_mapping_declares_that_there_are_no_scans() -> None:
    mapping = mapping_of("coh_ici_nsclc")
    assert mapping.declares.progression_dates_only
    assert not mapping.declares.simulated


def test_the_study_file_is_valid() -> None:
    config = read_config(yaml.safe_load((ROOT / "config/coh.yaml").read_text(encoding="utf-8")), "coh.yaml")
    assert config.extract.source == "coh_ici_nsclc"


@needs_data
class TestCanonicalTables:
    def test_counts(self, ingested: Ingested) -> None:
        tables = ingested.tables
        assert {name: len(table) for name, table in tables.items()} == {
            "patients": 354,
            "treatments": 356 + 65,  # two rows hold two ICIs, two hold two kinase inhibitors
            "assessments": 0,
            "lesions": 0,
            "adverse_events": 152,
        }
        assert ingested.findings.empty, ingested.findings["message"].unique()

    def test_patients_are_those_of_the_source(self, ingested: Ingested, source: pd.DataFrame) -> None:
        patients = ingested.tables["patients"].set_index("patient_id")
        assert patients["sex"].value_counts().to_dict() == {"male": 190, "female": 164}
        assert patients["smoking"].value_counts().to_dict() == {"ever": 246, "never": 108}
        assert patients["stage"].value_counts().to_dict() == {"IV": 283, "III": 40, "I_or_II": 16}
        assert patients["stage"].isna().sum() == source["Stage"].eq("No Staging Data").sum() == 15
        assert patients["histology"].value_counts().to_dict() == {
            "adenocarcinoma": 271, "squamous": 72, "nsclc_nos": 11,
        }  # fmt: skip
        assert days_since_1970(patients["last_contact_date"]).eq(source["Last.Visit"]).all()
        assert patients["death_date"].notna().eq(source["VitalStatus"].eq("Deceased")).all()
        assert patients["death_date"].notna().sum() == 207

    def test_pd_l1_keeps_its_bounds(self, ingested: Ingested, source: pd.DataFrame) -> None:
        patients = ingested.tables["patients"].set_index("patient_id")
        status = source["PD.L1.Status"]
        below = patients.loc[status.isin(["Negative"]), ["pd_l1_tps", "pd_l1_tps_qualifier"]].drop_duplicates()
        assert below.to_numpy().tolist() == [[1.0, "at_most"]]
        assert patients.loc[status.eq(">1%"), "pd_l1_tps_qualifier"].unique().tolist() == ["at_least"]
        assert patients.loc[status.isna() | status.eq("Not Reported"), "pd_l1_tps"].isna().all()
        exact = status.str.fullmatch(r"\d+%", na=False)
        assert patients.loc[exact, "pd_l1_tps"].eq(status[exact].str.rstrip("%").astype(float)).all()

    def test_two_drugs_in_a_cell_are_two_rows(self, ingested: Ingested, source: pd.DataFrame) -> None:
        treatments = ingested.tables["treatments"]
        icis = treatments[treatments["drug_class"].isin(["PD-1", "PD-L1", "CTLA-4"])]
        pairs = icis[icis.duplicated("patient_id", keep=False)].groupby("patient_id")["drug"].agg(" + ".join)
        expected = source.loc[pairs.index, "Immunotherapy.1_DrugName"].str.lower().str.replace(",", " + ")
        assert len(pairs) == 2
        assert pairs.eq(expected).all()
        assert treatments["drug_class"].notna().all()

    def test_missing_ends_stay_missing(self, ingested: Ingested, source: pd.DataFrame) -> None:
        treatments = ingested.tables["treatments"]
        first = treatments[treatments["progression_date"].notna() | ~treatments["drug_class"].eq("targeted")]
        ends = first.drop_duplicates("patient_id").set_index("patient_id")["end_date"]
        assert ends.isna().sum() == 22
        assert days_since_1970(ends).eq(source["Immunotherapy..1.End.Date"]).sum() == 332

    def test_nothing_is_invented(self, ingested: Ingested) -> None:
        treatments, patients = ingested.tables["treatments"], ingested.tables["patients"]
        for column in ("best_response", "ecog", "stop_reason", "intent"):
            assert treatments[column].isna().all(), column
        for column in ("advanced_date", "brain_metastasis", "stage_edition", "pd_l1_clone"):
            assert patients[column].isna().all(), column

    def test_the_gate_opens_with_the_shipped_waivers(self, ingested: Ingested) -> None:
        drugs = DrugDictionary.read(VOCABULARIES / "drugs.yaml").drugs
        waivers = read_waivers(ROOT / "config/coh_waivers.csv")
        checked = check(ingested.tables, ingested.findings, waivers, cutoff=CUTOFF, drug_names=drugs)
        errors = checked.violations[checked.violations["severity"].eq("error")]
        assert errors.groupby("rule")["status"].agg(list).to_dict() == {
            "dose_after_death": ["waived"],
        }
        warnings = checked.violations["rule"].value_counts()
        assert warnings["progression_on_first_day"] == 3


@needs_data
class TestEndpoints:
    def test_overall_survival_is_the_source_s_own_for_all_354(self, derived: Derived, source: pd.DataFrame) -> None:
        rows = derived.adtte[derived.adtte["endpoint"].eq("OS1") & derived.adtte["population"].eq("first_ici")]
        rows = rows.set_index("patient_id")
        assert len(rows) == 354
        assert rows["days"].eq(source["os_days_update"]).all()
        assert rows["event"].eq(source["survival_flag"]).all()

    def test_progression_free_survival_is_the_source_s_own(self, derived: Derived, source: pd.DataFrame) -> None:
        rows = derived.adtte[derived.adtte["endpoint"].eq("PFS1") & derived.adtte["population"].eq("first_ici")]
        rows, own = rows.set_index("patient_id"), source["pfs_days"].dropna()
        assert len(own) == 296
        assert rows["days"].reindex(own.index).eq(own).all()
        assert rows["event_type"].reindex(own.index).eq("progression").all()
        # Three progressions are dated on the day of the first dose; as progressions on the ICI they count, at 0 days.
        assert own.eq(0).sum() == 3

    def test_without_a_progression_pfs_ends_at_death_or_last_visit(
        self, derived: Derived, source: pd.DataFrame
    ) -> None:
        rows = derived.adtte[derived.adtte["endpoint"].eq("PFS1") & derived.adtte["population"].eq("first_ici")]
        rows = rows.set_index("patient_id")[source["pfs_days"].isna()]
        assert len(rows) == 58
        assert rows["days"].eq(source["os_days_update"].reindex(rows.index)).all()
        assert set(rows["reason"]) == {"death", "last_contact"}

    def test_below_six_months_without_a_response_is_unclassified(self, derived: Derived) -> None:
        classified = derived.classified
        days = classified["days_to_progression"]
        assert classified.loc[days < 182.625, "resistance"].unique().tolist() == ["unclassified"]
        assert classified.loc[days > 182.625, "resistance"].unique().tolist() == ["acquired"]
        assert classified.loc[days.isna(), "resistance"].isna().all()
        assert classified["best_response"].isna().all()
        assert classified.loc[days.notna(), "progression_pattern"].unique().tolist() == ["unknown"]

    def test_nobody_was_rechallenged_and_the_attrition_says_so(self, ingested: Ingested) -> None:
        study = derive_from(ingested.tables, DefinitionSettings(), CUTOFF, WINDOW, progression_dates_only=True)
        steps = study.attrition.set_index("criterion")
        assert steps.loc["extract", "remaining"] == 354
        assert steps.loc["advanced", ["excluded", "not_evaluable"]].tolist() == [71, 55]
        assert steps.loc["rechallenged", "remaining"] == 0
        assert not study.cohort["eligible"].any()
        assert study.classified["patient_id"].nunique() == study.cohort["in_first_ici"].sum() == 277
