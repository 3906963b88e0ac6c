"""Primary or acquired resistance: each preset's table of boundaries, and how the presets settle the gaps."""

import pandas as pd
import pytest

from rechallenge.settings.definitions import DefinitionSettings
from tests.clinical.courses import first_icis, resistance
from tests.support import Study, table


def test_index_inclusive() -> None:
    """A response, or six months (182.625 days), is acquired; neither is primary."""
    resistance(
        """
        id  best  pd   dose  class     reason
        01  PD    182  182   primary   no_response_below_cutoff
        02  PD    183  183   acquired  at_least_cutoff
        03  SD    182  182   primary   no_response_below_cutoff
        04  SD    183  183   acquired  at_least_cutoff
        05  PR    121  121   acquired  objective_response
        06  CR    400  20    acquired  objective_response
        07  PD    60   .     primary   no_response_below_cutoff
        08  PD    60   60    primary   no_response_below_cutoff
        """,
        preset="index_inclusive",
    )


def test_index_literal() -> None:
    """A response and more than six months is acquired, no response and less is primary; the rest has no class."""
    resistance(
        """
        id  best  pd   dose  class         reason
        01  PD    182  182   primary       no_response_below_cutoff
        02  SD    182  182   primary       no_response_below_cutoff
        03  PD    183  183   unclassified  no_response_not_below_cutoff
        04  PR    182  182   unclassified  response_not_above_cutoff
        05  PR    183  183   acquired      response_above_cutoff
        """,
        preset="index_literal",
    )


def test_sitc_2020() -> None:
    """Six weeks of exposure, twelve weeks after the last dose, a second scan, and six months of both time and dose."""
    resistance(
        """
        id  best  pd   dose  then      class             reason
        01  PD    60   41    again     not_evaluable     exposure_too_short
        02  PD    60   42    again     primary           progression_as_best_response
        03  PD    41   50    again     not_evaluable     exposure_too_short
        04  SD    182  182   again     primary           stable_disease_below_cutoff
        05  SD    183  183   again     acquired          disease_control_above_cutoff
        06  PR    182  182   again     unclassified      response_below_cutoff
        07  PR    183  183   again     acquired          disease_control_above_cutoff
        08  CR    190  182   again     unclassified      exposure_below_cutoff
        09  CR    190  183   again     acquired          disease_control_above_cutoff
        10  SD    284  200   again     acquired          disease_control_above_cutoff
        11  SD    285  200   again     late_progression  progression_after_window
        12  SD    285  200   once      late_progression  progression_after_window
        13  PD    100  100   once      unclassified      progression_not_confirmed
        14  PD    100  100   clinical  primary           progression_as_best_response
        15  PD    100  100   death28   primary           progression_as_best_response
        16  PD    100  100   death29   unclassified      progression_not_confirmed
        17  PD    250  250   again     primary           progression_as_best_response
        18  NE    250  250   again     primary           progression_as_best_response
        """,
        preset="sitc_2020",
    )


def test_sitc_2020_on_the_cutoff_itself() -> None:
    """The table of the task force has a class below six months and one above; equality is neither."""
    on_the_day = "id best pd dose class reason\n01 SD 180 180 {}\n02 PR 180 180 {}"
    neither = "unclassified exactly_cutoff"
    acquired = "acquired disease_control_above_cutoff"
    resistance(on_the_day.format(neither, neither), preset="sitc_2020", cutoff_days=180)
    resistance(on_the_day.format(acquired, acquired), preset="sitc_2020", cutoff_days=180, boundary=">=")


def test_sitc_applied() -> None:
    """180 days of disease control, and progression on the drug or within twelve weeks."""
    resistance(
        """
        id  best  pd   dose  class             reason
        01  PD    60   60    primary           progression_as_best_response
        02  PD    250  250   primary           progression_as_best_response
        03  SD    179  179   primary           disease_control_below_cutoff
        04  SD    180  180   acquired          disease_control_at_least_cutoff
        05  PR    179  179   primary           disease_control_below_cutoff
        06  PR    180  180   acquired          disease_control_at_least_cutoff
        07  CR    184  100   acquired          disease_control_at_least_cutoff
        08  CR    185  100   late_progression  progression_after_window
        09  CR    179  60    primary           disease_control_below_cutoff
        10  SD    200  10    late_progression  progression_after_window
        """,
        preset="sitc_applied",
    )


def test_sitc_combination() -> None:
    """Time alone decides; exactly six months is primary, and six weeks of treatment are needed."""
    resistance(
        """
        id  best  pd   dose  then  class          reason
        01  PR    60   41    once  not_evaluable  exposure_too_short
        02  PR    60   42    once  primary        cutoff_not_passed
        03  PR    182  182   once  primary        cutoff_not_passed
        04  PD    183  183   once  acquired       cutoff_passed
        05  PD    400  50    once  acquired       cutoff_passed
        """,
        preset="sitc_combination",
    )


@pytest.mark.parametrize(
    ("boundary", "expected"), [(">", "primary cutoff_not_passed"), (">=", "acquired cutoff_passed")]
)
def test_sitc_combination_on_the_cutoff_itself(boundary: str, expected: str) -> None:
    rows = f"id best pd dose class reason\n01 PD 183 183 {expected}\n02 PD 182 182 primary cutoff_not_passed"
    resistance(rows, preset="sitc_combination", cutoff_days=183, boundary=boundary)


def test_schoenfeld_2021() -> None:
    """An objective response, and progression within six months of the last dose; there is no primary class."""
    resistance(
        """
        id  best  pd   dose  class         reason
        01  PR    60   60    acquired      response_and_progression_within_window
        02  CR    282  100   acquired      response_and_progression_within_window
        03  CR    283  100   not_acquired  progression_after_window
        04  SD    400  400   not_acquired  stable_disease
        05  PD    60   60    not_acquired  no_response
        06  NE    60   60    not_acquired  no_response
        """,
        preset="schoenfeld_2021",
    )


@pytest.mark.parametrize("cutoff", [180, 182, 183])
@pytest.mark.parametrize(
    ("preset", "boundary", "below", "equal", "above"),
    [
        ("index_inclusive", ">=", "primary", "acquired", "acquired"),
        ("index_inclusive", ">", "primary", "primary", "acquired"),
        ("index_literal", ">=", "primary", "unclassified", "unclassified"),
        ("index_literal", ">", "primary", "unclassified", "unclassified"),
        ("sitc_applied", ">=", "primary", "acquired", "acquired"),
        ("sitc_applied", ">", "primary", "primary", "acquired"),
    ],
)
def test_a_cutoff_in_whole_days_can_be_met(
    cutoff: int, preset: str, boundary: str, below: str, equal: str, above: str
) -> None:
    found = first_icis(
        f"""
        id  best  pd            dose
        01  SD    {cutoff - 1}  {cutoff - 1}
        02  SD    {cutoff}      {cutoff}
        03  SD    {cutoff + 1}  {cutoff + 1}
        """,
        {"resistance": {"preset": preset, "cutoff_days": cutoff, "boundary": boundary}},
    )
    assert found.classified["resistance"].tolist() == [below, equal, above]


GAPS = """
preset            response_121_days  no_response_183_days  exactly_180_days
index_inclusive   acquired           acquired              acquired
index_literal     unclassified       unclassified          unclassified
sitc_2020         unclassified       acquired              unclassified
sitc_applied      primary            acquired              acquired
sitc_combination  primary            acquired              primary
schoenfeld_2021   acquired           not_acquired          not_acquired
"""


@pytest.mark.parametrize("row", table(GAPS).to_dict("records"), ids=lambda row: row["preset"])
def test_how_the_definitions_settle_the_gaps_of_the_index_study(row: dict[str, str]) -> None:
    """Response with less than six months, no response (SD) with more, and exactly six months of stable disease."""
    found = first_icis(
        """
        id  best  pd   dose
        01  PR    121  121
        02  SD    183  183
        03  SD    180  180
        """,
        {"resistance": {"preset": row["preset"]}},
    )
    exactly = first_icis(
        "id best pd dose\n03 SD 180 180", {"resistance": {"preset": row["preset"], "cutoff_days": 180}}
    )
    assert [*found.classified["resistance"][:2], *exactly.classified["resistance"]] == [*row.values()][1:]


def test_the_clock_can_be_the_time_on_treatment() -> None:
    """Treatment past progression does not count, and an unknown last dose shows no long treatment."""
    resistance(
        """
        id  best  pd   dose  class         reason
        01  SD    250  182   primary       no_response_below_cutoff
        02  SD    250  183   acquired      at_least_cutoff
        03  SD    182  300   primary       no_response_below_cutoff
        04  SD    250  .     unclassified  last_dose_not_recorded
        05  SD    182  .     primary       no_response_below_cutoff
        06  PR    250  .     acquired      objective_response
        """,
        preset="index_inclusive",
        clock="last_dose",
    )


def test_an_unrecorded_last_dose_decides_only_where_its_limit_can() -> None:
    """Progression on day 41 leaves no room for six weeks of exposure; later the exposure is not known."""
    resistance(
        """
        id  best  pd   dose  class          reason
        01  PD    41   .     not_evaluable  exposure_too_short
        02  PD    42   .     unclassified   last_dose_not_recorded
        03  SD    250  .     unclassified   last_dose_not_recorded
        """,
        preset="sitc_2020",
    )
    resistance(
        """
        id  best  pd   dose  class         reason
        01  PD    41   .     primary       progression_as_best_response
        02  SD    100  .     primary       disease_control_below_cutoff
        03  SD    250  .     unclassified  last_dose_not_recorded
        """,
        preset="sitc_applied",
    )
    resistance(
        """
        id  best  pd   dose  class         reason
        01  SD    250  .     not_acquired  stable_disease
        02  PR    250  .     unclassified  last_dose_not_recorded
        """,
        preset="schoenfeld_2021",
    )
    found = first_icis("id best pd dose\n01 SD 250 .\n02 SD 250 240").classified
    assert found["exposure_days"].isna().tolist() == [True, False]
    assert found["days_since_last_dose"].isna().tolist() == [True, False]


def test_minimum_exposure_confirmation_and_window_can_be_asked_of_any_definition() -> None:
    resistance(
        """
        id  best  pd   dose  then   class             reason
        01  PR    60   29    again  not_evaluable     exposure_too_short
        02  PR    121  30    again  late_progression  progression_after_window
        03  PR    120  30    once   unclassified      progression_not_confirmed
        04  PR    120  30    again  acquired          objective_response
        """,
        preset="index_inclusive",
        minimum_exposure_days=30,
        window_after_last_dose_days=90,
        confirmation="required",
    )
    resistance(
        """
        id  best  pd   dose  then  class     reason
        01  CR    400  60    once  unclassified  exposure_below_cutoff
        02  PD    60   20    once  primary   progression_as_best_response
        """,
        preset="sitc_2020",
        minimum_exposure_days=0,
        window_after_last_dose_days="none",
        confirmation="none",
    )
    resistance(
        "id best pd dose class reason\n01 CR 900 60 acquired response_and_progression_within_window",
        preset="schoenfeld_2021",
        window_after_last_dose_days="none",
    )


WITHOUT_CLASS = """
id  best  pd   dose
01  PD    60   30
02  PR    150  150
03  SD    285  200
04  SD    250  250
"""


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("own_group", ["not_evaluable", "unclassified", "late_progression", "acquired"]),
        ("exclude", ["not_evaluable", "unclassified", "late_progression", "acquired"]),
        ("primary", ["primary", "primary", "late_progression", "acquired"]),
        ("acquired", ["acquired", "acquired", "late_progression", "acquired"]),
    ],
)
def test_what_becomes_of_patients_without_a_class(policy: str, expected: list[str]) -> None:
    """The reason stays, a class apart stays a class apart, and only `exclude` takes anybody out."""
    found = first_icis(WITHOUT_CLASS, {"resistance": {"preset": "sitc_2020", "unclassified": policy}})
    rows = found.classified
    assert rows["resistance"].tolist() == expected
    assert rows["resistance_reason"].tolist() == [
        "exposure_too_short",
        "response_below_cutoff",
        "progression_after_window",
        "disease_control_above_cutoff",
    ]
    assert found.cohort["eligible"].all()
    out = policy == "exclude"
    assert rows["eligible"].tolist() == [not out, not out, True, True]
    assert rows["analysis_exclusion"].fillna("").tolist() == ["unclassified_resistance" if out else ""] * 2 + ["", ""]
    assert rechallenged_pfs(found) == (["03", "04"] if out else ["01", "02", "03", "04"])


def rechallenged_pfs(study: Study) -> list[str]:
    """The patients with PFS after rechallenge."""
    rows = study.adtte[study.adtte["endpoint"].eq("PFS") & study.adtte["population"].eq("rechallenge")]
    return sorted(rows["patient_id"])


def test_a_patient_who_was_not_rechallenged_is_not_left_out_of_what_she_was_never_in() -> None:
    found = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-05-02",
        "patient_id assessment_date response\n01 2019-02-15 PR\n01 2019-05-02 PD",
        definitions=DefinitionSettings.read(
            {"resistance": {"preset": "index_literal", "unclassified": "exclude"}}, "test"
        ),
    )
    row = found.patient(found.classified)
    assert (row["resistance"], row["eligible"]) == ("unclassified", False)
    assert pd.isna(row["analysis_exclusion"])


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("index_inclusive", ["unclassified", "acquired"]),
        ("index_literal", ["unclassified", "unclassified"]),
        ("sitc_2020", ["unclassified", "unclassified"]),
        ("sitc_applied", ["unclassified", "unclassified"]),
        ("sitc_combination", ["primary", "acquired"]),
        ("schoenfeld_2021", ["unclassified", "unclassified"]),
    ],
)
def test_where_no_response_is_on_record_the_definitions_that_need_one_say_so(preset: str, expected: list[str]) -> None:
    """A source with dates of progression and nothing else; confirmation cannot be asked of it."""
    found = Study(
        """
        patient_id  drug       start_date  end_date    progression_date
        01          nivolumab  2019-01-01  2019-05-02  2019-05-02
        02          nivolumab  2019-01-01  2019-09-02  2019-09-02
        """,
        progression_dates_only=True,
        definitions=DefinitionSettings.read({"resistance": {"preset": preset, "confirmation": "none"}}, "test"),
    )
    rows = found.classified
    assert rows["resistance"].tolist() == expected
    without = rows["resistance"].eq("unclassified")
    assert set(rows.loc[without, "resistance_reason"]) <= {"response_not_recorded"}


def test_without_index_progression_there_is_no_class_under_any_definition() -> None:
    for preset in table(GAPS)["preset"]:
        found = Study(
            "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-01-20",
            "patient_id assessment_date response\n01 2019-03-15 SD",
            definitions=DefinitionSettings.read({"resistance": {"preset": preset, "unclassified": "primary"}}, "test"),
        )
        row = found.patient(found.classified)
        assert pd.isna(row["resistance"])
        assert row["resistance_reason"] == "no_index_progression"


def test_exposure_and_time_since_the_last_dose() -> None:
    """In days; treatment past progression counts up to progression and leaves nothing since the last dose."""
    rows = first_icis(
        """
        id  best  pd   dose
        01  SD    200  150
        02  SD    200  200
        03  SD    200  230
        """
    ).classified
    assert rows["exposure_days"].tolist() == [150, 200, 200]
    assert rows["days_since_last_dose"].tolist() == [50, 0, -30]
