"""Length of follow-up: the reverse Kaplan-Meier median (Schemper and Smith 1996), not the median of times."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates.kaplan_meier import Interval, Quantile, kaplan_meier, quantile_with_limits
from rechallenge.estimates.rows import Counts, Row

Array = NDArray[np.float64]


def median_follow_up(time: Array, event: Array, *, interval: Interval = "log", confidence: float = 0.95) -> Quantile:
    """Return the median time to censoring, events counted as censored; the rule of medians is R's."""
    curve = kaplan_meier(time, 1.0 - event, interval=interval, confidence=confidence)
    return quantile_with_limits(curve, 0.5)


def rows(frame: pd.DataFrame, *, interval: Interval, confidence: float) -> tuple[Row, ...]:
    """Return the median follow-up in months of a frame with days and event (no delayed entry)."""
    time, event = (frame[name].to_numpy("float64") for name in ("days", "event"))
    found = median_follow_up(time, event, interval=interval, confidence=confidence)
    estimate, lower, upper = (part / DAYS_PER_MONTH for part in (found.estimate, found.lower, found.upper))
    method = f"reverse Kaplan-Meier, Brookmeyer-Crowley interval ({interval})"
    counts: Counts = {"n": float(len(frame)), "events": float(event.sum())}
    return (Row("median", estimate, lower, upper, confidence=confidence, method=method, **counts),)
