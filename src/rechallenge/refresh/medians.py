"""Why a median moved: the Kaplan-Meier median recomputed while one part of the change is made after another.

The steps, always in this order, each on top of the ones before: the method (the old patients and times, computed as
today), then those who left go, times whose history was corrected are corrected, those who entered come, and the times
of those who stayed go on. The last median is the new one, so the steps add up to the whole change. Another order would
share it out differently: so each part alone, made to the old set, is told too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.refresh.groups import Members
from rechallenge.refresh.time_changes import EARLIER_HISTORY, how_it_changed
from rechallenge.settings.statistics import StatisticsSettings

METHOD, LEFT, CORRECTED, ENTERED, FOLLOWED = "method", "left", "corrected", "entered", "followed"
STEPS: Final = (METHOD, LEFT, CORRECTED, ENTERED, FOLLOWED)
_NAN: Final = float("nan")
Quantile = Callable[[pd.DataFrame], float]


@dataclass(frozen=True)
class Step:
    """One part of the change: how many patients it concerns; the set, its events and its median (months) after it.

    `alone` is the median of the old set with this part made and no other.
    """

    name: str
    patients: int
    n: int
    events: int
    median: float
    alone: float


@dataclass(frozen=True)
class Decomposition:
    """A median's way from the old to the new one, in months; not reached is NaN."""

    estimate_id: str
    endpoint: str
    population: str
    term: str
    level: str
    n_before: int
    n_now: int
    events_before: int
    events_now: int
    before: float
    now: float
    interval_before: tuple[float, float]
    interval_now: tuple[float, float]
    confidence: float
    steps: tuple[Step, ...]


def decompositions(
    old: Members, new: Members, estimates_before: pd.DataFrame, estimates_now: pd.DataFrame,
    settings: StatisticsSettings, analysis: str, again: Members | None = None,
) -> list[Decomposition]:  # fmt: skip
    """Return the decomposition of every Kaplan-Meier median of an analysis that both sides have and that moved.

    `again` are the members under today's code and settings, where the old extract was run again: the way from `old` to
    them is the step METHOD, and the other steps begin there. Groups with delayed entry are left out.
    """
    before, now = (_medians(frame, analysis) for frame in (estimates_before, estimates_now))
    found = []
    for name in now.index:
        if name not in before.index:
            continue
        sides = old, again or old, new
        made = _decomposition(name, before.loc[name], now.loc[name], sides, settings, analysis)
        if made is not None:
            found.append(made)
    return found


def _medians(estimates: pd.DataFrame, analysis: str) -> pd.DataFrame:
    chosen = estimates[
        (estimates["analysis"] == analysis)
        & (estimates["model"] == "kaplan_meier")
        & (estimates["statistic"] == "median")
    ]
    texts = ["endpoint", "population", "term", "level"]
    return chosen.assign(**{name: chosen[name].astype(object).fillna("").astype(str) for name in texts}).set_index(
        "estimate_id"
    )


def _decomposition(
    name: str, before: pd.Series, now: pd.Series, sides: tuple[Members, Members, Members],
    settings: StatisticsSettings, analysis: str,
) -> Decomposition | None:  # fmt: skip
    first, today, second = (side.of(name, analysis, now["population"], now["endpoint"]) for side in sides)
    if first is None or second is None or today is None or not len(first) or not len(second):
        return None
    if (first["entry_days"] > 0).any() or (second["entry_days"] > 0).any():
        return None
    if _same(before["estimate"], now["estimate"]) and before["n"] == now["n"] and before["events"] == now["events"]:
        return None
    return Decomposition(
        estimate_id=name,
        endpoint=now["endpoint"],
        population=now["population"],
        term=now["term"],
        level=now["level"],
        n_before=len(first),
        n_now=len(second),
        events_before=int(first["event"].sum()),
        events_now=int(second["event"].sum()),
        before=float(before["estimate"]),
        now=float(now["estimate"]),
        interval_before=(float(before["lower"]), float(before["upper"])),
        interval_now=(float(now["lower"]), float(now["upper"])),
        confidence=settings.confidence,
        steps=tuple(_steps(first, today, second, float(before["estimate"]), _median(settings))),
    )


def _median(settings: StatisticsSettings) -> Quantile:
    from rechallenge.estimates.kaplan_meier import curve_of, quantile_with_limits
    from rechallenge.estimates.times import rounded

    def median(frame: pd.DataFrame) -> float:
        used = frame.assign(days=rounded(frame["days"]), entry_days=rounded(frame["entry_days"].fillna(0)))
        curve = curve_of(used[used["days"] >= 0], settings.km_interval, settings.confidence)
        return float(quantile_with_limits(curve, 0.5).estimate / DAYS_PER_MONTH) if len(curve.time) else _NAN

    return median


def _steps(
    first: pd.DataFrame, today: pd.DataFrame, second: pd.DataFrame, printed: float, median: Quantile
) -> Iterator[Step]:
    """The steps that touch somebody; the method only where it moves the median or the set (`first` to `today`)."""
    time = ["days", "entry_days", "event"]
    before, now = today[time].astype("float64"), second[time].astype("float64")
    common = before.index.intersection(now.index)
    changed = common[(before.loc[common] != now.loc[common]).any(axis=1).to_numpy()]
    how = pd.Series(
        [
            how_it_changed(*values)
            for values in zip(
                before.loc[changed, "event"], now.loc[changed, "event"], before.loc[changed, "days"],
                now.loc[changed, "days"], strict=True,
            )
        ],
        index=changed, dtype=object,
    )  # fmt: skip
    corrected = changed[how.isin(EARLIER_HISTORY).to_numpy()]
    parts = {
        LEFT: before.index.difference(now.index),
        CORRECTED: corrected,
        ENTERED: now.index.difference(before.index),
        FOLLOWED: changed.difference(corrected),
    }
    current = before
    as_today = median(before)
    if not _same(as_today, printed) or set(first.index) != set(before.index):
        yield Step(METHOD, len(first), len(before), int(before["event"].sum()), as_today, as_today)
    for name, who in parts.items():
        if not len(who):
            continue
        current = _made(current, now, name, who)
        after = len(current), int(current["event"].sum())
        yield Step(name, len(who), *after, median(current), median(_made(before, now, name, who)))


def _made(frame: pd.DataFrame, now: pd.DataFrame, step: str, who: pd.Index) -> pd.DataFrame:
    """The set after one part of the change."""
    if step == LEFT:
        return frame.drop(who)
    if step == ENTERED:
        return pd.concat([frame, now.loc[who]])
    return pd.concat([frame.drop(who), now.loc[who]])


def _same(first: float, second: float) -> bool:
    return (first != first and second != second) or bool(np.isclose(first, second, rtol=1e-8, atol=1e-8))
