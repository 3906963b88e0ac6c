"""The tables of results, from rows of estimates to printed lines."""

from rechallenge.estimates.rows import Row, not_fitted, placed, table
from rechallenge.report import numbers as n
from rechallenge.report.further_results import analyses_table, safety_table
from rechallenge.report.results import cox_tables, survival_tables
from rechallenge.report.sheets import printed
from rechallenge.report.table_one import table_one
from rechallenge.results import prepared
from tests.report.studies import make_study


def test_survival_after_rechallenge(study):
    sheet = survival_tables(study.tidy, study.numbers, study.labels)[0]
    assert printed(sheet, study.numbers)[:5] == [
        ["", "Patients", "Events", "Median, months (CI)", "At 6 months (CI)", "Log-rank P"],
        ["All patients", "40", "34", "2.9 (2.0 to 5.7)", "61% (43% to 86%)", ""],
        ["Resistance", "", "", "", "", "0.042"],
        ["Acquired", "22", "19", "5.0 (2.2 to 9.4)", "61% (43% to 86%)", ""],
        ["Primary", "18", "15", "1.9 (1.1 to NR)", "61% (43% to 86%)", ""],
    ]


def test_cox_models_say_their_size(study):
    sheet = cox_tables(study.tidy, study.numbers, study.labels)[0]
    assert printed(sheet, study.numbers)[1] == [
        "Resistance: primary vs acquired", "2.44 (1.11 to 5.36)", "0.027", "38", "33",
        "2.44 (1.11 to 5.36)", "0.027", "0.89",
    ]  # fmt: skip
    assert sheet.notes[0].endswith(".events_per_variable} events per parameter.")
    assert len(sheet.notes) == 5
    assert sheet.notes[1].startswith("Fewer than ten events per parameter")


def test_analyses_stand_side_by_side(study):
    rows = printed(analyses_table(study.tidy, study.numbers, study.titles), study.numbers)
    assert rows[0] == ["", "Main analysis", "Literal reading"]
    assert ["Patients, acquired resistance", "22 (55%)", "22 (55%)"] in rows
    assert ["PFS, log-rank P, by resistance", "0.042", "0.042"] in rows


def test_one_analysis_has_nothing_beside_it():
    study = make_study(rechallenged=False)
    assert analyses_table(study.tidy, study.numbers, {}) is None


def test_safety_counts_patients_and_leaves_out_the_share_of_nobody():
    own = {"model": "safety", "term": "immune_related_event"}
    rows = [
        Row("n", 3.0, n=41.0, population="rechallenge", level="rechallenge", **own),
        Row("percent", 100 * 3 / 41, n=41.0, population="rechallenge", level="rechallenge", **own),
        Row("n", 0.0, n=0.0, population="rechallenge", level="recurrence", **own),
        Row("percent", n=0.0, population="rechallenge", level="recurrence", **own),
    ]
    numbers = n.from_estimates(table(placed(rows, analysis="main")))
    assert printed(safety_table(numbers), numbers)[1:] == [["Rechallenge", "41", "3 (7%)"]]
    assert safety_table({}) is None


def test_a_comparison_that_would_repeat_the_definition_says_so_and_has_no_p_value():
    own = {"endpoint": "PFS1", "population": "rechallenge", "n": 20.0, "events": 20.0}
    medians = [
        Row("median", 7.0, 5.0, 9.0, model="kaplan_meier", term="resistance", level=level, **own)
        for level in ("acquired", "primary")
    ]
    said = "Not compared: the time is part of the definition of resistance."
    refused = placed([not_fitted(said, **own)], model="log_rank", term="resistance")
    frame = prepared(table(placed([*medians, *refused], analysis="main")))
    numbers = {
        **n.from_estimates(frame),
        **n.from_settings({"statistics": {"confidence": 0.95, "few_events": 5}}),
    }
    (sheet,) = survival_tables(frame, numbers, {})
    assert printed(sheet, numbers)[1] == ["Resistance", "", "", "", "part of the definition"]


def test_percentages_that_do_not_add_up_are_noted():
    def whole(counts: list[float]) -> list[Row]:
        total = sum(counts)
        own = {"model": "table1", "population": "rechallenge", "term": "stage", "n": total}
        shares = [("n", lambda count: count), ("percent", lambda count: 100 * count / total)]
        return [
            Row(statistic, value(count), level=level, **own)
            for level, count in zip(("IIIB", "IVA", "IVB"), counts, strict=True)
            for statistic, value in shares
        ]

    noted = {}
    for counts in ([17.0, 14.0, 10.0], [10.0, 10.0, 20.0]):
        frame = prepared(table(placed(whole(counts), analysis="main")))
        for adding_up in (False, True):
            notes = " ".join(table_one(frame, n.from_estimates(frame, adding_up=adding_up)).notes)
            noted[counts[0], adding_up] = "may not add up" in notes, "not the nearest" in notes
    assert noted == {
        (17.0, False): (True, False),
        (17.0, True): (False, True),
        (10.0, False): (False, False),
        (10.0, True): (False, False),
    }
