"""Trap 3: partial dates. Free parsing makes "2020-05" the 1st of May and "2020" New Year's Day, and reads 03/04
month-first and 13/04 day-first in one column."""

import datetime as dt

import pandas as pd
import pytest

from rechallenge.clinical.derive import derive
from rechallenge.sources.dates import parse_dates
from rechallenge.sources.imputation import METHODS, Method, impute
from tests.support import Study, canonical, table

CUTOFF = dt.date(2022, 12, 31)
PATIENTS = """
    patient_id  birth_date  last_contact_date  death_date
    01          1960        2022-12-31         .
    02          1960-05-20  2020-05-11         2020-05-11
    03          1960-05-20  2022-12-31         .
    04          1960-05-20  2022-12-31         .
"""
TREATMENTS = """
    patient_id  drug       start_date  end_date
    01          nivolumab  2020-05     .
    02          nivolumab  2020-03-10  2020-05
    03          nivolumab  2020-05-20  2020-05
    04          nivolumab  2022-12     .
"""


def read(cells: list[str], *formats: str) -> list[list[str]]:
    """Precision and status of each cell, and the date of the full ones."""
    found = parse_dates(pd.Series(cells, dtype=object), formats, None)
    full = found["precision"].eq("day")
    found["date"] = found["date"].dt.strftime("%Y-%m-%d").where(full, ".")
    return found[["date", "precision", "status"]].fillna(".").to_numpy().tolist()


def imputed(method: Method) -> dict[str, str]:
    """The days taken for the partial dates of the two tables."""
    done = impute(
        {"patients": canonical("patients", PATIENTS), "treatments": canonical("treatments", TREATMENTS)}, method, CUTOFF
    )
    found = {}
    for name, column in (("patients", "birth_date"), ("treatments", "start_date"), ("treatments", "end_date")):
        rows = done[name][done[name][f"{column}_precision"].isin(["month", "year"])]
        found |= {f"{row['patient_id']} {column}": str(row[column].date()) for _, row in rows.iterrows()}
    return found


def test_trap_03_a_partial_date_is_read_as_what_it_is() -> None:
    assert read(["2020-05-17", "2020-05", "2020"], "YYYY-MM-DD", "YYYY-MM", "YYYY") == [
        ["2020-05-17", "day", "read"],
        [".", "month", "read"],
        [".", "year", "read"],
    ]


def test_trap_03_day_and_month_are_declared_for_the_column_and_never_guessed_cell_by_cell() -> None:
    assert read(["03/04/2020", "13/04/2020", "04/13/2020"], "DD/MM/YYYY") == [
        ["2020-04-03", "day", "read"],
        ["2020-04-13", "day", "read"],
        [".", ".", "unreadable"],
    ]


EXPECTED = """
    date           earliest    middle      latest
    01_birth_date  1960-01-01  1960-07-01  1960-12-31
    01_start_date  2020-05-01  2020-05-15  2020-05-31
    02_end_date    2020-05-01  2020-05-06  2020-05-11
    03_end_date    2020-05-20  2020-05-25  2020-05-31
    04_start_date  2022-12-01  2022-12-15  2022-12-31
"""


@pytest.mark.parametrize("method", METHODS)
def test_trap_03_the_day_taken_lies_within_what_is_known_and_stays_flagged(method: Method) -> None:
    """02 died on 11 May, 03 began on 20 May, the cut-off is the end of December; month and year stay on record."""
    expected = table(EXPECTED).set_index("date")[method]
    assert imputed(method) == {name.replace("_", " ", 1): day for name, day in expected.items()}


def test_trap_03_the_other_readings_are_a_sensitivity_analysis() -> None:
    """Progression in July 2019 on an ICI of 1 January: 181 to 211 days, on either side of six months."""
    study = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-07-01",
        "patient_id assessment_date response\n01 2019-03-01 SD\n01 2019-07 PD",
    )
    classes = {}
    for method in METHODS:
        derived = derive(impute(study.tables, method, CUTOFF), study.definitions, study.frame)
        row = study.patient(derived.classified)
        classes[method] = (row["days_to_progression"], row["resistance"])
    assert classes == {"earliest": (181, "primary"), "middle": (195, "acquired"), "latest": (211, "acquired")}
