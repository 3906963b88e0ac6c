"""Progression-free survival of a regimen as the GENIE BPC registry itself derives it.

Progression is the first record of progression strictly after the start of the regimen and strictly before the start of
the next one. Death counts only where there is no next regimen. Everybody else is censored at the start of the next
regimen, or at the last date known alive. Four readings: by imaging (`i`), by the medical oncologist's notes (`m`), by
either, whichever comes first (`i_or_m`), and by both, at the later of the two (`i_and_m`).
"""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.event_table import event_table, patient_source
from rechallenge.dates import days_between
from rechallenge.tables import DATE

READINGS: Final = ("i", "m", "i_or_m", "i_and_m")
_BASIS: Final = {"i": "imaging", "m": "clinical"}


def genie_pfs(regimens: pd.DataFrame, assessments: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return status and days of the registry's four readings for each regimen, in the order of `regimens`.

    `regimens`: patient_id, start_date, one row per regimen; the next regimen is the first of the patient that starts
    later. `assessments`: patient_id, assessment_date, response, basis (imaging, clinical). `patients`: patient_id,
    last_contact_date, death_date. The result has the index of `regimens` and the registry's column names:
    pfs_<reading>_g_status (1 progression or death, 0 censored) and tt_pfs_<reading>_g_days.
    """
    dates = _dates(regimens, assessments, patients)
    columns = {}
    for reading in READINGS:
        event = dates[reading].fillna(dates["death"])
        known = event.notna() | dates["censored"].notna()
        columns[f"pfs_{reading}_g_status"] = event.notna().astype("float64").where(known)
        columns[f"tt_pfs_{reading}_g_days"] = days_between(regimens["start_date"], event.fillna(dates["censored"]))
    return pd.DataFrame(columns, index=regimens.index)


def _dates(regimens: pd.DataFrame, assessments: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Progression under each reading, the death that counts, the next regimen, and where the others are censored."""
    rows = regimens[["patient_id", "start_date"]].reset_index(drop=True)
    starts = rows.drop_duplicates().rename(columns={"start_date": "date"})
    following = _first_after(rows, starts)
    followed = rows.merge(patients[["patient_id", "last_contact_date", "death_date"]], on="patient_id", how="left")
    progressive = assessments[assessments["response"].eq("PD")].rename(columns={"assessment_date": "date"})
    found = {"following": following}
    for reading, basis in _BASIS.items():
        first = _first_after(rows, progressive[progressive["basis"].eq(basis)])
        found[reading] = first.where(following.isna() | (first < following))
    both = pd.concat([found["i"], found["m"]], axis=1)
    found["i_or_m"] = both.min(axis=1)
    found["i_and_m"] = both.max(axis=1).where(both.notna().all(axis=1))
    found["death"] = followed["death_date"].where(following.isna())
    found["censored"] = following.fillna(followed["last_contact_date"])
    return pd.DataFrame(found).set_index(regimens.index)


def genie_progression_free_survival(
    rows: pd.DataFrame, treatments: pd.DataFrame, progressions: pd.DataFrame, reading: str, cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Return PFS under one reading of the registry's rule, as rows of `adtte.csv` (see `event_table`).

    `rows` of the course with clock_start and next_therapy. The regimens are the source's own (`regimen_id` of
    `treatments`); a source without them gives the next systemic therapy instead. Events and next regimens after the
    cut-off are not known yet.
    """
    known = progressions[progressions["date"] <= cutoff]
    clock = rows[["patient_id", "clock_start"]].rename(columns={"clock_start": "start_date"})
    later = _source_regimens(treatments)
    if later.empty:
        later = rows[["patient_id", "next_therapy"]].dropna().set_axis(["patient_id", "start_date"], axis=1)
    everything = pd.concat([clock, later[later["start_date"] <= cutoff]], ignore_index=True)
    words = pd.DataFrame(
        {
            "patient_id": known["patient_id"],
            "assessment_date": known["date"],
            "response": "PD",
            "basis": known["basis"].replace("reported", "imaging"),
        }
    )
    people = rows[["patient_id", "last_alive_date", "death_date"]].set_axis(
        ["patient_id", "last_contact_date", "death_date"], axis=1
    )
    people = people.assign(death_date=people["death_date"].where(people["death_date"] <= cutoff))
    dates = _dates(everything, words, people).iloc[: len(rows)].set_index(rows.index)
    progression = dates[reading]
    progressed, died = progression.notna(), progression.isna() & dates["death"].notna()
    end = progression.fillna(dates["death"]).fillna(dates["censored"])
    kind = np.select([progressed.to_numpy(), died.to_numpy()], ["progression", "death"], default="")
    censoring = np.where(dates["following"].notna(), "new_systemic_therapy", "last_contact")
    reason = np.where(kind == "", censoring, kind)
    decisive = _record_of(known, rows["patient_id"], progression, _BASIS.get(reading))
    source = decisive[["source_table", "source_file", "source_row"]].where(progressed, patient_source(rows))
    return event_table(rows, rows["clock_start"], end, progressed | died, kind, reason, source)


def _record_of(progressions: pd.DataFrame, patient_id: pd.Series, date: pd.Series, basis: str | None) -> pd.DataFrame:
    """The progression record of that day (and basis), one row per patient in their order."""
    if basis is not None:
        progressions = progressions[progressions["basis"].replace("reported", "imaging").eq(basis)]
    wanted = pd.DataFrame({"patient_id": patient_id.array, "date": date.array})
    records = progressions.drop_duplicates(["patient_id", "date"])
    return wanted.merge(records, on=["patient_id", "date"], how="left").set_index(patient_id.index)


def _source_regimens(treatments: pd.DataFrame) -> pd.DataFrame:
    """First day of each regimen that the source numbers: patient_id, start_date."""
    numbered = treatments[treatments["regimen_id"].notna() & treatments["start_date"].notna()]
    starts = numbered.groupby(["patient_id", "regimen_id"])["start_date"].min()
    return starts.reset_index()[["patient_id", "start_date"]]


def _first_after(rows: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """The first event of the patient strictly after the start of each row; missing where there is none."""
    ordered = events[["patient_id", "date"]].dropna().sort_values("date", kind="stable")
    wanted = rows.dropna().sort_values("start_date", kind="stable")
    if ordered.empty or wanted.empty:
        return pd.Series(np.datetime64("NaT"), index=rows.index, dtype=DATE)
    found = pd.merge_asof(
        wanted.reset_index(names="row"),
        ordered.assign(start_date=ordered["date"]).astype({"start_date": DATE}),
        on="start_date",
        by="patient_id",
        direction="forward",
        allow_exact_matches=False,
    )
    return found.set_index("row")["date"].reindex(rows.index).astype(DATE)
