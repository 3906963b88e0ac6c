"""The test of proportional hazards beside greenwood's, and where there is none; R's: test_agreement_with_r."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.estimates import cox, fast_cox
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.proportional_hazards import proportional_hazards


@pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
def test_greenwood_agrees(transform):
    from greenwood import CoxPH, Surv

    rng = np.random.default_rng(4)
    x = rng.normal(size=(90, 3))
    time, event = np.ceil(rng.exponential(15, 90)), (rng.random(90) < 0.8).astype(float)
    risk = risk_sets(time, event)
    found = proportional_hazards(risk, x, fast_cox.fit_at(risk, x).coef, time, transform=transform)
    model = CoxPH(ties="efron").fit(Surv(time, event.astype(int)), pd.DataFrame(x, columns=["a", "b", "c"]))
    expected = model.cox_zph(transform=transform)
    assert found.whole.chi2 == pytest.approx(expected.global_test["chisq"], rel=1e-6)
    assert [one.chi2 for one in found.terms] == pytest.approx(
        [expected.per_term[name]["chisq"] for name in ("a", "b", "c")], rel=1e-6
    )


def test_a_hazard_ratio_that_turns_round_is_found():
    rng = np.random.default_rng(9)
    group = np.repeat([0.0, 1.0], 300)
    # Early events in one group, late ones in the other: the curves cross.
    time = np.where(group == 1, rng.weibull(3.0, 600), rng.weibull(0.7, 600)).round(8) + 0.001
    fit = cox.fit(time, np.ones(600), group[:, None])
    assert fit.ph_global.p < 1e-6


def test_with_few_events_there_is_a_test_of_one_coefficient_but_not_of_all():
    rng = np.random.default_rng(12)
    x = rng.normal(size=(8, 2))
    time, event = np.arange(1.0, 9), np.array([0.0, 0, 0, 0, 1, 0, 1, 0])
    risk = risk_sets(time, event)
    found = proportional_hazards(risk, x, np.zeros(2), time)
    assert np.isnan(found.whole.p)
    assert np.isfinite(found.terms[0].p)
