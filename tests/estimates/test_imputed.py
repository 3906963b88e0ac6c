"""Rubin's rules by hand, and the model with imputed progression patterns."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates.imputed import imputed_model
from rechallenge.estimates.missing_covariates import nelson_aalen
from rechallenge.estimates.models import model_rows
from rechallenge.estimates.rows import Row
from rechallenge.estimates.rubin import pooled
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from tests.estimates.cohort import made_up_cohort

SETTINGS = StatisticsSettings()
PATTERN = PatternSettings().resolved()


def test_rubins_rules_by_hand() -> None:
    # Within 1, between 1, total 1 + 4/3 = 7/3; share (4/3)/(7/3) = 4/7. Degrees of freedom: old 2/(4/7)^2 = 6.125,
    # observed 21/23 * 20 * 3/7 = 7.82609, together 1/(1/6.125 + 1/7.82609) = 3.43592.
    found = pooled(np.array([1.0, 2.0, 3.0]), np.ones(3), complete_df=20, confidence=0.95)
    assert found.estimate == 2
    assert found.std_error == pytest.approx(np.sqrt(7 / 3))
    assert found.missing_information == pytest.approx(4 / 7)
    assert found.df == pytest.approx(3.43592, abs=1e-5)
    from scipy.stats import t

    half = t.ppf(0.975, found.df) * np.sqrt(7 / 3)
    assert (found.lower, found.upper) == pytest.approx((2 - half, 2 + half))
    assert found.p == pytest.approx(2 * t.sf(2 / np.sqrt(7 / 3), found.df))


def test_without_variation_between_data_sets_the_error_is_that_of_one() -> None:
    found = pooled(np.full(5, 0.7), np.full(5, 0.2), complete_df=30, confidence=0.95)
    assert (found.std_error, found.missing_information) == pytest.approx((0.2, 0))
    assert found.df == pytest.approx(31 / 33 * 30)


def test_cumulative_hazard_by_hand() -> None:
    # Of four, one event at 1 (of 4 at risk), one at 2 (of 3), one at 3 (of 1); one is censored at 2.
    hazard = nelson_aalen(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0, 1.0]))
    assert hazard == pytest.approx([1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3 + 1])


def frame(n: int = 120) -> pd.DataFrame:
    classified, adtte, _ = made_up_cohort(n)
    return time_to_event(adtte, classified, "PFS", "rechallenge").frame


def found(patients: pd.DataFrame, settings: StatisticsSettings = SETTINGS, imputations: int = 5) -> list[Row]:
    return list(imputed_model(patients, settings, PATTERN, imputations))


def ratio(rows: list[Row], term: str) -> Row:
    (row,) = [row for row in rows if row.statistic == "hr" and row.term == term]
    return row


def test_nobody_is_dropped_for_a_missing_pattern_and_every_coefficient_is_pooled() -> None:
    patients = frame()
    unknown = int((patients["progression_pattern"] == "unknown").sum())
    assert unknown > 5
    rows = found(patients)
    numbers = {row.statistic: row.estimate for row in rows if not row.term}
    assert numbers == {"n": 120, "events": patients["event"].sum(), "dropped": 0, "imputed": unknown}
    terms = [row.term for row in rows if row.statistic == "hr"]
    assert terms == ["resistance", "progression_pattern", "interval_treatment", "ecog_1_or_more"]
    systemic = ratio(rows, "progression_pattern")
    assert (systemic.level, systemic.reference, systemic.n) == ("systemic", "oligo", 120)
    assert 1 < systemic.lower < systemic.estimate < systemic.upper
    assert "5 times, Rubin's rules" in systemic.method


def test_the_pooled_ratio_is_near_that_of_the_complete_cases_and_another_covariate_gains_patients() -> None:
    patients = frame(400)
    complete = model_rows(patients, SETTINGS.covariates, confidence=0.95, minimum_events=5)
    whole = ratio(list(complete), "progression_pattern")
    assert np.log(ratio(found(patients), "progression_pattern").estimate) == pytest.approx(
        np.log(whole.estimate), abs=0.2
    )


def test_the_same_seed_gives_the_same_numbers_and_another_one_does_not() -> None:
    first, again = found(frame()), found(frame())
    assert [row.estimate for row in first] == [row.estimate for row in again]
    other = found(frame(), StatisticsSettings(seed=2))
    assert ratio(other, "progression_pattern").estimate != ratio(first, "progression_pattern").estimate


def refusal(rows: list[Row]) -> str:
    assert not [row for row in rows if row.statistic == "hr"]
    (row,) = [row for row in rows if row.statistic == "not_fitted"]
    return row.method


def test_nothing_to_impute_is_said() -> None:
    known = frame().query("progression_pattern != 'unknown'")
    assert "is known; nothing is imputed" in refusal(found(known))


def test_patterns_of_one_class_are_said() -> None:
    patients = frame()
    one = patients.assign(progression_pattern=patients["progression_pattern"].replace("systemic", "oligo"))
    assert "all who have it are of one class" in refusal(found(one))


def test_a_pattern_of_the_outcome_is_refused_and_so_is_a_model_without_it() -> None:
    at_rechallenge = PatternSettings(preset="index_at_rechallenge").resolved()
    assert "part of the outcome" in refusal(list(imputed_model(frame(), SETTINGS, at_rechallenge, 5)))
    without = StatisticsSettings(covariates=(Covariate(name="resistance", reference="acquired"),))
    assert "is no covariate" in refusal(found(frame(), without))


def test_the_pattern_alone_is_imputed_from_the_outcome() -> None:
    alone = StatisticsSettings(covariates=(Covariate(name="progression_pattern", reference="oligo"),))
    assert ratio(found(frame(), alone), "progression_pattern").n == 120


def test_too_few_events_are_said() -> None:
    few = frame().assign(event=0)
    assert "events" in refusal(found(few))


@pytest.mark.parametrize(("patients", "known"), [(8, 4), (10, 3), (30, 5)])
def test_a_few_known_patterns_impute_nothing_and_stop_nothing(patients: int, known: int) -> None:
    few = frame(patients)
    pattern = np.where(np.arange(len(few)) % 2 == 0, "oligo", "systemic").astype(object)
    pattern[known:] = "unknown"
    assert refusal(found(few.assign(progression_pattern=pattern))).startswith("Not fitted: ")
