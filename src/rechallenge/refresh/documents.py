"""A comparison as data: comparison.json and comparison.csv of the shareable side, the tables of the private side."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.refresh.comparison import Comparison
from rechallenge.refresh.estimate_changes import KEYS, VALUES
from rechallenge.refresh.history import RULES, counts_by_rule
from rechallenge.refresh.medians import Decomposition
from rechallenge.refresh.patient_changes import CLASS, CLASSIFIED, moves_of
from rechallenge.refresh.policy import failing
from rechallenge.refresh.row_changes import KINDS
from rechallenge.refresh.told import Told
from rechallenge.settings.config import MAIN

CSV_COLUMNS: Final = (
    "part", "name", "what", *KEYS, "before", "now", "lower_before", "upper_before", "lower_now", "upper_now",
    "n_before", "n_now", "events_before", "events_now", "patients", "because",
)  # fmt: skip
# The files of the private side, in the order of the rule's output.
PRIVATE_TABLES: Final = ("rows", "patients", "times", "behind", "moved", "numbers", "violations")


def summary(comparison: Comparison, told: Told) -> dict[str, Any]:
    """Return comparison.json: what is told of a side, in plain values."""
    return {
        "release": {"cutoff": str(comparison.old.cutoff.date())},
        "present": {"cutoff": str(comparison.new.cutoff.date())},
        "told_apart": comparison.told_apart,
        "fails": [item.policy for item in failing(comparison.verdicts)],
        "policy": [
            {
                "policy": item.policy,
                "action": item.action,
                "rules": [
                    {"rule": rule, "findings": told.value(rows), "patients": told.value(patients)}
                    for rule, rows, patients in item.rules
                ],
                "names": list(item.names),
            }
            for item in comparison.verdicts
        ],
        "rows": list(_rows(comparison, told)),
        "cells": [
            {name: value if isinstance(value, str) else told.value(value) for name, value in _record(row).items()}
            for row in comparison.field_counts.to_dict("records")
        ],
        "populations": [
            {
                "population": bridge.population,
                "before": bridge.before,
                "now": bridge.now,
                "hidden": told.hides(bridge),
                "steps": [
                    {"what": what, "criterion": criterion, "patients": number}
                    for what, criterion, number in told.steps(bridge)
                ],
            }
            for bridge in comparison.bridges
        ],
        "classes": class_counts(comparison, told),
        "medians": [_median(item, told) for item in comparison.medians],
        "estimates": {
            what: int((comparison.moves.estimates["what"] == what).sum()) for what in ("moved", "new", "gone")
        },
        "because": {
            str(name): int(size)
            for name, size in comparison.moves.estimates["because"].value_counts().sort_index().items()
        },
        "numbers": {what: int((comparison.moves.numbers["what"] == what).sum()) for what in ("moved", "new", "gone")},
        "differences": [vars(item) for item in comparison.causes],
    }


def _record(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _rows(comparison: Comparison, told: Told) -> Iterator[dict[str, Any]]:
    """Added and withdrawn rows give one another away between the two sizes: both or neither is told."""
    for row in map(_record, comparison.row_counts.to_dict("records")):
        hidden = any(told.few(row[name]) for name in ("added", "withdrawn"))
        kinds = {name: None if hidden and name != "changed" else told.value(row[name]) for name in KINDS}
        yield {**row, **kinds, "patients": told.value(row["patients"])}


def class_counts(comparison: Comparison, told: Told) -> list[dict[str, Any]]:
    """Return how many of the main analysis's patients went from which class to which."""
    moves = moves_of(comparison.patients)
    own = moves[(moves["analysis"] == MAIN) & moves["what"].isin([CLASS, CLASSIFIED])]
    sizes = own.groupby(["subject", "before", "now"], sort=False).size().reset_index(name="patients")
    return [{**_record(row), "patients": told.value(row["patients"])} for row in sizes.to_dict("records")]


def _median(item: Decomposition, told: Told) -> dict[str, Any]:
    known = told.parts(item)
    own = {name: value for name, value in vars(item).items() if name != "steps"}
    events = told.events(item)
    steps = [{**vars(step), "events": step.events if events else None} for step in item.steps]
    return {**own, "hidden": not known, "steps": steps if known else []}


def shareable_table(comparison: Comparison, told: Told) -> pd.DataFrame:
    """Return comparison.csv: one row per estimate or printed number that moved, and the counts of everything else.

    `patients` are those behind; too few to be told are left empty.
    """
    parts = [
        _estimates(comparison, told),
        _numbers(comparison, told),
        pd.DataFrame(list(_counts(comparison, told))),
    ]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return found.reindex(columns=list(CSV_COLUMNS)).astype({"patients": "Int64"})


def _estimates(comparison: Comparison, told: Told) -> pd.DataFrame:
    frame = comparison.moves.estimates.assign(part="estimate")
    frame["patients"] = [told.value(number) for number in frame["behind"]]
    own = {"estimate_id": "name", "estimate_before": "before", "estimate_now": "now"}
    frame = frame.rename(columns=own)
    for name in ("before", "now", *(f"{value}_{side}" for value in VALUES[1:] for side in ("before", "now"))):
        frame[name] = frame[name].map("{:.10g}".format, na_action="ignore").astype(object)
    return frame


def _numbers(comparison: Comparison, told: Told) -> pd.DataFrame:
    frame = comparison.moves.numbers.assign(part="number")
    frame["patients"] = [pd.NA if pd.isna(number) else told.value(number) for number in frame["behind"]]
    return frame


def _counts(comparison: Comparison, told: Told) -> Iterator[dict[str, Any]]:
    for row in _rows(comparison, told):
        for kind in KINDS:
            yield {"part": "rows", "name": row["table"], "what": kind, "now": _said(row[kind])}
    for bridge in comparison.bridges:
        own = {"part": "population", "name": bridge.population, "population": bridge.population}
        yield {**own, "what": "size", "before": str(bridge.before), "now": str(bridge.now)}
        for what, criterion, number in told.steps(bridge):
            yield {**own, "what": what, "term": criterion, "patients": number}
    for moved in class_counts(comparison, told):
        own = {"part": "class", "name": moved["subject"], "what": "class", "term": moved["subject"]}
        yield {**own, "before": moved["before"], "now": moved["now"], "patients": moved["patients"]}
    for rule, _, patients in counts_by_rule(comparison.history):
        yield {"part": "history", "name": rule.rule.id, "what": rule.policy, "patients": told.value(patients)}
    for item in comparison.causes:
        yield {"part": "difference", "name": item.name, "what": item.cause, "before": item.before, "now": item.now}


def _said(number: int | None) -> str:
    return "" if number is None else str(number)


def private_tables(comparison: Comparison, identifiers: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the tables of PRIVATE_TABLES, with identifiers beside the keys; of those withdrawn the key alone."""
    meanings = {item.rule.id: item.rule for item in RULES}
    found = comparison.history
    named = found.assign(
        message=found["rule"].map(lambda name: meanings[name].meaning),
        action=found["rule"].map(lambda name: meanings[name].action),
    )
    rows = comparison.changes.assign(what=comparison.changes["kind"])
    tables = {
        "rows": rows[[name for name in rows.columns if name != "kind"]],
        "patients": comparison.patients,
        "times": comparison.times,
        "behind": comparison.moves.behind,
        "moved": comparison.moves.estimates.sort_values("group", kind="stable"),
        "numbers": comparison.moves.numbers,
        "violations": named,
    }
    return {name: _identified(frame, identifiers) for name, frame in tables.items()}


def _identified(frame: pd.DataFrame, identifiers: Mapping[str, str]) -> pd.DataFrame:
    if "patient_key" not in frame.columns:
        return frame
    place = list(frame.columns).index("patient_key")
    named = frame.copy()
    named.insert(place, "patient_id", named["patient_key"].map(identifiers).fillna(""))
    return named
