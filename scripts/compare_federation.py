"""Set a federation's pooled results beside those of its patients; what `make demo-federation` ends with.

    python scripts/compare_federation.py --runs runs/federation

Only where everybody's patients are at hand (a simulation) can this be done: `--runs` holds the run folder of each
hospital under its name in lower case, `together` (the study of all patients) and `coordinating`. Fails where a model or
a test of one cohort is not that of the same hospitals' patients to 1e-6, or where two stages lie farther from the study
of all patients than LARGEST.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from rechallenge.estimates import logrank, rechallenge_models
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.estimates.times import classes_of, time_to_event
from rechallenge.results import prepared, read_result
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings

TOLERANCE: Final = 1e-6
# Two stages give each hospital a baseline hazard and effects of the other covariates of its own: another model. Where
# every hospital tells, its estimate lies within this many standard errors of the one model of all patients.
LARGEST: Final = 2.0
_KEYS: Final = ["endpoint", "population", "model", "term", "level", "reference", "statistic"]
_EXACT: Final = ("coef", "se", "chi2")


def main(arguments: list[str] | None = None) -> int:
    """Print the two comparisons; return 1 where one cohort is not that of its patients, or where there is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, help="folder of the run folders")
    runs: Path = parser.parse_args(arguments).runs
    results = runs / "coordinating" / "results" / "federation"
    pooled = prepared(read_result("estimates", results / "pooled.csv"))
    hospitals = json.loads((results / "federation.json").read_text(encoding="utf-8"))["hospitals"]
    givers = [name for name, item in hospitals.items() if item["risk_sets"]]
    exact = against_patients(pooled, patient_estimates(runs, givers))
    worst = exact["difference"].abs().max()
    print(f"One cohort of {', '.join(givers)}: {len(exact)} coefficients, standard errors and log-rank statistics")
    print(f"differ from those of the same patients by at most {worst:.1e}.\n")
    everybody = prepared(read_result("estimates", runs / "together" / "results" / "shareable" / "estimates.csv"))
    two = two_stages(pooled, everybody[everybody["analysis"] == "main"])
    print(two.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
    share = (two["difference"] / two["se"]).abs()
    whole = share[two["hospitals"] == len(hospitals)]
    print()
    print(
        f"Two stages against the study of all patients: log hazard ratios differ by {share.median():.2f} of its "
        f"standard errors (median), {share.max():.2f} at most; where every hospital tells "
        f"({len(whole)} of {len(two)}) by {whole.max():.2f} at most."
    )
    exactly = bool(len(exact)) and worst <= TOLERANCE
    return int(not exactly or not whole.max() <= LARGEST)


def patient_estimates(runs: Path, givers: list[str]) -> pd.DataFrame:
    """Return Cox models and log-rank tests of the patients of these hospitals, as rows of estimates.csv."""
    record = json.loads((runs / givers[0].lower() / "results" / "private" / "provenance.json").read_text("utf-8"))
    values = record["settings"]["values"]
    settings = StatisticsSettings.read(values["statistics"], "statistics")
    definitions = DefinitionSettings.read(values["definitions"], "definitions")
    rows: list[Row] = []
    for endpoint in ("PFS", "OS"):
        frame = pd.concat(list(_patients(runs, givers, endpoint)), ignore_index=True)
        own = {"endpoint": endpoint, "population": "rechallenge"}
        rows += placed(rechallenge_models.rows(frame, settings, definitions.progression_pattern), **own)
        for term in ("resistance", "progression_pattern", "interval_treatment"):
            rows += placed(logrank.rows(frame, classes_of(frame[term])), **own, model="log_rank", term=term)
    return table(rows)


def _patients(runs: Path, givers: list[str], endpoint: str) -> Iterator[pd.DataFrame]:
    for name in givers:
        private = runs / name.lower() / "results" / "private"
        adtte, classified = (read_result(each, private / f"{each}.csv") for each in ("adtte", "classified"))
        yield time_to_event(adtte, classified, endpoint, "rechallenge").frame


def against_patients(pooled: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one cohort with the patients' estimate and the difference."""
    own = pooled[pooled["model"].str.endswith("|one_cohort") & pooled["statistic"].isin(_EXACT)]
    own = own.assign(model=own["model"].str.partition("|")[0])
    both = own.merge(prepared(patients), on=_KEYS, suffixes=("", "_patients"), validate="one_to_one")
    return both.assign(difference=both["estimate"] - both["estimate_patients"])


def two_stages(pooled: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return each two-stage log hazard ratio with that of the study of all patients, and its standard error."""
    own = pooled[pooled["model"].str.startswith("two_stage|") & pooled["statistic"].eq("coef")]
    own = own.assign(model=own["model"].str.partition("|")[2])
    patients = patients[patients["model"].isin(own["model"])]
    coefficients = patients[patients["statistic"].eq("coef")]
    both = own.merge(coefficients, on=_KEYS, suffixes=("", "_patients"), validate="one_to_one")
    errors = patients[patients["statistic"].eq("se")].assign(statistic="coef")[[*_KEYS, "estimate"]]
    both = both.merge(errors.rename(columns={"estimate": "se"}), on=_KEYS)
    both = both.assign(difference=both["estimate"] - both["estimate_patients"])
    # "... 4 of 5 hospitals ..."
    both["hospitals"] = both["method"].str.extract(r"(\d+) of \d+ hospitals")[0].astype("int64")
    columns = ["endpoint", "model", "term", "level", "hospitals", "estimate", "estimate_patients", "difference", "se"]
    return both[columns].rename(columns={"estimate": "pooled", "estimate_patients": "patients"})


if __name__ == "__main__":
    sys.exit(main())
