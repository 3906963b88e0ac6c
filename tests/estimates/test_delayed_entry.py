"""Survival from the first ICI in those rechallenged: the bias of ignoring entry, and the check of its independence."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import counting_process, delayed_entry
from rechallenge.estimates.plans import CLASSES
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import StatisticsSettings


def cohort(n: int, *, related: bool, seed: int = 2) -> pd.DataFrame:
    """Exponential survival, median 208 days, seen only from a later entry on; `related`: late entry halves the risk."""
    rng = np.random.default_rng(seed)
    entry = np.ceil(rng.uniform(10, 400, 20 * n))
    mean = np.where(related & (entry > 200), 600, 300)
    death = np.where(related, entry + np.ceil(rng.exponential(mean)), np.ceil(rng.exponential(300, 20 * n)))
    frame = pd.DataFrame(
        {"days": death, "event": 1, "entry_days": entry, "resistance": ["acquired", "primary"] * 10 * n}
    )
    return frame[frame["days"] > frame["entry_days"]].head(n).reset_index(drop=True)


def rows_of(frame: pd.DataFrame) -> dict[tuple[str, str, str, str], Row]:
    found = delayed_entry.rows(frame, StatisticsSettings(), CLASSES)
    return {(row.model, row.term, row.level, row.statistic): row for row in found}


def test_ignoring_entry_overstates_survival() -> None:
    rows = rows_of(cohort(800, related=False))
    true = 300 * np.log(2) / 30.4375
    counted = rows[delayed_entry.ENTERED, "overall", "", "median"]
    ignored = rows[delayed_entry.IGNORED, "overall", "", "median"]
    assert counted.lower < true < counted.upper
    assert ignored.lower > 1.3 * true


def test_the_check_finds_a_relation_that_is_there_and_none_that_is_not() -> None:
    key = (delayed_entry.CHECK, delayed_entry.ENTRY, "", "hr")
    assert rows_of(cohort(800, related=False))[key].p > 0.05
    assert rows_of(cohort(800, related=True))[key].p < 0.001


def test_the_log_rank_test_is_near_the_cox_model_of_the_same_risk_sets() -> None:
    rows = rows_of(cohort(400, related=False))
    test = rows[delayed_entry.ENTERED, "resistance", "", "p"]
    hazard = rows[delayed_entry.ENTERED, "resistance", "primary", "hr"]
    assert abs(test.p - hazard.p) < 0.01


def test_one_time_of_entry_and_no_deaths_are_sentences() -> None:
    frame = cohort(20, related=False)
    same = rows_of(frame.assign(entry_days=5.0))
    assert "same time" in same[delayed_entry.CHECK, delayed_entry.ENTRY, "", "not_fitted"].method
    alive = rows_of(frame.assign(event=0))
    assert alive[delayed_entry.CHECK, delayed_entry.ENTRY, "", "not_fitted"].method.startswith("Not fitted: 0 events")


@pytest.mark.filterwarnings("error")
def test_an_event_at_which_nobody_is_under_observation_tells_nothing() -> None:
    zero, group = np.zeros(6), np.array(list("aabbab"), dtype=object)
    assert np.isnan(counting_process.log_rank(zero, zero, np.ones(6), group).p)
