"""Running the workflow as a user does, and reading what Snakemake says of it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "profiles", "scripts", "src", "workflow", "requirements.lock", "pyproject.toml")
_JOB = re.compile(r"^(\w+) +(\d+)$")


# Two places far apart, and how they order, write and hash; the first knows no letters beyond ASCII.
ELSEWHERE = {
    "C": {"LC_ALL": "C", "LANG": "C", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4294967295"},
}


def snakemake(
    study: Path, folder: Path, *options: str, checkout: Path = CHECKOUT, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a study in `folder` with the library of `checkout`; stdout and stderr come together in `stdout`.

    `variables` are added to the environment.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile")]
    command += ["--configfile", str(study), "--directory", str(folder), *options]
    return subprocess.run(
        command,
        cwd=checkout,
        env=environment(checkout) | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def differing_files(first: Path, second: Path) -> list[str]:
    """Return the files of two results folders that are not the same bytes, or are in one of them alone."""
    files = [
        {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()} for folder in (first, second)
    ]
    shared = files[0].keys() & files[1].keys()
    alone = files[0].keys() ^ files[1].keys()
    unlike = {name for name in shared if files[0][name].read_bytes() != files[1][name].read_bytes()}
    return sorted(map(str, alone | unlike))


def environment(checkout: Path) -> dict[str, str]:
    """Return the environment of a run; bytecode goes to disk, or each job would compile its imports again."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {"PYTHONPATH": str(checkout / "src")}


def jobs(run: subprocess.CompletedProcess[str]) -> set[str]:
    """Return the rules that a run (or dry run) has jobs for, `all` left out."""
    stats = run.stdout.partition("Job stats:")[2].partition("\n\n")[0]
    found = {match[1] for line in stats.splitlines() if (match := _JOB.match(line.strip()))}
    return found - {"all", "total"}


def copy_checkout(folder: Path) -> Path:
    """Copy what a run needs of this checkout, so that a test may edit it."""
    folder.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in PARTS:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy2(source, folder / name)
    return folder
