"""Declared Cox models as rows of the results table."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from rechallenge.estimates import cox
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.logrank import ChiSquare
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import Covariate

METHOD: Final = "Cox, Efron ties, Wald interval"
PH_METHOD: Final = f"scaled Schoenfeld residuals (cox.zph), transform {cox.TRANSFORM}"


def univariable(
    frame: pd.DataFrame, covariates: Sequence[Covariate], *, confidence: float, minimum_events: int
) -> tuple[Row, ...]:
    """Return one model per covariate, each on the patients who have it; every row names its covariate in `term`."""
    found: list[Row] = []
    for covariate in covariates:
        model = model_rows(frame, [covariate], confidence=confidence, minimum_events=minimum_events)
        found += placed((row for row in model if row.term != "global"), term=covariate.name)
    return tuple(found)


def model_rows(
    frame: pd.DataFrame, covariates: Sequence[Covariate], *, confidence: float, minimum_events: int
) -> tuple[Row, ...]:
    """Return one model of all covariates, on the patients who have them all.

    `frame` has days, event and the covariates' columns. Per coefficient: hr, coef, se, ph_chi2, ph_p; per level:
    n (with its events); for the model (term empty): n, events, dropped, parameters, events_per_variable,
    likelihood_ratio_chi2, wald_chi2, score_chi2, concordance; term "global": ph_chi2, ph_p. A model that cannot
    be fitted has a `not_fitted` row with the reason instead of what depends on the fit.
    """
    declared = design(frame, covariates, minimum_events)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    found = [*_sizes(declared, counts), *_levels(declared)]
    if declared.problem:
        return (*found, not_fitted(declared.problem, **counts))
    chosen = declared.frame
    time, event = (chosen[name].to_numpy("float64") for name in ("days", "event"))
    try:
        fit = cox.fit(time, event, declared.x.to_numpy("float64"))
    except cox.NotFitted as reason:
        return (*found, not_fitted(str(reason), **counts))
    return (*found, *_coefficients(declared, fit, confidence, counts), *_whole(fit, confidence, counts))


def _sizes(declared: Design, counts: Counts) -> list[Row]:
    parameters = len(declared.coefficients)
    sizes = [
        Row("n", counts["n"], **counts),
        Row("events", counts["events"], **counts),
        Row("dropped", float(declared.dropped), method="without all covariates: left out of the model", **counts),
        Row("parameters", float(parameters), **counts),
    ]
    if parameters:
        sizes.append(Row("events_per_variable", counts["events"] / parameters, **counts))
    return sizes


def _levels(declared: Design) -> list[Row]:
    found = []
    for term, column in declared.levels.items():
        for level in sorted(set(column)):
            inside = column == level
            n, events = float(inside.sum()), float(declared.frame.loc[inside, "event"].sum())
            found.append(Row("n", n, n=n, events=events, term=term, level=level))
    return found


def _coefficients(declared: Design, fit: cox.CoxFit, confidence: float, counts: Counts) -> list[Row]:
    z = float(ndtri(0.5 + confidence / 2))
    found: list[Row] = []
    for place, key in enumerate(declared.coefficients):
        coef, error, p = float(fit.coef[place]), float(fit.std_error[place]), float(fit.p[place])
        lower, upper = coef - z * error, coef + z * error
        with_interval: Counts = {"confidence": confidence, "method": METHOD, **counts}
        own = [
            Row("hr", np.exp(coef), np.exp(lower), np.exp(upper), p, **with_interval),
            Row("coef", coef, lower, upper, p, **with_interval),
            Row("se", error, method=METHOD, **counts),
            *proportional_rows(fit.ph[place], counts),
        ]
        found += placed(own, term=key.term, level=key.level, reference=key.reference)
    return found


def _whole(fit: cox.CoxFit, confidence: float, counts: Counts) -> list[Row]:
    z = float(ndtri(0.5 + confidence / 2))
    share, error = fit.concordance.estimate, fit.concordance.std_error
    lower, upper = max(0.0, share - z * error), min(1.0, share + z * error)
    method = "Harrell, interval by the infinitesimal jackknife"
    return [
        _test("likelihood_ratio_chi2", fit.likelihood_ratio, "likelihood-ratio test", counts),
        _test("wald_chi2", fit.wald, "Wald test", counts),
        _test("score_chi2", fit.score, "score test", counts),
        Row("concordance", share, lower, upper, confidence=confidence, method=method, **counts),
        *placed(proportional_rows(fit.ph_global, counts), term="global"),
    ]


def proportional_rows(test: ChiSquare, counts: Counts) -> list[Row]:
    """Return ph_chi2 and ph_p of a test of proportional hazards."""
    p = Row("ph_p", test.p, p=test.p, method=PH_METHOD, **counts)
    return [_test("ph_chi2", test, PH_METHOD, counts), p]


def _test(statistic: str, test: ChiSquare, name: str, counts: Counts) -> Row:
    method = f"{name}, {test.df} degree{'s' if test.df > 1 else ''} of freedom"
    return Row(statistic, test.chi2, p=test.p, method=method, **counts)
