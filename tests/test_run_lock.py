"""One run per folder."""

import os
import subprocess
import sys
import time

import pytest

from rechallenge import run_lock

HOLD = """
import sys, time
from pathlib import Path
from rechallenge.run_lock import share
share(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def other_run(tmp_path):
    """A process that shares the lock of tmp_path, as a run and its jobs do."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def run_study(checkout, folder, *arguments):
    command = [sys.executable, str(checkout / "scripts" / "run_study.py"), "--directory", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_nobody_takes_a_lock_that_a_run_shares(tmp_path, other_run):
    assert run_lock.take(tmp_path) is None


def test_a_lock_vanishes_with_its_process(tmp_path, other_run):
    other_run.kill()
    other_run.wait()
    lock = run_lock.take(tmp_path)
    assert lock is not None
    os.close(lock)


def test_a_second_run_in_a_folder_is_refused_with_a_sentence(checkout, tmp_path, other_run):
    refused = run_study(checkout, tmp_path, "--version")
    assert refused.returncode == 1
    assert f"Another run is working in {tmp_path}." in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_lock_of_a_killed_run_is_removed(checkout, tmp_path):
    stale = tmp_path / ".snakemake" / "locks"
    stale.mkdir(parents=True)
    (stale / "0.input.lock").write_text("results/private/ingest.json\n", encoding="utf-8")
    run = run_study(checkout, tmp_path, "--version")
    assert run.returncode == 0
    assert "was killed; its lock is removed" in run.stderr
    assert not stale.exists()


def test_the_lock_of_a_living_run_stays(checkout, tmp_path, other_run):
    locks = tmp_path / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("x\n", encoding="utf-8")
    run_study(checkout, tmp_path, "--version")
    assert (locks / "0.input.lock").exists()


def test_snakemake_holds_the_lock_that_run_study_took(checkout, tmp_path):
    """The lock passes from run_study to the Snakemake that it becomes."""
    (tmp_path / "study.yaml").write_text("extract: {path: x}\n", encoding="utf-8")
    lock = run_lock.take(tmp_path)
    assert lock is not None
    run_lock.keep_shared(lock)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    try:
        os.close(lock)
        time.sleep(0.1)
        assert run_lock.take(tmp_path) is None
    finally:
        child.kill()
        child.wait()
