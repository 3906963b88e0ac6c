"""Which rows of the canonical tables were added, changed or withdrawn between two snapshots.

Rows of one patient are the same row where their key columns agree (`tables.Table.key`); the n-th of several with one
key is the n-th. A row that is gone and a new one of the same patient that differs from it in one column only are one
row with a corrected key, not two. A row that says the same, but of which the day that stands for a partial date has
moved (what bounds it, such as the last contact, is known better), is "redated".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.refresh.snapshot import AGE, Snapshot, fields_of
from rechallenge.tables import TABLES, TEXT

ADDED, CHANGED, WITHDRAWN = "added", "changed", "withdrawn"
KINDS: Final = (ADDED, CHANGED, WITHDRAWN)
REDATED: Final = "redated"
COLUMNS: Final = (
    "table", "kind", "patient_key", "fields", "filled", "emptied", "redated", "settled", "old_file", "old_row",
    "source_file", "source_row",
)  # fmt: skip
# The date that says when what the row tells happened; a patient's row is dated by the diagnosis.
DATED_BY: Final = {
    "patients": "diagnosis_date",
    "treatments": "start_date",
    "assessments": "assessment_date",
    "lesions": "assessment_date",
    "adverse_events": "start_date",
}
# Columns that follow from time going on: a later last contact is no correction.
MOVES_WITH_TIME: Final = {("patients", "last_contact_date")}
_KEY: Final = ["patient_key", "row_key", "place"]


def row_changes(old: Snapshot, new: Snapshot, settled_days: int = 0) -> pd.DataFrame:
    """Return one row per accepted row that was added, changed or withdrawn; columns COLUMNS.

    `fields` are the columns that say something else (joined by ";"), `filled` those of them that were empty before and
    `emptied` those that are now, `redated` partial dates that say the same and stand for another day. `settled` are
    the columns whose old date (of a row added or withdrawn: the date of the row) lies `settled_days` or more before the
    old cut-off: history that should not move. `source_file` and `source_row` are those of the new extract, `old_file`
    and `old_row` those of the old one.
    """
    # The ages of the new snapshot count from its own cut-off.
    later = (new.cutoff - old.cutoff).days
    parts = [_of_table(table, old, new, settled_days, later) for table in TABLES if table in new.rows]
    filled = [part for part in parts if len(part)]
    found = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
    return found.astype({"old_row": "Int64", "source_row": "Int64"})


def _of_table(table: str, old: Snapshot, new: Snapshot, settled_days: int, later: int) -> pd.DataFrame:
    before, after = _placed(old.rows[table]), _placed(new.rows[table])
    both = before.merge(after, on=_KEY, how="outer", suffixes=("_old", "_new"), indicator=True)
    same = both[both["_merge"] == "both"]
    gone, come = (_side(both, side, suffix) for side, suffix in (("left_only", "_old"), ("right_only", "_new")))
    pairs = list(_corrected_keys(gone, come, fields_of(table)))
    corrected = _beside(gone, come, pairs)
    gone = gone.drop([first for first, _ in pairs])
    come = come.drop([second for _, second in pairs])
    rows = [
        *_changes(pd.concat([same, corrected], ignore_index=True), table, settled_days, later),
        *_single(come, table, ADDED, settled_days, later),
        *_single(gone, table, WITHDRAWN, settled_days, 0),
    ]
    # Objects: a column of nothing would take another kind, and then the tables would not join.
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).sort_values(
        ["patient_key", "kind", "source_file", "source_row", "old_row"], kind="stable"
    )


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(place=frame.groupby(["patient_key", "row_key"]).cumcount())


def _side(both: pd.DataFrame, which: str, suffix: str) -> pd.DataFrame:
    own = [*_KEY, *(name for name in both.columns if name.endswith(suffix))]
    return both.loc[both["_merge"] == which, own].rename(columns=lambda name: name.removesuffix(suffix))


def _corrected_keys(gone: pd.DataFrame, come: pd.DataFrame, fields: list[str]) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of a withdrawn and an added row of one patient that differ in one column; each row once.

    Each column is left out in turn, so that a pair agrees in all the others.
    """
    taken_old: set[Any] = set()
    taken_new: set[Any] = set()
    for left_out in fields:
        by = ["patient_key", *(name for name in fields if name != left_out)]
        first = gone[~gone.index.isin(taken_old)].reset_index()
        second = come[~come.index.isin(taken_new)].reset_index()
        if not len(first) or not len(second):
            return
        for side in (first, second):
            side["_turn"] = side.groupby(by).cumcount()
        found = first.merge(second, on=[*by, "_turn"], suffixes=("_old", "_new"))
        for pair in zip(found["index_old"], found["index_new"], strict=True):
            taken_old.add(pair[0])
            taken_new.add(pair[1])
            yield pair


def _beside(gone: pd.DataFrame, come: pd.DataFrame, pairs: list[tuple[Any, Any]]) -> pd.DataFrame:
    """The pairs as the rows that have both sides are: `_old` and `_new` columns."""
    first = gone.loc[[pair[0] for pair in pairs]].reset_index(drop=True)
    second = come.loc[[pair[1] for pair in pairs]].reset_index(drop=True).drop(columns=_KEY)
    own = {name: f"{name}_old" for name in first.columns if name not in _KEY}
    return pd.concat([first.rename(columns=own), second.add_suffix("_new")], axis=1)


def _changes(both: pd.DataFrame, table: str, settled_days: int, later: int) -> Iterator[dict[str, Any]]:
    """Rows of which a compared column says something else, or of which a date moved though it says the same."""
    fields = fields_of(table)
    before, after = (
        both[[f"{name}{side}" for name in fields]].astype(object).fillna("").to_numpy() for side in ("_old", "_new")
    )
    different = before != after
    moved = _redated(both, fields, later) & ~different
    settled = np.zeros_like(different)
    for place, name in enumerate(fields):
        if f"{name}{AGE}_old" in both.columns and (table, name) not in MOVES_WITH_TIME:
            settled[:, place] = different[:, place] & both[f"{name}{AGE}_old"].ge(settled_days).to_numpy(dtype=bool)
    names = np.array(fields, dtype=object)
    filled, emptied = different & (before == ""), different & (after == "")
    places = {
        side: list(zip(both[f"source_file_{of}"], both[f"source_row_{of}"], strict=True))
        for side, of in (("old", "old"), ("source", "new"))
    }
    keys = both["patient_key"].to_numpy(object)
    for row in np.flatnonzero((different | moved).any(axis=1)):
        yield {
            "table": table,
            "kind": CHANGED if different[row].any() else REDATED,
            "patient_key": keys[row],
            "fields": ";".join(names[different[row]]),
            "filled": ";".join(names[filled[row]]),
            "emptied": ";".join(names[emptied[row]]),
            "redated": ";".join(names[moved[row]]),
            "settled": ";".join(names[settled[row]]),
            "old_file": places["old"][row][0],
            "old_row": places["old"][row][1],
            "source_file": places["source"][row][0],
            "source_row": places["source"][row][1],
        }


def _redated(both: pd.DataFrame, fields: list[str], later: int) -> NDArray[np.bool_]:
    """Where the date of a column, imputed or not, is another day than before."""
    found = np.zeros((len(both), len(fields)), dtype=bool)
    for place, name in enumerate(fields):
        if f"{name}{AGE}_old" in both.columns:
            gap = both[f"{name}{AGE}_new"].astype("float64") - later - both[f"{name}{AGE}_old"].astype("float64")
            found[:, place] = gap.fillna(0).ne(0).to_numpy()
    return found


def _single(rows: pd.DataFrame, table: str, kind: str, settled_days: int, later: int) -> Iterator[dict[str, Any]]:
    """Rows that one side has only; `later` days lie between the cut-off that their ages count from and the old one."""
    dated = f"{DATED_BY[table]}{AGE}"
    for row in rows.to_dict("records"):
        settled = DATED_BY[table] if _is_settled(row[dated] - later, settled_days) else ""
        place = (row["source_file"], row["source_row"])
        nowhere = (pd.NA, pd.NA)
        old, new = (nowhere, place) if kind == ADDED else (place, nowhere)
        yield {
            "table": table,
            "kind": kind,
            "patient_key": row["patient_key"],
            "fields": "",
            "filled": "",
            "emptied": "",
            "redated": "",
            "settled": settled,
            "old_file": old[0],
            "old_row": old[1],
            "source_file": new[0],
            "source_row": new[1],
        }


def _is_settled(age: float | None, settled_days: int) -> bool:
    """A date on the cut-off itself, and whatever lies before it by the days of grace or more."""
    return age is not None and bool(age >= settled_days)


def touched(old: Snapshot, changes: pd.DataFrame) -> frozenset[str]:
    """Return the keys of the patients of whom the extract says something else than before.

    Also those of whom the old extract already held a date after its cut-off, which now counts.
    """
    keys = set(changes["patient_key"])
    for table, rows in old.rows.items():
        names = [f"{name}{AGE}" for name in TABLES[table].dates]
        keys |= set(rows.loc[(rows[names] < 0).any(axis=1), "patient_key"])
    return frozenset(keys)


def counts(changes: pd.DataFrame, old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per table: rows before and now, and how many were added, changed and withdrawn."""
    rows = []
    for table in new:
        own = changes[(changes["table"] == table) & changes["kind"].isin(KINDS)]
        kinds = {kind: int((own["kind"] == kind).sum()) for kind in KINDS}
        patients = int(own["patient_key"].nunique())
        rows.append({"table": table, "before": len(old[table]), **kinds, "now": len(new[table]), "patients": patients})
    return pd.DataFrame(rows, columns=["table", "before", *KINDS, "now", "patients"])


def field_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return how often each column of each table changed: filled, emptied, or another value."""
    rows = []
    for change in changes[changes["kind"] == CHANGED].to_dict("records"):
        filled, emptied = change["filled"].split(";"), change["emptied"].split(";")
        for name in change["fields"].split(";"):
            kind = "filled" if name in filled else "emptied" if name in emptied else "another_value"
            rows.append({"table": change["table"], "field": name, "how": kind})
    found = pd.DataFrame(rows, columns=["table", "field", "how"]).astype(TEXT)
    wide = found.groupby(["table", "field", "how"]).size().unstack("how", fill_value=0)
    wide = wide.reindex(columns=["filled", "another_value", "emptied"], fill_value=0).reset_index()
    wide.columns.name = None
    wide["_order"] = wide["table"].map({name: place for place, name in enumerate(TABLES)})
    return wide.sort_values(["_order", "field"]).drop(columns="_order").reset_index(drop=True)
