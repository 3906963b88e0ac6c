"""Two looks at one small registry, a year apart, as a clinician can read them; and what a test changes in the second.

A1 was rechallenged before the first cut-off. A2 progressed before it and is rechallenged after it. A3 has his first ICI
before it and progresses after it. A4 is new. The whole derivation runs on both.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd

from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import derive
from rechallenge.estimates.key_results import key_results
from rechallenge.estimates.rows import placed, table
from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.sets import AnalysisSets, analysis_sets
from rechallenge.refresh.snapshot import Analysis, Snapshot, row_fingerprints, take
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.tables import TABLES, conform
from rechallenge.tracing.analysis import Analysis as Traced

SALT = "5a" * 32
NO_SETS = AnalysisSets([], {})
THEN, NOW = "2020-12-31", "2021-12-31"
Rows = dict[str, list[dict[str, Any]]]
PROVENANCE: dict[str, Any] = {
    "extract": {"files": [{"name": "patients.csv", "sha256": "a" * 64}], "declares": {"progression_dates_only": False}},
    "inputs": {"config/sources/canonical.yaml": "b" * 64},
    "settings": {"values": {"study": {"cutoff": THEN}, "definitions": {"resistance": {"preset": "index_inclusive"}}}},
    "code": {"classify": "1111", "report": "2222"},
    "versions": {"pandas": "2.0"},
    "lock": {"requirements.lock": "c" * 64},
}


def patient(name: str, last: str, death: str | None = None, **other: Any) -> dict[str, Any]:
    """One patient with advanced NSCLC."""
    known = {"histology": "adenocarcinoma", "stage": "IVA", "birth_date": "1955-05-01", "diagnosis_date": "2019-01-10"}
    return {"patient_id": name, **known, "last_contact_date": last, "death_date": death, **other}


def dose(name: str, drug: str, start: str, end: str | None = None, **other: Any) -> dict[str, Any]:
    """One drug and interval."""
    ici = {"drug_class": "PD-1"} if drug in ("nivolumab", "pembrolizumab") else {"drug_class": "chemotherapy"}
    own = {"modality": "systemic", "drug": drug, "drug_raw": drug, **ici}
    return {"patient_id": name, **own, "start_date": start, "end_date": end, **other}


def scan(name: str, day: str, response: str, lesions: float | None = None, **other: Any) -> dict[str, Any]:
    """One tumour assessment."""
    return {
        "patient_id": name, "assessment_date": day, "response": response, "basis": "imaging",
        "progressing_lesions": lesions, **other,
    }  # fmt: skip


def then() -> Rows:
    """The extract of the release."""
    return {
        "patients": [patient("A1", "2020-12-20"), patient("A2", "2020-12-10"), patient("A3", "2020-12-15")],
        "treatments": [
            dose("A1", "nivolumab", "2019-02-01", "2019-05-01"),
            dose("A1", "docetaxel", "2019-06-15", "2019-10-01"),
            dose("A1", "pembrolizumab", "2020-01-10", "2020-12-01"),
            dose("A2", "nivolumab", "2019-03-01", "2019-06-01"),
            dose("A3", "pembrolizumab", "2020-10-01", None),
        ],
        "assessments": [
            scan("A1", "2019-05-10", "PD", 1.0),
            scan("A1", "2020-04-10", "SD"),
            scan("A2", "2019-06-10", "PD", 4.0),
            scan("A3", "2020-12-01", "SD"),
        ],
    }


def now() -> Rows:
    """The next extract: nothing of the old one is other, and a year has passed."""
    rows = then()
    rows["patients"] = [
        patient("A1", "2021-03-01", "2021-03-01"), patient("A2", "2021-12-10"), patient("A3", "2021-12-15"),
        patient("A4", "2021-12-01", diagnosis_date="2021-05-01"),
    ]  # fmt: skip
    rows["treatments"][4] = dose("A3", "pembrolizumab", "2020-10-01", "2021-02-01")
    rows["treatments"] += [
        dose("A2", "pembrolizumab", "2021-02-01", "2021-05-01"),
        dose("A4", "nivolumab", "2021-06-01", "2021-09-01"),
    ]
    rows["assessments"] += [
        scan("A1", "2021-02-10", "PD", 2.0),
        scan("A2", "2021-04-10", "SD"),
        scan("A3", "2021-02-10", "PD", 3.0),
    ]
    return rows


def canonical(rows: Rows) -> dict[str, pd.DataFrame]:
    """The rows as canonical tables; a row's number is its place, the header being row 1."""
    tables = {}
    for name, declared in TABLES.items():
        frame = pd.DataFrame(rows.get(name, []))
        for column in declared.dates:
            raw = frame[column] if column in frame else pd.Series(dtype=object)
            text = raw.astype(object).where(raw.notna(), None)
            precision = text.map(lambda value: {4: "year", 7: "month"}.get(len(value), "day"), na_action="ignore")
            given = frame.get(f"{column}_day")
            whole = text.map(lambda value: value + "-07-02" if len(value) == 4 else value, na_action="ignore")
            whole = whole.map(lambda value: value + "-15" if len(value) == 7 else value, na_action="ignore")
            frame[column] = pd.to_datetime(whole if given is None else given.fillna(whole))
            frame[f"{column}_precision"], frame[f"{column}_raw"] = precision, text
        frame["source_file"] = f"{name}.csv"
        frame["source_row"] = range(2, len(frame) + 2)
        tables[name] = conform(frame, name)
    return tables


def provenance(**changed: Any) -> dict[str, Any]:
    """A provenance record; by name another extract (`extract`), cut-off, preset, code or version."""
    values = {**PROVENANCE["settings"]["values"]}
    if "cutoff" in changed:
        values = {**values, "study": {"cutoff": changed["cutoff"]}}
    if "preset" in changed:
        values = {**values, "definitions": {"resistance": {"preset": changed["preset"]}}}
    files = [{"name": "patients.csv", "sha256": changed.get("extract", "a") * 64}]
    return {
        **PROVENANCE,
        "extract": {**PROVENANCE["extract"], "files": files},
        "settings": {"values": values},
        "code": {**PROVENANCE["code"], **changed.get("code", {})},
        "versions": {**PROVENANCE["versions"], **changed.get("versions", {})},
    }


def study(
    rows: Rows, cutoff: str = THEN, definitions: DefinitionSettings | None = None, record: dict[str, Any] | None = None
) -> Snapshot:
    """A finished study of these rows under SALT, with the key results as its estimates."""
    used = (definitions or DefinitionSettings()).resolved()
    tables = canonical(rows)
    day = pd.Timestamp(cutoff)
    made = derive(tables, used, StudyFrame(day, (pd.Timestamp("2016-03-01"), day)))
    results = table(
        placed(key_results(made.classified, made.adtte, made.cohort, StatisticsSettings(), used), analysis="main")
    )
    numbers = {
        row["estimate_id"]: {
            "text": f"{row['estimate']:.1f}",
            "raw": row["estimate"],
            "estimate_id": row["estimate_id"],
        }
        for row in results.to_dict("records")
    }
    everyone = tables["patients"]["patient_id"]
    whole = Traced(
        "main", made.cohort, made.classified, made.adtte, StatisticsSettings(), used, made.courses.course,
        made.courses.assessments, tables["adverse_events"],
    )  # fmt: skip
    keys = dict(zip(everyone, patient_keys(everyone, SALT), strict=True))
    return take(
        tables,
        {"main": Analysis(made.cohort, made.classified, made.adtte)},
        SALT,
        cutoff=day,
        sets=analysis_sets(results, {"main": whole}.__getitem__, keys),
        curves=pd.DataFrame(columns=["analysis", "endpoint", "population", "term"]),
        estimates=results,
        attrition=made.attrition,
        numbers=numbers,
        provenance=record or provenance(cutoff=cutoff, extract="a" if cutoff == THEN else "d"),
    )


def extract(rows: Rows, cutoff: str = THEN) -> Snapshot:
    """The rows alone under SALT, without the study made of them."""
    day = pd.Timestamp(cutoff)
    none = pd.DataFrame()
    return Snapshot(day, row_fingerprints(canonical(rows), SALT, day), none, none, NO_SETS, none, none, none, {}, {})


@cache
def released() -> Snapshot:
    """The study of the release."""
    return study(then())


@cache
def refreshed() -> Snapshot:
    """The study a year later."""
    return study(now(), NOW)


def changed(edit: Callable[[Rows], None]) -> Rows:
    """The next extract with one thing changed."""
    rows = now()
    edit(rows)
    return rows
