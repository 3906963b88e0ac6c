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

import numpy as np
import pandas as pd

from rechallenge.clinical.endpoint_catalogue import Endpoint
from rechallenge.clinical.event_table import event_table
from rechallenge.clinical.events import CENSORING, EVENTS, INTERRUPTIONS, SOURCE, Scene
from rechallenge.dates import days_between
from rechallenge.tables import DATE


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
    counted = interrupted & ~censored["reason"].eq("no_assessment_after_start")
    why = censored["reason"].mask(counted, interruption["reason"])
    end = event["date"].where(happened, censored["date"]).astype(DATE)
    if end.isna().any():
        raise RuntimeError(f"{endpoint.name}: {int(end.isna().sum())} patients have neither event nor censoring")
    kind = event["name"].where(happened, "").to_numpy(object)
    source = event[SOURCE].where(happened, censored[SOURCE])
    reason = event["name"].where(happened, why).to_numpy(object)
    table = event_table(scene.rows, scene.start, end, happened, kind, reason, source)
    return _with_intervals(table, scene, end, kind)


def _earliest(scene: Scene, endpoint: Endpoint) -> pd.DataFrame:
    """Date, name and source of the event of each patient; missing where there is none."""
    best = pd.DataFrame(
        {"date": np.datetime64("NaT"), "name": "", "source_table": pd.NA, "source_file": pd.NA, "source_row": np.nan},
        index=scene.rows.index,
    ).astype({"date": DATE, "name": "object", "source_table": "object", "source_file": "object"})
    for name in endpoint.events:
        found = EVENTS[name].find(scene)
        found = found.assign(name=name).where(found["date"] >= scene.start)
        sooner = found["date"].notna() & (best["date"].isna() | (found["date"] < best["date"]))
        for column in best.columns:
            best[column] = found[column].astype(best[column].dtype).where(sooner, best[column])
    return best


def _interruption(scene: Scene, endpoint: Endpoint, event: pd.DataFrame) -> pd.DataFrame:
    date = pd.Series(np.datetime64("NaT"), index=scene.rows.index, dtype=DATE)
    reason = pd.Series("", index=scene.rows.index, dtype="object")
    for name in endpoint.interrupted_by:
        rule = INTERRUPTIONS[name]
        found = rule.find(scene, event["date"], event["name"])
        sooner = found.notna() & (date.isna() | (found < date))
        date, reason = found.where(sooner, date), reason.mask(sooner, rule.reason)
    return pd.DataFrame({"date": date, "reason": reason})


def _censored(scene: Scene, endpoint: Endpoint, until: pd.Series) -> pd.DataFrame:
    columns = ["date", "reason", *SOURCE]
    rules = [CENSORING[name] for name in endpoint.censored_at]
    found = rules[0].find(scene, until)[columns].astype({name: "object" for name in columns if name != "date"})
    for rule in rules[1:]:
        further = rule.find(scene, until)[columns]
        found = found.where(found["date"].notna(), further)
    return found


def _with_intervals(table: pd.DataFrame, scene: Scene, end: pd.Series, kind: np.ndarray) -> pd.DataFrame:
    """Progression lies between the last assessment without it and its date."""
    progressed = pd.Series(kind == "progression", index=scene.rows.index)
    before = scene.last_scan((end - pd.Timedelta(days=1)).where(progressed))
    free = days_between(scene.start, before["assessment_date"]).fillna(0.0)
    lower = np.where(progressed, free, table["days"].to_numpy())
    return table.assign(interval_lower_days=lower)
