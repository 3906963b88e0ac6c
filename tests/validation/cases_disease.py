"""Rules on treatments, progressions and assessments."""

from tests.validation.cases import Case

PATIENTS = """
    patient_id  stage  last_contact_date
    01          IVA    2022-06-10
    02          IIIA   2022-06-10
    03          IVB    2022-06-10
    04          IVB    2022-06-10
"""

CASES = [
    Case(
        "end_before_start",
        "ends on 1 January, starts on 10 February; February may be right, one day is one dose",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date
            01          nivolumab  2020-02-10  2020-01-01
            02          nivolumab  2020-02-10  2020-02
            03          nivolumab  2020-02-10  2020-02-10
        """,
    ),
    Case(
        "drug_not_in_dictionary",
        "a misspelt drug; radiotherapy is not looked up",
        ["treatments 2 drug"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug          start_date  modality
            01          nivolumad     2020-02-10  systemic
            02          nivolumab     2020-02-10  .
            03          radiotherapy  2020-02-10  radiotherapy
        """,
    ),
    Case(
        "drug_investigational",
        "a blinded trial drug may be an ICI",
        ["treatments 2 drug"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug             start_date
            01          investigational  2020-02-10
            02          nivolumab        2020-02-10
        """,
    ),
    Case(
        "drug_before_approval",
        "nivolumab from June 2018: May is before it, June and the year 2018 may not be",
        ["treatments 2 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug           start_date
            01          nivolumab      2018-05-20
            02          nivolumab      2018-06
            03          nivolumab      2018
            02          pembrolizumab  2017-01-01
            03          docetaxel      1999-01-01
        """,
    ),
    Case(
        "same_drug_overlaps",
        "01 starts again before the end; 02 goes on the day of the end; 03 had two drugs",
        ["treatments 3 start_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug        start_date  end_date
            01          nivolumab   2020-01-01  2020-06-01
            01          nivolumab   2020-03-01  2020-09-01
            02          nivolumab   2020-01-01  2020-06-01
            02          nivolumab   2020-06-01  2020-09-01
            03          pemetrexed  2020-01-01  2020-06-01
            03          nivolumab   2020-03-01  2020-09-01
        """,
    ),
    Case(
        "ici_end_missing",
        "an open ICI; the open docetaxel decides less",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date
            01          nivolumab  2020-01-01  .
            02          nivolumab  2020-01-01  2020-02-01
            02          docetaxel  2020-03-01  .
        """,
    ),
    Case(
        "stopped_without_end",
        "stopped for toxicity, but when?",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date    stop_reason
            01          nivolumab  2020-01-01  .           toxicity
            02          nivolumab  2020-01-01  .           ongoing
            03          nivolumab  2020-01-01  2020-02-01  toxicity
        """,
    ),
    Case(
        "line_goes_back",
        "second line, then first; the two drugs of 02 start in one month, in no known order",
        ["treatments 3 line"],
        patients=PATIENTS,
        treatments="""
            patient_id  line  drug         start_date
            01          2     docetaxel    2020-01-01
            01          1     nivolumab    2020-05-01
            02          2     carboplatin  2020-01
            02          1     pemetrexed   2020-01-20
            03          1     carboplatin  2020-01-01
            03          2     nivolumab    2020-05-01
        """,
    ),
    Case(
        "regimen_lines_differ",
        "R1 is first and second line; R2 is a combination in one line",
        ["treatments 2 regimen_id", "treatments 3 regimen_id"],
        patients=PATIENTS,
        treatments="""
            patient_id  regimen_id  line  drug         start_date
            01          R1          1     carboplatin  2020-01-01
            01          R1          2     nivolumab    2020-05-01
            02          R2          1     carboplatin  2020-01-01
            02          R2          1     pemetrexed   2020-01-01
            03          R1          2     nivolumab    2020-05-01
        """,
    ),
    Case(
        "regimen_id_used_again",
        "R1, R2, R1 again; 02 has two drugs of one regimen",
        ["treatments 4 regimen_id"],
        patients=PATIENTS,
        treatments="""
            patient_id  regimen_id  drug         start_date
            01          R1          nivolumab    2020-01-01
            01          R2          docetaxel    2020-05-01
            01          R1          nivolumab    2020-09-01
            02          R1          carboplatin  2020-01-01
            02          R1          pemetrexed   2020-02-01
            02          R2          nivolumab    2020-05-01
        """,
    ),
    Case(
        "intent_against_stage",
        "adjuvant in stage IVA; 02 is IIIA; palliative is right in 03",
        ["treatments 2 intent"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  intent
            01          nivolumab  2020-01-01  adjuvant
            02          nivolumab  2020-01-01  adjuvant
            03          nivolumab  2020-01-01  palliative
        """,
    ),
    Case(
        "ecog_5_at_start",
        "the dead are not treated",
        ["treatments 2 ecog"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  ecog
            01          nivolumab  2020-01-01  5
            02          nivolumab  2020-01-01  4
        """,
    ),
    Case(
        "number_not_whole",
        "ECOG 1.5 and 2.5 lesions",
        ["assessments 2 progressing_lesions", "treatments 2 ecog"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  ecog  line
            01          nivolumab  2020-01-01  1.5   1
            02          nivolumab  2020-01-01  1     .
        """,
        assessments="""
            patient_id  assessment_date  response  progressing_lesions
            01          2020-03-01       PD        2.5
            02          2020-03-01       PD        2
        """,
    ),
    Case(
        "progression_before_start",
        "progression before the start, not on its day; of June no day is on or after 31 July",
        ["treatments 2 progression_date", "treatments 4 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-07-31  2020-06-01
            02          nivolumab  2020-07-31  2020-07-31
            03          nivolumab  2020-07-31  2020-06
            01          docetaxel  2020-10-01  2020-10
        """,
    ),
    Case(
        "progression_on_first_day",
        "progression on the first day; of July only the 31st would do for 02; October leaves later days to 03",
        ["treatments 2 progression_date", "treatments 3 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-07-31  2020-07-31
            02          nivolumab  2020-07-31  2020-07
            03          docetaxel  2020-10-01  2020-10
            01          docetaxel  2020-10-01  2020-09-01
        """,
    ),
    Case(
        "progression_before_treatment",
        "PD before the first treatment of 01; that of 02 is after the first line",
        ["assessments 2 assessment_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-02-01
            02          docetaxel  2019-02-01
            02          nivolumab  2020-02-01
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-01-10       PD
            02          2020-01-10       PD
            01          2020-01-05       SD
            01          2020-05-05       PD
        """,
    ),
    Case(
        "stopped_for_progression_unrecorded",
        "01 has none; 02 has one; 03 only under docetaxel, which is not asked; that of 2020 in 04 may be the one",
        ["treatments 2 stop_reason", "treatments 4 stop_reason"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date    stop_reason
            01          nivolumab  2020-02-01  2020-05-01  progression
            02          nivolumab  2020-02-01  2020-05-01  progression
            03          nivolumab  2020-02-01  2020-05-01  progression
            03          docetaxel  2020-06-01  2020-08-01  progression
            04          nivolumab  2020-02-01  2020-05-01  progression
            04          docetaxel  2020-06-01  2020-08-01  progression
        """,
        assessments="""
            patient_id  assessment_date  response
            02          2020-05-03       PD
            03          2020-08-02       PD
            04          2020             PD
            04          2020-08-02       PD
        """,
    ),
    Case(
        "treated_past_progression",
        "01 got nivolumab for two months after PD; 02 stopped before it",
        ["treatments 2 end_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date
            01          nivolumab  2020-02-01  2020-08-01
            02          nivolumab  2020-02-01  2020-05-01
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-06-01       PD
            02          2020-05-03       PD
        """,
    ),
    Case(
        "several_progressions",
        "a second PD of 01 without a new drug; 02 had docetaxel in between",
        ["assessments 3 assessment_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-02-01
            02          nivolumab  2020-02-01
            02          docetaxel  2020-06-10
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-06-01       PD
            01          2020-08-01       PD
            02          2020-06-01       PD
            02          2020-08-01       PD
        """,
    ),
    Case(
        "progression_without_assessment",
        "01 has a date of progression and only an SD; 02 has the PD",
        ["treatments 2 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-02-01  2020-06-01
            02          nivolumab  2020-02-01  2020-06-01
            03          nivolumab  2020-02-01  .
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-04-01       SD
            02          2020-06-01       PD
        """,
    ),
    Case(
        "progression_dates_disagree",
        "1 June against 20 June; 02 agrees, June of 03 may be 20 June",
        ["treatments 2 progression_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-02-01  2020-06-01
            02          nivolumab  2020-02-01  2020-06-20
            03          nivolumab  2020-02-01  2020-06
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-06-20       PD
            02          2020-06-20       PD
            03          2020-06-20       PD
        """,
    ),
    Case(
        "best_response_disagrees",
        "PR on a scan, SD as best; 02 agrees; the PR of 03 came after PD; of 04 only the progression is dated",
        ["treatments 2 best_response"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  end_date    best_response
            01          nivolumab  2020-02-01  2020-08-01  SD
            02          nivolumab  2020-02-01  2020-08-01  PR
            03          nivolumab  2020-02-01  2020-08-01  SD
            04          nivolumab  2020-02-01  2020-08-01  PR
        """,
        assessments="""
            patient_id  assessment_date  response
            04          2020-06-01       PD
            01          2020-04-01       PR
            01          2020-06-01       PD
            02          2020-04-01       PR
            03          2020-03-20       SD
            03          2020-04-01       PD
            03          2020-05-01       PR
        """,
    ),
    Case(
        "cr_with_progressing_lesions",
        "a complete response with two growing lesions, or a new one; none is none",
        ["assessments 2 response", "assessments 3 response"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response  progressing_lesions  new_lesions
            01          2020-04-01       CR        2                    .
            02          2020-04-01       CR        .                    1
            03          2020-04-01       CR        0                    0
            03          2020-06-01       PD        2                    1
        """,
    ),
    Case(
        "new_lesions_without_progression",
        "a new lesion is PD; `<1` new lesions is none",
        ["assessments 2 response"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response  new_lesions
            01          2020-04-01       SD        1
            02          2020-04-01       SD        <1
            03          2020-04-01       PD        1
            03          2020-06-01       iUPD      1
        """,
    ),
    Case(
        "progression_with_zero_lesions",
        "PD on imaging with nothing growing; 02 has a new lesion, 03 progressed clinically",
        ["assessments 2 progressing_lesions"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response  basis     progressing_lesions  new_lesions
            01          2020-04-01       PD        imaging   0                    .
            02          2020-04-01       PD        imaging   0                    1
            03          2020-04-01       PD        clinical  0                    0
            03          2020-06-01       PD        imaging   .                    .
        """,
    ),
    Case(
        "organs_exceed_lesions",
        "3 organs with 2 lesions; 02 has 3 with the new one, 03 at least 2",
        ["assessments 2 progressing_organs"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response  progressing_lesions  new_lesions  progressing_organs
            01          2020-04-01       PD        2                    .            3
            02          2020-04-01       PD        2                    1            3
            03          2020-04-01       PD        >=2                  .            3
        """,
    ),
    Case(
        "lesion_count_missing",
        "PD without a count; an SD needs none",
        ["assessments 2 progressing_lesions"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response  progressing_lesions  new_lesions
            01          2020-04-01       PD        .                    .
            02          2020-04-01       PD        .                    1
            03          2020-04-01       SD        .                    .
        """,
    ),
    Case(
        "icpd_without_iupd",
        "01 confirms nothing; 02 had the iUPD a month before; the iUPD of 03 comes later",
        ["assessments 2 response", "assessments 5 response"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            01          2020-05-01       iCPD
            02          2020-04-01       iUPD
            02          2020-05-01       iCPD
            03          2020-05-01       iCPD
            03          2020-06-01       iUPD
        """,
    ),
    Case(
        "iupd_not_followed",
        "the iUPD of 01 is the last scan",
        ["assessments 3 response"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            01          2020-04-01       SD
            01          2020-05-01       iUPD
            02          2020-04-01       iUPD
            02          2020-05-01       PR
        """,
    ),
    Case(
        "ici_without_assessment",
        "01 has only a scan before the ICI and an NE; 02 has one after; 03 a date of progression",
        ["patients 2 patient_id"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date  progression_date
            01          nivolumab  2020-02-01  .
            02          nivolumab  2020-02-01  .
            03          nivolumab  2020-02-01  2020-06-01
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-01-20       SD
            01          2020-04-01       NE
            02          2020-04-01       SD
        """,
    ),
    Case(
        "lesion_without_assessment",
        "lesions on 2 April, the scan on 1 April; 5 January is a baseline",
        ["lesions 2 assessment_date"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-10
        """,
        assessments="""
            patient_id  assessment_date  response
            01          2020-04-01       SD
        """,
        lesions="""
            patient_id  assessment_date  lesion_id
            01          2020-04-02       L1
            01          2020-04-01       L1
            01          2020-01-05       L1
        """,
    ),
]
