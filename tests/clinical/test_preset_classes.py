"""The class of a patient under every preset, and who lies near a cutoff: few rows in, the expected rows out."""

import pandas as pd
import pytest

from rechallenge.clinical.classify import classifiable
from rechallenge.clinical.preset_classes import PRESETS, boundary_patients, column_of, preset_classes, under_preset
from rechallenge.settings.classes import PatternSettings, ResistanceSettings
from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study

# Day of the first dose 0; 02 is rechallenged, 05 never progresses.
TREATMENTS = """
patient_id  drug        start_date  end_date
01          nivolumab   2019-01-01  2019-04-20
02          nivolumab   2019-01-01  2019-06-20
02          sintilimab  2020-01-01  2020-03-01
03          nivolumab   2019-01-01  2019-07-01
04          nivolumab   2019-01-01  2019-08-08
05          nivolumab   2019-01-01  2019-12-01
"""
ASSESSMENTS = """
patient_id  assessment_date  response  progressing_lesions  progressing_organs
01          2019-02-20       PR        .                    .
01          2019-05-01       PD        2                    1
02          2019-03-01       SD        .                    .
02          2019-06-26       PD        4                    3
03          2019-02-20       PR        .                    .
03          2019-07-10       PD        7                    1
04          2019-03-01       SD        .                    .
04          2020-02-05       PD        .                    .
05          2019-03-01       SD        .                    .
"""
# Days to progression: 120, 176, 190, 400. Days after the last dose: 11, 6, 9, 181.


def study(definitions: dict[str, object] | None = None) -> Study:
    return Study(TREATMENTS, ASSESSMENTS, definitions=DefinitionSettings.read(definitions or {}, "test").resolved())


def rows_of(found: Study) -> pd.DataFrame:
    return classifiable(
        found.course, found.cohort, found.treatment_rows, found.assessments_seen, found.definitions, found.cutoff,
        progression_dates_only=False,
    )  # fmt: skip


def classes(definitions: dict[str, object] | None = None) -> pd.DataFrame:
    found = study(definitions)
    return preset_classes(rows_of(found), found.cohort, found.definitions).set_index("patient_id")


def boundary(definitions: dict[str, object] | None = None, days: int = 14) -> pd.DataFrame:
    found = study(definitions)
    return boundary_patients(rows_of(found), found.cohort, found.definitions, days)


def test_one_row_per_progressed_patient_and_one_column_per_preset() -> None:
    found = classes()
    assert list(found.index) == ["01", "02", "03", "04"]
    assert list(found.columns) == [
        "eligible",
        *(column_of(name, preset) for name in PRESETS for preset in PRESETS[name]),
    ]
    assert list(found["eligible"]) == [False, True, False, False]


EXPECTED = {
    "resistance.index_inclusive": ["acquired", "primary", "acquired", "acquired"],
    "resistance.index_literal": ["unclassified", "primary", "acquired", "unclassified"],
    "resistance.schoenfeld_2021": ["acquired", "not_acquired", "acquired", "not_acquired"],
    "progression_pattern.index": ["oligo", "systemic", "systemic", "unknown"],
    "progression_pattern.hosoya_2021": ["oligo", "oligo", "systemic", "unknown"],
    "progression_pattern.heo_2021": ["oligo", "systemic", "oligo", "unknown"],
}


@pytest.mark.parametrize("column", EXPECTED)
def test_the_classes_of_each_patient(column: str) -> None:
    assert list(classes()[column]) == EXPECTED[column]


def test_every_preset_gives_what_a_study_under_it_gives() -> None:
    found = classes()
    for dimension, presets in PRESETS.items():
        for preset in presets:
            alone = study({dimension: {"preset": preset}}).classified.set_index("patient_id")[dimension]
            expected = alone.reindex(found.index)
            pd.testing.assert_series_equal(found[column_of(dimension, preset)], expected, check_names=False)


def test_the_own_preset_is_the_studys_own_definition_and_the_others_are_as_published() -> None:
    own = classes({"resistance": {"cutoff_days": 170}})
    assert own.loc["02", "resistance.index_inclusive"] == "acquired"
    assert own.loc["02", "resistance.index_literal"] == "primary"


def test_what_presets_share_stays() -> None:
    literal = under_preset(ResistanceSettings(unclassified="primary", cutoff_days=170).resolved(), "index_literal")
    assert (literal.preset, literal.unclassified, literal.cutoff_days) == ("index_literal", "primary", 182.625)
    assert under_preset(PatternSettings(missing_count="oligo").resolved(), "eortc").missing_count == "oligo"
    shared = classes({"resistance": {"unclassified": "primary"}, "progression_pattern": {"missing_count": "oligo"}})
    assert shared.loc["04", "resistance.index_literal"] == "primary"
    assert shared.loc["04", "progression_pattern.eortc"] == "oligo"


def test_a_patient_left_out_for_want_of_a_class_is_still_compared() -> None:
    literal = {"preset": "index_literal", "unclassified": "exclude", "cutoff_days": 100}
    found = study({"resistance": literal})
    assert not found.classified.set_index("patient_id").loc["02", "eligible"]
    assert classes({"resistance": literal}).loc["02", "eligible"]


def near(preset: str, **settings: int) -> list[tuple[object, ...]]:
    rows = boundary(**settings)
    rows = rows[rows["preset"] == preset]
    names = ["patient_id", "eligible", "days", "distance", "class", "class_on_other_side"]
    return list(rows[names].itertuples(index=False, name=None))


def test_patients_near_a_cutoff_with_the_class_on_the_other_side() -> None:
    # The response of 03 decides under index_inclusive: beyond the cutoff the class would be the same.
    assert near("index_inclusive") == [
        ("02", True, 176, -6.625, "primary", "acquired"),
        ("03", False, 190, 7.375, "acquired", "acquired"),
    ]
    assert near("index_literal") == [
        ("02", True, 176, -6.625, "primary", "unclassified"),
        ("03", False, 190, 7.375, "acquired", "unclassified"),
    ]


def test_each_preset_has_its_own_cutoff() -> None:
    assert [(row[0], row[3]) for row in near("sitc_applied")] == [("02", -4), ("03", 10)]


def test_the_limit_of_schoenfeld_is_the_window_after_the_last_dose() -> None:
    rows = boundary()
    (row,) = rows[rows["preset"] == "schoenfeld_2021"].to_dict("records")
    assert (row["patient_id"], row["limit"], row["days"]) == ("04", "window_after_last_dose_days", 181)


def test_how_near_is_near_is_a_setting() -> None:
    assert [row[0] for row in near("index_inclusive", days=7)] == ["02"]
    assert near("index_inclusive", days=6) == []


def test_the_clock_of_the_preset_is_compared() -> None:
    # On the last dose as the clock, 04 has 219 days and 02 has 170: 02 alone is within 14 days.
    rows = boundary({"resistance": {"clock": "last_dose"}})
    own = rows[rows["preset"] == "index_inclusive"]
    assert dict(zip(own["patient_id"], own["days"], strict=True)) == {"02": 170, "03": 181}


def test_a_last_dose_that_is_not_on_record_is_near_nothing() -> None:
    found = Study(TREATMENTS.replace("2019-08-08", ".         "), ASSESSMENTS, definitions=study().definitions)
    rows = boundary_patients(rows_of(found), found.cohort, found.definitions, 400)
    assert "04" not in set(rows.loc[rows["preset"] == "schoenfeld_2021", "patient_id"])
    assert "04" in set(rows.loc[rows["preset"] == "index_inclusive", "patient_id"])


def test_nobody_progressed() -> None:
    found = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-04-20", definitions=study().definitions
    )
    rows = rows_of(found)
    assert preset_classes(rows, found.cohort, found.definitions).empty
    assert boundary_patients(rows, found.cohort, found.definitions, 14).empty


def test_only_the_time_to_progression_is_moved_to_the_other_side() -> None:
    """Under SITC 2020 the exposure must be six months too: it stays what it was."""
    doses = "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-06-20"
    scans = "patient_id assessment_date response\n01 2019-03-01 PR\n01 2019-07-05 PD\n01 2019-08-05 PD"
    made = Study(doses, scans)
    rows = classifiable(
        made.course, made.cohort, made.treatment_rows, made.assessments_seen, made.used, made.cutoff,
        progression_dates_only=False,
    )  # fmt: skip
    table = boundary_patients(rows, made.cohort, made.used, 14)
    (row,) = table[table["preset"].eq("sitc_2020")].to_dict("records")
    # 185 days to progression, 170 days of treatment.
    assert (row["days"], row["class"], row["class_on_other_side"]) == (185, "unclassified", "unclassified")
