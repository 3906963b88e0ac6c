"""Firth's penalised Cox model as rows of the results table: a finite answer where classes or separation allow none."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.estimates import models
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.design import design
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.statistics import Covariate

# The model that stands beside each ordinary one.
FIRTH: Final = {
    "cox_univariable": "cox_firth_univariable",
    "cox_multivariable": "cox_firth",
    "cox_sensitivity": "cox_firth_sensitivity",
}
METHOD: Final = (
    "Firth's penalised Cox model, {ties} ties, profile-likelihood interval, penalised likelihood-ratio P (as coxphf)"
)
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
        fit = firth.fit(time, event, x, confidence)
    except firth.NotFitted as reason:
        return (*found, not_fitted(str(reason), **counts))
    method = METHOD.format(ties=firth.TIES)
    stated: Counts = {"confidence": confidence, "method": method, **counts}
    for place, key in enumerate(declared.coefficients):
        coef, lower, upper = (float(values[place]) for values in (fit.coef, fit.lower, fit.upper))
        p = float(fit.p[place])
        own = [
            Row("hr", np.exp(coef), np.exp(lower), np.exp(upper), p, **stated),
            Row("coef", coef, lower, upper, p, **stated),
            Row("se", float(fit.std_error[place]), method=method, **counts),
        ]
        found += placed(own, term=key.term, level=key.level, reference=key.reference)
    test, freedom = fit.likelihood_ratio, "degrees" if fit.likelihood_ratio.df > 1 else "degree"
    said = f"penalised likelihood-ratio test, {test.df} {freedom} of freedom"
    return (
        *found,
        Row("likelihood_ratio_chi2", test.chi2, p=test.p, method=said, **counts),
        models.concordance_row(concordance(time, event, x @ fit.coef), confidence, counts),
    )
