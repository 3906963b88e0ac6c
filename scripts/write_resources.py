"""Measure what each step takes, and write workflow/resources.csv and the table of docs/cluster.md (`make resources`).

    python scripts/write_resources.py [--patients 400 4000 12000] [--folder runs/resources]

Simulates registries of several sizes, each as it was a year earlier too; releases the earlier one and compares the
later with it, so that every rule runs; and reads Snakemake's benchmark records. Runs that are there already are kept.
A step's figures at no rows at all are those of the smallest registry; the rise per MB is the steepest from there.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

import yaml

from rechallenge.resources import extract_megabytes, read_needs
from rechallenge.study import REFRESH_RULES, RULES

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


def measure(patients: int, folder: Path) -> dict[str, Record]:
    """Return the record of every rule at that number of patients."""
    earlier, later = folder / "2021", folder / "2022"
    if not (later / "logs" / "benchmarks" / "compare.tsv").is_file():
        earlier.mkdir(parents=True, exist_ok=True)
        later.mkdir(parents=True, exist_ok=True)
        run(simulate(patients, "2021-12-31", earlier), earlier, "release")
        study = simulate(patients, "2022-12-31", later)
        settings = yaml.safe_load(study.read_text(encoding="utf-8"))
        settings["refresh"] = {"previous": str((earlier / "releases" / "2021-12-31").resolve()), "keep_extract": True}
        settings["refresh"] |= {"run_previous_again": True}
        study.write_text(yaml.safe_dump(settings), encoding="utf-8")
        run(study, later, "all")
        run(study, later, "compare")
    records = {}
    for home, rules in ((later, (*RULES, *REFRESH_RULES)), (earlier, ("release",))):
        size = extract_megabytes(sorted((home / "extract").glob("*.csv")))
        for rule in rules:
            for file in sorted((home / "logs" / "benchmarks").glob(f"{rule}*.tsv")):
                if file.stem in (rule, f"{rule}_1-of-1"):
                    records[rule] = (size, *_peak(file))
    return records


def _peak(file: Path) -> tuple[float, float]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    # A step that ended before the first sample has no memory ("NA" or almost nothing).
    memory = max(float(row["max_rss"]) if row["max_rss"] not in ("NA", "-") else 0.0 for row in rows)
    return memory, max(float(row["s"]) for row in rows)


def line(rule: str, records: list[Record]) -> list[str]:
    """Return a rule's row of the table from its records, the smallest extract first."""
    (size, memory, seconds), *larger = sorted(records)
    rises = [((m - memory) / (mb - size), (s - seconds) / (mb - size)) for mb, m, s in larger]
    steepest = [max([0.0, *column]) for column in zip(*rises, strict=True)] if rises else [0.0, 0.0]
    return [rule, f"{memory:.0f}", f"{steepest[0]:.2f}", f"{seconds:.0f}", f"{steepest[1]:.2f}"]


def page_table(sizes: dict[int, dict[str, Record]]) -> str:
    """Return the Markdown table of what was measured, and what is asked for at the largest size."""
    largest = max(sizes)
    needs = read_needs(TABLE, [])
    heads = [f"{patients:,} patients ({records['ingest'][0]:.1f} MB)" for patients, records in sorted(sizes.items())]
    rows = [f"| step | {' | '.join(heads)} | asked for at {largest:,} |", "|---" * (len(sizes) + 2) + "|"]
    for rule in (*RULES, *REFRESH_RULES):
        cells = [f"{sizes[patients][rule][1]:.0f} MB, {sizes[patients][rule][2]:.0f} s" for patients in sorted(sizes)]
        asked = type(needs)(needs.measured, sizes[largest][rule][0])
        cells.append(f"{asked.memory(rule)(None, 1):,} MB, {asked.runtime(rule)(None, 1)} min")
        rows.append(f"| `{rule}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Measure, and write the table and its page."""
    parser = argparse.ArgumentParser(description="Measure memory and time of every step.")
    parser.add_argument("--patients", type=int, nargs="+", default=[400, 4000, 12000])
    parser.add_argument("--folder", type=Path, default=CHECKOUT / "runs" / "resources")
    options = parser.parse_args()
    sizes = {patients: measure(patients, options.folder / str(patients)) for patients in options.patients}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(line(rule, [records[rule] for records in sizes.values()]) for rule in (*RULES, *REFRESH_RULES))
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{page_table(sizes)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
