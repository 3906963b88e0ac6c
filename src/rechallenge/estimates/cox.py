"""The Cox model with Efron's ties, fitted twice: by lifelines, and by `fast_cox`, which checks it.

Coefficients, standard errors, Wald P values and the likelihood-ratio test are lifelines', with a tolerance of our
own. What lifelines lacks or defines otherwise than R is our own code, tested against R: the score and Wald tests of the
whole model, the test of proportional hazards (`proportional_hazards`) and the concordance. Where the two fits do not
agree, the likelihood has no maximum, and nothing is reported.

The second fit is not greenwood's because that takes 7 s with 100,000 patients and 10 covariates, and this one 0.4 s.
From LARGE patients on lifelines begins where `fast_cox` ended, instead of at 0: it walks through late entries one by
one, and each of its steps there takes a second. It still stops only where its own derivatives say that the maximum is.
From VERY_LARGE patients on the model is fitted by `fast_cox` alone, and the method says so: no library fits a million
patients in the time of R's `coxph`, and `make benchmark-r` holds the numbers to R's.
"""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from rechallenge.estimates import fast_cox
from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.concordance import Concordance, concordance
from rechallenge.estimates.fast_cox import LARGEST_ERROR
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.proportional_hazards import Transform, proportional_hazards

Array = NDArray[np.float64]
# lifelines' defaults stop early: coefficients would differ from R's by up to 2e-4; with these by less than 1e-8.
TOLERANCE: Final = {"precision": 1e-18, "r_precision": 1e-18}
LARGE: Final = 10_000
VERY_LARGE: Final = 100_000
# First steps of lifelines: its own, then shorter ones, since a long step can overshoot a maximum that is there.
STEPS: Final = (0.95, 0.5, 0.1)
# Under separation each iteration moves a coefficient by about 1, so two programmes that stop by different rules
# stop at different places; where there is a maximum they differ by less than 1e-8.
AGREEMENT: Final = 1e-4
# R's default transform of time in `cox.zph`.
TRANSFORM: Final[Transform] = "km"


@dataclass(frozen=True)
class CoxFit:
    """A fitted model; arrays follow the columns of the design. `ph_global` and `ph` test proportional hazards.

    `once`: there were so many patients that the model was fitted by `fast_cox` alone.
    """

    coef: Array
    std_error: Array
    p: Array
    covariance: Array
    log_likelihood: float
    null_log_likelihood: float
    likelihood_ratio: ChiSquare
    wald: ChiSquare
    score: ChiSquare
    ph: tuple[ChiSquare, ...]
    ph_global: ChiSquare
    concordance: Concordance
    once: bool


class NotFitted(Exception):  # noqa: N818 - a result, not a mistake
    """The likelihood has no maximum; the message is a sentence for the report."""


SEPARATED: Final = (
    "Not fitted: the likelihood has no maximum, because some combination of the covariates separates the patients "
    "with events from those without (separation, or too few events)."
)


def fit(time: Array, event: Array, x: Array, *, entry: Array | None = None, strata: ArrayLike | None = None) -> CoxFit:
    """Fit the model of the columns of `x`. Raises NotFitted where the estimates are not finite.

    `time` must be rounded; each column must vary, and there must be events. With delayed `entry` a patient is at risk
    after it (entry < time); with `strata`, one value per patient, each stratum has a baseline hazard of its own.
    """
    from lifelines.exceptions import ConvergenceError

    if entry is not None and not (entry > 0).any():
        entry = None
    once = len(time) >= VERY_LARGE
    spread = x.std(axis=0)
    risk = risk_sets(time, event, entry, strata)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            second = fast_cox.fit_at(risk, x)
            if once:
                first = _first(second)
            else:
                first = _lifelines(time, event, x, entry, strata, second if len(time) >= LARGE else None)
        except (np.linalg.LinAlgError, ConvergenceError, fast_cox.NoMaximum):
            raise NotFitted(SEPARATED) from None
    coef, error = first.coef, first.std_error
    if not np.isfinite(np.concatenate([coef, error])).all() or (error * spread > LARGEST_ERROR).any():
        raise NotFitted(SEPARATED)
    if (np.abs(coef - second.coef) * spread > AGREEMENT).any():
        raise NotFitted(SEPARATED)
    df = x.shape[1]
    hazards = proportional_hazards(risk, x, coef, time, entry, transform=TRANSFORM)
    return CoxFit(
        coef,
        error,
        first.p,
        first.covariance,
        first.log_likelihood,
        first.log_likelihood - first.likelihood_ratio / 2,
        chi_square(first.likelihood_ratio, df),
        chi_square(second.wald_chi2, df),
        chi_square(second.score_chi2, df),
        hazards.terms,
        hazards.whole,
        concordance(time, event, (x - x.mean(axis=0)) @ coef, entry=entry, strata=strata),
        once,
    )


@dataclass(frozen=True)
class _First:
    """What is reported of a fit."""

    coef: Array
    std_error: Array
    p: Array
    covariance: Array
    log_likelihood: float
    likelihood_ratio: float


def _first(fit: fast_cox.FastFit) -> _First:
    return _First(
        fit.coef, fit.std_error, 2 * ndtr(-np.abs(fit.coef / fit.std_error)), fit.covariance, fit.log_likelihood,
        fit.likelihood_ratio_chi2,
    )  # fmt: skip


def _lifelines(
    time: Array, event: Array, x: Array, entry: Array | None, strata: ArrayLike | None, start: fast_cox.FastFit | None
) -> _First:
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    names = [f"x{place}" for place in range(x.shape[1])]
    # Plain numpy columns: lifelines cannot take Arrow-typed ones.
    frame = pd.DataFrame(x, columns=names).assign(time=time, event=event.astype(int))
    columns: dict[str, str] = {}
    if entry is not None:
        frame, columns = frame.assign(entry=entry), {"entry_col": "entry"}
    if strata is not None:
        frame, columns = frame.assign(strata=np.unique(strata, return_inverse=True)[1]), {**columns, "strata": "strata"}
    # lifelines' own scale: per standard deviation.
    begin = None if start is None else start.coef * x.std(axis=0, ddof=1)
    for step in STEPS:
        try:
            options = TOLERANCE | {"step_size": step}
            model = CoxPHFitter().fit(frame, "time", "event", fit_options=options, initial_point=begin, **columns)
            break
        except ConvergenceError:
            if step == STEPS[-1]:
                raise
    found = model.summary.loc[names]
    if start is None:
        likelihood_ratio = float(model.log_likelihood_ratio_test().test_statistic)
    else:
        likelihood_ratio = 2 * (float(model.log_likelihood_) - start.null_log_likelihood)
    return _First(
        found["coef"].to_numpy("float64"),
        found["se(coef)"].to_numpy("float64"),
        found["p"].to_numpy("float64"),
        model.variance_matrix_.loc[names, names].to_numpy("float64"),
        float(model.log_likelihood_),
        likelihood_ratio,
    )
