"""The faults of the trial: each disturbs runs of the small study, then lets the next run finish.

Each kind is a function of a trial and the number of a try, which returns an Outcome: whether the fault struck (a run
that had ended before can not be killed any more), whether the next run completed, and the files that were not as in a
run that nothing disturbed. Where a run is to be refused and is not, nothing has completed.
"""

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults import mounts
from tests.faults.runs import REFUSED, Place, killed_after, steps_at_work, wait_for_end, wait_for_step

YEAR: Final = 365.25 * 24 * 3600
TRACEBACK: Final = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Outcome:
    """What became of one fault and of the run after it."""

    struck: bool
    completed: bool
    differing: tuple[str, ...] = ()
    said: str = ""

    @property
    def sound(self) -> bool:
        """The run after the fault completed, with the same results."""
        return self.completed and not self.differing


@dataclass(frozen=True)
class Trial:
    """A seeded series of faults, and the undisturbed run that they are measured by."""

    home: Path
    whole: Place
    seconds: float
    """How long the undisturbed run took."""
    random: random.Random

    def place(self, name: str) -> Place:
        """Return a new study with an empty run folder."""
        return Place(self.home / name)

    def moment(self) -> float:
        """Return a moment of a run, in seconds after its start."""
        return self.random.uniform(0.0, self.seconds)

    def after_refusal(self, place: Place, *, refused: bool, said: str) -> Outcome:
        """Run to the end and compare, if the run before was refused as it should be."""
        return self.next_run(place, struck=True, said=said) if refused else Outcome(True, completed=False, said=said)

    def next_run(self, place: Place, *, struck: bool, said: str = "") -> Outcome:
        """Run to the end and compare."""
        status, last = place.finish()
        if status != 0:
            return Outcome(struck, completed=False, said=said + last)
        return Outcome(struck, completed=True, differing=tuple(place.differing(self.whole)), said=said)


Kind = Callable[[Trial, int], Outcome]
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Enter a fault under its name, as it stands in the table."""

    def enter(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return enter


@kind("the whole run killed (SIGKILL)")
def run_killed(trial: Trial, number: int) -> Outcome:
    """A run and all its steps are killed at a random moment."""
    place = trial.place(f"killed-{number}")
    return trial.next_run(place, struck=killed_after(place, trial.moment()))


@kind("killed again and again")
def run_killed_again(trial: Trial, number: int) -> Outcome:
    """The run that follows a killed one is killed too, up to five in a row."""
    place = trial.place(f"again-{number}")
    struck = [killed_after(place, trial.moment()) for _ in range(trial.random.randint(2, 5))]
    return trial.next_run(place, struck=any(struck))


@kind("Snakemake killed, its step left alone")
def snakemake_killed(trial: Trial, number: int) -> Outcome:
    """The step goes on without its parent; a run that starts meanwhile is refused, the one after it completes."""
    place = trial.place(f"parent-{number}")
    run = place.start()
    time.sleep(trial.moment())
    alive = wait_for_step(run)
    if run.poll() is None:
        os.kill(run.pid, signal.SIGKILL)
    said, _ = run.communicate()
    status, meanwhile = place.finish() if alive and steps_at_work(run) else (1, REFUSED)
    wait_for_end(run.pid)
    outcome = trial.next_run(place, struck=bool(alive), said=said)
    # A step may have ended just before the run that was to be refused; then it simply completed.
    refused = REFUSED in meanwhile or status == 0
    return outcome if refused else Outcome(bool(alive), completed=False, said=meanwhile)


@kind("a step killed, as for want of memory")
def step_killed(trial: Trial, number: int) -> Outcome:
    """The kernel kills the step that is at work; the run ends with an error."""
    place = trial.place(f"step-{number}")
    run = place.start()
    time.sleep(trial.moment())
    steps = wait_for_step(run)
    for step in steps:
        os.kill(step, signal.SIGKILL)
    said, _ = run.communicate()
    outcome = trial.next_run(place, struck=bool(steps), said=said)
    return outcome if run.returncode != 0 or not steps else Outcome(True, completed=False, said=said)


@kind("too little memory for a step")
def little_memory(trial: Trial, number: int) -> Outcome:
    """No process may have more than a random number of bytes."""
    place = trial.place(f"memory-{number}")
    most = trial.random.randint(150, 700) * 2**20
    status, said = place.finish(prepare=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)))
    return trial.next_run(place, struck=status != 0, said=said)


@kind("a file that may not grow")
def short_files(trial: Trial, number: int) -> Outcome:
    """Writing stops in the middle of a file, after a random number of bytes."""
    place = trial.place(f"short-{number}")
    most = trial.random.randint(500, 60_000)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    status, said = place.finish(prepare=limit)
    return trial.next_run(place, struck=status != 0, said=said)


@kind("disk full")
def disk_full(trial: Trial, number: int) -> Outcome:
    """The file system of the run folder is full after a random share of what a run writes; then it gets more room."""
    needed = sum(path.stat().st_size for path in trial.whole.folder.rglob("*") if path.is_file())
    size = int(needed * trial.random.uniform(0.05, 0.95))
    with mounts.file_system(trial.home / f"full-{number}" / "disk", size) as disk:
        place = Place(trial.home / f"full-{number}", disk / "run")
        status, said = place.finish()
        mounts.enlarge(disk, 4 * needed + 2**24)
        return trial.next_run(place, struck=status != 0, said=said)


@kind("output read-only before the run")
def read_only(trial: Trial, number: int) -> Outcome:
    """The file system of the run folder is read-only: the run is refused with a sentence."""
    with mounts.file_system(trial.home / f"read-only-{number}" / "disk", 2**28) as disk:
        place = Place(trial.home / f"read-only-{number}", disk / "run")
        frozen_disk = mounts.make_read_only(disk)
        status, said = place.finish()
        refused = frozen_disk and status == 1 and "Nothing can be written to" in said and TRACEBACK not in said
        mounts.make_writable(disk)
        return trial.after_refusal(place, refused=refused, said=said)


@kind("output read-only during the run")
def frozen(trial: Trial, number: int) -> Outcome:
    """At a random moment nothing in results/ can be written, made or removed any more, by anybody."""
    place = trial.place(f"frozen-{number}")
    run = place.start()
    time.sleep(trial.moment())
    wait_for_step(run)
    there = mounts.freeze(place.folder / "results")
    said, _ = run.communicate()
    mounts.thaw(place.folder / "results")
    return trial.next_run(place, struck=there and run.returncode != 0, said=said)


@kind("two runs at once in one folder")
def two_at_once(trial: Trial, number: int) -> Outcome:
    """One of two runs is refused with a sentence, whenever it starts; the other completes."""
    place = trial.place(f"two-{number}")
    first = place.start()
    if number % 2:  # the others start in the same moment
        time.sleep(trial.moment())
    second = place.start()
    ends = [run.communicate()[0] for run in (first, second)]
    one_refused = sum(run.returncode == 0 for run in (first, second)) == 1
    told = ends[0] if first.returncode else ends[1]
    return trial.after_refusal(place, refused=one_refused and TRACEBACK not in told, said="".join(ends))


@kind("results dated in the future")
def results_ahead(trial: Trial, number: int) -> Outcome:
    """A run is killed on a clock that is ahead; then the clock is right again."""
    place = trial.place(f"ahead-{number}")
    struck = killed_after(place, trial.moment())
    shift(place.results, trial.random.uniform(60, 2 * YEAR))
    return trial.next_run(place, struck=struck)


@kind("results dated long ago")
def results_behind(trial: Trial, number: int) -> Outcome:
    """A run is killed on a clock that is behind, so that its results are older than the extract."""
    place = trial.place(f"behind-{number}")
    struck = killed_after(place, trial.moment())
    shift(place.results, -trial.random.uniform(YEAR, 30 * YEAR))
    return trial.next_run(place, struck=struck)


@kind("extract dated in the future")
def extract_ahead(trial: Trial, number: int) -> Outcome:
    """The run is refused with a sentence for each file; it completes once they are dated now."""
    place = trial.place(f"extract-{number}")
    files = sorted((place.home / "study" / "extract").iterdir())
    if number % 2:  # on a run that is finished
        place.finish()
    shift(files, trial.random.uniform(60, 2 * YEAR))
    status, said = place.finish()
    refused = status == 1 and all(f"{path} was last changed on" in said for path in files)
    for path in files:
        os.utime(path)
    return trial.after_refusal(place, refused=refused, said=said)


@kind("a release killed")
def release_killed(trial: Trial, number: int) -> Outcome:
    """A release is whole or not there; the next one completes."""
    place = trial.place(f"release-{number}")
    place.finish()
    struck = killed_after(place, trial.random.uniform(0.0, trial.seconds / 2), "release")
    releases = place.folder / "releases"
    half = [path for path in releases.glob("[!.]*") if not (path / "private" / "release.json").is_file()]
    status, said = place.finish("release")
    left = list(releases.glob(".*"))
    if half or left or status != 0:
        return Outcome(struck, completed=False, differing=tuple(map(str, half + left)), said=said)
    return trial.next_run(place, struck=struck, said=said)


def shift(files: list[Path], seconds: float) -> None:
    """Date files so many seconds from now, in the order that they have."""
    newest = max((path.stat().st_mtime for path in files), default=0.0)
    for path in files:
        moment = path.stat().st_mtime - newest + time.time() + seconds
        os.utime(path, (moment, moment))
