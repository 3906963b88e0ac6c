"""Rules on measured lesions."""

from tests.validation.cases import Case

PATIENTS = """
    patient_id  last_contact_date
    01          2021-06-10
    02          2021-06-10
"""
TREATMENTS = """
    patient_id  drug       start_date
    01          nivolumab  2020-01-10
    02          nivolumab  2020-01-10
"""

CASES = [
    Case(
        "lesion_without_finding",
        "L2 has neither diameter nor status; L3 is new, which says that it is there",
        ["lesions 3 diameter_mm"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role        diameter_mm  status
            01          2020-04-01       L1         target      20           .
            01          2020-04-01       L2         target      .            .
            01          2020-04-01       L3         new         .            .
            01          2020-04-01       L4         non_target  .            present
        """,
    ),
    Case(
        "lesion_role_missing",
        "nobody says what L2 is",
        ["lesions 3 role"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-04-01       L1         target  20
            01          2020-04-01       L2         .       20
        """,
    ),
    Case(
        "lesion_status_contradicts_diameter",
        "absent with 12 mm, measured without a diameter, present with 0 mm",
        ["lesions 2 status", "lesions 3 status", "lesions 4 status"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role        diameter_mm  status
            01          2020-04-01       L1         target      12           absent
            01          2020-04-01       L2         target      .            measured
            01          2020-04-01       L3         non_target  0            present
            01          2020-04-01       L4         target      0            absent
            01          2020-04-01       L5         target      4            too_small
        """,
    ),
    Case(
        "lesion_diameter_implausible",
        "25 mm, then 2.5: centimetres; 210 mm; from 80 to 11 is a response",
        ["lesions 3 diameter_mm", "lesions 4 diameter_mm"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-01-05       L1         target  25
            01          2020-04-01       L1         target  2.5
            01          2020-04-01       L2         target  210
            02          2020-01-05       L1         target  80
            02          2020-04-01       L1         target  11
            02          2020-06-01       L1         target  0
        """,
    ),
    Case(
        "target_without_baseline",
        "L2 is first measured in April; of 02 April is the baseline, and L3 was measured before the second drug",
        ["lesions 3 lesion_id"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-10
            02          nivolumab  2020-01-10
            02          docetaxel  2020-07-01
        """,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-01-05       L1         target  25
            01          2020-04-01       L2         target  20
            02          2020-04-01       L1         target  20
            02          2020-06-20       L3         target  15
            02          2020-09-20       L3         target  18
        """,
    ),
    Case(
        "target_too_small",
        "9 mm, and a lymph node of 14; later 8 mm is a response",
        ["lesions 2 diameter_mm", "lesions 4 diameter_mm"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  organ        role        diameter_mm
            01          2020-01-05       L1         lung         target      9
            01          2020-01-05       L2         lung         target      10
            01          2020-01-05       L3         纵隔淋巴结   target      14
            01          2020-01-05       L4         lymph_node   target      15
            01          2020-01-05       L5         lung         non_target  6
            01          2020-04-05       L2         lung         target      8
        """,
    ),
    Case(
        "targets_too_many",
        "three in the liver; 02 has two in the liver and two in the lung",
        ["lesions 2 role"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  organ  role    diameter_mm
            01          2020-01-05       L1         liver  target  20
            01          2020-01-05       L2         Liver  target  20
            01          2020-01-05       L3         liver  target  20
            02          2020-01-05       L1         liver  target  20
            02          2020-01-05       L2         liver  target  20
            02          2020-01-05       L3         lung   target  20
            02          2020-01-05       L4         lung   target  20
        """,
    ),
    Case(
        "targets_too_many",
        "six targets in six organs",
        ["lesions 2 role"],
        patients=PATIENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  organ    role    diameter_mm
            01          2020-01-05       L1         liver    target  20
            01          2020-01-05       L2         lung     target  20
            01          2020-01-05       L3         adrenal  target  20
            01          2020-01-05       L4         brain    target  20
            01          2020-01-05       L5         spleen   target  20
            01          2020-01-05       L6         kidney   target  20
        """,
    ),
    Case(
        "lesion_role_changes",
        "L1 turns non-target under nivolumab, L2 becomes new; before docetaxel the targets were chosen anew",
        ["lesions 3 role", "lesions 5 role"],
        patients=PATIENTS,
        treatments="""
            patient_id  drug       start_date
            01          nivolumab  2020-01-10
            02          nivolumab  2020-01-10
            02          docetaxel  2020-07-01
        """,
        lesions="""
            patient_id  assessment_date  lesion_id  role        diameter_mm
            01          2020-03-05       L1         target      20
            01          2020-06-01       L1         non_target  20
            01          2020-03-05       L2         non_target  20
            01          2020-06-01       L2         new         20
            02          2020-06-20       L1         target      20
            02          2020-09-01       L1         non_target  20
            02          2020-06-20       L2         new         20
            02          2020-09-01       L2         target      20
        """,
    ),
    Case(
        "lesion_new_on_first_scan",
        "new compared with what?",
        ["lesions 2 role"],
        patients=PATIENTS,
        treatments=TREATMENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-04-05       L1         new     20
            02          2020-01-05       L1         target  20
            02          2020-04-05       L2         new     20
        """,
    ),
    Case(
        "lesion_count_missing",
        "the lesions of 01 were measured, and are counted themselves",
        ["assessments 3 progressing_lesions"],
        patients=PATIENTS,
        assessments="""
            patient_id  assessment_date  response
            01          2020-04-01       PD
            02          2020-04-01       PD
        """,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-04-01       L1         target  20
        """,
    ),
    Case(
        "ici_without_assessment",
        "of 01 there are lesions after the start, of 02 before it",
        ["patients 3 patient_id"],
        patients=PATIENTS,
        treatments=TREATMENTS,
        lesions="""
            patient_id  assessment_date  lesion_id  role    diameter_mm
            01          2020-04-01       L1         target  20
            02          2020-01-05       L1         target  20
        """,
    ),
]
