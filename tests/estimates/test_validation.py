"""Optimism and calibration: what is corrected, what is compared, and what cannot be."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import calibration, models, validation
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import Covariate, StatisticsSettings

RESISTANCE = Covariate(name="resistance", reference="acquired")
NOISE = tuple(Covariate(name=f"noise_{place}") for place in range(5))


def cohort(n: int, effect: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    primary = np.arange(n) % 2 == 0
    frame = pd.DataFrame(
        {
            "days": np.ceil(rng.exponential(300 / np.exp(effect * primary))),
            "event": (rng.random(n) < 0.8).astype(int),
            "resistance": np.where(primary, "primary", "acquired"),
        }
    )
    return frame.assign(entry_days=0.0, **{item.name: rng.normal(size=n) for item in NOISE})


def declared(frame: pd.DataFrame, *covariates: Covariate) -> Design:
    return design(frame, covariates or (RESISTANCE, *NOISE), 5)


def found(made: Design, **changed: object) -> list[Row]:
    return list(validation.rows(made, StatisticsSettings.model_validate({"bootstraps": 60, **changed})))


def one(rows: list[Row], statistic: str, level: str = "") -> Row:
    (row,) = [row for row in rows if (row.statistic, row.level) == (statistic, level)]
    return row


def test_noise_that_was_fitted_is_taken_off() -> None:
    rows = found(declared(cohort(40)))
    apparent, optimism = one(rows, "concordance_apparent").estimate, one(rows, "concordance_optimism").estimate
    assert one(rows, "concordance_corrected").estimate == pytest.approx(apparent - optimism)
    assert optimism > 0.02
    assert one(rows, "calibration_slope").estimate < 0.9
    assert one(rows, "bootstraps_fitted").estimate == 60


def test_many_patients_and_one_covariate_have_hardly_any_optimism() -> None:
    rows = found(declared(cohort(600), RESISTANCE), bootstraps=20)
    assert abs(one(rows, "concordance_optimism").estimate) < 0.02
    assert one(rows, "calibration_slope").estimate == pytest.approx(1, abs=0.1)


def test_the_same_seed_draws_the_same_samples() -> None:
    made = declared(cohort(40))
    first, again = (one(found(made), "concordance_corrected").estimate for _ in range(2))
    assert first == again
    assert one(found(made, seed=2), "concordance_corrected").estimate != first


def test_no_bootstrap_leaves_the_apparent_value_and_calibration() -> None:
    statistics = [row.statistic for row in found(declared(cohort(40)), bootstraps=0)]
    assert "concordance_corrected" not in statistics
    assert {"concordance_apparent", "predicted_survival", "observed_expected"} <= set(statistics)


def rare() -> Design:
    """A class of two patients: many samples have no event of it, or nobody in it."""
    frame = cohort(40).assign(event=1)
    frame["resistance"] = np.where(np.arange(40) < 2, "acquired", "primary")
    return declared(frame, RESISTANCE, NOISE[0])


def test_a_sample_without_a_class_has_the_others_and_one_that_separates_has_firths() -> None:
    time, event, x = models.arrays(rare())
    without = np.arange(2, 40)
    assert validation.fitted(time[without], event[without], x[without], penalise=False).coef[0] == 0
    event[0] = event[1] = 0
    assert validation.fitted(time, event, x, penalise=False) is None
    fit = validation.fitted(time, event, x, penalise=True)
    assert fit is not None
    assert fit.penalised
    assert np.isfinite(fit.coef).all()


def test_samples_without_an_estimate_are_counted_and_too_many_of_them_end_it() -> None:
    frame = cohort(40)
    frame["resistance"] = np.where(np.arange(40) < 1, "acquired", "primary")
    frame["event"] = np.where(np.arange(40) < 6, 1, 0)
    frame["days"] = np.arange(1.0, 41.0)
    made = declared(frame, RESISTANCE, *NOISE[:3])
    rows = found(made, firth="never")
    assert [row.statistic for row in rows if row.statistic == "not_fitted"]
    assert not [row for row in rows if row.statistic == "concordance_corrected"]


def test_few_patients_are_compared_as_many_are() -> None:
    rng = np.random.default_rng(1)
    time, event = rng.integers(1, 20, 60).astype(float), rng.integers(0, 2, 60).astype(float)
    linear = rng.integers(0, 5, 60) / 3
    assert validation.share_of_pairs(time, event, linear) == pytest.approx(concordance(time, event, linear).estimate)


def test_calibration_compares_thirds_at_the_declared_time() -> None:
    rows = found(declared(cohort(60)), bootstraps=0)
    levels = ["lowest third", "middle third", "highest third"]
    predicted = [one(rows, "predicted_survival", level).estimate for level in levels]
    assert predicted == sorted(predicted, reverse=True)
    assert sum(one(rows, "predicted_survival", level).n for level in levels) == 60
    patients = cohort(60)
    by_then = patients["event"].eq(1) & (patients["days"] <= 6 * 30.4375)
    assert (
        sum(one(rows, "predicted_survival", level).events for level in levels)
        == by_then.sum()
        < patients["event"].sum()
    )
    observed = one(rows, "observed_survival", "middle third")
    assert (observed.at, observed.confidence) == (6, 0.95)
    assert 0 <= observed.lower < observed.estimate < observed.upper <= 1
    ratio = one(rows, "observed_expected")
    whole = [one(rows, name).estimate for name in ("observed_survival", "predicted_survival")]
    assert ratio.estimate == pytest.approx((1 - whole[0]) / (1 - whole[1]))
    assert ratio.lower < ratio.estimate < ratio.upper


@pytest.mark.parametrize(("n", "groups"), [(23, 0), (24, 2), (35, 2), (36, 3)])
def test_few_patients_make_fewer_groups(n: int, groups: int) -> None:
    assert len(calibration.groups(np.linspace(0.1, 0.9, n))) == groups


def test_equal_predictions_stay_in_one_group() -> None:
    predicted = np.array([0.5] * 20 + [0.2] * 20)
    assert [(level, int(inside.sum())) for level, inside in calibration.groups(predicted)] == [
        ("lower half", 20), ("upper half", 20),
    ]  # fmt: skip
    assert calibration.groups(np.full(40, 0.5)) == []


def test_a_time_that_nobody_reaches_is_said() -> None:
    rows = found(declared(cohort(60)), bootstraps=0, calibration_months=500)
    assert one(rows, "not_fitted").method == "Calibration at 500 months not made: nobody was followed up so long."


@pytest.mark.filterwarnings("error")
def test_events_all_on_one_day_have_no_concordance_to_correct() -> None:
    frame = cohort(24).assign(days=100.0, event=1)
    rows = found(declared(frame, RESISTANCE))
    assert not [row for row in rows if row.statistic in ("concordance_corrected", "concordance_optimism")]
    assert any("no two patients can be ordered" in row.method for row in rows if row.statistic == "not_fitted")


def test_neither_corrected_nor_calibrated_are_two_sentences() -> None:
    rows = found(declared(cohort(24).assign(days=100.0, event=1), RESISTANCE), calibration_months=1000.0)
    assert len({row.estimate_id for row in rows}) == len(rows)
    assert sum(row.statistic == "not_fitted" for row in rows) == 2
