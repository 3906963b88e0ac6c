"""Measured lesions in the place of reported assessments, their disagreements, and the whole chain on them."""

import pandas as pd
import pytest

from rechallenge.clinical.recist import with_measured_lesions
from rechallenge.clinical.recist_agreement import AGREEMENT, agreement_counts, disagreements
from rechallenge.findings import COLUMNS
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import LesionSettings
from rechallenge.tables import TABLES
from tests.clinical.recist_cases import lesion_rows, regimens
from tests.support import Study, canonical

SETTINGS = LesionSettings()
NEVER = LesionSettings(use="never")
# Partial response in March, progression with a new lesion in May.
LESIONS = """
    2020-01-05  L1  lung   target  30
    2020-03-01  L1  lung   target  20
    2020-05-01  L1  lung   target  20
    2020-05-01  X1  brain  new     9
"""
ASSESSMENTS = """
    patient_id  assessment_date  response  basis     progressing_lesions
    01          2020-03-01       SD        imaging   .
    01          2020-05-01       PD        .         4
    01          2020-05-01       PD        clinical  .
    01          2020-07-01       PD        imaging   5
"""


def merged(settings: LesionSettings = SETTINGS) -> pd.DataFrame:
    return with_measured_lesions(canonical("assessments", ASSESSMENTS), lesion_rows(LESIONS), regimens(), settings)


def test_days_with_lesions_are_replaced_others_and_clinical_ones_stay() -> None:
    rows = merged()
    shown = rows[["assessment_date", "response", "basis", "source_file", "source_row"]].astype(str)
    assert shown.to_numpy().tolist() == [
        ["2020-03-01", "PR", "imaging", "lesions.csv", "3"],
        ["2020-05-01", "PD", "clinical", "assessments.csv", "4"],
        ["2020-05-01", "PD", "imaging", "lesions.csv", "4"],
        ["2020-07-01", "PD", "imaging", "assessments.csv", "5"],
    ]


def test_derived_rows_are_canonical_assessments() -> None:
    rows = merged()
    assert rows.dtypes.to_dict() == canonical("assessments", None).dtypes.to_dict()
    assert rows.columns.tolist() == TABLES["assessments"].all_names
    progression = rows[rows["source_file"].eq("lesions.csv")].iloc[-1]
    assert progression["assessment_date_precision"] == "day"
    assert progression["assessment_date_raw"] == "2020-05-01"
    for name, value in {"progressing_lesions": 0, "new_lesions": 1, "progressing_organs": 1}.items():
        assert progression[name] == value
        assert progression[f"{name}_qualifier"] == "exact"
        assert progression[f"{name}_raw"] == str(value)


def test_an_unnamed_organ_leaves_a_lower_bound() -> None:
    lesions = lesion_rows(LESIONS.replace("brain", "."))
    progression = with_measured_lesions(canonical("assessments", None), lesions, regimens(), SETTINGS).iloc[-1]
    assert (progression["progressing_organs"], progression["progressing_organs_qualifier"]) == (1, "at_least")


def test_a_day_at_which_lesions_tell_nothing_keeps_its_report() -> None:
    """March is the baseline: there was no scan before the start."""
    lesions = lesion_rows(LESIONS).iloc[1:]
    reported = canonical("assessments", "patient_id assessment_date response\n01 2020-03-01 PD")
    rows = with_measured_lesions(reported, lesions, regimens(), SETTINGS)
    assert rows["source_file"].tolist() == ["assessments.csv", "lesions.csv"]
    assert rows["response"].tolist() == ["PD", "PD"]


def test_not_evaluable_takes_the_place_of_a_response_and_never_of_a_progression() -> None:
    """One of two targets is missing in March."""
    lesions = lesion_rows("""2020-01-05  L1  lung   target  30
                             2020-01-05  L2  liver  target  30
                             2020-03-01  L1  lung   target  20""")
    for report, expected in (("PR", "NE"), ("PD", "PD"), ("iUPD", "iUPD")):
        reported = canonical("assessments", f"patient_id assessment_date response\n01 2020-03-01 {report}")
        rows = with_measured_lesions(reported, lesions, regimens(), SETTINGS)
        assert rows["response"].tolist() == [expected]
        notes = disagreements(reported, lesions, regimens(), SETTINGS)
        assert notes["message"].str.endswith("The report stands.").tolist() == [report != "PR"]
    rows = with_measured_lesions(canonical("assessments", None), lesions, regimens(), SETTINGS)
    assert rows["response"].tolist() == ["NE"]


def test_lesions_can_be_left_out() -> None:
    pd.testing.assert_frame_equal(merged(NEVER), canonical("assessments", ASSESSMENTS))


FIRST = "First progression on the regimen that started on 2020-01-10: reported "
DISAGREEMENTS = {
    "the same on each day": ("PR", "PD", []),
    "iUPD says progression too": ("PR", "iUPD", []),
    "a response was not reported": (
        "SD",
        "PD",
        ["Reported SD; the measured lesions give PR (sum of diameters 20 mm, baseline 30, nadir 30)."],
    ),
    "a progression was not reported": (
        "PR",
        "SD",
        [
            FIRST + "none, by the measured lesions 2020-05-01.",
            "Reported SD; the measured lesions give PD (sum of diameters 20 mm, baseline 30, nadir 20; "
            "growing lesions 0, new lesions 1).",
        ],
    ),
    "a progression was reported too early": (
        "PD",
        "PD",
        [
            FIRST + "2020-03-01, by the measured lesions 2020-05-01 (61 days later).",
            "Reported PD; the measured lesions give PR (sum of diameters 20 mm, baseline 30, nadir 30).",
        ],
    ),
}


@pytest.mark.parametrize("case", DISAGREEMENTS)
def test_disagreements_are_notes(case: str) -> None:
    march, may, expected = DISAGREEMENTS[case]
    rows = f"patient_id assessment_date response\n01 2020-03-01 {march}\n01 2020-05-01 {may}"
    notes = disagreements(canonical("assessments", rows), lesion_rows(LESIONS), regimens(), SETTINGS)
    assert notes.columns.tolist() == list(COLUMNS)
    assert sorted(notes["message"]) == expected
    assert set(notes["severity"]) <= {"note"}
    assert set(notes["rule"]) <= {"lesion_response_differs"}


def test_a_disagreement_names_the_cell_to_look_at() -> None:
    rows = "patient_id assessment_date response\n01 2020-03-01 SD\n01 2020-05-01 SD"
    notes = disagreements(canonical("assessments", rows), lesion_rows(LESIONS), regimens(), SETTINGS)
    shown = notes[["table", "source_file", "source_row", "patient_id", "column", "value"]].fillna("")
    assert shown.to_numpy().tolist() == [
        ["assessments", "assessments.csv", 2, "01", "response", "SD"],
        ["assessments", "assessments.csv", 3, "01", "response", "SD"],
        ["lesions", "lesions.csv", 4, "01", "assessment_date", ""],
    ]


def test_a_report_of_a_day_without_lesions_stands() -> None:
    rows = "patient_id assessment_date response\n01 2020-04-20 PD\n01 2020-05-01 PD"
    notes = disagreements(canonical("assessments", rows), lesion_rows(LESIONS), regimens(), SETTINGS)
    assert notes["message"].tolist() == [
        FIRST
        + "2020-04-20, by the measured lesions 2020-05-01 (11 days later). The report stands: no response was read "
        "from lesions that day."
    ]


def test_agreement_is_counted_by_pair() -> None:
    counts = agreement_counts(canonical("assessments", ASSESSMENTS), lesion_rows(LESIONS), regimens(), SETTINGS)
    assert counts.columns.tolist() == list(AGREEMENT)
    assert counts[["statistic", "level", "n"]].to_numpy().tolist() == [
        ["compared", "", 2],
        ["equal", "", 1],
        ["different", "", 1],
        ["n", "PD=>PD", 1],
        ["n", "SD=>PR", 1],
    ]
    assert set(counts["model"]) == {"lesion_agreement"}


def test_nothing_to_compare() -> None:
    reported = canonical("assessments", ASSESSMENTS)
    for lesions, settings in ((canonical("lesions", None), SETTINGS), (lesion_rows(LESIONS), NEVER)):
        assert disagreements(reported, lesions, regimens(), settings).empty
        assert agreement_counts(reported, lesions, regimens(), settings).empty


TREATMENTS = """
    patient_id  drug           start_date  end_date
    01          nivolumab      2020-01-10  2020-08-01
    01          docetaxel      2020-09-01  2020-11-01
    01          pembrolizumab  2020-12-01  2021-06-01
"""
# Reported: stable, then progression in October with five lesions. Measured: response in March, progression in August.
COURSE = """
    patient_id  assessment_date  lesion_id  organ  role        diameter_mm  status
    01          2020-01-05       L1         lung   target      40           .
    01          2020-01-05       N1         bone   non_target  .            present
    01          2020-03-01       L1         lung   target      25           .
    01          2020-03-01       N1         bone   non_target  .            present
    01          2020-08-05       L1         lung   target      32           .
    01          2020-08-05       N1         bone   non_target  .            progression
    01          2020-11-20       L1         lung   target      40           .
    01          2020-11-20       N1         bone   non_target  .            present
    01          2021-02-01       L1         lung   target      45           .
    01          2021-02-01       N1         bone   non_target  .            present
    01          2021-05-01       L1         lung   target      48           .
    01          2021-05-01       N1         bone   non_target  .            present
"""
REPORTED = """
    patient_id  assessment_date  response  progressing_lesions
    01          2020-03-01       SD        .
    01          2020-08-05       SD        .
    01          2020-08-28       PD        5
    01          2021-02-01       PD        3
    01          2021-05-01       PD        3
"""


def study(definitions: DefinitionSettings | None = None) -> Study:
    return Study(TREATMENTS, REPORTED, lesions=COURSE, definitions=definitions or DefinitionSettings())


def test_the_chain_rests_on_the_lesions() -> None:
    """Index progression, its lesions, best response and both progression-free survivals; the new baseline is 40 mm."""
    made = study()
    row = made.patient(made.classified)
    assert row["first_ici_progression"] == pd.Timestamp("2020-08-05")
    assert (row["best_response"], row["resistance"]) == ("PR", "acquired")
    assert (row["progressing_lesions"], row["progression_pattern"]) == (2, "oligo")
    first, again = made.endpoint("PFS1", "first_ici"), made.endpoint("PFS", "rechallenge")
    assert (first["end_date"], first["event"]) == (pd.Timestamp("2020-08-05"), 1)
    assert (first["source_file"], first["source_row"]) == ("lesions.csv", 6)
    assert (again["end_date"], again["event"]) == (pd.Timestamp("2021-05-01"), 1)


def test_and_on_the_reports_where_lesions_are_not_used() -> None:
    made = study(DefinitionSettings(lesions=NEVER))
    row = made.patient(made.classified)
    assert row["first_ici_progression"] == pd.Timestamp("2020-08-28")
    assert (row["best_response"], row["progression_pattern"]) == ("SD", "systemic")
    assert made.endpoint("PFS", "rechallenge")["end_date"] == pd.Timestamp("2021-02-01")
