"""Rechallenge as an exposure that comes with time: who is exposed when, and the bias of forgetting it."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import counting_process, exposure
from rechallenge.estimates.rows import Row
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from tests.agreement import exposure as agreement

PATTERN = DefinitionSettings().resolved().progression_pattern
START = pd.Timestamp("2020-01-01")


def progressed(*patients: tuple[float, int, float | None]) -> pd.DataFrame:
    """Patients who progressed 100 days after the first dose: days from progression, death, day of rechallenge."""
    days, event, again = zip(*patients, strict=True)
    waited = pd.Series([np.nan if day is None else 100 + day for day in again], dtype="float64")
    return pd.DataFrame(
        {
            "patient_id": [f"{number:02d}" for number in range(1, len(patients) + 1)],
            "days": np.array(days, dtype="float64"),
            "event": event,
            "entry_days": 0.0,
            "first_ici_start": START,
            "days_to_progression": 100.0,
            "rechallenge_start": START + pd.to_timedelta(waited, unit="D"),
            "resistance": np.resize(["acquired", "primary"], len(patients)),
            "progression_pattern": np.resize(["oligo", "oligo", "systemic"], len(patients)),
        }
    )


def rows_of(*patients: tuple[float, int, float | None]) -> list[tuple[float, float, int, float]]:
    """start, stop, event, exposed of the rows of one patient after another."""
    split = exposure.counting_rows(exposure.with_exposure(progressed(*patients)))
    split = split.sort_values(["patient_id", "entry_days"])
    return [tuple(row) for row in split[["entry_days", "days", "event", "exposed"]].to_numpy().tolist()]


def test_everybody_is_unexposed_until_rechallenge() -> None:
    assert rows_of((300, 1, None)) == [(-1, 300, 1, 0)]
    assert rows_of((300, 1, 120)) == [(-1, 120, 0, 0), (120, 300, 1, 1)]


@pytest.mark.parametrize(
    ("case", "patient", "expected"),
    [
        ("rechallenged on the day of death: the death is of the unexposed time", (90, 1, 90), [(-1, 90, 1, 0)]),
        ("rechallenged on the last day under observation", (90, 0, 90), [(-1, 90, 0, 0)]),
        ("rechallenged after the last day under observation: not seen", (90, 0, 95), [(-1, 90, 0, 0)]),
        ("rechallenged on the day of progression", (90, 1, 0), [(-1, 0, 0, 0), (0, 90, 1, 1)]),
        ("rechallenged before progression", (90, 1, -20), [(-1, 0, 0, 0), (0, 90, 1, 1)]),
        ("died on the day of progression", (0, 1, None), [(-1, 0, 1, 0)]),
        ("rechallenged and died on the day of progression", (0, 1, 0), [(-1, 0, 1, 0)]),
    ],
)
def test_days_on_which_two_things_happen(
    case: str, patient: tuple[float, int, float | None], expected: list[tuple[float, float, int, float]]
) -> None:
    assert rows_of(patient) == expected, case


def test_whoever_was_rechallenged_by_the_last_day_counts_as_ever_rechallenged_in_the_naive_comparison() -> None:
    marked = exposure.with_exposure(progressed((90, 1, 90), (90, 0, 95), (90, 1, 10), (90, 1, None)))
    assert list(marked[exposure.EXPOSURE]) == ["true", "false", "true", "false"]


def value(rows: tuple[Row, ...], model: str, statistic: str) -> Row:
    return next(row for row in rows if (row.model, row.statistic) == (model, statistic))


def without_effect(n: int, seed: int) -> pd.DataFrame:
    """A cohort in which rechallenge changes nothing: whoever lives long enough gets it at a random time."""
    rng = np.random.default_rng(seed)
    death, again = np.ceil(rng.exponential(300, n)), np.ceil(rng.exponential(250, n))
    followed = rng.integers(400, 1200, n)
    days = np.minimum(death, followed)
    taken = [day if day < end else None for day, end in zip(again, days, strict=True)]
    return progressed(*zip(days.tolist(), (death <= followed).astype(int).tolist(), taken, strict=True))


def test_without_an_effect_the_naive_comparison_finds_one_and_the_time_dependent_one_does_not() -> None:
    found = exposure.exposure(without_effect(2000, 11), StatisticsSettings(), PATTERN).rows
    naive = value(found, exposure.NAIVE, "hr")
    changing = value(found, exposure.TIME_DEPENDENT, "hr")
    assert naive.upper < 0.5
    assert changing.lower < 1 < changing.upper
    assert abs(np.log(changing.estimate)) < 0.12
    bias = value(found, exposure.BIAS, "ratio_of_hazard_ratios")
    assert bias.estimate == pytest.approx(changing.estimate / naive.estimate)
    assert value(found, exposure.MANTEL_BYAR, "p").p > 0.05


def test_the_stanford_heart_transplants() -> None:
    """Crowley and Hu 1977; the numbers are those of R's survival package (see tests/reference/exposure)."""
    frame = agreement.transplants()
    found = exposure.exposure(frame, agreement.SETTINGS, PATTERN).rows
    assert value(found, exposure.NAIVE, "hr").estimate == pytest.approx(0.266, abs=0.001)
    assert value(found, exposure.TIME_DEPENDENT, "hr").estimate == pytest.approx(1.039, abs=0.001)


def test_only_what_is_known_at_progression_is_adjusted_for() -> None:
    known, left = exposure.known_at_progression(StatisticsSettings().covariates, PATTERN)
    assert [covariate.name for covariate in known] == ["resistance", "progression_pattern"]
    assert left == ("interval_treatment", "ecog_1_or_more")
    at_rechallenge = DefinitionSettings.read(
        {"progression_pattern": {"preset": "index_at_rechallenge"}}, "test"
    ).resolved()
    known, left = exposure.known_at_progression(StatisticsSettings().covariates, at_rechallenge.progression_pattern)
    assert [covariate.name for covariate in known] == ["resistance"]


@pytest.mark.parametrize(
    ("case", "patients"),
    [
        ("nobody rechallenged", [(100, 1, None)] * 8),
        ("everybody rechallenged at once", [(100 + at, 1, 0) for at in range(8)]),
        ("no death", [(100, 0, 10), (90, 0, None)] * 4),
        ("no death after rechallenge", [(100, 0, 10), (90, 1, None)] * 4),
        ("one patient", [(100, 1, 10)]),
        ("everybody dies on the day of progression", [(0, 1, None)] * 6),
    ],
)
def test_what_cannot_be_compared_is_said(case: str, patients: list[tuple[float, int, float | None]]) -> None:
    found = exposure.exposure(progressed(*patients), StatisticsSettings(), PATTERN).rows
    assert not [row for row in found if row.model == exposure.TIME_DEPENDENT and row.statistic == "hr"], case
    said = [row.method for row in found if row.statistic == "not_fitted"]
    assert said
    assert all(text.startswith("Not ") and text.endswith(".") for text in said)


def test_nobody_who_progressed_gives_a_sentence() -> None:
    (row,) = exposure.exposure(progressed((1, 1, None)).iloc[:0], StatisticsSettings(), PATTERN).rows
    assert row.method == "Not compared: nobody progressed."


def test_curves_begin_when_enough_are_exposed_and_count_who_is_at_risk() -> None:
    patients = [(10, 1, 5), *[(200.0, 1, 20.0)] * 3, (60, 1, None), (200, 0, None)]
    settings = StatisticsSettings(few_events=3)
    curves = exposure.exposure(progressed(*patients), settings, PATTERN).curves
    own = curves[(curves["term"] == exposure.SIMON_MAKUCH) & (curves["level"] == exposure.EVER)]
    assert own["time_months"].min() == pytest.approx(20 / 30.4375)
    month = own[np.isclose(own["time_months"], 2)].iloc[0]
    assert (month["at_risk"], month["survival"]) == (3, 1)


def test_log_rank_with_delayed_entry_counts_those_who_have_entered() -> None:
    """At day 5 one of two of A has entered beside two of B; at day 8 two of A and one of B are at risk."""
    start, stop = np.array([0.0, 6, 0, 0]), np.array([9.0, 8, 5, 10])
    event, group = np.array([0.0, 1, 1, 0]), np.array(["A", "A", "B", "B"], dtype=object)
    test = counting_process.log_rank(start, stop, event, group)
    expected = 1 / 3 + 2 / 3
    variance = 2 / 9 + 2 / 9
    assert test.chi2 == pytest.approx((1 - expected) ** 2 / variance)


def test_covariates_of_the_study_are_adjusted_for_on_complete_cases() -> None:
    frame = without_effect(200, 3).assign(sex=["male", "female"] * 100)
    frame.loc[:9, "sex"] = None
    settings = StatisticsSettings(covariates=(Covariate(name="sex", reference="male"),))
    found = exposure.exposure(frame, settings, PATTERN).rows
    assert value(found, exposure.ADJUSTED, "dropped").estimate == 10
    terms = {row.term for row in found if row.model == exposure.ADJUSTED and row.statistic == "hr"}
    assert terms == {exposure.EXPOSURE, "sex"}


def crossing(late: float) -> pd.DataFrame:
    """Sixty patients, every second one rechallenged after 30 days; those die early, or late, as hazards cross."""
    rng = np.random.default_rng(3)
    exposed = np.arange(60) % 2 == 0
    days = np.where(exposed, rng.integers(31, 90, 60), rng.integers(90, 600, 60)).astype(float)
    days[exposed & (np.arange(60) % 4 == 0)] += late
    start = pd.Timestamp("2020-01-01")
    return pd.DataFrame(
        {
            "patient_id": [f"P{place:02d}" for place in range(60)],
            "days": days,
            "event": 1,
            "entry_days": 0.0,
            "first_ici_start": start,
            "days_to_progression": 100.0,
            "rechallenge_start": [start + pd.Timedelta(days=130) if one else pd.NaT for one in exposed],
        }
    )


@pytest.mark.parametrize(("late", "split"), [(500, True), (300, False)])
def test_where_hazards_are_not_proportional_the_exposure_has_a_ratio_before_and_after_the_middle_of_the_deaths(
    late: float, split: bool
) -> None:
    settings = StatisticsSettings(covariates=())
    rows = exposure.exposure(crossing(late), settings, DefinitionSettings().resolved().progression_pattern).rows
    model = f"{exposure.TIME_DEPENDENT}_time_split"
    found = {row.level: row.estimate for row in rows if row.model == model and row.statistic == "hr"}
    if not split:
        assert not found
        return
    month = round(crossing(late)["days"].median() / 30.4375)
    assert list(found) == [f"true until {month} months", f"true after {month} months"]
    assert found[f"true until {month} months"] > 1 > 0.5 > found[f"true after {month} months"]
