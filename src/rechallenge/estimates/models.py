"""Declared Cox models as rows of the results table."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.estimates import cox
from rechallenge.estimates.chi_square import ChiSquare
from rechallenge.estimates.concordance import Concordance
from rechallenge.estimates.counting_process import hazard_rows
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import Covariate

Array = NDArray[np.float64]
METHOD: Final = "Cox, Efron ties, Wald interval"
FITTED_ONCE: Final = f"{METHOD}, one Newton-Raphson fit for so many patients"
# A standard error below this is a variance of 0.
NO_VARIANCE: Final = 1e-9
CONCORDANCE: Final = "Harrell, interval by the infinitesimal jackknife"
DROPPED: Final = "without all covariates: left out of the model"
PH_METHOD: Final = f"scaled Schoenfeld residuals (cox.zph), transform {cox.TRANSFORM}"


def univariable(
    frame: pd.DataFrame, covariates: Sequence[Covariate], *, confidence: float, minimum_events: int
) -> tuple[Row, ...]:
    """Return one model per covariate, each on the patients who have it; every row names its covariate in `term`."""
    found: list[Row] = []
    for covariate in covariates:
        model = model_rows(frame, [covariate], confidence=confidence, minimum_events=minimum_events)
        found += of_one(model, covariate)
    return tuple(found)


def of_one(model: Iterable[Row], covariate: Covariate) -> Iterator[Row]:
    """Return the rows of a model of one covariate under its name; a test of the whole model says nothing new."""
    return placed((row for row in model if row.term != "global"), term=covariate.name)


def model_rows(
    frame: pd.DataFrame,
    covariates: Sequence[Covariate],
    *,
    confidence: float,
    minimum_events: int,
    left_out: str = DROPPED,
) -> tuple[Row, ...]:
    """Return one model of all covariates, on the patients who have them all.

    `frame` has days, event and the covariates' columns. Per coefficient: hr, coef, se, ph_chi2, ph_p; per level:
    n (with its events); for the model (term empty): n, events, dropped, parameters, events_per_variable,
    likelihood_ratio_chi2, wald_chi2, score_chi2, concordance; term "global": ph_chi2, ph_p. A model that cannot
    be fitted has a `not_fitted` row with the reason instead of what depends on the fit. `left_out` says in words who
    is dropped.
    """
    declared = design(frame, covariates, minimum_events)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    found = [*sizes(declared, left_out), *_levels(declared)]
    if declared.problem:
        return (*found, not_fitted(declared.problem, **counts))
    try:
        fit = cox.fit(*arrays(declared))
    except cox.NotFitted as reason:
        return (*found, not_fitted(str(reason), **counts))
    return (*found, *_coefficients(declared, fit, confidence, counts), *_whole(fit, confidence, counts))


def arrays(declared: Design) -> tuple[Array, Array, Array]:
    """Return days, event and the columns of a design."""
    time, event = (declared.frame[name].to_numpy("float64") for name in ("days", "event"))
    return time, event, declared.x.to_numpy("float64")


def sizes(declared: Design, left_out: str = DROPPED) -> list[Row]:
    """Return n, events, dropped, parameters and events_per_variable of a model."""
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    parameters = len(declared.coefficients)
    sizes = [
        Row("n", counts["n"], **counts),
        Row("events", counts["events"], **counts),
        Row("dropped", float(declared.dropped), method=left_out, **counts),
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
    method = FITTED_ONCE if fit.once else METHOD
    found: list[Row] = []
    for place, key in enumerate(declared.coefficients):
        coef, error, p = float(fit.coef[place]), float(fit.std_error[place]), float(fit.p[place])
        own = [
            *hazard_rows(coef, error, p, confidence, method, counts),
            *proportional_rows(fit.ph[place], counts),
        ]
        found += placed(own, term=key.term, level=key.level, reference=key.reference)
    return found


def _whole(fit: cox.CoxFit, confidence: float, counts: Counts) -> list[Row]:
    return [
        _test("likelihood_ratio_chi2", fit.likelihood_ratio, "likelihood-ratio test", counts),
        _test("wald_chi2", fit.wald, "Wald test", counts),
        _test("score_chi2", fit.score, "score test", counts),
        concordance_row(fit.concordance, confidence, counts),
        *placed(proportional_rows(fit.ph_global, counts), term="global"),
    ]


def concordance_row(found: Concordance, confidence: float, counts: Counts) -> Row:
    """Return Harrell's concordance with its interval, which does not leave 0 to 1; none where nothing varies in it."""
    if found.std_error < NO_VARIANCE:
        return Row("concordance", found.estimate, method=f"{CONCORDANCE}; no interval, its variance is 0", **counts)
    half = float(ndtri(0.5 + confidence / 2)) * found.std_error
    # Missing, where no pair can be compared, stays missing: max() and min() would make 0 and 1 of it.
    bounds = np.clip([found.estimate - half, found.estimate + half], 0.0, 1.0)
    limits: Counts = {"lower": float(bounds[0]), "upper": float(bounds[1]), "confidence": confidence}
    return Row("concordance", found.estimate, method=CONCORDANCE, **limits, **counts)


def proportional_rows(test: ChiSquare, counts: Counts) -> list[Row]:
    """Return ph_chi2 and ph_p of a test of proportional hazards."""
    p = Row("ph_p", test.p, p=test.p, method=PH_METHOD, **counts)
    return [_test("ph_chi2", test, PH_METHOD, counts), p]


def _test(statistic: str, test: ChiSquare, name: str, counts: Counts) -> Row:
    return Row(statistic, test.chi2, p=test.p, method=f"{name}, {degrees(test.df)}", **counts)


def degrees(df: int) -> str:
    """Return "1 degree of freedom"."""
    return f"{df} degree{'s' if df > 1 else ''} of freedom"
