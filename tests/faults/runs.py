"""Runs of the small study that are disturbed, and how they are finished afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e import small_study as small
from tests.e2e.runs import CHECKOUT, differing_files, environment

STUDY = small.STUDY + small.FEW_SPECIFICATIONS + "sensitivity: {enabled: false}\n"
REFUSED = "Another run is working in"
_RUN_STUDY = (sys.executable, str(CHECKOUT / "scripts" / "run_study.py"))


class Place:
    """A study with a run folder of its own."""

    def __init__(self, home: Path, folder: Path | None = None) -> None:
        self.home, self.folder = home, folder or home / "run"
        self.study = small.write_small_study(home / "study", study=STUDY)

    def start(self, *targets: str, prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """Start a run in a session of its own; `prepare` is called in it before anything else."""
        return subprocess.Popen(
            [*_RUN_STUDY, "--directory", str(self.folder), "--configfile", str(self.study), "--cores", "2", *targets],
            cwd=CHECKOUT, env=environment(CHECKOUT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=prepare,
        )  # fmt: skip

    def finish(self, *targets: str, prepare: Callable[[], None] | None = None) -> tuple[int, str]:
        """Run to the end; return the exit status and what was said."""
        run = self.start(*targets, prepare=prepare)
        said, _ = run.communicate()
        return run.returncode, said

    def differing(self, whole: "Place") -> list[str]:
        """Return the files of results/ that are not those of a run that nothing disturbed."""
        return differing_files(whole.folder / "results", self.folder / "results")

    @property
    def results(self) -> list[Path]:
        """Return the files of results/ that exist, in sorted order."""
        return sorted(path for path in (self.folder / "results").rglob("*") if path.is_file())


def undisturbed(home: Path) -> Place:
    """Return the place of a run that nothing disturbed."""
    place = Place(home)
    status, said = place.finish()
    assert status == 0, said
    return place


def kill(run: subprocess.Popen[str]) -> None:
    """Kill a run with everything that it started, at once."""
    for process in of_session(run.pid):
        os.kill(process, signal.SIGKILL)
    run.communicate()


def killed_after(place: Place, seconds: float, *targets: str) -> bool:
    """Start a run and kill it after so long; tell whether it was still at work."""
    run = place.start(*targets)
    try:
        run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(run)
        return True
    return False


def of_session(leader: int) -> list[int]:
    """Return the processes of the session that a run is the leader of, itself included."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except (ProcessLookupError, PermissionError):
                continue
    return sorted(found)


def steps_at_work(run: subprocess.Popen[str]) -> list[int]:
    """Return the processes of a run in which its steps are at work."""
    found = []
    for process in of_session(run.pid):
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any("/.snakemake/scripts/" in word for word in words[1:2]):
            found.append(process)
    return found


def wait_for_step(run: subprocess.Popen[str]) -> list[int]:
    """Wait until a step is at work; return its processes, none where the run has ended."""
    while run.poll() is None:
        if found := steps_at_work(run):
            return found
        time.sleep(0.02)
    return []


def wait_for_end(session: int) -> None:
    """Wait until nothing of a session is alive, its steps without a parent included."""
    while of_session(session):
        time.sleep(0.1)
