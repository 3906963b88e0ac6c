"""Cox models on the drawn data sets: both kinds of ties, strata, delayed entry, robust and clustered variance."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates import cox, fast_cox, firth
from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.concordance import Concordance, concordance
from rechallenge.estimates.partial_likelihood import Ties, risk_sets
from rechallenge.estimates.proportional_hazards import Transform, proportional_hazards
from rechallenge.estimates.robust_variance import robust_covariance, robust_wald
from tests.agreement.compare import Difference, Numbers, of_quantities

Z: Final = 1.959963984540054
CONFIDENCE: Final = 0.95
COVARIATES: Final = ("x1", "x2", "x3")
TRANSFORMS: Final[tuple[Transform, ...]] = ("rank", "identity", "log")
TIES: Final[tuple[Ties, ...]] = ("efron", "breslow")


def differences() -> Iterator[Difference]:
    return of_quantities(("Cox", "Firth"), lambda data, theirs: {**_models(data), **_penalised(data, theirs)})


def _models(data: pd.DataFrame) -> Numbers:
    terms = _terms(data)
    if not terms or not data["died"].any():
        return {}
    found = {
        **_reported("Cox", data, terms, transforms=TRANSFORMS),
        **_reported("Cox, stratified", data, terms, strata=data["strata"].to_numpy()),
        **_fast(data, terms),
    }
    late = data[data["time"] > data["entry"]]
    if all(late[name].nunique() > 1 for name in terms) and late["died"].any():
        entry = late["entry"].to_numpy("float64")
        found |= _reported("Cox, delayed entry", late, terms, entry=entry)
        title = "Cox, delayed entry, stratified"
        found |= _reported(title, late, terms, entry=entry, strata=late["strata"].to_numpy())
    return found


def _terms(data: pd.DataFrame) -> list[str]:
    return [name for name in COVARIATES if data[name].notna().all() and data[name].nunique() > 1]


def _arrays(data: pd.DataFrame, terms: list[str]) -> tuple[Any, Any, Any]:
    return tuple(data[name].to_numpy("float64") for name in ("time", "died", terms))  # type: ignore[return-value]


def _reported(
    title: str, data: pd.DataFrame, terms: list[str], *, transforms: tuple[Transform, ...] = (), **design: Any
) -> dict[str, Any]:
    """The numbers of the results table, by the function that makes them."""
    time, event, x = _arrays(data, terms)
    try:
        fit = cox.fit(time, event, x, **design)
    except cox.NotFitted:
        return {}
    wald = Z * fit.std_error
    found: dict[str, Any] = {
        "coefficient": fit.coef,
        "standard error": fit.std_error,
        "P": fit.p,
        "limits of the hazard ratio": [*np.exp(fit.coef - wald), *np.exp(fit.coef + wald)],
        "log likelihood": [fit.null_log_likelihood, fit.log_likelihood],
        "likelihood-ratio test": _test(fit.likelihood_ratio),
        "Wald test": _test(fit.wald),
        "score test": _test(fit.score),
        "concordance and its standard error": _share(fit.concordance),
        "cox.zph, km": _proportional(fit.ph, fit.ph_global),
    }
    for transform in transforms:
        if transform == "log" and not time.min() > 0:
            continue
        risk = risk_sets(time, event)
        tests = proportional_hazards(risk, x, fit.coef, time, transform=transform)
        found[f"cox.zph, {transform}"] = _proportional(tests.terms, tests.whole)
    return {f"{title}: {name}|": numbers for name, numbers in found.items() if numbers is not None}


def _fast(data: pd.DataFrame, terms: list[str]) -> dict[str, Any]:
    time, event, x = _arrays(data, terms)
    found: dict[str, Any] = {}
    try:
        fit = fast_cox.fit(time, event, x, ties="breslow")
    except fast_cox.NoMaximum:
        return {}
    z, wald = fit.coef / fit.std_error, Z * fit.std_error
    size = len(terms)
    numbers = {
        "coefficient": fit.coef,
        "standard error": fit.std_error,
        "P": [math.erfc(abs(one) / math.sqrt(2)) for one in z],
        "limits of the hazard ratio": [*np.exp(fit.coef - wald), *np.exp(fit.coef + wald)],
        "log likelihood": [fit.null_log_likelihood, fit.log_likelihood],
        "likelihood-ratio test": _test(chi_square(fit.likelihood_ratio_chi2, size)),
        "Wald test": _test(chi_square(fit.wald_chi2, size)),
        "score test": _test(chi_square(fit.score_chi2, size)),
        "concordance and its standard error": _share(concordance(time, event, (x - x.mean(axis=0)) @ fit.coef)),
    }
    found |= {f"Cox, Breslow: {name}|": values for name, values in numbers.items()}
    risk = risk_sets(time, event)
    fit = fast_cox.fit_at(risk, x)
    for title, cluster in (("robust variance", None), ("clusters", data["cluster"].to_numpy())):
        covariance = robust_covariance(risk, x, fit.coef, fit.covariance, cluster)
        found[f"Cox, {title}: standard error|"] = np.sqrt(np.diag(covariance))
        test = robust_wald(fit.coef, covariance)
        if not math.isnan(test.p):
            found[f"Cox, {title}: Wald test|"] = _test(test)
    return found


def _penalised(data: pd.DataFrame, theirs: Mapping[str, Any]) -> Numbers:
    if not any(key.startswith("Firth") for key in theirs):  # R was not asked: see make.R
        return {}
    terms = _terms(data)
    time, event, x = _arrays(data, terms)
    found: dict[str, Any] = {}
    for ties in TIES:
        fit = firth.fit(time, event, x, CONFIDENCE, ties=ties)
        numbers = {
            "coefficient": fit.coef,
            "standard error": fit.std_error,
            "profile limits": [*fit.lower, *fit.upper],
            "P": [*fit.p, fit.likelihood_ratio.p],
        }
        found |= {f"Firth, {ties}: {name}|": values for name, values in numbers.items()}
    return found


def _test(test: ChiSquare) -> list[float]:
    return [test.chi2, test.df, test.p]


def _share(share: Concordance) -> list[float]:
    return [share.estimate, share.std_error]


def _proportional(terms: tuple[ChiSquare, ...], whole: ChiSquare) -> list[float] | None:
    tests = [*terms, whole]
    numbers = [*(test.chi2 for test in tests), *(test.p for test in tests)]
    return None if np.isnan(numbers).all() else numbers
