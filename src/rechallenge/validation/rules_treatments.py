"""Treatments: drugs, intervals, lines, regimens."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.vocabulary import INVESTIGATIONAL

_STAGE_IV = ("IV", "IVA", "IVB")


@rule("error", "The last dose is dated before the first", "Correct the start or the end of the treatment.")
def end_before_start(extract: Extract) -> Iterable[Hit]:
    where = extract.latest("treatments", "end_date") < extract.earliest("treatments", "start_date")
    yield Hit("treatments", where, "end_date", beside=("start_date",))


@rule(
    "error",
    "The drug is not in the drug dictionary",
    "Correct the spelling, or add the drug to the dictionary with its class. It is never guessed.",
)
def drug_not_in_dictionary(extract: Extract) -> Iterable[Hit]:
    if not extract.drug_names:
        return
    treatments = extract["treatments"]
    known = {*extract.drug_names, INVESTIGATIONAL}
    yield Hit("treatments", extract.systemic & treatments["drug"].notna() & ~treatments["drug"].isin(known), "drug")


@rule(
    "warning",
    "The drug is a blinded or coded trial drug: its class is unknown, and it may be an ICI",
    "Enter the drug if the trial has been unblinded.",
)
def drug_investigational(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    where = treatments["drug"].eq(INVESTIGATIONAL) | treatments["drug_class"].eq(INVESTIGATIONAL)
    yield Hit("treatments", where, "drug")


@rule(
    "warning",
    "The drug was given before its first approval",
    "Check the date and the drug; patients in trials are a good reason.",
)
def drug_before_approval(extract: Extract) -> Iterable[Hit]:
    if not extract.approvals:
        return
    approved = pd.to_datetime(extract["treatments"]["drug"].astype(object).map(extract.approvals))
    where = extract.latest("treatments", "start_date") < approved
    yield Hit("treatments", where, "start_date", beside=("drug",), compared={"approved from": approved})


@rule(
    "warning",
    "Two intervals of the same drug overlap",
    "Check whether they are one interval; they are analysed as one exposure.",
)
def same_drug_overlaps(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    usable = treatments["drug"].notna() & treatments["start_date"].notna() & treatments["patient_id"].notna()
    # A local therapy is an event: two of them on one site are not one interval.
    rows = treatments[usable & extract.systemic][["patient_id", "drug", "start_date"]].copy()
    rows["first_day"] = extract.latest("treatments", "start_date").reindex(rows.index)
    end = extract.earliest("treatments", "end_date").reindex(rows.index)
    rows["last_day"] = end.where(end >= rows["start_date"], rows["start_date"])
    rows = rows.sort_values(["patient_id", "drug", "start_date"], kind="stable")
    drug = [rows["patient_id"], rows["drug"]]
    previous = pd.to_datetime(rows["last_day"].astype("int64").groupby(drug).cummax().groupby(drug).shift())
    # Rows of one start are duplicates, which have rules of their own.
    same_start = rows.duplicated(["patient_id", "drug", "start_date"], keep=False)
    overlapping = ((rows["first_day"] < previous) & ~same_start).reindex(treatments.index, fill_value=False)
    yield Hit(
        "treatments",
        overlapping,
        "start_date",
        beside=("drug",),
        compared={"the interval before ends": previous.reindex(treatments.index)},
    )


@rule(
    "note",
    "An ICI has no last dose",
    "Enter it if it can be found; it is taken at the next systemic therapy, death, last contact or cut-off.",
)
def ici_end_missing(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    yield Hit("treatments", extract.ici & treatments["end_date"].isna() & treatments["start_date"].notna(), "end_date")


@rule(
    "warning",
    "A treatment has a reason for stopping but no last dose",
    "Enter the date of the last dose.",
)
def stopped_without_end(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    stopped = treatments["stop_reason"].notna() & ~treatments["stop_reason"].eq("ongoing")
    where = stopped & treatments["end_date"].isna() & extract.systemic
    yield Hit("treatments", where, "end_date", beside=("drug", "stop_reason"))


@rule(
    "warning",
    "The line of therapy is lower than that of an earlier treatment",
    "Check the line and the dates.",
)
def line_goes_back(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    usable = extract.systemic & treatments["line"].notna() & treatments["start_date"].notna()
    rows = treatments[usable & treatments["patient_id"].notna()][["patient_id", "line"]].copy()
    rows["earliest"] = extract.earliest("treatments", "start_date").reindex(rows.index)
    rows["latest"] = extract.latest("treatments", "start_date").reindex(rows.index)
    rows = rows.sort_values(["patient_id", "earliest", "line"], kind="stable")
    highest = rows.groupby("patient_id")["line"].cummax()
    # Only rows that surely start after the row before them: days within a month have no order.
    later = rows["earliest"] > rows.groupby("patient_id")["latest"].shift()
    back = ((rows["line"] < highest) & later).reindex(treatments.index, fill_value=False)
    yield Hit("treatments", back, "line", beside=("start_date",), compared={"highest line before": highest})


@rule(
    "warning",
    "One regimen identifier is used with different lines of therapy",
    "Give each regimen its own identifier, or correct the line.",
)
def regimen_lines_differ(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    rows = treatments[treatments["regimen_id"].notna() & treatments["line"].notna() & treatments["patient_id"].notna()]
    lines = rows.groupby(["patient_id", "regimen_id"])["line"].agg(["min", "max"])
    several = lines.index[lines["min"] != lines["max"]]
    named = pd.MultiIndex.from_frame(rows[["patient_id", "regimen_id"]])
    where = pd.Series(named.isin(several), index=rows.index).reindex(treatments.index, fill_value=False)
    yield Hit("treatments", where, "regimen_id", beside=("line", "drug"))


@rule(
    "warning",
    "One regimen identifier is used again after another regimen",
    "Give the later regimen an identifier of its own.",
)
def regimen_id_used_again(extract: Extract) -> Iterable[Hit]:
    treatments = extract["treatments"]
    usable = extract.systemic & treatments["regimen_id"].notna() & treatments["start_date"].notna()
    rows = treatments[usable & treatments["patient_id"].notna()][["patient_id", "regimen_id"]].copy()
    rows["start"] = extract.earliest("treatments", "start_date").reindex(rows.index)
    rows["latest"] = extract.latest("treatments", "start_date").reindex(rows.index)
    rows = rows.sort_values(["patient_id", "start", "regimen_id"], kind="stable")
    before = rows.groupby("patient_id")[["regimen_id", "latest"]].shift()
    new = ~rows["regimen_id"].eq(before["regimen_id"])
    seen = rows.duplicated(["patient_id", "regimen_id"])
    again = (new & seen & (rows["start"] > before["latest"])).reindex(treatments.index, fill_value=False)
    yield Hit("treatments", again, "regimen_id", beside=("drug", "start_date"))


@rule(
    "warning",
    "An ICI has the intent neoadjuvant or adjuvant in a patient diagnosed with stage IV",
    "Check the intent or the stage: an earlier perioperative ICI makes the patient ineligible.",
)
def intent_against_stage(extract: Extract) -> Iterable[Hit]:
    stage = extract.of_patient("treatments", extract["patients"]["stage"])
    perioperative = extract["treatments"]["intent"].isin(["neoadjuvant", "adjuvant"])
    yield Hit("treatments", extract.ici & perioperative & stage.isin(_STAGE_IV), "intent", patient=("stage",))


@rule(
    "warning",
    "ECOG 5 means dead, and stands at the start of a treatment",
    "Correct the performance status.",
)
def ecog_5_at_start(extract: Extract) -> Iterable[Hit]:
    yield Hit("treatments", extract["treatments"]["ecog"].eq(5), "ecog", beside=("start_date",))


@rule(
    "warning",
    "The value must be a whole number",
    "Correct the value.",
)
def number_not_whole(extract: Extract) -> Iterable[Hit]:
    counts = (
        ("treatments", "line"),
        ("treatments", "ecog"),
        ("assessments", "progressing_lesions"),
        ("assessments", "progressing_organs"),
        ("assessments", "new_lesions"),
        ("adverse_events", "ctcae_grade"),
    )
    for table, column in counts:
        values = extract[table][column]
        yield Hit(table, values.notna() & (values % 1 != 0), column)


CHECKS = (
    end_before_start,
    drug_not_in_dictionary,
    drug_investigational,
    drug_before_approval,
    same_drug_overlaps,
    ici_end_missing,
    stopped_without_end,
    line_goes_back,
    regimen_lines_differ,
    regimen_id_used_again,
    intent_against_stage,
    ecog_5_at_start,
    number_not_whole,
)
