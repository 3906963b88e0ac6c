"""Multiple imputation of missing progression patterns, and the declared Cox model pooled over the data sets.

The pattern of patients whose lesion count is missing or does not decide is imputed from the other covariates of the
model, the event and the Nelson-Aalen cumulative hazard (White and Royston 2009, Stat Med 28:1982). Imputation is by
predictive mean matching (statsmodels' MICEData) on a linear predictor: a logistic one has no maximum where a
covariate separates the patterns, which small cohorts do, and matching needs the order of the predictions only.
Patients without another covariate stay out, as they do in the main model.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.estimates import cox
from rechallenge.estimates.design import Coefficient, design
from rechallenge.estimates.rechallenge_models import PATTERN, REFUSED
from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.estimates.rubin import pooled
from rechallenge.estimates.times import classes_of
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

Array = NDArray[np.float64]
MODEL: Final = "cox_multivariable"
# Patients among whom the value is drawn; statsmodels' 20 would be half of a usual cohort.
DONORS: Final = 5
CLASSES: Final = ("oligo", "systemic")


def imputed_model(
    frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings, imputations: int
) -> Iterator[Row]:
    """Return n, events, dropped, imputed and per coefficient hr and missing_information, or a row that says why not.

    `frame` has days, event and the classified patients' columns; the model is that of the declared covariates.
    `missing_information` is the percentage of a coefficient's variance that is due to the missing patterns.
    """
    declared = settings.covariates
    others = tuple(covariate for covariate in declared if covariate.name != PATTERN)
    if len(others) == len(declared):
        yield not_fitted("Not fitted: the progression pattern is no covariate of the model.", model=MODEL)
        return
    if conditions_on_outcome(pattern):
        yield not_fitted(REFUSED, model=MODEL, term=PATTERN)
        return
    known_others = design(frame, others, settings.minimum_events)
    kept = known_others.frame
    observed = classes_of(kept[PATTERN])
    missing = int(observed.isna().sum())
    counts: Counts = {"n": float(len(kept)), "events": float(kept["event"].sum()), "model": MODEL}
    yield Row("n", counts["n"], **counts)
    yield Row("events", counts["events"], **counts)
    yield Row("dropped", float(known_others.dropped), method="without another covariate: left out", **counts)
    yield Row("imputed", float(missing), method="without a known progression pattern", **counts)
    if not missing:
        sentence = "Not fitted: the progression pattern of every patient of the model is known; nothing is imputed."
        yield not_fitted(sentence, **counts)
        return
    if observed.nunique() < len(CLASSES):
        yield not_fitted("Not fitted: the known progression patterns are not of two classes.", **counts)
        return
    try:
        patterns = _imputed_patterns(kept, known_others.x, observed, imputations, settings.seed)
        coefficients, estimates, errors = _fits(kept, declared, patterns, settings.minimum_events)
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), **counts)
        return
    said = f"Cox, Efron ties; {missing} progression patterns imputed {imputations} times, Rubin's rules"
    for place, key in enumerate(coefficients):
        complete_df = counts["events"] - len(coefficients)
        found = pooled(estimates[:, place], errors[:, place], complete_df, settings.confidence)
        keys = {**counts, "method": said, "term": key.term, "level": key.level, "reference": key.reference}
        ratio, lower, upper = (float(np.exp(value)) for value in (found.estimate, found.lower, found.upper))
        yield Row("hr", ratio, lower, upper, found.p, confidence=settings.confidence, **keys)
        yield Row("missing_information", 100 * found.missing_information, **keys)


def nelson_aalen(time: Array, event: Array) -> Array:
    """Return the cumulative hazard of the whole cohort at each patient's own time."""
    times, events = np.unique(time[event == 1], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    return np.concatenate([[0.0], np.cumsum(events / at_risk)])[np.searchsorted(times, time, side="right")]


def _imputed_patterns(
    kept: pd.DataFrame, x: pd.DataFrame, observed: pd.Series, imputations: int, seed: int
) -> list[Array]:
    """The pattern of every patient (1 systemic, 0 oligo) in each imputed data set.

    Raises NotFitted where the known patterns are too few for the model that imputes the others.
    """
    from statsmodels.imputation.mice import MICEData

    time, event = (kept[name].to_numpy("float64") for name in ("days", "event"))
    predictors = {f"x{place}": x[place].to_numpy("float64") for place in x.columns}
    predictors |= {"event": event, "hazard": nelson_aalen(time, event)}
    varying = {name: values for name, values in predictors.items() if np.ptp(values) > 0}
    # A linear predictor, its constant, and something left over to draw the coefficients from.
    if observed.notna().sum() < len(varying) + 3:
        known = int(observed.notna().sum())
        raise cox.NotFitted(f"Not fitted: {known} known progression patterns are too few to impute the others from.")
    systemic = observed.map({"systemic": 1.0, "oligo": 0.0}).to_numpy("float64")
    chain = MICEData(pd.DataFrame({**varying, "systemic": systemic}), k_pmm=DONORS, rng=np.random.default_rng(seed))
    return [chain.next_sample()["systemic"].to_numpy("float64").copy() for _ in range(imputations)]


def _fits(
    kept: pd.DataFrame, declared: Sequence[Covariate], patterns: list[Array], minimum_events: int
) -> tuple[tuple[Coefficient, ...], Array, Array]:
    """Coefficients and standard errors per data set. Raises NotFitted where the model has no estimate in one."""
    fits: dict[bytes, tuple[Array, Array]] = {}
    coefficients: tuple[Coefficient, ...] = ()
    for pattern in patterns:
        # With few missing values many data sets are the same.
        if pattern.tobytes() not in fits:
            filled = kept.assign(**{PATTERN: np.where(pattern == 1, "systemic", "oligo")})
            one = design(filled, declared, minimum_events)
            if one.problem:
                raise cox.NotFitted(one.problem)
            coefficients = one.coefficients
            time, event = (filled[name].to_numpy("float64") for name in ("days", "event"))
            fit = cox.fit(time, event, one.x.to_numpy("float64"))
            fits[pattern.tobytes()] = (fit.coef, fit.std_error)
    both = [fits[pattern.tobytes()] for pattern in patterns]
    return coefficients, np.array([coef for coef, _ in both]), np.array([error for _, error in both])
