"""Where hazards are not proportional: hazard ratios before and after, a stratified model, and a sentence."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import cox, models
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.non_proportional import rows, stratified_rows, time_split_rows
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import Covariate, StatisticsSettings

RESISTANCE = Covariate(name="resistance", reference="acquired")
AGE = Covariate(name="age", unit=10)
CUT = 3 * DAYS_PER_MONTH


def crossing(n: int = 200) -> pd.DataFrame:
    """Primary resistance: most events in the first weeks, hardly any later; acquired: all later."""
    rng = np.random.default_rng(1)
    primary = np.arange(n) % 2 == 0
    early, late = rng.uniform(1, 60, n), rng.uniform(150, 500, n) + 300 * primary
    days = np.where(primary & (rng.random(n) < 0.7), early, late)
    days = np.where(~primary & (rng.random(n) < 0.1), early, days).round()
    resistance = np.where(primary, "primary", "acquired")
    return pd.DataFrame({"days": days, "event": 1, "resistance": resistance, "age": rng.integers(40, 80, n) * 1.0})


def made(frame: pd.DataFrame, *covariates: Covariate) -> Design:
    return design(frame, covariates, 5)


def found(frame: pd.DataFrame, *covariates: Covariate) -> list[Row]:
    declared = made(frame, *covariates)
    settings = StatisticsSettings(covariates=covariates)
    return list(rows(declared, cox.fit(*models.arrays(declared)), covariates, settings))


def one(rows: list[Row], statistic: str, **keys: str) -> Row:
    (row,) = [row for row in rows if row.statistic == statistic and all(getattr(row, k) == keys[k] for k in keys)]
    return row


def test_a_ratio_that_changes_is_given_before_and_after_with_the_test_of_the_change() -> None:
    rows = found(crossing(), RESISTANCE, AGE)
    failing = one(rows, "ph_failing")
    assert (failing.estimate, failing.model) == (1, "cox_multivariable")
    said = one(rows, "ph_failing_p", term="resistance")
    assert said.p < 0.05
    assert "hazard ratios until and after 3 months are given, and a model stratified by it" in said.method
    before = one(rows, "hr", model="cox_time_split|resistance", level="primary until 3 months")
    after = one(rows, "hr", model="cox_time_split|resistance", level="primary after 3 months")
    assert before.estimate > 2 > 1 > after.estimate
    assert (before.reference, before.n) == ("acquired", 200)
    assert one(rows, "time_split_chi2").p < 0.001
    assert one(rows, "hr", model="cox_stratified|resistance").term == "age"


def test_without_a_violation_nothing_is_done_and_that_is_said() -> None:
    rng = np.random.default_rng(2)
    steady = crossing().assign(days=rng.exponential(200, 200).round() + 1)
    (row,) = found(steady, RESISTANCE)
    assert (row.statistic, row.estimate) == ("ph_failing", 0)
    assert "nothing further was done" in row.method


def test_a_number_is_split_but_makes_no_strata() -> None:
    frame = crossing().assign(score=lambda own: (own["resistance"] == "primary") * 1.0 + own["age"] / 1000)
    rows = found(frame, Covariate(name="score"))
    assert "a number makes no strata" in one(rows, "ph_failing_p").method
    assert not [row for row in rows if row.model.startswith("cox_stratified")]
    assert {row.level for row in rows if row.statistic == "hr"} == {"until 3 months", "after 3 months"}


def test_an_event_at_the_very_time_belongs_before_it_and_the_first_day_counts() -> None:
    days = [0, 30, 40, CUT, CUT, 200, 210, 220, 230, 240, 250, 260]
    resistance = ["primary", "acquired"] * 6
    frame = pd.DataFrame({"days": np.round(days, 8), "event": 1, "resistance": resistance})
    declared = made(frame, RESISTANCE)
    split = list(time_split_rows(declared, "resistance", 3, 0.95))
    # By hand: each period is a model of its own, of those at risk in it.
    early = frame.assign(event=(frame["days"] <= CUT).astype(int), days=frame["days"].clip(upper=CUT))
    late = frame[frame["days"] > CUT]
    for period, patients in (("until", early), ("after", late)):
        own = made(patients, RESISTANCE)
        expected = cox.fit(*models.arrays(own)).coef[0]
        assert one(split, "coef", level=f"primary {period} 3 months").estimate == pytest.approx(expected, abs=1e-8)


def test_a_period_without_events_of_a_class_is_said() -> None:
    frame = crossing()
    frame.loc[(frame["resistance"] == "acquired") & (frame["days"] < 100), "event"] = 0
    (row,) = time_split_rows(made(frame, RESISTANCE, AGE), "resistance", 3, 0.95)
    assert row.method == (
        "Not fitted: no event with acquired until that time, so a hazard ratio has no finite estimate."
    )
    (row,) = time_split_rows(made(crossing(), RESISTANCE), "resistance", 99, 0.95)
    assert "after that time" in row.method


def test_a_model_of_one_covariate_leaves_nothing_to_stratify() -> None:
    (row,) = stratified_rows(made(crossing(), RESISTANCE), "resistance", 0.95)
    assert row.method == "Not fitted: the model has no other covariate."
