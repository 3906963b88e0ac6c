"""Baselines of several regimens, and the counts of progressing lesions."""

import pandas as pd
import pytest

from rechallenge.clinical import recist
from rechallenge.clinical.recist import derived_responses
from rechallenge.settings.exposure import LesionSettings
from tests.clinical.recist_cases import counts, derived, lesion_rows, regimens, responses

COUNTS = {
    "each target that grew by itself counts, one that did not does not": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-01-05  L3  brain  target  30
           2020-03-01  L1  lung   target  40
           2020-03-01  L2  liver  target  36
           2020-03-01  L3  brain  target  34""",
        (2, 0, 2),
    ),
    "a lesion is compared with its own nadir": (
        """2020-01-05  L1  lung   target  40
           2020-01-05  L2  liver  target  20
           2020-03-01  L1  lung   target  20
           2020-03-01  L2  liver  target  20
           2020-05-01  L1  lung   target  30
           2020-05-01  L2  liver  target  20""",
        (1, 0, 1),
    ),
    "the sum grew, no lesion enough alone: the one that grew most": (
        """2020-01-05  L1  lung   target  12
           2020-01-05  L2  liver  target  13
           2020-03-01  L1  lung   target  14
           2020-03-01  L2  liver  target  17""",
        (1, 0, 1),
    ),
    "growing, new and non-target lesions; two in one organ": (
        """2020-01-05  L1  lung   target      30
           2020-01-05  N1  lung   non_target  .   present
           2020-03-01  L1  lung   target      40
           2020-03-01  N1  lung   non_target  .   progression
           2020-03-01  X1  brain  new         .
           2020-03-01  X2  brain  new         7""",
        (2, 2, 2),
    ),
    "a new lesion that progresses on its first day is one lesion": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  30
           2020-03-01  X1  brain  new     .   progression""",
        (0, 1, 1),
    ),
    "a new lesion is counted as new once": (
        """2020-01-05  L1  lung   target  30
           2020-03-01  L1  lung   target  30
           2020-03-01  X1  brain  new     8
           2020-05-01  L1  lung   target  40
           2020-05-01  X1  brain  new     8""",
        (1, 0, 1),
    ),
    "lesions that are back after a complete response": (
        """2020-01-05  L1  lung   target  30
           2020-01-05  L2  liver  target  30
           2020-03-01  L1  lung   target  0
           2020-03-01  L2  liver  target  0
           2020-05-01  L1  lung   target  3
           2020-05-01  L2  liver  target  3""",
        (2, 0, 2),
    ),
    "lymph nodes of all stations are one organ, written in any way": (
        """2020-01-05  L1  hilar_lymph_node  target  20
           2020-01-05  L2  纵隔淋巴结        target  20
           2020-01-05  L3  Liver             target  20
           2020-01-05  L4  liver             target  20
           2020-03-01  L1  hilar_lymph_node  target  30
           2020-03-01  L2  纵隔淋巴结        target  30
           2020-03-01  L3  Liver             target  30
           2020-03-01  L4  liver             target  30""",
        (4, 0, 2),
    ),
    "the organ need be named once": (
        """2020-01-05  L1  lung  target  20
           2020-03-01  L1  .     target  30""",
        (1, 0, 1),
    ),
}


@pytest.mark.parametrize("case", COUNTS)
def test_counts_at_progression(case: str) -> None:
    text, expected = COUNTS[case]
    assert counts(text) == expected


def test_no_count_without_progression() -> None:
    found = derived("""2020-01-05  L1  lung   target  60
                       2020-01-05  L2  liver  target  30
                       2020-03-01  L1  lung   target  30
                       2020-03-01  L2  liver  target  40""")
    assert found["response"].tolist() == ["SD"]
    assert found[["progressing_lesions", "new_lesions", "progressing_organs"]].isna().all(axis=None)


def test_the_last_scan_before_the_start_is_the_baseline() -> None:
    """On the first day still, and at most 42 days before it; the lesions of 2019 say nothing."""
    rows = """2019-11-01  L1  lung  target  10
              {}          L1  lung  target  30
              2020-03-01  L1  lung  target  20"""
    assert responses(rows.format("2020-01-10")) == {"2020-03-01": "PR"}
    assert responses(rows.format("2019-11-29")) == {"2020-03-01": "PR"}
    assert responses(rows.format("2019-11-28")) == {}
    longer = LesionSettings(baseline_days=43)
    assert responses(rows.format("2019-11-28"), settings=longer) == {"2020-03-01": "PR"}


def test_without_a_scan_before_the_start_the_first_one_is_the_baseline() -> None:
    """No response is read at it, and later ones are compared with it."""
    rows = """2020-03-01  L1  lung  target  30
              2020-05-01  L1  lung  target  20
              2020-07-01  L1  lung  target  26"""
    assert responses(rows) == {"2020-05-01": "PR", "2020-07-01": "PD"}


def test_a_new_lesion_is_progression_even_at_such_a_baseline() -> None:
    rows = """2020-03-01  L1  lung   target  30
              2020-03-01  X1  brain  new     10
              2020-05-01  L1  lung   target  30
              2020-05-01  X1  brain  new     10"""
    assert responses(rows) == {"2020-03-01": "PD", "2020-05-01": "SD"}


def test_a_scan_without_a_measured_target_is_no_baseline_where_there_is_another() -> None:
    rows = """2020-01-02  L1  lung   target      30
              2020-01-08  N1  brain  non_target  .   present
              2020-03-01  L1  lung   target      20"""
    assert responses(rows) == {"2020-03-01": "PR"}


def test_rechallenge_has_a_baseline_of_its_own() -> None:
    """The scan of the progression is the new baseline; the lesion that was new is now a target, the other none."""
    rows = """2020-01-05  L1  lung   target      50
              2020-03-01  L1  lung   target      25
              2020-06-01  L1  lung   target      40
              2020-06-01  X1  brain  new         20
              2020-09-01  L1  lung   non_target  40
              2020-09-01  X1  brain  target      13
              2020-11-01  L1  lung   non_target  40
              2020-11-01  X1  brain  target      19"""
    found = derived(rows, "2020-01-10", "2020-06-15")
    assert found["response"].to_dict() == {
        "2020-03-01": "PR",
        "2020-06-01": "PD",
        "2020-09-01": "PR",
        "2020-11-01": "PD",
    }
    assert found.loc["2020-11-01", ["progressing_lesions", "new_lesions"]].tolist() == [1, 0]
    assert found["epoch_start"].dt.strftime("%m-%d").tolist() == ["01-10", "01-10", "06-15", "06-15"]


def test_a_lesion_recorded_as_new_for_ever_is_not_new_under_the_next_regimen() -> None:
    rows = """2020-01-05  L1  lung   target  30
              2020-06-01  L1  lung   target  30
              2020-06-01  X1  brain  new     20
              2020-09-01  L1  lung   target  30
              2020-09-01  X1  brain  new     20"""
    assert responses(rows, "2020-01-10", "2020-06-15") == {"2020-06-01": "PD", "2020-09-01": "SD"}


def test_a_scan_on_the_day_of_a_start_ends_the_earlier_regimen() -> None:
    rows = """2020-01-05  L1  lung  target  30
              2020-06-15  L1  lung  target  40
              2020-09-01  L1  lung  target  40"""
    assert responses(rows, "2020-01-10", "2020-06-15") == {"2020-06-15": "PD", "2020-09-01": "SD"}


@pytest.mark.parametrize("at_once", [1, 2])
def test_patients_and_the_order_of_rows_do_not_matter_to_each_other(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(recist, "PATIENTS_AT_ONCE", at_once)
    shrinks = lesion_rows("""2020-01-05  L1  lung  target  30
                             2020-03-01  L1  lung  target  20""")
    grows = lesion_rows(
        """2020-01-05  L1  lung  target  30
           2020-03-01  L1  lung  target  40""",
        patient_id="02",
    )
    both = pd.concat([grows, shrinks]).iloc[::-1].reset_index(drop=True)
    starts = pd.concat([regimens(), regimens(patient_id="02")])
    found = derived_responses(both, starts, LesionSettings())
    assert found[["patient_id", "response"]].to_numpy().tolist() == [["01", "PR"], ["02", "PD"]]


def test_a_patient_without_a_regimen_or_without_lesions_has_no_response() -> None:
    rows = lesion_rows("2020-03-01  L1  lung  target  40")
    assert derived_responses(rows, regimens(patient_id="02"), LesionSettings()).empty
    assert derived_responses(rows.iloc[:0], regimens(), LesionSettings()).empty
    assert derived_responses(rows, regimens().iloc[:0], LesionSettings()).empty
