"""The summary of a specification curve, by hand."""

import math

import pytest

from rechallenge.results import NUMBERS
from rechallenge.robustness.curve import choices_of, columns, gathered, log_ranges, summary
from tests.support import table as text_table

CHOICES = {"resistance.preset": ("a", "b"), "endpoints.preset": ("x", "y"), "model": ("unadjusted", "adjusted")}
# Resistance moves the hazard ratio 2-fold, the endpoint 4-fold in one model and not in the other: 2-fold on average.
# The model moves it 4-fold twice, and twice not at all: 2-fold.
BY_HAND = """
resistance.preset  endpoints.preset  model       main   hr    p      median_difference
a                  x                 unadjusted  true   2     0.010  -3
b                  x                 unadjusted  false  4     0.001  -5
a                  y                 unadjusted  false  2     0.050  -3
b                  y                 unadjusted  false  4     0.200  .
a                  x                 adjusted    false  2     0.040  -1
b                  x                 adjusted    false  4     0.060  -1
a                  y                 adjusted    false  0.5   0.010  2
b                  y                 adjusted    false  1     0.900  0
"""


def curve_of(text, effect="resistance"):
    frame = text_table(text)
    frame["effect"], frame["id"] = effect, [f"s{at}" for at in range(len(frame))]
    frame["main"] = frame["main"].eq("true") if "main" in frame else False
    frame["reason"] = frame["reason"].fillna("") if "reason" in frame else ""
    for name in NUMBERS["specification_curve"][1:]:
        frame[name] = frame[name].astype("float64") if name in frame else math.nan
    choices = [name for name in frame.columns if "." in name]
    return frame[columns(dict.fromkeys([*choices, "model"], ()))]


def by_statistic(table):
    return {(row.statistic, row.level): row for row in summary(table, 0.95, "main")}


def test_the_distribution_by_hand():
    rows = by_statistic(curve_of(BY_HAND))
    assert (rows["specifications", ""].estimate, rows["fitted", ""].estimate) == (8, 8)
    assert (rows["hr_min", ""].estimate, rows["hr_max", ""].estimate) == (pytest.approx(0.5), pytest.approx(4))
    assert rows["hr_median", ""].estimate == pytest.approx(2)
    # -5 -3 -3 -1 -1 0 2: the middle of seven.
    assert rows["median_difference_median", ""].estimate == -1
    assert rows["median_difference_median", ""].n == 7


def test_shares_are_of_those_with_a_hazard_ratio_and_keep_their_numerators():
    rows = by_statistic(curve_of(BY_HAND))
    # The main analysis has 2: six of eight are above 1; 1 itself is on no side.
    assert (rows["same_sign", ""].events, rows["same_sign", ""].estimate) == (6, 75)
    # 0.05 is not below 0.05.
    assert rows["small_p", ""].events == 4
    assert (rows["same_sign_and_small_p", ""].events, rows["same_sign_and_small_p", ""].estimate) == (3, 37.5)
    assert "no evidence" in rows["small_p", ""].method
    assert "the main analysis (unadjusted)" in rows["same_sign", ""].method


def test_the_shift_is_the_mean_range_over_the_other_choices():
    rows = by_statistic(curve_of(BY_HAND))
    assert rows["shift", "resistance.preset"].estimate == pytest.approx(2)
    assert rows["shift", "endpoints.preset"].estimate == pytest.approx(math.exp(2 * math.log(4) / 4))
    assert rows["shift", "model"].estimate == pytest.approx(2)
    assert rows["shift", "endpoints.preset"].n == 4


def test_the_choice_that_moves_the_estimate_most_on_an_example_where_it_is_known():
    lines = ["resistance.preset endpoints.preset model hr"]
    for first, moved in (("a", 1), ("b", 1.3), ("c", 1.2)):
        lines += [f"{first} {second} adjusted {moved * factor}" for second, factor in (("x", 1), ("y", 3))]
    shifts = {
        level: row.estimate
        for (name, level), row in by_statistic(curve_of("\n".join(lines))).items()
        if name == "shift"
    }
    assert max(shifts, key=lambda key: shifts[key]) == "endpoints.preset"
    assert shifts == {"resistance.preset": pytest.approx(1.3), "endpoints.preset": pytest.approx(3)}


def test_a_group_with_one_hazard_ratio_says_nothing_of_the_choice():
    table = curve_of(
        """
        resistance.preset  endpoints.preset  model     hr
        a                  x                 adjusted  2
        b                  x                 adjusted  4
        a                  y                 adjusted  8
        b                  y                 adjusted  .
        """
    )
    assert log_ranges(table, "resistance.preset").tolist() == [pytest.approx(math.log(2))]
    assert by_statistic(table)["fitted", ""].estimate == 3


def test_an_unadjusted_specification_is_compared_with_each_adjusted_one():
    table = curve_of(
        """
        resistance.preset  progression_pattern.preset  model       hr
        a                  .                           unadjusted  2
        a                  index                       adjusted    4
        a                  eortc                       adjusted    16
        """
    )
    assert sorted(log_ranges(table, "model")) == [pytest.approx(math.log(2)), pytest.approx(math.log(8))]
    assert log_ranges(table, "progression_pattern.preset").tolist() == [pytest.approx(math.log(4))]


def test_without_the_main_analysis_the_sign_is_that_of_the_median():
    rows = by_statistic(
        curve_of("resistance.preset model hr p\na adjusted 0.5 0.2\nb adjusted 0.4 0.2\nc adjusted 2 0.2")
    )
    assert rows["same_sign", ""].events == 2
    assert "the median specification" in rows["same_sign", ""].method


def test_the_declared_model_says_which_sign_is_kept():
    rows = by_statistic(
        curve_of(
            "endpoints.preset model main hr p\nx unadjusted true 2 0.2\nx adjusted true 0.5 0.2\ny adjusted false 3 0.2"
        )
    )
    assert rows["same_sign", ""].events == 1
    assert "the main analysis (adjusted)" in rows["same_sign", ""].method


def test_those_without_a_hazard_ratio_are_counted_by_reason():
    rows = by_statistic(
        curve_of(
            """
            resistance.preset | model    | hr | reason
            a                 | adjusted | 2  |
            b                 | adjusted | .  | No event in the class primary.
            c                 | adjusted | .  | No event in the class primary.
            d                 | adjusted | .  | 3 events, fewer than the declared minimum of 5.
            """
        )
    )
    assert (rows["specifications", ""].estimate, rows["fitted", ""].estimate) == (4, 1)
    assert rows["fitted", ""].method == (
        "Without a hazard ratio: 2 (no event in the class primary); 1 (3 events, fewer than the declared minimum of 5)."
    )


def test_rows_have_the_keys_of_the_results_table():
    for row in summary(curve_of(BY_HAND), 0.95, "main"):
        assert (row.analysis, row.endpoint, row.population) == ("main", "PFS", "rechallenge")
        assert (row.model, row.term) == ("specification_curve", "resistance")


def test_a_missing_or_repeated_specification_is_no_curve():
    table = curve_of(BY_HAND)
    first, second = table.iloc[:4].assign(place=range(1, 5)), table.iloc[4:].assign(place=range(5, 9))
    assert gathered([second, first])["id"].tolist() == table["id"].tolist()
    for shards in ([first.iloc[1:], second], [first, first], [first, second, second]):
        with pytest.raises(ValueError, match="not all of them once"):
            gathered(shards)


def test_a_study_without_the_curve_has_an_empty_one():
    empty = gathered([])
    assert len(empty) == 0
    assert list(summary(empty, 0.95, "main")) == []
    assert choices_of(empty) == ["model"]
