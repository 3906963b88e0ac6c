"""Firth's model stands beside a model without a finite estimate, or beside every one, or nowhere: as declared."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import firth
from rechallenge.estimates.rechallenge_models import rows
from rechallenge.estimates.rows import Row
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import StatisticsSettings

COVARIATES = [{"name": "resistance", "reference": "acquired"}, {"name": "ecog_1_or_more", "reference": "false"}]


@pytest.fixture
def frame() -> pd.DataFrame:
    """Thirty patients; nobody with acquired resistance has the event."""
    rng = np.random.default_rng(5)
    primary = np.arange(30) % 3 > 0
    return pd.DataFrame(
        {
            "days": np.ceil(rng.exponential(200, 30)),
            "event": primary.astype(int),
            "resistance": np.where(primary, "primary", "acquired"),
            "ecog_1_or_more": np.where(np.arange(30) % 2 == 0, "true", "false"),
            "rechallenge_type": "monotherapy",
            "local_therapy_at_progression": np.where(np.arange(30) % 4 == 0, "true", "false"),
        }
    )


def models(frame: pd.DataFrame, **changed: object) -> dict[str, list[Row]]:
    settings = StatisticsSettings.model_validate({"covariates": COVARIATES, **changed})
    found: dict[str, list[Row]] = {}
    for row in rows(frame, settings, PatternSettings().resolved()):
        found.setdefault(row.model, []).append(row)
    return found


def refusals(found: dict[str, list[Row]], model: str) -> list[str]:
    return [row.method for row in found[model] if row.statistic == "not_fitted"]


def test_a_class_without_events_has_a_finite_hazard_ratio_by_firth(frame: pd.DataFrame) -> None:
    found = models(frame)
    assert refusals(found, "cox_multivariable") == [
        "Not fitted: there was no event with Resistance: Acquired, so its hazard ratio has no finite estimate. "
        "Firth's penalised model is given instead."
    ]
    hr = next(row for row in found["cox_firth"] if (row.statistic, row.term) == ("hr", "resistance"))
    assert 1 < hr.lower < hr.estimate < hr.upper < np.inf
    assert hr.method.startswith("Firth's penalised Cox model, Efron ties, profile-likelihood interval")
    (dropped,) = [row for row in found["cox_firth"] if row.statistic == "dropped"]
    assert (dropped.estimate, dropped.n, dropped.events) == (0, 30, 20)


def test_only_the_univariable_model_that_needs_it_has_it(frame: pd.DataFrame) -> None:
    found = models(frame)
    assert {row.term for row in found["cox_firth_univariable"]} == {"resistance"}


def test_separation_by_order_of_events_is_answered(frame: pd.DataFrame) -> None:
    # Every primary patient progresses before the first acquired one does.
    primary = np.arange(30) < 15
    separated = frame.assign(days=np.arange(1.0, 31.0), event=1, resistance=np.where(primary, "primary", "acquired"))
    found = models(separated)
    assert "separation" in refusals(found, "cox_multivariable")[0]
    assert any(row.statistic == "hr" for row in found["cox_firth"])


def test_never_and_always(frame: pd.DataFrame) -> None:
    never = models(frame, firth="never")
    assert not [model for model in never if "firth" in model]
    assert not refusals(never, "cox_multivariable")[0].endswith("instead.")
    whole = frame.assign(event=1)
    assert not [model for model in models(whole) if "firth" in model]
    always = models(whole, firth="always")
    assert {"cox_firth", "cox_firth_univariable", "cox_firth_sensitivity"} <= set(always)
    assert not refusals(always, "cox_multivariable")


def test_too_few_events_are_no_matter_for_it(frame: pd.DataFrame) -> None:
    few = frame.assign(event=[0, 1, 1, *[0] * 27])
    found = models(few)
    assert "cox_firth" not in found
    assert refusals(found, "cox_multivariable") == ["Not fitted: 2 events, fewer than the declared minimum of 5."]


def test_it_is_not_pooled_over_imputed_data_sets(frame: pd.DataFrame) -> None:
    frame.loc[[0, 7], "ecog_1_or_more"] = None
    found = models(frame, missing_covariates="multiple_imputation", imputations=2, firth="always")
    assert "is not pooled over imputed data sets" in refusals(found, "cox_firth")[0]


def test_coefficients_alone_are_those_of_the_whole_fit(frame: pd.DataFrame) -> None:
    x = np.column_stack([frame[name].isin(["primary", "true"]) for name in ("resistance", "ecog_1_or_more")])
    time, event = frame["days"].to_numpy(), frame["event"].to_numpy("float64")
    whole = firth.fit(time, event, x.astype("float64"))
    assert firth.coefficients(time, event, x.astype("float64")) == pytest.approx(whole.coef, abs=1e-5)
