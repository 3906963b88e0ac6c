"""The Cox models of an endpoint after rechallenge: univariable, multivariable, and with further covariates."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd

from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.estimates import models, sensitivity
from rechallenge.estimates.rows import Row, not_fitted, placed
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

PATTERN: Final = "progression_pattern"
REFUSED: Final = (
    "Not fitted: the progression pattern is read at progression on the rechallenge, which is part of the outcome; it "
    "is no baseline covariate, and the models are fitted without it."
)


def usable(covariates: Sequence[Covariate], pattern: PatternSettings) -> tuple[Covariate, ...]:
    """Return the covariates without a progression pattern that is measured at the outcome."""
    refused = conditions_on_outcome(pattern)
    return tuple(covariate for covariate in covariates if not (refused and covariate.name == PATTERN))


def rows(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    """Return the rows of the three models; `frame` has days, event and the classified patients' columns.

    A pattern measured at progression on the rechallenge is refused: the models are without it, and a row
    `not_fitted` of each says so.
    """
    limits: dict[str, Any] = {"confidence": settings.confidence, "minimum_events": settings.minimum_events}
    frame = sensitivity.with_combination(frame)
    declared = usable(settings.covariates, pattern)
    extended = sensitivity.sensitivity_covariates(declared)
    yield from placed(models.univariable(frame, extended, **limits), model="cox_univariable")
    yield from multivariable(frame, settings, pattern)
    yield from placed(models.model_rows(frame, extended, **limits), model="cox_sensitivity")
    if len(declared) < len(settings.covariates):
        for model in ("cox_univariable", "cox_sensitivity"):
            yield not_fitted(REFUSED, model=model, term=PATTERN)


def multivariable(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    """Return the rows of the declared model alone; see `rows`."""
    declared = usable(settings.covariates, pattern)
    if declared:
        fitted = models.model_rows(
            frame, declared, confidence=settings.confidence, minimum_events=settings.minimum_events
        )
        yield from placed(fitted, model="cox_multivariable")
    if len(declared) < len(settings.covariates):
        yield not_fitted(REFUSED, model="cox_multivariable", term=PATTERN)
