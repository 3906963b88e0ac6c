"""A forest plot shows the rows of the Cox models as they are, and says which could not be fitted."""

import pandas as pd
import pytest

from rechallenge.figures import results, style
from rechallenge.figures.captions import forest_words
from rechallenge.figures.forest import Forest, axis_range, comparison_words, forest_data, forest_figure
from tests.figures.helpers import collisions, cox_rows, estimate


def data(*further: dict[str, object], labels: dict[str, str] | None = None) -> Forest:
    return forest_data(results.tidy(pd.DataFrame([*cox_rows(), *further])), "PFS", "rechallenge", labels)


def test_models_stand_together_under_their_covariate_with_the_reference_named() -> None:
    resistance, age = data(labels={"age": "Age, per 10 years"}).covariates
    assert [model for model, _ in resistance.comparisons[0].rows] == ["cox_univariable", "cox_multivariable"]
    assert comparison_words("resistance", resistance.comparisons[0]) == "Primary vs acquired"
    assert (age.label, comparison_words("age", age.comparisons[0])) == ("Age, per 10 years", "")


def test_caption_gives_n_and_events_and_the_alternative_every_hazard_ratio() -> None:
    words = forest_words(data(labels={"age": "Age, per 10 years"}), simulated=True)
    assert (
        "univariable and multivariable models. Multivariable (Cox, Efron ties, Wald interval): n = 38, 33 events."
        in words.caption
    )
    assert words.alt == (
        "Forest plot: hazard ratios for progression-free survival from the start of rechallenge, multivariable model. "
        "Resistance, primary vs acquired: 2.90 (1.40 to 6.00), P = 0.004. "
        "Age, per 10 years: 1.10 (0.80 to 1.60), P = 0.50."
    )


def test_a_model_that_was_not_fitted_is_named_with_the_reason() -> None:
    refused = estimate("cox_univariable", "not_fitted", term="interval_treatment", method="Not fitted: 3 events.")
    assert data(refused).not_fitted == ("Univariable model of interval treatment not fitted: 3 events.",)
    assert "Univariable model of interval treatment not fitted: 3 events." in forest_words(data(refused), False).caption


def test_the_axis_holds_what_can_be_estimated_and_never_more_than_four_powers_of_ten() -> None:
    wild = estimate("cox_univariable", "hr", term="egfr", level="positive", reference="negative", estimate=5e6, lower=0)
    low, high = axis_range(data(wild))
    assert 0.01 <= low < 0.8
    assert 6.0 < high <= 100


@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
def test_no_text_leaves_the_page_or_covers_another(width: float) -> None:
    wild = estimate(
        "cox_univariable", "hr", term="egfr", level="positive", reference="negative", estimate=31, lower=0.001
    )
    refused = estimate("cox_multivariable", "not_fitted", method="Not fitted: " + "too few events in this model, " * 6)
    with style.look():
        figure = forest_figure(data(wild, refused, labels={"age": "年龄" * 20}), width, "Simulated data")
        style.set_fonts(figure)
        assert collisions(figure) == []
