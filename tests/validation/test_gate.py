"""The gate holds while errors are open, and lets everything else through."""

import subprocess
import sys
from pathlib import Path

import pytest

from rechallenge.errors import UserError
from rechallenge.validation.gate import OUTDATED, gate, mark_outdated, summary, unmark

HEADER = "severity,rule,table,source_file,source_row,patient_id,column,value,message,action,status\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "violations.csv"
    rows = [
        f'{severity},{rule},treatments,t.csv,2,01,drug,"a\nb",m,d,{status}'
        for severity, rule, status in map(str.split, lines)
    ]
    path.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def test_an_open_error_stops_the_study_and_names_the_report(tmp_path: Path) -> None:
    path = written(
        tmp_path, "error dose_after_death open", "error dose_after_death open", "error end_before_start open"
    )
    with pytest.raises(UserError) as error:
        gate(path, tmp_path / "validation.html")
    sentence = str(error.value)
    assert "3 open errors: dose_after_death (2), end_before_start (1)." in sentence
    assert str(tmp_path / "validation.html") in sentence


def test_waived_and_set_aside_errors_and_open_warnings_pass(tmp_path: Path) -> None:
    path = written(tmp_path, "error a waived", "error b set_aside", "warning c open", "note d open")
    counted = gate(path, tmp_path / "validation.html")
    assert counted["open_errors"] == 0
    assert counted["by_severity"]["error"] == {"open": 0, "waived": 1, "set_aside": 1}
    assert counted["by_rule"]["c"] == {"severity": "warning", "open": 1, "waived": 0, "set_aside": 0}


def test_open_warnings_of_a_rule_that_has_errors_too_are_not_counted_as_errors(tmp_path: Path) -> None:
    path = written(tmp_path, "error value_unknown open", "warning value_unknown open", "warning value_unknown open")
    with pytest.raises(UserError, match=r"1 open error: value_unknown \(1\)\."):
        gate(path, tmp_path / "validation.html")


def test_no_violation_at_all_passes(tmp_path: Path) -> None:
    assert summary(written(tmp_path))["by_severity"]["note"] == {"open": 0, "waived": 0, "set_aside": 0}


def test_results_of_an_earlier_run_are_marked_until_the_gate_opens_again(tmp_path: Path) -> None:
    (tmp_path / "shareable").mkdir()
    (tmp_path / "shareable" / "row_account.csv").touch()
    assert not mark_outdated(tmp_path / "shareable")
    (tmp_path / "shareable" / "report.html").touch()

    assert mark_outdated(tmp_path / "shareable")
    assert "earlier run" in (tmp_path / "shareable" / OUTDATED).read_text()
    unmark(tmp_path / "shareable")
    unmark(tmp_path / "shareable")
    assert not (tmp_path / "shareable" / OUTDATED).exists()


def test_the_gate_does_not_wait_for_pandas() -> None:
    code = "import sys, rechallenge.validation.gate; print('pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
