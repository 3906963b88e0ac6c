"""Interactions: the test, the hazard ratios within classes, and what cannot be fitted."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import interactions, power
from rechallenge.estimates.rows import Row, table
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import made_up_cohort

BOTH = "resistance*progression_pattern"
AT_OUTCOME = PatternSettings(preset="index_at_rechallenge")


def frame_of(n: int = 80, **changes: object) -> pd.DataFrame:
    classified, adtte, _ = made_up_cohort(n)
    return time_to_event(adtte, classified, "PFS", "rechallenge").frame.assign(**changes)


def rows_of(frame: pd.DataFrame, pattern: PatternSettings | None = None, **settings: object) -> list[Row]:
    own = {"interactions": (("resistance", "progression_pattern"),), "subgroup_effects": (), **settings}
    return list(interactions.rows(frame, StatisticsSettings(**own), pattern or PatternSettings()))


def one(found: list[Row], statistic: str, level: str = "", model: str = interactions.UNADJUSTED) -> Row:
    own = [row for row in found if (row.statistic, row.level, row.model, row.term) == (statistic, level, model, BOTH)]
    assert len(own) == 1, (statistic, level)
    return own[0]


def test_keys_are_distinct() -> None:
    assert len(table(interactions.rows(frame_of(), StatisticsSettings(), PatternSettings()))) > 0


def test_the_ratio_is_that_of_the_hazard_ratios_within_classes() -> None:
    found = rows_of(frame_of())
    ratio = one(found, "hr_ratio", "primary*systemic")
    assert ratio.reference == "acquired*oligo"
    for first, second in (
        ("primary|progression_pattern=systemic", "primary|progression_pattern=oligo"),
        ("systemic|resistance=primary", "systemic|resistance=acquired"),
    ):
        assert ratio.estimate == pytest.approx(one(found, "hr", first).estimate / one(found, "hr", second).estimate)
    assert ratio.lower < ratio.estimate < ratio.upper
    assert math.sqrt(ratio.lower * ratio.upper) == pytest.approx(ratio.estimate)


def test_no_hazard_ratio_within_a_class_has_a_p_value() -> None:
    found = rows_of(frame_of())
    assert all(math.isnan(row.p) for row in found if row.statistic != "likelihood_ratio_chi2")
    assert 0 <= one(found, "likelihood_ratio_chi2").p <= 1


def test_cells_add_up_and_the_patients_are_those_with_all_covariates() -> None:
    frame = frame_of()
    frame.loc[frame.index[:6], "ecog_1_or_more"] = None
    found = rows_of(frame)
    known = frame["progression_pattern"].ne("unknown").sum()
    assert one(found, "likelihood_ratio_chi2").n == known
    cells = [row for row in found if row.statistic == "n" and row.model == interactions.UNADJUSTED]
    assert sum(row.n for row in cells) == 2 * known
    adjusted = one(found, "likelihood_ratio_chi2", model=interactions.ADJUSTED)
    assert adjusted.n < known
    assert adjusted.n + one(found, "dropped", model=interactions.ADJUSTED).estimate == len(frame)
    assert "adjusted for interval treatment, ECOG 1 or more" in adjusted.method


def test_a_planted_interaction_is_found() -> None:
    random = np.random.default_rng(1)
    frame = frame_of(400)
    both = (frame["resistance"] == "acquired") & (frame["progression_pattern"] == "systemic")
    frame = frame.assign(days=np.ceil(random.exponential(np.where(both, 40, 200))), event=1)
    found = rows_of(frame)
    assert one(found, "likelihood_ratio_chi2").p < 1e-6
    assert one(found, "hr_ratio", "primary*systemic").upper < 0.5
    assert one(found, "hr", "systemic|resistance=acquired").lower > 2


def test_an_empty_cell_is_named() -> None:
    frame = frame_of()
    frame = frame[~((frame["resistance"] == "primary") & (frame["progression_pattern"] == "systemic"))]
    said = one(rows_of(frame), "not_fitted").method
    assert (
        said
        == "Not fitted: there is no patient with resistance: primary and progression pattern: systemic progression."
    )


def test_a_cell_without_events_is_named() -> None:
    frame = frame_of()
    cell = (frame["resistance"] == "primary") & (frame["progression_pattern"] == "oligo")
    frame.loc[cell, "event"] = 0
    said = one(rows_of(frame), "not_fitted").method
    assert said.startswith(
        f"Not fitted: there is no event among the {cell.sum()} patients with resistance: primary and"
    )
    powers = [row for row in rows_of(frame) if row.model == power.MODEL]
    assert [row.statistic for row in powers] == ["not_fitted"]


@pytest.mark.parametrize("changes", [{"event": 0}, {"resistance": "primary"}, {"progression_pattern": "unknown"}])
def test_what_cannot_be_fitted_has_a_sentence(changes: dict[str, object]) -> None:
    found = rows_of(frame_of(20, **changes))
    assert one(found, "not_fitted").method.startswith("Not fitted: ")
    assert "hr_ratio" not in {row.statistic for row in found}


def test_a_pattern_measured_at_the_outcome_is_refused() -> None:
    found = rows_of(frame_of(), AT_OUTCOME, subgroup_effects=("resistance", "progression_pattern"))
    assert one(found, "not_fitted").method == interactions.REFUSED
    assert not [row for row in found if row.statistic == "hr" and "progression_pattern" in row.term]
    assert [row for row in found if row.statistic == "hr" and row.term == "resistance|sex=male"]


def test_a_number_and_a_class() -> None:
    found = rows_of(frame_of(), interactions=(("age", "resistance"),))
    ratio = [row for row in found if row.statistic == "hr_ratio"]
    assert [(row.level, row.reference) for row in ratio] == [("*primary", "*acquired")] * 2
    within = {row.level for row in found if row.statistic == "hr"}
    assert within == {"|resistance=acquired", "|resistance=primary"}


def test_power_of_an_interaction_is_made_of_the_cells_events() -> None:
    found = rows_of(frame_of())
    smallest = next(row for row in found if row.statistic == "detectable_hr_ratio")
    cells = [
        one(found, "events", f"{a}|progression_pattern={b}").events
        for a in ("acquired", "primary")
        for b in ("oligo", "systemic")
    ]
    assert smallest.estimate == pytest.approx(math.exp(2.8015852 * math.sqrt(sum(1 / cell for cell in cells))))
    assert [row.at for row in found if row.statistic == "power"] == [2.0, 3.0, 5.0]
