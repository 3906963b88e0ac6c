"""Which risk sets leave the hospital: none, those of the days of events, or those of every day on which anybody leaves.

A day of an event is a day of a patient: a public release has none (`settings.release` refuses to ask for them).
"""

import numpy as np
import pandas as pd

from rechallenge.estimates.risk_sets import COLUMNS, KEYS
from rechallenge.settings.release import ReleaseSettings


def protect_risk_sets(sets: pd.DataFrame, release: ReleaseSettings) -> pd.DataFrame:
    """Return the risk sets as `release.risk_sets` lets them go; columns those of `estimates.risk_sets`.

    With `events` every pattern has a row on each day on which anybody of the comparison has an event, and nothing says
    when within the days between others were censored. At the level public there is never a row.
    """
    if release.public or release.risk_sets == "none":
        return sets.iloc[:0].copy()
    if release.risk_sets == "all_times":
        return sets.copy()
    parts = [_on_days_of_events(own) for _, own in sets.groupby(list(KEYS), sort=False, dropna=False)]
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True)[list(COLUMNS)] if kept else sets.iloc[:0].copy()


def _on_days_of_events(own: pd.DataFrame) -> pd.DataFrame:
    days = np.sort(own.loc[own["events"] > 0, "days"].unique())
    found = []
    for pattern, rows in own.groupby("pattern", sort=False, dropna=False):
        times = rows["days"].to_numpy()
        # The rows are in the order of time: those at risk on a day are those at the next day on which anybody left.
        place = np.searchsorted(times, days, side="left")
        at_risk = np.append(rows["at_risk"].to_numpy(), 0)[place]
        events = rows.set_index("days")["events"].reindex(days, fill_value=0).to_numpy()
        there = at_risk > 0
        found.append(
            pd.DataFrame({"pattern": pattern, "days": days[there], "at_risk": at_risk[there], "events": events[there]})
        )
    keys = {name: own[name].iloc[0] for name in KEYS}
    return pd.concat(found, ignore_index=True).assign(**keys, censored=np.nan)[list(COLUMNS)]
