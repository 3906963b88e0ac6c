"""Tumour assessments and lesions: responses against counts, iRECIST, gaps."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.clinical.progressions import INADEQUATE
from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.vocabulary import PROGRESSIVE

_COUNTS = ("progressing_lesions", "new_lesions")


def _positive(scans: pd.DataFrame, column: str) -> pd.Series:
    """The count is surely above zero (`at_most` is an upper bound and may be zero)."""
    return (scans[column] > 0) & ~scans[f"{column}_qualifier"].eq("at_most")


@rule(
    "error",
    "The response is CR, but progressing or new lesions are counted",
    "Correct the response or the counts: one of them is wrong.",
)
def cr_with_progressing_lesions(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    contradicted = _positive(scans, "progressing_lesions") | _positive(scans, "new_lesions")
    yield Hit("assessments", scans["response"].isin(["CR"]) & contradicted, "response", beside=_COUNTS)


@rule(
    "warning",
    "New lesions are counted, but the response is not progression",
    "Check the response: under RECIST 1.1 a new lesion is progression.",
)
def new_lesions_without_progression(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    where = scans["response"].isin(["PR", "SD", "NON_CR_NON_PD"]) & _positive(scans, "new_lesions")
    yield Hit("assessments", where, "response", beside=("new_lesions",))


@rule(
    "warning",
    "Progression on imaging with no progressing and no new lesion",
    "Enter the counts, or leave them empty where they are not known: 0 reads as oligo-progression.",
)
def progression_with_zero_lesions(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    seen = scans["response"].isin(PROGRESSIVE) & ~scans["basis"].eq("clinical")
    where = seen & scans["progressing_lesions"].eq(0) & ~(scans["new_lesions"] > 0)
    yield Hit("assessments", where, "progressing_lesions", beside=("new_lesions",))


@rule(
    "warning",
    "More organs than lesions are counted as progressing",
    "Correct the counts: each organ holds at least one lesion.",
)
def organs_exceed_lesions(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    exact = scans["progressing_lesions"].notna()
    for name in _COUNTS:
        exact &= scans[name].isna() | ~scans[f"{name}_qualifier"].isin(["at_least", "range"])
    lesions = scans["progressing_lesions"] + scans["new_lesions"].fillna(0)
    organs = scans["progressing_organs"].mask(scans["progressing_organs_qualifier"].eq("at_most"))
    yield Hit("assessments", exact & (organs > lesions), "progressing_organs", beside=_COUNTS)


@rule(
    "note",
    "Progression without a count of lesions",
    "Enter the count if it can be found; the pattern of progression stays unknown, never oligo.",
)
def lesion_count_missing(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    where = scans["response"].isin(PROGRESSIVE) & scans["progressing_lesions"].isna() & scans["new_lesions"].isna()
    # Measured lesions are counted themselves.
    where &= ~_on_a_day_of(scans, extract["lesions"])
    yield Hit("assessments", where, "progressing_lesions", beside=("assessment_date",))


@rule(
    "warning",
    "iCPD confirms an earlier iUPD, and none is on record",
    "Enter the iUPD, or write the response as PD.",
)
def icpd_without_iupd(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    at = pd.Series(extract.position("assessments"), index=scans.index)
    unconfirmed = scans["response"].eq("iUPD")
    first = extract.earliest("assessments", "assessment_date")[unconfirmed].groupby(at[unconfirmed]).min()
    before = extract.of_patient("assessments", first.reindex(extract["patients"].index))
    earlier = before < extract.latest("assessments", "assessment_date")
    yield Hit("assessments", scans["response"].eq("iCPD") & ~earlier, "response", beside=("assessment_date",))


@rule(
    "note",
    "iUPD is the last assessment: it was neither confirmed nor undone",
    "Nothing; under RECIST 1.1 it counts as progression.",
)
def iupd_not_followed(extract: Extract) -> Iterable[Hit]:
    scans = extract["assessments"]
    at = pd.Series(extract.position("assessments"), index=scans.index)
    last = extract.latest("assessments", "assessment_date").groupby(at).transform("max")
    where = scans["response"].eq("iUPD") & (extract.latest("assessments", "assessment_date") >= last)
    yield Hit("assessments", where, "response", beside=("assessment_date",))


@rule(
    "note",
    "A patient with an ICI has no evaluable assessment after its start and no date of progression",
    "Add the assessments if there were any. Progression-free survival is censored at 0 days (at last contact where the "
    "mapping declares that the source has dates of progression only).",
)
def ici_without_assessment(extract: Extract) -> Iterable[Hit]:
    patients, scans = extract["patients"], extract["assessments"]
    if patients.empty:
        return
    start = extract.of_patient("assessments", extract.first_start(extract.ici))
    usable = scans["response"].notna() & ~scans["response"].isin(INADEQUATE)
    seen = scans["patient_id"][usable & (extract.latest("assessments", "assessment_date") > start)]
    treatments = extract["treatments"]
    told = treatments["patient_id"][treatments["progression_date"].notna()]
    lesions = extract["lesions"]
    start = extract.of_patient("lesions", extract.first_start(extract.ici))
    measured = lesions["patient_id"][extract.latest("lesions", "assessment_date") > start]
    followed = patients["patient_id"].isin(pd.concat([seen, told, measured]))
    yield Hit("patients", extract.has_ici & ~followed, "patient_id")


@rule(
    "warning",
    "A lesion is dated on a day without an assessment",
    "Correct the date, or add the assessment of that day; the response is read from the lesions alone.",
)
def lesion_without_assessment(extract: Extract) -> Iterable[Hit]:
    lesions, scans = extract["lesions"], extract["assessments"]
    if lesions.empty or scans.empty:
        return
    start = extract.of_patient("lesions", extract.first_start(extract.systemic))
    # A scan before the first treatment is a baseline: nobody reports a response to it.
    baseline = extract.latest("lesions", "assessment_date") <= start
    where = lesions["assessment_date"].notna() & ~baseline & ~_on_a_day_of(lesions, scans)
    yield Hit("lesions", where, "assessment_date")


def _on_a_day_of(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Whether the patient has a row among `others` on the same day."""
    day = ["patient_id", "assessment_date"]
    known = rows[day].merge(others[day].drop_duplicates().assign(known=True), on=day, how="left")["known"]
    return pd.Series(known.eq(True).to_numpy(), index=rows.index)


CHECKS = (
    cr_with_progressing_lesions,
    new_lesions_without_progression,
    progression_with_zero_lesions,
    organs_exceed_lesions,
    lesion_count_missing,
    icpd_without_iupd,
    iupd_not_followed,
    ici_without_assessment,
    lesion_without_assessment,
)
