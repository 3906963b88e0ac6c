"""Tables of the further comparisons: what stands where, and that no comparison within a class is printed."""

from dataclasses import replace

import pandas as pd

from rechallenge.estimates import logrank
from rechallenge.estimates.comparison_methods import rows
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import placed, table
from rechallenge.estimates.times import classes_of
from rechallenge.report import comparison_tables, numbers
from rechallenge.report.sheets import Sheet, printed
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.test_comparison_methods import patients

PLAN = Plan("PFS", "rechallenge", compare=("resistance",), crossed=(("resistance", "progression_pattern"),))
SETTINGS = StatisticsSettings(strata=("progression_pattern",), log_rank_weights=("gehan_breslow",))


def sheets(levels: tuple[str, ...] = ("acquired", "primary")) -> tuple[dict[str, Sheet], numbers.Numbers]:
    frame = patients(levels=levels).assign(progression_pattern="oligo")
    found = [*rows(frame, PLAN, SETTINGS, CLASSES)]
    plain = logrank.rows(frame, classes_of(frame["resistance"]))
    found += [replace(row, model="log_rank", term="resistance") for row in plain]
    keys = {"endpoint": "PFS", "population": "rechallenge", "analysis": "main"}
    estimates = numbers.prepared(pd.DataFrame(table(placed(found, **keys))))
    known = {
        **numbers.from_estimates(estimates),
        **numbers.from_settings({"statistics": {"confidence": 0.95}}, "settings"),
    }
    return {sheet.id: sheet for sheet in comparison_tables.tables(estimates, known, {})}, known


def test_each_test_has_a_column_beside_the_unweighted_one():
    found, known = sheets()
    head, *body = printed(found["weighted-tests-pfs-rechallenge"], known)
    assert head == [
        "",
        "Log-rank test: P",
        "Gehan-Breslow test: P",
        "Log-rank test, stratified: P",
        "Gehan-Breslow test, stratified: P",
    ]
    assert [row[0] for row in body] == ["Resistance"]
    assert all(cell[0] in "0<" for cell in body[0][1:])


def test_restricted_means_are_beside_their_differences():
    found, known = sheets()
    _, group, reference, compared = printed(found["restricted-means-pfs-rechallenge"], known)
    assert group[:2] == ["Resistance", "12"]
    assert reference[0] == "Acquired"
    assert reference[5:] == ["–"] * 4
    assert " to " in compared[5]
    assert compared[0] == "Primary"


def test_pairs_are_printed_where_there_are_more_than_two_classes():
    assert "pairs-pfs-rechallenge" not in sheets()[0]
    found, known = sheets(("acquired", "primary", "late"))
    labels = [row[0] for row in printed(found["pairs-pfs-rechallenge"], known)]
    assert labels == ["", "Resistance", "Acquired vs primary", "Acquired vs late", "Primary vs late"]


def test_without_such_rows_there_are_no_tables():
    assert comparison_tables.tables(numbers.prepared(table([])), {}, {}) == []
