"""Cumulative incidence, Gray's test and the Fine-Gray model where the answer can be seen."""

import math

import numpy as np
import pytest

from rechallenge.estimates import cumulative_incidence as incidence
from rechallenge.estimates import fast_cox, fine_gray
from rechallenge.estimates.kaplan_meier import kaplan_meier

TIME = np.array([1.0, 2, 3, 4])
TIMES = np.array([0.5, 1.5, 2.5, 4.0])


def test_without_censoring_the_incidence_is_a_share_of_the_patients():
    curves = incidence.aalen_johansen(TIME, np.array([1, 2, 1, 2]))
    assert incidence.incidence_at(curves[1], TIMES)["estimate"].tolist() == [0.0, 0.25, 0.25, 0.5]
    assert incidence.incidence_at(curves[2], TIMES)["estimate"].tolist() == [0.0, 0.0, 0.25, 0.5]


def test_one_cause_is_one_minus_kaplan_and_meier():
    event = np.array([1, 0, 1, 0])
    curve = incidence.aalen_johansen(TIME, event)[1]
    np.testing.assert_allclose(curve.estimate, 1 - kaplan_meier(TIME, event.astype(float)).survival)


def test_without_events_there_is_no_curve():
    assert incidence.aalen_johansen(TIME, np.zeros(4, dtype=int)) == {}
    assert incidence.aalen_johansen(np.empty(0), np.empty(0, dtype=int)) == {}


@pytest.mark.parametrize(
    ("cause", "group"),
    [([2, 2, 0, 0], "abab"), ([1, 2, 1, 0], "aaaa"), ([1, 1, 1, 1], "aaab")],
    ids=["no such event", "one group", "no variance"],
)
def test_gray_needs_two_groups_and_events(cause, group):
    test = incidence.gray(TIME, np.array(cause), list(group))
    assert math.isnan(test.p) or group == "aaab"


def test_gray_tells_groups_apart_whatever_their_names():
    time = np.arange(1.0, 41)
    group = np.repeat(["b", "a"], 20)
    cause = np.where(group == "b", 1, 2)
    one, other = incidence.gray(time, cause, group), incidence.gray(time, cause, np.repeat([1, 2], 20))
    assert one.p < 0.001
    assert one.chi2 == pytest.approx(other.chi2)


def cohort(seed: int = 1, size: int = 120):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=size), rng.integers(0, 2, size)])
    return np.ceil(rng.exponential(100, size) / np.exp(0.5 * x[:, 0])), rng.integers(0, 3, size), x


def test_without_competing_events_it_is_the_cox_model_with_breslow_ties():
    time, cause, x = cohort()
    cause = (cause == 1).astype(int)
    found = fine_gray.fit(time, cause, x)
    np.testing.assert_allclose(found.coef, fast_cox.fit(time, cause.astype(float), x, ties="breslow").coef, atol=1e-10)


def test_without_censoring_a_competing_event_is_a_patient_who_stays():
    time, cause, x = cohort()
    cause = np.where(cause == 0, 1, cause)
    stays = np.where(cause == 2, time.max() + 1, time)
    expected = fast_cox.fit(stays, (cause == 1).astype(float), x, ties="breslow").coef
    np.testing.assert_allclose(fine_gray.fit(time, cause, x).coef, expected, atol=1e-10)


def test_a_covariate_that_separates_has_no_fit():
    time, cause, _ = cohort()
    with pytest.raises(fast_cox.NoMaximum):
        fine_gray.fit(time, cause, (cause == 1).astype(float)[:, None])


def test_greenwood_agrees_with_the_curves():
    import pandas as pd
    from greenwood import AalenJohansen, Surv

    time, cause, _ = cohort(4)
    steps = AalenJohansen(conf_type="log").fit(Surv(time, pd.Categorical(cause, categories=[0, 1, 2])))
    expected = steps.to_frame(format="pandas")
    expected = expected[expected["cause"].astype(str) == "2"]
    found = incidence.aalen_johansen(time, cause)[2]
    for ours, name in ((found.estimate, "estimate"), (found.std_error, "std_error"), (found.upper, "conf_high")):
        np.testing.assert_allclose(ours, expected[name], rtol=1e-9)
