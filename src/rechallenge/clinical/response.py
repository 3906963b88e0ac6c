"""Best overall response to a treatment, and the date of the first response."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.settings.classes import ResponseSettings
from rechallenge.tables import DATE, TEXT
from rechallenge.vocabulary import ICI_CLASSES, PROGRESSIVE

# RECIST 1.1, Table 3; a non-measurable patient's best is "neither CR nor PD", which ranks with SD.
_RANK: Final = {"CR": 0, "PR": 1, "SD": 2, "PD": 3, "NE": 4}
_RESPONSES: Final = ("CR", "PR")


@dataclass(frozen=True)
class Treatment:
    """The columns of the course that bound the assessments of a treatment."""

    start: str
    progression: str
    progression_table: str | None
    next_therapy: str


FIRST_ICI: Final = Treatment(
    "first_ici_start", "index_progression_date", "index_progression_table", "next_systemic_start"
)
RECHALLENGE: Final = Treatment(
    "rechallenge_start", "rechallenge_progression_date", None, "rechallenge_next_systemic_start"
)


def best_response(
    course: pd.DataFrame,
    assessments: pd.DataFrame,
    treatments: pd.DataFrame,
    settings: ResponseSettings,
    cutoff: pd.Timestamp,
    *,
    treatment: Treatment = FIRST_ICI,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return best_response, response_known and response_date per patient of `course`, in its order.

    Evaluated assessments count strictly after the start of the treatment, strictly before its progression, and
    on or before the next systemic therapy and the cut-off; SD needs `stable_disease_days`, earlier it is NE, and so
    is a progression that does not count. Where confirmation is required, CR and PR need to be seen again at least
    `confirmation_days` later (RECIST 1.1, section 4.6); else they are SD, with the minimum of SD. Without an evaluable
    one, the response that the source reports for the treatment stands. Otherwise progression gives PD.
    `response_known` is false where nothing but a progression date is on record in a source that has no scans.
    `response_date` is the first CR or PR among the assessments.
    """
    window = pd.DataFrame(
        {
            "patient_id": course["patient_id"],
            "_start": course[treatment.start],
            "_progression": course[treatment.progression],
            "_next": course[treatment.next_therapy],
        }
    )
    seen = assessments.merge(window.dropna(subset=["_start"]), on="patient_id", how="inner")
    on_treatment = (seen["assessment_date"] > seen["_start"]) & (seen["assessment_date"] <= cutoff)
    on_treatment &= seen["_next"].isna() | (seen["assessment_date"] <= seen["_next"])
    before = seen["_progression"].isna() | (seen["assessment_date"] < seen["_progression"])
    inside = _counted(seen[on_treatment & before], settings)
    patient_id = course["patient_id"]
    from_scans = patient_id.map(_best(inside["patient_id"], inside["response"]))
    told = patient_id.map(_reported(treatments, window))
    evaluable = from_scans.isin(["CR", "PR", "SD"])
    best = from_scans.where(evaluable, told.where(told.notna() & ~told.eq("NE"), from_scans))
    progressed = course[treatment.progression].notna()
    weak = ~best.isin(["CR", "PR", "SD"])
    best = best.mask(weak & progressed, "PD")
    assessed = patient_id.isin(set(seen.loc[on_treatment, "patient_id"]))
    known = told.notna() & ~told.eq("NE")
    if not progression_dates_only:
        scanned = treatment.progression_table is None or course[treatment.progression_table].eq("assessments")
        known |= assessed | progressed & scanned
    best = best.where(known | ~weak)
    responses = inside[inside["response"].isin(_RESPONSES)]
    first = responses.groupby("patient_id")["assessment_date"].min()
    return pd.DataFrame(
        {
            "best_response": best.astype(TEXT),
            "response_known": known.astype(bool),
            "response_date": patient_id.map(first).astype(DATE),
        },
        index=course.index,
    )


def _counted(inside: pd.DataFrame, settings: ResponseSettings) -> pd.DataFrame:
    """The assessments with the response that counts: confirmed where asked, SD only after its minimum."""
    response = inside["response"].mask(inside["response"].isin(PROGRESSIVE), "NE")
    if settings.confirmation == "required":
        response = _confirmed(inside, response, days(settings.confirmation_days))
    stable = response.isin(["SD", "NON_CR_NON_PD"])
    early = (inside["assessment_date"] - inside["_start"]) < days(settings.stable_disease_days)
    return inside.assign(response=response.mask(stable, "SD").mask(stable & early, "NE"))


def _confirmed(inside: pd.DataFrame, response: pd.Series, least: pd.Timedelta) -> pd.Series:
    """CR is confirmed by a later CR, PR by a later CR or PR; a CR that only a PR confirms is PR, others are SD."""
    date, patient_id = inside["assessment_date"], inside["patient_id"]

    def seen_again(wanted: tuple[str, ...]) -> pd.Series:
        latest = date[response.isin(wanted)].groupby(patient_id).max()
        return patient_id.map(latest) >= date + least

    complete, any_response = seen_again(("CR",)), seen_again(_RESPONSES)
    kept = np.select(
        [
            (response.eq("CR") & complete).to_numpy(bool),
            (response.isin(_RESPONSES) & any_response).to_numpy(bool),
            response.isin(_RESPONSES).to_numpy(bool),
        ],
        ["CR", "PR", "SD"],
        default="",
    )
    return response.mask(kept != "", pd.Series(kept, index=response.index, dtype="object").astype(TEXT))


def _best(patient_id: pd.Series, response: pd.Series) -> pd.Series:
    response = response.replace(dict.fromkeys(PROGRESSIVE, "PD"))
    ranked = pd.DataFrame({"patient_id": patient_id, "response": response, "rank": response.map(_RANK)})
    ranked = ranked.dropna(subset=["rank"]).sort_values(["patient_id", "rank"], kind="stable")
    return ranked.drop_duplicates("patient_id").set_index("patient_id")["response"]


def _reported(treatments: pd.DataFrame, window: pd.DataFrame) -> pd.Series:
    """The best response that the source itself gives for the ICI of the treatment (sources without dated scans)."""
    rows = treatments[treatments["best_response"].notna() & treatments["drug_class"].isin(ICI_CLASSES)]
    rows = rows.merge(window[["patient_id", "_start"]], on="patient_id", how="inner")
    own = rows["start_date"].eq(rows["_start"])
    return _best(rows.loc[own, "patient_id"], rows.loc[own, "best_response"].replace("NON_CR_NON_PD", "SD"))
