"""Firth's penalised Cox model as rows of the results table: a finite answer where classes or separation allow none."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.estimates import fast_cox, models
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import design
from rechallenge.estimates.rows import NAN, Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import Covariate

METHOD: Final = "Firth's penalised Cox model, Efron ties, profile-likelihood interval, penalised likelihood-ratio P"
NO_MAXIMUM: Final = "Not fitted: the penalised likelihood has no single maximum."
INSTEAD: Final = "Firth's penalised model is given instead."


def penalised_rows(
    frame: pd.DataFrame, covariates: Sequence[Covariate], *, confidence: float, minimum_events: int, left_out: str
) -> tuple[Row, ...]:
    """Return Firth's model of all covariates: hr, coef and se per coefficient, sizes, its test and concordance.

    `frame` and arguments as for `models.model_rows`. A class without events, and separation, are no hindrance.
    """
    from rechallenge.estimates import firth

    declared = design(frame, covariates, minimum_events)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    found = models.sizes(declared, left_out)
    if declared.problem and not declared.no_events:
        return (*found, not_fitted(declared.problem, **counts))
    time, event, x = models.arrays(declared)
    try:
        fit = firth.fit(time, event, x, confidence, look_elsewhere=True)
    except fast_cox.NoMaximum:
        return (*found, not_fitted(NO_MAXIMUM, **counts))
    stated: Counts = {"confidence": confidence, "method": METHOD, **counts}
    for place, key in enumerate(declared.coefficients):
        # Where the profile does not fall far enough on one side, or has several maxima, there is no limit.
        bounds = (float(values[place]) if np.isfinite(values[place]) else NAN for values in (fit.lower, fit.upper))
        coef, p, (lower, upper) = float(fit.coef[place]), float(fit.p[place]), bounds
        own = [
            Row("hr", np.exp(coef), np.exp(lower), np.exp(upper), p, **stated),
            Row("coef", coef, lower, upper, p, **stated),
            Row("se", float(fit.std_error[place]), method=METHOD, **counts),
        ]
        found += placed(own, term=key.term, level=key.level, reference=key.reference)
    test = fit.likelihood_ratio
    said = f"penalised likelihood-ratio test, {models.degrees(test.df)}"
    return (
        *found,
        Row("likelihood_ratio_chi2", test.chi2, p=test.p, method=said, **counts),
        models.concordance_row(concordance(time, event, x @ fit.coef), confidence, counts),
    )
