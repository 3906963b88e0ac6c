"""Criteria and attrition."""

import pandas as pd
import pytest

from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import CRITERIA
from tests.support import CUTOFF, WINDOW, Study

TREATMENTS = """
    patient_id  drug        start_date  end_date
    01          nivolumab   2019-01-01  2019-05-01
    01          sintilimab  2019-09-01  2019-12-01
"""
ASSESSMENTS = "patient_id assessment_date response\n01 2019-05-02 PD"

PATIENT = {
    # histology, stage, advanced_date, last_contact_date -> first failing criterion
    "stage IIIB": ("squamous IIIB . 2022-12-31", None),
    "stage IIIA": ("squamous IIIA . 2022-12-31", "advanced"),
    "stage IIIA that recurred before the first ICI": ("squamous IIIA 2018-12-01 2022-12-31", None),
    "stage IIIA that recurred later": ("squamous IIIA 2019-02-01 2022-12-31", "advanced"),
    "an undivided III cannot be evaluated": ("squamous III . 2022-12-31", "advanced"),
    "a missing stage cannot be evaluated": ("squamous . . 2022-12-31", "advanced"),
    "small cell": ("small_cell IVA . 2022-12-31", "nsclc"),
    "missing histology": (". IVA . 2022-12-31", "nsclc"),
    "follow-up ends before rechallenge": ("squamous IVA . 2019-08-31", "minimum_data"),
    "follow-up ends on the day of rechallenge": ("squamous IVA . 2019-09-01", None),
}


@pytest.mark.parametrize("case", PATIENT)
def test_patient_criteria(case: str) -> None:
    row, expected = PATIENT[case]
    patients = "patient_id histology stage advanced_date last_contact_date\n01 " + row
    found = Study(TREATMENTS, ASSESSMENTS, patients).cohort.iloc[0]["excluded_by"]
    assert (None if pd.isna(found) else found) == expected


def test_what_cannot_be_evaluated_is_false_and_says_so() -> None:
    patients = "patient_id histology stage last_contact_date\n01 . III 2022-12-31"
    study = Study(TREATMENTS, ASSESSMENTS, patients)
    assert study.cohort.iloc[0]["not_evaluable"] == "nsclc;advanced"
    step = study.attrition.set_index("criterion").loc["nsclc"]
    assert (step["excluded"], step["not_evaluable"]) == (1, 1)

    accepting = DefinitionSettings.read({"eligibility": {"accept_undivided_stage_iii": True}}, "test")
    study = Study(TREATMENTS, ASSESSMENTS, patients, definitions=accepting)
    assert study.cohort.iloc[0]["not_evaluable"] == "nsclc"


@pytest.mark.parametrize("intent", ["neoadjuvant", "adjuvant", "consolidation"])
def test_an_earlier_ici_excludes(intent: str) -> None:
    study = Study(
        f"""
        patient_id  drug        start_date  end_date    intent
        01          durvalumab  2018-01-01  2018-09-01  {intent}
        01          nivolumab   2019-01-01  2019-05-01  palliative
        01          sintilimab  2019-09-01  2019-12-01  palliative
        """,
        ASSESSMENTS,
    )
    assert study.cohort.iloc[0]["excluded_by"] == "no_prior_ici"


@pytest.mark.parametrize(
    ("first", "again", "expected"),
    [
        ("2016-02-29", "2019-09-01", "first_ici_in_window"),
        ("2016-03-01", "2019-09-01", None),
        ("2019-01-01", "2022-12-31", None),
        ("2019-01-01", "2023-01-01", "rechallenge_in_window"),
    ],
)
def test_both_ends_of_the_window_are_inside(first: str, again: str, expected: str | None) -> None:
    treatments = f"patient_id drug start_date end_date\n01 nivolumab {first} 2019-05-01\n01 sintilimab {again} ."
    found = Study(treatments, ASSESSMENTS).cohort.iloc[0]["excluded_by"]
    assert (None if pd.isna(found) else found) == expected


def test_a_date_of_which_only_the_year_is_known_is_not_a_date_of_rechallenge() -> None:
    treatments = "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-05-01\n01 sintilimab {} ."
    for date, expected in (("2020-02", None), ("2020", "minimum_data")):
        found = Study(treatments.format(date), ASSESSMENTS).cohort.iloc[0]["excluded_by"]
        assert (None if pd.isna(found) else found) == expected


def test_populations_follow_the_criteria_and_everyone_has_a_reason() -> None:
    treatments = (
        TREATMENTS
        + """
        02  nivolumab   2019-01-01  2019-05-01
        03  nivolumab   2019-01-01  2019-05-01
        04  docetaxel   2019-01-01  2019-05-01
    """
    )
    study = Study(treatments, ASSESSMENTS + "\n02 2019-05-02 PD")
    found = study.cohort[["patient_id", "in_first_ici", "in_progressed", "eligible", "excluded_by"]].fillna("")
    assert found.to_numpy().tolist() == [
        ["01", True, True, True, ""],
        ["02", True, True, False, "rechallenged"],
        ["03", True, False, False, "index_progression"],
        ["04", False, False, False, "ici_treated"],
    ]
    steps = study.attrition.set_index("criterion")
    assert steps["remaining"].tolist() == [4, 4, 4, 3, 3, 3, 3, 2, 1, 1, 1]
    assert list(steps.index) == ["extract", *CRITERIA]


def test_patients_without_a_usable_record_are_counted() -> None:
    study = Study(TREATMENTS, ASSESSMENTS)
    settings = study.definitions.eligibility
    extract = pd.Series(["01", "02"])
    cohort = evaluate(study.course, study.patient_rows, extract, study.definitions, CUTOFF, WINDOW)
    assert cohort.set_index("patient_id")["excluded_by"]["02"] == "unusable_record"
    steps = attrition(cohort, settings.criteria)
    assert steps.iloc[1][["criterion", "excluded", "remaining"]].tolist() == ["unusable_record", 1, 1]


def test_attrition_that_does_not_add_up_fails() -> None:
    study = Study(TREATMENTS, ASSESSMENTS)
    broken = study.cohort.assign(eligible=False)
    with pytest.raises(RuntimeError, match="do not add up"):
        attrition(broken, CRITERIA)
