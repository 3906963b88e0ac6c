"""The validation report: complete, capped, and deaf to what the extract tells it."""

from pathlib import Path

import pandas as pd
import pytest

from rechallenge.findings import COLUMNS
from rechallenge.validation.page import page, plain

TEMPLATE = Path(__file__).parents[2] / "workflow" / "templates" / "validation.html.j2"
ACCOUNT = pd.DataFrame(
    [{"table": "treatments", "rows_read": 1200, "duplicates_merged": 3, "set_aside": 4, "used": 1193}]
)


def violations(*rows: dict[str, object]) -> pd.DataFrame:
    usual = {
        "severity": "error", "rule": "dose_after_death", "table": "treatments", "source_file": "t.csv", "source_row": 2,
        "patient_id": "01", "column": "end_date", "value": "2020-07-01", "message": "The last dose.",
        "action": "Correct.", "status": "open",
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, **row} for row in rows], columns=[*COLUMNS, "status"])
    return frame.astype({"source_row": "Int64"})


def shown(frame: pd.DataFrame, **options: int) -> str:
    return page(frame, ACCOUNT, TEMPLATE, title="A study", **options)


def test_open_errors_stop_the_study() -> None:
    text = shown(violations({}, {"severity": "warning", "rule": "line_goes_back"}))
    assert "The study stops: 1 open error." in text
    assert text.index("dose_after_death") < text.index("line_goes_back")
    assert "Correct the date of death or of the last dose." in text
    assert "1,193" in text


def test_no_open_error_goes_on() -> None:
    text = shown(violations({"status": "waived"}, {"status": "set_aside"}, {"status": "set_aside"}))
    assert "No error is open" in text
    assert "1 errors are waived" in text
    assert "2 concern rows that were set aside" in text


def test_a_rule_with_two_severities_has_two_places() -> None:
    rows = [{"rule": "value_unknown", "severity": severity} for severity in ("warning", "error", "warning")]
    text = shown(violations(*rows))
    assert text.index("The study stops: 1 open error.") < text.index('id="rule-1"') < text.index('id="rule-2"')
    assert 'id="rule-3"' not in text


def test_no_violation_at_all() -> None:
    assert "No rule found anything." in shown(violations())


def test_rows_of_a_rule_are_capped_open_ones_first_with_the_total() -> None:
    rows = [{"status": "waived", "value": f"waived {number}"} for number in range(30)]
    text = shown(violations(*rows, {"value": "the open one"}), rows_per_rule=5)
    assert "5 of 31 rows are shown" in text
    assert "the open one" in text
    assert "waived 3" in text
    assert "waived 4" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</td></table><style>body{display:none}</style>",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", ["source_file", "patient_id", "column", "value", "message", "rule", "table"])
def test_text_of_the_extract_is_shown_and_not_obeyed(text: str, column: str) -> None:
    made = shown(violations({column: text}))
    assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") in made
    assert "<script" not in made
    assert "<img" not in made
    assert made.count("<style>") == 1


def test_unprintable_and_endless_text_does_not_break_the_page() -> None:
    made = shown(
        violations({"value": "a\x00b\ud800c\u202ed"}, {"value": "x" * 5000}, {"value": None, "patient_id": None})
    )
    assert "a\ufffdb\ufffdc\ufffdd" in made
    assert "x" * 301 not in made
    made.encode("utf-8")


def test_the_page_is_one_file_without_scripts() -> None:
    made = shown(violations({}))
    for outside in ("http://", "https://", "src=", "<script", "<link", "url("):
        assert outside not in made
    assert 'name="viewport"' in made
    assert "@media print" in made


def test_missing_values_are_empty() -> None:
    assert plain(pd.NA) == plain(None) == plain(float("nan")) == ""
    assert plain(7) == "7"
