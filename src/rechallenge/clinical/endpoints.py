"""Time-to-event endpoints: who had which event when, why the others are censored, and from which source row.

PFS and OS run from the first dose of rechallenge, PFS1 and OS1 from the first dose of the first ICI.
"""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.event_table import event_table, patient_source
from rechallenge.clinical.genie_pfs import genie_progression_free_survival
from rechallenge.clinical.progressions import (
    adequate_assessments,
    first_progression,
    last_assessment,
    progression_records,
)
from rechallenge.dates import days_between, months
from rechallenge.settings.endpoints import EndpointSettings

COLUMNS: Final = (
    "analysis", "population", "patient_id", "endpoint", "start_date", "end_date", "days", "months", "entry_days",
    "event", "event_type", "interval_lower_days", "interval_upper_days", "reason", "source_table", "source_file",
    "source_row",
)  # fmt: skip
# Endpoint -> where the clock starts, and which new therapy may censor it.
_CLOCKS: Final = {
    "rechallenge": ("rechallenge_start", "rechallenge_next_systemic_start", "rechallenge_source"),
    "first_ici": ("first_ici_start", "next_systemic_start", "first_ici_source"),
}


def endpoints(
    classified: pd.DataFrame,
    course: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    settings: EndpointSettings,
    cutoff: pd.Timestamp,
    *,
    analysis: str,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return the time-to-event table; columns COLUMNS, sorted by endpoint, population and patient.

    PFS and OS for the rechallenge set; PFS1 and OS1 for all with a first ICI monotherapy (population
    first_ici) and for the rechallenge set, there with OS1 entered at rechallenge (`entry_days`), because
    nobody can die before it.
    """
    progressions = progression_records(assessments, treatments)
    adequate = adequate_assessments(assessments)
    members = course.merge(classified[["patient_id", "eligible"]], on="patient_id", how="inner")
    again = members[members["eligible"]]

    def pfs(rows: pd.DataFrame, clock: str) -> pd.DataFrame:
        if settings.preset == "genie_bpc":
            start, therapy, _ = _CLOCKS[clock]
            clocks = rows.rename(columns={start: "clock_start", therapy: "next_therapy"})
            table = genie_progression_free_survival(clocks, treatments, progressions, settings.genie_reading, cutoff)
        else:
            table = progression_free_survival(
                rows, clock, progressions, adequate, settings, cutoff, progression_dates_only=progression_dates_only
            )
        return table.assign(endpoint="PFS" if clock == "rechallenge" else "PFS1")

    def survival(rows: pd.DataFrame, clock: str) -> pd.DataFrame:
        table = overall_survival(rows, clock, cutoff)
        return table.assign(endpoint="OS" if clock == "rechallenge" else "OS1")

    delayed = survival(again, "first_ici").assign(
        entry_days=days_between(again["first_ici_start"], again["rechallenge_start"]).to_numpy()
    )
    parts = [
        pfs(again, "rechallenge").assign(population="rechallenge"),
        survival(again, "rechallenge").assign(population="rechallenge"),
        pfs(again, "first_ici").assign(population="rechallenge"),
        delayed.assign(population="rechallenge"),
        pfs(members, "first_ici").assign(population="first_ici"),
        survival(members, "first_ici").assign(population="first_ici"),
    ]
    table = pd.concat([part for part in parts if len(part)] or parts[:1]).assign(analysis=analysis)
    table["months"] = months(table["days"])
    table = table.sort_values(["endpoint", "population", "patient_id"], kind="stable")
    return table.reset_index(drop=True).reindex(columns=list(COLUMNS))


def overall_survival(rows: pd.DataFrame, clock: str, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Death from any cause; censored at the last date known alive, at most the cut-off."""
    start = rows[_CLOCKS[clock][0]]
    died = rows["death_date"].notna() & (rows["death_date"] <= cutoff)
    end = rows["death_date"].where(died, rows["last_alive_date"])
    masks = [died, rows["death_date"] > cutoff, end.eq(cutoff), rows["last_alive_imputed"]]
    words = ["death", "death_after_cutoff", "cutoff", "last_record"]
    reason = np.select([mask.to_numpy() for mask in masks], words, default="last_contact")
    return event_table(rows, start, end, died, np.where(died, "death", ""), reason, patient_source(rows))


def progression_free_survival(
    rows: pd.DataFrame,
    clock: str,
    progressions: pd.DataFrame,
    adequate: pd.DataFrame,
    settings: EndpointSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """First progression strictly after the start, or death, up to the cut-off; progression first on a tie.

    Otherwise censored at the last adequate assessment (not NE), before new systemic therapy where that came
    first; without one after the start, at 0 days. A source with progression dates only has no assessments:
    there it is censored at new therapy or last contact. A progression that the source reports for this very
    treatment on its first day is an event at 0 days; a scan of that day is the baseline.
    """
    start_name, therapy_name, source = _CLOCKS[clock]
    start, therapy = rows[start_name], rows[therapy_name]
    patient_id = rows["patient_id"]
    limit = pd.Series(cutoff, index=rows.index)
    progression = first_progression(progressions, patient_id, start, limit, from_first_day=True)
    death = rows["death_date"].where(rows["death_date"] <= cutoff)
    therapy = therapy.where((therapy <= cutoff) & (settings.new_therapy == "censor"))
    event_date = pd.concat([progression["date"], death], axis=1).min(axis=1)
    censored_by_therapy = (therapy < event_date) | (therapy.notna() & event_date.isna())
    event = event_date.notna() & ~censored_by_therapy
    progressed = event & progression["date"].eq(event_date)
    until = therapy.where(censored_by_therapy).fillna(limit)
    last_scan = last_assessment(adequate, patient_id, start, until)
    scan_date = last_scan["assessment_date"]
    if progression_dates_only:
        censor_date = therapy.where(censored_by_therapy, rows["last_alive_date"])
        censor_reason = np.where(censored_by_therapy, "new_systemic_therapy", "last_contact")
        censor_source = patient_source(rows)
    else:
        censor_date = scan_date.fillna(start)
        at_scan = np.where(censored_by_therapy, "new_systemic_therapy", "last_adequate_assessment")
        censor_reason = np.where(scan_date.notna(), at_scan, "no_assessment_after_start")
        censor_source = _scan_source(last_scan, rows, source)
    end = event_date.where(event, censor_date)
    kind = np.select([progressed.to_numpy(), event.to_numpy()], ["progression", "death"], default="")
    event_source = progression[["source_table", "source_file", "source_row"]].where(progressed, patient_source(rows))
    table = event_table(
        rows, start, end, event, kind, np.where(event, kind, censor_reason), event_source.where(event, censor_source)
    )
    day_before = (event_date - pd.Timedelta(days=1)).where(progressed)
    before = last_assessment(adequate, patient_id, start, day_before)
    seen_free = days_between(start, before["assessment_date"]).fillna(0.0)
    table["interval_lower_days"] = np.where(progressed, seen_free, table["days"])
    return table


def _scan_source(last_scan: pd.DataFrame, rows: pd.DataFrame, start_source: str) -> pd.DataFrame:
    """The assessment that censors, or the treatment row of the start where there was none."""
    seen = last_scan["assessment_date"].notna()
    return pd.DataFrame(
        {
            "source_table": np.where(seen, "assessments", "treatments"),
            "source_file": last_scan["source_file"].where(seen, rows[f"{start_source}_file"]),
            "source_row": last_scan["source_row"].astype("float64").where(seen, rows[f"{start_source}_row"]),
        },
        index=rows.index,
    )
