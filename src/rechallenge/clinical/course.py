"""The course of each patient: first ICI, index progression, rechallenge and follow-up, one row per patient."""

from typing import Any, Final

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.clinical.first_ici import first_ici
from rechallenge.clinical.progressions import first_progression, progression_records
from rechallenge.clinical.re_exposure import rechallenge
from rechallenge.dates import at_most
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.tables import DATE, TEXT

_TEXT: Final = (
    "first_ici_drug", "first_ici_start_precision", "first_ici_stop_reason", "first_ici_intent", "first_ici_source_file",
    "index_progression_precision", "index_progression_basis", "index_progression_table",
    "index_progression_source_file", "rechallenge_precision", "rechallenge_drugs",
    "rechallenge_ici", "rechallenge_type", "rechallenge_kind", "rechallenge_source_file", "patient_source_file",
)  # fmt: skip
_DATES: Final = (
    "first_ici_start", "first_ici_end", "next_systemic_start", "index_progression_date", "rechallenge_start",
    "rechallenge_end", "rechallenge_progression_date", "rechallenge_next_systemic_start", "last_alive_date",
    "death_date",
)  # fmt: skip
_NUMBERS: Final = (
    "first_ici_drugs_n", "first_ici_line", "first_ici_ecog", "first_ici_source_row", "progressing_lesions",
    "progressing_lesions_at_most", "progressing_organs", "progressing_organs_at_most", "index_progression_source_row",
    "rechallenge_ecog", "rechallenge_line",
    "rechallenge_progressing_lesions", "rechallenge_progressing_lesions_at_most", "rechallenge_progressing_organs",
    "rechallenge_progressing_organs_at_most", "rechallenge_source_row", "patient_source_row",
)  # fmt: skip
_FLAGS: Final = (
    "first_ici_end_imputed", "rechallenge_end_imputed", "first_ici_monotherapy", "late_progression",
    "treated_beyond_progression", "progression_confirmed",
    "rechallenge_in_window", "same_ici", "interval_treatment_systemic", "interval_treatment_local",
    "local_therapy_at_progression", "last_alive_imputed",
)  # fmt: skip
COLUMNS: Final = ("patient_id", *_TEXT, *_DATES, *_NUMBERS, *_FLAGS)
_RECHALLENGE_PROGRESSION: Final = {
    "date": "rechallenge_progression_date",
    "lesions": "rechallenge_progressing_lesions",
    "lesions_at_most": "rechallenge_progressing_lesions_at_most",
    "organs": "rechallenge_progressing_organs",
    "organs_at_most": "rechallenge_progressing_organs_at_most",
}
LOCAL: Final = ("radiotherapy", "surgery", "ablation")


def build_course(
    patients: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    exposures: pd.DataFrame,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    window: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Return one row per patient of `patients`, sorted by patient_id, with the columns COLUMNS.

    `assessments` are the evaluated ones (see `assessments.evaluated`), `definitions` resolved.

    Columns of the first ICI, index progression and rechallenge are missing (flags false) where there was
    none. `last_alive_date` is the last date known alive, or the death, at most the cut-off.
    """
    progressions = progression_records(assessments, treatments)
    course = first_ici(exposures, progressions, definitions, cutoff)
    course["progression_confirmed"] = _confirmed(course, patients, definitions, cutoff)
    course = course.join(rechallenge(exposures, course, definitions, window))
    course = course.join(_rechallenge_progression(course, progressions, cutoff))
    course["interval_treatment_local"] = _local_between(treatments, course, "first_ici_end", "rechallenge_start")
    course["local_therapy_at_progression"] = _local_at_progression(treatments, course, cutoff)
    base = patients[["patient_id", "death_date", "last_contact_date", "source_file", "source_row"]]
    base = base.rename(columns={"source_file": "patient_source_file", "source_row": "patient_source_row"})
    rows = base.merge(course.reset_index(), on="patient_id", how="left").sort_values("patient_id", kind="stable")
    rows = rows.assign(**_last_alive(rows, treatments, assessments, cutoff)).reset_index(drop=True)
    rows = rows.reindex(columns=list(COLUMNS))
    for name in _FLAGS:
        rows[name] = rows[name].eq(True)
    kinds: dict[str, Any] = {**dict.fromkeys(_TEXT, TEXT), **dict.fromkeys(_DATES, DATE), "patient_id": TEXT}
    return rows.astype(kinds | dict.fromkeys(_NUMBERS, "float64"))


def _confirmed(
    course: pd.DataFrame, patients: pd.DataFrame, definitions: DefinitionSettings, cutoff: pd.Timestamp
) -> pd.Series:
    """Whether index progression was seen again, or needs no second scan: clinical, or soon followed by death.

    SITC (Kluger 2020, Table 1) asks for the second scan unless there is rapid deterioration.
    """
    date = course["index_progression_date"]
    death = course.index.to_series().map(patients.set_index("patient_id")["death_date"])
    rapid = (death <= date + days(definitions.progression.confirmation_min_days)) & (death <= cutoff)
    clinical = course["index_progression_basis"].eq("clinical")
    return date.notna() & (course["progression_confirmed"].eq(True) | clinical | rapid)


def _rechallenge_progression(course: pd.DataFrame, progressions: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """The first progression on rechallenge: after its start, up to the next systemic therapy and the cut-off."""
    patient_id, start = course.index.to_series(), course["rechallenge_start"]
    limit = at_most(course["rechallenge_next_systemic_start"].fillna(cutoff), cutoff)
    found = first_progression(progressions, patient_id, start, limit, from_first_day=True)
    return found[list(_RECHALLENGE_PROGRESSION)].rename(columns=_RECHALLENGE_PROGRESSION)


def _local_rows(treatments: pd.DataFrame, course: pd.DataFrame, bounds: list[str]) -> pd.DataFrame:
    local = treatments[treatments["modality"].isin(LOCAL)][["patient_id", "start_date"]]
    return local.merge(course[bounds].reset_index(), on="patient_id", how="inner")


def _local_between(treatments: pd.DataFrame, course: pd.DataFrame, after: str, before: str) -> pd.Series:
    rows = _local_rows(treatments, course, [after, before])
    inside = (rows["start_date"] > rows[after]) & (rows["start_date"] < rows[before])
    return pd.Series(course.index.isin(rows.loc[inside, "patient_id"]), index=course.index)


def _local_at_progression(treatments: pd.DataFrame, course: pd.DataFrame, cutoff: pd.Timestamp) -> pd.Series:
    """Local therapy from index progression up to rechallenge (or the next systemic therapy, or the cut-off)."""
    bounds = course[["index_progression_date"]].assign(
        limit=course["rechallenge_start"].fillna(course["next_systemic_start"]).fillna(cutoff)
    )
    rows = _local_rows(treatments, bounds, ["index_progression_date", "limit"])
    inside = (rows["start_date"] >= rows["index_progression_date"]) & (rows["start_date"] <= rows["limit"])
    return pd.Series(course.index.isin(rows.loc[inside, "patient_id"]), index=course.index)


def _last_alive(
    rows: pd.DataFrame, treatments: pd.DataFrame, assessments: pd.DataFrame, cutoff: pd.Timestamp
) -> dict[str, pd.Series]:
    """Last date known alive; where the source has none, the latest dated record stands in and is flagged."""
    dates = [(treatments, "start_date"), (treatments, "end_date"), (assessments, "assessment_date")]
    seen = pd.concat(
        [rows_of[["patient_id", name]].set_axis(["patient_id", "date"], axis=1) for rows_of, name in dates]
    )
    latest = rows["patient_id"].map(seen.groupby("patient_id")["date"].max())
    known = rows["death_date"].fillna(rows["last_contact_date"])
    return {
        "last_alive_date": at_most(known.fillna(latest), cutoff),
        "last_alive_imputed": known.isna() & latest.notna(),
    }
