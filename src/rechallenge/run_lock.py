"""One run per folder: a lock of the operating system, which vanishes with the process that holds it.

Snakemake's own lock is a file that stays behind when a run is killed. Every run and every job shares the lock
of its run folder; who gets it alone knows that no run is alive, and may remove Snakemake's stale file.
"""

import fcntl
import os
import shutil
import sys
from pathlib import Path

from rechallenge.errors import UserError
from rechallenge.unfinished import clear

LOCK_FILE = Path(".snakemake") / "rechallenge.lock"


def enter(folder: Path) -> int:
    """Return a descriptor that holds the lock of a run folder alone; makes the folder where there is none.

    Removes the lock file of Snakemake that a killed run left behind, and what its steps had written in part. Raises
    UserError where another run is alive in the folder, or where nothing can be written to it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = take(folder)
    except OSError as error:
        raise UserError(
            f"Nothing can be written to {folder.resolve()}: {error.strerror}. Make it writable, or give another "
            "one (make report RUN=folder)."
        ) from error
    if lock is None:
        raise UserError(
            f"Another run is working in {folder.resolve()}. Wait until it has ended, or give this one a folder of its "
            "own (make report RUN=folder)."
        )
    stale = folder / ".snakemake" / "locks"
    if stale.is_dir() and any(stale.iterdir()):
        print(f"An earlier run in {folder.resolve()} was killed; its lock is removed.", file=sys.stderr)
        shutil.rmtree(stale)  # what `snakemake --unlock` does, and nobody can start meanwhile
    clear(folder)
    return lock


def _open(folder: Path) -> int:
    path = folder / LOCK_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def share(folder: Path = Path()) -> None:
    """Hold the folder's lock together with others until this process ends.

    Some network file systems know no such locks; there, Snakemake's own lock has to do.
    """
    try:
        fcntl.flock(_open(folder), fcntl.LOCK_SH)
    except OSError:
        return


def take(folder: Path) -> int | None:
    """Return a descriptor that holds the folder's lock alone, or None while a run is alive there."""
    descriptor = _open(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def keep_shared(descriptor: int) -> None:
    """Turn a lock held alone into a shared one that programs started by `exec` inherit."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.set_inheritable(descriptor, True)
