"""Re-exposure: what is rechallenge, what is treatment beyond progression, and what lies in between."""

import pytest

from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import ReExposureSettings
from tests.support import Study

HEADER = "patient_id drug start_date end_date\n"
PROGRESSION = "patient_id assessment_date response\n01 2019-05-01 PD"

RE_EXPOSURE = {
    "the same ICI after exactly 84 days is treatment beyond progression": (
        "01 nivolumab 2019-01-01 2019-05-01\n01 nivolumab 2019-07-24 2019-09-01",
        None,
    ),
    "the same ICI after 85 days is rechallenge": (
        "01 nivolumab 2019-01-01 2019-05-01\n01 nivolumab 2019-07-25 2019-09-01",
        ("2019-07-25", "resumption"),
    ),
    "the same ICI within 84 days with chemotherapy added is treatment beyond progression": (
        "01 nivolumab 2019-01-01 2019-05-01\n01 nivolumab 2019-06-01 2019-09-01\n01 docetaxel 2019-06-01 2019-09-01",
        None,
    ),
    "the same ICI continued past progression": (
        "01 nivolumab 2019-01-01 2019-09-01",
        None,
    ),
    "another ICI on the day of progression": (
        "01 nivolumab 2019-01-01 2019-04-20\n01 sintilimab 2019-05-01 2019-09-01",
        ("2019-05-01", "switch"),
    ),
    "another ICI before progression is not rechallenge": (
        "01 nivolumab 2019-01-01 2019-04-01\n01 sintilimab 2019-04-20 2019-09-01",
        None,
    ),
    "another ICI after a break of more than 84 days": (
        "01 nivolumab 2019-01-01 2019-04-20\n01 sintilimab 2019-08-01 2019-09-01",
        ("2019-08-01", "resumption"),
    ),
    "another ICI after intervening therapy": (
        "01 nivolumab 2019-01-01 2019-04-20\n01 docetaxel 2019-05-10 2019-07-01\n01 sintilimab 2019-08-01 2019-09-01",
        ("2019-08-01", "rechallenge"),
    ),
    "the first of several is the index rechallenge": (
        "01 nivolumab 2019-01-01 2019-04-20\n01 sintilimab 2019-08-01 2019-09-01\n"
        "01 atezolizumab 2020-01-01 2020-03-01",
        ("2019-08-01", "resumption"),
    ),
}


@pytest.mark.parametrize("case", RE_EXPOSURE)
def test_re_exposure(case: str) -> None:
    treatments, expected = RE_EXPOSURE[case]
    study = Study(HEADER + treatments, PROGRESSION)
    row = study.patient(study.course)
    if expected is None:
        assert row["rechallenge_start"] is None or row["rechallenge_start"] != row["rechallenge_start"]
        assert not study.patient(study.cohort)["eligible"]
    else:
        assert (str(row["rechallenge_start"].date()), row["rechallenge_kind"]) == expected
        assert study.patient(study.cohort)["eligible"]
        assert (study.adtte["endpoint"].eq("PFS") & study.adtte["patient_id"].eq("01")).sum() == 1


def test_a_restart_after_toxicity_without_progression_continues_the_first_exposure() -> None:
    """Stopped in March for toxicity, restarted in September; progression on the restart, then another ICI."""
    study = Study(
        """
        patient_id  drug        start_date  end_date    stop_reason
        01          nivolumab   2019-01-01  2019-03-01  toxicity
        01          nivolumab   2019-09-01  2019-12-01  .
        01          sintilimab  2020-02-01  2020-05-01  .
        """,
        "patient_id assessment_date response\n01 2019-12-15 PD",
    )
    row = study.patient(study.course)
    assert str(row["first_ici_end"].date()) == "2019-12-01"
    assert str(row["rechallenge_start"].date()) == "2020-02-01"
    assert study.patient(study.classified)["days_to_progression"] == 348


def test_a_minimum_gap_can_be_asked_of_another_ici() -> None:
    treatments = HEADER + "01 nivolumab 2019-01-01 2019-04-20\n01 sintilimab 2019-06-19 2019-09-01"
    for gap, eligible in ((0, True), (60, True), (61, False)):
        definitions = DefinitionSettings(re_exposure=ReExposureSettings(minimum_gap_days=gap))
        study = Study(treatments, PROGRESSION, definitions=definitions)
        assert study.patient(study.cohort)["eligible"] == eligible


INTERVAL = {
    "29 days before rechallenge": ("01 docetaxel 2019-07-03 2019-07-20", "true"),
    "28 days before rechallenge belongs to its regimen": ("01 docetaxel 2019-07-04 2019-07-20", "false"),
    "on the day of the last dose of the first ICI": ("01 docetaxel 2019-04-20 2019-06-01", "false"),
    "the day after the last dose": ("01 docetaxel 2019-04-21 2019-06-01", "true"),
    "supportive drugs do not count": ("01 denosumab 2019-05-10 2019-06-01", "false"),
}


@pytest.mark.parametrize("case", INTERVAL)
def test_interval_treatment(case: str) -> None:
    row, expected = INTERVAL[case]
    treatments = HEADER + f"01 nivolumab 2019-01-01 2019-04-20\n{row}\n01 sintilimab 2019-08-01 2019-10-01"
    study = Study(treatments, "patient_id assessment_date response\n01 2019-04-20 PD")
    assert study.patient(study.classified)["interval_treatment"] == expected


def test_local_therapy_counts_only_where_the_preset_says_so() -> None:
    treatments = """
        patient_id  drug          start_date  end_date    modality
        01          nivolumab     2019-01-01  2019-04-20  systemic
        01          radiotherapy  2019-05-10  2019-05-20  radiotherapy
        01          sintilimab    2019-08-01  2019-10-01  systemic
    """
    for preset, expected in (("systemic", "false"), ("systemic_or_local", "true")):
        definitions = DefinitionSettings.read({"interval_treatment": {"preset": preset}}, "test")
        study = Study(treatments, PROGRESSION, definitions=definitions)
        row = study.patient(study.classified)
        assert row["interval_treatment"] == expected
        assert row["local_therapy_at_progression"] == "true"


def test_a_missing_last_dose_ends_at_the_next_therapy_which_still_counts_as_interval_treatment() -> None:
    treatments = HEADER + "01 nivolumab 2019-01-01 .\n01 docetaxel 2019-05-10 2019-07-01\n01 sintilimab 2019-09-01 ."
    study = Study(treatments, PROGRESSION)
    row = study.patient(study.course)
    assert (str(row["first_ici_end"].date()), row["first_ici_end_imputed"]) == ("2019-05-10", True)
    assert study.patient(study.classified)["interval_treatment"] == "true"


def test_the_first_ici_ends_where_another_ici_takes_its_place() -> None:
    """Nivolumab comes back within 84 days of its last dose, but after atezolizumab: a later exposure."""
    study = Study(
        HEADER
        + """01 nivolumab 2019-01-01 2019-04-11
             01 docetaxel 2019-04-15 2019-04-16
             01 atezolizumab 2019-05-20 2019-05-25
             01 nivolumab 2019-06-30 2019-12-01""",
        "patient_id assessment_date response\n01 2019-04-11 PD\n01 2019-06-10 SD\n01 2019-09-01 PD",
    )
    row = study.patient(study.course)
    assert str(row["first_ici_end"].date()) == "2019-04-11"
    assert (row["rechallenge_drugs"], row["rechallenge_type"]) == ("atezolizumab", "monotherapy")
    assert (row["rechallenge_kind"], row["interval_treatment_systemic"]) == ("rechallenge", True)
    pfs = study.endpoint("PFS", "rechallenge")
    assert (pfs["days"], pfs["reason"]) == (21, "new_systemic_therapy")


def test_the_same_ici_with_another_one_added_is_a_rechallenge_with_both() -> None:
    study = Study(
        HEADER
        + """01 nivolumab 2019-01-01 2019-04-11
             01 docetaxel 2019-04-20 2019-05-01
             01 nivolumab 2019-06-01 2019-12-01
             01 ipilimumab 2019-06-01 2019-08-01""",
        "patient_id assessment_date response\n01 2019-04-11 PD",
    )
    row = study.patient(study.course)
    assert (row["rechallenge_drugs"], row["rechallenge_type"]) == ("ipilimumab + nivolumab", "ici_combination")
    assert row["interval_treatment_systemic"]


def test_two_icis_given_together_do_not_interrupt_each_other() -> None:
    study = Study(
        HEADER
        + """01 nivolumab 2019-01-01 2019-01-01
             01 ipilimumab 2019-01-01 2019-01-01
             01 nivolumab 2019-01-22 2019-01-22
             01 ipilimumab 2019-02-12 2019-02-12
             01 nivolumab 2019-03-05 2019-03-05"""
    )
    assert study.exposures[["drug", "start_date", "end_date"]].astype(str).to_numpy().tolist() == [
        ["ipilimumab", "2019-01-01", "2019-02-12"],
        ["nivolumab", "2019-01-01", "2019-03-05"],
    ]


def test_a_missing_last_dose_of_a_continued_ici_ends_at_the_next_therapy_however_soon() -> None:
    """Only around the first dose of an exposure can another drug be a partner."""
    study = Study(
        HEADER
        + """01 nivolumab 2019-01-01 2019-05-01
             01 nivolumab 2019-05-15 .
             01 docetaxel 2019-05-25 2019-08-01
             01 atezolizumab 2019-10-01 2019-12-01""",
        "patient_id assessment_date response\n01 2019-05-20 PD",
    )
    row = study.patient(study.course)
    assert (str(row["first_ici_end"].date()), row["first_ici_end_imputed"]) == ("2019-05-25", True)
    assert (row["rechallenge_kind"], row["interval_treatment_systemic"]) == ("rechallenge", True)


def test_a_last_dose_on_the_day_of_the_switch_is_no_combination() -> None:
    study = Study(HEADER + "01 nivolumab 2019-01-01 2019-05-01\n01 atezolizumab 2019-05-01 2019-12-01", PROGRESSION)
    assert study.patient(study.course)["rechallenge_type"] == "monotherapy"


TYPES = {
    "01 sintilimab 2019-08-01 2019-10-01": ("sintilimab", "monotherapy"),
    "01 sintilimab 2019-08-01 .\n01 docetaxel 2019-08-10 .": ("sintilimab + docetaxel", "chemotherapy"),
    "01 sintilimab 2019-08-01 .\n01 anlotinib 2019-08-01 .": ("sintilimab + anlotinib", "anti_angiogenic"),
    "01 sintilimab 2019-08-01 .\n01 bevacizumab 2019-08-01 .\n01 docetaxel 2019-08-01 .": (
        "sintilimab + bevacizumab + docetaxel",
        "chemotherapy_and_anti_angiogenic",
    ),
    "01 sintilimab 2019-08-01 .\n01 ipilimumab 2019-08-01 .": ("ipilimumab + sintilimab", "ici_combination"),
    "01 sintilimab 2019-08-01 .\n01 osimertinib 2019-08-01 .": ("sintilimab + osimertinib", "other_combination"),
}


@pytest.mark.parametrize("rows", TYPES)
def test_regimen_of_rechallenge(rows: str) -> None:
    study = Study(HEADER + "01 nivolumab 2019-01-01 2019-04-20\n" + rows, PROGRESSION)
    row = study.patient(study.classified)
    assert (row["rechallenge_regimen"], row["rechallenge_type"]) == TYPES[rows]


def test_regimens_of_every_patient() -> None:
    study = Study(
        HEADER
        + """01 carboplatin 2018-01-01 2018-04-01
             01 pemetrexed 2018-01-01 2018-06-01
             01 nivolumab 2019-01-01 2019-04-20
             01 nivolumab 2019-05-15 2019-06-01
             02 docetaxel 2019-01-01 2019-02-01"""
    )
    found = study.regimens[["patient_id", "regimen_number", "drugs", "start_date", "end_date"]].astype(str)
    assert found.to_numpy().tolist() == [
        ["01", "1", "carboplatin + pemetrexed", "2018-01-01", "2018-06-01"],
        ["01", "2", "nivolumab", "2019-01-01", "2019-06-01"],
        ["02", "1", "docetaxel", "2019-01-01", "2019-02-01"],
    ]
