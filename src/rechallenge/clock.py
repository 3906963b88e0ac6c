"""Files dated in the future: what a clock that was wrong leaves behind.

Snakemake holds a file older than its inputs for one that was not made, and ends. Results of an earlier run are brought
back to the present; files of the user are not touched, but named.
"""

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rechallenge.errors import UserError

# Clocks of two machines that share a folder differ by seconds; Snakemake waits for as long.
TOLERANCE_SECONDS: Final = 5.0


def bring_back(folder: Path) -> int:
    """Date the files below a folder now that are dated in the future; return their number.

    All get one moment, so that none becomes newer than what was made of it.
    """
    now = time.time()
    ahead = [path for path in folder.rglob("*") if not path.is_symlink() and path.stat().st_mtime > now]
    for path in ahead:
        os.utime(path, (now, now))
    return sum(path.is_file() for path in ahead)


def refuse_the_future(files: Iterable[str]) -> None:
    """Raise UserError with a sentence for each file that is dated in the future.

    They are files of the user, whose dates may be evidence: only their owner sets them.
    """
    now = time.time()
    problems = []
    for file in files:
        changed = Path(file).stat().st_mtime
        if changed > now + TOLERANCE_SECONDS:
            day = datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            problems.append(
                f"{file} was last changed on {day}, which is in the future: the clock of this machine, or of the one "
                "that wrote the file, is wrong. Correct this machine's clock, or date the file now (touch)."
            )
    if problems:
        raise UserError(problems)
