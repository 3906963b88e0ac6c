"""The validation as a whole: copies, waivers, rows set aside, the findings of ingest, and the account of rows."""

from pathlib import Path

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.findings import findings, together
from rechallenge.sources.rules import DRUG_UNKNOWN, VALUE_UNKNOWN
from rechallenge.validation.check import Checked, check
from rechallenge.validation.set_aside import account
from rechallenge.validation.waivers import COLUMNS, read_waivers
from tests.support import canonical
from tests.validation.cases import CUTOFF, located

PATIENTS = """
    patient_id  last_contact_date  death_date
    01          2020-06-10         2020-06-10
    02          2021-06-10         .
"""
# Row 2 has a dose after the death of 01; row 4 repeats row 3.
TREATMENTS = """
    patient_id  drug       start_date  end_date
    01          docetaxel  2020-01-01  2020-07-01
    02          docetaxel  2020-01-01  2020-07-01
    02          docetaxel  2020-01-01  2020-07-01
"""
ASSESSMENTS = """
    patient_id  assessment_date  response
    01          2020-03-01       SD
    02          2020-03-01       SD
"""


def run(
    patients: str = PATIENTS,
    treatments: str = TREATMENTS,
    assessments: str = ASSESSMENTS,
    waivers: pd.DataFrame | None = None,
    set_aside: tuple[str, ...] = (),
    reported: pd.DataFrame | None = None,
) -> Checked:
    tables = {
        "patients": canonical("patients", patients),
        "treatments": canonical("treatments", treatments),
        "assessments": canonical("assessments", assessments),
    }
    return check(tables, reported, waivers, set_aside, cutoff=CUTOFF)


def waiver(**cells: str) -> pd.DataFrame:
    usual = {"reason": "seen in the letter of 3 May", "who": "A. Reviewer", "when": "2023-05-04"}
    return pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), **usual, **cells}])


def status(checked: Checked, rule: str) -> list[str]:
    return checked.violations.loc[checked.violations["rule"].eq(rule), "status"].tolist()


def counts(checked: Checked, table: str) -> dict[str, int]:
    row = checked.row_account.set_index("table").loc[table]
    return {str(name): int(number) for name, number in row.items()}


def rows(checked: Checked, table: str) -> list[int]:
    return sorted(checked.accepted[table]["source_row"].tolist())


def test_identical_rows_are_merged_and_counted() -> None:
    checked = run()
    assert rows(checked, "treatments") == [2, 3]
    assert counts(checked, "treatments") == {"rows_read": 3, "duplicates_merged": 1, "set_aside": 0, "used": 2}
    assert located(checked.violations, "duplicate_identical") == ["treatments 4"]
    message = checked.violations.set_index("rule").loc["duplicate_identical", "message"]
    assert "treatments.csv row 3" in message


def test_one_date_written_in_two_ways_is_one_row() -> None:
    tables = {"patients": canonical("patients", PATIENTS), "treatments": canonical("treatments", TREATMENTS)}
    tables["treatments"]["start_date_raw"] = ["2020-01-01", "2020-01-01", "2020/1/1"]
    assert rows(check(tables, cutoff=CUTOFF), "treatments") == [2, 3]


def test_two_unresolved_drugs_are_two_rows() -> None:
    tables = {"patients": canonical("patients", PATIENTS), "treatments": canonical("treatments", TREATMENTS)}
    tables["treatments"]["drug"] = pd.Series([None] * 3, dtype=tables["treatments"]["drug"].dtype)
    tables["treatments"]["drug_raw"] = ["docetaxel", "this", "that"]
    assert rows(check(tables, cutoff=CUTOFF), "treatments") == [2, 3, 4]


def test_an_open_error_stays_in_use() -> None:
    checked = run()
    assert status(checked, "dose_after_death") == ["open"]
    assert 2 in rows(checked, "treatments")


def test_rows_of_a_rule_are_set_aside_and_counted() -> None:
    checked = run(set_aside=("dose_after_death",))
    assert status(checked, "dose_after_death") == ["set_aside"]
    assert rows(checked, "treatments") == [3]
    assert counts(checked, "treatments") == {"rows_read": 3, "duplicates_merged": 1, "set_aside": 1, "used": 1}
    assert rows(checked, "assessments") == [2, 3]


def test_a_patient_set_aside_takes_all_rows_along() -> None:
    patients = PATIENTS.replace("2020-06-10         2020-06-10", "2020-08-10         2020-06-10")
    checked = run(patients, set_aside=("last_contact_after_death",))
    assert rows(checked, "patients") == [3]
    assert rows(checked, "treatments") == [3]
    assert rows(checked, "assessments") == [3]
    # Another error on a row that is no longer used stops nobody.
    assert status(checked, "dose_after_death") == ["set_aside"]
    assert [counts(checked, table)["set_aside"] for table in ("patients", "treatments", "assessments")] == [1, 1, 1]


def test_all_conflicting_rows_leave_together() -> None:
    patients = PATIENTS + "    02          2021-06-10         2021-06-10\n"
    checked = run(patients, set_aside=("patient_conflicting",))
    assert rows(checked, "patients") == [2]
    assert counts(checked, "patients") == {"rows_read": 3, "duplicates_merged": 0, "set_aside": 2, "used": 1}
    assert rows(checked, "treatments") == [2]


def test_unknown_rule_set_aside_names_the_nearest() -> None:
    with pytest.raises(UserError, match=r'no rule "dose_after_deth"\. Did you mean "dose_after_death"') as error:
        run(set_aside=("dose_after_deth", "duplicate_identical"))
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    "cells",
    [
        {"patient_id": "01"},
        {"table": "treatments", "source_row": "2"},
        {"patient_id": "01", "table": "treatments", "source_file": "treatments.csv", "source_row": "2"},
    ],
    ids=["patient", "row", "everything"],
)
def test_a_waiver_excuses_a_reviewed_violation(cells: dict[str, str]) -> None:
    checked = run(waivers=waiver(rule="dose_after_death", **cells))
    assert status(checked, "dose_after_death") == ["waived"]
    assert 2 in rows(checked, "treatments")
    assert located(checked.violations, "waiver_unused") == []


@pytest.mark.parametrize(
    "cells",
    [{"patient_id": "02"}, {"patient_id": "01", "table": "assessments"}, {"source_row": "3"}],
    ids=["other patient", "other table", "other row"],
)
def test_a_waiver_that_matches_nothing_is_an_error(cells: dict[str, str]) -> None:
    checked = run(waivers=waiver(rule="dose_after_death", **cells))
    assert status(checked, "dose_after_death") == ["open"]
    assert located(checked.violations, "waiver_unused") == ["waivers 2 rule"]
    unused = checked.violations.set_index("rule").loc["waiver_unused"]
    assert (unused["severity"], unused["value"], unused["status"]) == ("error", "dose_after_death", "open")


@pytest.mark.parametrize("missing", ["reason", "who", "when", "patient_id"])
def test_an_incomplete_waiver_is_an_error_and_excuses_nothing(missing: str) -> None:
    checked = run(waivers=waiver(rule="dose_after_death", patient_id="01").assign(**{missing: ""}))
    assert status(checked, "dose_after_death") == ["open"]
    assert status(checked, "waiver_incomplete") == ["open"]
    assert status(checked, "waiver_unused") == []


def test_a_waiver_of_an_unknown_rule_names_the_nearest() -> None:
    checked = run(waivers=waiver(rule="dose_after_deth", patient_id="01"))
    message = checked.violations.set_index("rule").loc["waiver_rule_unknown", "message"]
    assert 'Did you mean "dose_after_death"?' in message


def test_an_orphan_cannot_be_waived() -> None:
    orphans = run(
        treatments=TREATMENTS.replace("01          docetaxel", "99          docetaxel"),
        waivers=waiver(rule="orphan_row", patient_id="99"),
    )
    assert status(orphans, "orphan_row") == ["open"]
    assert status(orphans, "waiver_rule_unknown") == ["open"]


def test_a_waived_row_is_not_set_aside() -> None:
    checked = run(waivers=waiver(rule="dose_after_death", patient_id="01"), set_aside=("dose_after_death",))
    assert status(checked, "dose_after_death") == ["waived"]
    assert rows(checked, "treatments") == [2, 3]


def test_notes_can_be_waived() -> None:
    checked = run(waivers=waiver(rule="duplicate_identical", patient_id="02"))
    assert status(checked, "duplicate_identical") == ["waived"]


def _reported(frame: pd.DataFrame, rule: object, column: str, value: str, severity: str = "error") -> pd.DataFrame:
    return together([findings(rule, frame, table="treatments", column=column, value=value, severity=severity)])  # type: ignore[arg-type]


def test_findings_of_ingest_join_and_are_not_said_twice() -> None:
    treatments = TREATMENTS.replace("01          docetaxel", "01          .        ")
    bad = canonical("treatments", treatments).iloc[[0]]
    checked = run(treatments=treatments, reported=_reported(bad, DRUG_UNKNOWN, "drug", "doxetacel"))
    assert located(checked.violations, "drug_unknown") == ["treatments 2 drug"]
    assert located(checked.violations, "required_missing") == []
    assert located(run(treatments=treatments).violations, "required_missing") == ["treatments 2 drug"]


def test_a_note_of_ingest_does_not_hide_an_empty_required_cell() -> None:
    treatments = TREATMENTS.replace("01          docetaxel  2020-01-01", "01          docetaxel  .         ")
    bad = canonical("treatments", treatments).iloc[[0]]
    checked = run(treatments=treatments, reported=_reported(bad, VALUE_UNKNOWN, "start_date", "9999", "note"))
    assert located(checked.violations, "required_missing") == ["treatments 2 start_date"]


def test_findings_of_ingest_can_be_set_aside_and_waived() -> None:
    bad = canonical("treatments", TREATMENTS)
    copy = _reported(bad.iloc[[2]], VALUE_UNKNOWN, "stop_reason", "???")
    checked = run(reported=copy, set_aside=("value_unknown",))
    # Row 4 is a copy of row 3, which stands for it and leaves.
    assert rows(checked, "treatments") == [2]
    assert counts(checked, "treatments") == {"rows_read": 3, "duplicates_merged": 1, "set_aside": 1, "used": 1}
    waived = run(reported=copy, waivers=waiver(rule="value_unknown", source_row="4"))
    assert status(waived, "value_unknown") == ["waived"]


def test_a_wide_row_loses_only_the_treatment_in_question() -> None:
    tables = {"patients": canonical("patients", PATIENTS), "treatments": canonical("treatments", TREATMENTS)}
    tables["treatments"]["source_row"] = 7
    tables["treatments"]["drug_raw"] = ["doxetacel", "docetaxel", "docetaxel"]
    reported = _reported(tables["treatments"].iloc[[0]], DRUG_UNKNOWN, "drug", "doxetacel")
    checked = check(tables, reported, None, ("drug_unknown",), cutoff=CUTOFF)
    assert checked.accepted["treatments"]["patient_id"].tolist() == ["02"]


def test_the_account_must_add_up() -> None:
    checked = run()
    tables = {name: canonical(name, None) for name in checked.accepted}
    with pytest.raises(AssertionError, match="does not add up"):
        account(
            {**tables, "patients": canonical("patients", PATIENTS)},
            {name: _Merged(frame) for name, frame in tables.items()},
            {name: pd.Series(dtype=bool) for name in tables},
            tables,
        )


class _Merged:
    def __init__(self, frame: pd.DataFrame) -> None:
        self.copies = frame


def test_violations_have_the_columns_of_the_contract() -> None:
    checked = run()
    assert list(checked.violations.columns) == [
        "severity", "rule", "table", "source_file", "source_row", "patient_id", "column", "value", "message", "action",
        "status",
    ]  # fmt: skip
    first = checked.violations.iloc[0]
    assert first["rule"] == "dose_after_death"
    assert first["value"] == "2020-07-01"
    assert (
        first["message"]
        == "The last dose is dated after the patient's death (end_date 2020-07-01, death_date 2020-06-10)."
    )


def test_empty_extract_is_an_error_not_a_traceback() -> None:
    checked = check({}, cutoff=CUTOFF)
    assert located(checked.violations, "table_empty") == ["patients -", "treatments -"]
    assert checked.row_account["rows_read"].sum() == 0


def test_the_same_extract_in_another_order_gives_the_same_result() -> None:
    tables = {"patients": canonical("patients", PATIENTS), "treatments": canonical("treatments", TREATMENTS)}
    turned = {name: frame.iloc[::-1] for name, frame in tables.items()}
    one, other = check(tables, cutoff=CUTOFF), check(turned, cutoff=CUTOFF)
    pd.testing.assert_frame_equal(one.violations, other.violations)
    pd.testing.assert_frame_equal(one.row_account, other.row_account)


def test_waiver_file_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "waivers.csv"
    path.write_text(
        ",".join(COLUMNS) + "\ndose_after_death,007,,,,letter seen, A. R. ,2023-05-04\n\n", encoding="utf-8-sig"
    )
    waivers = read_waivers(path)
    assert waivers[["patient_id", "who", "waiver_file", "waiver_row"]].to_dict("records") == [
        {"patient_id": "007", "who": "A. R.", "waiver_file": "waivers.csv", "waiver_row": 2}
    ]


def test_waiver_file_with_wrong_columns_is_refused_with_sentences(tmp_path: Path) -> None:
    path = tmp_path / "waivers.csv"
    path.write_text("rule,patient,table,source_file,source_row,reason,who,when\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_waivers(path)
    assert error.value.problems == [
        'waivers.csv: the waiver file has no column "patient_id".',
        'waivers.csv: unknown column "patient". Did you mean "patient_id"?',
    ]
    with pytest.raises(UserError, match="does not exist"):
        read_waivers(tmp_path / "none.csv")
