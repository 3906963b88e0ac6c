"""Primary or acquired resistance to the first ICI."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.settings.classes import ResistanceSettings
from rechallenge.tables import TEXT

COLUMNS: Final = ("resistance", "resistance_reason")


def classify_resistance(rows: pd.DataFrame, settings: ResistanceSettings) -> pd.DataFrame:
    """Return resistance and resistance_reason for rows with days_to_progression, responder and response_known.

    Classes are given to patients with index progression only. The preset's name decides which function;
    `cutoff_days` (six months: 182.625) and the boundary operator are settings.
    """
    progressed = rows["days_to_progression"].notna()
    found = PRESETS[settings.preset](rows, settings)
    found = found.where(progressed)
    found["resistance_reason"] = found["resistance_reason"].mask(~progressed, "no_index_progression")
    return found.astype(TEXT)


def _long(rows: pd.DataFrame, settings: ResistanceSettings, default: str) -> pd.Series:
    operator, days = settings.boundary or default, rows["days_to_progression"]
    return days >= settings.cutoff_days if operator == ">=" else days > settings.cutoff_days


def index_inclusive(rows: pd.DataFrame, settings: ResistanceSettings) -> pd.DataFrame:
    """Acquired: response OR at least the cutoff; primary: neither.

    The reading that reconciles the figures of the index study (Xu 2023): 55% acquired with a median time to
    progression of 5.2 months. Without any record of response a short time is `unclassified`, not primary.
    """
    long = _long(rows, settings, ">=")
    conditions = [rows["responder"], long, ~rows["response_known"]]
    reasons = ["objective_response", "at_least_cutoff", "response_not_recorded"]
    classes = ["acquired", "acquired", "unclassified"]
    return _choose(rows, conditions, classes, reasons, "primary", "no_response_below_cutoff")


def index_literal(rows: pd.DataFrame, settings: ResistanceSettings) -> pd.DataFrame:
    """Primary: no response AND below the cutoff; acquired: response AND above it; all else unclassified.

    The words of the index study (Xu 2023, Methods), taken literally.
    """
    long = _long(rows, settings, ">")
    short = rows["days_to_progression"] < settings.cutoff_days
    known = rows["response_known"] | rows["responder"]
    conditions = [
        ~known,
        rows["responder"] & long,
        ~rows["responder"] & short,
        rows["responder"],
    ]
    classes = ["unclassified", "acquired", "primary", "unclassified"]
    reasons = [
        "response_not_recorded",
        "response_above_cutoff",
        "no_response_below_cutoff",
        "response_not_above_cutoff",
    ]
    return _choose(rows, conditions, classes, reasons, "unclassified", "no_response_not_below_cutoff")


def _choose(
    rows: pd.DataFrame,
    conditions: list[pd.Series],
    classes: list[str],
    reasons: list[str],
    else_class: str,
    else_reason: str,
) -> pd.DataFrame:
    masks = [condition.to_numpy(dtype=bool) for condition in conditions]
    return pd.DataFrame(
        {
            "resistance": np.select(masks, classes, default=else_class),
            "resistance_reason": np.select(masks, reasons, default=else_reason),
        },
        index=rows.index,
        dtype="object",
    )


PRESETS: Final[dict[str, Callable[[pd.DataFrame, ResistanceSettings], pd.DataFrame]]] = {
    "index_inclusive": index_inclusive,
    "index_literal": index_literal,
}
