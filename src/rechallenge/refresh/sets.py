"""Whom each estimate was made of, by patient keys: the analysis sets of `rechallenge.tracing`, each kept once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.tracing.analysis import Analysis, Estimate
from rechallenge.tracing.chosen import Chosen, NotTracedError
from rechallenge.tracing.sets import COUNTS, traced

MEMBER_COLUMNS: Final = ("set", "patient_key")
ESTIMATE_COLUMNS: Final = ("estimate_id", "chosen", "counted")
_NONE: Final = -1
Keys = frozenset[str]


@dataclass(frozen=True)
class Behind:
    """The analysis set of an estimate, and those of whom it is a count or a share (None where it is none)."""

    chosen: Keys
    counted: Keys | None


class AnalysisSets:
    """The sets of all estimates of a study. Rows without patients, or whose patients are not kept, have none."""

    def __init__(self, members: list[Keys], of_estimate: Mapping[str, tuple[int, int]]) -> None:
        self._members, self._of = members, of_estimate

    def get(self, estimate_id: str) -> Behind | None:
        """Return whom an estimate was made of; None where that is not known."""
        if estimate_id not in self._of:
            return None
        chosen, counted = self._of[estimate_id]
        return Behind(self._members[chosen], None if counted == _NONE else self._members[counted])

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the sets (MEMBER_COLUMNS) and which estimate has which (ESTIMATE_COLUMNS; counted -1: none)."""
        rows = [(place, key) for place, keys in enumerate(self._members) for key in sorted(keys)]
        members = pd.DataFrame(rows, columns=list(MEMBER_COLUMNS))
        # An empty set has no row: how many there are is told by the largest number that an estimate names.
        estimates = pd.DataFrame([(name, *pair) for name, pair in self._of.items()], columns=list(ESTIMATE_COLUMNS))
        return members.astype({"set": "int64"}), estimates.astype({"chosen": "int64", "counted": "int64"})

    @classmethod
    def of_tables(cls, members: pd.DataFrame, estimates: pd.DataFrame) -> "AnalysisSets":
        """Return the sets that `tables` were made of."""
        known = {place: frozenset(keys) for place, keys in members.groupby("set")["patient_key"]}
        size = max([_NONE, *estimates["chosen"], *estimates["counted"]]) + 1
        pairs = zip(estimates["chosen"].astype(int), estimates["counted"].astype(int), strict=True)
        return cls(
            [known.get(place, frozenset()) for place in range(size)],
            dict(zip(estimates["estimate_id"], pairs, strict=True)),
        )


def analysis_sets(
    estimates: pd.DataFrame, analysis_of: Callable[[str], Analysis], keys: Mapping[str, str]
) -> AnalysisSets:
    """Return whom each row of a results table was made of.

    `analysis_of` gives the tables of an analysis or scenario by name, `keys` the key of each patient identifier.
    """
    numbers: dict[Keys, int] = {}
    found: dict[str, tuple[int, int]] = {}

    def number(chosen: Chosen) -> int:
        own = frozenset(keys[name] for name in chosen.frame["patient_id"])
        return numbers.setdefault(own, len(numbers))

    for record in estimates.to_dict("records"):
        row = Estimate.of(record)
        try:
            whom = traced(row, analysis_of(row.analysis))
        except NotTracedError:
            continue
        counted = whom.chosen if whom.counted is None and row.statistic in COUNTS else whom.counted
        found[row.estimate_id] = number(whom.chosen), _NONE if counted is None else number(counted)
    return AnalysisSets(list(numbers), found)
