import math

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates.logrank import rows
from rechallenge.estimates.weighted_logrank import weighted_log_rank as log_rank


def frame(days: list[float], event: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"days": days, "event": event, "entry_days": 0.0})


def classes(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=object)


def test_patients_without_a_class_stay_out_and_are_counted() -> None:
    found = {
        row.statistic: row for row in rows(frame([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]), classes("a", "b", "a", "b", None))
    }
    assert (found["chi2"].n, found["left_out"].estimate) == (4, 1)
    assert found["p"].estimate == found["chi2"].p


def test_by_hand() -> None:
    # Deaths at 1 (a; 2 of 4 in a), 2 (a; 1 of 3), 3 (b; 0 of 2), 4 (b): O - E = 2 - (1/2 + 1/3), V = 1/4 + 2/9.
    found = log_rank(np.arange(1.0, 5.0), np.ones(4), np.array(["a", "a", "b", "b"], dtype=object))
    assert found.chi2 == pytest.approx((2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))


@pytest.mark.parametrize(
    ("days", "event", "groups", "sentence"),
    [
        ([1, 2], [1, 1], ("a", "a"), "only patients of one class (a)"),
        ([1, 2], [1, 1], (None, None), "no patient with a known class"),
        ([1, 2], [0, 0], ("a", "b"), "there was no event"),
        ([1, 2], [0, 1], ("a", "b"), "at no time of an event"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(
    days: list[float], event: list[int], groups: tuple[str | None, ...], sentence: str
) -> None:
    first = rows(frame(days, event), classes(*groups))[0]
    assert first.statistic == "not_fitted"
    assert sentence in first.method


def test_a_group_that_left_before_the_first_event_does_not_count() -> None:
    days, event = np.array([1.0, 5, 6, 7, 8]), np.array([0.0, 1, 1, 1, 1])
    three = log_rank(days, event, np.array(["c", "a", "b", "a", "b"], dtype=object))
    two = log_rank(days[1:], event[1:], np.array(["a", "b", "a", "b"], dtype=object))
    assert (three.df, three.chi2) == (1, pytest.approx(two.chi2))


def test_everyone_dies_at_once() -> None:
    assert math.isnan(log_rank(np.array([3.0, 3]), np.ones(2), np.array(["a", "b"], dtype=object)).p)
