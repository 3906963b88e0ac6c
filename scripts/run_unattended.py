"""Run a study where nobody watches, as a CI job does: everything anew, then a block that says what happened.

    python scripts/run_unattended.py --directory run-folder --configfile study.yaml [any other option of snakemake]

Removes the results of an earlier run first, so that nothing of it is taken for this one's. Where the study names a
release (refresh.previous), it is compared with it. What the steps say goes to logs/run.log of the run folder, since it
may name patients; the terminal receives the names of the steps and the block, which may leave the hospital.

Exit status 0: all is made, and no drift beyond the policy. 1: something could not be made. 3: drift beyond the policy.
With --release a run that passes is locked as the release that later ones are compared with.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from rechallenge import run_lock
from rechallenge.errors import UserError
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.study import Study, open_study
from rechallenge.unattended import NOT_MADE, PASSED, Run, block, failed_rule, finished_rule, status_of
from rechallenge.validation.gate import summary

CHECKOUT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Open the study, run it in its folder, say what happened; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory", type=Path, required=True, help="run folder, kept from one extract to the next")
    parser.add_argument(
        "--configfile", type=Path, nargs="+", required=True, help="study file, and further ones over it"
    )
    parser.add_argument("--release", action="store_true", help="lock a run that passes as a release")
    known, others = parser.parse_known_args(arguments)
    folder: Path = known.directory
    try:
        study = _opened(known.configfile)
        lock = run_lock.enter(folder)
        _clear(folder)
    except UserError as error:
        print(*error.problems, "Outcome:  FAILS: the run could not start. Exit status 1.", sep="\n")
        return NOT_MADE
    run_lock.keep_shared(lock)
    options = ["--configfile", *map(str, known.configfile), *others]
    run = _run(folder, "compare" if study.previous else "all", options, lock)
    comparison = _json(folder / "results" / "shareable" / "comparison" / "comparison.json")
    violations = folder / "results" / "private" / "violations.csv"
    lines = block(
        run, study=str(known.configfile[0]), folder=str(folder.resolve()),
        findings=summary(violations) if violations.is_file() else None, comparison=comparison, previous=study.previous,
    )  # fmt: skip
    print(*lines, sep="\n", flush=True)
    status = status_of(run, comparison)
    if known.release and status == PASSED:
        return _release(folder, study, options, lock)
    return status


def _opened(files: list[Path]) -> Study:
    """The study of one or several files, the later ones over the earlier, as Snakemake merges them."""
    from snakemake.utils import update_config

    values: dict[str, Any] = {}
    for file in files:
        if not file.is_file():
            raise UserError(f"There is no study file {file}.")
        update_config(values, read_yaml(file))
    return open_study(values, [str(file) for file in files], CHECKOUT)


def _clear(folder: Path) -> None:
    """Remove the results of an earlier run; only a folder that this workflow made."""
    results = folder / "results"
    others = sorted(path.name for path in results.iterdir() if path.name not in ("private", "shareable")) if (
        results.is_dir()
    ) else []  # fmt: skip
    if others:
        raise UserError(
            f"{results.resolve()} holds more than this workflow makes ({', '.join(others[:5])}): move it away, or give "
            "a run folder of its own. The results of an earlier run are removed before an unattended one."
        )
    if results.is_dir():
        shutil.rmtree(results)


def _run(folder: Path, target: str, options: list[str], lock: int) -> Run:
    """Run Snakemake, its words to logs/run.log; the terminal is told the steps that ended."""
    log = folder / "logs" / "run.log"
    log.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "snakemake", target, "--snakefile", str(CHECKOUT / "Snakefile"), "--directory",
               str(folder), "--profile", str(CHECKOUT / "profiles" / "ci"), *options]  # fmt: skip
    finished, failed = [], []
    with (
        os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
            pass_fds=[lock],
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            file.flush()
            if rule := finished_rule(line):
                finished.append(rule)
                print(f"done    {rule}", flush=True)
            if rule := failed_rule(line):
                failed.append(rule)
                print(f"failed  {rule}", flush=True)
    return Run(process.returncode, tuple(finished), tuple(dict.fromkeys(failed)))


def _release(folder: Path, study: Study, options: list[str], lock: int) -> int:
    run = _run(folder, "release", options, lock)
    where = f"releases/{study.settings.study.cutoff}"
    if run.status:
        print(f"Release:  not made; logs/release.log in {folder.resolve()} says why. Exit status 1.")
        return NOT_MADE
    print(f"Release:  {where} in {folder.resolve()}; compare the next extract with it (refresh.previous).")
    return PASSED


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
