"""What became of the times to event of the patients who are in a population both times."""

from typing import Final

import pandas as pd

from rechallenge.refresh.snapshot import Snapshot

COLUMNS: Final = (
    "analysis", "population", "endpoint", "patient_key", "how", "days_before", "event_before", "reason_before",
    "days_now", "event_now", "reason_now", "source_table", "source_file", "source_row",
)  # fmt: skip
# Time went on: still without the event, or the event came after what was observed before.
FOLLOWED, EVENT = "longer_follow_up", "event"
# History moved: what had happened did not, or at another time, or less was observed.
EVENT_GONE, EVENT_MOVED, SHORTER, EVENT_BEFORE = "event_gone", "event_moved", "shorter_follow_up", "event_before"
EARLIER_HISTORY: Final = (EVENT_GONE, EVENT_MOVED, SHORTER, EVENT_BEFORE)
_KEY: Final = ["analysis", "population", "endpoint", "patient_key"]


def time_changes(old: Snapshot, new: Snapshot) -> pd.DataFrame:
    """Return one row per time to event that differs; columns COLUMNS, the source that of the new one.

    `how` is FOLLOWED (longer without an event), EVENT (it came at or after the last observation), EVENT_BEFORE (it is
    now on record before what had been observed without one), EVENT_GONE, EVENT_MOVED, SHORTER.
    """
    both = old.times.merge(new.times, on=_KEY, how="inner", suffixes=("_old", "_new"))
    different = both["days_old"].ne(both["days_new"]) | both["event_old"].ne(both["event_new"])
    rows = both[different]
    found = pd.DataFrame({name: rows[name] for name in _KEY})
    found["how"] = [
        how_it_changed(*row)
        for row in rows[["event_old", "event_new", "days_old", "days_new"]].itertuples(index=False, name=None)
    ]
    for name in ("days", "event", "reason"):
        found[f"{name}_before"], found[f"{name}_now"] = rows[f"{name}_old"], rows[f"{name}_new"]
    for name in ("source_table", "source_file", "source_row"):
        found[name] = rows[f"{name}_new"]
    return found[list(COLUMNS)].reset_index(drop=True)


def how_it_changed(event_before: float, event_now: float, days_before: float, days_now: float) -> str:
    """Return what became of one time: a value of `how` (see `time_changes`)."""
    if event_before:
        return EVENT_MOVED if event_now else EVENT_GONE
    if event_now:
        return EVENT if days_now >= days_before else EVENT_BEFORE
    return FOLLOWED if days_now > days_before else SHORTER
