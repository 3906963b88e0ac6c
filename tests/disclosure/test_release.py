"""The frames of a release: internal as they are, public with small counts withheld, each with its summary."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.disclosure.release import Results, released
from rechallenge.disclosure.small_tables import protect_findings, protect_row_account
from rechallenge.estimates.risk_sets import COLUMNS as RISK_SETS
from rechallenge.estimates.rows import Row, table
from rechallenge.settings.release import ReleaseSettings
from rechallenge.validation.finding_counts import finding_counts

INTERNAL, PUBLIC = ReleaseSettings(level="internal"), ReleaseSettings()
ACCOUNT = pd.DataFrame(
    [("patients", 414, 14, 0, 400), ("treatments", 1528, 89, 2, 1437)],
    columns=["table", "rows_read", "duplicates_merged", "set_aside", "used"],
)
CURVES = ["analysis", "endpoint", "population", "term", "level", "time_months", "lower", "upper", "at_risk"]


@pytest.fixture
def results() -> Results:
    steps = [("extract", 0, 40), ("nsclc", 10, 30), ("advanced", 2, 28), ("rechallenged", 8, 20)]
    attrition = pd.DataFrame(
        [(at, name, out, left, 0) for at, (name, out, left) in enumerate(steps)],
        columns=["step", "criterion", "excluded", "remaining", "not_evaluable"],
    )
    rows = [
        Row(statistic, float(value), analysis="main", term="attrition", level=name)
        for name, out, left in steps
        for statistic, value in (("excluded", out), ("remaining", left), ("not_evaluable", 0))
    ]
    violations = pd.DataFrame(
        [("warning", "date_unreadable", "patients", "open")] * 3
        + [("warning", "value_unknown", "patients", "open")] * 9,
        columns=["severity", "rule", "table", "status"],
    )
    return Results(
        estimates=table(rows),
        attrition=attrition,
        row_account=ACCOUNT,
        findings=finding_counts(violations),
        specification_curve=pd.DataFrame(
            columns=["n", "events", "left_out", "hr", "lower", "upper", "p", "median_difference", "logrank_p", "reason"]
        ),
        curves=pd.DataFrame(columns=[*CURVES, "survival", "events", "censored"]),
        incidence=pd.DataFrame(columns=[*CURVES, "incidence", "cause"]),
        risk_sets=pd.DataFrame(columns=list(RISK_SETS)),
    )


def test_what_a_study_does_not_say_is_public() -> None:
    assert PUBLIC.public
    assert (PUBLIC.smallest_count, PUBLIC.vector_survival_curves, PUBLIC.per_patient_figures) == (5, False, False)


def test_an_internal_release_is_everything_and_says_how_many_small_counts_it_tells(results: Results) -> None:
    made = released(results, INTERNAL)
    assert all(getattr(made.results, name) is getattr(results, name) for name in vars(results) if name != "risk_sets")
    assert made.withheld.empty
    told = made.summary.set_index(["file", "column"])["numbers"].to_dict()
    assert told == {
        ("attrition.csv", "excluded"): 1, ("row_account.csv", "set_aside"): 1, ("findings.csv", "open"): 1,
        ("findings.csv", "all"): 1,
    }  # fmt: skip
    assert set(made.summary["withheld"]) == {"no"}


def test_a_public_release_withholds_and_says_how_much(results: Results) -> None:
    made = released(results, PUBLIC)
    flow = made.results.attrition.set_index("criterion")
    assert np.isnan(flow.loc["advanced", "excluded"])
    assert flow.loc["nsclc"].isna().sum() + flow.loc["rechallenged"].isna().sum() >= 1
    assert flow.loc["extract", "remaining"] == 40
    assert set(made.summary["withheld"]) == {"yes"}
    assert made.summary["numbers"].sum() == len(made.withheld)


def test_of_the_rows_of_a_table_the_used_ones_are_withheld_with_the_few_set_aside() -> None:
    made = protect_row_account(ACCOUNT, PUBLIC).frame.set_index("table")
    assert made.loc["patients"].tolist() == [414, 14, 0, 400]
    assert made.loc["treatments"].isna().to_dict() == {
        "rows_read": False, "duplicates_merged": False, "set_aside": True, "used": True,
    }  # fmt: skip


def test_findings_of_a_rule_are_not_had_from_the_sum_of_their_severity(results: Results) -> None:
    made = protect_findings(results.findings, PUBLIC).frame
    warnings = made[made["severity"] == "warning"].set_index("rule")["all"]
    assert np.isnan(warnings["date_unreadable"])
    assert warnings.isna().sum() >= 2
