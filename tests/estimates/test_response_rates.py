"""Response rates keep everybody in the denominator; exact intervals are R's binom.test."""

import pandas as pd
import pytest

from rechallenge.estimates.proportions import clopper_pearson
from rechallenge.estimates.response_rates import rows
from rechallenge.estimates.rows import Row

# R: binom.test(x, n)$conf.int; 682 of 925 is the example of its help page.
R = {
    (682, 925): (0.7076683, 0.7654066),
    (7, 24): (0.1261521, 0.5109478),
    (0, 10): (0.0, 0.3084971),
    (10, 10): (0.6915029, 1.0),
    (1, 1): (0.025, 1.0),
}


@pytest.mark.parametrize("case", R)
def test_exact_limits_are_those_of_r(case: tuple[int, int]) -> None:
    assert clopper_pearson(*case, 0.95) == pytest.approx(R[case], abs=5e-8)


def test_each_limit_leaves_half_of_alpha_beyond() -> None:
    from scipy.stats import binom

    lower, upper = clopper_pearson(7, 24, 0.9)
    assert 1 - binom.cdf(6, 24, lower) == pytest.approx(0.05)
    assert binom.cdf(7, 24, upper) == pytest.approx(0.05)


def found(*responses: str | None, objective: tuple[str, ...] = ("CR", "PR")) -> dict[str, Row]:
    made = rows(pd.Series(responses, dtype=object), objective, 0.95)
    return {f"{row.model}/{row.level}/{row.statistic}" if row.level else row.statistic: row for row in made}


def test_not_evaluable_and_unknown_stay_in_the_denominator() -> None:
    made = found("CR", "PR", "SD", "SD", "PD", "NE", None, "PD", "PD", "PD")
    orr, dcr = made["orr"], made["dcr"]
    assert (orr.estimate, orr.n, orr.events) == (20, 10, 2)
    assert (dcr.estimate, dcr.n, dcr.events) == (40, 10, 4)
    assert (orr.lower, orr.upper) == pytest.approx((2.521073, 55.60955), abs=1e-5)
    assert (orr.method, orr.confidence) == ("Clopper-Pearson", 0.95)


def test_every_best_response_has_a_row_and_they_add_up() -> None:
    made = found("CR", "PR", "SD", "SD", "PD", "NE", None)
    counts = {level: made[f"best_response/{level}/n"].estimate for level in ("CR", "PR", "SD", "PD", "NE", "unknown")}
    assert counts == {"CR": 1, "PR": 1, "SD": 2, "PD": 1, "NE": 1, "unknown": 1}
    assert made["best_response/SD/percent"].estimate == pytest.approx(100 * 2 / 7)


def test_what_counts_as_objective_is_a_definition_and_disease_control_includes_all() -> None:
    made = found("CR", "PR", "SD", "PD", objective=("CR",))
    assert (made["orr"].estimate, made["dcr"].estimate) == (25, 75)


def test_nobody_responded_and_nobody_at_all() -> None:
    made = found("PD", "PD")
    assert (made["orr"].estimate, made["orr"].lower) == (0, 0)
    assert found() == {}
