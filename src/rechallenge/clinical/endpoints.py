"""Time-to-event endpoints: who had which event when, why the others are censored, and from which source row.

Names without a digit run from the first dose of rechallenge, names with 1 from the first dose of the first ICI.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from rechallenge.clinical.endpoint_catalogue import Endpoint, catalogue
from rechallenge.clinical.events import CLOCKS, Scene
from rechallenge.clinical.genie_pfs import genie_progression_free_survival
from rechallenge.clinical.progressions import adequate_assessments, progression_records
from rechallenge.clinical.time_to_event import time_to_event
from rechallenge.dates import days_between, months
from rechallenge.settings.endpoints import EndpointSettings

COLUMNS: Final = (
    "analysis", "population", "patient_id", "endpoint", "start_date", "end_date", "days", "months", "entry_days",
    "event", "event_type", "interval_lower_days", "interval_upper_days", "reason", "source_table", "source_file",
    "source_row",
)  # fmt: skip
# What the rules look at: of the course and of the classified patients.
_OF_COURSE: Final = [
    "patient_id", "first_ici_start", "first_ici_end", "first_ici_end_imputed", "first_ici_source_file",
    "first_ici_source_row", "index_progression_date", "index_progression_table", "index_progression_source_file",
    "index_progression_source_row", "next_systemic_start", "rechallenge_start", "rechallenge_end",
    "rechallenge_end_imputed", "rechallenge_next_systemic_start", "rechallenge_source_file", "rechallenge_source_row",
    "last_alive_date", "last_alive_imputed", "death_date", "patient_source_file", "patient_source_row",
]  # fmt: skip
_CLASSIFIED: Final = ["patient_id", "eligible", "first_ici_response_date", "rechallenge_response_date"]
# The population of an endpoint by the start of its clock; those from the first ICI also stand in the rechallenge set.
_POPULATION: Final = {
    "rechallenge": "rechallenge",
    "rechallenge_response": "rechallenge",
    "first_ici": "first_ici",
    "first_ici_response": "first_ici",
    "index_progression": "progressed",
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
    only: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the time-to-event table; columns COLUMNS, sorted by endpoint, population and patient.

    The endpoints are those of `endpoint_catalogue`, in the population of their clock: the rechallenge set, all
    with a first ICI monotherapy, or those who progressed on it. Endpoints of the first ICI also stand in the
    rechallenge set, there with OS1 and PPS entered at rechallenge (`entry_days`), because nobody can die before it.
    Whoever has no start (no response for DOR) has no row. `assessments` are the evaluated ones. `only` names the
    endpoints that are wanted, all where it is empty.
    """
    members = course[_OF_COURSE].merge(classified[_CLASSIFIED], on="patient_id", how="inner")
    # Most patients of a registry have no first ICI monotherapy: they are left behind here, not in every rule.
    treatments = treatments[treatments["patient_id"].isin(members["patient_id"])]
    assessments = assessments[assessments["patient_id"].isin(members["patient_id"])]
    progressions = progression_records(assessments, treatments)
    adequate = adequate_assessments(assessments)
    parts = []
    declared = catalogue(settings, progression_dates_only=progression_dates_only)
    for endpoint in [item for item in declared if not only or item.name in only]:
        clock = CLOCKS[endpoint.start]
        rows = members[members[clock.start].notna()]
        population = _POPULATION[endpoint.start]
        if population == "rechallenge":
            rows = rows[rows["eligible"]]
        rows = rows.reset_index(drop=True)
        scene = Scene(rows, clock, treatments, progressions, adequate, settings, cutoff)
        table = _derived(scene, endpoint).assign(endpoint=endpoint.name, population=population)
        parts.append(table)
        if population != "rechallenge":
            parts.append(_among_rechallenged(table, rows, endpoint))
    table = pd.concat([part for part in parts if len(part)] or parts[:1]).assign(analysis=analysis)
    table["months"] = months(table["days"])
    table = table.sort_values(["endpoint", "population", "patient_id"], kind="stable")
    return table.reset_index(drop=True).reindex(columns=list(COLUMNS))


def _derived(scene: Scene, endpoint: Endpoint) -> pd.DataFrame:
    if scene.settings.preset == "genie_bpc" and endpoint.name in ("PFS", "PFS1"):
        clocks = scene.rows.assign(clock_start=scene.start, next_therapy=scene.rows[scene.clock.next_therapy[0]])
        return genie_progression_free_survival(
            clocks, scene.treatments, scene.progressions, scene.settings.genie_reading, scene.cutoff
        )
    return time_to_event(scene, endpoint)


def _among_rechallenged(table: pd.DataFrame, rows: pd.DataFrame, endpoint: Endpoint) -> pd.DataFrame:
    """The rows of an endpoint of the first ICI that belong to the rechallenge set."""
    again = rows["eligible"].to_numpy(bool)
    chosen = table[again].assign(population="rechallenge")
    if endpoint.events == ("death",):
        # A re-exposure that needs no progression can come before it: nobody waited for it.
        waited = days_between(rows[CLOCKS[endpoint.start].start], rows["rechallenge_start"]).clip(lower=0)
        chosen = chosen.assign(entry_days=waited[again].to_numpy())
    return chosen
