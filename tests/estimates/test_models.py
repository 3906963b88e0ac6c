"""Cox models: what is reported, what is left out and counted, and what is refused with a sentence."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates import cox
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import check_covariates, design
from rechallenge.estimates.models import concordance_row, model_rows, univariable
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import Covariate

RESISTANCE = Covariate(name="resistance", reference="acquired")
PATTERN = Covariate(name="progression_pattern", reference="oligo")


@pytest.fixture
def frame() -> pd.DataFrame:
    """Forty patients; primary resistance and systemic progression shorten the time."""
    rng = np.random.default_rng(3)
    primary, systemic = np.arange(40) % 2 == 0, np.arange(40) % 3 == 0
    days = np.ceil(rng.exponential(300 / np.exp(0.9 * primary + 0.7 * systemic)))
    return pd.DataFrame(
        {
            "days": days,
            "event": (np.arange(40) % 5 > 0).astype(int),
            "entry_days": 0.0,
            "resistance": np.where(primary, "primary", "acquired"),
            "progression_pattern": np.where(systemic, "systemic", "oligo"),
            "age": rng.integers(40, 80, 40).astype(float),
        }
    )


def fitted(frame: pd.DataFrame, *covariates: Covariate, minimum_events: int = 5) -> list[Row]:
    return list(model_rows(frame, covariates, confidence=0.95, minimum_events=minimum_events))


def one(rows: list[Row], statistic: str, **keys: str) -> Row:
    (found,) = [
        row
        for row in rows
        if row.statistic == statistic and all(getattr(row, key) == value for key, value in keys.items())
    ]
    return found


def refusal(rows: list[Row]) -> str:
    assert not [row for row in rows if row.statistic == "hr"]
    return one(rows, "not_fitted").method


def test_the_level_is_compared_with_its_reference(frame: pd.DataFrame) -> None:
    hr = one(fitted(frame, RESISTANCE, PATTERN), "hr", term="resistance")
    assert (hr.level, hr.reference, hr.n, hr.events) == ("primary", "acquired", 40, 32)
    assert hr.lower < hr.estimate < hr.upper
    assert hr.estimate > 1


def test_each_level_has_its_patients_and_events(frame: pd.DataFrame) -> None:
    rows = fitted(frame, RESISTANCE)
    acquired, primary = (one(rows, "n", term="resistance", level=level) for level in ("acquired", "primary"))
    assert (acquired.n, acquired.events, primary.n, primary.events) == (20, 16, 20, 16)


def test_missing_and_unclassified_covariates_drop_patients_and_the_number_is_stated(frame: pd.DataFrame) -> None:
    frame.loc[0, "resistance"] = "unclassified"
    frame.loc[1, "progression_pattern"] = "unknown"
    frame.loc[2, "progression_pattern"] = None
    rows = fitted(frame, RESISTANCE, PATTERN)
    assert one(rows, "dropped").estimate == 3
    assert one(rows, "n", term="").estimate == 37
    assert one(rows, "hr", term="resistance").n == 37


def test_univariable_models_use_all_patients_who_have_that_covariate(frame: pd.DataFrame) -> None:
    frame.loc[0, "resistance"] = None
    rows = list(univariable(frame, [RESISTANCE, PATTERN], confidence=0.95, minimum_events=5))
    assert [one(rows, "hr", term=term).n for term in ("resistance", "progression_pattern")] == [39, 40]


def test_events_per_variable(frame: pd.DataFrame) -> None:
    rows = fitted(frame, RESISTANCE, PATTERN, Covariate(name="age"))
    assert one(rows, "events_per_variable").estimate == pytest.approx(32 / 3)


def test_a_number_counts_per_unit(frame: pd.DataFrame) -> None:
    year = one(fitted(frame, Covariate(name="age")), "hr")
    decade = one(fitted(frame, Covariate(name="age", unit=10)), "hr")
    assert decade.estimate == pytest.approx(year.estimate**10)
    assert (year.level, decade.level, decade.reference) == ("", "per 10", "")


def test_a_number_with_a_reference_is_categorical(frame: pd.DataFrame) -> None:
    frame["ecog"] = np.arange(40) % 2
    hr = one(fitted(frame, Covariate(name="ecog", reference="0")), "hr")
    assert (hr.level, hr.reference) == ("1", "0")


def test_proportional_hazards_are_tested_per_coefficient_and_in_all(frame: pd.DataFrame) -> None:
    rows = fitted(frame, RESISTANCE, PATTERN)
    assert [row.term for row in rows if row.statistic == "ph_p"] == ["resistance", "progression_pattern", "global"]
    assert "transform km" in one(rows, "ph_p", term="global").method


def test_fewer_events_than_declared(frame: pd.DataFrame) -> None:
    frame["event"] = [1, 1, 1, *[0] * 37]
    assert refusal(fitted(frame, RESISTANCE)) == "Not fitted: 3 events, fewer than the declared minimum of 5."


def test_no_event_at_all(frame: pd.DataFrame) -> None:
    frame["event"] = 0
    assert "0 events" in refusal(fitted(frame, RESISTANCE, minimum_events=1))


def test_one_event(frame: pd.DataFrame) -> None:
    frame["event"] = [1, *[0] * 39]
    assert refusal(fitted(frame, RESISTANCE, minimum_events=1)).startswith("Not fitted: ")


def test_an_empty_class(frame: pd.DataFrame) -> None:
    frame["resistance"] = "primary"
    assert "no patient has the reference level of Resistance (Acquired)" in refusal(fitted(frame, RESISTANCE, PATTERN))
    frame["resistance"] = "acquired"
    assert "every patient has the same level of Resistance" in refusal(fitted(frame, RESISTANCE))


def test_a_class_without_events(frame: pd.DataFrame) -> None:
    frame.loc[frame["resistance"] == "acquired", "event"] = 0
    assert "there was no event with Resistance: Acquired" in refusal(fitted(frame, RESISTANCE))


def test_a_constant_number(frame: pd.DataFrame) -> None:
    frame["age"] = 60.0
    assert "Age is the same for every patient" in refusal(fitted(frame, Covariate(name="age")))


def test_covariates_that_determine_one_another(frame: pd.DataFrame) -> None:
    frame["again"] = frame["resistance"]
    assert "collinear" in refusal(fitted(frame, RESISTANCE, Covariate(name="again", reference="acquired")))


def test_nobody_has_all_covariates(frame: pd.DataFrame) -> None:
    frame["resistance"] = None
    assert "no patient has all covariates" in refusal(fitted(frame, RESISTANCE))


def test_nobody(frame: pd.DataFrame) -> None:
    assert "no patient" in refusal(fitted(frame.iloc[:0], RESISTANCE))


def test_one_patient(frame: pd.DataFrame) -> None:
    assert refusal(fitted(frame.iloc[1:2], RESISTANCE, minimum_events=1)).startswith("Not fitted: ")


def test_separation_gives_a_sentence_and_no_hazard_ratio() -> None:
    # Every primary patient progresses before the first acquired one does: the hazard ratio is infinite.
    days = np.arange(1.0, 21.0)
    frame = pd.DataFrame({"days": days, "event": 1, "resistance": np.where(days <= 10, "primary", "acquired")})
    assert "separation" in refusal(fitted(frame, RESISTANCE))


def test_separation_by_a_combination_of_covariates() -> None:
    # Neither covariate separates alone; their sum does.
    first, second = [1, 1, 0, 1, 0, 0] * 3, [1, 0, 1, 0, 1, 0] * 3
    score = np.array(first) + np.array(second)
    order = np.argsort(-score, kind="stable")
    days = np.empty(18)
    days[order] = np.arange(1.0, 19.0)
    frame = pd.DataFrame({"days": days, "event": 1, "first": first, "second": second})
    assert "separation" in refusal(fitted(frame, Covariate(name="first"), Covariate(name="second")))


def test_a_large_but_finite_hazard_ratio_is_reported() -> None:
    # As before, but one acquired patient progresses first.
    days = np.arange(1.0, 21.0)
    resistance = np.where(days <= 10, "primary", "acquired")
    resistance[0] = "acquired"
    frame = pd.DataFrame({"days": days, "event": 1, "resistance": resistance})
    assert one(fitted(frame, RESISTANCE), "hr").estimate > 5


def test_a_maximum_that_a_long_first_step_overshoots_is_found() -> None:
    """greenwood and a plain Newton-Raphson find it; lifelines' own first step ends in "delta contains nan"."""
    time = [7, 245, 371, 189, 98, 133, 476, 42, 133, 217, 308, 70, 126, 161, 91, 56, 21, 259, 546, 70, 196, 119, 49]
    event = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1]
    first, second = np.zeros(23), np.zeros(23)
    first[[7, 11]] = 1
    second[[2, 14, 16, 19]] = 1
    found = cox.fit(np.array(time, float), np.array(event, float), np.column_stack([first, second]))
    assert found.coef == pytest.approx([2.1528239, -0.5690268], abs=1e-6)
    assert found.std_error == pytest.approx([0.9299337, 1.0532964], abs=1e-6)


def test_covariates_on_very_different_scales_are_fitted(frame: pd.DataFrame) -> None:
    frame["tiny"] = frame["age"] * 1e-6
    plain, scaled = (one(fitted(frame, Covariate(name=name)), "hr") for name in ("age", "tiny"))
    assert scaled.p == pytest.approx(plain.p, abs=1e-8)


def test_complete_cases_only(frame: pd.DataFrame) -> None:
    frame.loc[[4, 7], "age"] = np.nan
    made = design(frame, [Covariate(name="age"), RESISTANCE], 5)
    assert (made.n, made.dropped, made.problem) == (38, 2, "")


def test_an_undeclared_covariate_is_named_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r'no covariate "resistence".*"resistance"'):
        check_covariates(["resistance", "age"], [Covariate(name="resistence")])


def test_concordance_counts_ties_in_risk_as_half() -> None:
    # Pairs: (1, 2) concordant, (1, 3) tied, (2, 3) discordant.
    found = concordance(np.array([1.0, 2, 3]), np.ones(3), np.array([2.0, 1, 2]))
    assert found.estimate == pytest.approx(0.5)


def test_concordance_without_a_comparable_pair_is_missing() -> None:
    assert math.isnan(concordance(np.array([1.0, 2]), np.zeros(2), np.array([1.0, 2])).estimate)


def test_a_missing_concordance_has_no_interval() -> None:
    row = concordance_row(concordance(np.ones(2), np.ones(2), np.array([1.0, 2])), 0.95, {})
    assert np.isnan([row.estimate, row.lower, row.upper]).all()


def test_two_fits_that_disagree_are_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    data = np.random.default_rng(1)
    time, event, x = data.exponential(size=30).round(6), np.ones(30), data.normal(size=(30, 1))
    assert len(cox.fit(time, event, x).coef) == 1
    monkeypatch.setattr(cox, "AGREEMENT", -1.0)
    with pytest.raises(cox.NotFitted):
        cox.fit(time, event, x)


def test_so_many_patients_are_fitted_once_with_the_same_numbers_and_the_method_says_so(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = (Covariate(name="resistance", reference="acquired"), PATTERN, Covariate(name="age", unit=10))
    twice = fitted(frame, *declared)
    monkeypatch.setattr(cox, "VERY_LARGE", len(frame))
    monkeypatch.setattr(cox, "_lifelines", None)
    once = fitted(frame, *declared)
    for before, after in zip(twice, once, strict=True):
        numbers = [[row.estimate, row.lower, row.upper, row.p] for row in (before, after)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-8, nan_ok=True)
    words = {row.method for row in once if row.statistic in ("hr", "coef", "se")}
    assert words == {"Cox, Efron ties, Wald interval, one Newton-Raphson fit for so many patients"}
