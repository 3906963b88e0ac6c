"""A study small enough to follow by hand: eight patients in three CSV files, and what must become of each."""

from pathlib import Path

PATIENTS = """\
patient_id,sex,birth_date,diagnosis_date,histology,stage,last_contact_date,death_date
P1,male,1955-05-01,2018-01-10,adenocarcinoma,IVA,2021-06-30,2021-06-30
P2,female,1960-02-01,2018-02-10,squamous,IVB,2022-12-31,
P3,male,1950-03-01,2019-03-10,adenocarcinoma,IIIB,2020-12-31,2020-12-31
P4,male,1958-04-01,2019-04-10,adenocarcinoma,IVA,2021-12-31,
P5,female,1962-05-01,2019-05-10,small_cell,IVA,2021-12-31,
P6,male,1957-06-01,2019-06-10,adenocarcinoma,IVA,2021-12-31,
P7,male,1953-07-01,2019-07-10,squamous,IA,2021-12-31,
P8,female,1961-08-01,2019-08-10,adenocarcinoma,IVB,2021-12-31,
"""
TREATMENTS = """\
patient_id,drug,start_date,end_date,ecog,line
P1,nivolumab,2018-03-01,2018-09-20,1,1
P1,docetaxel,2018-11-01,2019-01-15,1,2
P1,sintilimab,2019-03-01,2019-08-01,1,3
P2,pembrolizumab,2018-03-01,2018-06-01,0,1
P2,nivolumab,2018-07-01,2018-12-01,0,2
P3,tislelizumab,2019-04-01,2019-06-20,2,1
P3,atezolizumab,2019-07-10,2019-09-01,2,2
P4,nivolumab,2019-05-01,2020-01-10,1,1
P5,nivolumab,2019-06-01,2019-09-01,1,1
P6,pemetrexed,2019-07-01,2019-10-01,1,1
P7,nivolumab,2019-08-01,2019-12-01,1,1
P8,pembrolizumab,2019-09-01,2019-12-01,1,1
P8,pemetrexed,2019-09-01,2019-12-01,1,1
"""
ASSESSMENTS = """\
patient_id,assessment_date,response,basis,progressing_lesions,new_lesions
P1,2018-04-20,PR,imaging,,
P1,2018-09-30,PD,imaging,1,0
P1,2019-04-15,SD,imaging,,
P1,2019-08-05,PD,imaging,2,1
P2,2018-04-20,SD,imaging,,
P2,2018-06-10,PD,imaging,3,1
P2,2018-08-20,SD,imaging,,
P2,2018-12-10,PD,imaging,1,0
P3,2019-06-25,PD,imaging,1,1
P3,2019-08-20,PD,imaging,4,0
P4,2019-07-01,SD,imaging,,
P4,2020-01-15,PD,imaging,2,0
"""
STUDY = """\
extract:
  path: extract
  source: canonical
study:
  cutoff: 2022-12-31
  window: {start: 2016-03-01, end: 2022-12-31}
definitions:
  resistance: {preset: index_inclusive}
release: {level: internal}
"""
# To be added to a study whose test is not about the specification curve: 8 specifications instead of thousands.
FEW_SPECIFICATIONS = """\
specifications:
  choices: {resistance.preset: [index_inclusive, sitc_applied], model: [unadjusted, adjusted]}
"""
# Each patient's first failing criterion; empty: in the rechallenge set.
EXCLUDED_BY = {
    "P1": "",
    "P2": "",
    "P3": "",
    "P4": "rechallenged",
    "P5": "nsclc",
    "P6": "ici_treated",
    "P7": "advanced",
    "P8": "first_ici_monotherapy",
}
# P1: partial response and 213 days: acquired, one lesion. P2: stable disease, 101 days. P3: 85 days, no response.
RESISTANCE = {"P1": "acquired", "P2": "primary", "P3": "primary", "P4": "acquired"}
PATTERN = {"P1": "oligo", "P2": "systemic", "P3": "oligo", "P4": "oligo"}
INTERVAL_TREATMENT = {"P1": True, "P2": False, "P3": False}
# Days from rechallenge to progression: 1 March to 5 August 2019, 1 July to 10 December 2018, 10 July to 20 August 2019.
PFS_DAYS = {"P1": 157, "P2": 162, "P3": 41}


def write_small_study(
    folder: Path,
    *,
    patients: str = PATIENTS,
    treatments: str = TREATMENTS,
    assessments: str = ASSESSMENTS,
    lesions: str | None = None,
    study: str = STUDY,
) -> Path:
    """Write the extract and the study file; return the study file."""
    extract = folder / "extract"
    extract.mkdir(parents=True, exist_ok=True)
    tables = {"patients": patients, "treatments": treatments, "assessments": assessments}
    if lesions is not None:
        tables["lesions"] = lesions
    for name, text in tables.items():
        (extract / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"
