"""What each figure module is given and what it returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from rechallenge.figures.captions import Words


@dataclass(frozen=True)
class Given:
    """What figures are made of: the `results.tidy` table, curves, the study's labels, the width, a note.

    `incidence` and `residuals` are frames of `estimates.over_time` and `estimates.model_checks`; a `note` is printed
    on each figure ("Simulated data").
    """

    table: pd.DataFrame
    curves: pd.DataFrame
    incidence: pd.DataFrame | None
    residuals: pd.DataFrame | None
    labels: Mapping[str, str]
    width_mm: float
    note: str
    in_steps: bool = False
    """Whether the curves are those of a public release: in steps, and only as far as enough patients are at risk."""


@dataclass(frozen=True)
class Drawn:
    """A figure with its words, or the reason why there is none."""

    name: str
    title: str
    draw: Callable[[], Figure] | None = None
    words: Words | None = None
    reason: str = ""
    per_patient: bool = False
    vector_reveals_times: bool = False
    curves: Mapping[str, Any] | None = None
    """The steps of its curves, for an interactive figure; written only where vector files may be."""
    own_counts: bool = False
    """Whether it counts patients itself, of whom the results table says nothing: never part of a public release."""
    inline: bool = False
    """Whether its SVG stands in report.html itself: it has text as text, and lies beside the folder of the figures."""

    def __post_init__(self) -> None:
        """Take the words of the present language: a message would be written as its English."""
        for name in ("title", "reason"):
            object.__setattr__(self, name, str(getattr(self, name)))
