"""The sensitivity set's model: missing progression patterns imputed, whatever the main model does with them.

The pattern of patients whose lesion count is missing or does not decide is imputed as `missing_covariates` does it.
Patients without another covariate stay out, as they do in a main model of complete cases.
"""

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.estimates import cox
from rechallenge.estimates.design import design
from rechallenge.estimates.missing_covariates import imputed_frames
from rechallenge.estimates.pooled_models import pooled_rows
from rechallenge.estimates.rechallenge_models import PATTERN, REFUSED
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import classes_of
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import StatisticsSettings

MODEL: Final = "cox_multivariable"
KEPT: Final = ("hr", "missing_information", "not_fitted")


def imputed_model(
    frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings, imputations: int
) -> Iterator[Row]:
    """Return n, events, dropped, imputed and per coefficient hr and missing_information, or a row that says why not.

    `frame` has days, event and the classified patients' columns; the model is that of the declared covariates.
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
    try:
        frames = imputed_frames(kept, declared, imputations, settings.seed)
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), **counts)
        return
    what = f"{missing} progression patterns"
    limits: dict[str, Any] = {"confidence": settings.confidence, "minimum_events": settings.minimum_events}
    model = pooled_rows(frames, declared, {PATTERN: missing}, **limits, what=what, proportional_hazards=False)
    yield from placed((row for row in model if row.statistic in KEPT), model=MODEL)
