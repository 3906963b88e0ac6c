"""The first ICI of each patient: its drug, its exposure, the index progression, and whether it was monotherapy.

Definitions: "The defaults, one sentence each" of the clinical reference, restated in `docs/definitions.md`.
"""

from typing import Final

import pandas as pd

from rechallenge.clinical.exposures import days, overlaps
from rechallenge.clinical.progressions import first_progression
from rechallenge.clinical.regimens import joined
from rechallenge.dates import at_most
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import EpisodeSettings
from rechallenge.vocabulary import EARLIER_INTENTS

_PROGRESSION: Final = {
    "date": "index_progression_date",
    "precision": "index_progression_precision",
    "basis": "index_progression_basis",
    "source_table": "index_progression_table",
    "source_file": "index_progression_source_file",
    "source_row": "index_progression_source_row",
    "lesions": "progressing_lesions",
    "lesions_at_most": "progressing_lesions_at_most",
    "organs": "progressing_organs",
    "organs_at_most": "progressing_organs_at_most",
    "confirmed": "progression_confirmed",
}


def first_ici(
    exposures: pd.DataFrame, progressions: pd.DataFrame, definitions: DefinitionSettings, cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Return one row per patient who ever had an ICI, indexed by patient_id.

    The first ICI is the first ICI exposure ever recorded; ICIs that start on that day are one combination.
    Index progression is the first PD strictly after its start, on or before the start of any other systemic
    therapy and the cut-off. The exposure takes in restarts of the same drug within the continuation gap
    (treatment beyond progression) and every restart without index progression, unless such a restart is a
    re-exposure by definition (`re_exposure.progression_required: false`). What starts after the cut-off,
    or after other systemic therapy took the place of the first ICI, says nothing about it.
    """
    settings = definitions.episodes
    # Where a re-exposure needs no progression, a restart of the same ICI is one, and no part of the first exposure.
    restarts_apart = definitions.re_exposure.progression_required is False
    icis = exposures[exposures["is_ici"]]
    start = icis.groupby("patient_id")["start_date"].min()
    opening = icis[icis["start_date"].eq(icis["patient_id"].map(start))]
    course = _opening_columns(opening)
    pairs = exposures.merge(
        course.reset_index()[["patient_id", "first_ici_start"]], on="patient_id", how="inner"
    ).merge(opening[["patient_id", "drug"]].assign(is_first_drug=True), on=["patient_id", "drug"], how="left")
    pairs["is_first_drug"] = pairs["is_first_drug"].eq(True)
    course["next_systemic_start"] = _next_systemic_start(pairs, settings, restarts_apart=restarts_apart)
    course = course.join(_index_progression(course, progressions, cutoff))
    pairs = pairs.merge(course[["index_progression_date"]].reset_index(), on="patient_id", how="left")
    own = _own_exposures(pairs, course, cutoff, restarts_apart=restarts_apart)
    last = own.sort_values(["patient_id", "end_date", "end_imputed"], kind="stable").drop_duplicates(
        "patient_id", keep="last"
    )
    ends = last.set_index("patient_id")[["end_date", "end_imputed", "stop_reason"]]
    course[["first_ici_end", "first_ici_end_imputed", "first_ici_stop_reason"]] = ends
    course["first_ici_monotherapy"] = course["first_ici_drugs_n"].eq(1) & ~course.index.isin(
        _companions(pairs[pairs["start_date"] <= cutoff], own, settings)
    )
    since_dose = course["index_progression_date"] - course["first_ici_end"]
    course["late_progression"] = since_dose > days(settings.late_progression_days)
    after = own.assign(dosed_after=own["end_date"] > own["index_progression_date"])
    beyond = after.groupby("patient_id")["dosed_after"].any() & ~course["first_ici_end_imputed"]
    course["treated_beyond_progression"] = beyond.reindex(course.index).eq(True)
    return course


def _own_exposures(
    pairs: pd.DataFrame, course: pd.DataFrame, cutoff: pd.Timestamp, *, restarts_apart: bool
) -> pd.DataFrame:
    """The exposures that make up the first ICI."""
    if restarts_apart:
        return pairs[pairs["is_first_drug"] & pairs["start_date"].eq(pairs["first_ici_start"])]
    pairs = pairs.merge(course[["next_systemic_start"]].reset_index(), on="patient_id", how="left")
    progression, therapy, start = pairs["index_progression_date"], pairs["next_systemic_start"], pairs["start_date"]
    before_therapy = progression.notna() | therapy.isna() | (start <= therapy)
    before_progression = progression.isna() | (start < progression)
    known = (start <= cutoff) | start.eq(pairs["first_ici_start"])
    return pairs[pairs["is_first_drug"] & before_progression & before_therapy & known]


def _opening_columns(opening: pd.DataFrame) -> pd.DataFrame:
    # Of several ICIs of one day, one given before or after surgery or radiotherapy makes the exposure an earlier one.
    early = opening["intent"].isin(EARLIER_INTENTS)
    ordered = opening.assign(_rank=early.map({True: 0, False: 1})).sort_values(
        ["patient_id", "_rank", "drug", "source_file", "source_row"], kind="stable"
    )
    by_patient = ordered.groupby("patient_id")
    first = ordered.drop_duplicates("patient_id").set_index("patient_id")
    return pd.DataFrame(
        {
            "first_ici_drug": joined(ordered, ["patient_id"]),
            "first_ici_drugs_n": by_patient["drug"].nunique(),
            "first_ici_start": first["start_date"],
            "first_ici_start_precision": first["start_date_precision"],
            "first_ici_intent": first["intent"],
            "first_ici_line": first["line"],
            "first_ici_ecog": first["ecog"],
            "first_ici_source_file": first["source_file"],
            "first_ici_source_row": first["source_row"],
        }
    )


def _next_systemic_start(pairs: pd.DataFrame, settings: EpisodeSettings, *, restarts_apart: bool) -> pd.Series:
    """Start of the first other systemic therapy; a drug inside the combination window belongs to the first ICI."""
    after = pairs["start_date"] > pairs["first_ici_start"] + days(settings.combination_window_days)
    starts: pd.Series = (
        pairs[(~pairs["is_first_drug"] | restarts_apart) & after].groupby("patient_id")["start_date"].min()
    )
    return starts


def _index_progression(course: pd.DataFrame, progressions: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    patient_id = course.index.to_series()
    until = at_most(course["next_systemic_start"].fillna(cutoff), cutoff)
    found = first_progression(progressions, patient_id, course["first_ici_start"], until)
    return found[list(_PROGRESSION)].rename(columns=_PROGRESSION)


def _companions(pairs: pd.DataFrame, own: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """Patients whose first ICI had another systemic antineoplastic beside it."""
    others = pairs[~pairs["is_first_drug"]]
    near = (others["start_date"] - others["first_ici_start"]).abs() <= days(settings.combination_window_days)
    mine = own[["patient_id", "start_date", "end_date", "end_imputed"]].add_prefix("own_")
    both = others.merge(mine, left_on="patient_id", right_on="own_patient_id")
    shared = overlaps(
        both["own_start_date"], both["own_end_date"], both["own_end_imputed"],
        both["start_date"], both["end_date"], both["end_imputed"],
    )  # fmt: skip
    if settings.monotherapy_overlap == "until_index_progression":
        shared &= ~(both["start_date"] >= both["index_progression_date"])
    found: pd.Series = pd.concat([others.loc[near, "patient_id"], both.loc[shared, "patient_id"]])
    return found
