"""A partial date becomes a day that what else is known of the patient leaves possible."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rechallenge.sources.imputation import chosen_day, impute, possible_days
from rechallenge.tables import TABLES, conform

CUTOFF = dt.date(2022, 12, 31)


def frame(table: str, *rows: dict[str, str]) -> pd.DataFrame:
    """A canonical table; a date written 2020-05 or 2020 is a month or a year."""
    made = []
    for number, row in enumerate(rows, start=2):
        cells: dict[str, object] = {"source_file": f"{table}.csv", "source_row": number}
        for name, value in row.items():
            cells[name] = value
            if name in TABLES[table].dates:
                cells[name] = pd.Timestamp(value + "-01-01"[: 10 - len(value)] if len(value) < 10 else value)
                cells[f"{name}_precision"] = {4: "year", 7: "month", 10: "day"}[len(value)]
        made.append(cells)
    return (
        conform(pd.DataFrame(made, columns=list(made[0]) if made else ["source_row"]), table)
        if made
        else conform(pd.DataFrame(), table)
    )


def days(patient: dict[str, str], method: str = "middle", **event: str) -> dict[str, str]:
    """Impute one patient with one treatment; returns every date by name."""
    tables = {"patients": frame("patients", {"patient_id": "1", **patient})}
    tables["treatments"] = frame("treatments", {"patient_id": "1", **event}) if event else frame("treatments")
    done = impute(tables, method, CUTOFF)  # type: ignore[arg-type]
    return {
        name: done[table][name].iloc[0].strftime("%Y-%m-%d")
        for table, given in (("patients", patient), ("treatments", event))
        for name in given
        if name.endswith("_date")
    }


@pytest.mark.parametrize(
    ("method", "month", "year"),
    [
        ("middle", "2020-05-15", "2020-07-01"),
        ("earliest", "2020-05-01", "2020-01-01"),
        ("latest", "2020-05-31", "2020-12-31"),
    ],
)
def test_a_date_without_bounds(method: str, month: str, year: str) -> None:
    assert days({"diagnosis_date": "2020-05"}, method)["diagnosis_date"] == month
    assert days({"diagnosis_date": "2020"}, method)["diagnosis_date"] == year


def test_not_after_death() -> None:
    """Died on 11 May 2020: an end in May 2020 lies within 1 to 11 May."""
    death = {"last_contact_date": "2020-05-11", "death_date": "2020-05-11"}
    assert days(death, end_date="2020-05", start_date="2020-01-10")["end_date"] == "2020-05-06"
    assert days(death, "latest", end_date="2020-05", start_date="2020-01-10")["end_date"] == "2020-05-11"


def test_an_end_is_not_before_its_own_start() -> None:
    alive = {"last_contact_date": "2022-01-01"}
    assert days(alive, "earliest", start_date="2020-05-20", end_date="2020-05")["end_date"] == "2020-05-20"
    assert days(alive, start_date="2020-05-20", end_date="2020-05")["end_date"] == "2020-05-25"
    # The start may be 1 October at the earliest, which leaves the end, of which only the year is known, three months.
    both = days(alive, start_date="2020-10", end_date="2020")
    assert both == {"last_contact_date": "2022-01-01", "start_date": "2020-10-15", "end_date": "2020-11-15"}


def test_not_before_birth_and_not_after_the_cut_off() -> None:
    assert days({"birth_date": "1950-09-01", "diagnosis_date": "1950"}, "earliest")["diagnosis_date"] == "1950-09-01"
    tables = {"patients": frame("patients", {"patient_id": "1", "last_contact_date": "2022"})}
    done = impute({**tables, "treatments": frame("treatments")}, "latest", dt.date(2022, 6, 30))
    assert done["patients"]["last_contact_date"].iloc[0] == pd.Timestamp("2022-06-30")


def test_follow_up_does_not_end_before_the_last_event() -> None:
    """A dose on 20 May 2020: last contact in May 2020 is not the 15th."""
    alive = {"last_contact_date": "2020-05"}
    assert days(alive, start_date="2020-05-20")["last_contact_date"] == "2020-05-25"
    dead = {"last_contact_date": "2020-05-20", "death_date": "2020-05"}
    assert days(dead, "earliest")["death_date"] == "2020-05-20"


def test_a_contradiction_leaves_the_interval_whole() -> None:
    """An end in May after a death in March is for the validation to report; imputation does not hide it."""
    death = {"last_contact_date": "2020-03-01", "death_date": "2020-03-01"}
    assert days(death, start_date="2020-01-10", end_date="2020-05")["end_date"] == "2020-05-15"


def test_full_dates_precision_and_raw_text_stay() -> None:
    patients = frame("patients", {"patient_id": "1", "birth_date": "1950", "last_contact_date": "2021-02-03"})
    done = impute({"patients": patients, "treatments": frame("treatments")}, "middle", CUTOFF)["patients"]
    assert done["last_contact_date"].iloc[0] == pd.Timestamp("2021-02-03")
    assert done["birth_date_precision"].tolist() == ["year"]
    pd.testing.assert_series_equal(done["birth_date_raw"], patients["birth_date_raw"])


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown imputation"):
        impute({"patients": frame("patients")}, "random", CUTOFF)  # type: ignore[arg-type]


MONTHS = st.dates(dt.date(2000, 1, 1), dt.date(2021, 12, 31))


@given(MONTHS, st.sampled_from(["month", "year"]), st.integers(-400, 800), st.integers(-400, 800))
def test_a_day_is_never_outside_its_month_and_never_beyond_a_bound_that_leaves_any(
    day: dt.date, precision: str, after: int, before: int
) -> None:
    first, last = possible_days(pd.Series([pd.Timestamp(day)]), pd.Series([precision]))
    low = np.maximum(first, np.datetime64(day) + after)
    high = np.minimum(last, np.datetime64(day) + before)
    if low[0] > high[0]:
        return
    early, middle, late = (chosen_day(first, last, low, high, method)[0] for method in ("earliest", "middle", "latest"))
    assert first[0] <= low[0] == early <= middle <= late == high[0] <= last[0]


@settings(deadline=None, max_examples=60)
@given(
    MONTHS,
    st.sampled_from([4, 7]),
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["middle", "earliest", "latest"]),
    st.integers(0, 900),
)
def test_an_imputed_end_never_precedes_its_start(
    day: dt.date, start_length: int, end_length: int, method: str, later: int
) -> None:
    end = (day + dt.timedelta(days=later)).isoformat()[:end_length]
    done = days({"last_contact_date": "2030-01-01"}, method, start_date=day.isoformat()[:start_length], end_date=end)
    assert done["start_date"] <= done["end_date"]
