"""How long the statistics take: bootstrap refits, a large Cox model, and the estimate step of the demo study.

    python scripts/benchmark_statistics.py [--run-folder FOLDER]

The folder is that of a demo study that has been run (default: the checkout); without one the last line is left out.
Made-up patients are seeded, so that only the machine differs between two runs. Prints a line per task with its target.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from benchmark_record import patients

from rechallenge.estimates import cox, fast_cox
from rechallenge.estimates.concordance import concordance

CHECKOUT = Path(__file__).resolve().parent.parent


def refits(times: int) -> None:
    """Fit the model of 40 patients and 5 covariates to bootstrap samples, with its concordance in each."""
    made_time, event, x = patients(40, 5, 1)
    random = np.random.default_rng(2)
    for _ in range(times):
        sample = random.integers(0, 40, 40)
        try:
            fit = fast_cox.fit(made_time[sample], event[sample], x[sample])
        except fast_cox.NoMaximum:
            continue
        concordance(made_time, event, x @ fit.coef)


def large(n: int) -> None:
    """Fit the reported model, with its tests and concordance, to many patients and ten covariates."""
    cox.fit(*patients(n, 10, 3))


def estimate(folder: Path) -> None:
    """Run the estimate step of a study again, with nothing else."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(CHECKOUT / "Snakefile"),
        "--directory",
        str(folder),
    ]
    command += ["--cores", "1", "--forcerun", "estimate", "--until", "estimate", "--quiet", "all"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds(work: Callable[..., None], *arguments: object) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time the statistics.")
    parser.add_argument("--run-folder", type=Path, default=CHECKOUT, help="a demo study that has been run")
    folder: Path = parser.parse_args().run_folder
    tasks = [
        ("1,000 bootstrap refits with concordance, 40 patients", seconds(refits, 1_000), 5),
        ("Cox model, 100,000 patients, 10 covariates", seconds(large, 100_000), 20),
    ]
    if (folder / "results" / "private" / "adtte.csv").exists():
        tasks.append(("estimate step of the study, Snakemake's start included", seconds(estimate, folder), 15))
    for task, took, target in tasks:
        print(f"{task:<56}{took:6.1f} s   (target: under {target} s)")


if __name__ == "__main__":
    main()
