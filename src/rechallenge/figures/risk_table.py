"""Numbers under a survival curve: at risk, censored and events at each tick (Morris et al., BMJ Open 2019, KMunicate).

At risk at time t are those whose time is t or later, as R's survival package counts them. Censored and events are
those before t, cumulatively, so that the three always add up to the group.
"""

import numpy as np
import pandas as pd

# Times are written at ten significant digits: two that differ by less are the same.
TOLERANCE = 1e-8
STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 36, 48, 60, 120)


def month_ticks(longest: float, most: int = 8) -> list[int]:
    """Return ticks from 0 to the first one that is not before the longest time, at most `most` steps apart.

    Steps are those a clinician thinks in: 1, 2, 3, 6 or 12 months, then years.
    """
    longest = max(float(longest), 1.0)
    step = next((step for step in STEPS_MONTHS if np.ceil((longest - TOLERANCE) / step) <= most), STEPS_MONTHS[-1])
    return [step * position for position in range(int(np.ceil((longest - TOLERANCE) / step)) + 1)]


def risk_table(curve: pd.DataFrame, ticks: list[int]) -> pd.DataFrame:
    """Return one row per tick: `tick`, `at_risk`, `censored`, `events`.

    `curve` has one row per distinct time (`time_months`, `at_risk`, `events`, `censored`) of one group. Raises
    ValueError when the rows of the curve do not add up: a curve with delayed entry has no such table. Of the curve of a
    public release, which has no events, `at_risk` is told where it has a point at the tick; what is not is NaN.
    """
    if curve["events"].isna().all():
        known = dict(zip(curve["time_months"].round(6), curve["at_risk"], strict=True))
        told = [float(known.get(float(tick), np.nan)) for tick in ticks]
        return pd.DataFrame({"tick": ticks, "at_risk": told, "censored": np.nan, "events": np.nan})
    curve = curve.sort_values("time_months", kind="stable")
    time = curve["time_months"].to_numpy(dtype="float64")
    at_risk = curve["at_risk"].to_numpy(dtype="float64")
    events = curve["events"].fillna(0).to_numpy(dtype="float64")
    censored = curve["censored"].fillna(0).to_numpy(dtype="float64")
    left = at_risk - events - censored
    if len(time) == 0 or not np.array_equal(at_risk[1:], left[:-1]) or left[-1] != 0:
        raise ValueError("The numbers at risk of a survival curve do not add up with its events and censorings.")
    marks = np.asarray(ticks, dtype="float64")
    before = np.searchsorted(time, marks - TOLERANCE, side="left")
    table = pd.DataFrame({"tick": ticks})
    table["at_risk"] = np.append(at_risk, 0)[before].astype("int64")
    table["censored"] = np.append(0, np.cumsum(censored))[before].astype("int64")
    table["events"] = np.append(0, np.cumsum(events))[before].astype("int64")
    if not (table[["at_risk", "censored", "events"]].sum(axis=1) == int(at_risk[0])).all():
        raise ValueError("A column of the table under a survival curve does not add up to the group.")
    return table
