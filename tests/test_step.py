"""How a rule's script ends: sentences for the user's mistakes, a traceback for ours, a log for both."""

import errno
import os
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from rechallenge.errors import UserError
from rechallenge.step import step
from rechallenge.unfinished import MARKS


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return SimpleNamespace(rule="ingest", log=["logs/ingest.log"])


def log_of(job):
    return Path(job.log[0]).read_text(encoding="utf-8")


def test_a_step_says_what_it_found(job, capsys):
    with step(job) as log:
        log.say("3 files read")
    assert capsys.readouterr().err == "ingest: 3 files read\n"
    assert log_of(job) == "ingest: 3 files read\n"


def test_mistakes_of_the_user_end_as_their_sentences(job, capsys):
    with pytest.raises(SystemExit) as ended, step(job):
        raise UserError(['patients.csv: the column "sex" is missing.', "patients.csv: the file has no rows."])
    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert printed == (
        'ingest: patients.csv: the column "sex" is missing.\ningest: patients.csv: the file has no rows.\n'
    )
    assert log_of(job) == printed


def test_our_faults_keep_their_traceback_in_the_log(job):
    with pytest.raises(ZeroDivisionError), step(job):
        1 / 0  # noqa: B018
    assert "Traceback" in log_of(job)
    assert "ZeroDivisionError: division by zero" in log_of(job)


def test_warnings_go_to_the_log_and_not_to_the_terminal(job, capsys):
    with step(job):
        warnings.simplefilter("always")
        warnings.warn("convergence was slow", stacklevel=1)
    assert capsys.readouterr().err == ""
    assert "UserWarning: convergence was slow" in log_of(job)


def test_a_log_of_an_earlier_run_is_not_kept(job):
    with step(job) as log:
        log.say("first")
    with step(job) as log:
        log.say("second")
    assert log_of(job) == "ingest: second\n"


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EFBIG, "Raise the largest size of a file"),
        (errno.EROFS, "Make the run folder writable"),
    ],
)
def test_a_full_or_read_only_disk_is_said_in_a_sentence(job, capsys, number, what):
    with pytest.raises(SystemExit) as ended, step(job):
        raise OSError(number, os.strerror(number))
    assert ended.value.code == 1
    assert f"ingest: Nothing more can be written: {os.strerror(number)}. {what}" in capsys.readouterr().err


def test_too_little_memory_is_said_in_a_sentence(job, capsys):
    with pytest.raises(SystemExit), step(job):
        raise MemoryError
    assert "ingest: The step ran out of memory." in capsys.readouterr().err


def test_a_file_that_may_not_be_read_is_named_in_a_sentence(job, capsys):
    with pytest.raises(SystemExit), step(job):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "extract/patients.csv")
    said = capsys.readouterr().err
    assert "ingest: extract/patients.csv may not be read or written by this user: Permission denied." in said


def test_a_file_that_is_not_there_is_a_fault_of_ours(job):
    with pytest.raises(FileNotFoundError), step(job):
        Path("nowhere").read_text()
    assert "Traceback" in log_of(job)


def test_a_log_that_cannot_be_written_does_not_end_a_step(job, capsys):
    with step(job) as log:
        Path("logs/ingest.log").unlink()
        Path("logs").rmdir()
        log.say("3 files read")
    assert capsys.readouterr().err == "ingest: 3 files read\n"


def test_a_step_that_ends_well_leaves_no_mark_and_one_that_does_not_leaves_one(job):
    job.output = ["results/a.csv"]
    with step(job):
        assert list(MARKS.iterdir())
    assert not list(MARKS.iterdir())
    with pytest.raises(SystemExit), step(job):
        raise UserError("no")
    assert list(MARKS.iterdir())
