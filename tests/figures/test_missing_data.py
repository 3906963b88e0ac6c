"""Patterns of missing data: counted, joined where they are few, and drawn without covering anything."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.figures import style
from rechallenge.figures.missing_data import MOST_NARROW, MOST_PATTERNS, Pattern, drawn, missing_data, missing_figure
from tests.figures.helpers import collisions


def study(**values: list[object]) -> pd.DataFrame:
    n = len(next(iter(values.values())))
    return pd.DataFrame({"patient_id": [f"P{at}" for at in range(n)], "eligible": [True] * n, **values})


TEN = study(
    sex=["male"] * 10,
    age=[60.0] * 10,
    pd_l1_group=[None] * 6 + ["1-49%"] * 4,
    egfr=[None] * 3 + ["negative"] * 7,
    progression_pattern=["oligo"] * 9 + ["unknown"],
)


def test_patterns_partition_the_patients() -> None:
    data = missing_data(TEN, 1)
    assert data.per_covariate == {"pd_l1_group": 6, "egfr": 3, "progression_pattern": 1}
    assert data.complete == ("age", "sex")
    assert data.patterns == (
        Pattern((), 3),
        Pattern(("pd_l1_group",), 3),
        Pattern(("pd_l1_group", "egfr"), 3),
        Pattern(("progression_pattern",), 1),
    )


def test_a_small_pattern_is_joined_with_a_second_so_that_it_cannot_be_told() -> None:
    data = missing_data(TEN, 3)
    assert data.patterns == (Pattern((), 3), Pattern(("pd_l1_group",), 3), Pattern(None, 4))
    assert data.joined == 2


@pytest.mark.parametrize("smallest", [1, 2, 4, 5])
def test_no_pattern_is_smaller_than_the_setting(smallest: int) -> None:
    data = missing_data(TEN, smallest)
    assert min(pattern.n for pattern in data.patterns) >= smallest
    assert sum(pattern.n for pattern in data.patterns) == data.n == 10


def test_without_rechallenge_all_with_a_first_ici_are_counted() -> None:
    data = missing_data(TEN.assign(eligible=False), 1)
    assert (data.population, data.n) == ("first_ici", 10)


def test_the_words_state_every_count() -> None:
    made = drawn(TEN, {"egfr": "EGFR 突变"}, 1, 174, "Simulated data", "nobody")
    assert made.words is not None
    assert "PD-L1: 6 (60" in made.words.alt
    assert "Missing together: PD-L1, EGFR 突变: 3." in made.words.alt
    assert "Complete in all: age, sex." in made.words.caption
    assert drawn(TEN.iloc[:0], {}, 1, 174, "", "nobody").reason == "nobody"
    assert (
        drawn(TEN[["patient_id", "eligible", "sex"]], {}, 1, 174, "", "").reason == "No covariate has a missing value."
    )
    assert "smallest_group" in drawn(TEN, {}, 11, 174, "", "").reason


@pytest.mark.parametrize("width", style.WIDTHS.values())
@pytest.mark.parametrize("n", [10, 5000])
def test_nothing_is_covered(width: float, n: int) -> None:
    random = np.random.default_rng(4)
    names = ["pd_l1_group", "egfr", "alk", "smoking", "ecog", "brain_metastasis", "a_covariate_with_a_very_long_name"]
    columns = {name: [None if gone else "x" for gone in random.random(n) < 0.3] for name in names}
    most = MOST_NARROW if width < 120 else MOST_PATTERNS
    data = missing_data(study(**columns), 1, names[-1:], most)
    assert "a_covariate_with_a_very_long_name" in data.per_covariate
    with style.look():
        assert collisions(missing_figure(data, {}, width, "Simulated data")) == []
