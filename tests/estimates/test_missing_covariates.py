"""What becomes of patients without a covariate: a class of their own, or imputed values."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import cox
from rechallenge.estimates.missing_covariates import imputed_frames, missing_counts, nelson_aalen, with_category
from rechallenge.estimates.rechallenge_models import prepared, rows
from rechallenge.estimates.rows import Row
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

PATTERN = Covariate(name="progression_pattern", reference="oligo")
SMOKING = Covariate(name="smoking", reference="never")
AGE = Covariate(name="age", unit=10)
COVARIATES = (PATTERN, SMOKING, AGE)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Eighty patients; systemic progression shortens the time; some lack each of the three covariates."""
    rng = np.random.default_rng(3)
    systemic = np.arange(80) % 2 == 0
    made = pd.DataFrame(
        {
            "patient_id": [f"P{number}" for number in range(80)],
            "days": np.ceil(rng.exponential(300 / np.exp(1.2 * systemic))),
            "event": (np.arange(80) % 5 > 0).astype(int),
            "progression_pattern": np.where(systemic, "systemic", "oligo"),
            "smoking": np.array(["never", "former", "current"])[np.arange(80) % 3],
            "age": rng.integers(40, 80, 80).astype(float),
            "rechallenge_type": "monotherapy",
            "local_therapy_at_progression": np.where(np.arange(80) % 4 == 0, "true", "false"),
        }
    )
    made.loc[[3, 10, 17, 24], "progression_pattern"] = ["unknown", "unknown", None, None]
    made.loc[[6, 10, 16], "smoking"] = None
    made.loc[[1, 2], "age"] = np.nan
    return made


def settings(**changed: object) -> StatisticsSettings:
    return StatisticsSettings.model_validate({"covariates": [item.plain() for item in COVARIATES], **changed})


def found(frame: pd.DataFrame, **changed: object) -> list[Row]:
    return [
        row
        for row in rows(frame, settings(**changed), PatternSettings().resolved())
        if row.model == "cox_multivariable"
    ]


def one(found: list[Row], statistic: str, **keys: str) -> Row:
    (row,) = [
        row for row in found if row.statistic == statistic and all(getattr(row, key) == keys[key] for key in keys)
    ]
    return row


def test_missing_values_are_counted_unknown_ones_too(frame: pd.DataFrame) -> None:
    assert missing_counts(frame, COVARIATES) == {"progression_pattern": 4, "smoking": 3, "age": 2}


def test_complete_cases_leave_out_whoever_lacks_anything(frame: pd.DataFrame) -> None:
    dropped = one(found(frame), "dropped")
    assert (dropped.estimate, dropped.n) == (8, 72)
    assert dropped.method == "without all covariates: left out of the model"


def test_missing_classes_are_a_class_of_their_own_with_a_hazard_ratio(frame: pd.DataFrame) -> None:
    rows = found(frame, missing_covariates="missing_category")
    assert one(rows, "hr", term="progression_pattern", level="missing").reference == "oligo"
    assert one(rows, "n", term="smoking", level="missing").estimate == 3
    dropped = one(rows, "dropped")
    assert dropped.estimate == 2
    assert "without a number, which has no such class: left out" in dropped.method


def test_the_missing_are_never_the_reference(frame: pd.DataFrame) -> None:
    undeclared = Covariate(name="smoking")
    renamed = frame.assign(smoking=frame["smoking"].replace({"former": "other", "current": "x"}))
    filled = with_category(renamed, [undeclared])
    rows = prepared(filled, [undeclared], settings()).model("cox_univariable", [undeclared])
    assert {row.reference for row in rows if row.statistic == "hr"} == {"never"}


def test_every_missing_value_is_imputed_with_one_that_occurs_and_no_other_is_changed(frame: pd.DataFrame) -> None:
    drawn = imputed_frames(frame, COVARIATES, 4, 1)
    assert len(drawn) == 4
    for made in drawn:
        assert missing_counts(made, COVARIATES) == {}
        assert set(made["smoking"]) == {"never", "former", "current"}
        assert made["age"].isin(frame["age"].dropna()).all()
        known = frame["age"].notna()
        assert made.loc[known, "age"].equals(frame.loc[known, "age"])
        assert made.drop(columns=["progression_pattern", "smoking", "age"]).equals(
            frame.drop(columns=["progression_pattern", "smoking", "age"])
        )
    assert len({tuple(made["age"]) for made in drawn}) > 1


def test_the_same_seed_draws_the_same_values(frame: pd.DataFrame) -> None:
    first, again = (imputed_frames(frame, COVARIATES, 2, 5)[1] for _ in range(2))
    assert first.equals(again)
    assert not first.equals(imputed_frames(frame, COVARIATES, 2, 6)[1])


def test_a_covariate_that_the_outcome_tells_is_imputed_near_its_truth() -> None:
    # Who is systemic progresses ten times as fast; a fifth of the patterns are lost.
    rng = np.random.default_rng(1)
    systemic = np.arange(300) % 2 == 0
    days = rng.exponential(np.where(systemic, 30.0, 300.0)).round(2)
    truth = pd.Series(np.where(systemic, "systemic", "oligo"))
    lost = np.arange(300) % 5 == 0
    frame = pd.DataFrame({"days": days, "event": 1, "progression_pattern": truth.where(~lost)})
    (made,) = imputed_frames(frame, [PATTERN], 1, 1)
    assert (made.loc[lost, "progression_pattern"] == truth[lost]).mean() > 0.65


def test_the_pooled_model_has_everybody_and_says_how_much_is_imputed(frame: pd.DataFrame) -> None:
    rows = found(frame, missing_covariates="multiple_imputation", imputations=5)
    assert (one(rows, "n", term="").estimate, one(rows, "dropped").estimate) == (80, 0)
    assert {row.term: row.estimate for row in rows if row.statistic == "imputed"} == {
        "progression_pattern": 4, "smoking": 3, "age": 2,
    }  # fmt: skip
    hr = one(rows, "hr", term="progression_pattern")
    assert "missing covariates imputed 5 times, Rubin's rules" in hr.method
    assert hr.lower < hr.estimate < hr.upper
    assert 0 <= one(rows, "missing_information", term="progression_pattern").estimate < 100
    assert 0.5 < one(rows, "concordance").estimate < 1
    assert 0 <= one(rows, "ph_p", term="global").estimate <= 1
    assert 0 < one(rows, "wald_f").p < 1


def test_a_covariate_that_nobody_lacks_has_its_ordinary_univariable_model(frame: pd.DataFrame) -> None:
    whole = StatisticsSettings.model_validate(
        {
            "covariates": [item.plain() for item in COVARIATES],
            "missing_covariates": "multiple_imputation",
            "imputations": 2,
        }
    )
    all_rows = list(rows(frame, whole, PatternSettings().resolved()))
    own = [row for row in all_rows if (row.model, row.term) == ("cox_univariable", "local_therapy_at_progression")]
    assert one(own, "hr").method == "Cox, Efron ties, Wald interval"


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("smoking", None, "Smoking cannot be imputed: nobody has it"),
        ("smoking", ["never", None] * 40, "all who have it are of one class"),
        ("age", [50.0, None] * 40, "all who have it have the same value"),
        ("age", [50.0, 60.0, 55.0, *[None] * 77], "3 patients with a known Age are too few"),
    ],
)
def test_what_cannot_be_imputed_is_said(frame: pd.DataFrame, column: str, values: object, sentence: str) -> None:
    lacking = frame.assign(**{column: values})
    with pytest.raises(cox.NotFitted, match=sentence):
        imputed_frames(lacking, COVARIATES, 2, 1)
    made = found(lacking, missing_covariates="multiple_imputation", imputations=2)
    assert sentence in one(made, "not_fitted").method


@pytest.mark.parametrize("n", [0, 1, 2, 6])
@pytest.mark.parametrize("policy", ["missing_category", "multiple_imputation"])
def test_hardly_anybody_stops_nothing(frame: pd.DataFrame, policy: str, n: int) -> None:
    assert one(found(frame.iloc[:n], missing_covariates=policy), "not_fitted").method


def test_nelson_aalen_at_tied_times() -> None:
    assert nelson_aalen(np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0])) == pytest.approx([2 / 3, 2 / 3, 2 / 3])
