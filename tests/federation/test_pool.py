"""Five hospitals pooled: against the analysis of their patients, with what is withheld kept so."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates.models import model_rows
from rechallenge.federation.agreement import agreement, failures, warnings
from rechallenge.federation.meta_analysis import random_effects
from rechallenge.federation.pool import Federation, pool
from rechallenge.federation.sites import Site, as_released, read_site
from rechallenge.federation.study import open_federation
from rechallenge.federation.two_stage import FROM_INTERVAL, WITHHELD, site_estimates, two_stage
from rechallenge.settings.federation import FederationConfig, FederationPolicy, read_federation
from rechallenge.settings.release import ReleaseSettings
from tests.federation.hospitals import HOSPITALS, SETTINGS, hospital_patients, record, write_federation

POLICY = FederationPolicy()
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("federation")
    write_federation(folder)
    return folder


@pytest.fixture(scope="module")
def sites(home) -> list[Site]:
    return [read_site(name, home / name) for name in HOSPITALS]


def config(home: Path, **release: object) -> FederationConfig:
    values = json.loads((home / "federation.yaml").read_text(encoding="utf-8"))
    return read_federation({**values, "release": release}, "federation.yaml")


@pytest.fixture(scope="module")
def internal(home, sites) -> Federation:
    return pool(sites, config(home, level="internal"))


@pytest.fixture(scope="module")
def public(home, sites) -> Federation:
    return pool(sites, config(home))


def one(frame: pd.DataFrame, **keys: object) -> pd.Series:
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, keys
    return frame.iloc[0]


PRIMARY = {"endpoint": "PFS", "term": "resistance", "level": "primary", "reference": "acquired"}


def test_two_stage_pools_the_log_hazard_ratios_that_the_hospitals_wrote(internal, sites):
    written = [
        {
            statistic: one(site.estimates, **PRIMARY, model="cox_multivariable", statistic=statistic)["estimate"]
            for statistic in ("coef", "se")
        }
        for site in sites
    ]
    expected = random_effects(*(np.array([item[name] for item in written]) for name in ("coef", "se")))
    row = one(internal.pooled, **PRIMARY, model="two_stage|cox_multivariable", statistic="hr")
    assert row["estimate"] == pytest.approx(np.exp(expected.estimate))
    assert (row["lower"], row["upper"], row["p"]) == pytest.approx(
        (np.exp(expected.lower), np.exp(expected.upper), expected.p)
    )
    tau2 = one(internal.pooled, **PRIMARY, model="two_stage|cox_multivariable", statistic="tau2")
    assert (tau2["estimate"], tau2["upper"]) == pytest.approx(
        (expected.heterogeneity.tau2, expected.heterogeneity.tau2_upper)
    )


def test_three_hospitals_in_one_cohort_are_the_analysis_of_their_patients(internal):
    parts = [hospital_patients(name) for name in ("North", "East", "South")]
    frame = pd.concat(
        [adtte[adtte["endpoint"] == "PFS"].merge(classified, on="patient_id") for classified, adtte in parts],
        ignore_index=True,
    )
    rows = model_rows(frame, SETTINGS.covariates, confidence=0.95, minimum_events=5)
    (expected,) = [row for row in rows if row.statistic == "coef" and row.term == "resistance"]
    # West gives days of events only: it is a stratum, and of no one cohort.
    models = set(internal.pooled["model"])
    assert "cox_multivariable|stratified_by_site" in models
    assert internal.givers == {"North": True, "East": True, "South": True, "West": False}
    row = one(internal.pooled, **PRIMARY, model="cox_multivariable|one_cohort", statistic="coef")
    assert row["estimate"] == pytest.approx(expected.estimate, abs=1e-6)
    assert row["n"] == expected.n
    assert "North, East, South" in row["method"]
    assert "West" not in row["method"]


def test_two_stage_and_one_stage_lie_within_the_sampling_error_of_one_another(internal):
    stage = {
        model: one(internal.pooled, **PRIMARY, model=model, statistic="coef")["estimate"]
        for model in ("two_stage|cox_univariable", "cox_univariable|stratified_by_site")
    }
    error = one(internal.pooled, **PRIMARY, model="two_stage|cox_univariable", statistic="se")["estimate"]
    first, second = stage.values()
    assert abs(first - second) < error


def test_counts_are_summed_where_all_tell_and_bounded_where_one_withholds(internal):
    sizes = [size for _, size, _ in HOSPITALS.values()]
    counts = internal.counts
    whole = one(counts, term="attrition", level="extract", statistic="remaining")
    assert whole["estimate"] == 20 * sum(sizes)
    # North excludes 2, Centre (public) 3 and says "<5"; the others 12 each.
    excluded = one(counts, term="attrition", level="nsclc", statistic="excluded")
    assert np.isnan(excluded["estimate"])
    assert np.isnan(excluded["Centre"])
    assert (excluded["at_least"], excluded["at_most"], excluded["hospitals_telling"]) == (39, 42, 4)


def test_a_public_page_withholds_what_a_hospital_told_internally(internal, public):
    keys = {"term": "attrition", "level": "nsclc", "statistic": "excluded"}
    assert one(internal.counts, **keys)["North"] == 2
    row = one(public.counts, **keys)
    assert np.isnan(row["North"])
    assert (row["at_least"], row["at_most"], row["hospitals_telling"]) == (38, 44, 3)


def test_no_count_of_a_hospital_follows_from_the_pool_and_the_others(public):
    counts = public.counts
    names = list(HOSPITALS)
    hidden = counts[names].isna().any(axis=1)
    assert hidden.any()
    own = counts[hidden]
    assert own["estimate"].isna().all()
    # The bounds of the pool are the bounds of its parts, and leave each withheld count its whole range.
    spread = own["at_most"] - own["at_least"]
    assert ((own[names].isna().sum(axis=1) * 3 == spread) | spread.isna()).all()


def test_a_public_page_tells_no_number_at_risk_and_nothing_that_rests_on_few(internal, public):
    sets = "kaplan_meier|one_cohort"
    assert internal.pooled.loc[internal.pooled["model"].eq(sets), "statistic"].eq("at_risk").any()
    assert not public.pooled.loc[public.pooled["model"].eq(sets), "statistic"].eq("at_risk").any()
    classes = public.pooled[public.pooled["model"].eq(sets) & public.pooled["level"].ne("")]
    assert len(classes) > 10
    assert classes[["n", "events"]].isna().all(axis=None)
    told = public.pooled[["n", "events"]].stack()
    assert not told.between(1, 4).any()


def test_a_hospital_that_withholds_is_listed_with_the_reason_and_not_pooled(home, sites):
    settings = config(home).federation
    few = sites[1].estimates.copy()
    few.loc[few["model"].eq("cox_multivariable"), ["estimate", "lower", "upper"]] = np.nan
    changed = [sites[0], Site("East", few, sites[1].record, sites[1].risk_sets, {}), *sites[2:]]
    table = site_estimates(changed, settings)
    row = one(table, **PRIMARY, model="cox_multivariable", site="East")
    assert (row["used"], row["note"]) == (False, WITHHELD)
    rows = [vars(item) for item in two_stage(table, settings)]
    pooled = one(pd.DataFrame(rows), **PRIMARY, model="two_stage|cox_multivariable", statistic="hr")
    assert "4 of 5 hospitals" in pooled["method"]
    assert table.groupby("site").size().nunique() == 1


def test_a_standard_error_is_derived_from_the_interval_only_where_there_is_none(home, sites):
    settings = config(home).federation
    without = sites[1].estimates
    without = without[~without["statistic"].isin(["coef", "se"])].reset_index(drop=True)
    changed = [sites[0], Site("East", without, sites[1].record, sites[1].risk_sets, {}), *sites[2:]]
    row = one(site_estimates(changed, settings), **PRIMARY, model="cox_univariable", site="East")
    true = one(site_estimates(sites, settings), **PRIMARY, model="cox_univariable", site="East")
    assert (row["note"], true["note"]) == (FROM_INTERVAL, "")
    assert (row["coef"], row["se"]) == pytest.approx((true["coef"], true["se"]), rel=1e-6)


def test_one_hospital_alone_is_no_pool(home, sites):
    settings = config(home).federation
    nothing = sites[0].estimates.iloc[:0]
    changed = [sites[0], *(Site(site.name, nothing, site.record, site.risk_sets, {}) for site in sites[1:])]
    rows = list(two_stage(site_estimates(changed, settings), settings))
    assert rows
    assert {row.statistic for row in rows} == {"not_fitted"}
    assert rows[0].method == "Not pooled: 1 of 5 hospitals have an estimate."


def with_record(site: Site, **changes: object) -> Site:
    made = record(site.name, ReleaseSettings(level="internal"), **changes)
    return Site(site.name, site.estimates, made, site.risk_sets, site.small)


def test_hospitals_that_did_the_same_have_no_difference(sites):
    assert agreement(sites, POLICY).empty


@pytest.mark.parametrize(
    ("changes", "policy", "what"),
    [
        ({"definitions": {"resistance": {"preset": "sitc_2020"}}}, "definitions", "definitions.resistance"),
        ({"dates": {"imputation": "earliest"}}, "definitions", "dates.imputation"),
        ({"statistics": {"missing_covariates": "missing_category"}}, "models", "statistics.missing_covariates"),
        ({"statistics": {"covariates": [{"name": "resistance"}]}}, "models", "statistics.covariates"),
    ],
)
def test_other_definitions_and_models_are_refused_by_default(sites, changes, policy, what):
    found = agreement([*sites[:2], with_record(sites[2], **changes)], POLICY)
    assert set(found["policy"]) == {policy}
    assert found["what"].str.startswith(what).any()
    assert all(sentence.startswith("South and North differ in ") for sentence in failures(found))
    assert (
        agreement([*sites[:2], with_record(sites[2], **changes)], FederationPolicy(**{policy: "ignore"}))["action"]
        .eq("ignore")
        .all()
    )


def test_another_cut_off_is_said_and_pooled(sites):
    study = {"cutoff": "2021-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}}
    found = agreement([sites[0], with_record(sites[1], study=study)], POLICY)
    assert failures(found) == []
    assert warnings(found) == [
        "East and North differ in study.cutoff; their follow-up ends, or their patients enter, at other times."
    ]


def test_one_extract_cannot_stand_for_two_hospitals(sites):
    again = Site("Copy", sites[0].estimates, sites[0].record, sites[0].risk_sets, {})
    policy = FederationPolicy(definitions="ignore", models="ignore")
    assert failures(agreement([*sites, again], policy)) == [
        "Copy and North have the same extract; one extract cannot stand for two hospitals: take one of them out, or "
        "correct a path."
    ]


def test_every_folder_and_file_that_is_missing_is_said_at_once(tmp_path):
    file = write_federation(tmp_path)
    (tmp_path / "East" / "estimates.csv").unlink()
    values = json.loads(file.read_text(encoding="utf-8"))
    values["federation"]["sites"].append({"name": "Nowhere", "path": "nowhere"})
    with pytest.raises(UserError) as caught:
        open_federation(values, [str(file)], CHECKOUT)
    assert len(caught.value.problems) == 2
    assert 'East: the folder "East" has no estimates.csv' in caught.value.problems[0]
    assert 'Nowhere: there is no folder "nowhere"' in caught.value.problems[1]


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        ([{"name": "A", "path": "a"}, {"name": "A", "path": "b"}], 'two hospitals have the name "A"'),
        ([{"name": "A", "path": "a"}, {"name": "B", "path": "a"}], 'two hospitals have the path "a"'),
        ([{"name": "A", "path": "a"}], "at least 2"),
    ],
)
def test_each_hospital_is_named_once_and_there_are_two(sites, said):
    with pytest.raises(UserError, match=said):
        read_federation({"federation": {"sites": sites}}, "federation.yaml")


def test_a_number_of_patients_from_risk_sets_is_told_only_where_every_hospital_tells_its_own(home, sites):
    settings = config(home)
    shown = [as_released(site, settings.release) for site in sites]
    hidden = {
        (row.endpoint, row.model, row.term if row.model != "cox_multivariable" else "")
        for site in shown[:4]
        for row in site.estimates.itertuples(index=False)
        if row.statistic == "hr" and (np.isnan(row.n) or np.isnan(row.events))
    }
    assert hidden
    told = pool(sites, settings).pooled
    own = told[
        told["model"].str.contains("|one_cohort", regex=False) | told["model"].str.contains("|strat", regex=False)
    ]
    own = own[own["statistic"].eq("hr") & own["n"].notna()]
    assert len(own)
    keys = {
        (row.endpoint, row.model.partition("|")[0], row.term if not row.model.startswith("cox_multi") else "")
        for row in own.itertuples(index=False)
    }
    assert not keys & hidden
