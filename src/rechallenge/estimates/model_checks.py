"""Checks of the declared Cox model: what its rows cannot say alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import cox, functional_form, influence, models, non_proportional, validation
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.functional_form import restricted_cubic
from rechallenge.estimates.missing_covariates import with_category
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.rechallenge_models import usable
from rechallenge.estimates.residuals import schoenfeld
from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

Array = NDArray[np.float64]
RESIDUAL_COLUMNS: Final = (
    "analysis", "endpoint", "population", "term", "level", "kind", "x", "place", "y", "smooth", "lower", "upper",
)  # fmt: skip
INFLUENCE_COLUMNS: Final = (
    "analysis", "endpoint", "population", "term", "level", "patient_id", "dfbeta", "dfbetas",
)  # fmt: skip
MODEL: Final = "model_checks"
# As R's `plot(cox.zph(...))`: a natural spline of 4 degrees of freedom, knots from a grid and the residuals together.
SPLINE_KNOTS: Final = (0.0, 1 / 3, 2 / 3, 1.0)
GRID: Final = 40


@dataclass(frozen=True)
class Checks:
    """Rows of the results table, and what stays private: residuals of the model, influence of each patient.

    Residuals are of `kind` "schoenfeld" (scaled, one per event; x is months, place the time transformed by `km`) or
    "martingale" (one per patient; x and place are the covariate), each with a smooth line through them at their own
    places, and for "schoenfeld" the line plus and minus two standard errors (`lower`, `upper`).
    """

    rows: Sequence[Row] = ()
    residuals: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RESIDUAL_COLUMNS)))
    influence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(INFLUENCE_COLUMNS)))


def checks(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Checks:
    """Return the checks of the declared model; `frame` has days, event, patient_id and the covariates.

    Under multiple imputation they are made on the patients who have all covariates.
    """
    covariates = usable(settings.covariates, pattern)
    if not covariates:
        return Checks()
    if settings.missing_covariates == "missing_category":
        frame = with_category(frame, covariates)
    declared = design(frame, covariates, settings.minimum_events)
    sizes: Counts = {"n": float(declared.n), "events": float(declared.events)}
    try:
        if declared.problem:
            raise cox.NotFitted(declared.problem)
        fit = cox.fit(*models.arrays(declared))
    except cox.NotFitted as reason:
        sentence = (
            "Proportional hazards and single patients not checked: the declared model has no finite estimate "
            f"({_inside(str(reason))})."
        )
        # Firth's model, which stands in its place, is validated.
        instead = settings.firth != "never" and (declared.no_events or not declared.problem)
        validated = validation.rows(declared, settings) if instead else ()
        return Checks((not_fitted(sentence, model=MODEL, **sizes), *validated))
    return Checks(
        (*_rows(declared, fit, covariates, settings),),
        _residuals(declared, fit, covariates),
        influence.influence_frame(declared, fit),
    )


def _inside(sentence: str) -> str:
    return sentence.removeprefix("Not fitted: ").removesuffix(".")


def _rows(
    declared: Design, fit: cox.CoxFit, covariates: Sequence[Covariate], settings: StatisticsSettings
) -> list[Row]:
    said = "patients of the checked model"
    if settings.missing_covariates == "multiple_imputation":
        said += ": those with all covariates, nothing imputed"
    sizes: Counts = {"n": float(declared.n), "events": float(declared.events)}
    return [
        Row("n", float(declared.n), method=said, model=MODEL, **sizes),
        *non_proportional.rows(declared, fit, covariates, settings),
        *functional_form.rows(declared, covariates),
        *influence.rows(declared, fit),
        *validation.rows(declared, settings),
    ]


def _residuals(declared: Design, fit: cox.CoxFit, covariates: Sequence[Covariate]) -> pd.DataFrame:
    parts = [_schoenfeld(declared, fit), functional_form.residual_frame(declared, covariates)]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return found.reindex(columns=list(RESIDUAL_COLUMNS))


def _schoenfeld(declared: Design, fit: cox.CoxFit) -> pd.DataFrame:
    time, event, x = models.arrays(declared)
    found = schoenfeld(risk_sets(time, event), time, x, fit.coef, fit.covariance)
    parts = []
    for number, key in enumerate(declared.coefficients):
        y = found.y[:, number]
        smooth, half = smoothed(found.place, y, len(y) * float(fit.covariance[number, number]))
        columns = {"x": found.time / DAYS_PER_MONTH, "place": found.place, "y": y, "smooth": smooth}
        columns |= {"lower": smooth - half, "upper": smooth + half}
        parts.append(pd.DataFrame(columns).assign(term=key.term, level=key.level, kind="schoenfeld"))
    return pd.concat(parts, ignore_index=True)


def smoothed(place: Array, y: Array, variance: float) -> tuple[Array, Array]:
    """Return the spline of R's `plot(cox.zph)` through the residuals at their places, and two standard errors.

    `variance` is the residuals' (`cox.zph()$var`). NaN where there are too few different places for it.
    """
    nothing = np.full(len(y), np.nan)
    if len(np.unique(place)) < len(SPLINE_KNOTS):
        return nothing, nothing
    grid = np.linspace(place.min(), place.max(), GRID)
    knots = np.quantile(np.concatenate([grid, place]), SPLINE_KNOTS)
    basis = np.column_stack([np.ones(len(place)), place, restricted_cubic(place, list(knots))])
    if np.linalg.matrix_rank(basis) < basis.shape[1]:
        return nothing, nothing
    q, _ = np.linalg.qr(basis)
    line: Array = q @ (q.T @ y)
    half: Array = 2 * np.sqrt(variance * (q**2).sum(axis=1))
    return line, half
