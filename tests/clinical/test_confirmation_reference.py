"""Confirmation of progression against the same rules written out plainly, one patient at a time."""

from typing import Final, NamedTuple

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rechallenge.clinical.confirmation import counted_progressions
from rechallenge.settings.exposure import ProgressionSettings
from rechallenge.tables import TEXT
from rechallenge.vocabulary import PROGRESSIVE

EPOCH: Final = pd.Timestamp("2020-01-01")


class Scan(NamedTuple):
    patient: str
    day: int
    response: str
    basis: str


SCANS = st.lists(
    st.builds(
        Scan,
        st.sampled_from(["01", "02"]),
        # Few days, so that the edges of the window and two rows on one day are frequent.
        st.sampled_from([0, 10, 27, 28, 38, 56, 57, 84, 112]),
        st.sampled_from(["PD", "iUPD", "iCPD", "SD", "PR", "NE"]),
        st.sampled_from(["imaging", "imaging", "clinical"]),
    ),
    max_size=12,
)
STARTS = st.lists(st.tuples(st.sampled_from(["01", "02"]), st.sampled_from([-60, 5, 28, 60])), max_size=3)
SETTINGS = st.builds(
    ProgressionSettings,
    preset=st.sampled_from(["recist_1_1", "irecist", "recist_1_1_confirmed"]),
    unconfirmed=st.sampled_from(["ignored", "counts_unless_better"]),
    clinical=st.sampled_from(["counts", "ignored"]),
)


def counts(scan: Scan, scans: list[Scan], starts: list[int], used: ProgressionSettings) -> bool:
    """Whether one assessment counts as progression, by the words of the definition."""
    if not shows_progression(scan, used):
        return False
    if used.confirmation == "none":
        return True
    same_day = [other for other in scans if other.day == scan.day and shows_progression(other, used)]
    if any(other.response == "iCPD" or other.basis == "clinical" for other in same_day):
        return True
    better = [other.day for other in scans if other.day > scan.day and other.response in ("SD", "PR")]
    latest = float("inf") if used.confirmation_max_days == "none" else float(used.confirmation_max_days or 0)
    for other in scans:
        in_time = used.confirmation_min_days <= other.day - scan.day <= latest
        if shows_progression(other, used) and in_time and not any(day < other.day for day in better):
            return True
    if used.unconfirmed == "ignored":
        return False
    next_start = min([start for start in starts if start > scan.day], default=float("inf"))
    return not any(day <= next_start for day in better)


def shows_progression(scan: Scan, used: ProgressionSettings) -> bool:
    return scan.response in PROGRESSIVE and not (used.clinical == "ignored" and scan.basis == "clinical")


@settings(max_examples=400, deadline=None)
@given(SCANS, STARTS, SETTINGS)
def test_counted_progressions_are_those_of_the_plain_rules(
    scans: list[Scan], starts: list[tuple[str, int]], chosen: ProgressionSettings
) -> None:
    used = chosen.resolved()
    assessments = pd.DataFrame(
        {
            "patient_id": pd.Series([scan.patient for scan in scans], dtype=TEXT),
            "assessment_date": pd.to_datetime([EPOCH + pd.Timedelta(days=scan.day) for scan in scans]),
            "response": pd.Series([scan.response for scan in scans], dtype=TEXT),
            "basis": pd.Series([scan.basis for scan in scans], dtype=TEXT),
        }
    )
    regimens = pd.DataFrame(
        {
            "patient_id": pd.Series([name for name, _ in starts], dtype=TEXT),
            "start_date": pd.to_datetime([EPOCH + pd.Timedelta(days=day) for _, day in starts]),
        }
    )
    found = counted_progressions(assessments, used, regimens).tolist()
    assert found == [
        counts(
            scan,
            [other for other in scans if other.patient == scan.patient],
            [day for name, day in starts if name == scan.patient],
            used,
        )
        for scan in scans
    ]
