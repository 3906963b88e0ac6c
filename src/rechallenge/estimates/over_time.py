"""What changes with time: rechallenge as exposure, delayed entry, competing events, progression between two scans."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from rechallenge.estimates import competing_events, delayed_entry, exposure, interval_censored, landmark
from rechallenge.estimates.kaplan_meier import CURVE_COLUMNS
from rechallenge.estimates.plans import Classes
from rechallenge.estimates.rows import Row, placed
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings

INCIDENCE_COLUMNS = (
    "analysis", "endpoint", "population", "term", "level", "cause", "time_months", "incidence", "lower", "upper",
    "at_risk",
)  # fmt: skip


@dataclass(frozen=True)
class OverTime:
    """Rows of the results table, survival curves, and curves of cumulative incidence."""

    rows: Sequence[Row] = ()
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVE_COLUMNS)))
    incidence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(INCIDENCE_COLUMNS)))


def over_time(
    adtte: pd.DataFrame,
    classified: pd.DataFrame,
    settings: StatisticsSettings,
    definitions: DefinitionSettings,
    shown: Classes,
) -> OverTime:
    """Return everything that follows time, of the endpoints that are in `adtte` (see the modules)."""
    rows: list[Row] = []
    curves: list[pd.DataFrame] = []
    incidence: list[pd.DataFrame] = []
    frame = time_to_event(adtte, classified, "PPS", "progressed").frame
    if len(frame):
        own = {"endpoint": "PPS", "population": "progressed"}
        exposed = exposure.exposure(frame, settings, definitions.progression_pattern)
        at_landmarks = landmark.rows(exposure.with_exposure(frame), settings)
        rows += placed([*exposed.rows, *at_landmarks], **own)
        curves.append(exposed.curves.assign(**own))
    entered = time_to_event(adtte, classified, "OS1", "rechallenge").frame
    if len(entered):
        rows += placed(delayed_entry.rows(entered, settings, shown), endpoint="OS1", population="rechallenge")
    for plan in competing_events.PLANS:
        frame = time_to_event(adtte, classified, plan.endpoint, plan.population).frame
        if not len(frame) or "event_type" not in frame.columns:
            continue
        own = {"endpoint": plan.endpoint, "population": plan.population}
        competing = competing_events.competing(frame, plan, settings, shown)
        rows += placed(competing.rows, **own)
        incidence.append(competing.curves.assign(**own))
        if plan.compare:
            rows += placed(interval_censored.rows(frame, plan, settings, shown), **own)
    return OverTime(rows, _joined(curves, CURVE_COLUMNS), _joined(incidence, INCIDENCE_COLUMNS))


def _joined(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    together = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return together.reindex(columns=list(columns))
