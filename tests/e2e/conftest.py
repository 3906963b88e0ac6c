"""One finished run of the demo study, for every test that only looks at it."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.e2e.runs import CHECKOUT, jobs, snakemake

STUDY = CHECKOUT / "config" / "config.yaml"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the demo study; nobody may write there.

    RECHALLENGE_DEMO names the folder where `make report` has made it, as .ci/run does: Snakemake must find nothing left
    to do in it. Without, the first worker that asks makes the run, and the others wait for it.
    """
    given = os.environ.get("RECHALLENGE_DEMO")
    if given:
        folder = Path(given)
    else:
        shared = tmp_path_factory.getbasetemp()
        shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
        folder = shared / "demo"
        with (shared / "demo.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = snakemake(STUDY, folder)  # which does nothing where another worker has made it
            assert made.returncode == 0, made.stdout
    planned = snakemake(STUDY, folder, "--dry-run")
    assert planned.returncode == 0, planned.stdout
    assert jobs(planned) == set(), planned.stdout
    return folder
