"""Traps of time, of who is in and of progression: what a statistician would reject, each as a few rows.

Numbers are those of the list of traps; those of classes, sources, validation and endpoints stand with their subjects.
"""

import pandas as pd
import pytest

from rechallenge.clinical.eligibility import attrition
from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study


def dates(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """The known dates of a column, by patient."""
    known: dict[str, str] = frame.set_index("patient_id")[column].dropna().dt.strftime("%Y-%m-%d").to_dict()
    return known


def reasons(study: Study) -> dict[str, str]:
    """The criterion that each patient fails first, empty for the eligible."""
    found: dict[str, str] = study.cohort.set_index("patient_id")["excluded_by"].fillna("").to_dict()
    return found


def test_trap_02_six_months_are_a_number_of_days_converted_once() -> None:
    """Six calendar months are 181 days from January and 184 from July; only days are compared with the cutoff."""
    study = Study(
        """
        patient_id  drug       start_date  end_date
        01          nivolumab  2019-01-01  2019-07-01
        02          nivolumab  2019-07-01  2020-01-01
        """,
        """
        patient_id  assessment_date  response
        01          2019-03-01       SD
        01          2019-07-01       PD
        02          2019-09-01       SD
        02          2020-01-01       PD
        """,
    )
    found = study.classified[["patient_id", "days_to_progression", "resistance"]].to_numpy().tolist()
    assert found == [["01", 181, "primary"], ["02", 184, "acquired"]]
    assert study.classified["months_to_progression"].tolist() == [181 / 30.4375, 184 / 30.4375]


def test_trap_04_a_duration_of_nought_stays() -> None:
    """Rechallenge on 1 September: no scan after it (01), death that day (02), a progression reported that day (03)."""
    study = Study(
        """
        patient_id  drug        start_date  end_date    progression_date
        01          nivolumab   2019-01-01  2019-05-01  .
        01          sintilimab  2019-09-01  2019-10-01  .
        02          nivolumab   2019-01-01  2019-05-01  .
        02          sintilimab  2019-09-01  2019-09-01  .
        03          nivolumab   2019-01-01  2019-05-01  .
        03          sintilimab  2019-09-01  2019-09-01  2019-09-01
        """,
        """
        patient_id  assessment_date  response
        01          2019-05-01       PD
        02          2019-05-01       PD
        03          2019-05-01       PD
        """,
        """
        patient_id  histology       stage  last_contact_date  death_date
        01          adenocarcinoma  IVA    2022-12-31         .
        02          adenocarcinoma  IVA    2019-09-01         2019-09-01
        03          adenocarcinoma  IVA    2022-12-31         .
        """,
    )
    pfs = study.adtte[study.adtte["endpoint"].eq("PFS") & study.adtte["population"].eq("rechallenge")]
    found = pfs[["patient_id", "days", "event"]].astype({"event": int}).to_numpy().tolist()
    assert found == [["01", 0, 0], ["02", 0, 1], ["03", 0, 1]]
    assert (study.adtte["days"] >= 0).all()


def test_trap_05_what_happens_after_the_cut_off_is_censored_there_and_counted() -> None:
    """Death and progression in 2023, cut-off on 31 December 2022: the patient stays, at risk until that day."""
    study = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2022-01-01  2022-05-01
        01          sintilimab  2022-09-01  2023-02-01
        """,
        """
        patient_id  assessment_date  response
        01          2022-05-01       PD
        01          2022-11-01       SD
        01          2023-01-20       PD
        """,
        """
        patient_id  histology       stage  last_contact_date  death_date
        01          adenocarcinoma  IVA    2023-03-01         2023-03-01
        """,
    )
    assert reasons(study) == {"01": ""}
    survival = study.endpoint("OS", "rechallenge")
    assert (survival["event"], survival["days"], survival["reason"]) == (False, 121, "death_after_cutoff")
    pfs = study.endpoint("PFS", "rechallenge")
    assert (pfs["event"], pfs["days"]) == (False, 61)
    assert dates(study.course, "rechallenge_progression_date") == {}


def test_trap_06_both_starts_lie_inside_the_window_and_follow_up_need_not() -> None:
    """Window 1 March 2016 to 30 June 2022, cut-off half a year later."""
    study = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2016-02-29  2016-08-01
        01          sintilimab  2017-01-01  2017-05-01
        02          nivolumab   2016-03-01  2016-08-01
        02          sintilimab  2022-06-30  2022-10-01
        03          nivolumab   2019-01-01  2019-08-01
        03          sintilimab  2022-07-01  2022-10-01
        """,
        "patient_id assessment_date response\n01 2016-08-01 PD\n02 2016-08-01 PD\n02 2022-12-01 PD\n03 2019-08-01 PD",
        window=(pd.Timestamp("2016-03-01"), pd.Timestamp("2022-06-30")),
    )
    assert reasons(study) == {"01": "first_ici_in_window", "02": "", "03": "rechallenge_in_window"}
    # Progression after the window and before the cut-off is an event.
    pfs = study.endpoint("PFS", "rechallenge", "02")
    assert (pfs["event"], pfs["days"]) == (True, 154)


def test_trap_08_monotherapy_is_one_ici_and_nothing_else_beside_it() -> None:
    """Not "contains an ICI": with chemotherapy (02) and two ICIs (03) are out, local therapy alongside (04) is not."""
    study = Study(
        """
        patient_id  drug          start_date  end_date    modality
        01          nivolumab     2019-01-01  2019-05-01  systemic
        02          nivolumab     2019-01-01  2019-05-01  systemic
        02          pemetrexed    2019-01-01  2019-04-01  systemic
        03          nivolumab     2019-01-01  2019-05-01  systemic
        03          ipilimumab    2019-01-01  2019-03-01  systemic
        04          nivolumab     2019-01-01  2019-05-01  systemic
        04          radiotherapy  2019-02-01  2019-02-10  radiotherapy
        """
    )
    assert study.cohort.set_index("patient_id")["first_ici_monotherapy"].to_dict() == {
        "01": True,
        "02": False,
        "03": False,
        "04": True,
    }


def test_trap_09_doses_of_one_drug_are_one_exposure_up_to_a_stated_gap() -> None:
    """84 days for an ICI, 28 for another drug; a day more starts a new exposure."""
    study = Study("""
        patient_id  drug       start_date  end_date
        01          nivolumab  2019-01-01  2019-01-01
        01          nivolumab  2019-03-26  2019-03-26
        02          nivolumab  2019-01-01  2019-01-01
        02          nivolumab  2019-03-27  2019-03-27
        03          docetaxel  2019-01-01  2019-01-01
        03          docetaxel  2019-01-29  2019-01-29
        04          docetaxel  2019-01-01  2019-01-01
        04          docetaxel  2019-01-30  2019-01-30
    """)
    found = study.exposures[["patient_id", "start_date", "end_date"]].astype(str).to_numpy().tolist()
    assert found == [
        ["01", "2019-01-01", "2019-03-26"],
        ["02", "2019-01-01", "2019-01-01"],
        ["02", "2019-03-27", "2019-03-27"],
        ["03", "2019-01-01", "2019-01-29"],
        ["04", "2019-01-01", "2019-01-01"],
        ["04", "2019-01-30", "2019-01-30"],
    ]


def test_trap_10_a_restart_after_toxicity_or_a_planned_stop_is_no_rechallenge_after_resistance() -> None:
    """Half a year later, without progression; it is one (03) where progression came before the restart."""
    study = Study(
        """
        patient_id  drug       start_date  end_date    stop_reason
        01          nivolumab  2019-01-01  2019-03-01  toxicity
        01          nivolumab  2019-09-01  2019-12-01  .
        02          nivolumab  2019-01-01  2019-03-01  completed
        02          nivolumab  2019-09-01  2019-12-01  .
        03          nivolumab  2019-01-01  2019-03-01  toxicity
        03          nivolumab  2019-09-01  2019-12-01  .
        """,
        "patient_id assessment_date response\n03 2019-08-20 PD",
    )
    assert reasons(study) == {"01": "index_progression", "02": "index_progression", "03": ""}
    assert dates(study.course, "rechallenge_start") == {"03": "2019-09-01"}


def test_trap_11_treatment_beyond_progression_is_kept_apart_and_counted() -> None:
    """Continued (01), restarted within 84 days (02), with a drug added (03), stopped at progression (04)."""
    study = Study(
        """
        patient_id  drug       start_date  end_date
        01          nivolumab  2019-01-01  2019-09-01
        02          nivolumab  2019-01-01  2019-05-01
        02          nivolumab  2019-07-24  2019-09-01
        03          nivolumab  2019-01-01  2019-09-01
        03          docetaxel  2019-05-10  2019-09-01
        04          nivolumab  2019-01-01  2019-05-01
        """,
        """
        patient_id  assessment_date  response
        01          2019-05-01       PD
        02          2019-05-01       PD
        03          2019-05-01       PD
        04          2019-05-01       PD
        """,
    )
    assert set(reasons(study).values()) == {"rechallenged"}
    assert study.classified["treated_beyond_progression"].tolist() == ["true", "true", "true", "false"]
    assert study.classified["treated_beyond_progression"].eq("true").sum() == 3


def test_trap_12_of_several_rechallenges_the_first_eligible_one_is_the_index() -> None:
    """Three more ICIs: the patient stands once in every endpoint; the next one censors progression-free survival."""
    treatments = """
        patient_id  drug           start_date  end_date
        01          nivolumab      2019-01-01  2019-05-01
        01          sintilimab     2019-06-01  2019-08-01
        01          atezolizumab   2019-12-01  2020-03-01
        01          pembrolizumab  2020-08-01  2020-12-01
    """
    assessments = """
        patient_id  assessment_date  response
        01          2019-05-01       PD
        01          2019-07-15       SD
        01          2020-03-01       PD
    """
    study = Study(treatments, assessments)
    assert dates(study.course, "rechallenge_start") == {"01": "2019-06-01"}
    assert not study.adtte.duplicated(["endpoint", "population", "patient_id"]).any()
    pfs = study.endpoint("PFS", "rechallenge")
    assert (pfs["event"], pfs["days"]) == (False, 44)

    # The first that fulfils the definition: 12 weeks without an ICI before it.
    gobbini = DefinitionSettings.read({"re_exposure": {"preset": "gobbini_2020"}}, "test")
    study = Study(treatments, assessments, definitions=gobbini)
    assert dates(study.course, "rechallenge_start") == {"01": "2019-12-01"}
    assert not study.adtte.duplicated(["endpoint", "population", "patient_id"]).any()


def test_trap_14_attrition_is_computed_from_masks_and_fails_where_it_does_not_reconcile() -> None:
    """01 stays, 02 is small cell, 03 has no ICI and is small cell too, 04 did not progress."""
    study = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-05-01
        01          sintilimab  2019-09-01  2019-12-01
        02          nivolumab   2019-01-01  2019-05-01
        03          docetaxel   2019-01-01  2019-05-01
        04          nivolumab   2019-01-01  2019-05-01
        """,
        "patient_id assessment_date response\n01 2019-05-01 PD\n02 2019-05-01 PD",
        """
        patient_id  histology       stage  last_contact_date
        01          adenocarcinoma  IVA    2022-12-31
        02          small_cell      IVA    2022-12-31
        03          small_cell      IVA    2022-12-31
        04          adenocarcinoma  IVA    2022-12-31
        """,
    )
    steps = study.attrition[study.attrition["excluded"].gt(0) | study.attrition["step"].eq(0)]
    assert steps[["criterion", "excluded", "remaining"]].to_numpy().tolist() == [
        ["extract", 0, 4],
        ["nsclc", 2, 2],
        ["index_progression", 1, 1],
    ]
    # Each criterion is evaluated for everybody, whatever came before it in the order.
    assert study.cohort["ici_treated"].tolist() == [True, True, False, True]
    criteria = study.definitions.eligibility.criteria
    with pytest.raises(RuntimeError, match="do not add up"):
        attrition(study.cohort.assign(eligible=True), criteria)
    with pytest.raises(RuntimeError, match="differ from the reasons"):
        attrition(study.cohort.assign(excluded_by=["", "nsclc", "nsclc", "advanced"]), criteria)


def test_trap_18_pseudoprogression_is_no_progression_where_irecist_is_chosen() -> None:
    """iUPD, then a response (01); iUPD, then iCPD (02); iUPD and no further scan (03)."""
    treatments = """
        patient_id  drug       start_date  end_date
        01          nivolumab  2019-01-01  2019-12-01
        02          nivolumab  2019-01-01  2019-12-01
        03          nivolumab  2019-01-01  2019-12-01
    """
    assessments = """
        patient_id  assessment_date  response
        01          2019-03-01       iUPD
        01          2019-04-12       PR
        02          2019-03-01       iUPD
        02          2019-04-12       iCPD
        03          2019-03-01       iUPD
    """
    expected = {
        ("recist_1_1", "ignored"): {"01": "2019-03-01", "02": "2019-03-01", "03": "2019-03-01"},
        ("irecist", "ignored"): {"02": "2019-03-01"},
        ("irecist", "counts_unless_better"): {"02": "2019-03-01", "03": "2019-03-01"},
    }
    for (preset, unconfirmed), found in expected.items():
        settings = {"progression": {"preset": preset, "unconfirmed": unconfirmed}}
        study = Study(treatments, assessments, definitions=DefinitionSettings.read(settings, "test"))
        assert dates(study.course, "index_progression_date") == found
    # The response after pseudoprogression is the best response of the first ICI.
    assert study.patient(study.classified, "01")["best_response"] == "PR"
