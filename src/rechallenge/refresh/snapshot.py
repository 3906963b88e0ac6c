"""A study as a refresh looks at it: rows and patients under their keys, times to event, results.

Both sides of a comparison have this form: the release, read back, and the present study under the release's salt. So
everything that compares is a function of two snapshots.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from rechallenge.refresh.keys import ages, cell_texts, hashed, patient_keys
from rechallenge.refresh.sets import AnalysisSets
from rechallenge.tables import TABLES, TEXT

# What stands in a row of the canonical tables beside its hashes.
ROW_COLUMNS: Final = ("patient_key", "row_key", "source_file", "source_row")
AGE: Final = "_age"
CRITERIA_FROM: Final = "excluded_by"
POPULATIONS: Final = ("first_ici", "progressed", "rechallenge")
CLASSES: Final = ("resistance", "progression_pattern", "interval_treatment")
# Columns of classified.csv that are kept as they are; the others are hashed.
PLAIN: Final = ("analysis_exclusion", "resistance", "resistance_reason", "progression_pattern", "interval_treatment")
# Of these dates of classified.csv the days before the cut-off are kept beside the hash: they point at a row.
DATED: Final = ("first_ici_start", "first_ici_progression", "rechallenge_start")
TIMES: Final = (
    "analysis", "population", "patient_key", "endpoint", "days", "entry_days", "event", "event_type", "reason",
    "interval_lower_days", "interval_upper_days", "source_table", "source_file", "source_row",
)  # fmt: skip
_TIMES_NUMBERS: Final = (
    "days", "entry_days", "event", "interval_lower_days", "interval_upper_days", "source_row",
)  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """The patient-level tables of one analysis, as the steps write them."""

    cohort: pd.DataFrame
    classified: pd.DataFrame
    adtte: pd.DataFrame


@dataclass(frozen=True)
class Snapshot:
    """A study under one salt.

    `rows` has, per canonical table, ROW_COLUMNS, a hash per declared column and `<date>_age` (days before the cut-off);
    `patients` one row per analysis and patient of the extract: the cohort's columns, true/false per population
    (POPULATIONS), the PLAIN columns of classified.csv, hashes of its others and `<date>_age` of DATED; `times` TIMES;
    `sets` whom each estimate was made of; `curves`, `estimates` and `attrition` the result tables, `numbers`
    numbers.json, `provenance` provenance.json.
    """

    cutoff: pd.Timestamp
    rows: Mapping[str, pd.DataFrame]
    patients: pd.DataFrame
    times: pd.DataFrame
    sets: AnalysisSets
    curves: pd.DataFrame
    estimates: pd.DataFrame
    attrition: pd.DataFrame
    numbers: Mapping[str, Any]
    provenance: Mapping[str, Any]


def take(
    accepted: Mapping[str, pd.DataFrame], analyses: Mapping[str, Analysis], salt: str, *, cutoff: pd.Timestamp,
    **results: Any,
) -> Snapshot:  # fmt: skip
    """Return a study under a salt; `accepted` are its tables, `results` the fields of Snapshot from `sets` on."""
    return Snapshot(
        cutoff=cutoff,
        rows=row_fingerprints(accepted, salt, cutoff),
        patients=patient_facts(analyses, salt, cutoff),
        times=event_times(analyses, salt),
        **results,
    )


def row_fingerprints(accepted: Mapping[str, pd.DataFrame], salt: str, cutoff: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the fingerprint of every accepted row: see `Snapshot.rows`. Sorted, one row per accepted row."""
    return {name: _fingerprint(accepted[name], name, salt, cutoff) for name in TABLES if name in accepted}


def _fingerprint(frame: pd.DataFrame, table: str, salt: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    said = cell_texts(frame, table)
    found = pd.DataFrame(
        {
            "patient_key": patient_keys(frame["patient_id"], salt),
            "row_key": hashed(_joined(said, TABLES[table].key), salt, f"{table} row"),
            "source_file": frame["source_file"].astype(TEXT),
            "source_row": frame["source_row"].astype("int64"),
        }
    )
    old = ages(frame, table, cutoff).add_suffix(AGE)
    cells = {name: hashed(said[name], salt, f"{table}.{name}") for name in fields_of(table)}
    found = pd.concat([found, pd.DataFrame(cells, index=frame.index), old], axis=1)
    return found.sort_values(["patient_key", "row_key", *cells], kind="stable").reset_index(drop=True)


def _joined(said: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    joined = said[columns[0]].astype(str)
    for name in columns[1:]:
        joined = joined + "\0" + said[name].astype(str)
    return joined


def fields_of(table: str) -> list[str]:
    """Return the columns of a canonical table that are compared: the declared ones but the patient's identifier."""
    return [name for name in TABLES[table].names if name != "patient_id"]


def patient_facts(analyses: Mapping[str, Analysis], salt: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Return what the study says of every patient, per analysis: see `Snapshot.patients`."""
    parts = []
    for analysis, tables in analyses.items():
        cohort = tables.cohort.assign(patient_key=patient_keys(tables.cohort["patient_id"], salt))
        cohort = cohort.drop(columns=["patient_id", "not_evaluable", "analysis"], errors="ignore")
        own = tables.classified
        facts = pd.DataFrame({"patient_key": patient_keys(own["patient_id"], salt)})
        facts["rechallenge"] = own["eligible"].astype(bool).to_numpy()
        for name in own.columns:
            if name in PLAIN:
                facts[name] = _plain(own[name]).to_numpy()
            elif name not in ("patient_id", "eligible", "analysis"):
                facts[name] = hashed(_plain(own[name]), salt, f"classified.{name}").to_numpy()
        for name in DATED:
            facts[f"{name}{AGE}"] = (cutoff - own[name]).dt.days.astype("float64").to_numpy()
        whole = cohort.merge(facts, on="patient_key", how="left", validate="one_to_one")
        whole["first_ici"], whole["progressed"] = whole.pop("in_first_ici"), whole.pop("in_progressed")
        whole["rechallenge"] = whole["rechallenge"].eq(True)
        parts.append(whole.assign(analysis=analysis))
    together = pd.concat(parts, ignore_index=True)
    texts = [name for name in together.columns if together[name].dtype != bool and not name.endswith(AGE)]
    together[texts] = together[texts].astype(object).where(together[texts].notna(), "").astype(str)
    return together.sort_values(["analysis", "patient_key"], kind="stable").reset_index(drop=True)


def _plain(values: pd.Series) -> pd.Series:
    """A column as it stands in its file."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_float_dtype(values.dtype):
        return values.map("{:.10g}".format, na_action="ignore")
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map({True: "true", False: "false"})
    return values.astype(object)


def event_times(analyses: Mapping[str, Analysis], salt: str) -> pd.DataFrame:
    """Return the times to event of every analysis under patient keys; columns TIMES."""
    parts = []
    for analysis, tables in analyses.items():
        frame = tables.adtte.assign(analysis=analysis, patient_key=patient_keys(tables.adtte["patient_id"], salt))
        parts.append(frame[list(TIMES)])
    together = pd.concat(parts, ignore_index=True)
    for name in TIMES:
        if name in _TIMES_NUMBERS:
            together[name] = pd.to_numeric(together[name]).astype("float64")
        else:
            together[name] = together[name].astype(object).where(together[name].notna(), "").astype(str)
    return together.sort_values(["analysis", "population", "endpoint", "patient_key"], kind="stable").reset_index(
        drop=True
    )


def criteria_of(patients: pd.DataFrame) -> list[str]:
    """Return the criteria in their order: the cohort's columns between the reason and the first population's own."""
    columns = list(patients.columns)
    start = columns.index(CRITERIA_FROM) + 1
    found = []
    for name in columns[start:]:
        if patients[name].dtype != bool or name in POPULATIONS:
            break
        found.append(name)
    return found
