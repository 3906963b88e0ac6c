"""Checks of the declared model: what is private, what is said without identities, and what cannot be checked."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import model_checks
from rechallenge.estimates.functional_form import restricted_cubic
from rechallenge.estimates.model_checks import INFLUENCE_COLUMNS, RESIDUAL_COLUMNS, Checks, smoothed
from rechallenge.estimates.rows import Row, table
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

COVARIATES = (
    Covariate(name="resistance", reference="acquired"),
    Covariate(name="progression_pattern", reference="oligo"),
    Covariate(name="age", unit=10),
)


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    primary, systemic = np.arange(50) % 2 == 0, np.arange(50) % 3 == 0
    return pd.DataFrame(
        {
            "patient_id": [f"P{number}" for number in range(50)],
            "days": np.ceil(rng.exponential(300 / np.exp(0.9 * primary + 0.7 * systemic))),
            "event": (np.arange(50) % 5 > 0).astype(int),
            "entry_days": 0.0,
            "resistance": np.where(primary, "primary", "acquired"),
            "progression_pattern": np.where(systemic, "systemic", "oligo"),
            "age": rng.integers(40, 80, 50).astype(float),
        }
    )


def checked(frame: pd.DataFrame, *covariates: Covariate, **changed: object) -> Checks:
    settings = StatisticsSettings(covariates=covariates or COVARIATES, bootstraps=10).model_copy(update=changed)
    return model_checks.checks(frame, settings, PatternSettings().resolved())


def of(checks: Checks, statistic: str, term: str) -> Row:
    (row,) = [row for row in checks.rows if (row.statistic, row.term) == (statistic, term)]
    return row


def test_residuals_have_a_row_per_event_or_patient_and_lines_through_them(frame: pd.DataFrame) -> None:
    found = checked(frame).residuals
    assert tuple(found.columns) == RESIDUAL_COLUMNS
    sizes = found.groupby(["kind", "term"]).size().to_dict()
    assert sizes == {
        ("schoenfeld", "resistance"): 40, ("schoenfeld", "progression_pattern"): 40, ("schoenfeld", "age"): 40,
        ("martingale", "age"): 50,
    }  # fmt: skip
    schoenfeld = found[found["kind"] == "schoenfeld"]
    assert (schoenfeld["lower"] < schoenfeld["smooth"]).all()
    assert (schoenfeld["smooth"] < schoenfeld["upper"]).all()
    assert schoenfeld["place"].between(0, 1).all()
    martingale = found[found["kind"] == "martingale"]
    assert martingale["x"].between(40, 80).all()
    assert martingale["y"].sum() == pytest.approx(0, abs=1e-9)


def test_influence_names_patients_and_rows_do_not(frame: pd.DataFrame) -> None:
    found = checked(frame)
    assert tuple(column for column in INFLUENCE_COLUMNS if column in found.influence) == (
        "term", "level", "patient_id", "dfbeta", "dfbetas",
    )  # fmt: skip
    assert set(found.influence["patient_id"]) == set(frame["patient_id"])
    assert not table(found.rows).astype(str).apply(lambda column: column.str.contains(r"\bP\d+\b")).any().any()
    own = found.influence[found.influence["term"] == "resistance"]
    assert of(found, "largest_dfbetas", "resistance").estimate == pytest.approx(own["dfbetas"].abs().max())


def test_the_range_without_one_patient_holds_what_is_found_without_the_most_influential(frame: pd.DataFrame) -> None:
    found = checked(frame)
    own = found.influence[found.influence["term"] == "resistance"]
    most = own.loc[own["dfbetas"].abs().idxmax()]
    without = checked(frame[frame["patient_id"] != most["patient_id"]])
    alone = of(without, "leave_one_out_hr", "resistance")
    row = of(found, "leave_one_out_hr", "resistance")
    assert row.lower <= alone.estimate <= row.upper
    # dfbeta says which way, and about how far, the coefficient falls without the patient.
    fall = np.log(row.estimate) - np.log(alone.estimate)
    assert 0.3 < fall / most["dfbeta"] < 3
    p = of(found, "leave_one_out_p", "resistance")
    assert p.lower <= p.estimate <= p.upper


def test_many_patients_are_not_all_left_out(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rechallenge.estimates.influence.EACH_OF", 20)
    monkeypatch.setattr("rechallenge.estimates.influence.MOST_INFLUENTIAL", 5)
    said = of(checked(frame), "leave_one_out_hr", "resistance").method
    assert said == "lowest and highest when each of the 5 most influential patients is left out in turn"


def test_a_bend_is_found_and_a_straight_line_is_not_bent(frame: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    age = rng.uniform(40, 80, 300)
    bent = pd.DataFrame(
        {
            "patient_id": "P", "entry_days": 0.0, "event": 1, "age": age,
            "days": rng.exponential(300 / np.exp(np.abs(age - 60) / 6)).round(3),
        }
    )  # fmt: skip
    assert of(checked(bent, COVARIATES[2]), "spline_chi2", "age").p < 0.001
    assert of(checked(frame), "spline_chi2", "age").p > 0.01


def test_a_number_with_two_values_has_no_spline(frame: pd.DataFrame) -> None:
    two = frame.assign(age=np.where(np.arange(50) % 2 == 0, 50.0, 60.0), resistance=frame["progression_pattern"])
    (row,) = [row for row in checked(two, COVARIATES[2]).rows if row.statistic == "not_fitted"]
    assert row.method == "Not tested: Age has too few values for a spline."


def test_a_restricted_spline_is_straight_beyond_the_outer_knots() -> None:
    beyond = restricted_cubic(np.array([5.0, 6.0, 7.0]), [1.0, 2.0, 4.0])[:, 0]
    assert beyond[2] - beyond[1] == pytest.approx(beyond[1] - beyond[0])
    assert restricted_cubic(np.array([0.0, 1.0]), [1.0, 2.0, 4.0]).tolist() == [[0.0], [0.0]]


def test_events_at_few_times_have_no_line() -> None:
    line, half = smoothed(np.array([0.0, 0.0, 0.5, 1.0]), np.ones(4), 1.0)
    assert np.isnan(line).all()
    assert np.isnan(half).all()


def test_a_model_without_an_estimate_is_not_checked_but_firths_is_validated(frame: pd.DataFrame) -> None:
    frame.loc[frame["resistance"] == "acquired", "event"] = 0
    found = checked(frame)
    (refusal,) = [row for row in found.rows if row.model == "model_checks"]
    assert refusal.method.startswith("Proportional hazards and single patients not checked: the declared model has no")
    (apparent,) = [row for row in found.rows if row.statistic == "concordance_apparent"]
    assert "Firth's penalised model" in apparent.method
    assert found.residuals.empty
    assert found.influence.empty
    assert len(checked(frame, firth="never").rows) == 1


def test_a_pattern_of_the_outcome_is_no_covariate_here_either(frame: pd.DataFrame) -> None:
    settings = StatisticsSettings(covariates=COVARIATES, bootstraps=0)
    found = model_checks.checks(frame, settings, PatternSettings(preset="index_at_rechallenge").resolved())
    assert "progression_pattern" not in set(found.influence["term"])


@pytest.mark.parametrize("n", [0, 1, 3, 8])
def test_hardly_anybody_stops_nothing(frame: pd.DataFrame, n: int) -> None:
    found = checked(frame.iloc[:n])
    assert any(row.statistic == "not_fitted" for row in found.rows) or n == 8
    assert not [row for row in found.rows if row.statistic != "not_fitted" and np.isnan(row.estimate)]


def test_no_declared_covariate_no_check(frame: pd.DataFrame) -> None:
    settings = StatisticsSettings(covariates=())
    assert model_checks.checks(frame, settings, PatternSettings().resolved()).rows == ()
