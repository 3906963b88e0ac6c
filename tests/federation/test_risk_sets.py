"""Risk sets: what is made of patients, what leaves, and that pooling them is analysing the patients."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.disclosure.risk_sets import protect_risk_sets
from rechallenge.errors import UserError
from rechallenge.estimates import fast_cox, kaplan_meier, logrank
from rechallenge.estimates.design import design
from rechallenge.estimates.models import model_rows
from rechallenge.estimates.risk_sets import COLUMNS, counted, risk_sets
from rechallenge.estimates.times import classes_of
from rechallenge.estimates.weighted_logrank import weighted_log_rank
from rechallenge.federation.risk_sets import checked, one_stage, patients
from rechallenge.settings.release import ReleaseSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from tests.federation.hospitals import DEFINITIONS, SETTINGS, site_patients

COVARIATES = {covariate.name: covariate for covariate in SETTINGS.covariates}
EVENTS, ALL_TIMES = (ReleaseSettings(level="internal", risk_sets=kind) for kind in ("events", "all_times"))


SITES = {f"hospital {seed}": site_patients(seed, 25 + 10 * seed) for seed in range(1, 6)}


def shared(release: ReleaseSettings) -> dict[str, pd.DataFrame]:
    return {
        name: protect_risk_sets(risk_sets(adtte, classified, SETTINGS, DEFINITIONS), release)
        for name, (classified, adtte) in SITES.items()
    }


def everybody(endpoint: str) -> pd.DataFrame:
    joined = [
        adtte[adtte["endpoint"] == endpoint].merge(classified, on="patient_id").assign(site=name)
        for name, (classified, adtte) in SITES.items()
    ]
    return pd.concat(joined, ignore_index=True)


@pytest.fixture(scope="module")
def all_times() -> dict[str, pd.DataFrame]:
    return shared(ALL_TIMES)


@pytest.fixture(scope="module")
def pooled(all_times) -> pd.DataFrame:
    return pd.DataFrame([vars(row) for row in one_stage(all_times, SETTINGS, COVARIATES)])


def found(rows: pd.DataFrame, **keys: str) -> pd.Series:
    chosen = rows
    for name, value in keys.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1, keys
    return chosen.iloc[0]


def test_patients_of_a_pattern_are_counted_at_each_day_on_which_one_leaves():
    frame = pd.DataFrame({"days": [5.0, 5, 9, 5, 7], "event": [1, 0, 1, 1, 0]})
    levels = {"resistance": pd.Series(["primary", "primary", "primary", "acquired", "acquired"])}
    sets = counted(frame, levels)
    assert sets.to_numpy().tolist() == [
        ["resistance=acquired", 5.0, 2, 1, 0],
        ["resistance=acquired", 7.0, 1, 0, 1],
        ["resistance=primary", 5.0, 3, 1, 1],
        ["resistance=primary", 9.0, 1, 1, 0],
    ]


def test_on_the_days_of_events_alone_nothing_says_when_others_were_censored():
    frame = pd.DataFrame({"days": [5.0, 5, 9, 5, 7], "event": [1, 0, 1, 1, 0]})
    levels = {"resistance": pd.Series(["primary", "primary", "primary", "acquired", "acquired"])}
    keys = {"endpoint": "PFS", "population": "rechallenge", "model": "log_rank", "term": "resistance"}
    sets = protect_risk_sets(counted(frame, levels).assign(**keys)[list(COLUMNS)], EVENTS)
    assert sets["censored"].isna().all()
    assert sets[["pattern", "days", "at_risk", "events"]].to_numpy().tolist() == [
        ["resistance=acquired", 5.0, 2, 1],
        ["resistance=primary", 5.0, 3, 1],
        ["resistance=primary", 9.0, 1, 1],
    ]


@pytest.mark.parametrize("kind", ["none", "events", "all_times"])
def test_no_risk_set_leaves_at_the_level_public_or_unless_the_study_says_so(kind):
    classified, adtte = SITES["hospital 1"]
    sets = risk_sets(adtte, classified, SETTINGS, DEFINITIONS)
    assert len(sets) > 100
    assert protect_risk_sets(sets, ReleaseSettings(level="internal")).empty
    if kind != "none":
        with pytest.raises(UserError, match="days of events of single patients"):
            ReleaseSettings.read({"level": "public", "risk_sets": kind}, "study.yaml")


@pytest.mark.parametrize("endpoint", ["PFS", "OS"])
@pytest.mark.parametrize("term", ["resistance", "progression_pattern", "interval_treatment"])
def test_the_log_rank_test_from_risk_sets_is_that_of_the_pooled_patients(pooled, endpoint, term):
    frame = everybody(endpoint)
    expected = logrank.rows(frame, classes_of(frame[term]))[0]
    row = found(pooled, endpoint=endpoint, model="log_rank|one_cohort", term=term, statistic="chi2")
    assert (row["estimate"], row["p"]) == pytest.approx((expected.estimate, expected.p), abs=1e-9)
    assert (row["n"], row["events"]) == (expected.n, expected.events)
    known = classes_of(frame[term]).notna()
    own = frame[known]
    stratified = weighted_log_rank(
        own["days"].to_numpy("float64"), own["event"].to_numpy("float64"), own[term].astype(str).to_numpy(object),
        strata=own["site"].to_numpy(object),
    )  # fmt: skip
    row = found(pooled, endpoint=endpoint, model="log_rank|stratified_by_site", term=term, statistic="chi2")
    assert row["estimate"] == pytest.approx(stratified.chi2, abs=1e-9)


def test_the_multivariable_model_from_risk_sets_is_that_of_the_pooled_patients(pooled):
    frame = everybody("PFS")
    rows = model_rows(frame, SETTINGS.covariates, confidence=0.95, minimum_events=5)
    ratios = [row for row in rows if row.statistic in ("hr", "coef", "se")]
    assert len(ratios) == 12
    for row in ratios:
        keys = {"term": row.term, "level": row.level, "reference": row.reference, "statistic": row.statistic}
        own = found(pooled, endpoint="PFS", model="cox_multivariable|one_cohort", **keys)
        assert own["estimate"] == pytest.approx(row.estimate, abs=1e-6)
        if row.statistic != "se":
            assert (own["lower"], own["upper"], own["p"]) == pytest.approx((row.lower, row.upper, row.p), abs=1e-6)


def test_the_model_stratified_by_site_needs_days_of_events_only(pooled):
    wanted = {
        name: sets[sets["endpoint"].eq("PFS") & sets["model"].eq("cox_multivariable")].reset_index(drop=True)
        for name, sets in shared(EVENTS).items()
    }
    rows = pd.DataFrame([vars(row) for row in one_stage(wanted, SETTINGS, COVARIATES)])
    frame = everybody("PFS")
    made = design(frame, SETTINGS.covariates, 5)
    own = made.frame
    expected = fast_cox.fit(
        own["days"].to_numpy("float64"), own["event"].to_numpy("float64"), made.x.to_numpy("float64"),
        strata=own["site"].to_numpy(object),
    )  # fmt: skip
    for made_of in (rows, pooled):
        own = made_of[
            made_of["endpoint"].eq("PFS") & made_of["model"].eq("cox_multivariable|stratified_by_site")
        ].set_index("statistic")
        assert own.loc["coef", "estimate"].tolist() == pytest.approx(expected.coef, abs=1e-9)
        assert own.loc["se", "estimate"].tolist() == pytest.approx(expected.std_error, abs=1e-9)
    # Numbers at risk on the days of other hospitals' events are not told.
    assert not rows["model"].str.endswith("one_cohort").any()


def test_the_pooled_median_is_that_of_the_pooled_patients(pooled):
    frame = everybody("OS")
    curve = kaplan_meier.curve_of(frame, "log", 0.95)
    expected = kaplan_meier.quantile_with_limits(curve, 0.5)
    row = found(pooled, endpoint="OS", model="kaplan_meier|one_cohort", term="overall", level="", statistic="median")
    assert row["estimate"] * 30.4375 == pytest.approx(expected.estimate)
    assert row["lower"] * 30.4375 == pytest.approx(expected.lower)


def test_a_number_among_the_covariates_is_never_a_pattern():
    classified, adtte = SITES["hospital 1"]
    settings = StatisticsSettings(covariates=(*SETTINGS.covariates, Covariate(name="age")))
    sets = risk_sets(adtte, classified.assign(age=60.5), settings, DEFINITIONS)
    assert not sets["pattern"].str.contains("age").any()
    assert "cox_multivariable" not in set(sets["model"])


def test_made_up_patients_give_the_risk_sets_that_they_are_made_from():
    classified, adtte = SITES["hospital 2"]
    sets = risk_sets(adtte, classified, SETTINGS, DEFINITIONS)
    own = sets[(sets["endpoint"] == "PFS") & (sets["model"] == "log_rank") & (sets["term"] == "resistance")]
    made = patients(own)
    again = counted(made, {"resistance": made["resistance"]})
    pd.testing.assert_frame_equal(
        again, own[["pattern", "days", "at_risk", "events", "censored"]].reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize(
    ("column", "value"), [("at_risk", 1000.0), ("events", -1.0), ("events", 0.5), ("days", np.nan), ("censored", 9.0)]
)
def test_risk_sets_that_no_patients_could_give_are_refused_with_the_line(all_times, column, value):
    sets = all_times
    broken = sets["hospital 3"].astype({column: "float64"})
    broken.loc[7, column] = value
    checked(sets)
    with pytest.raises(UserError, match=r"hospital 3: risk_sets.csv, line \d+"):
        checked({**sets, "hospital 3": broken})
