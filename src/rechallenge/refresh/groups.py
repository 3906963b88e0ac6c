"""Who stands behind an estimate: the patients of a group, with the times and classes that it is made of."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from rechallenge.refresh.snapshot import AGE, CLASSES, POPULATIONS, Snapshot

TIME: Final = ["days", "entry_days", "event", "event_type"]


class Members:
    """The patients of one snapshot by analysis, population, endpoint and class; looked up once per question."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._patients = {
            str(name): rows.set_index("patient_key") for name, rows in snapshot.patients.groupby("analysis")
        }
        keys = ["analysis", "population", "endpoint"]
        self._times: dict[Any, pd.DataFrame] = {
            key: rows.set_index("patient_key")[TIME] for key, rows in snapshot.times.groupby(keys)
        }

    @property
    def analyses(self) -> list[str]:
        """Names of the analyses with patient-level tables."""
        return list(self._patients)

    @property
    def endpoints(self) -> frozenset[str]:
        """Names of the endpoints."""
        return frozenset(str(endpoint) for _, _, endpoint in self._times)

    def of(self, analysis: str, population: str, endpoint: str, term: str, level: str) -> pd.DataFrame:
        """Return the patients of a group, by key, with every fact about them and, of an endpoint, their time.

        `term` and `level` narrow to a class (`resistance`, `progression_pattern|resistance=acquired`) where they
        name the classes of CLASSES; other terms take the whole population.
        """
        frame = self._patients.get(analysis)
        if frame is None:
            return pd.DataFrame(index=pd.Index([], name="patient_key"))
        if population in POPULATIONS:
            frame = frame[frame[population].eq(True)]
        for column, value in conditions(term, level):
            frame = frame[frame[column] == value]
        if not endpoint:
            return frame
        times = self._times.get((analysis, population, endpoint))
        return frame.iloc[:0] if times is None else frame.join(times, how="inner")


def conditions(term: str, level: str) -> list[tuple[str, str]]:
    """Return the classes that a group's term and level ask for, those of CLASSES only."""
    base, _, within = term.partition("|")
    asked = [(base, level), tuple(within.split("=", 1))] if within else [(base, level)]
    return [(pair[0], pair[1]) for pair in asked if len(pair) == 2 and pair[0] in CLASSES and pair[1]]


def differing(before: pd.DataFrame, now: pd.DataFrame, columns: Iterable[str]) -> frozenset[str]:
    """Return the keys of those who are in one group only, or in both with another value of one of `columns`."""
    keys = frozenset(before.index) ^ frozenset(now.index)
    common = before.index.intersection(now.index)
    # The hash of a date beside its age tells whether it is another one; the age moves with the cut-off.
    both = before.columns.intersection(now.columns)
    shared = [name for name in columns if name in both and not name.endswith(AGE)]
    if not len(common) or not shared:
        return keys
    first, second = before.loc[common, shared], now.loc[common, shared]
    changed = (first.ne(second) & ~(first.isna() & second.isna())).any(axis=1)
    return keys | frozenset(common[changed.to_numpy()])
