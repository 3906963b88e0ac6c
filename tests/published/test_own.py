"""A study's own figures against one another: consistent as estimated, and each planted error found."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates.run import estimate
from rechallenge.files import read_csv, write_csv
from rechallenge.published.own import own_checks
from rechallenge.published.run import frame
from rechallenge.settings.classes import ResistanceSettings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import ATTRITION, made_up_cohort

RESISTANCE = {"main": ResistanceSettings().resolved()}


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    classified, adtte, cohort = made_up_cohort(40)
    beyond = classified["days_to_progression"] >= 182.625
    classified["resistance"] = np.where(beyond, "acquired", "primary")
    settings = StatisticsSettings()
    return estimate(
        classified, adtte, cohort, ATTRITION, settings, "main", definitions=DefinitionSettings().resolved()
    ).rows


def words(estimates: pd.DataFrame, **settings: object) -> dict[str, str]:
    own = {"main": ResistanceSettings.read(settings, "x").resolved()} if settings else RESISTANCE
    return {item.term.removeprefix("study."): item.verdict.word for item in own_checks(estimates, own, seed=1)}


def changed(estimates: pd.DataFrame, estimate_id: str, **values: float) -> pd.DataFrame:
    assert estimates["estimate_id"].eq(estimate_id).any(), estimate_id
    found = estimates.copy()
    for name, value in values.items():
        found.loc[found["estimate_id"].eq(estimate_id), name] = value
    return found


def test_the_figures_of_a_study_agree(estimates):
    found = words(estimates)
    assert set(found.values()) <= {"consistent", "not_checkable"}
    assert {"percentages", "classes_add_up", "table_1_adds_up", "flow_adds_up", "curves_add_up", "intervals"} <= set(
        found
    )
    assert found["pooled_median.PFS.rechallenge.resistance"] == "consistent"
    assert found["p_value.PFS.rechallenge.interval_treatment"] == "consistent"
    assert found["share.primary.rechallenge"] == "consistent"


def test_parts_that_leave_patients_out_do_not_make_up_the_whole(estimates):
    # The pattern is unknown in some: outside the range of the classes nothing follows.
    apart = changed(estimates, "main/PFS/rechallenge/kaplan_meier/overall/median", estimate=90.0)
    assert words(apart)["pooled_median.PFS.rechallenge.progression_pattern"] == "not_checkable"


def test_p_values_of_times_that_make_the_classes_are_not_tested(estimates):
    assert not [name for name in words(estimates) if name.startswith("p_value.PFS1")]


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("percentages", lambda e: changed(e, "main/rechallenge/resistance/acquired/percent", estimate=61.0)),
        ("classes_add_up", lambda e: changed(e, "main/rechallenge/resistance/missing", estimate=3.0)),
        ("table_1_adds_up", lambda e: changed(e, "main/rechallenge/table1/sex/missing", estimate=3.0)),
        ("flow_adds_up", lambda e: changed(e, "main/attrition/nsclc/excluded", estimate=4.0)),
        ("curves_add_up", lambda e: changed(e, "main/PFS/rechallenge/log_rank/resistance/left_out", estimate=2.0)),
        ("intervals", lambda e: changed(e, "main/PFS/rechallenge/kaplan_meier/overall/median", lower=70.0)),
        (
            "share.below_cutoff.progressed share.from_cutoff.progressed",
            lambda e: changed(e, "main/progressed/time_to_progression/months_to_progression/median", estimate=3.0),
        ),
        (
            "pooled_median.PFS1.rechallenge.resistance",
            lambda e: changed(
                changed(e, "main/PFS1/rechallenge/kaplan_meier/overall/events", estimate=40.0),  # nobody is censored
                "main/PFS1/rechallenge/kaplan_meier/overall/median",
                estimate=90.0,
                upper=np.nan,
            ),
        ),
    ],
)
def test_an_error_is_found_and_nothing_else(estimates, check: str, change: Callable[[pd.DataFrame], pd.DataFrame]):
    found = words(change(estimates))
    assert sorted(name for name, word in found.items() if word == "impossible") == check.split()


def test_a_p_value_that_does_not_belong_to_its_medians_is_improbable(estimates):
    name = "main/PFS/rechallenge/log_rank/interval_treatment/p"
    assert words(changed(estimates, name, estimate=1e-12))["p_value.PFS.rechallenge.interval_treatment"] == "improbable"


def test_a_class_counts_against_the_median_only_as_far_as_its_definition_says(estimates):
    median = "main/rechallenge/table1/months_to_progression/median"
    many = changed(estimates, "main/rechallenge/resistance/acquired/n", estimate=35.0)
    low = changed(many, median, estimate=4.0)
    assert "share.acquired.rechallenge" not in words(low)  # a response alone makes acquired resistance
    assert words(low, preset="index_literal")["share.acquired.rechallenge"] == "impossible"
    assert "share.acquired.rechallenge" not in words(low, preset="index_literal", unclassified="acquired")
    assert "share.primary.rechallenge" not in words(low, clock="last_dose")


def test_only_named_analyses_are_checked_and_rows_read_back_give_the_same(estimates, tmp_path):
    other = pd.concat(
        [estimates, estimates.assign(analysis="sensitivity_x", estimate_id="x/" + estimates["estimate_id"])]
    )
    write_csv(other, tmp_path / "estimates.csv")
    first = frame(own_checks(other, RESISTANCE, seed=1))
    again = frame(own_checks(read_csv(tmp_path / "estimates.csv"), RESISTANCE, seed=1))
    assert set(first["analysis"]) == {"main"}
    assert again["level"].tolist() == first["level"].tolist()
    assert again["method"].tolist() == first["method"].tolist()
