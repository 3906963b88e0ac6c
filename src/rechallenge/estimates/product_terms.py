"""Product terms in a Cox model and their likelihood-ratio test: what interactions and subgroups are made of."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.estimates import fast_cox
from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.rows import Counts, Row

Array = NDArray[np.float64]
NO_MAXIMUM: Final = "Not fitted: the likelihood has no maximum (separation, or too few events)."
HR_METHOD: Final = (
    "Cox, Efron ties, main effects and product{adjusted}; Wald interval of the sum of coefficients by their covariance"
)


@dataclass(frozen=True)
class Products:
    """A model with product terms: coefficients and covariance, main effects before products, and the test of these."""

    coef: Array
    covariance: Array
    test: ChiSquare

    def ratio(self, weights: Array, confidence: float) -> tuple[float, float, float]:
        """Return exp of a weighted sum of coefficients with its Wald interval."""
        return ratio(self.coef, self.covariance, weights, confidence)


def ratio(coef: Array, covariance: Array, weights: Array, confidence: float) -> tuple[float, float, float]:
    """Return exp of a weighted sum of coefficients with its Wald interval."""
    log = float(weights @ coef)
    half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(weights @ covariance @ weights))
    return float(np.exp(log)), float(np.exp(log - half)), float(np.exp(log + half))


def with_products(frame: pd.DataFrame, main: Array, products: Array) -> Products:
    """Fit the model of the columns of `main` and `products`, and test the products by the likelihood ratio.

    `frame` has days, event and entry_days. Raises fast_cox.NoMaximum where either model has no finite estimates.
    """
    time, event, entry = (frame[name].to_numpy("float64") for name in ("days", "event", "entry_days"))
    late = entry if (entry > 0).any() else None
    without = fast_cox.fit(time, event, main, entry=late)
    fit = fast_cox.fit(time, event, np.hstack([main, products]), entry=late)
    # Rounding may leave the larger model a hair below the smaller one.
    chi2, df = max(0.0, 2 * (fit.log_likelihood - without.log_likelihood)), products.shape[1]
    return Products(fit.coef, fit.covariance, chi_square(chi2, df))


def product_test_row(test: ChiSquare, counts: Counts, adjusted: str = "") -> Row:
    """Return the row of a likelihood-ratio test of products."""
    method = (
        "likelihood-ratio test of the product (anova of two coxph, with it and without, on the same patients"
        f"{adjusted}), {test.df} degree{'s' if test.df > 1 else ''} of freedom"
    )
    return Row("likelihood_ratio_chi2", test.chi2, p=test.p, method=method, **counts)
