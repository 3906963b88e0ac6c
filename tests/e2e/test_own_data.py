"""docs/own_data.md is followed to the letter: its commands, its edits, and the study that comes of them."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.runs import CHECKOUT, copy_checkout, environment

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str, str]]:
    """(language, argument, text) of every fenced block of the page, in its order."""
    return _FENCE.findall((CHECKOUT / "docs" / "own_data.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which somebody has done what the page says."""
    home = copy_checkout(tmp_path_factory.mktemp("own") / "checkout")
    shutil.copytree(CHECKOUT / "data" / "own_data", home / "data" / "own_data")
    said = ""
    for language, argument, text in steps():
        if language == "sh" and argument != "setup":
            said = _run(text, home)
        elif language == "diff":
            _edit(home / argument, text)
        elif (language, argument) == ("text", "output"):
            for line in text.splitlines():
                assert line in said, f"{line}\nis not in\n{said}"
        elif (language, argument) == ("yaml", "excerpt"):
            assert text in (home / "my_study" / "mapping.yaml").read_text(encoding="utf-8")
    return home


def _run(command: str, home: Path) -> str:
    """Run a command of the page in the environment of the tests; it must succeed."""
    own = environment(home)
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    ended = subprocess.run(
        command, shell=True, cwd=home, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert ended.returncode == 0, ended.stdout
    assert "Traceback" not in ended.stdout
    return ended.stdout


def _edit(file: Path, diff: str) -> None:
    """Put the lines with + in the place of those with -, wherever these stand."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line.startswith("-"))
    new = "".join(line[1:] for line in lines if line.startswith("+"))
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old}\nis not in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["patient_id"]: row for row in csv.DictReader(file)}


def test_the_page_ends_in_a_report(followed: Path) -> None:
    shareable = followed / "my_study" / "run" / "results" / "shareable"
    assert (shareable / "report.html").stat().st_size > 100_000
    assert (shareable / "manuscript.docx").exists()


def test_who_is_in_the_study_is_what_was_simulated(followed: Path) -> None:
    cohort = rows(followed / "my_study" / "run" / "results" / "private" / "cohort.csv")
    truth = rows(followed / "data" / "own_data" / "truth.csv")
    assert len(cohort) == 45
    assert {name: row["eligible"] for name, row in cohort.items()} == {
        name: row["eligible"] for name, row in truth.items()
    }


def test_resistance_is_what_was_simulated(followed: Path) -> None:
    classified = rows(followed / "my_study" / "run" / "results" / "private" / "classified.csv")
    truth = {name: row["resistance"] for name, row in rows(followed / "data" / "own_data" / "truth.csv").items()}
    found = {name: row["resistance"] for name, row in classified.items() if row["eligible"] == "true"}
    assert found == {name: resistance for name, resistance in truth.items() if resistance}
