"""The figures of what changes with time: what they show, and what is said where they cannot be drawn."""

from dataclasses import replace

import pytest

from rechallenge.estimates.rows import placed, table
from rechallenge.figures import over_time, results, style
from rechallenge.figures.drawn import Given
from tests.estimates.over_time_cohort import estimated
from tests.figures.helpers import collisions


@pytest.fixture(scope="module")
def given() -> Given:
    found = estimated()
    rows = results.tidy(table(placed(found.rows, analysis="main")))
    curves, incidence = found.curves.assign(analysis="main"), found.incidence.assign(analysis="main")
    return Given(rows, curves, incidence, None, {}, style.TWO_COLUMNS_MM, "Simulated data")


def test_the_alternative_text_states_both_hazard_ratios_and_how_far_they_are_apart(given: Given) -> None:
    figure, _ = over_time.figures(given)
    assert figure.name == over_time.IMMORTAL
    assert figure.vector_reveals_times
    assert figure.words is not None
    naive, changing = (
        results.first(given.table, model=model, statistic="hr", term="rechallenged")
        for model in ("exposure_naive", "exposure_time_dependent")
    )
    assert naive is not None
    assert changing is not None
    for text in (figure.words.caption, figure.words.alt):
        assert f"hazard ratio of rechallenge {naive.estimate:.2f} counted from progression" in text
        assert f"{changing.estimate:.2f} counted from rechallenge on" in text
        assert "immortal-time bias" in text
    assert "confounding by indication remains" in figure.words.caption


def test_the_panels_have_the_same_axes_and_count_who_is_at_risk(given: Given) -> None:
    data = over_time.exposed_data(given)
    assert data is not None
    with style.look():
        figure = over_time.exposed_figure(data, style.TWO_COLUMNS_MM, "")
    left, right = figure.axes
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim() == (0, 100)
    at_risk = over_time._at_risk(data.naive["true"], [0, 6], "", "", 0.0)
    curve = data.naive["true"]
    assert at_risk.numbers[0] == curve["at_risk"].iloc[0]
    assert at_risk.numbers[1] == (curve.loc[curve["time_months"] >= 6 - 1e-9, "at_risk"].iloc[0])


def test_the_incidences_are_stacked_and_said_in_numbers(given: Given) -> None:
    _, figure = over_time.figures(given)
    assert figure.words is not None
    assert "progression" in figure.words.alt
    assert "death without progression" in figure.words.alt
    stacks = over_time.incidence_data(given)
    assert [stack.heading for stack in stacks] == ["On the first ICI", "After rechallenge"]


@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
def test_no_text_covers_another(given: Given, width: float) -> None:
    for figure in over_time.figures(replace(given, width_mm=width)):
        assert figure.draw is not None
        with style.look():
            assert collisions(figure.draw()) == []


def test_without_curves_the_reason_is_said(given: Given) -> None:
    empty = replace(given, curves=given.curves.iloc[:0], incidence=None)
    exposed, incidence = over_time.figures(empty)
    assert "Nobody progressed" in exposed.reason
    assert "no progression" in incidence.reason


def test_the_captions_give_the_level_of_the_intervals_and_the_patients(given: Given) -> None:
    naive, incidence = over_time.figures(given)
    assert naive.words is not None
    assert incidence.words is not None
    assert "Shaded: 95% confidence interval." in naive.words.caption
    sizes = [stack.n for stack in over_time.incidence_data(given)]
    assert f"on the first ICI, n = {sizes[0]:g}; after rechallenge, n = {sizes[1]:g}" in incidence.words.caption
