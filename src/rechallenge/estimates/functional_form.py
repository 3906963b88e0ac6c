"""Whether a number enters the model rightly as a straight line: martingale residuals and a spline test.

And the splines themselves: restricted cubic ones, straight beyond the outer knots (Harrell, "Regression Modeling
Strategies", section 2.4.5), as R's `rms::rcs`; between the outer knots they are those of `splines::ns`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from rechallenge.estimates import fast_cox, models
from rechallenge.estimates.design import Design, label_of
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.residuals import martingale
from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.settings.statistics import Covariate

Array = NDArray[np.float64]
MODEL: Final = "functional_form"
KNOTS: Final = (0.1, 0.5, 0.9)
# Share of the patients in the neighbourhood of each; R's default.
SMOOTHED: Final = 2 / 3


def restricted_cubic(x: Array, knots: Sequence[float]) -> Array:
    """Return the columns that a spline with these knots (3 or more, rising) adds to `x` itself: knots - 2."""
    first, before_last, last = knots[0], knots[-2], knots[-1]

    def cubed(knot: float) -> Array:
        return np.clip(x - knot, 0, None) ** 3

    columns = [
        cubed(knot)
        - cubed(before_last) * (last - knot) / (last - before_last)
        + cubed(last) * (before_last - knot) / (last - before_last)
        for knot in knots[:-2]
    ]
    return np.column_stack(columns) / (last - first) ** 2


def numbers_of(declared: Design, covariates: Sequence[Covariate]) -> list[Covariate]:
    """Return the covariates that enter the model as numbers."""
    return [covariate for covariate in covariates if covariate.name not in declared.levels]


def rows(declared: Design, covariates: Sequence[Covariate]) -> Iterator[Row]:
    """Return, per number, the likelihood-ratio test of a spline against a straight line (`spline_chi2`)."""
    counts: Counts = {"n": float(declared.n), "events": float(declared.events), "model": MODEL}
    time, event, x = models.arrays(declared)
    for covariate in numbers_of(declared, covariates):
        own = x[:, _place(declared, covariate)]
        knots = np.quantile(own, KNOTS)
        if len(set(knots)) < len(KNOTS):
            sentence = f"Not tested: {label_of(covariate)} has too few values for a spline."
            yield not_fitted(sentence, term=covariate.name, **counts)
            continue
        try:
            straight = fast_cox.fit(time, event, x)
            bent = fast_cox.fit(time, event, np.column_stack([x, restricted_cubic(own, list(knots))]))
        except fast_cox.NoMaximum:
            sentence = f"Not tested: the model with a spline of {label_of(covariate)} has no finite estimate."
            yield not_fitted(sentence, term=covariate.name, **counts)
            continue
        df = len(KNOTS) - 2
        chi2 = max(0.0, 2 * (bent.log_likelihood - straight.log_likelihood))
        said = "restricted cubic spline (knots at the 10th, 50th and 90th percentile) against a straight line"
        method = f"likelihood-ratio test, {said}, {df} degree of freedom"
        yield Row("spline_chi2", chi2, p=float(chdtrc(df, chi2)), method=method, term=covariate.name, **counts)


def residual_frame(declared: Design, covariates: Sequence[Covariate]) -> pd.DataFrame:
    """Return, per number, the martingale residual of each patient in the model of the other covariates.

    Columns term, level, kind, x (the number, in its own units), place (the same), y (the residual), smooth (lowess).
    """
    from statsmodels.nonparametric.smoothers_lowess import lowess

    time, event, x = models.arrays(declared)
    parts = []
    for covariate in numbers_of(declared, covariates):
        place = _place(declared, covariate)
        others = np.delete(x, place, axis=1)
        try:
            coef = fast_cox.fit(time, event, others).coef if others.shape[1] else np.zeros(0)
        except fast_cox.NoMaximum:
            continue
        values = x[:, place] * covariate.unit
        y = martingale(risk_sets(time, event), event, others, coef)
        # Martingale residuals are skewed: a robust smoother would not follow their mean.
        smooth = lowess(y, values, frac=SMOOTHED, it=0, return_sorted=False)
        key = declared.coefficients[place]
        part = pd.DataFrame({"x": values, "place": values, "y": y, "smooth": smooth}).sort_values("x", kind="stable")
        parts.append(part.assign(term=key.term, level=key.level, kind="martingale"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _place(declared: Design, covariate: Covariate) -> int:
    return next(place for place, key in enumerate(declared.coefficients) if key.term == covariate.name)
