"""From patients to the rows of the extract that decided about them, or to all their rows."""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from rechallenge.estimates.times import levels_of
from rechallenge.tracing.analysis import Analysis, Estimate
from rechallenge.tracing.chosen import Traced

COLUMNS: Final = ("patient_id", "in_set", "counted", "table", "source_file", "source_row", "what")
# Of a course: the columns that name a row, its table, and what the row is.
_OF_COURSE: Final = (
    ("patient", "patients", "the patient"),
    ("first_ici", "treatments", "first ICI"),
    ("index_progression", "", "progression on the first ICI"),
    ("rechallenge", "treatments", "rechallenge"),
)
_KEYS: Final = ["patient_id", "source_file", "source_row"]


def deciding_rows(row: Estimate, found: Traced, analysis: Analysis, main_course: pd.DataFrame) -> pd.DataFrame:
    """Return the source rows behind the patients of a row, columns COLUMNS, by patient, file and row.

    `main_course` are the courses of the main analysis, where a scenario has none of its own: of them the row of the
    patient alone is taken.
    """
    people = _people(found)
    course = analysis.course if analysis.course is not None else main_course
    parts = [_of_course(course, *of) for of in (_OF_COURSE if analysis.course is not None else _OF_COURSE[:1])] + list(
        _of_results(row, found, analysis)
    )
    return _together(parts, people)


def every_row(found: Traced, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return all accepted rows of the patients of a row, by canonical table; columns as `deciding_rows`."""
    parts = [table[_KEYS].assign(table=name, what="") for name, table in tables.items() if len(table)]
    return _together(parts, _people(found))


def _people(found: Traced) -> pd.DataFrame:
    """Return the patients of the set and those who are counted, with one true/false column for each.

    Where the number is no count, all of the set are behind it.
    """
    inside = set(found.chosen.frame["patient_id"])
    counted = inside if found.counted is None else set(found.counted.frame["patient_id"])
    everybody = sorted(inside | counted)
    return pd.DataFrame(
        {
            "patient_id": everybody,
            "in_set": [patient in inside for patient in everybody],
            "counted": [patient in counted for patient in everybody],
        }
    )


def _of_course(course: pd.DataFrame, name: str, table: str, what: str) -> pd.DataFrame:
    keys = {f"{name}_source_file": "source_file", f"{name}_source_row": "source_row"}
    if not keys.keys() <= set(course.columns):
        return pd.DataFrame(columns=[*_KEYS, "table", "what"])
    own = course[["patient_id", *keys]].rename(columns=keys)
    tables = course[f"{name}_table"] if f"{name}_table" in course.columns else table
    return own.assign(table=tables, what=what)


def _of_results(row: Estimate, found: Traced, analysis: Analysis) -> Iterator[pd.DataFrame]:
    """The rows that dated an endpoint, and what else is counted row by row."""
    if row.endpoint and "endpoint" in analysis.adtte:
        ends = analysis.end_rows(row.endpoint, row.population)
        what = "end of " + ends["endpoint"].astype(str) + ": " + ends["reason"].fillna("").astype(str)
        yield ends[_KEYS].assign(table=ends["source_table"], what=what)
    counted = (found.counted or found.chosen).frame
    if row.model == "safety" and len(analysis.adverse_events):
        events = analysis.adverse_events
        related = events[events["immune_related"].eq("yes").fillna(False)]
        if {"source_file", "term"} <= set(counted.columns):
            related = counted
        grade = levels_of(related["ctcae_grade"]).fillna("unknown")
        yield related[_KEYS].assign(table="adverse_events", what="immune-related, grade " + grade)
    if "interval_days" in counted.columns and analysis.assessments is not None:
        dated = analysis.assessments[[*_KEYS, "assessment_date"]].merge(counted, on=["patient_id", "assessment_date"])
        days = dated["interval_days"].map("{:g} days after the one before, or the start".format)
        yield dated[_KEYS].assign(table="assessments", what=days)


def _together(parts: list[pd.DataFrame], people: pd.DataFrame) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(filled, ignore_index=True)
    rows = rows[rows["source_row"].notna()].merge(people, on="patient_id", how="inner")
    rows["source_row"] = rows["source_row"].astype("int64")
    order = ["patient_id", "table", "source_file", "source_row", "what"]
    return rows.drop_duplicates().sort_values(order, kind="stable", ignore_index=True)[list(COLUMNS)]
