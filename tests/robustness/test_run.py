"""Specifications run on a registry: the same patients as the whole chain, the same table whatever the shards."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.clinical.derive import derive
from rechallenge.estimates.times import classes_of, rounded
from rechallenge.files import write_csv
from rechallenge.results import read_result
from rechallenge.robustness import curve
from rechallenge.robustness.derivation import Derivations, Recent
from rechallenge.robustness.run import run
from rechallenge.robustness.specifications import shard, specifications
from rechallenge.settings.config import DEFAULT_CHOICES
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.robustness.registry import registry
from tests.support import Study

CHOICES = {
    "resistance.preset": ("index_inclusive", "sitc_2020"),
    "progression_pattern.preset": ("index", "eortc"),
    "endpoints.preset": ("primary", "new_therapy_event"),
    "re_exposure.preset": ("index", "gobbini_2020"),
    "model": ("unadjusted", "adjusted"),
}
STATISTICS = StatisticsSettings()
COVARIATES = [item.name for item in STATISTICS.covariates]


def derivations(study):
    return Derivations(lambda _: study.tables, study.frame)


def everything(study=None, choices=CHOICES, main=None, of=1, number=1, statistics=STATISTICS):
    study, main = study or registry(), main or DefinitionSettings()
    every = specifications(choices, main, "middle", [item.name for item in statistics.covariates])
    return run(shard(every, choices, number, of), derivations(study), main, "middle", statistics, choices)


@pytest.fixture(scope="module")
def whole():
    return everything()


@pytest.fixture(scope="module")
def table(whole):
    return curve.gathered([whole])


def test_in_any_order_the_patients_are_those_of_the_whole_chain():
    study, main = registry(), DefinitionSettings()
    every = specifications(CHOICES, main, "middle", COVARIATES)
    derived = derivations(study)
    for place in np.random.default_rng(1).permutation(len(every))[:6]:
        definitions = every[place].definitions(main)
        found = derived.patients(definitions, "middle", STATISTICS.covariates)
        whole = derive(study.tables, definitions, study.frame)
        pfs = whole.adtte[whole.adtte["endpoint"].eq("PFS")].set_index("patient_id")
        expected = whole.classified.set_index("patient_id").loc[pfs.index]
        assert found.days.tolist() == rounded(pfs["days"]).tolist()
        assert found.event.tolist() == pfs["event"].tolist()
        for name in COVARIATES:
            levels = [None if level != level else level for level in classes_of(expected[name])]
            assert found.columns[name].tolist() == levels


def test_patients_without_a_class_can_be_left_out_of_every_effect():
    excluding = DefinitionSettings.read({"resistance": {"preset": "sitc_2020", "unclassified": "exclude"}}, "test")
    study = registry()
    found = derivations(study).patients(excluding.resolved(), "middle", STATISTICS.covariates)
    eligible = derive(study.tables, excluding, study.frame).classified["eligible"]
    usual = derivations(study).patients(DefinitionSettings().resolved(), "middle", ())
    assert len(found.days) == eligible.sum() < len(usual.days)


@pytest.mark.parametrize("shards", [3, 8])
def test_the_number_of_shards_changes_no_byte(shards, whole, tmp_path):
    parts = [whole, *(everything(of=shards, number=number) for number in range(shards, 0, -1))]
    for at, part in enumerate(parts):
        write_csv(part, tmp_path / f"{at}.csv")
    read = [read_result("specification_curve", tmp_path / f"{at}.csv") for at in range(len(parts))]
    for name, frames in (("one", read[:1]), ("many", read[1:])):
        gathered = curve.gathered(frames)
        write_csv(gathered, tmp_path / f"{name}_table.csv")
        write_csv(pd.DataFrame(list(curve.summary(gathered, 0.95, "main"))), tmp_path / f"{name}_summary.csv")
    for kind in ("table", "summary"):
        one, many = ((tmp_path / f"{name}_{kind}.csv").read_bytes() for name in ("one", "many"))
        assert one == many


def test_every_patient_is_in_the_comparison_or_left_out(table):
    sizes = (table["n"] + table["left_out"]).groupby(table["re_exposure.preset"]).unique()
    assert all(len(found) == 1 for found in sizes)
    assert sizes["index"][0] > sizes["gobbini_2020"][0]


def test_a_specification_without_a_hazard_ratio_has_a_reason():
    few = StatisticsSettings(minimum_events=30)
    table = everything(choices={key: CHOICES[key] for key in ("re_exposure.preset", "model")}, statistics=few)
    missing = table["hr"].isna()
    assert 0 < missing.sum() < len(table)
    assert table.loc[missing, "reason"].str.endswith("events, fewer than the declared minimum of 30.").all()
    assert table.loc[~missing, "reason"].eq("").all()


def test_choices_that_do_not_matter_are_empty(table):
    unadjusted = table[table["effect"].eq("resistance") & table["model"].eq("unadjusted")]
    assert unadjusted["progression_pattern.preset"].isna().all()
    assert unadjusted["resistance.preset"].notna().all()


def test_a_pattern_that_the_study_reads_at_the_outcome_has_no_effect_and_adjusts_nothing():
    at_outcome = DefinitionSettings.read({"progression_pattern": {"preset": "index_at_rechallenge"}}, "test")
    found = everything(choices={"model": ("unadjusted", "adjusted")}, main=at_outcome).set_index(["effect", "model"])
    assert found.loc["progression_pattern", "hr"].isna().all()
    assert found.loc["progression_pattern", "reason"].str.contains("conditions on the outcome").all()
    without = StatisticsSettings.read(
        {"covariates": [item.plain() for item in STATISTICS.covariates if item.name != "progression_pattern"]}, "test"
    )
    plain = everything(choices={"model": ("adjusted",)}, statistics=without).set_index("effect")
    assert found.loc[("resistance", "adjusted"), "hr"] == plain.loc["resistance", "hr"]


def test_nobody_rechallenged_is_a_reason_and_no_failure():
    study = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-05-01",
        "patient_id assessment_date response basis\n01 2019-05-03 PD imaging",
    )
    found = everything(study, choices={"endpoints.preset": ("primary", "rwpfs"), "model": ("unadjusted", "adjusted")})
    assert found["reason"].str.startswith("No patient in the class").all()
    assert found["n"].eq(0).all()
    assert list(curve.summary(curve.gathered([found]), 0.95, "main")) == []


def test_every_default_choice_can_be_run():
    choices = {key: values[-1:] for key, values in DEFAULT_CHOICES.items()}
    assert len(everything(choices=choices)) == 3


def test_what_was_made_last_is_kept_and_no_more():
    made = []
    kept = Recent(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, lambda key=key: made.append(key) or key)
    assert made == ["a", "b", "c", "b"]
