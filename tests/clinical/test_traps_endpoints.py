"""Traps of endpoints: what a statistician would reject, each in a few rows."""

from dataclasses import dataclass

import pytest

from rechallenge.estimates.time_to_progression import assessment_interval
from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study

# First ICI with progression on 2019-05-01; rechallenge from 2019-09-01, with a first scan on day 45.
TREATMENTS = """
    patient_id  drug        start_date  end_date
    01          nivolumab   2019-01-01  2019-04-01
    01          sintilimab  2019-09-01  2020-03-01
"""
SCANS = """
    patient_id  assessment_date  response
    01          2019-05-01       PD
    01          2019-10-16       SD
"""
ALIVE = ("2022-12-31", ".")


@dataclass(frozen=True)
class Row:
    """What one row of adtte.csv says."""

    days: float
    event: int
    reason: str


def study(
    *,
    scans: str = "",
    treatments: str = "",
    end: tuple[str, str] = ALIVE,
    definitions: dict[str, object] | None = None,
) -> Study:
    """The patient above with further scans and treatments; `end` is last contact and death."""
    patients = "patient_id histology stage last_contact_date death_date\n01 adenocarcinoma IVA " + " ".join(end)
    used = DefinitionSettings.read(definitions or {}, "test")
    return Study(TREATMENTS + treatments, SCANS + scans, patients, definitions=used)


def row(made: Study, endpoint: str, population: str = "rechallenge") -> Row:
    found = made.endpoint(endpoint, population)
    return Row(found["days"], found["event"], found["reason"])


def test_trap_07_survival_from_the_first_ici_is_entered_at_rechallenge() -> None:
    """Nobody of the rechallenge set could die before rechallenge: that time is immortal."""
    made = study(end=("2020-08-31", "2020-08-31"))
    survival = made.endpoint("OS1", "rechallenge")
    assert (survival["entry_days"], survival["days"]) == (243, 608)
    # From rechallenge on there is nothing to enter late; among all with a first ICI nobody was waited for.
    assert made.endpoint("OS", "rechallenge")[["entry_days", "days"]].tolist() == [0, 365]
    assert made.endpoint("OS1", "first_ici")["entry_days"] == 0


@pytest.mark.parametrize(
    ("scans", "best"),
    [
        ("01 2019-02-11 SD", "PD"),  # day 41: SD is not evaluable yet
        ("01 2019-02-12 SD", "SD"),  # day 42
        ("01 2019-01-20 PR", "PR"),  # the minimum belongs to SD, not to PR
        ("01 2019-06-01 PR", "PD"),  # after the first progression
    ],
    ids=["SD at 41 days", "SD at 42 days", "PR at 19 days", "PR after progression"],
)
def test_trap_19_best_response_ends_at_the_first_progression(scans: str, best: str) -> None:
    assert study(scans=scans).classified["best_response"].tolist() == [best]


def test_trap_19_best_response_ends_at_the_next_therapy() -> None:
    made = study(scans="01 2019-12-15 PR", treatments="01 docetaxel 2019-12-01 2020-03-01")
    assert made.classified["rechallenge_best_response"].tolist() == ["SD"]


def test_trap_22_progression_and_death_on_one_day_are_one_event() -> None:
    made = study(scans="01 2019-12-15 PD", end=("2019-12-15", "2019-12-15"))
    pfs = made.endpoint("PFS", "rechallenge")
    assert (pfs["days"], pfs["event"], pfs["event_type"]) == (105, 1, "progression")
    assert made.endpoint("OS", "rechallenge")["event_type"] == "death"
    assert made.adtte["endpoint"].eq("PFS").sum() == 1


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [({}, Row(730, 1, "death")), ({"death_window_days": 90}, Row(45, 0, "death_window"))],
    ids=["whatever the time", "a window is a sensitivity setting"],
)
def test_trap_23_death_without_progression_is_an_event(endpoints: dict[str, object], expected: Row) -> None:
    made = study(end=("2021-08-31", "2021-08-31"), definitions={"endpoints": endpoints})
    assert row(made, "PFS") == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("censor", Row(45, 0, "new_systemic_therapy")),  # never the later of two censoring dates
        ("event", Row(91, 1, "new_therapy")),
        ("ignore", Row(136, 1, "progression")),
    ],
)
def test_trap_24_new_therapy_before_progression_has_a_declared_rule(rule: str, expected: Row) -> None:
    made = study(
        scans="01 2020-01-15 PD",
        treatments="01 docetaxel 2019-12-01 2020-03-01",
        definitions={"endpoints": {"new_therapy": rule}},
    )
    assert row(made, "PFS") == expected


def test_trap_25_pfs_is_censored_at_the_last_scan_and_survival_at_last_contact() -> None:
    made = study(end=("2020-08-31", "."))
    assert row(made, "PFS") == Row(45, 0, "last_adequate_assessment")
    assert row(made, "OS") == Row(365, 0, "last_contact")


def test_trap_26_the_interval_between_assessments_is_reported() -> None:
    """Without a schedule of scans it is real-world PFS: how often patients were seen is part of the result."""
    made = study(scans="01 2019-11-30 SD\n01 2020-02-28 PD")
    rows = {
        each.statistic: each for each in assessment_interval(made.assessment_rows, made.adtte, "PFS", "rechallenge")
    }
    # 45 days to the first scan, 45 to the second, 90 to the third.
    assert (rows["q1"].estimate, rows["median"].estimate, rows["q3"].estimate) == (45, 45, 67.5)
    assert rows["median"].n == 3
