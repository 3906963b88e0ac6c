"""The Cox models of an endpoint after rechallenge: univariable, multivariable, and with further covariates.

All are made from one declared set of covariates and one policy for missing values. Firth's penalised model stands
beside those that have no finite estimate, or all of them, as the study declares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.estimates import cox, missing_covariates, models, sensitivity
from rechallenge.estimates.design import design
from rechallenge.estimates.model_names import FIRTH
from rechallenge.estimates.penalised import INSTEAD, penalised_rows
from rechallenge.estimates.pooled_models import pooled_rows
from rechallenge.estimates.rows import Row, not_fitted, placed
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

PATTERN: Final = "progression_pattern"
REFUSED: Final = (
    "Not fitted: the progression pattern is read at progression on the rechallenge, which is part of the outcome; it "
    "is no baseline covariate, and the models are fitted without it."
)
POLICIES: Final = {
    "complete_case": models.DROPPED,
    "missing_category": "missing classes are a class of their own; without a number, which has no such class: left out",
    "multiple_imputation": "missing covariates are imputed: nobody is left out",
}


def usable(covariates: Sequence[Covariate], pattern: PatternSettings) -> tuple[Covariate, ...]:
    """Return the covariates without a progression pattern that is measured at the outcome."""
    refused = conditions_on_outcome(pattern)
    return tuple(covariate for covariate in covariates if not (refused and covariate.name == PATTERN))


def rows(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    """Return the rows of the three models; `frame` has days, event and the classified patients' columns.

    A pattern measured at progression on the rechallenge is refused: the models are without it, and a row
    `not_fitted` of each says so. The rows `dropped` state in `method` what is done about missing covariates.
    """
    frame = sensitivity.with_combination(frame)
    declared = usable(settings.covariates, pattern)
    extended = sensitivity.sensitivity_covariates(declared)
    patients = prepared(frame, extended, settings)
    for covariate in extended:
        yield from patients.model("cox_univariable", [covariate])
    yield from _declared(patients, declared, settings)
    yield from patients.model("cox_sensitivity", extended)
    if len(declared) < len(settings.covariates):
        for model in ("cox_univariable", "cox_sensitivity"):
            yield not_fitted(REFUSED, model=model, term=PATTERN)


def multivariable(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    """Return the rows of the declared model alone; see `rows`."""
    declared = usable(settings.covariates, pattern)
    yield from _declared(prepared(frame, declared, settings), declared, settings)


def _declared(patients: "Patients", declared: Sequence[Covariate], settings: StatisticsSettings) -> Iterator[Row]:
    if declared:
        yield from patients.model("cox_multivariable", declared)
    if len(declared) < len(settings.covariates):
        yield not_fitted(REFUSED, model="cox_multivariable", term=PATTERN)


@dataclass(frozen=True)
class Patients:
    """The patients of an endpoint as the policy for missing covariates leaves them, ready for any model.

    `imputed` are the data sets of multiple imputation; where nothing can be imputed, `problem` says why.
    """

    frame: pd.DataFrame
    settings: StatisticsSettings
    imputed: tuple[pd.DataFrame, ...] = ()
    problem: str = ""

    def model(self, name: str, covariates: Sequence[Covariate]) -> Iterator[Row]:
        """Return the rows of the model `name` of these covariates, and of Firth's where it is given."""
        one = covariates[0] if name == "cox_univariable" else None
        ordinary = list(self._ordinary(covariates, in_full=one is None))
        penalised: Sequence[Row] = ()
        if self.settings.firth == "always" or (
            self.settings.firth == "when_needed" and self._needed(ordinary, covariates)
        ):
            penalised = self._penalised(covariates)
        if any(row.statistic == "hr" for row in penalised):
            ordinary = [_pointing(row) for row in ordinary]
        for made, model in ((ordinary, name), (penalised, FIRTH[name])):
            yield from placed(models.of_one(made, one) if one else made, model=model)

    def _ordinary(self, covariates: Sequence[Covariate], in_full: bool) -> Iterator[Row]:
        missing = self._imputed_values(covariates)
        if not missing:
            yield from models.model_rows(self.frame, covariates, **self._limits, left_out=self._left_out)
        elif self.problem:
            yield not_fitted(self.problem, n=float(len(self.frame)), events=float(self.frame["event"].sum()))
        else:
            yield from pooled_rows(self.imputed, covariates, missing, **self._limits, proportional_hazards=in_full)

    def _penalised(self, covariates: Sequence[Covariate]) -> Sequence[Row]:
        if self._imputed_values(covariates):
            return (not_fitted("Not fitted: Firth's penalised model is not pooled over imputed data sets."),)
        return penalised_rows(self.frame, covariates, **self._limits, left_out=self._left_out)

    def _needed(self, ordinary: Sequence[Row], covariates: Sequence[Covariate]) -> bool:
        """Whether classes without events, or separation, are all that keeps the model from a finite estimate."""
        if not any(row.statistic == "not_fitted" for row in ordinary):
            return False
        declared = design(self.frame, covariates, self.settings.minimum_events)
        return declared.no_events or not declared.problem

    def _imputed_values(self, covariates: Sequence[Covariate]) -> dict[str, int]:
        if self.settings.missing_covariates != "multiple_imputation":
            return {}
        return missing_covariates.missing_counts(self.frame, covariates)

    @property
    def _limits(self) -> dict[str, Any]:
        return {"confidence": self.settings.confidence, "minimum_events": self.settings.minimum_events}

    @property
    def _left_out(self) -> str:
        return POLICIES[self.settings.missing_covariates]


def prepared(frame: pd.DataFrame, covariates: Sequence[Covariate], settings: StatisticsSettings) -> Patients:
    """Return the patients with missing covariates treated by the study's policy; `covariates` are all that follow."""
    if settings.missing_covariates == "missing_category":
        return Patients(missing_covariates.with_category(frame, covariates), settings)
    if settings.missing_covariates == "multiple_imputation" and len(frame):
        try:
            drawn = missing_covariates.imputed_frames(frame, covariates, settings.imputations, settings.seed)
        except cox.NotFitted as reason:
            return Patients(frame, settings, problem=str(reason))
        return Patients(frame, settings, drawn)
    return Patients(frame, settings)


def _pointing(row: Row) -> Row:
    """Say in the row of what was not fitted where the answer stands."""
    return replace(row, method=f"{row.method} {INSTEAD}") if row.statistic == "not_fitted" else row
