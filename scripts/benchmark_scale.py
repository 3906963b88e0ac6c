"""How the steps from the raw extract to times to event grow with the number of patients.

    python scripts/benchmark_scale.py [--patients 1000 10000 100000] [--record benchmarks/scale.json]

Each size is a simulated registry without dirt, as canonical CSV files. The floor is Arrow reading the same files, in
the same run. Memory is the most that any one process held.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import yaml
from benchmark_record import environment, record
from pyarrow import csv

CHECKOUT: Final = Path(__file__).resolve().parent.parent
CORES: Final = 2
STEPS: Final = ("ingest", "validate", "gate", "episodes", "eligibility", "classify", "endpoints")
STUDY: Final = {
    "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}, "simulated": True},
    "definitions": {"resistance": {"preset": "index_inclusive"}},
    "release": {"level": "internal"},
    "specifications": {"enabled": False},
    "sensitivity": {"enabled": False},
}


def simulate(patients: int, home: Path) -> Path:
    """Write a registry of so many patients; return its folder."""
    extract = home / "extract"
    script = str(CHECKOUT / "scripts" / "simulate_registry.py")
    options = ["--patients", str(patients), "--seed", "1", "--dirt", "0", "--format", "csv", "--out", str(extract)]
    subprocess.run([sys.executable, script, *options], check=True, stdout=subprocess.DEVNULL)
    return extract


def floor(extract: Path) -> tuple[float, int]:
    """Return how long Arrow takes to read the files, in seconds, and their rows."""
    start = time.perf_counter()
    rows = sum(csv.read_csv(path).num_rows for path in sorted(extract.glob("*.csv")))
    return time.perf_counter() - start, rows


def chain(extract: Path, home: Path) -> tuple[dict[str, float], float, float, float]:
    """Run the steps; return the seconds of each, of all, and of the processors, and the most memory (MB)."""
    study = home / "study.yaml"
    values = {"extract": {"path": str(extract), "source": "canonical"}} | STUDY
    study.write_text(yaml.safe_dump(values), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile"), "--cores", str(CORES)]
    command += ["--directory", str(home / "run"), "--configfile", str(study), "--until", "endpoints"]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    steps: dict[str, float] = {}
    said, last = [], start
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        now = time.perf_counter()
        if line.startswith("Select jobs"):
            last = now
        if line.startswith("Finished jobid") and (name := line.partition("Rule: ")[2].rstrip(")\n")) in STEPS:
            steps[name] = now - last
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("".join(said))
    return steps, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(patients: int) -> dict[str, Any]:
    """Return a row of the table."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        extract = simulate(patients, home)
        reading, rows = floor(extract)
        steps, seconds, processor, memory = chain(extract, home)
    print(
        f"{patients:>9,} patients {rows:>11,} rows {seconds:8.1f} s {processor:8.1f} s of processors "
        f"{memory:8,.0f} MB   {seconds / reading:6.0f} times reading",
        flush=True,
    )
    return {
        "patients": patients, "rows": rows, "seconds": round(seconds, 1), "processor_seconds": round(processor, 1),
        "steps": {name: round(value, 1) for name, value in steps.items()}, "megabytes": round(memory),
        "floor_seconds": round(reading, 2), "times_floor": round(seconds / reading),
    }  # fmt: skip


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    rows = [measure(patients) for patients in options.patients]
    if options.record is not None:
        record(options.record, "make benchmark-scale", rows)


if __name__ == "__main__":
    main()
