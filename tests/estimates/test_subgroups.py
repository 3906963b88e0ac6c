"""The effect of a covariate in each subgroup, and the settings that cannot be served."""

import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates import subgroups
from rechallenge.estimates.models import univariable
from rechallenge.estimates.rows import Row, table
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.statistics import Covariate, StatisticsSettings, Subgroup
from tests.estimates.cohort import made_up_cohort


def frame_of(n: int = 80, **changes: object) -> pd.DataFrame:
    classified, adtte, _ = made_up_cohort(n)
    return time_to_event(adtte, classified, "PFS", "rechallenge").frame.assign(**changes)


def rows_of(frame: pd.DataFrame, *chosen: Subgroup, effects: tuple[str, ...] = ("resistance",)) -> list[Row]:
    return list(subgroups.rows(frame, StatisticsSettings(subgroups=chosen, subgroup_effects=effects)))


def of(found: list[Row], term: str, statistic: str) -> list[Row]:
    return [row for row in found if (row.term, row.statistic) == (term, statistic)]


def test_the_declared_subgroups_have_distinct_keys_and_their_order() -> None:
    found = list(subgroups.rows(frame_of(), StatisticsSettings()))
    assert len(table(found)) == len(found)
    tested = [row.term for row in found if row.statistic == "likelihood_ratio_chi2" and row.term.startswith("res")]
    assert tested[:3] == ["resistance*age", "resistance*sex", "resistance*smoking"]
    assert not [row for row in found if row.term == "progression_pattern*progression_pattern"]
    assert all(math.isnan(row.p) for row in found if row.statistic == "hr")


def test_over_all_patients_the_effect_is_that_of_the_univariable_model() -> None:
    frame = frame_of()
    covariate = Covariate(name="resistance", reference="acquired")
    expected = next(
        row for row in univariable(frame, [covariate], confidence=0.95, minimum_events=5) if row.statistic == "hr"
    )
    found = of(rows_of(frame), "resistance", "hr")[0]
    assert (found.estimate, found.lower) == pytest.approx((expected.estimate, expected.lower))
    assert (found.level, found.reference) == ("primary", "acquired")


def test_a_number_is_cut_and_the_bound_belongs_above() -> None:
    ages = pd.Series([40.0, 64.9, 65.0, np.nan])
    classes = subgroups.subgroup_classes(ages, Subgroup(name="age", cut=65))
    assert list(classes[:3]) == ["<65", "<65", ">=65"]
    assert classes.isna()[3]


def test_the_classes_of_pd_l1_are_in_order() -> None:
    classes = pd.Series([">=50%", "1-49%", "<1%", None])
    assert subgroups.class_order("pd_l1_group", classes) == ["<1%", "1-49%", ">=50%"]


def test_arms_and_missing_classes_are_counted() -> None:
    frame = frame_of()
    found = rows_of(frame, Subgroup(name="smoking"))
    missing = frame["smoking"].isna().sum()
    assert of(found, "resistance*smoking", "left_out")[0].estimate == missing
    arms = [row for level in ("ever", "never") for row in of(found, f"resistance|smoking={level}", "n")]
    assert {row.level for row in arms} == {"acquired", "primary"}
    assert sum(row.n for row in arms) == len(frame) - missing
    assert of(found, "resistance*smoking", "likelihood_ratio_chi2")[0].n == len(frame) - missing


def test_two_degrees_of_freedom_for_three_classes() -> None:
    tested = of(rows_of(frame_of(), Subgroup(name="pd_l1_group")), "resistance*pd_l1_group", "likelihood_ratio_chi2")
    assert tested[0].method.endswith("2 degrees of freedom")


def test_a_class_without_events_in_an_arm_is_left_out_of_the_test() -> None:
    frame = frame_of()
    empty = (frame["pd_l1_group"] == "<1%") & (frame["resistance"] == "primary")
    frame.loc[empty, "event"] = 0
    found = rows_of(frame, Subgroup(name="pd_l1_group"))
    assert of(found, "resistance|pd_l1_group=<1%", "not_fitted")
    assert of(found, "resistance|pd_l1_group=1-49%", "hr")
    tested = of(found, "resistance*pd_l1_group", "likelihood_ratio_chi2")[0]
    assert "without an event in an arm left out" in tested.method
    assert tested.method.endswith("1 degree of freedom")


def test_one_class_alone_has_no_test() -> None:
    found = rows_of(frame_of(sex="male"), Subgroup(name="sex"))
    assert of(found, "resistance*sex", "not_fitted")[0].method == "Not tested: only one class has events in both arms."
    own = of(found, "resistance|sex=male", "hr")[0]
    assert own.method.endswith("this class alone")
    assert own.estimate == pytest.approx(of(found, "resistance", "hr")[0].estimate)


@pytest.mark.parametrize("changes", [{"event": 0}, {"resistance": "unclassified"}, {"resistance": "primary"}])
def test_nothing_to_compare(changes: dict[str, object]) -> None:
    found = rows_of(frame_of(12, **changes), Subgroup(name="sex"))
    assert {row.statistic for row in found} <= {"n", "events", "left_out", "not_fitted"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"subgroups": (Subgroup(name="sexx"),)}, 'statistics.subgroups: there is no covariate "sexx".'),
        ({"subgroups": (Subgroup(name="age"),)}, "statistics.subgroups: age is a number and needs a `cut`."),
        ({"subgroups": (Subgroup(name="sex", cut=3),)}, "sex has classes, so that a `cut` has no meaning."),
        ({"subgroup_effects": ("age",)}, "statistics.subgroup_effects: age is a number"),
        ({"subgroup_effects": ("resistence",)}, 'statistics.subgroup_effects: there is no covariate "resistence".'),
        ({"interactions": (("sex", "ags"),)}, 'statistics.interactions: there is no covariate "ags".'),
    ],
)
def test_settings_that_cannot_be_served(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match="statistics") as caught:
        subgroups.check_columns(made_up_cohort(10)[0], StatisticsSettings(**changes))
    assert any(sentence in problem for problem in caught.value.problems)


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(UserError, match="smoking"):
        subgroups.check_columns(made_up_cohort(10)[0], StatisticsSettings(subgroups=(Subgroup(name="smokin"),)))
