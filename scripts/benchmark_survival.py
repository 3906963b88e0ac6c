"""Survival analyses of 100,000 and 1,000,000 patients, here and in R: the same numbers, and how long each takes.

    python scripts/benchmark_survival.py [--patients 100000 1000000] [--runs 3] [--record benchmarks/survival.json]

Made-up patients with ten covariates are seeded; R (with its package survival) reads the same file in the same run.
Reading it is left out of every time. Exit status 1 where a number differs by more than 1e-6 of itself, or where a task
takes longer than R's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import pandas as pd
from benchmark_record import SEED, patients, record
from numpy.typing import NDArray

from rechallenge.estimates import cox
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.fast_cox import fit_at
from rechallenge.estimates.kaplan_meier import kaplan_meier, numbers_at_risk, quantile_with_limits, survival_at
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.proportional_hazards import proportional_hazards
from rechallenge.estimates.weighted_logrank import weighted_log_rank

Array = NDArray[np.float64]
Results = dict[str, list[float]]
TIMES: Final = np.array([200.0, 400.0, 600.0])
AGREEMENT: Final = 1e-6
SCRIPT: Final = Path(__file__).with_suffix(".R")
TITLES: Final = {
    "kaplan_meier": "Kaplan-Meier with limits and median (`survfit`)",
    "log_rank": "log-rank test of two groups (`survdiff`)",
    "cox": "Cox model, 10 covariates, with concordance (`coxph`)",
    "proportional_hazards": "tests of proportional hazards (`cox.zph`)",
    "reported": "the whole reported model (`coxph` and `cox.zph`)",
}


def tasks(x: Array, survival: Array, event: Array) -> dict[str, Callable[[], Results]]:
    """Return what is timed, by R's name for it; each gives the numbers that are compared."""
    kaplan_meier(survival[:100], event[:100])  # its library is imported before anything is timed
    groups = np.where(x[:, 0] > 0, "b", "a").astype(object)
    model = cox.fit(survival, event, x)

    def curve() -> Results:
        fit = kaplan_meier(survival, event)
        at = survival_at(fit, TIMES)
        half = quantile_with_limits(fit, 0.5)
        steps = {name: at[name].tolist() for name in ("survival", "std_error", "lower", "upper")}
        return steps | {"at_risk": numbers_at_risk(fit, TIMES).tolist(), "median": [half.estimate]}

    def model_with_concordance() -> Results:
        fit = fit_at(risk_sets(survival, event), x)
        order = concordance(survival, event, (x - x.mean(axis=0)) @ fit.coef)
        return {
            "coef": fit.coef.tolist(), "se": fit.std_error.tolist(), "score_chi2": [fit.score_chi2],
            "log_likelihood": [fit.null_log_likelihood, fit.log_likelihood],
            "concordance": [order.estimate, order.std_error],
        }  # fmt: skip

    def proportional() -> Results:
        found = proportional_hazards(risk_sets(survival, event), x, model.coef, survival, None, transform=cox.TRANSFORM)
        return {"chi2": [test.chi2 for test in (*found.terms, found.whole)]}

    def reported() -> Results:
        return {"coef": cox.fit(survival, event, x).coef.tolist()}

    return {
        "kaplan_meier": curve,
        "log_rank": lambda: {"chi2": [weighted_log_rank(survival, event, groups).chi2]},
        "cox": model_with_concordance,
        "proportional_hazards": proportional,
        "reported": reported,
    }


def timed(work: Callable[[], Results], runs: int) -> tuple[float, Results]:
    """Return the median of so many runs in seconds, and the numbers."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - start)
    return median(took), found


def in_r(file: Path, runs: int) -> dict[str, tuple[float, Results]]:
    """Return R's medians and numbers by task."""
    run = subprocess.run(["Rscript", str(SCRIPT), str(file), str(runs)], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    found = {line["task"]: (median(line["seconds"]), line["results"]) for line in lines}
    seconds = found["cox"][0] + found["proportional_hazards"][0]
    return found | {"reported": (seconds, {"coef": found["cox"][1]["coef"]})}


def difference(own: Results, other: Results) -> float:
    """Return the largest relative difference of two sets of numbers."""
    assert own.keys() == other.keys()
    pairs = [(np.array(own[name]), np.array(other[name], dtype="float64")) for name in own]
    return max(float(np.max(np.abs(one - two) / np.maximum(np.abs(two), 1e-12))) for one, two in pairs)


def measure(size: int, runs: int) -> list[dict[str, Any]]:
    """Return a row per task for a cohort of that size."""
    survival, event, x = patients(size, 10, SEED)
    frame = pd.DataFrame(x, columns=[f"x{place}" for place in range(x.shape[1])]).assign(time=survival, event=event)
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "patients.csv"
        frame.to_csv(file, index=False, float_format="%.17g")
        theirs = in_r(file, runs)
    rows = []
    for name, work in tasks(x, survival, event).items():
        seconds, found = timed(work, runs)
        ratio, differs = seconds / theirs[name][0], difference(found, theirs[name][1])
        print(f"{size:>9,} {TITLES[name]:<58}{seconds:8.2f} s   R {theirs[name][0]:8.2f} s   {differs:.0e}", flush=True)
        measured = {"seconds": round(seconds, 3), "r_seconds": round(theirs[name][0], 3), "ratio": round(ratio, 2)}
        rows.append({"patients": size, "task": name, "title": TITLES[name], **measured, "difference": differs})
    return rows


def main() -> int:
    """Measure, print and record; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    rows = [row for size in options.patients for row in measure(size, options.runs)]
    if options.record is not None:
        record(options.record, "make benchmark-r", rows)
    wrong = [row for row in rows if not row["difference"] <= AGREEMENT]
    slow = [row for row in rows if row["ratio"] > 1]
    for row in wrong:
        print(f"{row['title']} with {row['patients']:,} patients is not R's: {row['difference']:.1e}")
    for row in slow:
        print(f"{row['title']} with {row['patients']:,} patients takes {row['ratio']:.2f} times as long as R")
    return int(bool(wrong or slow))


if __name__ == "__main__":
    sys.exit(main())
