"""The registry as it was: rows of later days are not there, what lay ahead is unknown, the rest is written alike."""

import csv

import numpy as np
import pandas as pd
import pytest

from rechallenge.simulation.dirt import DirtRates, soil
from rechallenge.simulation.earlier import known_by
from rechallenge.simulation.extract import simulate
from rechallenge.simulation.parameters import day_number
from rechallenge.simulation.registry import write_extract
from rechallenge.simulation.sampling import NEVER
from rechallenge.simulation.writing import FORMS

DAY = day_number("2020-06-30")


@pytest.fixture(scope="module")
def tables():
    later = soil(np.random.default_rng(1), simulate(300, 5), DirtRates(), day_number("2022-12-31"))
    return later, known_by(np.random.default_rng(2), later, DAY)


def test_no_row_and_no_date_lies_after_the_day(tables):
    _, earlier = tables
    for name, columns in {
        "patients": ("diagnosis", "recurrence", "last_contact", "death"),
        "treatments": ("start", "end"),
        "assessments": ("day",),
        "adverse_events": ("day",),
    }.items():
        assert len(earlier[name])
        for column in columns:
            days = earlier[name][column]
            # A diagnosis entered twice, once with an earlier date, is the same patient.
            assert (days[days < NEVER] <= DAY).mean() > 0.99, (name, column)


def test_what_had_happened_is_as_it_is_told_later(tables):
    later, earlier = tables
    for name in ("assessments", "adverse_events"):
        pd.testing.assert_frame_equal(earlier[name], later[name].loc[earlier[name].index])
    rows = earlier["patients"]
    before = later["patients"].loc[rows.index]
    died = before["death"] <= DAY
    assert died.any()
    pd.testing.assert_frame_equal(rows[died], before[died])
    assert (rows.loc[~died, "death"] == NEVER).all()


def test_the_living_were_seen_at_their_last_record_or_after_it(tables):
    _, earlier = tables
    alive = earlier["patients"][earlier["patients"]["death"] == NEVER].drop_duplicates("patient_id")
    last = earlier["assessments"].groupby("patient_id")["day"].max()
    seen = alive.set_index("patient_id")["last_contact"]
    common = seen.index.intersection(last.index)
    assert (seen[common] >= last[common]).all()
    assert seen.between(DAY - 4000, DAY).all()


def test_a_treatment_that_went_on_has_no_last_dose_and_nobody_stopped_for_a_death_to_come(tables):
    later, earlier = tables
    rows = earlier["treatments"]
    before = later["treatments"].loc[rows.index]
    ongoing = (before["end"] > DAY) & (before["end"] < NEVER)
    assert ongoing.any()
    assert (rows.loc[ongoing, "end"] == NEVER).all()
    assert rows.loc[ongoing, "reason"].isna().all()
    dead = earlier["patients"].loc[earlier["patients"]["death"] < NEVER, "patient_id"]
    assert set(rows.loc[rows["reason"].eq("death"), "patient_id"]) <= set(dead)


def test_its_cells_are_written_as_they_are_later(tmp_path):
    write_extract(80, 3, DirtRates(), tmp_path / "later")
    write_extract(80, 3, DirtRates(), tmp_path / "earlier", as_of="2020-06-30")
    for name, form in FORMS.items():
        rows = []
        for folder in ("earlier", "later"):
            with (tmp_path / folder / f"{name}.csv").open(encoding=form.encoding, newline="") as file:
                rows.append(list(csv.reader(file, delimiter=form.delimiter)))
        earlier, later = rows
        assert earlier[0] == later[0]
        assert len(earlier) < len(later)
        if name in ("assessments", "adverse_events"):
            assert {tuple(row) for row in earlier} <= {tuple(row) for row in later}
        if name == "patients":
            place = [
                at for at, head in enumerate(earlier[0]) if head not in ("末次随访日期", "死亡日期", "复发或转移日期")
            ]
            kept = {tuple(row[at] for at in place) for row in later}
            assert all(tuple(row[at] for at in place) in kept for row in earlier)
