"""Power and smallest detectable ratios, by hand."""

import math

import pytest

from rechallenge.estimates import power
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import Row
from rechallenge.estimates.times import time_to_event
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import made_up_cohort

SETTINGS = StatisticsSettings()


def rows_of(n: int = 40, **changes: object) -> list[Row]:
    classified, adtte, _ = made_up_cohort(n)
    frame = time_to_event(adtte, classified, "PFS", "rechallenge").frame.assign(**changes)
    return list(power.rows(frame, Plan("PFS", "rechallenge", compare=tuple(CLASSES)), SETTINGS, CLASSES))


def test_schoenfeld_needs_65_events_for_a_hazard_ratio_of_2() -> None:
    """(1.96 + 0.8416)^2 / (0.25 log(2)^2) = 65.3 events with equal groups, power 0.8."""
    error = power.two_groups(65.346, 0.5)
    assert power.detectable(error, 0.8, 0.95) == pytest.approx(2, abs=1e-3)
    assert power.power_of(2.0, error, 0.95) == pytest.approx(0.8, abs=1e-3)
    assert power.power_of(0.5, error, 0.95) == power.power_of(2.0, error, 0.95)


def test_an_interaction_needs_four_times_the_events() -> None:
    assert power.four_cells([25.0] * 4) == pytest.approx(2 * power.two_groups(100, 0.5))


def test_every_class_is_compared_with_the_declared_reference() -> None:
    found = rows_of()
    assert {(row.term, row.level, row.reference) for row in found} == {
        ("resistance", "primary", "acquired"),
        ("progression_pattern", "systemic", "oligo"),
        ("interval_treatment", "true", "false"),
    }
    assert [(row.statistic, row.at) for row in found[1:3]] == [("power", 1.5), ("power", 2.0)]
    first = found[0]
    share = sum(row == "primary" for row in made_up_cohort(40)[0]["resistance"][:40]) / 40
    z = 1.959963984540054 + 0.8416212335729143
    assert first.estimate == pytest.approx(math.exp(z / math.sqrt(first.events * share * (1 - share))))
    assert "not at the observed effect" in first.method


def test_without_events_or_with_one_class_there_is_a_sentence_or_nothing() -> None:
    assert {row.statistic for row in rows_of(event=0)} == {"not_fitted"}
    one = rows_of(resistance="primary")
    assert "resistance" not in {row.term for row in one}
