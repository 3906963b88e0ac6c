"""Run a study in a folder that no other run is using; what `make report` calls.

    python scripts/run_study.py --directory run-folder --configfile study.yaml [any other option of snakemake]

Holds the folder's lock while Snakemake runs, and removes the lock file that a killed run left behind. Results that a
wrong clock dated in the future are dated now, or Snakemake would refuse them. A second run in the same folder is
refused with a sentence and exit status 1.
"""

import argparse
import os
import sys
from pathlib import Path

from rechallenge import clock, run_lock
from rechallenge.errors import UserError

CHECKOUT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> None:
    """Lock the run folder, clear a stale Snakemake lock, and become Snakemake."""
    parser = argparse.ArgumentParser(description="Run a study; options that are not listed go to snakemake.")
    parser.add_argument("--directory", type=Path, default=Path(), help="run folder, which receives results/ and logs/")
    known, others = parser.parse_known_args(arguments)
    folder: Path = known.directory
    try:
        lock = run_lock.enter(folder)
    except UserError as error:
        sys.exit(str(error))
    if ahead := clock.bring_back(folder / "results"):
        print(
            f"{ahead} files of an earlier run in {folder.resolve()} were dated in the future; they are dated now.",
            file=sys.stderr,
        )
    run_lock.keep_shared(lock)
    snakemake = ["-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile"), "--directory", str(folder)]
    os.execv(sys.executable, [sys.executable, *snakemake, *others])


if __name__ == "__main__":
    main(sys.argv[1:])
