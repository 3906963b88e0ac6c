"""Simulate the five hospitals of the demo of a federation, and the extract that holds all their patients.

    python scripts/simulate_hospitals.py --out runs/federation/extracts

Each hospital has its own size, seed and truth: patients progress sooner or later, and the classes matter more or less.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from rechallenge.files import read_csv, write_csv
from rechallenge.simulation.dirt import read_rates
from rechallenge.simulation.parameters import Parameters
from rechallenge.simulation.registry import write_extract

# Name: patients, seed, median months of rechallenge PFS in the reference class, hazard ratio of primary resistance.
HOSPITALS: Final = {
    "north": (700, 101, 6.0, 3.0),
    "east": (500, 102, 7.0, 2.5),
    "south": (400, 103, 5.0, 4.0),
    "west": (600, 104, 6.5, 3.5),
    "centre": (450, 105, 5.5, 2.0),
}
TOGETHER: Final = "together"


def main(arguments: list[str] | None = None) -> None:
    """Write one folder per hospital, and the folder of all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the extracts")
    out: Path = parser.parse_args(arguments).out
    standard = Parameters()
    for name, (patients, seed, median, primary) in HOSPITALS.items():
        own = replace(standard.rechallenge, reference_median_months=median, hr_primary=primary)
        model = replace(standard, rechallenge=own)
        write_extract(patients, seed, read_rates(["0"]), out / name, "csv", model=model)
    for file in sorted(path.name for path in (out / next(iter(HOSPITALS))).glob("*.csv")):
        write_csv(pd.concat([_tagged(out / name / file, name) for name in HOSPITALS]), out / TOGETHER / file)


def _tagged(path: Path, hospital: str) -> pd.DataFrame:
    """A table of a hospital with identifiers that no other hospital has."""
    header = pd.read_csv(path, nrows=0).columns
    frame = read_csv(path, text=header)
    return frame.assign(patient_id=hospital + "-" + frame["patient_id"])


if __name__ == "__main__":
    main()
