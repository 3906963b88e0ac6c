"""What every script of a rule has in common: its log, and how it ends.

A script runs its work inside `with step(snakemake) as log:`. Mistakes of the user (UserError) end as their sentences
on stderr and in the log with exit status 1; any other exception is a fault of ours and keeps its traceback, in the
log too. Imports nothing but the standard library, since every job pays for it.
"""

import errno
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from rechallenge.errors import UserError
from rechallenge.run_lock import share
from rechallenge.unfinished import begin

# What keeps a file from being written, and what to do about it.
_SPACE: Final = "Free some space, or give the run another folder (make report RUN=folder), and run the study again."
_UNWRITABLE: Final = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "Raise the largest size of a file that the machine allows (ulimit -f), and run the study again.",
    errno.EROFS: "Make the run folder writable, or give the run another one (make report RUN=folder).",
}
_NO_MEMORY: Final = (
    "The step ran out of memory. Run it with fewer steps beside it (--cores 1) or on a machine with more memory; "
    "what is finished stays."
)


def _sentence_of(error: OSError) -> str | None:
    """Return what a data manager can do about an error of the machine, None where it is a fault of ours."""
    if error.errno in _UNWRITABLE:
        return (
            f"Nothing more can be written: {error.strerror}. {_UNWRITABLE[error.errno]} What was written in part is "
            "made again."
        )
    if error.errno in (errno.EACCES, errno.EPERM) and error.filename is not None:
        return (
            f"{error.filename} may not be read or written by this user: {error.strerror}. Ask its owner for the right, "
            "or run the study as the user who may."
        )
    return None


class Log:
    """The log of one step: what it says goes to the terminal and to the file."""

    def __init__(self, rule: str, path: Path | None) -> None:
        self.rule = rule
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")

    def say(self, sentence: str) -> None:
        """Print one line of what the step found, under the rule's name."""
        line = f"{self.rule}: {sentence}"
        print(line, file=sys.stderr, flush=True)
        self.note(line)

    def note(self, text: str) -> None:
        """Write to the log file only, as far as there is room for it."""
        if self._path is not None:
            with suppress(OSError), self._path.open("a", encoding="utf-8") as file:
                file.write(text.rstrip("\n") + "\n")


def counted(number: int, what: str) -> str:
    """Return a number with its noun: 1 file, 2 files."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@contextmanager
def step(job: Any) -> Iterator[Log]:
    """Run the body of a rule's script; `job` is Snakemake's `snakemake` object (rule, output and log are used)."""
    share()
    log = Log(job.rule, Path(job.log[0]) if len(job.log) else None)
    try:
        mark = begin(job.rule, map(str, getattr(job, "output", ())))
        with warnings.catch_warnings():
            warnings.showwarning = _to(log)
            yield log
        mark.unlink(missing_ok=True)
    except UserError as error:
        for problem in error.problems:
            log.say(problem)
        sys.exit(1)
    except MemoryError:
        log.say(_NO_MEMORY)
        sys.exit(1)
    except OSError as error:
        if (sentence := _sentence_of(error)) is None:
            log.note(traceback.format_exc())
            raise
        log.say(sentence)
        sys.exit(1)
    except Exception:
        log.note(traceback.format_exc())
        raise


def _to(log: Log) -> Any:
    """Return a receiver of warnings that sends them to the log file, not to the terminal."""

    def show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
        log.note(f"{category.__name__}: {message} ({Path(filename).name}:{lineno})")

    return show
