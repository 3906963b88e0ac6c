"""Immune-related adverse events of grade 3 or more, under the first ICI and under rechallenge."""

from typing import Final

import pandas as pd

from rechallenge.estimates.rows import NAN, Counts, Row, placed
from rechallenge.estimates.times import levels_of

GRADE: Final = 3
MODEL: Final = "safety"


def safety(
    adverse_events: pd.DataFrame, course: pd.DataFrame, rechallenged: pd.Series | None = None, grade: int = GRADE
) -> tuple[Row, ...]:
    """Return how many patients of `course` had immune-related events of at least `grade`.

    `adverse_events` has patient_id, start_date, ctcae_grade, immune_related (yes, no); `course` patient_id,
    first_ici_start and rechallenge_start of the patients to count; `rechallenged` (all with a start, by default) says
    who of them is in the rechallenge set, since nobody else is counted under rechallenge. An event belongs to
    rechallenge from the day of its first dose on, before that to the first ICI, however long after the last dose;
    events before the first ICI do not count, undated ones are counted apart. `recurrence` counts, of the rechallenged
    patients with such an event under the first ICI, those with one under rechallenge too. Without any adverse event
    in the extract there are no rows: nothing recorded is not the same as nothing happened.
    """
    if not len(adverse_events):
        return ()
    found = marks(adverse_events, course, rechallenged, grade)
    first, again, undated, treated = (found[name] for name in ("first", "again", "undated", "rechallenged"))
    method = f"patients with an immune-related event of grade {grade} or more"
    counted = [
        *_share("first_ici", int(first.sum()), len(course), method),
        *_share("rechallenge", int((again & treated).sum()), int(treated.sum()), method),
        *_share("recurrence", int((first & again & treated).sum()), int((first & treated).sum()), method),
        Row("n", float(undated.sum()), n=float(len(course)), level="undated", method=method),
    ]
    return tuple(placed(counted, model=MODEL, term="immune_related_event"))


def marks(
    adverse_events: pd.DataFrame, course: pd.DataFrame, rechallenged: pd.Series | None = None, grade: int = GRADE
) -> pd.DataFrame:
    """Return, per row of `course`, whether there was a severe event under the `first` ICI, `again` and `undated`.

    `rechallenged` says who counts as such. Arguments and the rules of time are those of `safety`.
    """
    severe = adverse_events[
        adverse_events["immune_related"].eq("yes").fillna(False) & (adverse_events["ctcae_grade"] >= grade)
    ]
    starts = course[["patient_id", "first_ici_start", "rechallenge_start"]]
    events = severe[["patient_id", "start_date"]].merge(starts, on="patient_id", how="inner")
    again = (events["start_date"] >= events["rechallenge_start"]).fillna(False)
    before = (events["start_date"] >= events["first_ici_start"]).fillna(False) & ~again
    treated = course["rechallenge_start"].notna()
    if rechallenged is not None:
        treated &= rechallenged
    chosen = {"first": before, "again": again, "undated": events["start_date"].isna()}
    own = {name: course["patient_id"].isin(events.loc[inside, "patient_id"]) for name, inside in chosen.items()}
    return pd.DataFrame({**own, "rechallenged": treated})


def _share(level: str, count: int, total: int, method: str) -> tuple[Row, Row]:
    percent = 100 * count / total if total else NAN
    own: Counts = {"n": float(total), "level": level, "method": method}
    return Row("n", float(count), **own), Row("percent", percent, **own)


def grade_counts(adverse_events: pd.DataFrame, course: pd.DataFrame) -> tuple[Row, ...]:
    """Return the number of immune-related events of the patients of `course` by CTCAE grade."""
    own = adverse_events[adverse_events["patient_id"].isin(course["patient_id"])]
    own = own[own["immune_related"].eq("yes").fillna(False)]
    grades = levels_of(own["ctcae_grade"])
    found = [
        Row("events", float(count), model=MODEL, term="ctcae_grade", level=str(grade))
        for grade, count in grades.value_counts().sort_index().items()
    ]
    return (*found, Row("missing", float(grades.isna().sum()), model=MODEL, term="ctcae_grade"))
