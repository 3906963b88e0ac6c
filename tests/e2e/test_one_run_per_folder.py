"""A run that is killed, and two runs in one folder, as they really happen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.runs import CHECKOUT, environment
from tests.e2e.small_study import write_small_study

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def command(tmp_path):
    study = write_small_study(tmp_path / "study")
    script = CHECKOUT / "scripts" / "run_study.py"
    return [sys.executable, str(script), "--directory", str(tmp_path / "run"), "--configfile", str(study)]


@pytest.fixture
def running(command, tmp_path):
    """A run whose first job is at work; it has a process group of its own."""
    process = subprocess.Popen(
        command,
        env=environment(CHECKOUT),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(tmp_path / "run" / ".snakemake" / "locks")
    yield process
    end(process)


def wait_for(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while not (folder.is_dir() and any(folder.iterdir())):
        assert time.monotonic() < deadline, "the run did not start"
        time.sleep(0.05)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(command: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *options], env=environment(CHECKOUT), capture_output=True, text=True)


def test_a_run_folder_that_cannot_be_made_ends_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    command = [
        sys.executable,
        str(CHECKOUT / "scripts" / "run_study.py"),
        "--directory",
        str(tmp_path / "file" / "run"),
    ]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert run.stderr.startswith(f"Nothing can be written to {tmp_path / 'file' / 'run'}: Not a directory.")


def test_a_second_run_is_refused_while_the_first_is_at_work(command, running):
    second = run(command, "--until", "ingest")
    assert second.returncode == 1
    assert "Another run is working in" in second.stderr
    assert "Traceback" not in second.stderr


def test_after_a_kill_the_next_run_removes_the_lock_and_goes_on(command, running, tmp_path):
    end(running)
    assert any((tmp_path / "run" / ".snakemake" / "locks").iterdir())
    again = run(command, "--until", "gate")
    assert again.returncode == 0, again.stderr
    assert "was killed; its lock is removed" in again.stderr
    assert (tmp_path / "run" / "results" / "private" / "gate.json").exists()
