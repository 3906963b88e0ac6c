"""Measure what each step takes, and write workflow/resources.csv and the table of docs/cluster.md (`make resources`).

    python scripts/write_resources.py [--patients 400 4000 12000] [--folder runs/resources]

Simulates registries of several sizes, runs the study on each, and reads Snakemake's benchmark records. The smallest is
also simulated as it was a year earlier, released then, and compared, so that the steps of a refresh run too. Runs that
are there already are kept. A step's figures at no rows at all are those of the smallest registry; the rise per MB is
the steepest from there, and for the steps of a refresh that of the steepest other step.
"""

import argparse
import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from rechallenge.resources import Needs, extract_megabytes, read_needs
from rechallenge.study import MEASURED, RULES

CHECKOUT = Path(__file__).resolve().parent.parent
TABLE = CHECKOUT / "workflow" / "resources.csv"
PAGE = CHECKOUT / "docs" / "cluster.md"
BEGIN, END = "<!-- resources: begin (scripts/write_resources.py) -->", "<!-- resources: end -->"
COLUMNS = ("rule", "memory_mb", "memory_mb_per_mb", "seconds", "seconds_per_mb")
SEED = 1
Record = tuple[float, float, float]
"""MB of the extract, peak memory in MB, seconds."""


def run(study: Path, folder: Path, target: str) -> None:
    """Run a study for a target, one step after the other, so that none slows another."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile"), "--cores", "1", target]
    subprocess.run([*command, "--configfile", str(study), "--directory", str(folder)], check=True)


def simulate(patients: int, as_of: str, folder: Path) -> Path:
    """Write a clean registry and its study file; return the study file."""
    extract = folder / "extract"
    command = [sys.executable, str(CHECKOUT / "scripts" / "simulate_registry.py"), "--patients", str(patients)]
    command += ["--seed", str(SEED), "--dirt", "0", "--as-of", as_of, "--out", str(extract)]
    subprocess.run(command, check=True)
    study = {
        "extract": {"path": "extract", "source": "demo_registry"},
        "study": {"cutoff": as_of, "window": {"start": "2016-03-01", "end": as_of}},
        "definitions": {"resistance": {"preset": "index_inclusive"}},
        "refresh": {"keep_extract": True},
    }
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(study), encoding="utf-8")
    return file


def measure(patients: int, folder: Path, *, refresh: bool) -> dict[str, Record]:
    """Return the record of every rule at that number of patients; of those of a refresh only if asked for."""
    later, earlier = folder / "2022", folder / "2021"
    if not (later / "study.yaml").is_file():
        later.mkdir(parents=True)
        simulate(patients, "2022-12-31", later)
    run(later / "study.yaml", later, "all")
    records = _records(later, RULES)
    if not refresh:
        return records
    if not (earlier / "releases").is_dir():
        earlier.mkdir(parents=True, exist_ok=True)
        run(simulate(patients, "2021-12-31", earlier), earlier, "release")
    settings = yaml.safe_load((later / "study.yaml").read_text(encoding="utf-8"))
    previous = str((earlier / "releases" / "2021-12-31").resolve())
    settings["refresh"] = {"previous": previous, "keep_extract": True, "run_previous_again": True}
    compared = later / "compared.yaml"
    compared.write_text(yaml.safe_dump(settings), encoding="utf-8")
    run(compared, later, "comparison")
    return _records(later, MEASURED)


def _records(home: Path, rules: Sequence[str]) -> dict[str, Record]:
    size = extract_megabytes(sorted((home / "extract").glob("*.csv")))
    files = {rule: home / "logs" / "benchmarks" / f"{rule}.tsv" for rule in rules}
    if "specify" in files:
        files["specify"] = files["specify"].with_name("specify_1-of-1.tsv")
    return {rule: (size, *_peak(file)) for rule, file in files.items()}


def _peak(file: Path) -> tuple[float, float]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    # A step that ended before the first sample has no memory ("NA" or almost nothing).
    memory = max(float(row["max_rss"]) if row["max_rss"] not in ("NA", "-") else 0.0 for row in rows)
    return memory, max(float(row["s"]) for row in rows)


def rise(records: Sequence[Record]) -> tuple[float, float]:
    """Return the steepest rise of memory and time per MB from the smallest extract; none where there is only one."""
    (size, memory, seconds), *larger = sorted(records)
    rises = [((m - memory) / (mb - size), (s - seconds) / (mb - size)) for mb, m, s in larger]
    return max([0.0, *(memory for memory, _ in rises)]), max([0.0, *(seconds for _, seconds in rises)])


def table(sizes: Sequence[dict[str, Record]]) -> list[list[str]]:
    """Return the rows of workflow/resources.csv from the records of each size."""
    of = {rule: [records[rule] for records in sizes if rule in records] for rule in MEASURED}
    rises = {rule: rise(records) for rule, records in of.items()}
    steepest = tuple(max(column) for column in zip(*rises.values(), strict=True))
    rows = []
    for rule, records in of.items():
        _, memory, seconds = min(records)
        more_memory, more_seconds = rises[rule] if len(records) == len(sizes) else steepest
        rows.append([rule, f"{memory:.0f}", f"{more_memory:.2f}", f"{seconds:.0f}", f"{more_seconds:.2f}"])
    return rows


def page_table(sizes: dict[int, dict[str, Record]]) -> str:
    """Return the Markdown table of what was measured, and what is asked for at the largest size."""
    largest = max(sizes)
    needs = read_needs(TABLE, [])
    heads = [f"{patients:,} patients ({records['ingest'][0]:.1f} MB)" for patients, records in sorted(sizes.items())]
    rows = [f"| step | {' | '.join(heads)} | asked for at {largest:,} |", "|---" * (len(sizes) + 2) + "|"]
    for rule in MEASURED:
        cells = [_cell(records.get(rule)) for _, records in sorted(sizes.items())]
        asked = Needs(needs.measured, sizes[largest]["ingest"][0])
        cells.append(f"{asked.memory(rule)(None, 1):,} MB, {asked.runtime(rule)(None, 1)} min")
        rows.append(f"| `{rule}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def _cell(record: Record | None) -> str:
    return "" if record is None else f"{record[1]:.0f} MB, {record[2]:.0f} s"


def main() -> None:
    """Measure, and write the table and its page."""
    parser = argparse.ArgumentParser(description="Measure memory and time of every step.")
    parser.add_argument("--patients", type=int, nargs="+", default=[400, 4000, 12000])
    parser.add_argument("--folder", type=Path, default=CHECKOUT / "runs" / "resources")
    options = parser.parse_args()
    numbers = sorted(options.patients)
    sizes = {
        patients: measure(patients, options.folder / str(patients), refresh=patients == numbers[0])
        for patients in numbers
    }
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table(list(sizes.values())))
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{page_table(sizes)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
