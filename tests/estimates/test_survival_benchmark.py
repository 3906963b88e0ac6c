"""The survival benchmark beside R on a small cohort: the same numbers (`make benchmark-r` for large cohorts)."""

import json
import subprocess
import sys
from pathlib import Path

from tests.needs_r import needs_r


@needs_r
def test_the_numbers_of_the_benchmark_are_r_s(checkout: Path, tmp_path: Path) -> None:
    """How long it takes is for the benchmark to judge, not for a test."""
    record = tmp_path / "survival.json"
    command = [sys.executable, "scripts/benchmark_survival.py", "--patients", "2000", "--runs", "1", "--record", record]
    subprocess.run(command, cwd=checkout, check=False, capture_output=True)
    written = json.loads(record.read_text(encoding="utf-8"))
    assert [row["task"] for row in written["rows"]] == [
        "kaplan_meier", "log_rank", "cox", "proportional_hazards", "reported",
    ]  # fmt: skip
    assert all(row["difference"] < 1e-6 for row in written["rows"])
    assert written["machine"]["cores"] >= 1
