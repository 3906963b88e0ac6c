"""The workflow on a real SLURM cluster: the same bytes as on one machine.

`make test-slurm` (RECHALLENGE_SLURM=1) installs what is missing and runs the whole demo study; elsewhere, where the
programs are there and the user is root, the first steps stand for it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rechallenge.study import RULES
from tests.e2e import slurm
from tests.e2e.runs import CHECKOUT, differing_files, environment

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
WHOLE = bool(os.environ.get("RECHALLENGE_SLURM"))
STUDY = CHECKOUT / "config" / "config.yaml"
# A job of each group, two of the specification curve, and those that have one of their own.
JOBS = {"group_data", "group_cohort", "group_documents", "rule_estimate", "rule_sensitivity", "rule_specify"}
LOCAL = {"gate"}


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """The plugin of the lock, in a folder of its own: installed, it would be imported at every call of snakemake."""
    folder = tmp_path_factory.mktemp("plugin")
    lock = CHECKOUT / "profiles" / "slurm" / "requirements.lock"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--target",
        str(folder),
    ]
    subprocess.run([*command, "-r", str(lock)], check=True)
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if os.geteuid():
        pytest.skip("a cluster of one node needs root, as whom its daemons start jobs")
    if slurm.missing_programs() and WHOLE:
        if shutil.which("apt-get") is None:
            pytest.fail(f"Install {', '.join(slurm.PACKAGES)} (Debian's names): there is no apt-get here.")
        slurm.install_packages()
    if missing := slurm.missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)}; `make test-slurm` installs them")
    with slurm.one_node(tmp_path_factory.mktemp("slurm") / "cluster") as running:
        yield running


class Submitted:
    """A run of the demo study through the cluster."""

    def __init__(self, cluster: slurm.Cluster, plugin: Path, folder: Path, *options: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile")]
        command += ["--configfile", str(STUDY), "--directory", str(folder), "--workflow-profile", "slurm"]
        # One machine of two cores: two jobs for the specification curve, and quick looks at a queue of its own.
        command += ["--set-scatter", "specification=2", "--slurm-init-seconds-before-status-checks", "2"]
        own = environment(CHECKOUT)
        own |= {**cluster.variables, "PYTHONPATH": f"{own['PYTHONPATH']}{os.pathsep}{plugin}"}
        self.run = subprocess.run(
            [*command, *options], cwd=CHECKOUT, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        listed = cluster.call(
            "sacct", "-X", "--noheader", "--parsable2", "--format=jobid,state,account,reqmem,timelimit"
        )
        self.jobs = [line.split("|") for line in listed.splitlines()]

    def differences(self, other: Path, *folders: str) -> list[str]:
        """Return the results that differ from those of another run, in some folders of results/ or all.

        How many shards the specification curve was made in is the executor's choice; the curve itself is compared.
        """
        unlike: list[str] = []
        for folder in folders or ("",):
            found = differing_files(self.folder / "results" / folder, other / "results" / folder)
            unlike += [name for name in found if not name.startswith("private/specifications/")]
        return unlike


@pytest.fixture(scope="module")
def submitted(cluster, plugin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted")
    return Submitted(cluster, plugin, folder, *([] if WHOLE else ["gate"]))


def test_the_study_runs_through_the_queue(submitted, cluster, capsys):
    assert submitted.run.returncode == 0, submitted.run.stdout
    if WHOLE:
        with capsys.disabled():  # the figures of docs/cluster.md
            print("\n" + cluster.call("sacct", "--format=jobid,state,elapsed,reqmem,timelimit,totalcpu,maxrss"))
    assert submitted.jobs
    assert {state for _, state, *_ in submitted.jobs} == {"COMPLETED"}
    done = {path.stem for path in (submitted.folder / "logs").glob("*.log")}
    assert {"ingest", "validate", "gate"} <= done
    if WHOLE:
        assert done == {*RULES, "specify_1-of-2", "specify_2-of-2"} - {"specify"}
        assert len(submitted.jobs) == len(JOBS) + 1


def test_every_result_is_the_local_run_s_byte_for_byte(submitted, demo):
    if WHOLE:
        assert submitted.differences(demo) == []
    else:
        folders = [f"private/{name}" for name in ("canonical", "accepted")]
        assert submitted.differences(demo, *folders) == []
        for name in ("violations.csv", "gate.json", "row_account.csv"):
            made = submitted.folder / "results" / "private" / name
            assert made.read_bytes() == (demo / "results" / "private" / name).read_bytes(), name


def test_jobs_ask_for_memory_and_time_and_are_charged(submitted):
    assert all(account == "root" or account == slurm.ACCOUNT for _, _, account, *_ in submitted.jobs)
    assert all(memory.endswith("M") and int(memory[:-1]) >= 500 for *_, memory, _ in submitted.jobs)
    assert not any("UNLIMITED" in limit.upper() for *_, limit in submitted.jobs)


def test_everything_listens_on_loopback_only(cluster):
    listening = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    inodes = {fields[9]: fields[1] for fields in listening if fields[3] == "0A"}
    ours = {inodes[inode] for inode in cluster.sockets() if inode in inodes}
    assert len(ours) == 4
    assert {address.partition(":")[0] for address in ours} == {"0100007F"}


@pytest.mark.skipif(not WHOLE, reason="a minute: make test-slurm")
def test_a_job_that_needs_more_memory_than_measured_is_given_twice_as_much(cluster, plugin, tmp_path):
    small = "ingest:mem_mb=250*attempt"
    tried = Submitted(
        cluster, plugin, tmp_path / "run", "--set-resources", small, "--retries", "2", "--until", "ingest"
    )
    assert tried.run.returncode == 0, tried.run.stdout
    assert "Trying to restart" in tried.run.stdout
