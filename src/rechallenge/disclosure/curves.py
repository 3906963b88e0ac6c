"""Curves of a public release: in steps of whole months, and only as far as enough patients are at risk.

From the steps of a Kaplan-Meier curve each event time can be read (Guyot and others, BMC Med Res Methodol 2012), so
that a public curve has one point per step of time, without the times of events and censorings.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.disclosure.counted import AT_RISK, CAUSE, EVENTS, PATIENTS, Counted, Key, Whom, conditions
from rechallenge.disclosure.suppression import is_small
from rechallenge.settings.config import MAIN
from rechallenge.settings.release import ReleaseSettings

_GROUP: Final = ("analysis", "endpoint", "population", "term", "level")
# Curves of which patients enter later are no part of the sums of the others.
_TOLERANCE: Final = 1e-8
Record = dict[str, Any]


def at_risk_records(curves: pd.DataFrame, release: ReleaseSettings) -> list[Record]:
    """Return the numbers at risk of the main analysis's curves at each step, as rows of a results table.

    `curves` has the columns of private/curves.csv. With these rows among the others, numbers at risk are withheld so
    that no sum of them gives one back; those after the end of a curve are among them.
    """
    found = []
    longest = curves.groupby(["endpoint", "population"])["time_months"].max()
    for group, curve in _groups(curves, _GROUP):
        record = _record(group)
        times = _times(curve, float(longest[record["endpoint"], record["population"]]), release)
        for time, at_risk in zip(times, _numbers(curve, times), strict=True):
            found.append({**record, "statistic": "at_risk", "at": float(time), "estimate": float(at_risk)})
    return found


def protect_curves(curves: pd.DataFrame, found: Counted, why: dict[Key, str], release: ReleaseSettings) -> pd.DataFrame:
    """Return survival curves in steps: the columns of private/curves.csv, `events` and `censored` empty.

    Only the main analysis has curves that are drawn. A group of few patients, or with few events, has none; `at_risk`
    is empty where it is withheld.
    """

    def of_group(group: tuple[str, ...], curve: pd.DataFrame) -> pd.DataFrame | None:
        record = _record(group)
        if _few(record, conditions(record), int(curve["at_risk"].iloc[0]), curve["events"].sum(), found, release):
            return None
        steps = _in_steps(curve, release, ["survival", "lower", "upper"])
        steps["at_risk"] = _told(steps, record, found, why, release)
        return steps.assign(events=np.nan, censored=np.nan)

    return _made(curves, _GROUP, of_group)


def protect_incidence(
    incidence: pd.DataFrame, found: Counted, why: dict[Key, str], release: ReleaseSettings
) -> pd.DataFrame:
    """Return cumulative incidences in steps: the columns of private/incidence.csv, `at_risk` as under the curves.

    A cause with few events has no curve, and where one has none, neither have the others of its group.
    """
    few = set()
    for group, _ in _groups(incidence, (*_GROUP, "cause")):
        record = _record(group[:-1])
        own = tuple(sorted((*conditions(record), (CAUSE, group[-1]))))
        events = found.known(record["analysis"], Whom(EVENTS, record["endpoint"], record["population"], own))
        if events is not None and is_small(events, release.smallest_count):
            few.add(group[:-1])

    def of_group(group: tuple[str, ...], curve: pd.DataFrame) -> pd.DataFrame | None:
        record = _record(group[:-1])
        n = int(curve["at_risk"].max())
        if group[:-1] in few or _few(record, conditions(record), n, np.nan, found, release):
            return None
        steps = _in_steps(curve, release, ["incidence", "lower", "upper"])
        steps["at_risk"] = _told(steps, record, found, why, release)
        return steps

    return _made(incidence, (*_GROUP, "cause"), of_group)


def protect_specifications(specifications: pd.DataFrame) -> pd.DataFrame:
    """Return the table of the specification curve without its counts.

    Specifications share most of their patients, so that two numbers tell of the few that they do not share.
    """
    frame = specifications.copy()
    for column in ("n", "events", "left_out"):
        frame[column] = np.nan
    for column in ("hr", "lower", "upper", "p", "median_difference", "logrank_p"):
        frame[column] = [value if np.isnan(value) else float(f"{value:.4g}") for value in frame[column].astype(float)]
    frame["reason"] = frame["reason"].fillna("").str.replace(r"^\d+ events", "few events", regex=True)
    return frame


def _groups(curves: pd.DataFrame, keys: Iterable[str]) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    keys = list(keys)
    own = curves[curves["analysis"] == MAIN]
    named = own.assign(**{key: own[key].fillna("").astype(str) for key in keys})
    for group, curve in named.groupby(keys, sort=False):
        yield tuple(map(str, group)), curve.sort_values("time_months", kind="stable")


def _record(group: tuple[str, ...]) -> Record:
    record: Record = dict(zip(_GROUP, group, strict=True)) | {
        "model": "",
        "reference": "",
        "n": np.nan,
        "events": np.nan,
    }
    # The curves of rechallenge as an exposure are named by their model.
    if record["term"].startswith("exposure_"):
        record |= {"term": "rechallenged", "model": record["term"]}
    level = {"True": "true", "False": "false"}.get(record["level"], record["level"])
    return {**record, "level": level}


def _steps(curve: pd.DataFrame, release: ReleaseSettings) -> np.ndarray:
    """The times of the points: from the first step that the curve has to the last with enough at risk."""
    times = _times(curve, float(curve["time_months"].max()), release)
    enough = _numbers(curve, times) >= release.smallest_count
    return times[: int(np.argmin(enough)) if not enough.all() else len(times)]


def _times(curve: pd.DataFrame, longest: float, release: ReleaseSettings) -> np.ndarray:
    """The steps from where a curve begins to a time."""
    step = release.curve_step_months
    first = np.ceil(curve["time_months"].min() / step - _TOLERANCE) * step
    return np.arange(first, longest + _TOLERANCE, step)


def _numbers(curve: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    """At risk are those whose own time is that time or later."""
    at = np.searchsorted(curve["time_months"].to_numpy("float64"), times - _TOLERANCE, side="left")
    return np.append(curve["at_risk"].to_numpy("float64"), 0)[at]


def _in_steps(curve: pd.DataFrame, release: ReleaseSettings, values: list[str]) -> pd.DataFrame:
    times = _steps(curve, release)
    at = np.searchsorted(curve["time_months"].to_numpy("float64"), times + _TOLERANCE, side="right") - 1
    steps = curve.iloc[np.maximum(at, 0)].copy()
    steps["time_months"], steps["at_risk"] = times, _numbers(curve, times)
    for name in values:
        steps[name] = steps[name].astype("float64").round(3)
    return steps


def _few(
    record: Record, group: tuple[tuple[str, str], ...], n: int, events: float, found: Counted, release: ReleaseSettings
) -> bool:
    known = (
        found.known(record["analysis"], Whom(EVENTS, record["endpoint"], record["population"], group)),
        found.known(record["analysis"], Whom(PATIENTS, "", record["population"], group)),
    )
    counts = [n, events, *(value for value in known if value is not None)]
    return any(is_small(count, release.smallest_count) for count in counts)


def _withheld(whom: Whom, found: Counted, why: dict[Key, str]) -> bool:
    value = found.known(MAIN, whom)
    return value is not None and Key(whom, value) in why


def _told(
    steps: pd.DataFrame, record: Record, found: Counted, why: dict[Key, str], release: ReleaseSettings
) -> pd.Series:
    """The numbers at risk of a group at its steps, as far as they are told."""
    where = (record["population"], conditions(record))
    whole = _withheld(Whom(PATIENTS, "", *where), found, why)
    hidden = [
        whole or _withheld(Whom(AT_RISK, record["endpoint"], *where, f"{time:g}"), found, why)
        for time in steps["time_months"]
    ]
    return _rounded(steps["at_risk"].mask(np.array(hidden, dtype=bool)), release)


def _rounded(counts: pd.Series, release: ReleaseSettings) -> pd.Series:
    base = release.round_to
    return base * np.floor(counts / base + 0.5) if base else counts


def _made(
    curves: pd.DataFrame,
    keys: tuple[str, ...],
    of_group: Callable[[tuple[str, ...], pd.DataFrame], pd.DataFrame | None],
) -> pd.DataFrame:
    made = [steps for group, curve in _groups(curves, keys) if (steps := of_group(group, curve)) is not None]
    frame = pd.concat(made, ignore_index=True) if made else curves.iloc[:0].copy()
    return frame[list(curves.columns)]
