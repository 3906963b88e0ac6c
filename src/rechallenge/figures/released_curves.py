"""The steps of survival curves as plain values, for the page's interactive figures.

They tell the time of every event, so they are written only where the study releases its curves
(`release.vector_survival_curves`).
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge import words
from rechallenge.figures import style
from rechallenge.figures.survival import Survival, has_marks, median_text

# With more of them the page would be heavy, and the picture shows as much.
MOST_STEPS: Final = 2_000
# Hundredths of a per cent, thousandths of a month: finer than any screen.
_DECIMALS: Final = {"time_months": 3, "survival": 4, "lower": 4, "upper": 4}


def released_curves(data: Survival) -> dict[str, Any] | None:
    """Return the axis labels and, per group, its words, colour, dashes and steps; None for more than MOST_STEPS.

    Steps are lists of one length: `time` (months), `survival`, `lower`, `upper` (shares), `at_risk` (just before the
    time), `censored` (at the time). A missing bound is None.
    """
    if sum(len(group.curve) for group in data.groups) > MOST_STEPS:
        return None
    since = words.TIME_ZERO.get(data.endpoint)
    return {
        "endpoint": words.endpoint_words(data.endpoint),
        "since": str(since or ""),
        "groups": [
            {
                "label": group.label,
                "n": group.n,
                "events": group.events,
                "median": median_text(group),
                "colour": style.colour(group.position),
                "dashes": _dashes(style.dashes(group.position)),
                "marks": has_marks(group),
                "steps": _steps(group.curve),
            }
            for group in data.groups
        ],
    }


def _steps(curve: pd.DataFrame) -> dict[str, list[float | int | None]]:
    if float(curve["time_months"].iloc[0]) > 0:
        start = {"time_months": 0.0, "survival": 1.0, "lower": 1.0, "upper": 1.0, "censored": 0, "events": 0}
        first = pd.DataFrame([{**start, "at_risk": curve["at_risk"].iloc[0]}])
        curve = pd.concat([first, curve[list(first.columns)]], ignore_index=True)
    found: dict[str, list[float | int | None]] = {}
    for column, decimals in _DECIMALS.items():
        values = curve[column].to_numpy(dtype="float64").round(decimals)
        found["time" if column == "time_months" else column] = [None if np.isnan(value) else value for value in values]
    for column in ("at_risk", "censored"):
        found[column] = [int(value) for value in curve[column]]
    return found


def _dashes(line: Any) -> list[float]:
    """The dashes of a line style of matplotlib, in line widths; none for a solid line."""
    return [float(length) for length in line[1] or ()] if isinstance(line, tuple) else []
