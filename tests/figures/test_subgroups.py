"""The forest plot of subgroups, and the Kaplan-Meier figure within a class."""

import math

import pandas as pd
import pytest
from matplotlib.text import Text

from rechallenge.figures import results, style, subgroups
from rechallenge.figures.captions import survival_words
from rechallenge.figures.drawn import Given
from rechallenge.figures.survival import survival_data
from rechallenge.figures.survival import test_lines as lines_of_tests
from tests.figures.helpers import cohort, collisions, curve, estimate

RESISTANCE = {"level": "primary", "reference": "acquired"}
METHOD = "Cox, Efron ties, main effects and product"


def effect(
    term: str, numbers: tuple[float, float, float] | None, arms: tuple[tuple[int, int], tuple[int, int]]
) -> list:
    rows = [
        estimate("subgroup", "n", term=term, level=level, estimate=n, n=n, events=events)
        for level, (events, n) in zip(RESISTANCE.values(), arms, strict=True)
    ]
    if numbers is None:
        return [*rows, estimate("subgroup", "not_fitted", term=term, **RESISTANCE, method="Not fitted: no event.")]
    hr, lower, upper = numbers
    own = {"estimate": hr, "lower": lower, "upper": upper, "n": 40, "events": 33, "method": METHOD}
    return [*rows, estimate("subgroup", "hr", term=term, **RESISTANCE, **own)]


def variable(name: str, p: float, left_out: int) -> list:
    term = f"resistance*{name}"
    rows = [estimate("subgroup", "left_out", term=term, **RESISTANCE, estimate=left_out)]
    if not math.isnan(p):
        rows.append(estimate("subgroup", "likelihood_ratio_chi2", term=term, **RESISTANCE, estimate=1.2, p=p))
    return rows


def table() -> pd.DataFrame:
    return results.tidy(
        pd.DataFrame(
            [
                *effect("resistance", (3.5, 1.6, 7.6), ((16, 17), (17, 24))),
                *variable("age", 0.91, 0),
                *effect("resistance|age=<65", (4.9, 1.7, 13.6), ((11, 11), (12, 16))),
                *effect("resistance|age=>=65", (4.4, 0.0001, 1e9), ((5, 6), (5, 8))),
                *variable("sex", math.nan, 3),
                *effect("resistance|sex=female", None, ((0, 0), (1, 2))),
                *effect("resistance|sex=male", (3.2, 1.4, 7.1), ((14, 15), (16, 22))),
            ]
        )
    )


def data_of(labels: dict[str, str] | None = None) -> subgroups.Subgroups:
    found = subgroups.subgroup_data(table(), "PFS", "rechallenge", "resistance", labels or {})
    assert found is not None
    return found


def test_lines_are_all_patients_then_each_variable_with_its_classes() -> None:
    lines = [(line.label, line.kind, line.arms) for line in data_of({"age": "Age"}).lines]
    assert lines[:4] == [
        ("All patients", "all", ("16/17", "17/24")),
        ("Age", "variable", ()),
        ("<65", "class", ("11/11", "12/16")),
        ("≥65", "class", ("5/6", "5/8")),
    ]
    assert data_of().left_out == ("sex 3",)


def test_the_p_value_stands_beside_the_variable_only() -> None:
    figure = subgroups.subgroup_figure(data_of())
    texts = [text.get_text() for text in figure.findobj(Text)]
    assert texts.count("0.91") == 1
    assert "not estimated" in texts
    assert "Interaction\nP" in texts


def test_the_text_alternative_has_every_number() -> None:
    words = subgroups.subgroup_words(data_of(), simulated=True)
    assert "Age: interaction P = 0.91. <65: 4.90 (1.70 to 13.60)." in words.alt
    assert "Sex: no test. Female: not estimated." in words.alt
    assert "no class has a P value of its own" in words.caption
    assert "Class not known, in no subgroup: sex 3." in words.caption
    assert words.caption.endswith("Simulated data.")


@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
@pytest.mark.parametrize("label", ["Age", "A label of a variable that is so long that no column can hold it"])
def test_nothing_collides(width: float, label: str) -> None:
    with style.look():
        figure = subgroups.subgroup_figure(data_of({"age": label}), width, "Simulated data")
        assert collisions(figure) == []


def test_without_an_effect_there_is_a_reason() -> None:
    refused = results.tidy(
        pd.DataFrame(
            [estimate("subgroup", "not_fitted", term="progression_pattern", method="Not fitted: the pattern.")]
        )
    )
    given = Given(refused, pd.DataFrame(), None, None, {}, 174.0, "")
    assert [(item.name, item.draw, item.reason) for item in subgroups.figures(given)] == [
        (
            "subgroups_pfs_resistance",
            None,
            "No effect could be estimated: no patients, no events, or no such setting.",
        ),
        ("subgroups_pfs_progression_pattern", None, "Not fitted: the pattern."),
    ]


def test_a_curve_within_a_class_has_the_p_value_of_the_interaction() -> None:
    term = "progression_pattern|resistance=acquired"
    parts = {level: cohort(12, 8.0, seed) for seed, level in enumerate(("oligo", "systemic"))}
    curves = pd.concat([curve(*parts[level], term=term, level=level) for level in parts])
    rows = [
        estimate("log_rank", "p", term=term, estimate=0.0123, p=0.0123),
        estimate("interaction", "likelihood_ratio_chi2", term="resistance*progression_pattern", p=0.456, method="LR"),
    ]
    data = survival_data(curves, results.tidy(pd.DataFrame(rows)), "PFS", "rechallenge", term)
    assert data is not None
    assert lines_of_tests(data) == ["Interaction with resistance: P = 0.46"]
    words = survival_words(data, simulated=False)
    assert "0.012" not in words.alt + words.caption
    assert "would not show that the classes differ" in words.caption
