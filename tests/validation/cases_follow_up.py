"""Rules on time under observation, adverse events and lesions of an assessment."""

from tests.validation.cases import Case

PATIENTS = """
    patient_id  diagnosis_date  last_contact_date  death_date
    01          2019-06-01      2020-06-10         2020-06-10
    02          2019-06-01      2020-06-10         .
"""

CASES = [
    Case(
        "treatment_after_death",
        "15 July is after the death of 10 June; June 2020 may be before it",
        ["treatments 2 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date
            01          docetaxel   2020-07-15
            01          nivolumab   2020-06
            01          pemetrexed  2020-06-10
        """,
    ),
    Case(
        "dose_after_death",
        "the last dose is after the death; 15 July starts after it, which is the other rule's",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date  end_date
            01          nivolumab   2020-01-01  2020-06-11
            01          pemetrexed  2020-01-01  2020-06-10
            01          docetaxel   2020-07-15  2020-08-15
        """,
    ),
    Case(
        "assessment_after_death",
        "a scan after death",
        ["assessments 2 assessment_date", "lesions 2 assessment_date"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            01          2020-07-15       PD
            01          2020-06-10       PD
            02          2020-07-15       SD
        """,
        lesions="""
            patient_id  assessment_date  lesion_id
            01          2020-07-15       L1
            01          2020-06-10       L1
        """,
    ),
    Case(
        "progression_after_death",
        "progression on the treatment after death",
        ["treatments 2 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-01-01  2020-06-11
            01          docetaxel  2019-09-01  2019-12-01
        """,
    ),
    Case(
        "treatment_after_last_contact",
        "02 starts after the last contact; 01 is dead and has another rule",
        ["treatments 2 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date
            02          nivolumab   2020-07-15
            02          pemetrexed  2020-06-10
            02          docetaxel   2020-06
            01          docetaxel   2020-07-15
        """,
    ),
    Case(
        "dose_after_last_contact",
        "the last dose of 02 is after the last contact",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date  end_date
            02          nivolumab   2020-01-01  2020-07-15
            02          pemetrexed  2020-01-01  2020-06-10
            01          docetaxel   2020-01-01  2020-07-15
        """,
    ),
    Case(
        "assessment_after_last_contact",
        "a scan after the last contact",
        ["assessments 2 assessment_date"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            02          2020-07-15       SD
            02          2020-06-10       SD
            01          2020-07-15       PD
        """,
    ),
    Case(
        "progression_after_last_contact",
        "progression on the treatment after the last contact",
        ["treatments 2 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            02          nivolumab  2020-01-01  2020-06-11
            02          docetaxel  2019-09-01  2019-12-01
        """,
    ),
    Case(
        "treatment_before_diagnosis",
        "treated in May, diagnosed on 1 June; June may be right",
        ["treatments 2 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date
            01          nivolumab   2019-05-20
            01          pemetrexed  2019-06
            02          nivolumab   2019-06-01
        """,
    ),
    Case(
        "assessment_before_diagnosis",
        "a scan before the diagnosis",
        ["assessments 2 assessment_date"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            01          2019-05-20       SD
            01          2019-06          SD
        """,
    ),
    Case(
        "after_cutoff",
        "the cut-off is 31 December 2022; December 2022 is before it",
        ["assessments 2 assessment_date", "patients 2 last_contact_date"],
        patients="""
            patient_id  last_contact_date
            01          2023-02-01
            02          2022-12
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2023-01-20       SD
            01          2022-12-31       SD
        """,
    ),
    Case(
        "death_without_date",
        "02 stopped for death and has no death; 01 has one",
        ["treatments 3 stop_reason"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date    stop_reason
            01          nivolumab  2020-01-01  2020-06-01  death
            02          nivolumab  2020-01-01  2020-06-01  death
            02          docetaxel  2020-06-05  2020-06-09  toxicity
        """,
    ),
    Case(
        "key_date_month_only",
        "month only: death, ICI start, progression; a chemotherapy start and an SD decide nothing",
        ["assessments 2 assessment_date", "patients 2 death_date", "treatments 2 start_date"],
        patients="""
            patient_id  last_contact_date  death_date
            01          2020-06            2020-06
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01
            01          docetaxel  2020-05
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-04          PD
            01          2020-02          SD
        """,
    ),
    Case(
        "key_date_year_only",
        "year only: the progression",
        ["assessments 2 assessment_date"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-10
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020             PD
            01          2021             SD
        """,
    ),
    Case(
        "event_before_treatment",
        "a rash before any treatment",
        ["adverse_events 2 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          docetaxel  2020-01-10
        """,
        adverse_events="""
            patient_id  term  start_date
            01          rash  2020-01-09
            01          rash  2020-01
            01          rash  2020-02-01
        """,
    ),
    Case(
        "immune_event_without_ici",
        "immune-related before the first ICI, or without any; on it, it is right",
        ["adverse_events 2 immune_related", "adverse_events 4 immune_related"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          docetaxel  2020-01-10
            01          nivolumab  2020-03-10
            02          docetaxel  2020-01-10
        """,
        adverse_events="""
            patient_id  term         start_date  immune_related
            01          pneumonitis  2020-02-01  yes
            01          pneumonitis  2020-04-01  yes
            02          colitis      2020-02-01  yes
            02          colitis      2020-03-01  no
        """,
    ),
    Case(
        "event_after_death",
        "an event after death",
        ["adverse_events 2 start_date"],
        patients=PATIENTS,
        adverse_events="""
            patient_id  term  start_date
            01          rash  2020-06-11
            01          rash  2020-06-10
        """,
    ),
    Case(
        "event_after_last_contact",
        "an event after the last contact",
        ["adverse_events 2 start_date"],
        patients=PATIENTS,
        adverse_events="""
            patient_id  term  start_date
            02          rash  2020-06-11
            02          rash  2020-06-10
            01          rash  2020-06-11
        """,
    ),
    Case(
        "fatal_event_without_death",
        "grade 5 in 02, who is alive",
        ["adverse_events 3 ctcae_grade"],
        patients=PATIENTS,
        adverse_events="""
            patient_id  term         start_date  ctcae_grade
            01          pneumonitis  2020-06-01  5
            02          pneumonitis  2020-06-01  5
            02          pneumonitis  2020-06-02  4
        """,
    ),
    Case(
        "event_undated",
        "an event without onset",
        ["adverse_events 2 start_date"],
        patients=PATIENTS,
        adverse_events="""
            patient_id  term  start_date
            01          rash  .
            01          rash  2020-06
        """,
    ),
]
