"""An extract that must not pass: errors of many kinds, a few of each, put into the rendered cells."""

import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.words import ASSESSMENT_HEADERS as A
from rechallenge.simulation.words import EVENT_HEADERS as E
from rechallenge.simulation.words import PATIENT_HEADERS as P
from rechallenge.simulation.words import TREATMENT_HEADERS as T


def break_extract(rng: Generator, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with errors that a data manager must mend before any study can run.

    Patients: no identifier, born after the diagnosis, dead before the diagnosis, entered twice with another stage,
    an impossible tumour proportion score and an unknown histology. Treatments: an unknown drug, no drug, no start,
    a day that does not exist, an end before the start, a start after the cut-off of life, an unknown patient, ECOG 7.
    Assessments: an unknown patient, an unknown response, a count of -2, complete response with new lesions. Adverse
    events: grade 7, a fatal one of a living patient.
    """
    patients, treatments = tables["patients"].copy(), tables["treatments"].copy()
    assessments, events = tables["assessments"].copy(), tables["adverse_events"].copy()

    row = _rows(rng, patients, 8)
    patients.loc[row[0], P["patient_id"]] = ""
    patients.loc[row[1], P["birth"]] = "2031-02-03"
    patients.loc[row[2], P["death"]] = "2001-05-06"
    again = patients.loc[[row[3]]].assign(**{P["stage"]: "IIA"})
    patients.loc[row[4], P["pd_l1_tps"]] = "150%"
    patients.loc[row[5], P["histology"]] = "恶性肿瘤"
    patients.loc[row[6], P["last_contact"]] = ""
    patients.loc[row[6], P["death"]] = ""
    patients.loc[row[7], P["diagnosis"]] = "2019年13月45日"
    patients = pd.concat([patients, again], ignore_index=True)

    systemic = treatments[treatments[T["drug"]].ne("")]
    row = _rows(rng, systemic, 8)
    treatments.loc[row[0], T["drug"]] = "帕博利珠单克"
    treatments.loc[row[1], T["drug"]] = ""
    treatments.loc[row[2], T["start"]] = "不详"
    treatments.loc[row[3], T["start"]] = "2019-02-30"
    treatments.loc[row[4], T["end"]] = "2009-01-01"
    treatments.loc[row[5], T["patient_id"]] = "99999999"
    treatments.loc[row[6], T["ecog"]] = "7"
    treatments.loc[row[7], [T["start"], T["end"]]] = ["2029-06-01", "2029-09-01"]

    row = _rows(rng, assessments, 4)
    assessments.loc[row[0], A["patient_id"]] = "99999998"
    assessments.loc[row[1], A["response"]] = "better"
    assessments.loc[row[2], A["progressing_lesions"]] = "-2"
    assessments.loc[row[3], [A["response"], A["new_lesions"]]] = ["CR", "3"]

    row = _rows(rng, events, 2)
    events.loc[row[0], E["grade"]] = "7"
    living = events[events[E["patient_id"]].isin(_living(patients))]
    fatal = living.index[:1] if len(living) else row[1:2]
    events.loc[fatal, E["grade"]] = "5"
    return {"patients": patients, "treatments": treatments, "assessments": assessments, "adverse_events": events}


def _rows(rng: Generator, frame: pd.DataFrame, count: int) -> list[int]:
    return [int(label) for label in rng.choice(frame.index.to_numpy(), size=min(count, len(frame)), replace=False)]


def _living(patients: pd.DataFrame) -> pd.Series:
    return patients.loc[~patients[P["death"]].str.contains(r"[12]\d{3}", regex=True), P["patient_id"]]
