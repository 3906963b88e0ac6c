"""Meta-analysis against the stored answers of R's metafor."""

import json
from pathlib import Path

import numpy as np
import pytest

from rechallenge.federation.meta_analysis import common_effect, random_effects

ANSWERS = json.loads(
    (Path(__file__).parents[1] / "reference" / "meta_analysis" / "answers.json").read_text(encoding="utf-8")
)
CASES = [(name, fit) for name, item in ANSWERS.items() for fit in item["fits"]]


@pytest.mark.parametrize(("name", "fit"), CASES)
def test_estimate_interval_heterogeneity_and_prediction_are_those_of_metafor(name, fit):
    item = ANSWERS[name]
    estimator, hartung_knapp = fit.split("/")
    expected = item["fits"][fit]
    found = random_effects(np.array(item["y"]), np.array(item["se"]), estimator=estimator, hartung_knapp=hartung_knapp)
    between = found.heterogeneity
    here = {
        "estimate": found.estimate, "se": found.std_error, "lower": found.lower, "upper": found.upper, "p": found.p,
        "tau2": between.tau2, "i2": between.i2, "h2": between.h2, "q": between.q, "q_p": between.p,
        "tau2_lower": between.tau2_lower, "tau2_upper": between.tau2_upper, "i2_lower": between.i2_lower,
        "i2_upper": between.i2_upper,
    }  # fmt: skip
    for key, value in here.items():
        assert value == pytest.approx(expected[key], rel=1e-6, abs=1e-6), key
    assert found.weights == pytest.approx(expected["weights"], rel=1e-6)
    if len(item["y"]) > 2:
        assert [found.prediction_lower, found.prediction_upper] == pytest.approx(expected["prediction"], rel=1e-6)
    else:
        assert np.isnan([found.prediction_lower, found.prediction_upper]).all()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_common_effect_is_that_of_metafor(name):
    item = ANSWERS[name]
    found = common_effect(np.array(item["y"]), np.array(item["se"]))
    assert found == pytest.approx([item["common"][key] for key in ("estimate", "se", "lower", "upper")], rel=1e-9)


def test_the_guard_widens_only_sites_that_agree_more_than_chance():
    alike, apart = (ANSWERS[name] for name in ("alike", "apart"))
    assert random_effects(np.array(alike["y"]), np.array(alike["se"])).guarded
    assert not random_effects(np.array(apart["y"]), np.array(apart["se"]), estimator="DL").guarded


@pytest.mark.parametrize(
    ("estimates", "errors"), [([1.0], [0.2]), ([1.0, np.nan], [0.2, 0.3]), ([1.0, 2.0], [0.2, 0.0])]
)
def test_what_cannot_be_pooled_is_refused(estimates, errors):
    with pytest.raises(ValueError, match=r"two sites|finite"):
        random_effects(np.array(estimates), np.array(errors))
