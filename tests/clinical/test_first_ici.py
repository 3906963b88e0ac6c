"""First ICI, monotherapy and index progression: a few rows in, the expected answer out."""

import pytest

from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import EpisodeSettings
from tests.support import Study

MONOTHERAPY = {
    "one ICI, nothing beside it": (
        """01  nivolumab  2019-01-01  2019-05-01""",
        True,
    ),
    "another drug starts on day 28: combination": (
        """01  nivolumab  2019-01-01  2019-05-01
           01  pemetrexed  2019-01-29  2019-03-01""",
        False,
    ),
    "another drug starts on day 29, after the last dose": (
        """01  nivolumab  2019-01-01  2019-01-20
           01  pemetrexed  2019-01-30  2019-03-01""",
        True,
    ),
    "another drug started 28 days before: combination": (
        """01  pemetrexed  2018-12-04  2018-12-20
           01  nivolumab  2019-01-01  2019-05-01""",
        False,
    ),
    "chemotherapy that ended before": (
        """01  pemetrexed  2018-06-01  2018-12-20
           01  nivolumab  2019-01-01  2019-05-01""",
        True,
    ),
    "chemotherapy still given on the first day of the ICI": (
        """01  pemetrexed  2018-06-01  2019-01-01
           01  nivolumab  2019-01-01  2019-05-01""",
        False,
    ),
    "earlier chemotherapy without a last dose ends where the ICI starts": (
        """01  pemetrexed  2018-06-01  .
           01  nivolumab  2019-01-01  2019-05-01""",
        True,
    ),
    "an ICI without a last dose ends where the next therapy starts": (
        """01  nivolumab  2019-01-01  .
           01  docetaxel  2019-05-01  2019-07-01""",
        True,
    ),
    "a drug added during the ICI, without progression": (
        """01  nivolumab  2019-01-01  2019-08-01
           01  anlotinib  2019-05-01  2019-07-01""",
        False,
    ),
    "two ICIs from the first day": (
        """01  nivolumab  2019-01-01  2019-05-01
           01  ipilimumab  2019-01-01  2019-03-01""",
        False,
    ),
    "a last dose recorded on the day the next drug starts": (
        """01  nivolumab  2019-01-01  .
           01  nivolumab  2019-05-15  2019-05-15
           01  docetaxel  2019-05-15  2019-07-01""",
        False,
    ),
    "treatment after the cut-off is not known yet": (
        """01  nivolumab  2022-06-01  2022-10-01
           01  nivolumab  2023-03-01  2023-04-01
           01  pemetrexed  2023-03-01  2023-04-01""",
        True,
    ),
    "a restart after other therapy took its place": (
        """01  nivolumab  2019-01-01  2019-05-01
           01  carboplatin  2019-06-01  2019-07-01
           01  anlotinib  2019-09-01  2019-12-01
           01  nivolumab  2019-10-01  2019-12-01""",
        True,
    ),
    "supportive drugs never change a regimen": (
        """01  nivolumab  2019-01-01  2019-05-01
           01  denosumab  2019-01-01  2019-12-01""",
        True,
    ),
}


@pytest.mark.parametrize("case", MONOTHERAPY)
def test_monotherapy_is_one_ici_and_no_other_antineoplastic_beside_it(case: str) -> None:
    rows, expected = MONOTHERAPY[case]
    study = Study("patient_id  drug  start_date  end_date\n" + rows)
    assert study.patient(study.course)["first_ici_monotherapy"] == expected


def test_drugs_added_on_or_after_index_progression_are_treatment_beyond_progression() -> None:
    treatments = """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-08-01
        01          anlotinib   2019-05-01  2019-07-01
    """
    assessments = """
        patient_id  assessment_date  response
        01          2019-05-01       PD
    """
    study = Study(treatments, assessments)
    row = study.patient(study.course)
    assert row["first_ici_monotherapy"]
    assert row["treated_beyond_progression"]
    assert study.patient(study.cohort)["excluded_by"] == "rechallenged"

    strict = DefinitionSettings(episodes=EpisodeSettings(monotherapy_overlap="whole_exposure"))
    study = Study(treatments, assessments, definitions=strict)
    assert study.patient(study.cohort)["excluded_by"] == "first_ici_monotherapy"


INDEX_PROGRESSION = {
    "first of two progressions": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-03-01 PD imaging 1\n01 2019-04-01 PD imaging 4",
        ("2019-03-01", 1),
    ),
    "a progression on the first day does not count": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-01-01 PD imaging 1\n01 2019-04-01 PD imaging 4",
        ("2019-04-01", 4),
    ),
    "off drug, before other therapy": (
        "01 nivolumab 2019-01-01 2019-03-01\n01 docetaxel 2019-09-01 2019-10-01",
        "01 2019-09-01 PD imaging 3",
        ("2019-09-01", 3),
    ),
    "after the start of other therapy it belongs to that therapy": (
        "01 nivolumab 2019-01-01 2019-03-01\n01 docetaxel 2019-09-01 2019-10-01",
        "01 2019-09-02 PD imaging 3",
        (None, None),
    ),
    "after the cut-off": (
        "01 nivolumab 2022-06-01 2022-12-01",
        "01 2023-01-15 PD imaging 3",
        (None, None),
    ),
    "clinical progression counts": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-02-03 PD clinical .",
        ("2019-02-03", None),
    ),
    "iUPD counts under RECIST 1.1": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-02-03 iUPD imaging 2",
        ("2019-02-03", 2),
    ),
    "imaging comes before clinical on one day": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-03-01 PD clinical 5\n01 2019-03-01 PD imaging 1",
        ("2019-03-01", 1),
    ),
    "the larger count of two scans on one day": (
        "01 nivolumab 2019-01-01 2019-06-01",
        "01 2019-03-01 PD imaging 1\n01 2019-03-01 PD imaging 3",
        ("2019-03-01", 3),
    ),
}


@pytest.mark.parametrize("case", INDEX_PROGRESSION)
def test_index_progression_is_the_first_pd_before_other_therapy(case: str) -> None:
    treatments, assessments, (date, lesions) = INDEX_PROGRESSION[case]
    study = Study(
        "patient_id drug start_date end_date\n" + treatments,
        "patient_id assessment_date response basis progressing_lesions\n" + assessments,
    )
    row = study.patient(study.course)
    found = row["index_progression_date"]
    assert (None if found is None or found != found else str(found.date())) == date
    assert (None if row["progressing_lesions"] != row["progressing_lesions"] else row["progressing_lesions"]) == lesions


def test_a_reason_for_stopping_never_creates_a_progression() -> None:
    study = Study("""
        patient_id  drug        start_date  end_date    stop_reason
        01          nivolumab   2019-01-01  2019-06-01  progression
        01          sintilimab  2019-07-01  2019-09-01  .
    """)
    assert study.patient(study.cohort)["excluded_by"] == "index_progression"


def test_late_progression_is_flagged_after_84_days() -> None:
    for day, late in (("2019-08-24", False), ("2019-08-25", True)):
        study = Study(
            "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-06-01",
            f"patient_id assessment_date response\n01 {day} PD",
        )
        assert study.patient(study.course)["late_progression"] == late


def test_growing_and_new_lesions_count_together() -> None:
    study = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-06-01",
        "patient_id assessment_date response progressing_lesions new_lesions\n01 2019-03-01 PD 2 1",
    )
    assert study.patient(study.course)["progressing_lesions"] == 3
    assert study.patient(study.classified)["progression_pattern"] == "systemic"


LESIONS = {
    # growing, new -> least and most together
    "2 growing, 1 new": ("2", "1", (3, 3)),
    "new lesions not counted": ("2", ".", (2, 2)),
    "fewer than 4 new ones": ("1", "<4", (1, 4)),
    "fewer than 2 growing, 3 new": ("<2", "3", (3, 4)),
    "growing not counted, fewer than 5 new": (".", "<5", (0, float("inf"))),
    "at least 3": (">=3", ".", (3, float("inf"))),
    "no lesion is no count of a progression": ("0", ".", (None, None)),
    "nothing counted": (".", ".", (None, None)),
}


@pytest.mark.parametrize("case", LESIONS)
def test_bounds_of_the_lesion_count(case: str) -> None:
    growing, new, expected = LESIONS[case]
    study = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-06-01",
        f"patient_id assessment_date response progressing_lesions new_lesions\n01 2019-03-01 PD {growing} {new}",
    )
    row = study.patient(study.course)
    found = (row["progressing_lesions"], row["progressing_lesions_at_most"])
    assert tuple(None if value != value else value for value in found) == expected


def test_a_progression_reported_for_an_earlier_treatment_is_not_one_on_the_first_ici() -> None:
    study = Study(
        """
        patient_id  drug       start_date  end_date    progression_date
        01          docetaxel  2019-06-01  2019-08-20  2019-09-15
        01          nivolumab  2019-09-10  2020-01-01  2020-01-02
        """,
        progression_dates_only=True,
    )
    assert study.endpoint("PFS1", "first_ici")["days"] == 114


def test_an_adjuvant_drug_of_the_first_day_makes_the_exposure_an_earlier_one() -> None:
    study = Study("""
        patient_id  drug        start_date  end_date    intent
        01          ipilimumab  2019-01-01  2019-03-01  .
        01          nivolumab   2019-01-01  2019-06-01  adjuvant
    """)
    assert study.patient(study.cohort)["excluded_by"] == "no_prior_ici"


def test_a_source_without_scans_gives_progression_by_treatment() -> None:
    study = Study(
        """
        patient_id  drug       start_date  end_date    best_response  progression_date
        01          nivolumab  2019-01-01  2019-06-01  PR             2019-05-20
        """,
        progression_dates_only=True,
    )
    row = study.patient(study.classified)
    assert str(row["first_ici_progression"].date()) == "2019-05-20"
    assert row["best_response"] == "PR"
    assert row["progression_pattern"] == "unknown"
