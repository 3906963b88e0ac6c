"""Score residuals and robust variances; that they equal R's with ties: test_agreement_with_r."""

import numpy as np
import pytest

from rechallenge.estimates import fast_cox, robust_variance
from rechallenge.estimates.partial_likelihood import risk_sets


def fitted():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(60, 2))
    time, event = np.ceil(rng.exponential(10, 60)), (rng.random(60) < 0.7).astype(float)
    risk = risk_sets(time, event)
    return time, event, x, risk, fast_cox.fit_at(risk, x)


def test_score_residuals_add_up_to_nothing_at_the_maximum():
    *_, x, risk, fit = fitted()
    np.testing.assert_allclose(robust_variance.score_residuals(risk, x, fit.coef).sum(axis=0), 0, atol=1e-9)


def test_a_dfbeta_is_about_what_leaving_the_patient_out_changes():
    time, event, x, risk, fit = fitted()
    moved = robust_variance.dfbeta(risk, x, fit.coef, fit.covariance)
    for patient in range(5):
        kept = np.arange(60) != patient
        without = fast_cox.fit(time[kept], event[kept], x[kept])
        np.testing.assert_allclose(fit.coef - without.coef, moved[patient], atol=0.02)


def test_clusters_of_one_patient_are_the_robust_variance():
    *_, x, risk, fit = fitted()
    plain = robust_variance.robust_covariance(risk, x, fit.coef, fit.covariance)
    single = robust_variance.robust_covariance(risk, x, fit.coef, fit.covariance, cluster=np.arange(60))
    np.testing.assert_allclose(plain, single)


def test_fewer_clusters_than_coefficients_have_no_wald_test():
    *_, x, risk, fit = fitted()
    one = robust_variance.robust_covariance(risk, x, fit.coef, fit.covariance, cluster=np.arange(60) % 2)
    assert np.isnan(robust_variance.robust_wald(fit.coef, one).p)
    assert robust_variance.robust_wald(np.array([2.0]), np.array([[1.0]])).p == pytest.approx(0.0455, abs=1e-4)
