"""What a run that nobody watches says at its end: what ran, the gate, the drifts, where to read, the exit status.

Its block is the log of a CI job, which may lie outside the hospital: counts of the shareable comparison, names of rules
and of settings, paths; never what a step said of a row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# The exit status. 2 is that of a mistake in the options.
PASSED, NOT_MADE, BEYOND_POLICY = 0, 1, 3
# What Snakemake says of the jobs, one line each.
_FINISHED: Final = re.compile(r"^Finished jobid: \d+ \(Rule: (\w+)\)")
_FAILED: Final = re.compile(r"^Error in rule (\w+):")
_WIDTH: Final = 10


@dataclass(frozen=True)
class Run:
    """How a run of Snakemake ended: its exit status, and the rules whose jobs were finished and failed, in order."""

    status: int
    finished: tuple[str, ...]
    failed: tuple[str, ...]


def finished_rule(line: str) -> str:
    """Return the rule of which Snakemake says in a line that a job is finished; empty for any other line."""
    found = _FINISHED.match(line)
    return found[1] if found else ""


def failed_rule(line: str) -> str:
    """Return the rule of which Snakemake says in a line that a job failed; empty for any other line."""
    found = _FAILED.match(line)
    return found[1] if found else ""


def status_of(run: Run, comparison: Mapping[str, Any] | None) -> int:
    """Return PASSED; BEYOND_POLICY where nothing but the study's policy failed the run; else NOT_MADE."""
    if run.status == 0:
        return PASSED
    if run.failed == ("compare",) and comparison is not None and comparison["fails"]:
        return BEYOND_POLICY
    return NOT_MADE


def block(
    run: Run, *, study: str, folder: str, findings: Mapping[str, Any] | None, comparison: Mapping[str, Any] | None,
    previous: str | None,
) -> list[str]:  # fmt: skip
    """Return the last lines of a run.

    `study` is the study file, `folder` the run folder; `findings` the counts of violations.csv (`summary` of
    `rechallenge.validation.gate`) and `comparison` the shareable comparison.json, where this run made them; `previous`
    the release to compare with, where the study names one.
    """
    status = status_of(run, comparison)
    lines = [
        *_said("Study", [study]),
        *_said("Ran", [_ran(run)]),
        *_said("Gate", _gate(run, findings)),
        *_said("Compared", _compared(comparison, previous)),
        *_said("Read", _places(run, folder, comparison)),
        *_said("Outcome", [f"{_outcome(status, comparison)} Exit status {status}."]),
    ]
    return ["-" * 78, *lines, "-" * 78]


def _said(name: str, lines: Sequence[str]) -> list[str]:
    return [f"{f'{name}:' if place == 0 else '':<{_WIDTH}}{line}" for place, line in enumerate(lines)]


def _ran(run: Run) -> str:
    done = f"{len(run.finished)} {'step' if len(run.finished) == 1 else 'steps'}"
    if run.failed:
        return f"{done}; failed: {', '.join(run.failed)}"
    return (
        f"every step ({len(run.finished)})" if run.status == 0 else f"{done}; then the run ended without a failed step"
    )


def _gate(run: Run, findings: Mapping[str, Any] | None) -> list[str]:
    if findings is None:
        return ["not reached"]
    counts = findings["by_severity"]
    open_now = ", ".join(
        f"{counts[severity]['open']:,} {severity}{'' if counts[severity]['open'] == 1 else 's'}"
        for severity in ("error", "warning", "note")
    )
    others = ", ".join(
        f"{sum(each[status] for each in counts.values()):,} {status.replace('_', ' ')}"
        for status in ("waived", "set_aside")
    )
    state = "holds the study back" if "gate" in run.failed else "open" if "gate" in run.finished else "not reached"
    said = [f"{state}; open findings: {open_now}; {others}"]
    if "gate" in run.failed:
        errors = [
            f"{rule} ({each['open']:,})"
            for rule, each in findings["by_rule"].items()
            if each["severity"] == "error" and each["open"]
        ]
        said.append(f"open errors: {', '.join(errors)}")
    return said


def _compared(comparison: Mapping[str, Any] | None, previous: str | None) -> list[str]:
    if comparison is not None:
        lines: list[str] = comparison["log"]
        return lines
    if previous is None:
        return ["with nothing: the study names no release (refresh.previous)"]
    return [f"not reached; the release is {previous}"]


def _places(run: Run, folder: str, comparison: Mapping[str, Any] | None) -> list[str]:
    places = []
    if comparison is not None:
        places = ["results/shareable/comparison/comparison.html (may be shared)",
                  "results/private/comparison/comparison.html (names patients)"]  # fmt: skip
    elif run.status == 0:
        places = ["results/shareable/report.html (may be shared)"]
    if "gate" in run.failed:
        places.append("results/private/validation.html (names patients)")
    elif run.status and comparison is None:
        places.append("logs/run.log, and in logs/ the log of the failed step (may name patients)")
    return [f"in {folder}", *places]


def _outcome(status: int, comparison: Mapping[str, Any] | None) -> str:
    if status == BEYOND_POLICY and comparison is not None:
        return f"FAILS: drift beyond the study's policy ({', '.join(comparison['fails'])})."
    if status == NOT_MADE:
        return "FAILS: the study could not be made from this extract."
    if comparison is None:
        return "PASSES: the study is complete."
    warned = [item["policy"] for item in comparison["policy"] if item["action"] == "warn"]
    if warned:
        return f"PASSES: drift within the study's policy ({', '.join(warned)})."
    return "PASSES: no drift that the study's policy asks about."
