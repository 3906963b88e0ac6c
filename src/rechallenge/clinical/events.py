"""Events and censoring rules as values: what ends a time, each with its date source and its words.

An endpoint (`endpoint_catalogue`) is composed of them; the verb that combines them (`time_to_event`) knows nothing
of oncology. Each rule finds one date per patient, with the source row that it comes from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.event_table import patient_source
from rechallenge.clinical.progressions import first_progression, last_assessment
from rechallenge.dates import at_most
from rechallenge.settings.endpoints import EndpointSettings
from rechallenge.tables import DATE

SOURCE: Final = ["source_table", "source_file", "source_row"]


@dataclass(frozen=True)
class Clock:
    """Where a time starts, and the columns of the course that belong to that treatment."""

    start: str
    next_therapy: tuple[str, ...]
    treatment_end: str
    source: str
    words: str


CLOCKS: Final = {
    "rechallenge": Clock(
        "rechallenge_start", ("rechallenge_next_systemic_start",), "rechallenge_end", "rechallenge_source",
        "the first dose of rechallenge",
    ),
    "first_ici": Clock(
        "first_ici_start", ("next_systemic_start", "rechallenge_start"), "first_ici_end", "first_ici_source",
        "the first dose of the first ICI",
    ),
    "index_progression": Clock(
        "index_progression_date", ("next_systemic_start", "rechallenge_start"), "first_ici_end",
        "index_progression_source", "index progression",
    ),
    "first_ici_response": Clock(
        "first_ici_response_date", ("next_systemic_start", "rechallenge_start"), "first_ici_end", "first_ici_source",
        "the first CR or PR on the first ICI",
    ),
    "rechallenge_response": Clock(
        "rechallenge_response_date", ("rechallenge_next_systemic_start",), "rechallenge_end", "rechallenge_source",
        "the first CR or PR on rechallenge",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """The patients of one endpoint and everything that rules look at.

    `rows`: course and response dates, one row per patient with a start; `progressions` and `adequate` as
    `progression_records` and `adequate_assessments` give them; `treatments` canonical.
    """

    rows: pd.DataFrame
    clock: Clock
    treatments: pd.DataFrame
    progressions: pd.DataFrame
    adequate: pd.DataFrame
    settings: EndpointSettings
    cutoff: pd.Timestamp

    @property
    def patient_id(self) -> pd.Series:
        return self.rows["patient_id"]

    @property
    def start(self) -> pd.Series:
        return self.rows[self.clock.start]

    @property
    def limit(self) -> pd.Series:
        """The cut-off, for every patient."""
        return pd.Series(self.cutoff, index=self.rows.index, dtype=DATE)

    def known(self, dates: pd.Series) -> pd.Series:
        """The dates that are known at the cut-off."""
        return dates.where(dates <= self.cutoff)

    def last_scan(self, until: pd.Series) -> pd.DataFrame:
        """The last adequate assessment after the start and on or before `until`."""
        return last_assessment(self.adequate, self.patient_id, self.start, until)


Finder = Callable[[Scene], pd.DataFrame]


@dataclass(frozen=True)
class EventRule:
    """An event: `find` returns date and source row of the first one after the start, up to the cut-off."""

    name: str
    words: str
    find: Finder


@dataclass(frozen=True)
class Interruption:
    """What ends the observation before an event: `find` returns the day as of which the patient is censored.

    It is given the event (date and name) that it would take away; a missing day means that it does not apply.
    """

    name: str
    reason: str
    words: str
    find: Callable[[Scene, pd.Series, pd.Series], pd.Series]


@dataclass(frozen=True)
class CensoringRule:
    """Where a patient without event is censored: `find` returns date, source row and reason, up to `until`."""

    name: str
    words: str
    find: Callable[[Scene, pd.Series], pd.DataFrame]


def _progression(scene: Scene) -> pd.DataFrame:
    records = scene.progressions
    if scene.settings.clinical_progression == "ignored":
        records = records[~records["basis"].eq("clinical")]
    return first_progression(records, scene.patient_id, scene.start, scene.limit, from_first_day=True)[
        ["date", *SOURCE]
    ]


def _death(scene: Scene) -> pd.DataFrame:
    return patient_source(scene.rows).assign(date=scene.known(scene.rows["death_date"]))


def next_therapy(scene: Scene) -> pd.Series:
    """The start of the first new systemic therapy known at the cut-off."""
    return scene.known(scene.rows[list(scene.clock.next_therapy)].min(axis=1).astype(DATE))


def _new_therapy(scene: Scene) -> pd.DataFrame:
    date = next_therapy(scene)
    return _treatment_row(scene, date, "start_date").assign(date=date)


def _treatment_stop(scene: Scene) -> pd.DataFrame:
    end = scene.clock.treatment_end
    recorded = scene.rows[end].where(~scene.rows[f"{end}_imputed"].eq(True))
    date = scene.known(recorded.where(recorded >= scene.start))
    # Without a last dose on record, treatment had ended when the next one began.
    replaced = next_therapy(scene).where(date.isna() & scene.rows[f"{end}_imputed"].eq(True))
    by_end, by_therapy = (
        _treatment_row(scene, day, name) for day, name in ((date, "end_date"), (replaced, "start_date"))
    )
    return by_end.where(date.notna(), by_therapy).assign(date=date.fillna(replaced))


def _treatment_row(scene: Scene, date: pd.Series, column: str) -> pd.DataFrame:
    """The first treatment row of that day, as the source."""
    wanted = pd.DataFrame({"patient_id": scene.patient_id.array, column: date.array})
    rows = scene.treatments[["patient_id", column, "source_file", "source_row"]].dropna(subset=[column])
    rows = rows.sort_values(["patient_id", column, "source_file", "source_row"], kind="stable")
    rows = rows.drop_duplicates(["patient_id", column])
    found = wanted.merge(rows, on=["patient_id", column], how="left").set_index(scene.rows.index)
    return found.assign(source_table="treatments")[SOURCE]


EVENTS: Final = {
    rule.name: rule
    for rule in (
        EventRule("progression", "progression", _progression),
        EventRule("death", "death from any cause", _death),
        EventRule("new_therapy", "new systemic therapy", _new_therapy),
        EventRule("treatment_stop", "the end of treatment for any cause", _treatment_stop),
    )
}


def _before(scene: Scene, event: pd.Series) -> pd.Series:
    """The last adequate assessment strictly before an event; the start where there is none."""
    return scene.last_scan(event - pd.Timedelta(days=1))["assessment_date"].fillna(scene.start)


def _by_new_therapy(scene: Scene, event: pd.Series, _: pd.Series) -> pd.Series:
    therapy = next_therapy(scene)
    return therapy.where((therapy < event) | event.isna())


def _by_missed_assessments(scene: Scene, event: pd.Series, name: pd.Series) -> pd.Series:
    """FDA 2007, Appendix 3: progression or death after two or more missed assessments counts no more."""
    missed = scene.settings.missed_assessments
    if missed is None or missed == "none":
        return pd.Series(np.datetime64("NaT"), index=event.index, dtype=DATE)
    last = _before(scene, event)
    expected = pd.Timedelta(days=int(missed) * scene.settings.assessment_interval_days)
    return last.where(name.isin(["progression", "death"]) & (event - last > expected))


def _by_visit_gap(scene: Scene, event: pd.Series, _: pd.Series) -> pd.Series:
    """Real-world PFS: the last assessment before the first gap longer than the setting."""
    longest = scene.settings.visit_gap_days
    nothing = pd.Series(np.datetime64("NaT"), index=event.index, dtype=DATE)
    if longest is None or longest == "none":
        return nothing
    starts = pd.DataFrame({"patient_id": scene.patient_id.array, "date": scene.start.array, "from": scene.start.array})
    seen = scene.adequate[["patient_id", "assessment_date"]].rename(columns={"assessment_date": "date"})
    seen = seen.merge(starts[["patient_id", "from"]], on="patient_id")
    visits = pd.concat([starts, seen[(seen["date"] > seen["from"]) & (seen["date"] <= scene.cutoff)]])
    visits = visits.drop_duplicates(["patient_id", "date"]).sort_values(["patient_id", "date"], kind="stable")
    following = visits.groupby("patient_id")["date"].shift(-1)
    broken = visits[following - visits["date"] > pd.Timedelta(days=int(longest))].drop_duplicates("patient_id")
    day = scene.patient_id.map(broken.set_index("patient_id")["date"]).astype(DATE)
    return day.where((day < event) | event.isna())


def _by_death_window(scene: Scene, event: pd.Series, name: pd.Series) -> pd.Series:
    """Real-world PFS: a death long after the last assessment says nothing of progression-free time."""
    longest = scene.settings.death_window_days
    if longest is None or longest == "none":
        return pd.Series(np.datetime64("NaT"), index=event.index, dtype=DATE)
    last = _before(scene, event)
    return last.where(name.eq("death") & (event - last > pd.Timedelta(days=int(longest))))


INTERRUPTIONS: Final = {
    rule.name: rule
    for rule in (
        Interruption("new_therapy", "new_systemic_therapy", "new systemic therapy", _by_new_therapy),
        Interruption(
            "missed_assessments", "missed_assessments", "an event after missed assessments", _by_missed_assessments
        ),
        Interruption("visit_gap", "visit_gap", "a gap between assessments", _by_visit_gap),
        Interruption("death_window", "death_window", "a death long after the last assessment", _by_death_window),
    )
}


def _last_adequate(scene: Scene, until: pd.Series) -> pd.DataFrame:
    found = scene.last_scan(until)
    return found[["source_file", "source_row"]].assign(
        date=found["assessment_date"], source_table="assessments", reason="last_adequate_assessment"
    )


def _last_contact(scene: Scene, until: pd.Series) -> pd.DataFrame:
    alive = scene.rows["last_alive_date"]
    date = alive.where(alive <= until, until).where(alive.notna())
    masks = [scene.rows["death_date"] > scene.cutoff, date.eq(scene.cutoff), scene.rows["last_alive_imputed"].eq(True)]
    words = ["death_after_cutoff", "cutoff", "last_record"]
    reason = np.select([mask.to_numpy(bool) for mask in masks], words, default="last_contact")
    # A last contact before time zero is no observation.
    return patient_source(scene.rows).assign(date=date.where(date >= scene.start), reason=reason)


def _treatment_ongoing(scene: Scene, until: pd.Series) -> pd.DataFrame:
    end = scene.rows[scene.clock.treatment_end]
    date = at_most(end.where(end <= until, until).where(end.notna()), scene.cutoff)
    return patient_source(scene.rows).assign(date=date.where(date >= scene.start), reason="treatment_ongoing")


def _start(scene: Scene, _: pd.Series) -> pd.DataFrame:
    source = scene.clock.source
    return pd.DataFrame(
        {
            "date": scene.start,
            "source_table": scene.rows["index_progression_table"] if source.startswith("index") else "treatments",
            "source_file": scene.rows[f"{source}_file"],
            "source_row": scene.rows[f"{source}_row"],
            "reason": "start",
        },
        index=scene.rows.index,
    )


def _cutoff(scene: Scene, until: pd.Series) -> pd.DataFrame:
    return patient_source(scene.rows).assign(date=until.where(until >= scene.start), reason="cutoff")


CENSORING: Final = {
    rule.name: rule
    for rule in (
        CensoringRule("last_adequate_assessment", "the last adequate assessment (not NE)", _last_adequate),
        CensoringRule("last_contact", "last contact", _last_contact),
        CensoringRule("treatment_ongoing", "the last day known on treatment", _treatment_ongoing),
        CensoringRule("start", "the start itself (0 days)", _start),
        CensoringRule("cutoff", "the cut-off", _cutoff),
    )
}
