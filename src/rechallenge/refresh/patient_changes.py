"""Which patients entered or left a population or changed class, by which criterion, and which rows did it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.refresh.row_changes import WITHDRAWN
from rechallenge.refresh.snapshot import AGE, CLASSES, POPULATIONS, Snapshot

# CLASSIFIED: a class where there was none before.
ENTERED, LEFT, CLASS, CLASSIFIED = "entered", "left", "class", "classified"
COLUMNS: Final = (
    "analysis", "patient_key", "what", "subject", "before", "now", "criterion", "because", "table", "row_kind",
    "fields", "source_file", "source_row",
)  # fmt: skip
# Reasons that are no criterion.
NEW_PATIENT, WITHDRAWN_PATIENT, NO_CLASS = "new_patient", "withdrawn_patient", "analysis_exclusion"
# Why a patient moved: rows of the extract, the cut-off (or window) alone, or neither.
BY_DATA, BY_CUTOFF, BY_STUDY = "data", "cut_off", "study"
# The tables that a criterion looks at; classes look at those of the first ICI.
_TABLES: Final = {
    "nsclc": ("patients",),
    "advanced": ("patients",),
    "index_progression": ("assessments", "treatments"),
    "resistance": ("assessments", "treatments"),
    "progression_pattern": ("assessments", "lesions"),
    "interval_treatment": ("treatments",),
    "minimum_data": ("patients", "treatments", "assessments"),
    NEW_PATIENT: ("patients",),
    WITHDRAWN_PATIENT: ("patients",),
}
_OTHERWISE: Final = ("treatments",)
# The row that decides: its table and date, and the date of the patient that it is.
_FIRST: Final = ("treatments", "start_date", "first_ici_start")
_PROGRESSION: Final = ("assessments", "assessment_date", "first_ici_progression")
_AGAIN: Final = ("treatments", "start_date", "rechallenge_start")
_DECIDED_BY: Final = {
    "ici_treated": _FIRST,
    "no_prior_ici": _FIRST,
    "first_ici_monotherapy": _FIRST,
    "first_ici_in_window": _FIRST,
    "index_progression": _PROGRESSION,
    "resistance": _PROGRESSION,
    "progression_pattern": _PROGRESSION,
    "rechallenged": _AGAIN,
    "rechallenge_in_window": _AGAIN,
}


def patient_changes(old: Snapshot, new: Snapshot, changes: pd.DataFrame) -> pd.DataFrame:
    """Return who entered or left a population (POPULATIONS) or changed class (CLASSES), per analysis; columns COLUMNS.

    `changes` are the `row_changes`. One row per move and row of the extract behind it (one row without a place where
    there is none); `criterion` is the first that the patient fails on the side where he is out, or NEW_PATIENT,
    WITHDRAWN_PATIENT, NO_CLASS; `because` is BY_DATA, BY_CUTOFF or BY_STUDY. Classes are compared among those who were
    in the population of the class (the first-ICI set) both times.
    """
    both = old.patients.merge(
        new.patients, on=["analysis", "patient_key"], how="outer", suffixes=("_old", "_new"), indicator=True
    )
    moves = [*_populations(both), *_classes(both)]
    found = pd.DataFrame(moves, columns=["analysis", "patient_key", "what", "subject", "before", "now", "criterion"])
    placed = _with_rows(found, changes, _Deciding(old, new), moved_on=old.cutoff != new.cutoff)
    order = {name: place for place, name in enumerate((*POPULATIONS, *CLASSES))}
    return placed.sort_values(
        ["analysis", "subject", "what", "patient_key", "table", "source_file", "source_row"],
        key=lambda column: column.map(order) if column.name == "subject" else column,
        kind="stable",
    ).reset_index(drop=True)


def _populations(both: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    appeared, vanished = both["_merge"].eq("right_only"), both["_merge"].eq("left_only")
    for population in POPULATIONS:
        before, now = both[f"{population}_old"].eq(True), both[f"{population}_new"].eq(True)
        for what, who, side, whole, gone in (
            (ENTERED, now & ~before, "old", NEW_PATIENT, appeared),
            (LEFT, before & ~now, "new", WITHDRAWN_PATIENT, vanished),
        ):
            rows = both[who]
            reason = rows[f"excluded_by_{side}"].where(rows[f"excluded_by_{side}"].fillna("").ne(""), NO_CLASS)
            reason = reason.mask(gone[who], whole)
            words = ("out", "in") if what == ENTERED else ("in", "out")
            for analysis, key, criterion in zip(rows["analysis"], rows["patient_key"], reason, strict=True):
                yield analysis, key, what, population, *words, criterion


def _classes(both: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    stayed = both[both["first_ici_old"].eq(True) & both["first_ici_new"].eq(True)]
    for name in CLASSES:
        before, now = (stayed[f"{name}_{side}"].fillna("") for side in ("old", "new"))
        rows = stayed[before.ne(now)]
        for analysis, key, first, second in zip(
            rows["analysis"], rows["patient_key"], before[rows.index], now[rows.index], strict=True
        ):
            yield analysis, key, CLASS if first else CLASSIFIED, name, first, second, name


class _Deciding:
    """Which rows carry the date that a criterion or class was decided by, on either side."""

    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self._sides = {"old": old, "source": new}
        self._dates = {
            name: side.patients.drop_duplicates(["analysis", "patient_key"]).set_index(["analysis", "patient_key"])
            for name, side in self._sides.items()
        }
        self._rows = {
            (name, table): rows.set_index("patient_key")
            for name, side in self._sides.items()
            for table, rows in side.rows.items()
        }

    def of(self, move: Mapping[Any, Any], rows: pd.DataFrame) -> pd.DataFrame:
        """Return those of a patient's changed rows that decided: those of the deciding day, else those up to it.

        All of them where that cannot be told.
        """
        rule = _DECIDED_BY.get(move["criterion"])
        if rule is None:
            return rows
        for on_the_day in (True, False):
            keep = self._dated(move, rows, rule, on_the_day=on_the_day)
            if keep.any():
                return rows[keep]
        return rows

    def _dated(
        self, move: Mapping[Any, Any], rows: pd.DataFrame, rule: tuple[str, str, str], *, on_the_day: bool
    ) -> pd.Series:
        table, dated, of_patient = rule
        keep = pd.Series(False, index=rows.index)
        for name in self._sides:
            facts = self._dates[name]
            key = (move["analysis"], move["patient_key"])
            known = self._rows[name, table]
            if key not in facts.index or f"{of_patient}{AGE}" not in facts.columns or key[1] not in known.index:
                continue
            own, decided = known.loc[[key[1]]], facts.at[key, f"{of_patient}{AGE}"]
            age = own[f"{dated}{AGE}"]
            deciding = own.loc[age == decided if on_the_day else age >= decided, "source_row"]
            keep |= rows["table"].eq(table) & rows[f"{name}_row"].isin(deciding).fillna(False)
        return keep


def _with_rows(moves: pd.DataFrame, changes: pd.DataFrame, deciding: _Deciding, *, moved_on: bool) -> pd.DataFrame:
    """Each move with the changed rows of the patient in the tables that the criterion looks at.

    Of these the row that decided, where it can be told; where none of them changed, any changed row of the patient.
    """
    of_patient = dict(list(changes.groupby("patient_key")))
    nothing = changes.iloc[:0]
    found = []
    for move in moves.to_dict("records"):
        own = of_patient.get(move["patient_key"], nothing)
        looked_at = _TABLES.get(move["criterion"], _OTHERWISE)
        rows = own[own["table"].isin(looked_at)]
        rows = deciding.of(move, rows) if len(rows) else own
        if not len(rows):
            found.append({**move, "because": BY_CUTOFF if moved_on else BY_STUDY})
            continue
        for row in rows.to_dict("records"):
            side = "old" if row["kind"] == WITHDRAWN else "source"
            found.append(
                {
                    **move,
                    "because": BY_DATA,
                    "table": row["table"],
                    "row_kind": row["kind"],
                    "fields": row["fields"],
                    "source_file": row[f"{side}_file"],
                    "source_row": row[f"{side}_row"],
                }
            )
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    frame["source_row"] = frame["source_row"].astype("Int64")
    texts = [name for name in COLUMNS if name != "source_row"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    return frame


def moves_of(patients: pd.DataFrame) -> pd.DataFrame:
    """Return one row per move, without the rows behind it."""
    keys = ["analysis", "patient_key", "what", "subject", "before", "now", "criterion", "because"]
    return patients[keys].drop_duplicates().reset_index(drop=True)


def bridge(patients: pd.DataFrame, before: int, now: int, population: str, analysis: str) -> list[tuple[str, str, int]]:
    """Return the way from the old to the new size of a population: (what, criterion, patients), left first.

    Sorted by number, then criterion. Raises ValueError where the steps do not add up.
    """
    moves = moves_of(patients)
    own = moves[(moves["analysis"] == analysis) & (moves["subject"] == population)]
    steps = []
    for what in (LEFT, ENTERED):
        sizes = own.loc[own["what"] == what, "criterion"].value_counts()
        steps += [(what, str(name), int(sizes[name])) for name in sorted(sizes.index, key=lambda c: (-sizes[c], c))]
    total = before + sum(size if what == ENTERED else -size for what, _, size in steps)
    if total != now:
        raise ValueError(f"the bridge of {population} leads from {before} to {total}, not to {now}")
    return steps


def sizes(snapshot: Snapshot, population: str, analysis: str) -> int:
    """Return how many patients a population has."""
    own = snapshot.patients[snapshot.patients["analysis"] == analysis]
    return int(own[population].eq(True).sum())
