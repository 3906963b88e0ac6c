"""How long the statistics take: bootstrap refits, and the reported Cox model of a large cohort.

    python scripts/benchmark_statistics.py [--record benchmarks/statistics.json]

Made-up patients are seeded, so that only the machine differs between two runs. Prints a line per task with its target.
"""

import argparse
from pathlib import Path

import numpy as np
from benchmark_record import patients, record, seconds

from rechallenge.estimates import cox, fast_cox
from rechallenge.estimates.concordance import concordance


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


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description="Time the statistics.")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    tasks = [
        ("1,000 bootstrap refits with concordance, 40 patients", seconds(refits, 1_000), 5),
        ("the reported Cox model, 90,000 patients, 10 covariates", seconds(large, 90_000), 20),
        ("the reported Cox model, 100,000 patients, 10 covariates", seconds(large, 100_000), 20),
    ]
    for task, took, target in tasks:
        print(f"{task:<58}{took:6.1f} s   (target: under {target} s)")
    if options.record is not None:
        rows = [{"task": task, "seconds": round(took, 2)} for task, took, _ in tasks]
        record(options.record, "make benchmark", rows)


if __name__ == "__main__":
    main()
