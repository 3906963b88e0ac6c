"""Which comparisons and groups get the methods of small samples."""

import pandas as pd
import pytest

from rechallenge.estimates import small_samples
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import Row, table
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import made_up_cohort

PLAN = Plan(
    "PFS", "rechallenge", compare=("resistance",), crossed=(("progression_pattern", "resistance"),), models=True
)


def frame_of(n: int, **changes: object) -> pd.DataFrame:
    classified, adtte, _ = made_up_cohort(n)
    return time_to_event(adtte, classified, "PFS", "rechallenge").frame.assign(**changes)


def rows_of(frame: pd.DataFrame, **settings: object) -> list[Row]:
    return list(small_samples.rows(frame, PLAN, StatisticsSettings(**settings), CLASSES))


def models(found: list[Row]) -> set[str]:
    return {row.model for row in found}


def test_keys_are_distinct() -> None:
    assert len(table(rows_of(frame_of(40)))) > 0


def test_only_whole_comparisons_are_permuted_and_only_below_the_limit() -> None:
    found = [row for row in rows_of(frame_of(40)) if row.model == small_samples.PERMUTATION]
    assert [(row.term, row.statistic) for row in found] == [("resistance", "p"), ("resistance", "allocations")]
    assert found[0].method.startswith("exact permutation test, all ")
    assert "censoring does not depend on the class" in found[0].method
    assert small_samples.PERMUTATION not in models(rows_of(frame_of(40), permutation_below=40))
    assert small_samples.PERMUTATION in models(rows_of(frame_of(40), permutation_below=41))


def test_more_than_44_patients_are_permuted_at_random() -> None:
    found = [row for row in rows_of(frame_of(50), permutations=199) if row.model == small_samples.PERMUTATION]
    assert "199 permutations drawn" in found[0].method
    assert "Monte-Carlo standard error" in found[0].method


@pytest.mark.parametrize("changes", [{"event": 0}, {"resistance": "primary"}, {"resistance": "unclassified"}])
def test_nothing_to_compare_is_said_by_the_log_rank_test(changes: dict[str, object]) -> None:
    assert small_samples.PERMUTATION not in models(rows_of(frame_of(12, **changes)))


def test_all_at_one_time_is_not_compared() -> None:
    found = [row for row in rows_of(frame_of(12, days=30.0, event=1)) if row.model == small_samples.PERMUTATION]
    assert [row.statistic for row in found] == ["not_fitted"]


def test_small_groups_have_both_intervals() -> None:
    found = rows_of(frame_of(40), small_group_below=12)
    small = [row for row in found if row.model in (small_samples.BETA_PRODUCT, small_samples.ROTHMAN)]
    assert {row.n for row in small} <= set(range(1, 12))
    assert {row.statistic for row in small} == {"median", "survival"}
    by_pattern = [row for row in small if row.term == "progression_pattern|resistance=primary"]
    assert {row.level for row in by_pattern} == {"oligo", "systemic"}


def test_survival_after_the_last_time_is_not_known() -> None:
    short = frame_of(12, days=60.0, event=[0, 1] * 6)
    found = [row for row in rows_of(short) if row.model == small_samples.BETA_PRODUCT and row.statistic == "survival"]
    assert found == []


def test_a_group_of_one() -> None:
    frame = frame_of(1)
    assert [row.statistic for row in rows_of(frame) if row.model == small_samples.BETA_PRODUCT]


def test_delayed_entry_has_none_of_them() -> None:
    frame = frame_of(12)
    assert rows_of(frame.assign(entry_days=1.0, days=frame["days"] + 2)) == []
