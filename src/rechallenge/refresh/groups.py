"""Who stands behind an estimate: the patients of its analysis set, with the times and classes that it is made of."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from rechallenge.refresh.sets import Keys
from rechallenge.refresh.snapshot import AGE, Snapshot
from rechallenge.settings.config import MAIN

TIME: Final = ("days", "entry_days", "event", "event_type", "interval_lower_days", "interval_upper_days")


class Members:
    """The patients of one snapshot: all with what is known of them, and those of each estimate's analysis set."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.sets = snapshot.sets
        self._patients = {
            str(name): rows.set_index("patient_key") for name, rows in snapshot.patients.groupby("analysis")
        }
        keys = ["analysis", "population", "endpoint"]
        self._times: dict[Any, pd.DataFrame] = {
            key: rows.set_index("patient_key")[[name for name in TIME if name in rows.columns]]
            for key, rows in snapshot.times.groupby(keys)
        }
        self._last: tuple[tuple[str, str, str] | None, pd.DataFrame] = None, pd.DataFrame()
        self.endpoints = frozenset(str(endpoint) for _, _, endpoint in self._times)

    def facts(self, analysis: str, population: str, endpoint: str) -> pd.DataFrame:
        """Return everything that is known of every patient, by key, with the time to an endpoint where one is named.

        Of scenarios, which keep no table of their own, the facts are those of the main analysis.
        """
        key = (analysis if analysis in self._patients else MAIN, population, endpoint)
        # Estimates of one endpoint follow one another; all of these tables at once would fill the memory.
        if key != self._last[0]:
            self._last = key, self._with_times(key, self._patients[key[0]])
        return self._last[1]

    def _with_times(self, key: tuple[str, str, str], patients: pd.DataFrame) -> pd.DataFrame:
        times = self._times.get(key)
        return patients if times is None else patients.join(times)

    def of(self, estimate_id: str, analysis: str, population: str, endpoint: str) -> pd.DataFrame | None:
        """Return the facts of the patients of an estimate's analysis set, by key; None where they are not known."""
        found = self.sets.get(estimate_id)
        if found is None:
            return None
        return self._with_times((analysis, population, endpoint), self._patients[analysis].loc[sorted(found.chosen)])


def differing(before: pd.DataFrame, now: pd.DataFrame, columns: Iterable[str]) -> Keys:
    """Return the keys of the patients whom both frames hold with another value of one of `columns`."""
    common = before.index.intersection(now.index)
    # The hash of a date beside its age tells whether it is another one; the age moves with the cut-off.
    both = before.columns.intersection(now.columns)
    shared = [name for name in columns if name in both and not name.endswith(AGE)]
    first, second = before.loc[common, shared], now.loc[common, shared]
    changed = (first.ne(second) & ~(first.isna() & second.isna())).any(axis=1)
    return frozenset(common[changed.to_numpy(dtype=bool)])
