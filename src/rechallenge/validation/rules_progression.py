"""Progressions against treatments: what was recorded twice, never, or in an impossible order."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.validation.timeline import assessed_progressions, next_after, progressions, systemic_starts
from rechallenge.vocabulary import PROGRESSIVE

_OBJECTIVE = ("CR", "PR")
_NO_RESPONSE = ("SD", "PD", "NON_CR_NON_PD")


def _patients_of(extract: Extract, rows: pd.Series) -> pd.Series:
    at = pd.Series(extract.position("treatments"), index=extract["treatments"].index)[rows]
    return at[at >= 0]


def _next_progression(extract: Extract, rows: pd.Series) -> pd.DataFrame:
    """First progression after the start of each of the given treatments."""
    patient = _patients_of(extract, rows)
    start = extract.earliest("treatments", "start_date").reindex(patient.index)
    return next_after(patient, start, progressions(extract))


def _next_therapy(extract: Extract, rows: pd.Series) -> pd.Series:
    """Latest day of the first systemic start after the last dose of each of the given treatments."""
    patient = _patients_of(extract, rows)
    end = extract.latest("treatments", "end_date").fillna(extract.latest("treatments", "start_date"))
    return next_after(patient, end.reindex(patient.index), systemic_starts(extract))["last_day"]


@rule(
    "error",
    "The progression on a treatment is dated before its start",
    "Correct the date of progression or of the start.",
)
def progression_before_start(extract: Extract) -> Iterable[Hit]:
    last = extract.latest("treatments", "progression_date")
    where = last < extract.earliest("treatments", "start_date")
    yield Hit("treatments", where, "progression_date", beside=("start_date",))


@rule(
    "warning",
    "The progression on a treatment is dated on its first day",
    "Check the dates. It counts as an event of PFS at 0 days and is never an index progression.",
)
def progression_on_first_day(extract: Extract) -> Iterable[Hit]:
    last = extract.latest("treatments", "progression_date")
    where = last.eq(extract.earliest("treatments", "start_date"))
    yield Hit("treatments", where, "progression_date", beside=("start_date",))


@rule(
    "warning",
    "A progression is recorded on or before the start of the patient's first treatment",
    "Check the dates. It can be a relapse after a treatment that the extract does not hold.",
)
def progression_before_treatment(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    positions = extract.position("treatments")
    first = extract.earliest("treatments", "start_date").groupby(positions).min()
    start = extract.of_patient("assessments", first.reindex(extract["patients"].index))
    progressive = extract["assessments"]["response"].isin(PROGRESSIVE)
    where = progressive & (extract.latest("assessments", "assessment_date") <= start)
    if len(treatments):
        yield Hit("assessments", where, "assessment_date", beside=("response",), compared={"first treatment": start})


@rule(
    "warning",
    "An ICI was stopped for progression, but no progression is on record before the next therapy",
    "Enter the progression with its date; the reason for stopping alone never makes one.",
)
def stopped_for_progression_unrecorded(extract: Extract) -> Iterable[Hit]:
    rows = extract.ici & extract["treatments"]["stop_reason"].eq("progression")
    if not rows.any():
        return
    found = _next_progression(extract, rows)
    late = found["first_day"] > _next_therapy(extract, rows)
    where = (found["first_day"].isna() | late).reindex(rows.index, fill_value=False)
    yield Hit("treatments", where, "stop_reason", beside=("drug", "start_date", "end_date"))


@rule(
    "note",
    "An ICI went on after a recorded progression",
    "Nothing, if it was continued: it counts as treatment beyond progression.",
)
def treated_past_progression(extract: Extract) -> Iterable[Hit]:
    rows = extract.ici & extract["treatments"]["end_date"].notna()
    if not rows.any():
        return
    found = _next_progression(extract, rows)["last_day"].reindex(rows.index)
    where = extract.earliest("treatments", "end_date") > found
    yield Hit("treatments", where, "end_date", beside=("drug",), compared={"progression": found})


@rule(
    "note",
    "Another progression is recorded without a new systemic therapy in between",
    "Nothing: the first one counts.",
)
def several_progressions(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    at = pd.Series(extract.position("assessments"), index=scans.index)
    rows = pd.DataFrame({"patient": at, "day": scans["assessment_date"]})[scans["response"].eq("PD") & (at >= 0)]
    rows = rows.dropna().drop_duplicates().sort_values(["patient", "day"], kind="stable")
    if rows.empty:
        return
    before = rows.groupby("patient")["day"].shift()
    therapy = next_after(rows["patient"], rows["day"], systemic_starts(extract), "backward", same_day=True)["last_day"]
    again = before.notna() & ~(therapy >= before)
    yield Hit(
        "assessments",
        again.reindex(scans.index, fill_value=False),
        "assessment_date",
        compared={"progression before": before.reindex(scans.index)},
    )


@rule(
    "note",
    "A treatment has a date of progression, but the patient has no assessment with progression",
    "Add the assessment: lesion counts, and so the pattern of progression, come from it.",
)
def progression_without_assessment(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    if scans.empty:
        return
    seen = extract["treatments"]["patient_id"].isin(scans["patient_id"][scans["response"].isin(PROGRESSIVE)])
    yield Hit("treatments", extract["treatments"]["progression_date"].notna() & ~seen, "progression_date")


@rule(
    "warning",
    "The date of progression of a treatment differs from the first assessment with progression after its start",
    "Correct one of the two; the earlier one counts.",
)
def progression_dates_disagree(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    told = treatments["progression_date"].notna() & treatments["start_date"].notna()
    if not told.any():
        return
    patient = _patients_of(extract, told)
    start = extract.earliest("treatments", "start_date").reindex(patient.index)
    found = next_after(patient, start, assessed_progressions(extract)).reindex(treatments.index)
    apart = (found["first_day"] > extract.latest("treatments", "progression_date")) | (
        found["last_day"] < extract.earliest("treatments", "progression_date")
    )
    yield Hit("treatments", apart & told, "progression_date", compared={"assessment": found["first_day"]})


@rule(
    "warning",
    "The best response of an ICI contradicts its dated assessments",
    "Correct the best response or the assessments; the dated assessments count.",
)
def best_response_disagrees(extract: Extract) -> Iterable[Hit]:
    treatments, scans = extract["treatments"], extract["assessments"]
    stated = extract.ici & treatments["best_response"].isin([*_OBJECTIVE, *_NO_RESPONSE])
    if scans.empty or not stated.any():
        return
    rows = pd.DataFrame(
        {
            "patient_id": treatments["patient_id"],
            "best": treatments["best_response"],
            "start": extract.earliest("treatments", "start_date"),
        }
    )[stated]
    rows["until"] = _next_progression(extract, stated)["last_day"].reindex(rows.index)
    therapy = _next_therapy(extract, stated).reindex(rows.index)
    rows["until"] = rows[["until"]].assign(therapy=therapy).min(axis=1)
    dated = scans.loc[scans["assessment_date"].notna() & ~scans["response"].eq("NE")]
    pairs = rows.reset_index(names="row").merge(dated[["patient_id", "assessment_date", "response"]], on="patient_id")
    inside = (pairs["assessment_date"] > pairs["start"]) & ~(pairs["assessment_date"] > pairs["until"])
    seen = pairs[inside]
    # Where nothing but the progression is dated, the scans before it are not on record and contradict nothing.
    scanned = seen.loc[~seen["response"].isin(PROGRESSIVE), "row"]
    seen = seen[seen["row"].isin(scanned)]
    objective = seen["response"].isin(_OBJECTIVE).groupby(seen["row"]).any().astype("boolean").reindex(rows.index)
    differs = (objective != rows["best"].isin(_OBJECTIVE)).fillna(False).astype(bool)
    where = differs.reindex(treatments.index, fill_value=False)
    yield Hit("treatments", where, "best_response", beside=("drug", "start_date"))


CHECKS = (
    progression_before_start,
    progression_on_first_day,
    progression_before_treatment,
    stopped_for_progression_unrecorded,
    treated_past_progression,
    several_progressions,
    progression_without_assessment,
    progression_dates_disagree,
    best_response_disagrees,
)
