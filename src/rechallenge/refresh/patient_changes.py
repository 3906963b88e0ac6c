"""Which patients entered or left a population or changed class, by which criterion, and which rows did it."""

from collections.abc import Iterator
from typing import Final

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
    placed = _with_rows(found, changes, old, new)
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


def _with_rows(moves: pd.DataFrame, changes: pd.DataFrame, old: Snapshot, new: Snapshot) -> pd.DataFrame:
    """Each move with the changed rows of the patient in the tables that the criterion looks at.

    Of these the rows that decided: those of the deciding day, else those up to it, else all. Where no row of these
    tables changed, any changed row of the patient.
    """
    numbered = moves.assign(move=range(len(moves)))
    pairs = numbered.merge(changes, on="patient_key", validate="many_to_many").assign(
        pair=lambda rows: range(len(rows))
    )
    looked_at = pd.Series(
        [
            table in _TABLES.get(criterion, _OTHERWISE)
            for criterion, table in zip(pairs["criterion"], pairs["table"], strict=True)
        ],
        index=pairs.index, dtype=bool,
    )  # fmt: skip
    on_the_day, up_to_it = _deciding(pairs, old, new)
    # The narrowest choice that holds a row; none of them: every row.
    keep = pd.Series(True, index=pairs.index)
    undecided = pd.Series(True, index=pairs.index)
    for chosen in (on_the_day & looked_at, up_to_it & looked_at, looked_at):
        held = chosen.groupby(pairs["move"]).transform("any") & undecided
        keep = keep.where(~held, chosen)
        undecided &= ~held
    rows = pairs[keep]
    withdrawn = rows["kind"].eq(WITHDRAWN)
    behind = pd.DataFrame(
        {
            "move": rows["move"],
            "table": rows["table"],
            "row_kind": rows["kind"],
            "fields": rows["fields"],
            "source_file": rows["old_file"].where(withdrawn, rows["source_file"]),
            "source_row": rows["old_row"].where(withdrawn, rows["source_row"]).astype("Int64"),
        }
    )
    frame = numbered.merge(behind, on="move", how="left", validate="one_to_many")
    otherwise = BY_CUTOFF if old.cutoff != new.cutoff else BY_STUDY
    frame["because"] = frame["table"].notna().map({True: BY_DATA, False: otherwise})
    frame = frame[list(COLUMNS)]
    texts = [name for name in COLUMNS if name != "source_row"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    return frame


def _deciding(pairs: pd.DataFrame, old: Snapshot, new: Snapshot) -> "tuple[pd.Series[bool], pd.Series[bool]]":
    """Which rows carry, on either side, the day that the criterion was decided by, and which lie before or on it."""
    found = [pd.Series(False, index=pairs.index), pd.Series(False, index=pairs.index)]
    for place, side in (("old", old), ("source", new)):
        facts = side.patients.drop_duplicates(["analysis", "patient_key"])
        for table, dated, of_patient in {*_DECIDED_BY.values()}:
            decided = f"{of_patient}{AGE}"
            if decided not in facts.columns:
                continue
            by_this = [name for name, rule in _DECIDED_BY.items() if rule == (table, dated, of_patient)]
            own = pairs.loc[
                pairs["criterion"].isin(by_this) & pairs["table"].eq(table),
                ["pair", "analysis", "patient_key", f"{place}_file", f"{place}_row"],
            ]
            own = own.rename(columns={f"{place}_file": "source_file", f"{place}_row": "source_row"}).dropna()
            own = own.merge(facts[["analysis", "patient_key", decided]], on=["analysis", "patient_key"])
            rows = side.rows[table][["patient_key", "source_file", "source_row", f"{dated}{AGE}"]]
            rows = rows.astype({"source_file": object})
            own = own.astype({"source_file": object, "source_row": "int64"}).merge(
                rows, on=["patient_key", "source_file", "source_row"]
            )
            age, day = own[f"{dated}{AGE}"], own[decided]
            for flags, holds in zip(found, (age.eq(day), age.ge(day)), strict=True):
                flags.loc[pairs["pair"].isin(own.loc[holds, "pair"])] = True
    return found[0], found[1]


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
