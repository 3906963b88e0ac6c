"""What is done when hazards are not proportional: a stratified model, and hazard ratios before and after a time.

Applied to each covariate of the declared model of which a coefficient has a P below
`statistics.proportional_hazards_alpha` in the test of proportional hazards. The difference of restricted means, which
needs no proportional hazards, stands among the comparisons of classes.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import fast_cox, models, time_split
from rechallenge.estimates.cox import SEPARATED, CoxFit
from rechallenge.estimates.design import Design
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import DECIMALS
from rechallenge.files import number_text
from rechallenge.formatting import p_phrase
from rechallenge.settings.statistics import Covariate, StatisticsSettings

Array = NDArray[np.float64]
STRATIFIED = "cox_stratified"
TIME_SPLIT = "cox_time_split"
TESTED = "ph_failing"


def rows(declared: Design, fit: CoxFit, covariates: Sequence[Covariate], settings: StatisticsSettings) -> Iterator[Row]:
    """Return how many covariates fail the test, and for each of them what was done, with its results.

    `declared` and `fit` are the declared model. `ph_failing` (number of covariates, and per covariate its smallest P)
    says in `method` what was done; models are `cox_stratified|<covariate>` and `cox_time_split|<covariate>`.
    """
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    failing = failing_covariates(declared, fit, settings.proportional_hazards_alpha)
    yield Row(TESTED, float(len(failing)), method=_verdict(failing, fit, settings), model="cox_multivariable", **counts)
    for covariate in covariates:
        p = failing.get(covariate.name)
        if p is None:
            continue
        done = _what_was_done(covariate, declared, settings)
        yield Row("ph_failing_p", p, p=p, method=done, model="cox_multivariable", term=covariate.name, **counts)
        if covariate.name in declared.levels:
            stratified = stratified_rows(declared, covariate.name, settings.confidence)
            yield from placed(stratified, model=f"{STRATIFIED}|{covariate.name}")
        split = time_split_rows(declared, covariate.name, settings.time_split_months, settings.confidence)
        yield from placed(split, model=f"{TIME_SPLIT}|{covariate.name}")


def failing_covariates(declared: Design, fit: CoxFit, alpha: float) -> dict[str, float]:
    """Return the covariates of which a coefficient has P below `alpha`, with their smallest P."""
    found: dict[str, float] = {}
    for key, test in zip(declared.coefficients, fit.ph, strict=True):
        if test.p < alpha:
            found[key.term] = min(test.p, found.get(key.term, 1.0))
    return found


def _verdict(failing: dict[str, float], fit: CoxFit, settings: StatisticsSettings) -> str:
    alpha = f"{settings.proportional_hazards_alpha:g}"
    if failing:
        return f"covariates with P < {alpha} in the test of proportional hazards; what was done is said of each"
    if fit.ph_global.p < settings.proportional_hazards_alpha:
        return (
            f"no covariate has P < {alpha} in the test of proportional hazards, though the global test has "
            f"({p_phrase(fit.ph_global.p)}): no single covariate to answer for"
        )
    return f"no covariate has P < {alpha} in the test of proportional hazards: nothing further was done"


def _what_was_done(covariate: Covariate, declared: Design, settings: StatisticsSettings) -> str:
    until = f"hazard ratios until and after {number_text(settings.time_split_months)} months"
    if covariate.name not in declared.levels:
        return (
            f"Its hazard ratio changes with time: {until} are given; a number makes no strata and no groups to compare "
            "restricted means of."
        )
    return (
        f"Its hazard ratio changes with time: {until} are given, and a model stratified by it for the other "
        "covariates; the difference of restricted mean survival times, which supposes no proportional hazards, stands "
        "with the comparisons of its classes."
    )


def stratified_rows(declared: Design, name: str, confidence: float) -> Iterator[Row]:
    """Return hr, coef and se of the other covariates, each class of `name` having a baseline hazard of its own."""
    time, event, x = models.arrays(declared)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    others = [place for place, key in enumerate(declared.coefficients) if key.term != name]
    if not others:
        yield not_fitted("Not fitted: the model has no other covariate.", **counts)
        return
    strata = declared.levels[name].to_numpy(dtype=str)
    try:
        fit = fast_cox.fit(time, event, x[:, others], strata=strata)
    except fast_cox.NoMaximum:
        yield not_fitted(SEPARATED, **counts)
        return
    method = f"Cox, Efron ties, stratified by {name} (strata({name})), Wald interval"
    keys = [declared.coefficients[place] for place in others]
    yield from time_split.coefficient_rows(fit, keys, method, confidence, counts)


def time_split_rows(declared: Design, name: str, months: float, confidence: float) -> Iterator[Row]:
    """Return the hazard ratios of `name` until and after `months`, and the test that they are one.

    The patients' times are split there as by R's `survSplit`; an event at the very time belongs before it.
    """
    time, event, x = models.arrays(declared)
    counts: Counts = {"n": float(declared.n), "events": float(declared.events)}
    own = [place for place, key in enumerate(declared.coefficients) if key.term == name]
    late = time > round(months * DAYS_PER_MONTH, DECIMALS)
    problem = _without_events(declared, name, ~late) if name in declared.levels else ""
    if problem:
        yield not_fitted(problem, **counts)
        return
    # Everybody is at risk of what happens on the first day.
    given = time_split.CountingRows(np.full(len(time), -1.0), time, event, x)
    yield from time_split.rows(given, declared.coefficients, own, months=months, confidence=confidence, counts=counts)


def _without_events(declared: Design, name: str, early: NDArray[np.bool_]) -> str:
    """The sentence that says in which period a class has no event ("" if each has one in both)."""
    levels, happened = declared.levels[name], declared.frame["event"].to_numpy() == 1
    for level in sorted(set(levels)):
        inside = (levels == level).to_numpy()
        for period, chosen in (("until", early), ("after", ~early)):
            if not (inside & chosen & happened).any():
                return (
                    f"Not fitted: no event with {level} {period} that time, so a hazard ratio has no finite estimate."
                )
    return ""
