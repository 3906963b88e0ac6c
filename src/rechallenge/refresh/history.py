"""Locked history: what a refresh must not change without somebody's word, as rules with ids of their own.

A refresh adds. What it takes away or rewrites before the old cut-off is either a correction, which somebody should be
able to name, or damage. Each finding points at the row; which of them stop a comparison is the study's policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from rechallenge.findings import Rule
from rechallenge.language import N_
from rechallenge.refresh import time_changes
from rechallenge.refresh.estimate_changes import BY_BOTH, BY_STUDY, MOVED, Moves
from rechallenge.refresh.patient_changes import BY_STUDY as PATIENT_BY_STUDY
from rechallenge.refresh.patient_changes import CLASS, LEFT
from rechallenge.refresh.row_changes import ADDED, CHANGED, WITHDRAWN
from rechallenge.refresh.snapshot import Snapshot
from rechallenge.settings.config import MAIN

COLUMNS: Final = (
    "rule", "policy", "patient_key", "table", "column", "old_file", "old_row", "source_file", "source_row",
)  # fmt: skip


@dataclass(frozen=True)
class HistoryRule:
    """A rule and the key of `refresh.policy` that says what happens when it finds something."""

    rule: Rule
    policy: str


def _rule(number: int, policy: str, meaning: str, action: str) -> HistoryRule:
    return HistoryRule(Rule(f"REF{number:02d}", "error", meaning, action), policy)


SETTLED_DATE: Final = _rule(
    1, "locked_history", N_("A date that lay before the previous cut-off has changed"),
    N_("Ask the source which date is right; where the new one is, release anew and say so."),
)  # fmt: skip
DEATH_GONE: Final = _rule(
    2, "locked_history", N_("A death on record has vanished"),
    N_("Ask the source: a patient who is alive was counted as dead, or the new extract lost the date."),
)  # fmt: skip
DEATH_MOVED: Final = _rule(
    3, "locked_history", N_("A date of death has changed"), N_("Ask the source which date of death is right."),
)  # fmt: skip
FIRST_ICI: Final = _rule(
    4, "locked_history", N_("The first ICI is another one, or starts on another day"),
    N_("Look for a treatment that was entered late, corrected or lost: every time of the patient depends on it."),
)  # fmt: skip
ROW_GONE: Final = _rule(
    5, "locked_history", N_("A row dated before the previous cut-off is no longer among the accepted rows"),
    N_("See whether the source withdrew it, or whether it is set aside now (violations.csv)."),
)  # fmt: skip
EVENT_MOVED: Final = _rule(
    6, "locked_history", N_("An event that was counted is gone or happened on another day"),
    N_("Look at the changed rows of the patient: a progression or death was corrected, or lost."),
)  # fmt: skip
SHORTER: Final = _rule(
    7, "locked_history", N_("A patient without the event is followed up for a shorter time than before"),
    N_("Look for a lost scan or an earlier last contact."),
)  # fmt: skip
CUTOFF: Final = _rule(
    8, "locked_history", N_("The cut-off lies before that of the release"),
    N_("Compare with an earlier release, or correct study.cutoff."),
)  # fmt: skip
PATIENT_GONE: Final = _rule(
    9, "withdrawn_patients", N_("A patient of the release is no longer in the extract"),
    N_("Ask the source: consent withdrawn, records merged under another identifier, or a file cut short."),
)  # fmt: skip
LATE_ROW: Final = _rule(
    10, "late_changes", N_("A row dated before the previous cut-off was entered only now"),
    N_("Nothing, if the registry reports with a delay; refresh.settled_days says how long."),
)  # fmt: skip
CORRECTED: Final = _rule(
    11, "late_changes", N_("A row from before the previous cut-off says something else, dates apart"),
    N_("See that the correction is meant."),
)  # fmt: skip
EVENT_BEFORE: Final = _rule(
    12, "late_changes", N_("An event is now on record before the day until which there had been none"),
    N_("See that it was reported late, and that the follow-up of others is not behind too."),
)  # fmt: skip
PATIENT_LEFT: Final = _rule(
    13, "patients_left", N_("A patient of the rechallenge set is no longer in it"),
    N_("The criterion that fails now and the rows that changed stand beside the patient."),
)  # fmt: skip
CLASS_CHANGED: Final = _rule(
    14, "class_changed", N_("A patient has another class than before"),
    N_("The rows that changed stand beside the patient; check that they are right."),
)  # fmt: skip
PATIENT_MOVED: Final = _rule(
    15, "moved_without_data", N_("A patient entered, left or changed class, but the extract says nothing new of them"),
    N_("Settings, code or libraries did it: they are listed below. Release anew if that is meant."),
)  # fmt: skip
ESTIMATE_MOVED: Final = _rule(
    16, "moved_without_data", N_("An estimate moved, but the extract says nothing new of the patients behind it"),
    N_("Settings, code or libraries did it: they are listed below. Release anew if that is meant."),
)  # fmt: skip
REDATED_ROW: Final = _rule(
    17, "late_changes", N_("The day that stands for a partial date has moved, as what bounds it is known better"),
    N_("Nothing; the source may be able to tell the day."),
)  # fmt: skip
RENAMED: Final = _rule(
    18, "withdrawn_patients", N_("A patient who is gone is, by the rows, a new one under another identifier"),
    N_("Ask the source whether both are one; if so, give the patient the old identifier again, or release anew."),
)  # fmt: skip
RULES: Final = (
    SETTLED_DATE, DEATH_GONE, DEATH_MOVED, FIRST_ICI, ROW_GONE, EVENT_MOVED, SHORTER, CUTOFF, PATIENT_GONE, LATE_ROW,
    CORRECTED, EVENT_BEFORE, PATIENT_LEFT, CLASS_CHANGED, PATIENT_MOVED, ESTIMATE_MOVED, REDATED_ROW, RENAMED,
)  # fmt: skip
_DEATH: Final = ("patients", "death_date")
# Of a patient's row, what is known at the start: the rest may be told at any time.
_TIMES_BY: Final = {
    time_changes.EVENT_GONE: EVENT_MOVED,
    time_changes.EVENT_MOVED: EVENT_MOVED,
    time_changes.SHORTER: SHORTER,
    time_changes.EVENT_BEFORE: EVENT_BEFORE,
}


def history(
    old: Snapshot, new: Snapshot, changes: pd.DataFrame, patients: pd.DataFrame, times: pd.DataFrame, moves: Moves,
    touched: frozenset[str],
) -> pd.DataFrame:  # fmt: skip
    """Return one row per finding of RULES, with columns COLUMNS; arguments are the frames of the comparison.

    Patients, classes and times are those of the main analysis; the fields of `column` are joined by ";".
    """
    # Their days moved with an imputed date: that is what is said of them.
    redated = _redated_only(changes)
    found = [
        *_rows(changes, old, new),
        *_renamed(old, new),
        *_first_ici(old, new, redated),
        *_times(times[~times["patient_key"].isin(redated)]),
        *_patients(patients, touched),
        *_estimates(moves, touched),
    ]
    if new.cutoff < old.cutoff:
        found.append(_finding(CUTOFF, column="study.cutoff"))
    order = {item.rule.id: place for place, item in enumerate(RULES)}
    frame = pd.DataFrame(found, columns=list(COLUMNS)).astype({"old_row": "Int64", "source_row": "Int64"})
    texts = [name for name in COLUMNS if not name.endswith("_row")]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    return frame.sort_values(
        ["rule", "patient_key", "table", "source_file", "source_row", "column"],
        key=lambda column: column.map(order) if column.name == "rule" else column,
        kind="stable",
    ).reset_index(drop=True)


def _finding(which: HistoryRule, **known: Any) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), "rule": which.rule.id, "policy": which.policy, **known}


def _rows(changes: pd.DataFrame, old: Snapshot, new: Snapshot) -> Iterator[dict[str, Any]]:
    present = set(new.patients["patient_key"])
    known_before = set(old.patients["patient_key"])
    for key in sorted(known_before - present):
        rows = old.rows["patients"]
        own = rows[rows["patient_key"] == key].head(1).to_dict("records")
        place = {"old_file": own[0]["source_file"], "old_row": own[0]["source_row"]} if own else {}
        yield _finding(PATIENT_GONE, patient_key=key, table="patients", **place)
    names = ("patient_key", "table", "old_file", "old_row", "source_file", "source_row")
    for row in changes.to_dict("records"):
        place = {name: row[name] for name in names}
        if row["kind"] == WITHDRAWN and row["settled"] and row["patient_key"] in present:
            yield _finding(ROW_GONE, column=row["settled"], **place)
        elif row["kind"] == ADDED and row["settled"] and row["patient_key"] in known_before:
            yield _finding(LATE_ROW, column=row["settled"], **place)
        elif row["kind"] == CHANGED:
            yield from _changed(row, place)
        if row["redated"]:
            yield _finding(REDATED_ROW, column=row["redated"], **place)


def _renamed(old: Snapshot, new: Snapshot) -> Iterator[dict[str, Any]]:
    """Patients who are gone, all of whose first doses, and birth and diagnosis, one new patient alone has."""
    gone = set(old.patients["patient_key"]) - set(new.patients["patient_key"])
    come = set(new.patients["patient_key"]) - set(old.patients["patient_key"])
    if not gone or not come:
        return
    likely: dict[Any, list[tuple[str, frozenset[Any]]]] = {}
    for key, person, doses in _signatures(new, come):
        likely.setdefault(person, []).append((key, doses))
    for key, person, doses in _signatures(old, gone):
        found = [other for other, own in likely.get(person, []) if doses and doses <= own]
        if len(found) == 1:
            before, now = _patient_row(old, key), _patient_row(new, found[0])
            yield _finding(
                RENAMED, patient_key=key, table="patients", column="patient_id",
                old_file=before["source_file"], old_row=before["source_row"],
                source_file=now["source_file"], source_row=now["source_row"],
            )  # fmt: skip


def _signatures(side: Snapshot, keys: set[str]) -> Iterator[tuple[str, tuple[Any, ...], frozenset[Any]]]:
    """Each patient: the key; hashes of sex, birth and diagnosis; hashes of the drugs with their first doses."""
    doses = side.rows["treatments"]
    of_patient = {
        key: frozenset(zip(rows["drug"], rows["start_date"], strict=True))
        for key, rows in doses[doses["patient_key"].isin(keys)].groupby("patient_key")
    }
    people = side.rows["patients"]
    names = ["patient_key", "sex", "birth_date", "diagnosis_date"]
    for key, *person in people.loc[people["patient_key"].isin(keys), names].fillna("").itertuples(index=False):
        yield key, tuple(person), of_patient.get(key, frozenset())


def _patient_row(side: Snapshot, key: str) -> Mapping[Any, Any]:
    rows = side.rows["patients"]
    found: Mapping[Any, Any] = rows[rows["patient_key"] == key].iloc[0].to_dict()
    return found


def _changed(row: Mapping[Any, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    fields, filled, emptied, settled = (
        row[name].split(";") if row[name] else [] for name in ("fields", "filled", "emptied", "settled")
    )
    if (row["table"], _DEATH[1]) == _DEATH and _DEATH[1] in fields and _DEATH[1] not in filled:
        yield _finding(DEATH_GONE if _DEATH[1] in emptied else DEATH_MOVED, column=_DEATH[1], **place)
    dates = [name for name in settled if (row["table"], name) != _DEATH]
    if dates:
        yield _finding(SETTLED_DATE, column=";".join(dates), **place)
    others = [name for name in fields if not name.endswith("_date") and name not in filled]
    if others:
        yield _finding(CORRECTED, column=";".join(others), **place)


def _redated_only(changes: pd.DataFrame) -> frozenset[str]:
    """Patients with a redated row, nothing settled of whom was changed, added or withdrawn."""
    redated = set(changes.loc[changes["redated"] != "", "patient_key"])
    return frozenset(redated - set(changes.loc[changes["settled"] != "", "patient_key"]))


def _first_ici(old: Snapshot, new: Snapshot, redated: frozenset[str]) -> Iterator[dict[str, Any]]:
    names = ["first_ici_drug", "first_ici_start"]
    sides = [
        side.patients[(side.patients["analysis"] == MAIN) & side.patients["first_ici"]].set_index("patient_key")
        for side in (old, new)
    ]
    if any(name not in side.columns for name in names for side in sides):
        return
    common = sides[0].index.intersection(sides[1].index).difference(pd.Index(list(redated))).sort_values()
    different = sides[0].loc[common, names] != sides[1].loc[common, names]
    for key in common[different.any(axis=1).to_numpy()]:
        column = ";".join(name for name in names if different.loc[key, name])
        yield _finding(FIRST_ICI, patient_key=key, table="treatments", column=column)


def _times(times: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """One finding per patient and rule, with the endpoints concerned."""
    own = times[times["analysis"] == MAIN]
    rules = own["how"].map({how: item.rule.id for how, item in _TIMES_BY.items()})
    by_id = {item.rule.id: item for item in RULES}
    for (rule, key), rows in own[rules.notna()].groupby([rules[rules.notna()], "patient_key"]):
        first = rows.iloc[0]
        place = {name: first[name] for name in ("source_file", "source_row")}
        endpoints = ";".join(dict.fromkeys(rows["endpoint"]))
        yield _finding(by_id[str(rule)], patient_key=key, table=first["source_table"], column=endpoints, **place)


def _patients(patients: pd.DataFrame, touched: frozenset[str]) -> Iterator[dict[str, Any]]:
    own = patients[patients["analysis"] == MAIN]
    own = own.drop_duplicates(["patient_key", "what", "subject", "before", "now"])
    for row in own.to_dict("records"):
        place = {"patient_key": row["patient_key"], **_place(row)}
        if row["what"] == LEFT and row["subject"] == "rechallenge":
            yield _finding(PATIENT_LEFT, column=row["criterion"], **place)
        if row["what"] == CLASS:
            yield _finding(CLASS_CHANGED, column=row["subject"], **place)
        if row["because"] == PATIENT_BY_STUDY or row["patient_key"] not in touched:
            yield _finding(PATIENT_MOVED, column=row["subject"], **place)


def _place(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("table", "source_file", "source_row")}


def _estimates(moves: Moves, touched: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Estimates both sides have, none of whose patients the extract says anything new of, or that the study moved."""
    reached = set(moves.behind.loc[moves.behind["patient_key"].isin(touched), "group"])
    own = moves.estimates[moves.estimates["what"] == MOVED]
    without = ~own["group"].isin(reached) | own["because"].isin([BY_STUDY, BY_BOTH])
    for name in own.loc[without, "estimate_id"]:
        yield _finding(ESTIMATE_MOVED, column=name)


def counts_by_rule(found: pd.DataFrame) -> list[tuple[HistoryRule, int, int]]:
    """Return each rule that found something, with its findings and the patients concerned."""
    rows = [(item, found.loc[found["rule"] == item.rule.id, "patient_key"]) for item in RULES]
    return [(item, len(keys), int(keys[keys.ne("")].nunique())) for item, keys in rows if len(keys)]
