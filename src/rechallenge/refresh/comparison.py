"""The whole comparison of a release with the present study: one pure function."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.refresh.causes import Difference, causes_of, differences
from rechallenge.refresh.estimate_changes import Behind, Moves, moves
from rechallenge.refresh.groups import Members
from rechallenge.refresh.history import history
from rechallenge.refresh.medians import Decomposition, decompositions
from rechallenge.refresh.patient_changes import BY_STUDY, bridge, patient_changes, sizes
from rechallenge.refresh.policy import Verdict, verdicts
from rechallenge.refresh.row_changes import counts, field_counts, row_changes, touched
from rechallenge.refresh.snapshot import POPULATIONS, Snapshot
from rechallenge.refresh.time_changes import time_changes
from rechallenge.settings.config import MAIN
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.statistics import StatisticsSettings


@dataclass(frozen=True)
class Bridge:
    """The way of a population from its old to its new size: (what, criterion, patients), those who left first."""

    population: str
    before: int
    now: int
    steps: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Comparison:
    """Everything that is told about a refresh; the frames are those of the modules of their names."""

    old: Snapshot
    new: Snapshot
    changes: pd.DataFrame
    row_counts: pd.DataFrame
    field_counts: pd.DataFrame
    patients: pd.DataFrame
    times: pd.DataFrame
    bridges: tuple[Bridge, ...]
    medians: tuple[Decomposition, ...]
    moves: Moves
    causes: tuple[Difference, ...]
    history: pd.DataFrame
    verdicts: tuple[Verdict, ...]
    told_apart: bool
    """Whether the old extract was run again under today's code and settings."""


def compare(
    old: Snapshot,
    new: Snapshot,
    settings: RefreshSettings,
    statistics: StatisticsSettings,
    again: Snapshot | None = None,
) -> Comparison:
    """Return the comparison of a release (`old`) with the present study under the release's salt (`new`).

    `again` is the old extract under today's code and settings. Where it is given, what moved between `old` and it is
    the study's doing, and what moved between it and `new` the data's. Raises UserError where the two have no patient
    in common.
    """
    _refuse_strangers(old, new)
    changes = row_changes(old, new, settings.settled_days)
    known = touched(old, changes)
    start = again or old
    patients = patient_changes(start, new, changes)
    if again is not None:
        by_study = patient_changes(old, again, changes.iloc[:0]).assign(because=BY_STUDY)
        patients = pd.concat([by_study, patients], ignore_index=True)
    times = time_changes(old, new)
    found = differences(old.provenance, new.provenance)
    before, now = Members(old), Members(new)
    moved = moves(
        old.estimates,
        new.estimates,
        old.numbers,
        new.numbers,
        Behind(before, now, known, statistics),
        causes_of(found),
        None if again is None else again.estimates,
    )
    findings = history(old, new, changes, patients, times, moved, known)
    medians = decompositions(
        before, now, old.estimates, new.estimates, statistics, MAIN, None if again is None else Members(again)
    )
    return Comparison(
        old=old,
        new=new,
        changes=changes,
        row_counts=counts(changes, old.rows, new.rows),
        field_counts=field_counts(changes),
        patients=patients,
        times=times,
        bridges=tuple(_bridge(old, new, patients, population) for population in POPULATIONS),
        medians=tuple(medians),
        moves=moved,
        causes=tuple(found),
        history=findings,
        verdicts=tuple(verdicts(findings, found, settings.policy)),
        told_apart=again is not None,
    )


def _refuse_strangers(old: Snapshot, new: Snapshot) -> None:
    """Raise UserError where the release and the extract have no patient in common: nothing could be compared."""
    before, now = set(old.patients["patient_key"]), set(new.patients["patient_key"])
    if before and now and not before & now:
        raise UserError(
            f"None of the {len(before)} patients of the release (refresh.previous) is among the {len(now)} of the "
            "extract. It is the release of another study, or the patients have other identifiers now (were they "
            "pseudonymised anew?). Name the release of this study, or release this extract and compare the next one "
            "with it."
        )


def _bridge(old: Snapshot, new: Snapshot, patients: pd.DataFrame, population: str) -> Bridge:
    before, now = (sizes(side, population, MAIN) for side in (old, new))
    return Bridge(population, before, now, tuple(bridge(patients, before, now, population, MAIN)))


def identifiers(comparison: Comparison, patients: Mapping[str, str]) -> dict[str, str]:
    """Return the identifier of every key, for the private side; of those withdrawn only the key is known."""
    keys = {*comparison.changes["patient_key"], *comparison.patients["patient_key"], *comparison.times["patient_key"]}
    return {key: patients.get(key, "") for key in sorted(keys)}
