"""numbers.json: names, texts and where each number comes from."""

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates.rows import Row, table
from rechallenge.report import numbers as n
from tests.report.studies import estimates_frame, make_study


@pytest.mark.parametrize(
    ("name", "text", "estimate_id"),
    [
        ("pfs.rechallenge.overall.median", "2.9", "main/PFS/rechallenge/kaplan_meier/overall/median"),
        ("pfs.rechallenge.overall.median.ci", "2.0 to 5.7", "main/PFS/rechallenge/kaplan_meier/overall/median"),
        (
            "pfs.rechallenge.resistance.primary.median.ci",
            "1.1 to NR",
            "main/PFS/rechallenge/kaplan_meier/resistance/primary/median",
        ),
        ("os.rechallenge.overall.median", "NR", "main/OS/rechallenge/kaplan_meier/overall/median"),
        ("pfs.rechallenge.overall.survival.at_6", "61%", "main/PFS/rechallenge/kaplan_meier/overall/survival/6"),
        (
            "pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr",
            "2.44",
            "main/PFS/rechallenge/cox_multivariable/resistance/primary/acquired/hr",
        ),
        (
            "pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr.p",
            "0.027",
            "main/PFS/rechallenge/cox_multivariable/resistance/primary/acquired/hr",
        ),
        (
            "pfs.rechallenge.cox_multivariable.events_per_variable",
            "8.2",
            "main/PFS/rechallenge/cox_multivariable/events_per_variable",
        ),
        ("pfs.rechallenge.log_rank.resistance.p", "0.042", "main/PFS/rechallenge/log_rank/resistance/p"),
        ("rechallenge.resistance.acquired.percent", "55%", "main/rechallenge/resistance/acquired/percent"),
        ("rechallenge.table1.age.q1", "55.2", "main/rechallenge/table1/age/q1"),
        ("literal.pfs.rechallenge.overall.median", "2.9", "literal/PFS/rechallenge/kaplan_meier/overall/median"),
    ],
)
def test_names_of_estimates(name, text, estimate_id):
    found = n.from_estimates(estimates_frame())[name]
    assert (found["text"], found["estimate_id"]) == (text, estimate_id)


def test_every_estimate_id_is_a_row_of_the_estimates():
    estimates = estimates_frame()
    assert {entry["estimate_id"] for entry in n.from_estimates(estimates).values()} <= set(estimates["estimate_id"])


def test_what_was_not_fitted_has_no_number():
    assert not [name for name in n.from_estimates(estimates_frame()) if "not_fitted" in name]


def test_a_median_that_is_not_reached_is_kept_without_a_value():
    found = n.from_estimates(estimates_frame())
    assert found["os.rechallenge.overall.median"]["text"] == "NR"
    assert found["os.rechallenge.overall.median.ci"]["text"] == "18.1 to NR"


def test_a_group_without_patients_has_no_median():
    rows = table(
        [
            Row(
                "median",
                n=0.0,
                events=0.0,
                analysis="main",
                endpoint="PFS",
                population="rechallenge",
                model="kaplan_meier",
                term="resistance",
                level="primary",
            )
        ]
    )
    assert "pfs.rechallenge.resistance.primary.median" not in n.from_estimates(rows)


def test_missing_columns_are_named():
    with pytest.raises(UserError, match="p, n, events"):
        n.from_estimates(estimates_frame().drop(columns=["p", "n", "events"]))


def test_two_equal_names_are_our_fault():
    frame = estimates_frame()
    twice = pd.concat([frame, frame[frame["statistic"] == "hr"]], ignore_index=True)
    with pytest.raises(ValueError, match="share the name"):
        n.from_estimates(twice)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flow.advanced.excluded", "27"),
        ("flow.advanced.not_evaluable", "9"),
        ("flow.minimum_data.remaining", "40"),
        ("rows.patients.rows_read", "425"),
        ("rows.all.used", "405"),
        ("files.0.rows", "425"),
        ("quality.error.waived", "1"),
        ("quality.note.all", "0"),
        ("quality.rule.unknown_line.treatments.open", "1"),
        ("settings.definitions.resistance.cutoff_days", "182.625"),
        ("settings.analyses.literal.definitions.episodes.combination_window_days", "28"),
        ("settings.statistics.confidence.percent", "95%"),
        ("published.index_study.pfs_acquired", "7.0"),
        ("published.index_study.pfs_acquired.p", "0.003"),
        ("published.index_study.os", "NR"),
        ("published.sibling_studies.xu_s_first_pfs", "8.90"),
        ("constants.days_per_month", "30.4375"),
    ],
)
def test_numbers_from_elsewhere(name, text):
    assert make_study().numbers[name]["text"] == text
