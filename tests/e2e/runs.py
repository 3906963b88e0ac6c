"""Running the workflow as a user does, and reading what Snakemake says of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "profiles", "scripts", "src", "workflow", "requirements.lock", "pyproject.toml")
_JOB = re.compile(r"^(\w+) +(\d+)$")


def snakemake(study: Path, folder: Path, *options: str, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """Run a study in `folder` with the library of `checkout`; stdout and stderr come together in `stdout`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile")]
    command += ["--configfile", str(study), "--directory", str(folder), *options]
    return subprocess.run(
        command, cwd=checkout, env=environment(checkout), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


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
