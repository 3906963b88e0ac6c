"""How far two vectors of numbers are from one another, and the drawn data sets with R's answers."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REFERENCE: Final = Path(__file__).parents[1] / "reference"
# Differences are relative to R's value, or to this where that is smaller.
FLOOR: Final = 1e-3
Difference = tuple[str, str, float]
Numbers = Mapping[str, Sequence[float] | NDArray[np.float64]]


def distances(ours: Sequence[float] | NDArray[np.float64] | None, theirs: Sequence[float | None] | None) -> list[float]:
    """Return the relative difference of each number; infinite where only one side has a value.

    None, NaN and infinite numbers are no values. A vector that is missing is one without values.
    """
    size = len(theirs if theirs is not None else ours if ours is not None else ())
    here = np.array([np.nan] * size if ours is None else ours, dtype="float64")
    there = np.array([np.nan] * size if theirs is None else theirs, dtype="float64")
    if len(here) != len(there):
        return [float("inf")]
    known, expected = np.isfinite(here), np.isfinite(there)
    gap = np.where(known == expected, 0.0, np.inf)
    both = known & expected
    gap[both] = np.abs(here - there)[both] / np.maximum(np.abs(there[both]), FLOOR)
    return [float(one) for one in gap]


def distance(ours: Sequence[float] | NDArray[np.float64] | None, theirs: Sequence[float | None] | None) -> float:
    """Return the largest of `distances`."""
    return max(distances(ours, theirs), default=0.0)


def answers(folder: Path) -> dict[str, Any]:
    """Return R's stored answers of a topic."""
    packed = folder / "answers.json.gz"
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else (folder / "answers.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def survival() -> dict[str, tuple[pd.DataFrame, dict[str, Any]]]:
    """Return the data sets of tests/reference/survival, each with R's answers.

    `died` and `any` are 1 for the event of interest and for any event.
    """
    data = pd.read_csv(REFERENCE / "survival" / "data.csv.gz")
    data = data.assign(died=(data["event"] == 1).astype(float), any=(data["event"] > 0).astype(float))
    found = answers(REFERENCE / "survival")
    return {str(name): (own, found[str(name)]) for name, own in data.groupby("set", sort=False)}


def of_quantities(
    prefixes: tuple[str, ...], ours: Callable[[pd.DataFrame, Mapping[str, Any]], Numbers]
) -> Iterator[Difference]:
    """Compare what `ours` gives for each drawn data set with R's answers of these quantities.

    Keys are "quantity|part". `ours` also gets R's answers, to see what was computed at all (Firth's model is in some
    sets only).
    """
    for name, (data, expected) in survival().items():
        theirs = {key: numbers for key, numbers in expected.items() if key.startswith(prefixes)}
        found = ours(data, theirs)
        for key in sorted({*theirs, *found}):
            for far in distances(found.get(key), theirs.get(key)):
                yield key.split("|")[0], name, far
