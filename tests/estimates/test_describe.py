"""Table 1 of a few patients, and counts by class."""

import pandas as pd
import pytest

from rechallenge.estimates.counts import attrition_counts, class_counts, population_counts
from rechallenge.estimates.describe import Variable, table_one
from rechallenge.estimates.rows import Row

PATIENTS = pd.DataFrame(
    [
        ("primary", 50.0, "male", "PR"),
        ("primary", 60.0, "male", None),
        ("acquired", 70.0, "female", "PR"),
        ("acquired", 93.0, "male", None),
        ("acquired", 95.0, None, None),
        ("unclassified", None, "female", "SD"),
    ],
    columns=["resistance", "age", "sex", "best_response"],
)
VARIABLES = (Variable("age", "number"), Variable("sex"), Variable("resistance"), Variable("absent"))


@pytest.fixture
def table() -> dict[str, Row]:
    return {
        row.estimate_id: row
        for row in table_one(PATIENTS, VARIABLES, order=("acquired", "primary"), seed=1, oldest_age=89)
    }


def test_percentages_are_of_patients_with_a_value_and_missing_is_a_line(table: dict[str, Row]) -> None:
    assert table["table1/sex/male/n"].estimate == 3
    assert table["table1/sex/male/percent"].estimate == pytest.approx(60)
    assert table["table1/sex/male/percent"].n == 5
    assert table["table1/sex/missing"].estimate == 1


def test_a_column_per_class_the_unclassified_too(table: dict[str, Row]) -> None:
    columns = ["table1", *(f"table1|resistance={name}" for name in ("acquired", "primary", "unclassified"))]
    assert [table[f"{column}/patients/n"].estimate for column in columns] == [6, 3, 2, 1]


def test_ages_over_89_are_not_told_apart(table: dict[str, Row]) -> None:
    assert table["table1|resistance=acquired/age/median"].estimate == 90
    assert table["table1|resistance=acquired/age/q3"].estimate == 90
    assert table["table1|resistance=acquired/age/q1"].estimate == 80


def test_a_number_is_summarised_by_median_and_quartiles(table: dict[str, Row]) -> None:
    values = [table[f"table1/age/{name}"].estimate for name in ("q1", "median", "q3")]
    assert values == [60, 70, 90]
    assert table["table1/age/missing"].estimate == 1


def test_the_test_leaves_out_missing_values_and_the_unclassified(table: dict[str, Row]) -> None:
    row = table["table1/age/p"]
    assert (row.n, row.method) == (5, "Wilcoxon rank-sum test")
    assert table["table1/sex/p"].n == 4


def test_the_variable_that_makes_the_columns_is_not_tested(table: dict[str, Row]) -> None:
    assert "table1/resistance/p" not in table


def test_what_defines_the_columns_is_not_tested_and_says_so() -> None:
    variables = (Variable("best_response", defines=True), Variable("sex"))
    rows = {
        row.estimate_id: row
        for row in table_one(PATIENTS, variables, order=("acquired", "primary"), seed=1, oldest_age=89)
    }
    assert "table1/best_response/p" not in rows
    said = "Not tested: best_response is part of the definition of resistance."
    assert rows["table1/best_response/not_fitted"].method == said
    assert "table1/sex/p" in rows


def test_no_test_where_one_class_is_empty() -> None:
    only = PATIENTS[PATIENTS["resistance"] == "primary"]
    rows = table_one(only, VARIABLES, order=("acquired", "primary"), seed=1, oldest_age=89)
    assert not [row for row in rows if row.statistic == "p"]
    empty = [row for row in rows if row.model == "table1|resistance=acquired" and row.statistic == "n"]
    assert {row.estimate for row in empty} == {0}, "a count of none is a result, in every line"
    assert {row.term for row in empty} >= {"patients", "sex"}
    assert not [row for row in rows if row.model == "table1|resistance=acquired" and row.statistic == "percent"]


def test_nobody_known() -> None:
    nothing = PATIENTS.assign(age=float("nan"), sex=None)
    rows = {row.estimate_id: row for row in table_one(nothing, VARIABLES, seed=1, oldest_age=89)}
    assert rows["table1/sex/missing"].estimate == 6
    assert rows["table1/age/median"].estimate != rows["table1/age/median"].estimate


def test_class_counts_show_empty_classes_and_those_without_one() -> None:
    rows = class_counts(pd.Series(["primary", "primary", "unclassified", None]), ("acquired", "primary"))
    found = {(row.level, row.statistic): row.estimate for row in rows}
    assert found == {
        ("acquired", "n"): 0,
        ("acquired", "percent"): 0,
        ("primary", "n"): 2,
        ("primary", "percent"): 50,
        ("unclassified", "n"): 1,
        ("unclassified", "percent"): 25,
        ("", "missing"): 1,
    }


def test_class_counts_of_nobody_have_no_percentages() -> None:
    rows = class_counts(pd.Series([], dtype=object), ("acquired",))
    assert {row.statistic for row in rows} == {"n", "missing"}


def test_population_counts() -> None:
    cohort = pd.DataFrame(
        {
            "in_first_ici": [True, True, True, False],
            "in_progressed": [True, True, False, False],
            "eligible": [True, True, False, False],
        }
    )
    # One of the cohort's two is left out of this analysis: without a class of resistance.
    classified = pd.DataFrame(
        {"eligible": [True, False, False], "analysis_exclusion": [None, "unclassified_resistance", None]}
    )
    found = {row.estimate_id: row.estimate for row in population_counts(cohort, classified)}
    assert found == {
        "extract/overall/n": 4,
        "first_ici/overall/n": 3,
        "progressed/overall/n": 2,
        "rechallenge/overall/n": 1,
        "rechallenge/analysis_exclusion/unclassified_resistance/n": 1,
    }


def test_attrition_counts() -> None:
    step = {"step": [1], "criterion": ["nsclc"], "excluded": [5], "remaining": [80], "not_evaluable": [2]}
    found = {row.estimate_id: row.estimate for row in attrition_counts(pd.DataFrame(step))}
    assert found == {
        "attrition/nsclc/excluded": 5,
        "attrition/nsclc/remaining": 80,
        "attrition/nsclc/not_evaluable": 2,
    }
