"""PFS and OS: which event, when, and why the others are censored."""

import pytest

from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study

TREATMENTS = """
    patient_id  drug        start_date  end_date
    01          nivolumab   2019-01-01  2019-05-01
    01          sintilimab  2019-09-01  2019-12-01
"""
NEXT_THERAPY = TREATMENTS + "    01  docetaxel  2020-01-01  2020-03-01"
HEADER = "patient_id assessment_date response\n01 2019-05-02 PD\n"
ALIVE = "2022-12-31 ."

PFS = {
    # treatments, assessments on rechallenge, last contact and death -> days, event, reason
    "progression": (TREATMENTS, "01 2019-10-01 SD\n01 2019-11-30 PD", ALIVE, (90, 1, "progression")),
    "progression on the first day does not count": (
        TREATMENTS,
        "01 2019-09-01 PD\n01 2019-11-30 PD",
        ALIVE,
        (90, 1, "progression"),
    ),
    "death without progression, long after the last scan": (
        TREATMENTS,
        "01 2019-10-01 SD",
        "2020-08-31 2020-08-31",
        (365, 1, "death"),
    ),
    "progression and death on one day are one event, progression": (
        TREATMENTS,
        "01 2019-11-30 PD",
        "2019-11-30 2019-11-30",
        (90, 1, "progression"),
    ),
    "neither: the last adequate assessment": (
        TREATMENTS,
        "01 2019-10-01 SD\n01 2019-11-30 NE",
        ALIVE,
        (30, 0, "last_adequate_assessment"),
    ),
    "no assessment after the start: 0 days": (TREATMENTS, "", ALIVE, (0, 0, "no_assessment_after_start")),
    "new therapy first: the last adequate assessment before it": (
        NEXT_THERAPY,
        "01 2019-10-01 SD\n01 2020-02-01 PD",
        ALIVE,
        (30, 0, "new_systemic_therapy"),
    ),
    "progression on the day of new therapy counts": (NEXT_THERAPY, "01 2020-01-01 PD", ALIVE, (122, 1, "progression")),
    "death after new therapy without progression is censored before it": (
        NEXT_THERAPY,
        "01 2019-10-01 SD",
        "2020-06-01 2020-06-01",
        (30, 0, "new_systemic_therapy"),
    ),
    "progression after the cut-off": (
        TREATMENTS,
        "01 2019-10-01 SD\n01 2023-01-10 PD",
        "2023-02-01 .",
        (30, 0, "last_adequate_assessment"),
    ),
    "death after the cut-off": (
        TREATMENTS,
        "01 2019-10-01 SD",
        "2023-02-01 2023-02-01",
        (30, 0, "last_adequate_assessment"),
    ),
}


def study(treatments: str, assessments: str, follow_up: str, definitions: dict[str, object] | None = None) -> Study:
    return Study(
        treatments,
        HEADER + assessments,
        "patient_id histology stage last_contact_date death_date\n01 squamous IVA " + follow_up,
        definitions=DefinitionSettings.read(definitions or {}, "test"),
    )


@pytest.mark.parametrize("case", PFS)
def test_progression_free_survival(case: str) -> None:
    treatments, assessments, follow_up, expected = PFS[case]
    row = study(treatments, assessments, follow_up).endpoint("PFS", "rechallenge")
    assert (row["days"], row["event"], row["reason"]) == expected


def test_new_therapy_can_be_ignored() -> None:
    found = study(NEXT_THERAPY, "01 2019-10-01 SD\n01 2020-02-01 PD", ALIVE, {"endpoints": {"new_therapy": "ignore"}})
    row = found.endpoint("PFS", "rechallenge")
    assert (row["days"], row["event"]) == (153, 1)


def test_a_drug_of_the_regimen_given_again_is_not_new_therapy() -> None:
    treatments = (
        TREATMENTS
        + """    01  pemetrexed  2019-09-01  2019-10-01
    01  pemetrexed  2020-01-01  2020-03-01"""
    )
    row = study(treatments, "01 2019-10-01 SD\n01 2020-02-01 PD", ALIVE).endpoint("PFS", "rechallenge")
    assert (row["days"], row["event"]) == (153, 1)


def test_progression_lies_between_the_last_scan_without_it_and_the_scan_that_shows_it() -> None:
    row = study(TREATMENTS, "01 2019-10-01 SD\n01 2019-11-30 PD", ALIVE).endpoint("PFS", "rechallenge")
    assert (row["interval_lower_days"], row["interval_upper_days"]) == (30, 90)
    assert (row["source_table"], row["source_row"]) == ("assessments", 4)


def test_a_source_with_progression_dates_only_censors_at_last_contact() -> None:
    found = Study(
        """
        patient_id  drug        start_date  end_date    progression_date
        01          nivolumab   2019-01-01  2019-05-01  2019-05-02
        01          sintilimab  2019-09-01  2019-12-01  .
        """,
        patients="patient_id histology stage last_contact_date\n01 squamous IVA 2020-08-31",
        progression_dates_only=True,
    )
    row = found.endpoint("PFS", "rechallenge")
    assert (row["days"], row["event"], row["reason"], row["source_table"]) == (365, 0, "last_contact", "patients")


def test_a_progression_reported_for_the_treatment_on_its_first_day_is_an_event_at_0_days() -> None:
    found = Study(
        """
        patient_id  drug        start_date  end_date    progression_date
        01          nivolumab   2019-01-01  2019-01-01  2019-01-01
        02          nivolumab   2019-01-01  2019-05-01  2019-09-01
        02          sintilimab  2019-09-01  2019-12-01  .
        """,
        progression_dates_only=True,
    )
    row = found.endpoint("PFS1", "first_ici", "01")
    assert (row["days"], row["event"]) == (0, 1)
    assert found.patient(found.cohort, "01")["excluded_by"] == "index_progression"
    # The progression on the first ICI is not one on the rechallenge that starts that day.
    assert found.endpoint("PFS", "rechallenge", "02")["event"] == 0


OS = {
    "death": ("2020-08-31 2020-08-31", (365, 1, "death")),
    "alive at last contact": ("2020-08-31 .", (365, 0, "last_contact")),
    "followed past the cut-off": ("2023-05-01 .", (1217, 0, "cutoff")),
    "death after the cut-off is censored at it": ("2023-02-01 2023-02-01", (1217, 0, "death_after_cutoff")),
    "death on the cut-off": ("2022-12-31 2022-12-31", (1217, 1, "death")),
}


@pytest.mark.parametrize("case", OS)
def test_overall_survival(case: str) -> None:
    follow_up, expected = OS[case]
    row = study(TREATMENTS, "", follow_up).endpoint("OS", "rechallenge")
    assert (row["days"], row["event"], row["reason"]) == expected


def test_without_last_contact_the_latest_record_stands_in_and_is_named() -> None:
    row = study(TREATMENTS, "01 2019-10-01 SD", ". .").endpoint("OS", "rechallenge")
    assert (row["days"], row["reason"]) == (91, "last_record")


def test_genie_readings_name_their_own_source() -> None:
    """Imaging and the oncologist see progression on one day; or one dies on the day of a progression by imaging."""
    header = "patient_id assessment_date response basis\n01 2019-05-02 PD imaging\n"
    patients = "patient_id histology stage last_contact_date death_date\n01 squamous IVA 2019-12-01 "
    definitions = DefinitionSettings.read({"endpoints": {"preset": "genie_bpc", "genie_reading": "m"}}, "test")
    both = Study(
        TREATMENTS,
        header + "01 2019-12-01 PD imaging\n01 2019-12-01 PD clinical",
        patients + ".",
        definitions=definitions,
    )
    row = both.endpoint("PFS", "rechallenge")
    assert (row["event_type"], row["source_row"]) == ("progression", 4)
    died = Study(TREATMENTS, header + "01 2019-12-01 PD imaging", patients + "2019-12-01", definitions=definitions)
    row = died.endpoint("PFS", "rechallenge")
    assert (row["event_type"], row["source_table"]) == ("death", "patients")


def test_survival_from_the_first_ici_is_entered_at_rechallenge() -> None:
    row = study(TREATMENTS, "", "2020-08-31 2020-08-31").endpoint("OS1", "rechallenge")
    assert (row["days"], row["entry_days"], row["event"]) == (608, 243, 1)
    assert row["months"] == pytest.approx(608 / 30.4375)


def test_first_ici_pfs_is_given_for_all_with_monotherapy() -> None:
    found = Study(
        TREATMENTS + "    02  nivolumab  2019-01-01  2019-05-01\n    02  docetaxel  2019-06-01  2019-09-01",
        HEADER + "02 2019-02-15 SD\n02 2019-07-01 PD",
    )
    row = found.endpoint("PFS1", "first_ici", "02")
    assert (row["days"], row["event"], row["reason"]) == (45, 0, "new_systemic_therapy")
    assert found.endpoint("PFS1", "rechallenge", "01")["days"] == 121


def test_genie_bpc_censors_at_the_next_regimen() -> None:
    settings = {"endpoints": {"preset": "genie_bpc"}}
    for assessments, follow_up, expected in (
        ("01 2019-10-01 SD\n01 2020-02-01 PD", ALIVE, (122, 0, "new_systemic_therapy")),
        ("01 2020-01-01 PD", ALIVE, (122, 0, "new_systemic_therapy")),
        ("01 2019-12-31 PD", ALIVE, (121, 1, "progression")),
        ("01 2019-10-01 SD", "2020-06-01 2020-06-01", (122, 0, "new_systemic_therapy")),
    ):
        row = study(NEXT_THERAPY, assessments, follow_up, settings).endpoint("PFS", "rechallenge")
        assert (row["days"], row["event"], row["reason"]) == expected


def test_survival_after_progression_is_that_of_all_who_progressed() -> None:
    """Patient 01 was rechallenged, 02 never; 03 did not progress and has no such time."""
    found = Study(
        TREATMENTS
        + """    02  nivolumab   2019-01-01  2019-05-01
    03  nivolumab   2019-01-01  2019-05-01""",
        HEADER + "02 2019-06-01 PD\n03 2019-03-01 SD",
        """
        patient_id  histology  stage  last_contact_date  death_date
        01          squamous   IVA    2020-08-31         2020-08-31
        02          squamous   IVA    2019-10-09         .
        03          squamous   IVA    2019-12-31         2019-12-31
        """,
    )
    times = found.adtte[found.adtte["endpoint"] == "PPS"]
    columns = ["population", "patient_id", "days", "entry_days", "event", "reason"]
    assert times[columns].to_numpy().tolist() == [
        ["progressed", "01", 487.0, 0.0, 1, "death"],
        ["progressed", "02", 130.0, 0.0, 0, "last_contact"],
        ["rechallenge", "01", 487.0, 122.0, 1, "death"],
    ]


def test_a_death_on_the_day_of_progression_is_an_event_at_0_days() -> None:
    row = study("patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-05-01", "", "2019-05-02 2019-05-02")
    assert tuple(row.endpoint("PPS", "progressed")[["days", "event"]]) == (0, 1)
