"""The Cox model of several imputed data sets, pooled by Rubin's rules, as rows of the results table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri

from rechallenge.estimates import cox, fast_cox, models
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.rubin import Pooled, PooledTest, pooled, pooled_wald
from rechallenge.settings.statistics import Covariate

Array = NDArray[np.float64]
METHOD: Final = (
    "Cox, Efron ties; {what} imputed {times} times, Rubin's rules, Wald interval with Barnard and Rubin's degrees of "
    "freedom"
)
CONCORDANCE: Final = "Harrell, mean of the imputed data sets; Rubin's rules give a share no interval"


@dataclass(frozen=True)
class _Fit:
    """The model of one data set; `ph` holds chi-squares of proportional hazards per coefficient and of all."""

    coef: Array
    covariance: Array
    concordance: float
    ph: Array


def pooled_rows(
    frames: Sequence[pd.DataFrame],
    covariates: Sequence[Covariate],
    missing: Mapping[str, int],
    *,
    confidence: float,
    minimum_events: int,
    proportional_hazards: bool,
    what: str = "missing covariates",
) -> Iterator[Row]:
    """Return the pooled model of imputed data sets that differ in nothing but the imputed values.

    `missing` says how many values of each covariate are imputed, `what` the same in words. Rows as of
    `models.model_rows`, with `imputed` per covariate, `missing_information` per coefficient (the percentage of its
    variance that is due to missing values), and the pooled Wald test; tests of proportional hazards where asked for.
    """
    first = design(frames[0], covariates, minimum_events)
    counts: Counts = {"n": float(first.n), "events": float(first.events)}
    yield from models.sizes(first, "missing covariates are imputed: nobody is left out")
    for name, number in missing.items():
        yield Row("imputed", float(number), method="missing values, imputed", term=name, **counts)
    try:
        fits = _fits(frames, covariates, minimum_events, proportional_hazards)
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), **counts)
        return
    said = METHOD.format(what=what, times=len(frames))
    coefs, covariances = np.array([fit.coef for fit in fits]), np.array([fit.covariance for fit in fits])
    errors = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    tests = np.array([fit.ph for fit in fits])
    for place, key in enumerate(first.coefficients):
        found = pooled(coefs[:, place], errors[:, place], counts["events"] - len(first.coefficients), confidence)
        own = [*_coefficient(found, said, confidence, counts), *_ph(tests[:, place : place + 1], 1, counts)]
        yield from placed(own, term=key.term, level=key.level, reference=key.reference)
    yield _wald(pooled_wald(coefs, covariances), counts)
    yield Row("concordance", float(np.mean([fit.concordance for fit in fits])), method=CONCORDANCE, **counts)
    yield from placed(_ph(tests[:, len(first.coefficients) :], len(first.coefficients), counts), term="global")


def _coefficient(found: Pooled, said: str, confidence: float, counts: Counts) -> Iterator[Row]:
    stated: Counts = {"confidence": confidence, "method": said, **counts}
    ratio, lower, upper = (float(np.exp(value)) for value in (found.estimate, found.lower, found.upper))
    yield Row("hr", ratio, lower, upper, found.p, **stated)
    yield Row("coef", found.estimate, found.lower, found.upper, found.p, **stated)
    yield Row("se", found.std_error, method=said, **counts)
    share = "share of the variance that is due to missing values"
    yield Row("missing_information", 100 * found.missing_information, method=share, **counts)


def _wald(test: PooledTest, counts: Counts) -> Row:
    said = (
        "pooled Wald test (D1, Li, Raghunathan and Rubin 1991), "
        f"F with {test.df} and {test.residual_df:.4g} degrees of freedom"
    )
    return Row("wald_f", test.f, p=test.p, method=said, **counts)


def _ph(statistics: Array, df: int, counts: Counts) -> Iterator[Row]:
    """Tests of proportional hazards from a column of chi-squares; none where there is no column.

    By the median P, which holds its level, while pooled chi-squares (D2) of small ones are 0.
    """
    if not statistics.shape[1]:
        return
    p = float(np.median(chdtrc(df, statistics[:, 0])))
    said = f"{models.PH_METHOD}, median of the imputed data sets (Eekhout and others 2017)"
    yield Row("ph_chi2", float(chdtri(df, p)), p=p, method=f"{said}, {models.degrees(df)}", **counts)
    yield Row("ph_p", p, p=p, method=said, **counts)


def _fits(
    frames: Sequence[pd.DataFrame], covariates: Sequence[Covariate], minimum_events: int, proportional_hazards: bool
) -> list[_Fit]:
    """The model of each data set. Raises NotFitted where it has no estimate in one."""
    made: dict[bytes, _Fit] = {}
    found = []
    for frame in frames:
        own = design(frame, covariates, minimum_events)
        if own.problem:
            raise cox.NotFitted(own.problem)
        # With few missing values many data sets are the same.
        key = own.x.to_numpy("float64").tobytes()
        if key not in made:
            made[key] = _fit(own, proportional_hazards)
        found.append(made[key])
    return found


def _fit(declared: Design, proportional_hazards: bool) -> _Fit:
    time, event, x = models.arrays(declared)
    try:
        fit = fast_cox.fit(time, event, x)
    except fast_cox.NoMaximum:
        raise cox.NotFitted(cox.SEPARATED) from None
    ph = np.zeros(0)
    if proportional_hazards:
        checked = cox.fit(time, event, x)
        ph = np.array([*(test.chi2 for test in checked.ph), checked.ph_global.chi2])
    return _Fit(fit.coef, fit.covariance, concordance(time, event, x @ fit.coef).estimate, ph)
