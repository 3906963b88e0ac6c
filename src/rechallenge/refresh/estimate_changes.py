"""Which estimates and printed numbers moved, the patients behind each move, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.refresh.causes import CUTOFF, DATA, OF_THE_STUDY
from rechallenge.refresh.groups import TIME, Members, conditions, differing
from rechallenge.refresh.snapshot import POPULATIONS
from rechallenge.settings.config import MAIN

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
# Of these models the result of a class is that of its patients alone; others compare, or share out the whole set.
_OF_A_CLASS: Final = ("kaplan_meier", "reverse_kaplan_meier")
# These look at rows of the extract that no time and no class shows (adverse events, intervals between scans).
_OF_ROWS: Final = ("safety", "")
_WHOLE: Final = ("extract", "")


@dataclass(frozen=True)
class Moves:
    """`estimates` (COLUMNS) and `numbers` (NUMBER_COLUMNS) that moved; `behind` says who (group, patient_key)."""

    estimates: pd.DataFrame
    numbers: pd.DataFrame
    behind: pd.DataFrame


class Behind:
    """The patients behind each estimate: those whose part in it is another than before. Groups are numbered."""

    def __init__(self, old: Members, new: Members, touched: frozenset[str]) -> None:
        self._sides = old, new
        self._touched = touched
        self._groups: dict[tuple[Any, ...], int] = {}
        self.patients: list[frozenset[str]] = []

    def of(self, row: Mapping[Any, Any]) -> int:
        """Return the number of the group of patients behind an estimate with these KEYS."""
        model = row["model"].partition("|")[0]
        analysis = row["analysis"] if row["analysis"] in self._sides[1].analyses else MAIN
        derived = analysis == row["analysis"]
        level = row["level"] if model in _OF_A_CLASS and conditions(row["term"], row["level"]) else ""
        rows_too = model in _OF_ROWS or not derived or row["population"] in _WHOLE
        columns = _columns(model, row["term"])
        # Other things than endpoints stand in that column too ("first_ici": the response to it).
        endpoint = row["endpoint"] if row["endpoint"] in self._sides[1].endpoints else ""
        key = (analysis, row["population"], endpoint, row["term"] if level else "", level, columns, rows_too)
        if key not in self._groups:
            self._groups[key] = len(self.patients)
            self.patients.append(self._found(*key))
        return self._groups[key]

    def _found(
        self, analysis: str, population: str, endpoint: str, term: str, level: str, columns: tuple[str, ...],
        rows_too: bool,
    ) -> frozenset[str]:  # fmt: skip
        before, now = (side.of(analysis, population, endpoint, term, level) for side in self._sides)
        if "*" in columns:
            columns = tuple(dict.fromkeys([*before.columns, *now.columns]))
        elif endpoint:
            columns = (*columns, *TIME)
        if population in _WHOLE:
            columns = (*columns, "excluded_by", *POPULATIONS)
        found = differing(before, now, columns)
        if rows_too:
            found |= self._touched & (frozenset(before.index) | frozenset(now.index))
        return found


def _columns(model: str, term: str) -> tuple[str, ...]:
    """The facts about a patient that an estimate looks at; "*" for all where its model is not known to look at less."""
    if model in ("kaplan_meier", "reverse_kaplan_meier", "log_rank") and "*" not in term:
        base, _, within = term.partition("|")
        return tuple(name for name in (base, within.partition("=")[0]) if name and name != "overall")
    return ("*",)


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
    table["group"] = [behind.of(row) for row in table[list(KEYS)].to_dict("records")]
    table["behind"] = [len(behind.patients[group]) for group in table["group"]]
    table["because"] = _because(table, causes, again)
    estimates = table[list(COLUMNS)].reset_index(drop=True)
    numbers = _numbers(numbers_before, numbers_now, estimates)
    used = sorted({*estimates["group"]})
    rows = [(group, key) for group in used for key in sorted(behind.patients[group])]
    return Moves(estimates, numbers, pd.DataFrame(rows, columns=["group", "patient_key"]))


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
