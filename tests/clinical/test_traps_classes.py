"""Traps of the classes: what a statistician would reject, each as a few rows in and the expected rows out."""

import pandas as pd

from rechallenge.clinical.progression_pattern import CONDITIONS_ON_OUTCOME, conditions_on_outcome
from rechallenge.figures.flow import LEFT_OUT, class_counts
from rechallenge.settings.definitions import DefinitionSettings
from tests.clinical.courses import first_icis, resistance
from tests.support import Study


def test_trap_01_exactly_six_months_is_decided_by_a_cutoff_in_days_and_an_operator() -> None:
    """From 1 January to 2 July 2019 are 182 days, to 3 July 183; 182.625 days lie between, a whole number on one."""
    rows = """
        id  best  pd   dose  class    reason
        01  SD    182  182   primary  no_response_below_cutoff
        02  SD    183  183   acquired  at_least_cutoff
        """
    resistance(rows, preset="index_inclusive")
    resistance(rows, preset="index_inclusive", boundary=">")
    resistance("id best pd dose class reason\n01 SD 182 182 acquired at_least_cutoff", cutoff_days=182, boundary=">=")
    resistance(
        "id best pd dose class reason\n01 SD 182 182 primary no_response_below_cutoff", cutoff_days=182, boundary=">"
    )


def test_trap_15_what_lies_between_the_two_classes_is_unclassified_and_counted() -> None:
    """A response with less than six months, and none with more, under the index study's own words."""
    rows = """
        id  best  pd   dose  class         reason
        01  PR    121  121   unclassified  response_not_above_cutoff
        02  SD    200  200   unclassified  no_response_not_below_cutoff
        03  SD    121  121   primary       no_response_below_cutoff
        04  PR    200  200   acquired      response_above_cutoff
        """
    resistance(rows, preset="index_literal")
    for policy, unclassified in (("own_group", "Unclassified"), ("exclude", LEFT_OUT)):
        found = first_icis(rows, {"resistance": {"preset": "index_literal", "unclassified": policy}})
        counts = {"Acquired resistance": 1, "Primary resistance": 1, unclassified: 2}
        assert class_counts(found.classified) == counts


def test_trap_16_short_exposure_is_not_evaluable_and_a_late_progression_is_a_class_apart() -> None:
    """SITC: six weeks of treatment (42 days) and progression within twelve weeks (84 days) of the last dose."""
    resistance(
        """
        id  best  pd   dose  class             reason
        01  PD    60   41    not_evaluable     exposure_too_short
        02  PD    60   42    primary           progression_as_best_response
        03  CR    284  200   acquired          disease_control_above_cutoff
        04  CR    285  200   late_progression  progression_after_window
        """,
        preset="sitc_2020",
    )


def test_trap_17_time_on_treatment_is_not_time_to_progression() -> None:
    """Ninety days of treatment, progression after 250: both are kept, and a setting says which is the clock."""
    patient = "id best pd dose\n01 SD 250 90"
    for clock, expected in (("progression", "acquired"), ("last_dose", "primary")):
        row = first_icis(patient, {"resistance": {"clock": clock}}).classified.iloc[0]
        assert (row["days_to_progression"], row["exposure_days"], row["resistance"]) == (250, 90, expected)


def test_trap_20_a_missing_count_is_never_oligo_and_lesions_are_not_organs() -> None:
    """One growing and two new lesions are three, in one organ; what was not counted is not known."""
    study = """
        patient_id  drug       start_date  end_date
        01          nivolumab  2019-01-01  2019-05-01
        02          nivolumab  2019-01-01  2019-05-01
        """
    scans = """
        patient_id  assessment_date  response  progressing_lesions  new_lesions  progressing_organs
        01          2019-05-02       PD        1                    2            1
        02          2019-05-02       PD        .                    .            .
        """
    for preset, expected in (("index", ["systemic", "unknown"]), ("heo_2021", ["oligo", "unknown"])):
        definitions = DefinitionSettings.read({"progression_pattern": {"preset": preset}}, "test")
        found = Study(study, scans, definitions=definitions)
        assert found.classified["progression_pattern"].tolist() == expected


def test_trap_21_a_pattern_at_rechallenge_progression_is_no_baseline_covariate() -> None:
    """Patient 02 has not progressed on rechallenge: read there, the pattern is missing, whatever it was before."""
    treatments = """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-05-01
        01          sintilimab  2019-07-01  2019-12-01
        02          nivolumab   2019-01-01  2019-05-01
        02          sintilimab  2019-07-01  2019-12-01
        """
    scans = """
        patient_id  assessment_date  response  progressing_lesions
        01          2019-05-02       PD        1
        01          2019-10-02       PD        4
        02          2019-05-02       PD        1
        02          2019-10-02       SD        .
        """
    baseline = Study(treatments, scans)
    assert baseline.classified["progression_pattern"].tolist() == ["oligo", "oligo"]
    definitions = DefinitionSettings.read({"progression_pattern": {"preset": "index_at_rechallenge"}}, "test")
    outcome = Study(treatments, scans, definitions=definitions)
    assert outcome.classified["progression_pattern"].fillna("").tolist() == ["systemic", ""]
    assert outcome.classified["progressing_lesions"].tolist() == [1, 1]
    assert not conditions_on_outcome(baseline.definitions.progression_pattern)
    assert conditions_on_outcome(definitions.progression_pattern)
    assert "conditions on the outcome" in CONDITIONS_ON_OUTCOME


def test_class_columns_have_no_value_where_nothing_is_known() -> None:
    row = Study("patient_id drug start_date end_date\n01 nivolumab 2019-01-01 .").classified.iloc[0]
    assert pd.isna(row[["exposure_days", "days_since_last_dose", "progressing_organs", "analysis_exclusion"]]).all()
