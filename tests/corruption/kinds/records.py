"""Cells that contradict another cell, row or table of the same patient."""

import pandas as pd

from tests.corruption.damage import Damage, Hand, Mark, NotHereError, kind
from tests.corruption.kinds.common import not_counts_of_days

SUBJECT = "Across columns and tables"
DIED = {"registry": "死亡", "canonical": "death", "workbook": "死亡"}
ADJUVANT = {"registry": "辅助", "canonical": "adjuvant", "workbook": "辅助"}


def _in_row(hand: Hand, table: str, rows: pd.DataFrame, **texts: str) -> Damage:
    """Write texts into the columns of one of the rows."""
    not_counts_of_days(hand)
    at = hand.choice(rows.index.tolist())
    row = rows.loc[at]
    marks = []
    for column, text in texts.items():
        raw = row[f"{column}_raw"] if isinstance(row.get(f"{column}_raw"), str) else None
        cell = hand.of(table, column, row["source_file"], int(row["source_row"]), raw)
        if cell.text == text:
            continue
        marks.append(hand.put(cell, text))
    if not marks:
        raise NotHereError
    return hand.done(f"{row['patient_id']}: {texts}", *marks)


def _with_patients(hand: Hand, table: str) -> pd.DataFrame:
    patients = hand.study.table("patients")[["patient_id", "death_date", "stage", "stage_edition"]]
    return hand.study.table(table).merge(patients, on="patient_id", how="inner")


@kind(SUBJECT, "A treatment was stopped for death, the patient has no date of death")
def death_without_date(hand: Hand) -> Damage:
    rows = _with_patients(hand, "treatments")
    if hand.study.name == "workbook":
        rows = rows[rows["regimen_id"].eq("first_ici")]
    return _in_row(
        hand, "treatments", rows[rows["death_date"].isna()], stop_reason=DIED.get(hand.study.name, "")
    )  # fmt: skip


@kind(SUBJECT, "An adverse event is fatal, the patient has no date of death")
def fatal_event_of_the_living(hand: Hand) -> Damage:
    rows = _with_patients(hand, "adverse_events")
    return _in_row(hand, "adverse_events", rows[rows["death_date"].isna()], ctcae_grade="5")


@kind(SUBJECT, "A complete response has progressing or new lesions")
def complete_response_with_lesions(hand: Hand) -> Damage:
    rows = hand.study.table("assessments")
    lesions = (rows["progressing_lesions"] > 0) | (rows["new_lesions"] > 0)
    return _in_row(hand, "assessments", rows[lesions & ~rows["response"].eq("CR")], response="CR")


@kind(SUBJECT, "A stable disease has new lesions")
def stable_with_new_lesions(hand: Hand) -> Damage:
    rows = hand.study.table("assessments")
    stable = rows["response"].isin(["SD", "PR"]) & ~(rows["new_lesions"] > 0)
    return _in_row(hand, "assessments", rows[stable], new_lesions=str(hand.rng.randint(1, 4)))


@kind(SUBJECT, "A progression has neither progressing nor new lesions")
def progression_without_lesions(hand: Hand) -> Damage:
    rows = hand.study.table("assessments")
    seen = rows["response"].eq("PD") & rows["basis"].eq("imaging") & rows["progressing_lesions"].gt(0)
    return _in_row(hand, "assessments", rows[seen], progressing_lesions="0", new_lesions="0")


@kind(SUBJECT, "More organs than lesions progress")
def organs_exceed_lesions(hand: Hand) -> Damage:
    rows = hand.study.table("assessments")
    exact = rows["progressing_lesions_qualifier"].eq("exact") & rows["progressing_organs"].notna()
    exact &= ~rows["new_lesions_qualifier"].isin(["at_least", "range"])
    return _in_row(hand, "assessments", rows[exact], progressing_organs=str(hand.rng.randint(22, 29)))


@kind(SUBJECT, "A treatment starts with ECOG 5")
def ecog_of_the_dead(hand: Hand) -> Damage:
    rows = hand.study.table("treatments")
    return _in_row(hand, "treatments", rows[rows["ecog"].notna()], ecog="5")


@kind(SUBJECT, "A stage does not exist in its edition")
def stage_not_in_edition(hand: Hand) -> Damage:
    rows = hand.study.table("patients")
    return _in_row(hand, "patients", rows[rows["stage"].isin(["IIIC", "IVA", "IVB"])], stage_edition="7")


@kind(SUBJECT, "An ICI in stage IV is called adjuvant")
def adjuvant_in_stage_iv(hand: Hand) -> Damage:
    rows = _with_patients(hand, "treatments")
    late = rows["stage"].isin(["IV", "IVA", "IVB"]) & rows["drug_class"].isin(["PD-1", "PD-L1"])
    late &= rows["regimen_id"].ne("rechallenge")
    return _in_row(hand, "treatments", rows[late], intent=ADJUVANT.get(hand.study.name, ""))


@kind(SUBJECT, "A line of therapy is lower than the one before")
def line_goes_back(hand: Hand) -> Damage:
    rows = hand.study.table("treatments").sort_values(["patient_id", "start_date"])
    rows = rows[rows["line"].notna() & rows["start_date_precision"].eq("day") & ~rows["modality"].ne("systemic")]
    before = rows.groupby("patient_id")["line"].cummax().groupby(rows["patient_id"]).shift()
    earlier = rows.groupby("patient_id")["start_date"].shift()
    return _in_row(hand, "treatments", rows[(before >= 2) & (earlier < rows["start_date"])], line="1")


@kind(SUBJECT, "A regimen identifier is used again, for a later line")
def regimen_used_again(hand: Hand) -> Damage:
    rows = hand.study.table("treatments").sort_values(["patient_id", "start_date"])
    rows = rows[rows["regimen_id"].notna() & rows["line"].notna() & rows["start_date_precision"].eq("day")]
    first = rows.groupby("patient_id")[["regimen_id", "line"]].transform("first")
    later = rows[rows["line"] > first["line"]]
    at = hand.choice(later.index.tolist())
    return _in_row(hand, "treatments", later.loc[[at]], regimen_id=str(first.loc[at, "regimen_id"]))


@kind(SUBJECT, "The histology of a patient with an ICI is emptied")
def histology_lost(hand: Hand) -> Damage:
    return _emptied(hand, "histology")


@kind(SUBJECT, "The stage of a patient with an ICI is emptied")
def stage_lost(hand: Hand) -> Damage:
    return _emptied(hand, "stage")


def _emptied(hand: Hand, column: str) -> Damage:
    rows = hand.study.table("patients")
    treatments = hand.study.table("treatments")
    treated = treatments.loc[treatments["drug_class"].isin(["PD-1", "PD-L1"]), "patient_id"]
    known = rows["patient_id"].isin(treated) & rows[column].notna() & rows["advanced_date"].isna()
    return _in_row(hand, "patients", rows[known], **{column: hand.choice(["", "不详", "NA"])})


@kind(SUBJECT, "All scans of a patient with an ICI are lost")
def scans_of_a_patient_lost(hand: Hand) -> Damage:
    treatments = hand.study.table("treatments")
    return _rows_lost(hand, "assessments", treatments.loc[treatments["drug_class"].isin(["PD-1", "PD-L1"])])


@kind(SUBJECT, "All treatments of a patient are lost")
def treatments_of_a_patient_lost(hand: Hand) -> Damage:
    return _rows_lost(hand, "treatments", hand.study.table("treatments"))


def _rows_lost(hand: Hand, table: str, of: pd.DataFrame) -> Damage:
    if len(hand.study.files) == 1:
        raise NotHereError
    rows = hand.study.table(table)
    person = hand.choice(sorted(set(rows["patient_id"]) & set(of["patient_id"])))
    files = sorted({file for file, _ in hand.study.places(table, "patient_id")})
    lost = 0
    for file in files:
        sheet = hand.sheet(file)
        kept = [row for at, row in enumerate(sheet.rows) if at < sheet.head or hand.study.patient(file, row) != person]
        lost += len(sheet.rows) - len(kept)
        sheet.rows = kept
    mark = Mark(files[0], frozenset({10**9}), frozenset(), frozenset({person}))
    return hand.done(f"{lost} rows of {person} taken from {', '.join(files)}", mark, moved=True)


@kind(SUBJECT, "An immune-related event of a patient who never had an ICI")
def immune_event_without_ici(hand: Hand) -> Damage:
    treatments = hand.study.table("treatments")
    treated = treatments.loc[treatments["drug_class"].isin(["PD-1", "PD-L1", "CTLA-4"]), "patient_id"]
    blind = treatments.loc[treatments["drug_class"].eq("investigational"), "patient_id"]
    rows = hand.study.table("adverse_events")
    rows = rows[~rows["patient_id"].isin([*treated, *blind]) & ~rows["immune_related"].eq("yes")]
    return _in_row(hand, "adverse_events", rows, immune_related="是" if hand.study.name == "registry" else "yes")


@kind(SUBJECT, "The same drug is given twice over the same weeks")
def drug_overlaps(hand: Hand) -> Damage:
    not_counts_of_days(hand)
    if hand.study.name == "workbook":
        raise NotHereError
    rows = hand.study.table("treatments")
    length = (rows["end_date"] - rows["start_date"]).dt.days
    exact = rows["start_date_precision"].eq("day") & rows["end_date_precision"].eq("day")
    exact &= ~rows["modality"].ne("systemic")
    row = rows.loc[hand.choice(rows.index[exact & (length > 60)].tolist())]
    sheet = hand.sheet(row["source_file"])
    copy = list(sheet.rows[int(row["source_row"]) - 1])
    cell = hand.of("treatments", "start_date", row["source_file"], int(row["source_row"]), row["start_date_raw"])
    copy[cell.place] = f"{row['start_date'] + pd.Timedelta(days=hand.rng.randint(5, 40)):%Y-%m-%d}"
    sheet.rows.append(copy)
    mark = Mark(sheet.name, frozenset({len(sheet.rows)}), frozenset(), frozenset({row["patient_id"]}))
    return hand.done(f"{row['patient_id']}: {row['drug']} again from {copy[cell.place]}", mark, moved=True)


@kind(SUBJECT, "A measured lesion is called absent")
def lesion_contradicts_status(hand: Hand) -> Damage:
    rows = hand.study.table("lesions")
    return _in_row(hand, "lesions", rows[rows["diameter_mm"] > 0], status="absent")


@kind(SUBJECT, "A target lesion becomes a new one on a later scan")
def lesion_changes_role(hand: Hand) -> Damage:
    rows = hand.study.table("lesions")
    first = rows.groupby("patient_id")["assessment_date"].transform("min")
    return _in_row(hand, "lesions", rows[rows["assessment_date"] > first], role="non_target")


@kind(SUBJECT, "A lesion has lost its role")
def lesion_role_lost(hand: Hand) -> Damage:
    rows = hand.study.table("lesions")
    return _in_row(hand, "lesions", rows[rows["role"].notna()], role="")


@kind(SUBJECT, "A lesion has lost both its diameter and its status")
def lesion_finding_lost(hand: Hand) -> Damage:
    rows = hand.study.table("lesions")
    return _in_row(hand, "lesions", rows[rows["diameter_mm"] > 0], diameter_mm="", status="")
