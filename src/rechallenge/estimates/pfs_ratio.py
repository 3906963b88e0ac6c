"""The PFS ratio, or growth modulation index: PFS after rechallenge over time to progression on the first ICI.

Each patient is their own control; a ratio above 1.33 is the usual sign that the later treatment did more than the
earlier one (Von Hoff 1998). A censored PFS gives a censored ratio. Its censoring depends on the time to
progression, which stands below the line, so that it is not independent of the ratio even where follow-up ends at
random: the Kaplan-Meier estimate is approximate, and the method of each row says so. Those who are rechallenged
had to live long enough for it, and a long time to progression leaves less follow-up.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.estimates.kaplan_meier import Interval, kaplan_meier, quantile_with_limits, survival_at
from rechallenge.estimates.rows import NAN, Counts, Row
from rechallenge.estimates.times import rounded

MODEL: Final = "pfs_ratio"
# Von Hoff 1998, Clin Cancer Res 4:1079.
THRESHOLD: Final = 1.33
METHOD: Final = (
    "Kaplan-Meier of PFS after rechallenge / time to progression on the first ICI, {interval} interval; "
    "approximate: the censoring of a ratio depends on its denominator"
)


def with_ratio(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with a time to progression, with `ratio`; `frame` has days, event, days_to_progression."""
    before = frame["days_to_progression"].astype("float64")
    known = (before > 0).to_numpy()
    return frame[known].assign(ratio=rounded(frame.loc[known, "days"] / before[known]))


def rows(frame: pd.DataFrame, *, interval: Interval, confidence: float) -> Iterator[Row]:
    """Return ratio_median, ratio_above (percent with a ratio above 1.33) and n of a frame `with_ratio`.

    `events` are uncensored ratios. The share is missing where the largest ratio is censored below 1.33.
    """
    ratio, event = (frame[name].to_numpy("float64") for name in ("ratio", "event"))
    counts: Counts = {"n": float(len(frame)), "events": float(event.sum())}
    yield Row("n", counts["n"], **counts)
    if not len(frame):
        return
    curve = kaplan_meier(ratio, event, interval=interval, confidence=confidence)
    stated: Counts = {"confidence": confidence, "method": METHOD.format(interval=interval), **counts}
    median = quantile_with_limits(curve, 0.5)
    yield Row("ratio_median", median.estimate, median.lower, median.upper, **stated)
    above = survival_at(curve, np.array([THRESHOLD])).iloc[0]
    known = curve.time[-1] >= THRESHOLD or above["survival"] == 0
    share, lower, upper = (100 * float(above[name]) if known else NAN for name in ("survival", "lower", "upper"))
    yield Row("ratio_above", share, lower, upper, at=THRESHOLD, **stated)
