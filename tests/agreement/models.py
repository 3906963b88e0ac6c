"""Checks of a Cox model, its remedies, missing covariates, validation: this project and R on tests/reference/models."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import cox, functional_form, models, validation
from rechallenge.estimates.calibration import predicted_survival
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.influence import influence_frame
from rechallenge.estimates.influence import rows as influence_rows
from rechallenge.estimates.missing_covariates import with_category
from rechallenge.estimates.model_checks import smoothed
from rechallenge.estimates.non_proportional import stratified_rows, time_split_rows
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.pooled_models import pooled_rows
from rechallenge.estimates.residuals import martingale, schoenfeld
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import Covariate
from tests.agreement.compare import REFERENCE, Difference, answers, distance

Array = NDArray[np.float64]
FOLDER: Final = REFERENCE / "models"
COHORT: Final = (
    Covariate(name="resistance", reference="acquired"),
    Covariate(name="pattern", reference="oligo"),
    Covariate(name="smoking", reference="never"),
    Covariate(name="age", unit=10),
)
VETERAN: Final = (
    Covariate(name="trt", reference="1"),
    Covariate(name="celltype", reference="squamous"),
    Covariate(name="karno", unit=10),
)
# Data set: covariates, and the one that is stratified and split by.
CHECKED: Final[dict[str, tuple[tuple[Covariate, ...], str]]] = {
    "cohort": (COHORT, "resistance"),
    "tied": (COHORT, "smoking"),
    "veteran": (VETERAN, "trt"),
}
LIMITS: Final[dict[str, Any]] = {"confidence": 0.95, "minimum_events": 1}


def differences() -> Iterator[Difference]:
    expected = answers(FOLDER)
    for name, (covariates, strata) in CHECKED.items():
        declared = design(pd.read_csv(FOLDER / f"{name}.csv"), covariates, 1)
        for quantity, ours, theirs in _checks(declared, covariates, strata, expected[name]):
            yield quantity, name, _largest(ours, theirs)
    yield from _missing(expected)
    yield from _bootstrap(expected["bootstrap"])


def _largest(ours: Any, theirs: Any) -> float:
    return distance(np.asarray(ours, dtype="float64").ravel(), list(np.asarray(theirs, dtype="float64").ravel()))


Compared = tuple[str, Any, Any]


def _checks(declared: Design, covariates: Sequence[Covariate], strata: str, r: Mapping[str, Any]) -> Iterator[Compared]:
    time, event, x = models.arrays(declared)
    fit, risk = cox.fit(time, event, x), risk_sets(time, event)
    found = schoenfeld(risk, time, x, fit.coef, fit.covariance)
    yield "Cox: scaled Schoenfeld residuals", found.y, r["y"]
    yield "cox.zph: times", [found.time, found.place], [r["time"], r["x"]]
    variance = len(found.y) * np.diag(fit.covariance)
    lines = [smoothed(found.place, found.y[:, at], variance[at]) for at in range(x.shape[1])]
    yield "Cox: plot of cox.zph, line", np.column_stack([line for line, _ in lines]), r["smooth"]["line"]
    yield "Cox: plot of cox.zph, two standard errors", np.column_stack([half for _, half in lines]), r["smooth"]["half"]
    influence = influence_frame(declared, fit)
    for column in ("dfbeta", "dfbetas"):
        yield f"Cox: {column}", influence[column].to_numpy().reshape(x.shape[1], -1).T, r[column]
    yield "martingale residuals, null model", martingale(risk, event, x[:, :0], np.zeros(0)), r["null"]
    residuals = functional_form.residual_frame(declared, covariates)
    yield "martingale residuals", np.sort(residuals["y"]), np.sort(r["martingale"])
    smooth = residuals.drop_duplicates("x").set_index("x")["smooth"]
    yield "lowess", smooth.loc[r["lowess"]["x"]], r["lowess"]["y"]
    spline = _values(functional_form.rows(declared, covariates), "spline_chi2")
    yield "Cox: spline against a line, chi-square", spline, [r["spline"]]
    yield from _model("Cox, stratified", stratified_rows(declared, strata, 0.95), r["stratified"])
    split = list(time_split_rows(declared, strata, 3, 0.95))
    yield from _model("Cox, split at a time", split, r["split"])
    yield "Cox, split at a time: chi-square", _values(split, "time_split_chi2"), [r["split_test"]]
    without = [row for row in influence_rows(declared, fit) if row.statistic == "leave_one_out_hr"]
    ours = np.log([[row.lower, row.upper] for row in without])
    # The project's range includes the whole model's own coefficient.
    whole = np.array(r["fit"]["coef"])
    lowest, highest = (np.array(r["leave_one_out"][name]) for name in ("lowest", "highest"))
    theirs = np.column_stack([np.minimum(lowest, whole), np.maximum(highest, whole)])
    yield "Cox: coefficients without each patient", ours, theirs
    yield "Cox: predicted survival", predicted_survival(declared, fit.coef, 6 * DAYS_PER_MONTH), r["predicted"]
    yield "concordance of few patients", [validation.share_of_pairs(time, event, x @ fit.coef)], [r["concordance"]]


def _missing(expected: Mapping[str, Any]) -> Iterator[Difference]:
    data = pd.read_csv(FOLDER / "missing.csv")
    rows = models.model_rows(with_category(data, COHORT), COHORT, **LIMITS)
    for quantity, ours, theirs in _model("Cox, missing category", rows, expected["missing_category"]):
        yield quantity, "missing", _largest(ours, theirs)
    imputed = [own.drop(columns="imputation") for _, own in pd.read_csv(FOLDER / "imputed.csv").groupby("imputation")]
    pooled = list(pooled_rows(imputed, COHORT, {"age": 8}, **LIMITS, proportional_hazards=False))
    r = expected["imputed"]
    for quantity, ours, theirs in _model("Cox, imputed", pooled, r):
        yield quantity, "imputed", _largest(ours, theirs)
    coefficients = [row for row in pooled if row.statistic == "coef"]
    limits = [[row.lower for row in coefficients], [row.upper for row in coefficients]]
    yield "Cox, imputed: limits", "imputed", _largest(limits, [r["lower"], r["upper"]])
    share = [value / 100 for value in _values(pooled, "missing_information")]
    yield "Cox, imputed: share of the variance", "imputed", _largest(share, r["share"])
    test = next(row for row in pooled if row.statistic == "wald_f")
    yield "Cox, imputed: pooled Wald test", "imputed", _largest([test.estimate, test.p], [r["d1"], r["d1_p"]])
    yield "Cox, imputed: concordance", "imputed", _largest(_values(pooled, "concordance"), [r["concordance"]])


def _bootstrap(r: Mapping[str, Any]) -> Iterator[Difference]:
    declared = design(pd.read_csv(FOLDER / "cohort.csv"), COHORT, 1)
    samples = pd.read_csv(FOLDER / "samples.csv", header=None).to_numpy()
    found = list(validation.bootstrap(*models.arrays(declared), samples, penalise=False))
    for part, quantity in (
        ("there", "bootstrap: concordance in the sample"),
        ("here", "bootstrap: concordance in all patients"),
        ("slope", "Cox, bootstrap: calibration slope"),
    ):
        yield quantity, "cohort", _largest([getattr(one, part) for one in found], r[part])


def _model(name: str, rows: Iterator[Row] | Sequence[Row], r: Mapping[str, Any]) -> Iterator[Compared]:
    own = list(rows)
    yield f"{name}: coefficient", _values(own, "coef"), r["coef"]
    yield f"{name}: standard error", _values(own, "se"), r["se"]
    yield f"{name}: P", [row.p for row in own if row.statistic == "coef"], r["p"]


def _values(rows: Iterator[Row] | Sequence[Row], statistic: str) -> list[float]:
    return [row.estimate for row in rows if row.statistic == statistic]
