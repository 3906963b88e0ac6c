"""Findings: what a row of violations.csv holds."""

import pandas as pd

from rechallenge.files import write_csv
from rechallenge.findings import LONGEST_TEXT, Rule, findings
from rechallenge.validation.gate import gate

RULE = Rule("value_unknown", "warning", "The word is not known", "Correct it.")


def test_a_cell_of_megabytes_is_quoted_by_its_beginning_and_the_gate_can_read_it(tmp_path) -> None:
    rows = pd.DataFrame({"patient_id": ["01"], "source_file": ["a.csv"], "source_row": [2], "stage": ["A" * 3_000_000]})
    found = findings(RULE, rows, table="patients", column="stage")
    assert found["value"].item() == "A" * LONGEST_TEXT + "…"
    write_csv(found.assign(status="open"), tmp_path / "violations.csv")
    assert gate(tmp_path / "violations.csv", tmp_path / "validation.html")["open_errors"] == 0


def test_a_finding_says_where(tmp_path) -> None:
    rows = pd.DataFrame({"patient_id": ["01"], "source_file": ["a.csv"], "source_row": [2], "stage": ["V"]})
    found = findings(RULE, rows, table="patients", column="stage").iloc[0]
    where = found[["severity", "rule", "table", "source_file", "source_row", "patient_id", "column", "value"]]
    assert where.tolist() == ["warning", "value_unknown", "patients", "a.csv", 2, "01", "stage", "V"]
