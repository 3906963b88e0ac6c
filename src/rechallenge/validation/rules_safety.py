"""Adverse events against treatments, last contact and death."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule

_TABLE = "adverse_events"


def _first_start(extract: Extract, rows: pd.Series) -> pd.Series:
    """Earliest day of the first of the given treatments, over adverse events."""
    at = extract.position("treatments")[rows.to_numpy()]
    first = extract.earliest("treatments", "start_date")[rows].groupby(at).min()
    return extract.of_patient(_TABLE, first.reindex(extract["patients"].index))


@rule(
    "warning",
    "The adverse event starts before the patient's first treatment",
    "Check both dates; what was there before treatment is not an adverse event.",
)
def event_before_treatment(extract: Extract) -> Iterable[Hit]:
    start = _first_start(extract, extract["treatments"]["start_date"].notna())
    where = extract.latest(_TABLE, "start_date") < start
    yield Hit(_TABLE, where, "start_date", beside=("term",), compared={"first treatment": start})


@rule(
    "warning",
    "The adverse event is called immune-related, but the patient had no ICI until then",
    "Correct the date, the judgement, or the missing treatment.",
)
def immune_event_without_ici(extract: Extract) -> Iterable[Hit]:
    events = extract[_TABLE]
    start = _first_start(extract, extract.ici & extract["treatments"]["start_date"].notna())
    before = (extract.latest(_TABLE, "start_date") < start) | start.isna()
    known = pd.Series(extract.position(_TABLE) >= 0, index=events.index)
    where = events["immune_related"].eq("yes") & before & known
    yield Hit(_TABLE, where, "immune_related", beside=("term", "start_date"), compared={"first ICI": start})


@rule(
    "warning",
    "The adverse event starts after the patient's death",
    "Correct the date of the event or of death.",
)
def event_after_death(extract: Extract) -> Iterable[Hit]:
    where = extract.earliest(_TABLE, "start_date") > extract.patient_latest(_TABLE, "death_date")
    yield Hit(_TABLE, where, "start_date", patient=("death_date",))


@rule(
    "warning",
    "The adverse event starts after the last contact of a patient not known to be dead",
    "Update the date of last contact.",
)
def event_after_last_contact(extract: Extract) -> Iterable[Hit]:
    alive = extract.patient_latest(_TABLE, "death_date").isna()
    late = extract.earliest(_TABLE, "start_date") > extract.patient_latest(_TABLE, "last_contact_date")
    yield Hit(_TABLE, late & alive, "start_date", patient=("last_contact_date",))


@rule(
    "error",
    "The adverse event is fatal (grade 5), but the patient has no date of death",
    "Enter the date of death or correct the grade: a death would be missing from survival.",
)
def fatal_event_without_death(extract: Extract) -> Iterable[Hit]:
    events = extract[_TABLE]
    known = pd.Series(extract.position(_TABLE) >= 0, index=events.index)
    where = events["ctcae_grade"].eq(5) & extract.patient_latest(_TABLE, "death_date").isna() & known
    yield Hit(_TABLE, where, "ctcae_grade", beside=("term",))


@rule(
    "note",
    "The adverse event has no onset: it cannot be counted under the first ICI or the rechallenge",
    "Enter the onset if it can be found.",
)
def event_undated(extract: Extract) -> Iterable[Hit]:
    yield Hit(_TABLE, extract[_TABLE]["start_date"].isna(), "start_date", beside=("term",))


CHECKS = (
    event_before_treatment,
    immune_event_without_ici,
    event_after_death,
    event_after_last_contact,
    fatal_event_without_death,
    event_undated,
)
