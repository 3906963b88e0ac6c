"""What an unattended run says at its end, from how Snakemake ended and what it made."""

import pytest

from rechallenge.unattended import (
    BEYOND_POLICY,
    NOT_MADE,
    PASSED,
    Run,
    block,
    failed_rule,
    finished_rule,
    status_of,
)

FINDINGS = {
    "by_severity": {
        "error": {"open": 1, "waived": 4, "set_aside": 10},
        "warning": {"open": 31, "waived": 0, "set_aside": 0},
        "note": {"open": 1928, "waived": 0, "set_aside": 0},
    },
    "by_rule": {
        "date_order": {"severity": "error", "open": 1, "waived": 0, "set_aside": 0},
        "drug_unknown": {"severity": "error", "open": 0, "waived": 4, "set_aside": 0},
        "date_partial": {"severity": "note", "open": 1928, "waived": 0, "set_aside": 0},
    },
}
MADE = ("ingest", "validate", "gate", "estimate", "comparison")


def comparison(fails=(), warns=()):
    policy = [{"policy": name, "action": "fail"} for name in fails]
    policy += [{"policy": name, "action": "warn"} for name in warns]
    return {"fails": list(fails), "policy": policy, "log": ["The median moved.", "The verdict."]}


def said(run, **how):
    known = {"findings": FINDINGS, "comparison": None, "previous": "releases/2021-12-31", **how}
    return block(run, study="study.yaml", folder="/srv/run", **known)


def test_the_rules_are_read_from_what_snakemake_says():
    assert finished_rule("Finished jobid: 7 (Rule: endpoints)\n") == "endpoints"
    assert failed_rule("Error in rule gate:\n") == "gate"
    assert (finished_rule("endpoints: Finished jobid: 7"), failed_rule("gate: Error in rule")) == ("", "")


@pytest.mark.parametrize(
    ("run", "made", "status"),
    [
        (Run(0, (*MADE, "compare"), ()), comparison(), PASSED),
        (Run(0, (*MADE, "compare"), ()), comparison(warns=["late_changes"]), PASSED),
        (Run(1, MADE, ("compare",)), comparison(fails=["locked_history"]), BEYOND_POLICY),
        # Something else than the policy failed: it does not hide behind the policy's status.
        (Run(1, MADE, ("compare",)), comparison(), NOT_MADE),
        (Run(1, MADE, ("compare", "manuscript")), comparison(fails=["locked_history"]), NOT_MADE),
        (Run(1, ("ingest", "validate"), ("gate",)), None, NOT_MADE),
        (Run(137, ("ingest",), ()), None, NOT_MADE),
    ],
)
def test_the_status_tells_a_drift_from_a_run_that_broke(run, made, status):
    assert status_of(run, made) == status
    assert said(run, comparison=made)[-2].endswith(f"Exit status {status}.")


def test_a_drift_beyond_the_policy():
    lines = said(Run(1, MADE, ("compare",)), comparison=comparison(["locked_history"], ["late_changes"]))
    assert lines[1:-1] == [
        "Study:    study.yaml",
        "Ran:      5 steps; failed: compare",
        "Gate:     open; open findings: 1 error, 31 warnings, 1,928 notes; 4 waived, 10 set aside",
        "Compared: The median moved.",
        "          The verdict.",
        "Read:     in /srv/run",
        "          results/shareable/comparison/comparison.html (may be shared)",
        "          results/private/comparison/comparison.html (names patients)",
        "Outcome:  FAILS: drift beyond the study's policy (locked_history). Exit status 3.",
    ]


def test_a_drift_within_the_policy_and_none():
    run = Run(0, (*MADE, "compare"), ())
    assert said(run, comparison=comparison(warns=["late_changes"]))[-2] == (
        "Outcome:  PASSES: drift within the study's policy (late_changes). Exit status 0."
    )
    assert "PASSES: no drift" in said(run, comparison=comparison())[-2]


def test_a_gate_that_holds_names_the_rules_and_where_to_read():
    lines = said(Run(1, ("ingest", "validate"), ("gate",)))
    assert (
        "Gate:     holds the study back; open findings: 1 error, 31 warnings, 1,928 notes; 4 waived, 10 set aside"
        in (lines)
    )
    assert "          open errors: date_order (1)" in lines
    assert "Compared: not reached; the release is releases/2021-12-31" in lines
    assert "          results/private/validation.html (names patients)" in lines


def test_a_run_that_was_killed_and_a_study_without_a_release():
    killed = said(Run(-9, ("ingest",), ()), findings=None)
    assert "Ran:      1 step; then the run ended without a failed step" in killed
    assert "Gate:     not reached" in killed
    assert any("logs/run.log" in line for line in killed)
    first = said(Run(0, ("ingest", "gate", "all"), ()), previous=None)
    assert "Compared: with nothing: the study names no release (refresh.previous)" in first
    assert "          results/shareable/report.html (may be shared)" in first
