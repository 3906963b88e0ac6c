"""The Cox model with Efron's ties, fitted twice: by lifelines, and by greenwood for what lifelines lacks.

Coefficients, standard errors, intervals, Wald P values and the likelihood-ratio test are lifelines'; the score
and Wald tests of the whole model and the test of proportional hazards are greenwood's. Where the two fits do not
agree, the likelihood has no maximum, and nothing is reported.
"""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.estimates.concordance import Concordance, concordance
from rechallenge.estimates.fast_cox import LARGEST_ERROR
from rechallenge.estimates.logrank import ChiSquare

Array = NDArray[np.float64]
# lifelines' defaults stop early: coefficients would differ from R's by up to 2e-4; with these by less than 1e-8.
TOLERANCE: Final = {"precision": 1e-18, "r_precision": 1e-18}
# First steps of lifelines: its own, then shorter ones, since a long step can overshoot a maximum that is there.
STEPS: Final = (0.95, 0.5, 0.1)
# Under separation each iteration moves a coefficient by about 1, so two programmes that stop by different rules
# stop at different places; where there is a maximum they differ by less than 1e-8.
AGREEMENT: Final = 1e-4


# R's default transform of time in `cox.zph`.
TRANSFORM: Final = "km"


@dataclass(frozen=True)
class CoxFit:
    """A fitted model; arrays follow the columns of the design. `ph_global` and `ph` test proportional hazards."""

    coef: Array
    std_error: Array
    p: Array
    likelihood_ratio: ChiSquare
    wald: ChiSquare
    score: ChiSquare
    ph: tuple[ChiSquare, ...]
    ph_global: ChiSquare
    concordance: Concordance


class NotFitted(Exception):  # noqa: N818 - a result, not a mistake
    """The likelihood has no maximum; the message is a sentence for the report."""


SEPARATED: Final = (
    "Not fitted: the likelihood has no maximum, because some combination of the covariates separates the patients "
    "with events from those without (separation, or too few events)."
)


def fit(time: Array, event: Array, x: Array) -> CoxFit:
    """Fit the model of the columns of `x`. Raises NotFitted where the estimates are not finite.

    `time` must be rounded; each column must vary, and there must be events.
    """
    from greenwood import CoxPH, Surv
    from lifelines.exceptions import ConvergenceError

    names = [f"x{place}" for place in range(x.shape[1])]
    spread = x.std(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            first, likelihood = _lifelines(time, event, x, names)
            second = CoxPH(ties="efron").fit(Surv(time, event.astype(int)), pd.DataFrame(x / spread, columns=names))
            ph = second.cox_zph(transform=TRANSFORM)
        except (np.linalg.LinAlgError, ConvergenceError):
            raise NotFitted(SEPARATED) from None
    coef, error = first["coef"].to_numpy("float64"), first["se(coef)"].to_numpy("float64")
    scaled = np.asarray(second.coef_, dtype="float64")
    numbers = np.concatenate([coef, error, scaled])
    if not np.isfinite(numbers).all() or (error * spread > LARGEST_ERROR).any():
        raise NotFitted(SEPARATED)
    if (np.abs(coef * spread - scaled) > AGREEMENT).any():
        raise NotFitted(SEPARATED)
    df = x.shape[1]
    return CoxFit(
        coef,
        error,
        first["p"].to_numpy("float64"),
        likelihood,
        _chi_square(second.wald_stat_, df),
        _chi_square(second.score_stat_, df),
        tuple(_chi_square(ph.per_term[name]["chisq"], 1) for name in names),
        _chi_square(ph.global_test["chisq"], df),
        concordance(time, event, x @ coef),
    )


def _lifelines(time: Array, event: Array, x: Array, names: list[str]) -> tuple[pd.DataFrame, ChiSquare]:
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    # Plain numpy columns: lifelines cannot take Arrow-typed ones.
    frame = pd.DataFrame(x, columns=names).assign(time=time, event=event.astype(int))
    for step in STEPS:
        try:
            model = CoxPHFitter().fit(frame, "time", "event", fit_options=TOLERANCE | {"step_size": step})
            break
        except ConvergenceError:
            if step == STEPS[-1]:
                raise
    test = model.log_likelihood_ratio_test()
    return model.summary.loc[names], ChiSquare(float(test.test_statistic), len(names), float(test.p_value))


def _chi_square(statistic: float, df: int) -> ChiSquare:
    from scipy.special import chdtrc

    return ChiSquare(float(statistic), df, float(chdtrc(df, statistic)))
