"""The parameters of the model are found again in a large clean draw."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.simulation.extract import identifiers, simulate
from rechallenge.simulation.parameters import Parameters, day_number
from rechallenge.simulation.sampling import NEVER

MODEL = Parameters()
CUTOFF = day_number(MODEL.follow_up.cutoff)


@pytest.fixture(scope="module")
def extract():
    return simulate(30_000, 20231201)


@pytest.fixture(scope="module")
def monotherapy(extract):
    truth = extract.truth
    return truth[truth["path"].eq("monotherapy") & (truth["first_ici_start"] < NEVER)]


@pytest.fixture(scope="module")
def rechallenged(monotherapy):
    return monotherapy[(monotherapy["rechallenge_start"] < NEVER) & monotherapy["plan"].eq("rechallenge")]


def test_response_to_the_first_ici(monotherapy):
    assert monotherapy["latent_response"].mean() == pytest.approx(0.25, abs=0.015)


@pytest.mark.parametrize(("response", "months"), [(True, 7.0), (False, 3.9)])
def test_median_time_to_progression(monotherapy, response, months):
    days = monotherapy.loc[monotherapy["latent_response"].eq(response), "latent_days_to_progression"]
    assert days.median() / DAYS_PER_MONTH == pytest.approx(months, abs=0.3)


def test_weibull_shape_of_the_first_ici(monotherapy):
    # A Weibull time has log(-log(survival)) linear in log(time); the quartiles give the slope.
    days = monotherapy.loc[~monotherapy["latent_response"], "latent_days_to_progression"]
    low, high = days.quantile([0.25, 0.75])
    slope = np.log(np.log(4) / np.log(4 / 3)) / np.log(high / low)
    assert slope == pytest.approx(MODEL.first_ici.shape, abs=0.06)


@pytest.mark.parametrize(("resistance", "oligo", "interval"), [("acquired", 0.60, 0.65), ("primary", 0.45, 0.40)])
def test_pattern_and_interval_treatment_by_class(monotherapy, resistance, oligo, interval):
    of_class = monotherapy[monotherapy["resistance"].eq(resistance)]
    assert of_class["progression_pattern"].eq("oligo").mean() == pytest.approx(oligo, abs=0.025)
    assert of_class["interval_treatment"].mean() == pytest.approx(interval, abs=0.025)


def test_shares_of_the_classes_and_the_same_ici(rechallenged):
    assert rechallenged["resistance"].eq("acquired").mean() == pytest.approx(0.55, abs=0.04)
    assert rechallenged["same_ici"].mean() == pytest.approx(0.57, abs=0.04)


def test_hazard_ratios_of_the_rechallenge(rechallenged):
    design = pd.DataFrame(
        {
            "primary": rechallenged["resistance"].eq("primary"),
            "systemic": rechallenged["progression_pattern"].eq("systemic"),
            "interval": rechallenged["interval_treatment"],
            "log_frailty": np.log(rechallenged["rechallenge_frailty"]),
            "days": rechallenged["rechallenge_latent_days"],
        }
    ).astype(float)
    ratios = np.exp(CoxPHFitter().fit(design, "days").params_)
    assert ratios["primary"] == pytest.approx(4.0, rel=0.12)
    assert ratios["systemic"] == pytest.approx(2.2, rel=0.10)
    assert ratios["interval"] == pytest.approx(0.60, rel=0.10)
    # Without the frailty, as any study must estimate them, they keep their direction and are nearer to 1.
    marginal = np.exp(CoxPHFitter().fit(design.drop(columns="log_frailty"), "days").params_)
    assert 1 < marginal["systemic"] < ratios["systemic"] + 0.05
    assert 2 < marginal["primary"] < ratios["primary"] + 0.05
    assert ratios["interval"] - 0.05 < marginal["interval"] < 1


def test_patients(extract):
    people = extract.patients
    age = (people["diagnosis"] - people["birth"]) / 365.25
    assert age.median() == pytest.approx(61, abs=0.3)
    assert age.std() == pytest.approx(8.5, abs=0.3)
    assert people["sex"].eq("male").mean() == pytest.approx(0.82, abs=0.01)
    assert people["pd_l1_tps"].isna().mean() == pytest.approx(0.57, abs=0.01)
    assert people["pd_l1_below_1"].sum() / people["pd_l1_tps"].notna().sum() == pytest.approx(0.43, abs=0.015)
    assert people["egfr"].eq("positive").sum() / people["egfr"].notna().sum() == pytest.approx(0.10, abs=0.015)
    stages = people.loc[people["group"].eq("advanced") & people["stage_edition"].eq("8"), "stage"]
    assert stages.eq("IVA").mean() == pytest.approx(0.48, abs=0.02)


def test_lost_to_follow_up(extract):
    truth = extract.truth
    lost = (truth["last_observed"] < CUTOFF) & (truth["death"] > truth["last_observed"])
    assert lost.mean() == pytest.approx(0.08, abs=0.01)


def test_no_record_after_the_end_of_observation(extract):
    last = extract.truth.set_index("patient_id")["last_observed"]
    for name, column in (("treatments", "start"), ("assessments", "day"), ("adverse_events", "day")):
        table = extract.tables()[name]
        assert (table[column] <= table["patient_id"].map(last)).all(), name
    ends = extract.treatments[extract.treatments["end"] < NEVER]
    assert (ends["end"] <= ends["patient_id"].map(last)).all()
    assert (last <= CUTOFF).all()


def test_drugs_are_given_in_the_years_that_had_them(extract):
    rows = extract.treatments[extract.treatments["intent"].eq("palliative")]
    first = rows.groupby("drug")["start"].min()
    assert first["sintilimab"] >= day_number("2019-01-01")
    assert first["tislelizumab"] >= day_number("2020-01-01")
    assert first["sugemalimab"] >= day_number("2022-01-01")


def test_the_same_ici_comes_back_after_more_than_84_days(rechallenged, extract):
    rows = extract.treatments
    same = rechallenged[rechallenged["same_ici"]].set_index("patient_id")
    first = rows[rows["phase"].eq(2) & rows["patient_id"].isin(same.index)]
    last_dose = first[first["drug"].eq(first["patient_id"].map(same["first_ici"]))].groupby("patient_id")["end"].max()
    gap = same["rechallenge_start"] - last_dose
    assert (gap > 84).all()


def test_identifiers_are_unique_and_lose_a_zero():
    made = identifiers(np.arange(300_000))
    assert len(set(made)) == 300_000
    assert all(len(text) == 8 and text.startswith("0") for text in made[:1000])


@pytest.mark.parametrize("n", [0, 9_000_001])
def test_an_impossible_number_of_patients_is_refused(n):
    with pytest.raises(ValueError, match="number of patients"):
        simulate(n, 1)


def test_many_patients_come_in_blocks(monkeypatch):
    """Identifiers stay unique over blocks, and the first block does not depend on what follows."""
    monkeypatch.setattr("rechallenge.simulation.extract.BLOCK", 40)
    one, several = simulate(40, 1), simulate(100, 1)
    assert several.patients["patient_id"].is_unique
    assert len(several.truth) == 100
    pd.testing.assert_frame_equal(several.truth.head(40), one.truth)
    assert several.treatments["patient_id"].isin(several.patients["patient_id"]).all()
