"""Competing events: what is counted, and what cannot be compared."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates.competing_events import causes_of, competing
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import Row, table
from rechallenge.settings.statistics import StatisticsSettings

PLAN = Plan("PFS", "rechallenge", compare=("resistance",))
SETTINGS = StatisticsSettings(landmarks_months=(1.0, 3.0))


def patients(*rows: tuple[float, str, str]) -> pd.DataFrame:
    """Days, what happened ("" for censored), class of resistance."""
    days, kinds, classes = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "patient_id": [f"{number:02d}" for number in range(len(rows))],
            "days": np.array(days, dtype="float64"),
            "event": [int(kind != "") for kind in kinds],
            "event_type": [kind or None for kind in kinds],
            "entry_days": 0.0,
            "resistance": classes,
        }
    )


FIVE = patients(
    (20, "progression", "primary"),
    (40, "death", "primary"),
    (50, "", "acquired"),
    (60, "progression", "acquired"),
    (80, "progression", "acquired"),
)


def shares(rows: tuple[Row, ...], cause: str) -> list[float]:
    model = f"cumulative_incidence|{cause}"
    return [
        row.estimate
        for row in rows
        if (row.model, row.term, row.statistic) == (model, "overall", "cumulative_incidence")
    ]


def test_incidences_by_hand() -> None:
    """1 of 5 progresses, 1 of 4 dies, then of the two left one each time: 0.2 + 0.6 * (1/2 + 1/2) = 0.8."""
    found = competing(FIVE, PLAN, SETTINGS, CLASSES)
    assert shares(found.rows, "progression") == pytest.approx([0.2, 0.8])
    assert shares(found.rows, "death") == pytest.approx([0, 0.2])
    assert table(found.rows)["estimate_id"].is_unique


def test_incidences_and_those_without_an_event_are_everybody() -> None:
    curves = competing(FIVE, PLAN, SETTINGS, CLASSES).curves
    last = curves[curves["term"] == "overall"].groupby("cause")["incidence"].last()
    assert last.sum() == pytest.approx(1)


def test_after_the_last_time_the_incidence_is_not_known() -> None:
    found = competing(patients((20, "progression", "primary"), (40, "", "primary")), PLAN, SETTINGS, CLASSES)
    assert shares(found.rows, "progression")[0] == pytest.approx(0.5)
    assert np.isnan(shares(found.rows, "progression")[1])


def test_a_cause_that_nobody_had_is_counted_and_not_compared() -> None:
    found = competing(FIVE[FIVE["event_type"] != "death"].reset_index(drop=True), PLAN, SETTINGS, CLASSES)
    assert shares(found.rows, "death") == [0, 0]
    said = [row.method for row in found.rows if row.model.endswith("|death") and row.statistic == "not_fitted"]
    assert said == ["Not compared: nobody had this event (death) first."]


def test_new_therapy_is_a_cause_where_a_preset_counts_it() -> None:
    assert causes_of(FIVE) == ("progression", "death")
    assert causes_of(patients((20, "new_therapy", "primary"))) == ("progression", "death", "new_therapy")


@pytest.mark.parametrize(
    "frame",
    [
        patients((20, "progression", "primary")),
        patients((20, "", "primary"), (30, "", "acquired")),
        patients((0, "death", "primary"), (0, "progression", "acquired")),
        patients((20, "progression", "unclassified"), (30, "death", "unclassified")),
        FIVE.iloc[:0],
    ],
    ids=["one", "no event", "all on day 0", "no class", "nobody"],
)
def test_what_cannot_be_estimated_is_a_sentence(frame: pd.DataFrame) -> None:
    found = competing(frame, PLAN, SETTINGS, CLASSES)
    said = [row for row in found.rows if row.statistic == "not_fitted"]
    assert said
    assert all(row.method.startswith("Not ") for row in said)
    assert not [row for row in found.rows if row.statistic in ("hr", "shr")]


def test_events_all_on_one_day_leave_the_subdistribution_no_variance() -> None:
    frame = patients(*[(20, "progression", "primary"), (20, "progression", "acquired")] * 4)
    found = competing(frame, PLAN, SETTINGS, CLASSES)
    said = [row.method for row in found.rows if row.model == "fine_gray|progression"]
    assert said == ["Not fitted: these times leave the subdistribution hazard ratio no variance."]
