"""R for the tests that run it: they are skipped, and say so, where it is not installed."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


@cache
def _without() -> str:
    if shutil.which("Rscript") is None:
        return "R is not installed: what R computes is only compared with stored answers"
    found = subprocess.run(["Rscript", "-e", "library(survival)"], capture_output=True, check=False)
    return (
        ""
        if found.returncode == 0
        else "R has no package survival: what R computes is only compared with stored answers"
    )


needs_r = pytest.mark.skipif(bool(_without()), reason=_without() or "R is there")


def rscript(script: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run an R script and return what it printed."""
    command = ["Rscript", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=cwd)
