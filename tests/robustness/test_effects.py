"""The effect of a specification is that of the results table, and says why there is none."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import kaplan_meier, logrank, models
from rechallenge.estimates.times import classes_of, time_to_event
from rechallenge.robustness.effects import NOT_ACQUIRED, contrast, effect
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from tests.estimates.cohort import made_up_cohort

LIMITS = {"confidence": 0.95, "minimum_events": 5}
COVARIATES = StatisticsSettings().covariates


@pytest.fixture(scope="module")
def frame():
    classified, adtte, _ = made_up_cohort(60)
    return time_to_event(adtte, classified, "PFS", "rechallenge").frame


def values(column: pd.Series) -> np.ndarray:
    return np.array([None if level != level else level for level in classes_of(column)], dtype=object)


def found(frame, name, compared, adjusting=()):
    days, event = (frame[column].to_numpy("float64") for column in ("days", "event"))
    return effect(days, event, values(frame[name]), compared, [values(frame[item]) for item in adjusting], **LIMITS)


def row(rows, statistic, **keys):
    chosen = [
        item for item in rows if item.statistic == statistic and all(getattr(item, k) == v for k, v in keys.items())
    ]
    assert len(chosen) == 1
    return chosen[0]


def test_unadjusted_it_is_the_univariable_model_the_log_rank_test_and_the_medians(frame):
    pattern = found(frame, "progression_pattern", ("systemic", "oligo"))
    expected = row(models.univariable(frame, [COVARIATES[1]], **LIMITS), "hr")
    assert (pattern.n, pattern.events) == (expected.n, expected.events)
    assert pattern.left_out == len(frame) - pattern.n
    assert (pattern.hr, pattern.lower, pattern.upper) == pytest.approx(
        (expected.estimate, expected.lower, expected.upper), rel=1e-7
    )
    assert pattern.p == pytest.approx(expected.p, rel=1e-7)
    test = row(logrank.rows(frame, classes_of(frame["progression_pattern"])), "p")
    assert pattern.logrank_p == pytest.approx(test.p, abs=1e-12)
    medians = [
        row(
            kaplan_meier.rows(
                frame[frame["progression_pattern"] == level], interval="log", confidence=0.95, landmarks=()
            ),
            "median",
        ).estimate
        for level in ("systemic", "oligo")
    ]
    assert pattern.median_difference == pytest.approx(medians[0] - medians[1])
    assert pattern.reason == ""


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("resistance", ("primary", "acquired")),
        ("progression_pattern", ("systemic", "oligo")),
        ("interval_treatment", ("true", "false")),
    ],
)
def test_adjusted_it_is_the_declared_model(frame, name, compared):
    others = [item.name for item in COVARIATES if item.name != name]
    adjusted = found(frame, name, compared, others)
    expected = row(models.model_rows(frame, COVARIATES, **LIMITS), "hr", term=name)
    assert (adjusted.hr, adjusted.lower, adjusted.upper, adjusted.p) == pytest.approx(
        (expected.estimate, expected.lower, expected.upper, expected.p), rel=1e-7
    )
    assert (adjusted.n, adjusted.events) == (expected.n, expected.events)


def test_a_numeric_covariate_enters_as_a_number(frame):
    covariates = [COVARIATES[0], Covariate(name="age", unit=10)]
    expected = row(models.model_rows(frame, covariates, **LIMITS), "hr", term="resistance")
    days, event, age = (frame[name].to_numpy("float64") for name in ("days", "event", "age"))
    adjusted = effect(days, event, values(frame["resistance"]), ("primary", "acquired"), [age / 10], **LIMITS)
    assert adjusted.hr == pytest.approx(expected.estimate, rel=1e-7)


def test_patients_of_other_classes_are_left_out_and_counted(frame):
    moved = frame.assign(resistance=frame["resistance"].where(frame.index >= 9, "late_progression"))
    late = found(moved, "resistance", ("primary", "acquired"))
    without = found(moved[moved["resistance"] != "late_progression"], "resistance", ("primary", "acquired"))
    assert (late.left_out, late.n) == (9, len(frame) - 9)
    assert (late.hr, late.p) == (without.hr, without.p)


def test_a_class_of_a_covariate_without_any_event_is_left_out_as_its_limit(frame):
    rare = frame["ecog_1_or_more"].astype(object).where(frame.index >= 6, "rare")
    event = frame["event"].where(frame.index >= 6, 0)
    rarely = frame.assign(ecog_1_or_more=rare, event=event)
    adjusted = found(rarely, "resistance", ("primary", "acquired"), ["ecog_1_or_more"])
    without = found(rarely[rarely.index >= 6], "resistance", ("primary", "acquired"), ["ecog_1_or_more"])
    assert adjusted.hr == without.hr
    assert adjusted.left_out == 6


def test_a_covariate_in_which_all_are_alike_adjusts_for_nothing(frame):
    alike = frame.assign(ecog_1_or_more="true")
    adjusted = found(alike, "resistance", ("primary", "acquired"), ["ecog_1_or_more"])
    assert adjusted.hr == found(alike, "resistance", ("primary", "acquired")).hr


EIGHT = "primary primary primary primary acquired acquired acquired acquired"


@pytest.mark.parametrize(
    ("classes", "event", "reason"),
    [
        (EIGHT, "1 1 1 0 1 0 0 0", "4 events, fewer than the declared minimum of 5."),
        (EIGHT.replace("acquired", "primary"), "1 1 1 1 1 1 1 1", "No patient in the class acquired."),
        (EIGHT.replace("acquired", "."), "1 1 1 1 1 1 1 1", "No patient in the class acquired."),
        (EIGHT, "1 1 1 1 1 1 1 1", "The likelihood has no single maximum: separation, or covariates that determine"),
        (EIGHT + " primary primary", "1 1 1 1 0 0 0 0 1 1", "No event in the class acquired."),
    ],
    ids=["few events", "one class", "no class", "separated", "no event in one class"],
)
def test_where_there_is_no_hazard_ratio_a_sentence_says_why(classes, event, reason):
    column = np.array([None if name == "." else name for name in classes.split()], dtype=object)
    died = np.array(event.split(), dtype=float)
    none = effect(np.arange(1.0, len(died) + 1), died, column, ("primary", "acquired"), [], **LIMITS)
    assert none.reason.startswith(reason)
    assert math.isnan(none.hr)
    assert none.n + none.left_out == len(died)


def test_a_definition_without_a_primary_class_compares_not_acquired_with_acquired():
    plain = DefinitionSettings()
    assert contrast("resistance", plain) == ("primary", "acquired")
    schoenfeld = DefinitionSettings.read({"resistance": {"preset": "schoenfeld_2021"}}, "test")
    assert contrast("resistance", schoenfeld) == NOT_ACQUIRED
    assert contrast("progression_pattern", schoenfeld) == ("systemic", "oligo")
