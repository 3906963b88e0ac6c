"""How long a study takes through Snakemake, and in one process that makes the same library calls.

    python scripts/benchmark.py [--runs 5] [--study config/config.yaml] [--record benchmarks/study.json]

Prints the median of each and their ratio, and how long its two largest steps of statistics take. Every run starts in an
empty folder. The single process runs the scripts of the rules one after the other, so that its time is the work itself:
imports once, no jobs.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from benchmark_record import environment, record, seconds

CHECKOUT: Final = Path(__file__).resolve().parent.parent
CORES: Final = 2
# The most that a run may take, in seconds, and in times of the single process.
LONGEST, RATIO = 60.0, 2.0
# The steps that are timed apart, with what the table of the docs calls them.
STEPS: Final = {"specify": "specification curve", "estimate": "all estimates, curves and models"}
ONE_PROCESS = "import runpy, sys\nfor script in sys.argv[1:]:\n    runpy.run_path(script, run_name='__main__')\n"


def snakemake(study: Path, folder: Path, *options: str) -> None:
    """Run the study in `folder`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile"), "--cores", str(CORES)]
    command += ["--configfile", str(study), "--directory", str(folder), *options]
    subprocess.run(command, check=True, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def one_process(scripts: list[Path], folders: list[Path], folder: Path) -> None:
    """Run the scripts in one process, in the folders that Snakemake would have made."""
    for name in folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", ONE_PROCESS, *map(str, scripts)]
    subprocess.run(command, check=True, cwd=folder, env=environment(), stderr=subprocess.DEVNULL)


def prepare(study: Path, folder: Path) -> tuple[list[Path], list[Path]]:
    """Run once, keeping what Snakemake passes to each script; return the scripts in order, and the folders made."""
    snakemake(study, folder, "--skip-script-cleanup")
    scripts = sorted((folder / ".snakemake" / "scripts").glob("*.py"), key=lambda path: path.stat().st_mtime_ns)
    folders = [
        path.relative_to(folder) for path in folder.rglob("*") if path.is_dir() and ".snakemake" not in path.parts
    ]
    return scripts, folders


def step_again(study: Path, folder: Path, rule: str) -> None:
    """Run one step of a finished study again, with nothing else; Snakemake's start is part of it."""
    snakemake(study, folder, "--forcerun", rule, "--until", rule)


def specifications(folder: Path) -> int:
    """Return the number of specifications of a finished study."""
    with (folder / "results" / "shareable" / "specification_curve.csv").open(encoding="utf-8") as file:
        return sum(1 for _ in file) - 1


def main() -> None:
    """Measure, print and record; exit status 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="Time a study through Snakemake and in one process.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--study", type=Path, default=CHECKOUT / "config" / "config.yaml")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    study = options.study.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        scripts, folders = prepare(study, home / "first")
        workflow, single = [], []
        for number in range(options.runs):
            workflow.append(seconds(snakemake, study, home / f"workflow{number}"))
            single.append(seconds(one_process, scripts, folders, home / f"single{number}"))
        last = home / f"workflow{options.runs - 1}"
        steps = {rule: seconds(step_again, study, last, rule) for rule in STEPS}
        curve = specifications(last)
    ratio = median(workflow) / median(single)
    print(f"study            {study.name}, {len(scripts)} jobs, median of {options.runs} runs on {CORES} cores")
    print(f"snakemake        {median(workflow):6.1f} s   (target: under {LONGEST:g} s)")
    print(f"one process      {median(single):6.1f} s")
    print(f"ratio            {ratio:6.2f}     (target: at most {RATIO:g})")
    for rule, took in steps.items():
        print(f"{rule:<17}{took:6.1f} s   {STEPS[rule]}")
    if options.record is not None:
        rows = [
            {"task": f"the study through Snakemake, {len(scripts)} jobs", "seconds": round(median(workflow), 1)},
            {"task": "the same scripts in one process", "seconds": round(median(single), 1)},
            {"task": f"{STEPS['specify']}, {curve:,} results", "seconds": round(steps["specify"], 1)},
            {"task": STEPS["estimate"], "seconds": round(steps["estimate"], 1)},
        ]
        record(options.record, "make benchmark", rows, runs=options.runs, ratio=round(ratio, 2), study=study.name)
    sys.exit(median(workflow) >= LONGEST or ratio > RATIO)


if __name__ == "__main__":
    main()
