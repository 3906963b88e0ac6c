"""RECIST 1.1 at one scan after the other: a few rows in, the response out."""

import pytest

from rechallenge.settings.exposure import LesionSettings
from tests.clinical.recist_cases import derived, response_after, responses

# Each case: what it shows, the rows, the response at the last scan.
TARGETS = {
    "29.9 percent below baseline is stable": (
        """2020-01-05  L1  lung   target  60
           2020-01-05  L2  liver  target  40
           2020-03-01  L1  lung   target  40
           2020-03-01  L2  liver  target  30.1""",
        "SD",
    ),
    "30 percent below baseline is a partial response": (
        """2020-01-05  L1  lung   target  60
           2020-01-05  L2  liver  target  40
           2020-03-01  L1  lung   target  40
           2020-03-01  L2  liver  target  30""",
        "PR",
    ),
    "a threshold reached exactly counts, whatever floating point makes of 0.1": (
        """2020-01-05  L1  lung   target  10.1
           2020-01-05  L2  liver  target  10.2
           2020-03-01  L1  lung   target  7.07
           2020-03-01  L2  liver  target  7.14""",
        "PR",
    ),
    "19.9 percent above nadir is stable": (
        """2020-01-05  L1  lung  target  100
           2020-03-01  L1  lung  target  119.9""",
        "SD",
    ),
    "20 percent and 20 mm above nadir is progression": (
        """2020-01-05  L1  lung  target  100
           2020-03-01  L1  lung  target  120""",
        "PD",
    ),
    "4.9 mm above nadir is stable, though it is 41 percent": (
        """2020-01-05  L1  lung  target  12
           2020-03-01  L1  lung  target  16.9""",
        "SD",
    ),
    "5 mm above nadir is progression where it is 20 percent": (
        """2020-01-05  L1  lung  target  12
           2020-03-01  L1  lung  target  17""",
        "PD",
    ),
    "5 mm above nadir is stable where it is less than 20 percent": (
        """2020-01-05  L1  lung  target  26
           2020-03-01  L1  lung  target  31""",
        "SD",
    ),
    "the nadir is the smallest sum on study, here that of the response": (
        """2020-01-05  L1  lung  target  100
           2020-03-01  L1  lung  target  50
           2020-05-01  L1  lung  target  60""",
        "PD",
    ),
    "above the nadir of the response by less: still a partial response": (
        """2020-01-05  L1  lung  target  100
           2020-03-01  L1  lung  target  50
           2020-05-01  L1  lung  target  59""",
        "PR",
    ),
    "one lesion grows, the other shrinks: the sum decides": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  45
           2020-03-01  L2  liver  target  20""",
        "SD",
    ),
    "disappearance of all targets is a complete response": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  0
           2020-03-01  L2  liver  target  .  absent""",
        "CR",
    ),
    "too small to measure is 5 mm, and not gone": (
        """2020-01-05  L1  lung  target  10
           2020-03-01  L1  lung  target  .   too_small""",
        "PR",
    ),
    "a target that is back after a complete response is progression at any size": (
        """2020-01-05  L1  lung  target  30
           2020-03-01  L1  lung  target  0
           2020-05-01  L1  lung  target  4""",
        "PD",
    ),
    "a target that is back during a partial response is added to the sum": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  0
           2020-03-01  L2  liver  target  28
           2020-05-01  L1  lung   target  4
           2020-05-01  L2  liver  target  28""",
        "PR",
    ),
    "a complete response is remembered over a scan that could not be evaluated": (
        """2020-01-05  L1  lung  target  30
           2020-03-01  L1  lung  target  0
           2020-04-01  L1  lung  target  .  not_evaluable
           2020-05-01  L1  lung  target  4""",
        "PD",
    ),
}
NODES = {
    "a node of 9.9 mm short axis is normal": (
        """2020-01-05  L1  lung        target  30
           2020-01-05  L2  lymph_node  target  18
           2020-03-01  L1  lung        target  0
           2020-03-01  L2  lymph_node  target  9.9""",
        "CR",
    ),
    "a node of 10 mm is not": (
        """2020-01-05  L1  lung        target  30
           2020-01-05  L2  lymph_node  target  18
           2020-03-01  L1  lung        target  0
           2020-03-01  L2  lymph_node  target  10""",
        "PR",
    ),
    "the short axis of a node counts in the sum, at baseline and after": (
        """2020-01-05  L1  lung         target  30
           2020-01-05  L2  纵隔淋巴结   target  20
           2020-03-01  L1  lung         target  27
           2020-03-01  L2  纵隔淋巴结   target  9""",
        "SD",
    ),
    "a normal node that grows to 11 mm after a complete response: the sum decides": (
        """2020-01-05  L1  mediastinal_LN  target  20
           2020-03-01  L1  mediastinal_LN  target  9
           2020-05-01  L1  mediastinal_LN  target  11""",
        "PR",
    ),
    "and to 14 mm": (
        """2020-01-05  L1  mediastinal_LN  target  20
           2020-03-01  L1  mediastinal_LN  target  9
           2020-05-01  L1  mediastinal_LN  target  14""",
        "PD",
    ),
    "a lung lesion of 9 mm is not gone": (
        """2020-01-05  L1  lung  target  30
           2020-03-01  L1  lung  target  9""",
        "PR",
    ),
    "lymphangitis is no node, a nodule neither": (
        """2020-01-05  L1  lymphangitis  target  30
           2020-01-05  L2  lung_nodule   target  30
           2020-03-01  L1  lymphangitis  target  9
           2020-03-01  L2  lung_nodule   target  9""",
        "PR",
    ),
}
OTHERS = {
    "targets gone, a non-target left: partial response": (
        """2020-01-05  L1  lung  target      30
           2020-01-05  N1  bone  non_target  .   present
           2020-03-01  L1  lung  target      0
           2020-03-01  N1  bone  non_target  .   present""",
        "PR",
    ),
    "targets gone, a non-target not looked at: partial response": (
        """2020-01-05  L1  lung  target      30
           2020-01-05  N1  bone  non_target  .   present
           2020-03-01  L1  lung  target      0""",
        "PR",
    ),
    "targets and non-targets gone": (
        """2020-01-05  L1  lung  target      30
           2020-01-05  N1  bone  non_target  .   present
           2020-03-01  L1  lung  target      0
           2020-03-01  N1  bone  non_target  .   absent""",
        "CR",
    ),
    "a non-target node below 10 mm is gone": (
        """2020-01-05  L1  lung          target      30
           2020-01-05  N1  hilar_node    non_target  12
           2020-03-01  L1  lung          target      0
           2020-03-01  N1  hilar_node    non_target  8""",
        "CR",
    ),
    "unequivocal progression of a non-target, the targets in response": (
        """2020-01-05  L1  lung    target      30
           2020-01-05  N1  pleura  non_target  .   present
           2020-03-01  L1  lung    target      10
           2020-03-01  N1  pleura  non_target  .   progression""",
        "PD",
    ),
    "a measured non-target that grows is no progression unless it is called unequivocal": (
        """2020-01-05  L1  lung    target      30
           2020-01-05  N1  liver   non_target  9
           2020-03-01  L1  lung    target      30
           2020-03-01  N1  liver   non_target  20""",
        "SD",
    ),
    "a new lesion, the targets in response": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  10
           2020-03-01  X1  brain  new     .""",
        "PD",
    ),
    "a new lymph node below 10 mm is no lesion": (
        """2020-01-05  L1  lung         target  30
           2020-03-01  X1  neck_node    new     8
           2020-03-01  L1  lung         target  10""",
        "PR",
    ),
    "a new lesion is progression once: the scan after it compares sums": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  30
           2020-03-01  X1  brain  new     12
           2020-05-01  X1  brain  new     13
           2020-05-01  L1  lung   target  25""",
        "SD",
    ),
    "a new lesion that grows further is progression again": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  30
           2020-03-01  X1  brain  new     12
           2020-05-01  X1  brain  new     17
           2020-05-01  L1  lung   target  25""",
        "PD",
    ),
    "no complete response while a lesion that was new is left": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  10
           2020-03-01  X1  brain  new     12
           2020-05-01  X1  brain  new     12
           2020-05-01  L1  lung   target  0""",
        "PR",
    ),
    "a non-target that is back after a complete response": (
        """2020-01-05  L1  lung  target      30
           2020-01-05  N1  bone  non_target  .   present
           2020-03-01  L1  lung  target      0
           2020-03-01  N1  bone  non_target  .   absent
           2020-05-01  L1  lung  target      0
           2020-05-01  N1  bone  non_target  .   present""",
        "PD",
    ),
    "a lesion that the baseline says was absent is new when it is there": (
        """2020-01-05  L1  lung   target      30
           2020-01-05  L2  liver  target      0
           2020-03-01  L2  liver  target      6
           2020-03-01  L1  lung   target      20""",
        "PD",
    ),
    "non-targets only, all there": (
        """2020-01-05  N1  pleura  non_target  .   present
           2020-03-01  N1  pleura  non_target  .   present""",
        "NON_CR_NON_PD",
    ),
    "non-targets only, all gone": (
        """2020-01-05  N1  pleura  non_target  .   present
           2020-03-01  N1  pleura  non_target  .   absent""",
        "CR",
    ),
    "non-targets only, one not evaluable": (
        """2020-01-05  N1  pleura  non_target  .   present
           2020-01-05  N2  bone    non_target  .   present
           2020-03-01  N1  pleura  non_target  .   absent
           2020-03-01  N2  bone    non_target  .   not_evaluable""",
        "NE",
    ),
    "non-targets only, unequivocal progression": (
        """2020-01-05  N1  pleura  non_target  .   present
           2020-03-01  N1  pleura  non_target  .   progression""",
        "PD",
    ),
}
MISSING = {
    "a target that is not measured: not evaluable": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  10""",
        "NE",
    ),
    "unless the others show progression: a new lesion": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  10
           2020-03-01  X1  brain  new     8""",
        "PD",
    ),
    "or the sum of those measured does already": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  72""",
        "PD",
    ),
    "an incomplete sum is no nadir": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  20
           2020-05-01  L1  lung   target  30
           2020-05-01  L2  liver  target  30""",
        "SD",
    ),
    "called a target, but not measured at baseline: not in the sum": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L2  liver  target  30
           2020-03-01  L1  lung   target  20""",
        "PR",
    ),
}


@pytest.mark.parametrize("case", TARGETS | NODES | OTHERS | MISSING)
def test_response_at_the_last_scan(case: str) -> None:
    text, expected = (TARGETS | NODES | OTHERS | MISSING)[case]
    assert response_after(text) == expected


def test_every_threshold_is_a_setting() -> None:
    rows = """2020-01-05  L1  lung  target  20
              2020-03-01  L1  lung  target  15
              2020-05-01  L1  lung  target  18"""
    assert responses(rows) == {"2020-03-01": "SD", "2020-05-01": "SD"}
    sooner = LesionSettings(partial_response_percent=25, progression_percent=20, progression_mm=3)
    assert responses(rows, settings=sooner) == {"2020-03-01": "PR", "2020-05-01": "PD"}
    node = rows.replace("lung", "node")
    assert responses(node, settings=LesionSettings(normal_node_mm=16))["2020-03-01"] == "CR"


def test_progression_is_followed_by_further_responses() -> None:
    """Pseudoprogression, or treatment beyond progression: the nadir stays."""
    rows = """2020-01-05  L1  lung  target  30
              2020-03-01  L1  lung  target  40
              2020-05-01  L1  lung  target  20
              2020-07-01  L1  lung  target  26"""
    assert responses(rows) == {"2020-03-01": "PD", "2020-05-01": "PR", "2020-07-01": "PD"}


def test_sums_stand_beside_the_response() -> None:
    found = derived("""2020-01-05  L1  lung  target  30
                       2020-03-01  L1  lung  target  20
                       2020-05-01  L1  lung  target  28""").loc["2020-05-01"]
    assert (found["sum_mm"], found["baseline_mm"], found["nadir_mm"]) == (28, 30, 20)
