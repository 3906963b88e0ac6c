"""The gate: counts what the validation found and stops the study while errors are open. No pandas here."""

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

from rechallenge.errors import UserError

SEVERITIES = ("error", "warning", "note")
STATUSES = ("open", "waived", "set_aside")
_NAMED = 10
OUTDATED = "OUT_OF_DATE.txt"


def summary(violations: str | os.PathLike[str]) -> dict[str, Any]:
    """Count the rows of violations.csv.

    Returns `by_severity` ({severity: {status: n}}, every severity and status) and `by_rule` ({rule: {severity,
    open, waived, set_aside}}, in the order of the file: errors first).
    """
    by_severity = {severity: dict.fromkeys(STATUSES, 0) for severity in SEVERITIES}
    by_rule: dict[str, dict[str, Any]] = {}
    with Path(violations).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            severity, status = row["severity"], row["status"]
            by_severity[severity][status] += 1
            counts = by_rule.setdefault(row["rule"], {"severity": severity, **dict.fromkeys(STATUSES, 0)})
            counts[status] += 1
    return {"by_severity": by_severity, "by_rule": by_rule}


def _open_errors(violations: str | os.PathLike[str]) -> Counter[str]:
    """Count the open errors by rule. A rule may have warnings too (an unreadable cell where none is required)."""
    with Path(violations).open(encoding="utf-8", newline="") as file:
        return Counter(
            row["rule"] for row in csv.DictReader(file) if (row["severity"], row["status"]) == ("error", "open")
        )


def gate(violations: str | os.PathLike[str], report: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the summary if no error is open; else raise UserError with a sentence that names the report."""
    counted = summary(violations)
    still_open = _open_errors(violations)
    number = still_open.total()
    if number:
        named = [f"{rule} ({count:,})" for rule, count in still_open.most_common(_NAMED) if count]
        more = sum(1 for count in still_open.values() if count) - len(named)
        further = f" and {more} more rules" if more else ""
        raise UserError(
            f"The extract has {number:,} open {'error' if number == 1 else 'errors'}: {', '.join(named)}{further}. "
            f"Every one, with file, row and what to do, stands in {Path(report).resolve()} and in violations.csv "
            "beside it. Correct the extract or the mapping, waive reviewed exceptions (validation.waivers), or set "
            "their rows aside by rule (validation.set_aside)."
        )
    return {"open_errors": 0, **counted}


def mark_outdated(shareable: Path) -> bool:
    """Say in a file beside the results of an earlier run that they are not those of the present extract.

    Returns whether there were any. The file is removed by `unmark` when the gate opens again.
    """
    # The account of the rows is of this run; the report is made behind the gate.
    if not (shareable / "report.html").exists():
        return False
    (shareable / OUTDATED).write_text(
        "The files of this folder were made by an earlier run: the present extract was held back by its errors.\n"
        "Do not share them as results of the present extract. This file goes away when the errors are gone.\n",
        encoding="utf-8",
    )
    return True


def unmark(shareable: Path) -> None:
    """Remove the mark of `mark_outdated`, where there is one."""
    (shareable / OUTDATED).unlink(missing_ok=True)
