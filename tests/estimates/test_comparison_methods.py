"""Further comparisons of classes: which rows there are, and what they say where there is nothing to compare."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates import comparison_methods
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import Row, table
from rechallenge.settings.statistics import StatisticsSettings

PLAN = Plan("PFS", "rechallenge", compare=("resistance",))


def patients(size: int = 60, levels: tuple[str, ...] = ("acquired", "primary"), **columns: Any) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "days": np.ceil(rng.exponential(200, size)),
            "event": (rng.random(size) < 0.8).astype(int),
            "entry_days": 0.0,
            "resistance": rng.choice(levels, size),
            "sex": rng.choice(["male", "female", None], size),
        }
    ).assign(**columns)


def rows(frame: pd.DataFrame, **settings: Any) -> list[Row]:
    found = list(comparison_methods.rows(frame, PLAN, StatisticsSettings(**settings), CLASSES))
    table(found)  # no key twice
    return found


def of(found: list[Row], model: str, statistic: str) -> list[Row]:
    return [row for row in found if row.model == model and row.statistic == statistic]


def test_each_declared_weight_has_its_test() -> None:
    found = of(rows(patients(), log_rank_weights=("tarone_ware", "peto_peto")), "weighted_log_rank", "p")
    assert [(row.term, row.level) for row in found] == [("resistance", "tarone_ware"), ("resistance", "peto_peto")]
    assert found[0].method == "Tarone-Ware test (weight square root of n at risk), 2 groups, 1 degree of freedom"


def test_strata_leave_out_and_count_those_without() -> None:
    frame = patients()
    found = rows(frame, strata=("sex",), log_rank_weights=())
    (left_out,) = of(found, "log_rank_stratified", "left_out")
    assert left_out.estimate == frame["sex"].isna().sum()
    (p,) = of(found, "log_rank_stratified", "p")
    assert p.level == "log_rank"
    assert p.method.endswith("stratified by sex")
    assert p.n == len(frame) - left_out.estimate


def test_a_stratum_that_does_not_exist_is_a_mistake_of_the_study_file() -> None:
    with pytest.raises(UserError, match="no column"):
        rows(patients(), strata=("shoe_size",))


def test_three_classes_are_compared_in_pairs_and_adjusted() -> None:
    found = rows(patients(levels=("acquired", "primary", "late")))
    pairs = of(found, "log_rank_pairwise", "p")
    assert [row.level for row in pairs] == ["acquired vs primary", "acquired vs late", "primary vs late"]
    raw = [row.p for row in of(found, "log_rank_pairwise", "chi2")]
    assert min(row.p for row in pairs) == pytest.approx(min(1.0, 3 * min(raw)))
    assert not of(rows(patients()), "log_rank_pairwise", "p")


def test_restricted_means_are_in_months_and_compared_with_the_reference() -> None:
    found = rows(patients(days=np.tile([30.4375, 60.875, 304.375], 20), event=np.tile([1, 1, 0], 20)), rmst_months=5.0)
    means = of(found, "restricted_mean", "rmst")
    assert {row.at for row in means} == {5.0}
    assert all(2.0 < row.estimate < 3.5 for row in means)
    (difference,) = of(found, "restricted_mean", "rmst_difference")
    assert (difference.level, difference.reference) == ("primary", "acquired")
    by_level = {row.level: row.estimate for row in means}
    assert difference.estimate == pytest.approx(by_level["primary"] - by_level["acquired"])
    (ratio,) = of(found, "restricted_mean", "rmst_ratio")
    assert ratio.estimate == pytest.approx(by_level["primary"] / by_level["acquired"])


def test_the_horizon_is_shorter_where_a_class_is_not_followed_so_long() -> None:
    frame = patients(event=1)
    frame.loc[frame["resistance"] == "primary", "days"] = np.minimum(frame["days"], 100)
    (horizon,) = of(rows(frame, rmst_months=12.0), "restricted_mean", "horizon")
    assert horizon.estimate == 3.2  # 100 days are 3.29 months
    assert horizon.method == "the shortest of the classes' longest times"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"event": 0}, "no event"),
        ({"resistance": "primary"}, "only patients of one class (primary)"),
        ({"resistance": None}, "no patient with a known class"),
        ({"entry_days": 1.0}, "under observation late"),
        ({"days": 0.0, "event": 1}, "at no time of an event"),
    ],
)
def test_what_cannot_be_compared_says_why(columns: dict[str, Any], sentence: str) -> None:
    found = rows(patients(**columns))
    said = of(found, "weighted_log_rank", "not_fitted")
    assert said
    assert all(sentence in row.method for row in said)
    assert not of(found, "weighted_log_rank", "p")
    assert of(found, "restricted_mean", "not_fitted")


def test_without_patients_there_are_only_reasons() -> None:
    assert {row.statistic for row in rows(patients().iloc[:0])} == {"not_fitted"}


def test_where_nobody_has_a_class_nobody_is_counted() -> None:
    """pandas gives an empty frame the rows of a column that is assigned to it."""
    found = rows(patients(levels=("unclassified",)))
    assert found
    assert all((row.statistic, row.n, row.events) == ("not_fitted", 0, 0) for row in found)
