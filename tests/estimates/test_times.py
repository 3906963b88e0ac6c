import pandas as pd
import pytest

from rechallenge.estimates.times import classes_of, levels_of, time_to_event
from rechallenge.tables import TEXT


def rows(*values: tuple[str, float, float, int]) -> pd.DataFrame:
    frame = pd.DataFrame(values, columns=["patient_id", "days", "entry_days", "event"])
    return frame.assign(endpoint="OS1", population="rechallenge")


CLASSIFIED = pd.DataFrame({"patient_id": ["A", "B", "C"], "resistance": ["primary", "acquired", "unclassified"]})


def test_times_that_differ_by_rounding_error_become_equal() -> None:
    found = time_to_event(rows(("A", 0.1 + 0.2, 0, 1), ("B", 0.3, 0, 1)), CLASSIFIED, "OS1", "rechallenge")
    assert found.frame["days"].nunique() == 1


def test_covariates_stand_beside_the_times() -> None:
    found = time_to_event(rows(("B", 30, 0, 1)), CLASSIFIED, "OS1", "rechallenge")
    assert found.frame[["patient_id", "days", "event", "resistance"]].to_numpy().tolist() == [["B", 30, 1, "acquired"]]


def test_an_event_on_the_day_of_the_start_is_kept() -> None:
    found = time_to_event(rows(("A", 0, 0, 1)), CLASSIFIED, "OS1", "rechallenge")
    assert (len(found.frame), found.left_out) == (1, 0)


def test_missing_and_negative_times_are_left_out_and_counted() -> None:
    found = time_to_event(
        rows(("A", float("nan"), 0, 0), ("B", -3, 0, 1), ("C", 9, 0, 1)), CLASSIFIED, "OS1", "rechallenge"
    )
    assert (found.frame["patient_id"].tolist(), found.left_out) == (["C"], 2)


def test_with_delayed_entry_a_patient_lost_on_the_day_of_entry_was_never_under_observation() -> None:
    found = time_to_event(rows(("A", 100, 40, 1), ("B", 50, 50, 0)), CLASSIFIED, "OS1", "rechallenge")
    assert (found.frame["patient_id"].tolist(), found.left_out, found.delayed) == (["A"], 1, True)


def test_a_patient_with_two_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one row"):
        time_to_event(rows(("A", 1, 0, 1), ("A", 2, 0, 1)), CLASSIFIED, "OS1", "rechallenge")


def test_a_patient_who_is_not_classified_is_refused() -> None:
    with pytest.raises(ValueError, match="not classified"):
        time_to_event(rows(("Z", 1, 0, 1)), CLASSIFIED, "OS1", "rechallenge")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series([True, False]), ["true", "false"]),
        (pd.Series([True, None], dtype=object), ["true", None]),
        (pd.Series(["True", "False", None], dtype=TEXT), ["true", "false", None]),
        (pd.Series([0.0, 1.0, float("nan")]), ["0", "1", None]),
        (pd.Series(["oligo", ""], dtype=TEXT), ["oligo", None]),
    ],
)
def test_levels_are_plain_text_whatever_the_file_made_of_them(values: pd.Series, expected: list[str | None]) -> None:
    assert [None if pd.isna(value) else value for value in levels_of(values)] == expected


def test_unclassified_and_unknown_are_no_classes() -> None:
    found = classes_of(pd.Series(["primary", "unclassified", "unknown", None], dtype=TEXT))
    assert found.notna().tolist() == [True, False, False, False]
