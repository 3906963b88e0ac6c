"""Rules on identity, duplicates and the patient's own row."""

from tests.validation.cases import Case

CASES = [
    Case(
        "table_empty",
        "no treatments at all; assessments may be empty",
        ["treatments -"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
        """,
    ),
    Case(
        "orphan_row",
        "03 and 04 are nobody; 1 is written like 01, which is another rule",
        ["assessments 3 patient_id", "treatments 3 patient_id"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
            02          2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-01
            03          nivolumab  2020-01-01
            1           docetaxel  2020-01-01
        """,
        assessments="""
            patient_id  assessment_date  response
            02          2020-03-01       SD
            04          2020-03-01       SD
        """,
    ),
    Case(
        "orphan_identifier_variant",
        "1 lost its zero, a7 its capital; 02 is right and 99 is like nobody",
        ["treatments 2 patient_id", "treatments 3 patient_id"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
            02          2021-06-30
            A7          2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            1           nivolumab  2020-01-01
            a7          nivolumab  2020-01-01
            02          nivolumab  2020-01-01
            99          nivolumab  2020-01-01
        """,
    ),
    Case(
        "identifiers_alike",
        "007 and 7 and the full-width ７ may be one patient; 70 is another",
        ["patients 2 patient_id", "patients 3 patient_id", "patients 4 patient_id"],
        patients="""
            patient_id  last_contact_date
            007         2021-06-30
            7           2021-06-30
            ７          2021-06-30
            70          2021-06-30
        """,
    ),
    Case(
        "identifier_unusual",
        "a row of totals among ten patients; a longer number is no other way of writing one",
        ["patients 12 patient_id"],
        patients="""
            patient_id  last_contact_date
            001         2021-06-30
            002         2021-06-30
            003         2021-06-30
            004         2021-06-30
            005         2021-06-30
            006         2021-06-30
            007         2021-06-30
            008         2021-06-30
            009         2021-06-30
            10010       2021-06-30
            Total       2021-06-30
        """,
    ),
    Case(
        "person_entered_twice",
        "same birth and diagnosis under two numbers; 03 has another sex, 04 and 05 only the year of birth",
        ["patients 2 patient_id", "patients 3 patient_id"],
        patients="""
            patient_id  sex     birth_date  diagnosis_date  last_contact_date
            01          male    1955-03-07  2019-05-20      2021-06-30
            02          male    1955-03-07  2019-05-20      2021-06-30
            03          female  1955-03-07  2019-05-20      2021-06-30
            04          male    1960        2019-05-20      2021-06-30
            05          male    1960        2019-05-20      2021-06-30
        """,
    ),
    Case(
        "patient_without_treatment",
        "02 was never treated",
        ["patients 3 patient_id"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
            02          2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-01
        """,
    ),
    Case(
        "patient_conflicting",
        "two rows of 01 differ in sex; the two rows of 02 are identical and merge",
        ["patients 2 patient_id", "patients 3 patient_id"],
        patients="""
            patient_id  sex     last_contact_date
            01          male    2021-06-30
            01          female  2021-06-30
            02          male    2021-06-30
            02          male    2021-06-30
        """,
    ),
    Case(
        "duplicate_identical",
        "02 repeats its row, the second copy is the one merged; the rows of 01 conflict",
        ["patients 5"],
        patients="""
            patient_id  sex     last_contact_date
            01          male    2021-06-30
            01          female  2021-06-30
            02          male    2021-06-30
            02          male    2021-06-30
        """,
    ),
    Case(
        "duplicate_conflicting",
        "one start, two ends; one day, two responses. 02 had two drugs on a day, and a scan and a visit on a day",
        [
            "assessments 2 assessment_date",
            "assessments 3 assessment_date",
            "treatments 2 start_date",
            "treatments 3 start_date",
        ],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
            02          2021-06-30
        """,
        treatments="""
            patient_id  drug         start_date  end_date
            01          nivolumab    2020-01-01  2020-03-01
            01          nivolumab    2020-01-01  2020-06-01
            02          carboplatin  2020-01-01  2020-03-01
            02          pemetrexed   2020-01-01  2020-03-01
        """,
        assessments="""
            patient_id  assessment_date  response  basis
            01          2020-03-01       SD        imaging
            01          2020-03-01       PD        imaging
            02          2020-03-01       SD        imaging
            02          2020-03-01       SD        clinical
        """,
    ),
    Case(
        "duplicate_imprecise",
        "PR and PD in one May are one record or two; in different months they are two",
        ["assessments 2 assessment_date", "assessments 3 assessment_date"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
        """,
        assessments="""
            patient_id  assessment_date  response  basis
            01          2020-05          PR        imaging
            01          2020-05          PD        imaging
            01          2020-07          PD        imaging
        """,
    ),
    Case(
        "responses_differ_on_a_day",
        "scan and visit disagree on 1 March; they agree on 1 May",
        ["assessments 2 response", "assessments 3 response"],
        patients="""
            patient_id  last_contact_date
            01          2021-06-30
        """,
        assessments="""
            patient_id  assessment_date  response  basis
            01          2020-03-01       SD        imaging
            01          2020-03-01       PD        clinical
            01          2020-05-01       PD        imaging
            01          2020-05-01       PD        clinical
        """,
    ),
    Case(
        "birth_after_diagnosis",
        "born 2065 for 1965; 02 was born in the year of a diagnosis of the same year, which is possible",
        ["patients 2 birth_date"],
        patients="""
            patient_id  birth_date  diagnosis_date  last_contact_date
            01          2065-03-07  2019-05-20      2021-06-30
            02          2019        2019-05-20      2021-06-30
            03          1965-03-07  2019-05-20      2021-06-30
        """,
    ),
    Case(
        "birth_after_record",
        "born after the first treatment, and after death; 03 is reported by birth_after_diagnosis",
        ["patients 2 birth_date", "patients 3 birth_date"],
        patients="""
            patient_id  birth_date  diagnosis_date  last_contact_date  death_date
            01          2020-06-01  .               2021-06-30         .
            02          2060-06-01  .               2021-06-30         2021-06-30
            03          2060-06-01  2019-05-20      2021-06-30         .
            04          1960-06-01  2019-05-20      2021-06-30         .
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-01
            04          nivolumab  2020-01-01
        """,
    ),
    Case(
        "age_too_high",
        "119 and 111 years at diagnosis or first treatment; 109 is possible, and 1909 may be December",
        ["patients 2 birth_date", "patients 3 birth_date"],
        patients="""
            patient_id  birth_date  diagnosis_date  last_contact_date
            01          1900-01-10  2019-05-20      2021-06-30
            02          1908-06-01  .               2021-06-30
            03          1910-01-10  2019-05-20      2021-06-30
            04          1909        2019-05-20      2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            02          nivolumab  2020-01-01
        """,
    ),
    Case(
        "age_under_18",
        "9 years old; 02 turned 18 the year before; 03 may have been 18",
        ["patients 2 birth_date"],
        patients="""
            patient_id  birth_date  diagnosis_date  last_contact_date
            01          2010-03-07  2019-05-20      2021-06-30
            02          2000-03-07  2019-05-20      2021-06-30
            03          2001        2019-05-20      2021-06-30
        """,
    ),
    Case(
        "diagnosis_after_death",
        "diagnosed a month after death; 02 was diagnosed in the month of death",
        ["patients 2 diagnosis_date"],
        patients="""
            patient_id  diagnosis_date  last_contact_date  death_date
            01          2020-02-20      2020-01-20         2020-01-20
            02          2020-01         2020-01-02         2020-01-02
        """,
    ),
    Case(
        "last_contact_before_diagnosis",
        "last seen before diagnosis; the diagnosis of 02 at autopsy is not this rule's",
        ["patients 2 last_contact_date"],
        patients="""
            patient_id  diagnosis_date  last_contact_date  death_date
            01          2020-02-20      2020-01-20         .
            02          2020-02-20      2020-01-20         2020-02-21
            03          2020-02-20      2020-02            .
        """,
    ),
    Case(
        "last_contact_after_death",
        "seen in March, dead in January; 02 may have been seen on the day of death",
        ["patients 2 last_contact_date"],
        patients="""
            patient_id  last_contact_date  death_date
            01          2020-03-20         2020-01-20
            02          2020-01            2020-01-20
            03          2020-01-20         2020-01-20
        """,
    ),
    Case(
        "last_contact_before_death",
        "the last visit of 01 was before the death",
        ["patients 2 last_contact_date"],
        patients="""
            patient_id  last_contact_date  death_date
            01          2020-01-10         2020-01-20
            02          2020-01-20         2020-01-20
            03          2020-01-20         .
        """,
    ),
    Case(
        "last_contact_missing",
        "01 is dead, and the death will do; 02 lacks a required cell, which is an error",
        ["patients 2 last_contact_date"],
        patients="""
            patient_id  last_contact_date  death_date
            01          .                  2020-01-20
            02          .                  .
        """,
    ),
    Case(
        "advanced_before_diagnosis",
        "metastasis before the cancer; 02 had both in one month",
        ["patients 2 advanced_date"],
        patients="""
            patient_id  diagnosis_date  advanced_date  last_contact_date
            01          2020-01-20      2019-01-20     2021-06-30
            02          2020-01-20      2020-01        2021-06-30
        """,
    ),
    Case(
        "advanced_after_death",
        "metastasis after death",
        ["patients 2 advanced_date"],
        patients="""
            patient_id  advanced_date  last_contact_date  death_date
            01          2021-01-20     2020-12-30         2020-12-30
            02          2020-01-20     2020-12-30         2020-12-30
        """,
    ),
    Case(
        "stage_not_in_edition",
        "edition 7 has no IIIC and no IVA",
        ["patients 2 stage", "patients 3 stage"],
        patients="""
            patient_id  stage  stage_edition  last_contact_date
            01          IIIC   7              2021-06-30
            02          IVA    7              2021-06-30
            03          IV     7              2021-06-30
            04          IIIC   8              2021-06-30
            05          IIIC   .              2021-06-30
        """,
    ),
    Case(
        "stage_edition_unknown",
        "there is no edition VIII in this column",
        ["patients 2 stage_edition"],
        patients="""
            patient_id  stage  stage_edition  last_contact_date
            01          IV     VIII           2021-06-30
            02          IV     8              2021-06-30
            03          IV     .              2021-06-30
        """,
    ),
    Case(
        "stage_iii_undivided",
        "III may be IIIA; a later metastasis settles it",
        ["patients 2 stage"],
        patients="""
            patient_id  stage  advanced_date  last_contact_date
            01          III    .              2021-06-30
            02          III    2020-03-01     2021-06-30
            03          IIIB   .              2021-06-30
        """,
    ),
    Case(
        "histology_missing",
        "01 had an ICI; 02 had none, so nothing depends on it",
        ["patients 2 histology"],
        patients="""
            patient_id  histology       last_contact_date
            01          .               2021-06-30
            02          .               2021-06-30
            03          adenocarcinoma  2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-01
            02          docetaxel  2020-01-01
            03          nivolumab  2020-01-01
        """,
    ),
    Case(
        "stage_missing",
        "01 had an ICI; 02 has the date of metastasis instead, 03 no ICI",
        ["patients 2 stage"],
        patients="""
            patient_id  stage  advanced_date  last_contact_date
            01          .      .              2021-06-30
            02          .      2019-12-01     2021-06-30
            03          .      .              2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-01
            02          nivolumab  2020-01-01
            03          docetaxel  2020-01-01
        """,
    ),
    Case(
        "egfr_and_alk_positive",
        "two drivers at once",
        ["patients 2 egfr"],
        patients="""
            patient_id  egfr      alk       last_contact_date
            01          positive  positive  2021-06-30
            02          positive  negative  2021-06-30
            03          positive  .         2021-06-30
        """,
    ),
    Case(
        "required_missing",
        "empty required cells; 03 is dead, so the death stands for the last contact, and radiotherapy needs no drug",
        ["assessments 2 response", "patients 3 last_contact_date", "treatments 2 drug", "treatments 3 start_date"],
        patients="""
            patient_id  last_contact_date  death_date
            01          2021-06-30         .
            02          .                  .
            03          .                  2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date  modality
            01          .          2020-01-01  systemic
            01          nivolumab  .           systemic
            01          .          2020-02-01  radiotherapy
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-03-01       .
            01          2020-05-01       SD
        """,
    ),
    Case(
        "term_unknown",
        "M is not a term; a missing sex is allowed",
        ["patients 2 sex"],
        patients="""
            patient_id  sex   last_contact_date
            01          M     2021-06-30
            02          male  2021-06-30
            03          .     2021-06-30
        """,
    ),
    Case(
        "value_out_of_range",
        "TPS 150 %, ECOG 7, grade 6; 0 and 100 are possible",
        ["adverse_events 2 ctcae_grade", "patients 2 pd_l1_tps", "treatments 2 ecog"],
        patients="""
            patient_id  pd_l1_tps  last_contact_date
            01          150        2021-06-30
            02          100        2021-06-30
            03          0          2021-06-30
        """,
        treatments="""
            patient_id  drug       start_date  ecog
            01          nivolumab  2020-01-01  7
            02          nivolumab  2020-01-01  0
        """,
        adverse_events="""
            patient_id  term  start_date  ctcae_grade
            01          rash  2020-02-01  6
            02          rash  2020-02-01  4
        """,
    ),
]
