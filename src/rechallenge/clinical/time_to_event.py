"""The one verb that derives any endpoint from its rules.

1. The event is the earliest of the declared events after the start and up to the cut-off; on one day the one that is
   declared first.
2. An interruption whose day lies before that event, or that applies without one, ends the observation on that day; of
   several the earliest, on one day the one that is declared first. The event then counts no more.
3. Without an event, or interrupted, the patient is censored at the first declared censoring rule that has a date, up to
   the day of the interruption or else the cut-off.
4. Each row says why it ends (`reason`) and from which source row.

The idea is that of admiral's `derive_param_tte` (pharmaverse); the rule for missed assessments is added.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.clinical.endpoint_catalogue import Endpoint
from rechallenge.clinical.event_table import event_table
from rechallenge.clinical.events import CENSORING, EVENTS, INTERRUPTIONS, SOURCE, Scene
from rechallenge.dates import days_between
from rechallenge.tables import DATE, TEXT

# Why somebody who should have been assessed is censored at the start.
NO_ASSESSMENT: Final = "no_assessment_after_start"


def time_to_event(scene: Scene, endpoint: Endpoint) -> pd.DataFrame:
    """Return one row per patient of the scene with the columns of `event_table`, in the order of `scene.rows`.

    Raises RuntimeError where no censoring rule has a date for somebody: the endpoint is declared incompletely.
    """
    event = _earliest(scene, endpoint)
    interruption = _interruption(scene, endpoint, event)
    interrupted = interruption["date"].notna()
    happened = event["date"].notna() & ~interrupted
    until = interruption["date"].fillna(scene.limit)
    censored = _censored(scene, endpoint, until)
    counted = interrupted & ~censored["reason"].eq(NO_ASSESSMENT)
    why = censored["reason"].mask(counted, interruption["reason"])
    end = event["date"].where(happened, censored["date"]).astype(DATE)
    if end.isna().any():
        raise RuntimeError(f"{endpoint.name}: {int(end.isna().sum())} patients have neither event nor censoring")
    kind = event["name"].where(happened, "").to_numpy(object)
    source = event[SOURCE].where(happened, censored[SOURCE])
    reason = event["name"].where(happened, why).to_numpy(object)
    table = event_table(scene.rows, scene.start, end, happened, kind, reason, source)
    return _with_intervals(table, scene, end, kind) if "progression" in endpoint.events else table


def _typed(found: pd.DataFrame, words: str) -> pd.DataFrame:
    """Date, `words` (name or reason) and source of what a rule found, in fixed kinds, so that they can be combined."""
    kinds: dict[str, Any] = {
        "date": DATE,
        words: TEXT,
        "source_table": TEXT,
        "source_file": TEXT,
        "source_row": "float64",
    }
    return found.astype(kinds)[list(kinds)]


def _earliest(scene: Scene, endpoint: Endpoint) -> pd.DataFrame:
    """Date, name and source of the event of each patient; missing where there is none."""
    best: pd.DataFrame | None = None
    for name in endpoint.events:
        found = _typed(EVENTS[name].find(scene).assign(name=name), "name")
        found = found.where(found["date"] >= scene.start)
        if best is not None:
            sooner = found["date"].notna() & (best["date"].isna() | (found["date"] < best["date"]))
            found = found.where(sooner, best)
        best = found
    if best is None:
        raise RuntimeError(f"{endpoint.name} has no event")
    return best


def _interruption(scene: Scene, endpoint: Endpoint, event: pd.DataFrame) -> pd.DataFrame:
    date = pd.Series(np.datetime64("NaT"), index=scene.rows.index, dtype=DATE)
    reason = pd.Series("", index=scene.rows.index, dtype=TEXT)
    for name in endpoint.interrupted_by:
        rule = INTERRUPTIONS[name]
        found = rule.find(scene, event["date"], event["name"])
        sooner = found.notna() & (date.isna() | (found < date))
        date, reason = found.where(sooner, date), reason.mask(sooner, rule.reason)
    return pd.DataFrame({"date": date, "reason": reason})


def _censored(scene: Scene, endpoint: Endpoint, until: pd.Series) -> pd.DataFrame:
    found: pd.DataFrame | None = None
    for name in endpoint.censored_at:
        further = _typed(CENSORING[name].find(scene, until), "reason")
        if name == "start" and "last_adequate_assessment" in endpoint.censored_at:
            further["reason"] = NO_ASSESSMENT
        found = further if found is None else found.where(found["date"].notna(), further)
    if found is None:
        raise RuntimeError(f"{endpoint.name} has no rule of censoring")
    return found


def _with_intervals(table: pd.DataFrame, scene: Scene, end: pd.Series, kind: np.ndarray) -> pd.DataFrame:
    """Progression lies between the last assessment without it and its date."""
    progressed = pd.Series(kind == "progression", index=scene.rows.index)
    before = scene.last_scan((end - pd.Timedelta(days=1)).where(progressed))
    free = days_between(scene.start, before["assessment_date"]).fillna(0.0)
    lower = np.where(progressed, free, table["days"].to_numpy())
    return table.assign(interval_lower_days=lower)
