"""What each step asks a cluster for: memory and time, from what it was measured to take.

The measured figures stand in workflow/resources.csv, which scripts/write_resources.py makes from Snakemake's benchmark
records of simulated registries of several sizes. They grow with the size of the extract, which is known before anything
has been run: sizes of intermediate files are not when a group of steps is submitted.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final

# Twice what was measured: peaks between two samples of a record, other extracts than the simulated, busy file systems.
HEADROOM: Final = 2.0
# In a job of SLURM Snakemake runs twice beside the step, with 190 MB each (seen in its accounting).
SNAKEMAKE_MB: Final = 400
LEAST_STEP_MB, LEAST_MINUTES = 200, 5
"""A step that ends before the first sample has no memory on record; Python and pandas start slowly on some networks."""
# So many times larger is the same table as CSV: the simulated registry of 10,000 patients, rounded up (.zsav: as .gz).
PACKED: Final = {".parquet": 9.0, ".xlsx": 1.5, ".gz": 7.0, ".zip": 7.0, ".zsav": 7.0}

Ask = Callable[..., int]


@dataclass(frozen=True)
class Measured:
    """What one step took: MB and seconds at no rows at all, and per MB of the extract as CSV."""

    memory: float
    memory_per_mb: float
    seconds: float
    seconds_per_mb: float


@dataclass(frozen=True)
class Needs:
    """What the steps of one study ask for; `memory` and `runtime` are values of Snakemake's `resources`."""

    measured: dict[str, Measured]
    extract_mb: float

    def memory(self, rule: str) -> Ask:
        """Return Snakemake's `mem_mb` of a rule: MB, in whole hundreds, twice as much at each further attempt."""
        step = self.measured[rule]
        taken = max(LEAST_STEP_MB, step.memory + step.memory_per_mb * self.extract_mb)
        return _doubling(100 * ceil((SNAKEMAKE_MB + HEADROOM * taken) / 100))

    def runtime(self, rule: str) -> Ask:
        """Return Snakemake's `runtime` of a rule: whole minutes, twice as much at each further attempt."""
        step = self.measured[rule]
        asked = HEADROOM * (step.seconds + step.seconds_per_mb * self.extract_mb) / 60
        return _doubling(max(LEAST_MINUTES, ceil(asked)))


def _doubling(value: int) -> Ask:
    def ask(_wildcards: Any, attempt: int) -> int:
        return value * 2 ** (attempt - 1)

    return ask


def read_needs(table: str | Path, extract: Sequence[str | Path]) -> Needs:
    """Return the needs of the study of these extract files, from a table with the columns of workflow/resources.csv."""
    with Path(table).open(encoding="utf-8", newline="") as file:
        measured = {
            row["rule"]: Measured(
                memory=float(row["memory_mb"]),
                memory_per_mb=float(row["memory_mb_per_mb"]),
                seconds=float(row["seconds"]),
                seconds_per_mb=float(row["seconds_per_mb"]),
            )
            for row in csv.DictReader(file)
        }
    return Needs(measured=measured, extract_mb=extract_megabytes(extract))


def extract_megabytes(extract: Sequence[str | Path]) -> float:
    """Return the size of the extract in MB (10^6 bytes), packed formats as CSV would have it; 0 for what is missing."""
    paths = [Path(path) for path in extract]
    return sum(path.stat().st_size * PACKED.get(path.suffix.lower(), 1.0) for path in paths if path.is_file()) / 1e6
