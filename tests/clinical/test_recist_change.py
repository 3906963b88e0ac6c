"""Change of the sum of target diameters on rechallenge, against the baseline of rechallenge."""

import pandas as pd
import pytest

from rechallenge.clinical.recist_change import target_changes
from rechallenge.settings.exposure import LesionSettings
from tests.clinical.recist_cases import lesion_rows, regimens

# The first ICI starts on 10 January 2020, rechallenge on 10 January 2021.
LESIONS = """2020-01-05  L1  lung   target      40
             2020-03-01  L1  lung   target      20
             2021-01-05  L1  lung   target      30
             2021-01-05  L2  liver  target      20
             2021-03-01  L1  lung   target      20
             2021-03-01  L2  liver  target      15
             2021-05-01  L1  lung   target      30
             2021-05-01  L2  liver  target      30
             2021-05-01  N1  brain  new         .   present
             2021-07-01  L1  lung   target      10"""
STARTS = pd.Series({"01": pd.Timestamp("2021-01-10")})


def changes(settings: LesionSettings | None = None, starts: pd.Series = STARTS) -> pd.DataFrame:
    return target_changes(
        lesion_rows(LESIONS), regimens("2020-01-10", "2021-01-10"), starts, settings or LesionSettings()
    )


def test_the_baseline_is_that_of_rechallenge_and_incomplete_scans_are_left_out() -> None:
    found = changes()
    assert found["days"].tolist() == [50, 111]
    assert found["change_percent"].tolist() == pytest.approx([-30, 20])
    assert found["new_lesions"].tolist() == [False, True]


def test_nobody_rechallenged_no_lesions_or_lesions_not_used_make_no_rows() -> None:
    assert changes(starts=STARTS.iloc[:0]).empty
    assert changes(LesionSettings(use="never")).empty
    assert target_changes(lesion_rows(LESIONS).iloc[:0], regimens("2021-01-10"), STARTS, LesionSettings()).empty
