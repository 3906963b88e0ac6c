"""When progression is seen, on patients few enough to follow by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rechallenge.simulation.parameters import FollowUpParameters
from rechallenge.simulation.sampling import NEVER
from rechallenge.simulation.scans import follow

# A scan every 45 days, always; nobody has symptoms; every scan can be read.
STEADY = replace(
    FollowUpParameters(), first_scans_days=(45, 45), later_scans_days=(45, 45), symptomatic=0.0, not_evaluable=0.0
)


def seen(latent, until=1000, responder=False, model=STEADY, start=100):
    """Follow one patient from day `start`."""
    one = [np.array([value]) for value in (start, latent, until)]
    return follow(np.random.default_rng(0), *one, np.array([responder]), np.array([False]), model)


@pytest.mark.parametrize(
    ("latent", "detected"),
    [
        (1, 145),  # the first scan
        (45, 145),  # progression on the day of a scan is seen on it
        (46, 190),  # the day after: the next scan
        (200, 325),
    ],
)
def test_progression_is_recorded_at_the_next_scan(latent, detected):
    assert seen(latent).detected.tolist() == [detected]


def test_scans_before_progression_are_stable_and_the_last_is_progression():
    scans = seen(100).scans.sort_values("day")
    assert scans[["day", "response"]].to_numpy().tolist() == [[145, "SD"], [190, "SD"], [235, "PD"]]


def test_nothing_is_recorded_after_the_horizon():
    followed = seen(100, until=200)
    assert followed.detected.tolist() == [NEVER]
    assert sorted(followed.scans["day"]) == [145, 190]


def test_symptoms_come_before_the_scan():
    followed = seen(60, model=replace(STEADY, symptomatic=1.0, symptomatic_clinical_only=1.0))
    assert 160 <= followed.detected[0] <= 165
    assert followed.scans.set_index("response")["basis"].to_dict() == {"SD": "imaging", "PD": "clinical"}


def test_a_responder_responds_by_the_second_scan_and_not_after_progression():
    followed = seen(300, responder=True)
    scans = followed.scans.sort_values("day")["response"].tolist()
    assert scans[1:] == ["PR"] * 5 + ["PD"]
    assert followed.responded.tolist() == [True]


def test_early_progression_leaves_no_response():
    followed = seen(10, responder=True)
    assert followed.scans["response"].tolist() == ["PD"]
    assert followed.responded.tolist() == [False]


def test_who_is_not_treated_is_not_scanned():
    followed = seen(50, start=NEVER)
    assert len(followed.scans) == 0
    assert followed.detected.tolist() == [NEVER]
