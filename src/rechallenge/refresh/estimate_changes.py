"""Which estimates and printed numbers moved, the patients behind each move, and by what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates import describe, pfs_ratio
from rechallenge.estimates.comparison_methods import STRATIFIED
from rechallenge.estimates.plans import OVERALL
from rechallenge.refresh.causes import CUTOFF, DATA, OF_THE_STUDY
from rechallenge.refresh.groups import TIME, Members, differing
from rechallenge.refresh.sets import Keys
from rechallenge.refresh.snapshot import POPULATIONS
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.tracing import sets_models, sets_survival

MOVED, NEW, GONE = "moved", "new", "gone"
KEYS: Final = ("analysis", "endpoint", "population", "model", "term", "level", "reference", "statistic", "at")
VALUES: Final = ("estimate", "lower", "upper", "p", "n", "events")
COLUMNS: Final = (
    "estimate_id", *KEYS, "what", *(f"{name}_{side}" for name in VALUES for side in ("before", "now")), "behind",
    "because", "group",
)  # fmt: skip
NUMBER_COLUMNS: Final = ("name", "what", "before", "now", "estimate_id", "behind", "because", "group")
# What moved an estimate: the extract (with its cut-off), the study (settings, code, libraries), both; or it cannot be
# told, because both are different and the old extract was not run again.
BY_DATA, BY_STUDY, BY_BOTH, UNTOLD = "data", "study", "both", "not_told_apart"
# Estimates are written with ten significant digits.
_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Moves:
    """`estimates` (COLUMNS) and `numbers` (NUMBER_COLUMNS) that moved; `behind` says who (group, patient_key)."""

    estimates: pd.DataFrame
    numbers: pd.DataFrame
    behind: pd.DataFrame


class Behind:
    """The patients behind each estimate that moved: those whose part in it is another than before. Groups are numbered.

    Who is in its analysis set on one side only; of a count or share, who is counted on one side only; else also who is
    in the set both times with another value of what the estimate looks at. An estimate that one side does not have has
    no set there. Where no set is known, all patients of the population count of whom anything is another than before.
    """

    def __init__(self, old: Members, new: Members, touched: Keys, settings: StatisticsSettings) -> None:
        self._sides = old, new
        self._touched = touched
        self._looks = Looks(settings)
        self._others: dict[tuple[Any, ...], Keys] = {}
        self._groups: dict[Keys, int] = {}

    @property
    def patients(self) -> list[Keys]:
        """Return the groups by number."""
        return list(self._groups)

    def of(self, row: Mapping[Any, Any]) -> int:
        """Return the number of the group behind an estimate; `row` has its name, KEYS and `events_moved`."""
        return self._groups.setdefault(self._found(row), len(self._groups))

    def _found(self, row: Mapping[Any, Any]) -> Keys:
        sides = [side.sets.get(row["estimate_id"]) for side in self._sides]
        known = [side for side in sides if side is not None]
        if not known:
            return self._anything(row)
        first, second = (frozenset() if side is None else side.chosen for side in sides)
        moved = first ^ second
        if all(side.counted is not None for side in known):
            before, now = (frozenset() if side is None else side.counted or frozenset() for side in sides)
            moved |= before ^ now
            # Beside a count stands the number of events of its set.
            if not row["events_moved"]:
                return moved
        return moved | (first & second & self._other(row, self._looks.at(row)))

    def _other(self, row: Mapping[Any, Any], columns: tuple[str, ...] | None) -> Keys:
        """Everybody with another value of one of these columns; of any, or of a row of the extract, without columns."""
        # Other things than endpoints stand in that column too ("first_ici": the response to it).
        endpoint = row["endpoint"] if row["endpoint"] in self._sides[1].endpoints else ""
        key = (row["analysis"], row["population"], endpoint, columns)
        if key not in self._others:
            before, now = (side.facts(*key[:3]) for side in self._sides)
            every = {*before.columns, *now.columns}
            if columns is None or not set(columns) <= every | set(TIME):
                self._others[key] = differing(before, now, sorted(every)) | self._touched
            else:
                self._others[key] = differing(before, now, columns)
        return self._others[key]

    def _anything(self, row: Mapping[Any, Any]) -> Keys:
        if row["population"] not in POPULATIONS:
            return self._touched
        sides = (side.facts(row["analysis"], row["population"], "") for side in self._sides)
        first, second = (frozenset(facts.index[facts[row["population"]].eq(True)]) for facts in sides)
        return (first ^ second) | (first & second & self._other(row, None))


class Looks:
    """What of a patient a model looks at, beside who is in its set."""

    def __init__(self, settings: StatisticsSettings) -> None:
        self._covariates = tuple(item.name for item in settings.covariates)
        self._strata = tuple(settings.strata)

    def at(self, row: Mapping[Any, Any]) -> tuple[str, ...] | None:
        """Return the columns of a row's model; None where it may look at everything, rows of the extract included."""
        stem = row["model"].partition("|")[0]
        named = [part.partition("=")[0] for part in re.split(r"[|*]", row["term"])]
        columns = tuple(dict.fromkeys(name for name in named if name and name != OVERALL))
        if stem in sets_survival.RECIPES:
            further = {pfs_ratio.MODEL: ("days_to_progression",), STRATIFIED: self._strata}.get(stem, ())
            return (*columns, *further, *TIME)
        if stem in sets_models.RECIPES:
            return (*columns, *self._covariates, *TIME)
        if stem == describe.MODEL:
            return (*columns, "resistance")
        return None


def moves(
    before: pd.DataFrame,
    now: pd.DataFrame,
    numbers_before: Mapping[str, Any],
    numbers_now: Mapping[str, Any],
    behind: Behind,
    causes: frozenset[str],
    again: pd.DataFrame | None = None,
) -> Moves:
    """Return the estimates and printed numbers that moved.

    `again` are the estimates of the old extract under today's code and settings, where they were made: then `because`
    is told for each estimate, else only where data and study are not both different (`causes` of `causes.causes_of`).
    """
    table = _compared(before, now)
    rows = table[["estimate_id", *KEYS]].assign(events_moved=~equal(table["events_before"], table["events_now"]))
    table["group"] = [behind.of(row) for row in rows.to_dict("records")]
    groups = behind.patients
    table["behind"] = [len(groups[group]) for group in table["group"]]
    table["because"] = _because(table, causes, again)
    estimates = table[list(COLUMNS)].reset_index(drop=True)
    numbers = _numbers(numbers_before, numbers_now, estimates)
    used = sorted({*estimates["group"]})
    members = [(group, key) for group in used for key in sorted(groups[group])]
    return Moves(estimates, numbers, pd.DataFrame(members, columns=["group", "patient_key"]))


def _tidy(estimates: pd.DataFrame) -> pd.DataFrame:
    frame = estimates[["estimate_id", *KEYS, *VALUES]].copy()
    for name in KEYS:
        if name == "at":
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        else:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "").astype(str)
    for name in VALUES:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return frame


def _compared(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The estimates that are new, gone, or say something else, in the order of the present table, those gone last."""
    both = _tidy(now).merge(_tidy(before), on="estimate_id", how="outer", suffixes=("_now", "_before"), indicator=True)
    order = {name: place for place, name in enumerate([*now["estimate_id"], *before["estimate_id"]][::-1])}
    both = both.sort_values("estimate_id", key=lambda names: -names.map(order), kind="stable")
    both["what"] = both["_merge"].astype(str).map({"both": MOVED, "left_only": NEW, "right_only": GONE})
    for name in KEYS:
        both[name] = both[f"{name}_now"].where(both["what"] != GONE, both[f"{name}_before"])
    same = pd.Series(both["what"].eq(MOVED))
    for name in VALUES:
        same &= equal(both[f"{name}_before"], both[f"{name}_now"])
    return both[~same].copy()


def equal(first: pd.Series, second: pd.Series) -> pd.Series:
    """Tell where two columns of numbers say the same: to nine digits, or both nothing."""
    close = np.isclose(first, second, rtol=_TOLERANCE, atol=1e-12)
    return pd.Series(close | (first.isna() & second.isna()).to_numpy(), index=first.index)


def _because(table: pd.DataFrame, causes: frozenset[str], again: pd.DataFrame | None) -> pd.Series:
    data, study = bool(causes & {DATA, CUTOFF}), bool(causes & set(OF_THE_STUDY))
    if not (data and study):
        only = BY_STUDY if study else BY_DATA
        return pd.Series(only, index=table.index)
    if again is None:
        return pd.Series(UNTOLD, index=table.index)
    middle = _tidy(again).set_index("estimate_id").reindex(table["estimate_id"])
    # What the second run does not make (scenarios, the specification curve and others) stays untold.
    made = set(zip(*(_tidy(again)[name] for name in ("analysis", "model")), strict=True))
    known = pd.Series([key in made for key in zip(table["analysis"], table["model"], strict=True)], index=table.index)
    by_study, by_data = pd.Series(False, index=table.index), pd.Series(False, index=table.index)
    for name in VALUES:
        value = middle[name].set_axis(table.index)
        by_study |= ~equal(table[f"{name}_before"], value)
        by_data |= ~equal(value, table[f"{name}_now"])
    said = np.select([~known, by_study & by_data, by_study], [UNTOLD, BY_BOTH, BY_STUDY], default=BY_DATA)
    return pd.Series(said, index=table.index)


def _numbers(before: Mapping[str, Any], now: Mapping[str, Any], estimates: pd.DataFrame) -> pd.DataFrame:
    of_estimate = estimates.set_index("estimate_id")[["behind", "because", "group"]].to_dict("index")
    rows = []
    for name in [*now, *(name for name in before if name not in now)]:
        first, second = (side.get(name, {}).get("text", "") for side in (before, now))
        if first == second:
            continue
        source = str((now.get(name) or before[name])["estimate_id"])
        own = of_estimate.get(source, {"behind": pd.NA, "because": "", "group": pd.NA})
        what = NEW if name not in before else GONE if name not in now else MOVED
        rows.append({"name": name, "what": what, "before": first, "now": second, "estimate_id": source, **own})
    found = pd.DataFrame(rows, columns=list(NUMBER_COLUMNS))
    return found.astype({"behind": "Int64", "group": "Int64"})
