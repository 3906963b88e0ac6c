"""Trap 13: identical rows are merged and counted, conflicting ones are violations; nobody keeps the first."""

from rechallenge.validation.check import Checked, check
from tests.support import canonical
from tests.validation.cases import CUTOFF, located

PATIENTS = """
    patient_id  last_contact_date
    01          2021-06-30
    02          2021-06-30
"""


def checked(patients: str = PATIENTS, treatments: str | None = None, assessments: str | None = None) -> Checked:
    tables = {"patients": patients, "treatments": treatments, "assessments": assessments}
    return check({name: canonical(name, text) for name, text in tables.items()}, cutoff=CUTOFF)


def account(found: Checked, table: str) -> dict[str, int]:
    """Rows of a table as they were read, merged, set aside and used."""
    row = found.row_account.set_index("table").loc[table]
    return {str(name): int(number) for name, number in row.items()}


def test_trap_13_identical_rows_are_merged_and_counted() -> None:
    """Row 3 repeats row 2; row 4 is another dose."""
    found = checked(
        treatments="""
        patient_id  drug       start_date  end_date
        01          nivolumab  2020-01-01  2020-01-01
        01          nivolumab  2020-01-01  2020-01-01
        01          nivolumab  2020-01-22  2020-01-22
        """
    )
    assert found.accepted["treatments"]["source_row"].tolist() == [2, 4]
    assert account(found, "treatments") == {"rows_read": 3, "duplicates_merged": 1, "set_aside": 0, "used": 2}
    assert located(found.violations, "duplicate_identical") == ["treatments 3"]


def test_trap_13_conflicting_rows_of_a_patient_are_an_error_and_none_is_chosen() -> None:
    """Two last contacts of 01: both rows are named, both stay in use until somebody decides."""
    found = checked(PATIENTS + "    01          2021-09-30\n")
    errors = found.violations[found.violations["rule"].eq("patient_conflicting")]
    assert errors["severity"].unique().tolist() == ["error"]
    assert sorted(errors["source_row"].astype(int)) == [2, 4]
    assert account(found, "patients") == {"rows_read": 3, "duplicates_merged": 0, "set_aside": 0, "used": 3}


def test_trap_13_two_responses_of_one_day_conflict() -> None:
    found = checked(
        assessments="""
        patient_id  assessment_date  response
        01          2020-03-01       SD
        01          2020-03-01       PD
        02          2020-03-01       PD
        02          2020-03-01       PD
        """
    )
    assert account(found, "assessments") == {"rows_read": 4, "duplicates_merged": 1, "set_aside": 0, "used": 3}
    assert located(found.violations, "duplicate_conflicting") == [
        "assessments 2 assessment_date",
        "assessments 3 assessment_date",
    ]
    errors = found.violations[found.violations["rule"].eq("duplicate_conflicting")]
    assert errors["severity"].unique().tolist() == ["error"]
