"""R's answers in tests/reference made again: `make r-fixtures` (needs R with the packages that the scripts load).

Each folder there with a make.R is a topic: `Rscript make.R OUTPUT.json` is run in it, and the output stored beside it
as answers.json, or answers.json.gz where that is how it is stored. reference.R gives the answers in r/ for each CSV
beside it. With --check nothing is written: what differs is printed. Nothing is ever installed.
"""

import argparse
import gzip
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

REFERENCE: Final = Path(__file__).resolve().parents[1] / "tests" / "reference"
# Between machines, iterated answers differ by the rounding of their last step.
TOLERANCE: Final = 1e-6
_LOADED: Final = re.compile(r"\blibrary\((\w[\w.]*)\)|requireNamespace\(\"([\w.]+)\"")


@dataclass(frozen=True)
class Fixture:
    """An R script with its arguments, the folder it runs in, and where its answer is stored.

    `prints` says that the answer is printed; else the script writes it to the file that is its last argument.
    """

    name: str
    folder: Path
    script: Path
    stored: Path
    arguments: tuple[str, ...] = ()
    prints: bool = False


def fixtures(reference: Path = REFERENCE) -> list[Fixture]:
    """Return all fixtures, sorted by name."""
    found = []
    for script in reference.glob("*/make.R"):
        packed = script.parent / "answers.json.gz"
        stored = packed if packed.exists() else script.parent / "answers.json"
        found.append(Fixture(script.parent.name, script.parent, script, stored))
    for data in reference.glob("*.csv"):
        stored = reference / "r" / f"{data.stem}.json"
        script = reference / "reference.R"
        found.append(Fixture(f"r/{data.stem}", reference, script, stored, (data.name,), prints=True))
    return sorted(found, key=lambda fixture: fixture.name)


def missing_packages(chosen: list[Fixture]) -> list[str]:
    """Return the R packages that the scripts load and that are not installed."""
    named = {name for fixture in chosen for name in _packages(fixture.script)}
    asked = "; ".join(f'cat("{name}", requireNamespace("{name}", quietly = TRUE), "\\n")' for name in sorted(named))
    said = _r(["-e", f"suppressWarnings({{{asked}}})"], REFERENCE)
    return [line.split()[0] for line in said.splitlines() if line.split()[1:] == ["FALSE"]]


def _packages(script: Path) -> set[str]:
    return {first or second for first, second in _LOADED.findall(script.read_text(encoding="utf-8"))}


def made(fixture: Fixture) -> str:
    """Return the answer of R; raises CalledProcessError where the script fails."""
    if fixture.prints:
        return _r([str(fixture.script), *fixture.arguments], fixture.folder)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "answers.json"
        _r([str(fixture.script), *fixture.arguments, str(output)], fixture.folder)
        return output.read_text(encoding="utf-8")


def _r(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(["Rscript", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def stored_text(fixture: Fixture) -> str:
    """Return the stored answer."""
    content = fixture.stored.read_bytes()
    return (gzip.decompress(content) if fixture.stored.suffix == ".gz" else content).decode()


def store(fixture: Fixture, text: str) -> None:
    """Store an answer; equal answers give equal bytes."""
    content = text.encode()
    fixture.stored.write_bytes(gzip.compress(content, 9, mtime=0) if fixture.stored.suffix == ".gz" else content)


def changes(here: Any, there: Any, place: str = "") -> Iterator[str]:
    """Yield where two answers differ by more than TOLERANCE, or in what they hold; versions are passed over."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted(here.keys() | there.keys()):
            if key in here and key in there:
                if key not in ("R", "survival", "versions"):
                    yield from changes(here[key], there[key], f"{place}/{key}")
            else:
                yield f"{place}/{key}: only {'before' if key in there else 'now'}"
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for position, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from changes(one, other, f"{place}[{position}]")
    elif isinstance(here, (int, float)) and isinstance(there, (int, float)):
        if not math.isclose(here, there, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"{place}: {there} before, {here} now"
    elif here != there:
        yield f"{place}: {there} before, {here} now"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", help="names of topics; all without")
    parser.add_argument("--check", action="store_true", help="compare with the stored answers and write nothing")
    given = parser.parse_args()
    chosen = [fixture for fixture in fixtures() if not given.topics or fixture.name in given.topics]
    if shutil.which("Rscript") is None:
        print("R is needed: install R (Debian: r-base-core r-cran-survival r-cran-jsonlite).", file=sys.stderr)
        return 1
    missing = missing_packages(chosen)
    if missing:
        print(f"These R packages are needed and not installed: {', '.join(missing)}.", file=sys.stderr)
        return 1
    different = 0
    for fixture in chosen:
        text = made(fixture)
        found = (
            list(changes(json.loads(text), json.loads(stored_text(fixture)))) if fixture.stored.exists() else ["new"]
        )
        different += bool(found)
        print(f"{fixture.name}: {'as stored' if not found else f'{len(found)} differences, first {found[0]}'}")
        if not given.check:
            store(fixture, text)
    return int(given.check and different > 0)


if __name__ == "__main__":
    sys.exit(main())
