"""Further comparisons of classes: weighted, stratified and pairwise log-rank tests, restricted means."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.errors import UserError
from rechallenge.estimates import restricted_mean as means
from rechallenge.estimates import weighted_logrank as tests
from rechallenge.estimates.chi_square import ChiSquare
from rechallenge.estimates.plans import Classes, Plan, class_order, tested
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import classes_of
from rechallenge.language import N_
from rechallenge.settings.statistics import StatisticsSettings

WEIGHTED: Final = "weighted_log_rank"
STRATIFIED: Final = "log_rank_stratified"
PAIRWISE: Final = "log_rank_pairwise"
RESTRICTED: Final = "restricted_mean"
TITLES: Final = {
    tests.LOG_RANK: N_("log-rank test"),
    "gehan_breslow": N_("Gehan-Breslow test"),
    "tarone_ware": N_("Tarone-Ware test"),
    "peto_peto": N_("Peto-Peto test"),
    "modified_peto_peto": N_("modified Peto-Peto test"),
    "fleming_harrington_0_1": N_("Fleming-Harrington (0, 1) test"),
    "fleming_harrington_1_0": N_("Fleming-Harrington (1, 0) test"),
    "fleming_harrington_1_1": N_("Fleming-Harrington (1, 1) test"),
}


def rows(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """Return the further tests and restricted means of each comparison of a plan; `term` names the comparison.

    `frame` has days, event, entry_days, and the columns of the classes and strata. Models: weighted_log_rank and
    log_rank_stratified (level = the weight), log_rank_pairwise (level = "a vs b"; chi2 with its own P, p adjusted),
    restricted_mean (horizon; level = the class, reference = the class it is compared with, at = the horizon in months).
    None of them is made for delayed entry. Raises UserError for a stratum that is no column.
    """
    for term, column, patients in tested(frame, plan, shown):
        classes = classes_of(patients[column])
        known = patients.assign(_class=classes)[classes.notna()]
        levels = [level for level in class_order(column, classes, shown) if (known["_class"] == level).any()]
        yield from placed(_compared(known, levels, column, settings), term=term)


def _compared(known: pd.DataFrame, levels: Sequence[str], column: str, settings: StatisticsSettings) -> Iterator[Row]:
    counts = _counts(known)
    problem = _problem(known, levels)
    several = len(levels) > 2
    if problem:
        wanted = [WEIGHTED] * bool(settings.log_rank_weights) + [STRATIFIED] * bool(settings.strata)
        for model in (*wanted, *([PAIRWISE] if several else []), RESTRICTED):
            yield replace(not_fitted(problem, **counts), model=model)
        return
    yield from placed(_weighted(known, settings.log_rank_weights), model=WEIGHTED)
    if settings.strata:
        yield from placed(_stratified(known, settings), model=STRATIFIED)
    if several:
        yield from placed(_pairwise(known, levels), model=PAIRWISE)
    yield from placed(_means(known, levels, _reference(column, levels, settings), settings), model=RESTRICTED)


def _problem(known: pd.DataFrame, levels: Sequence[str]) -> str:
    if (known["entry_days"] > 0).any():
        return "Not compared: patients come under observation late, for which this method is not made."
    if len(levels) < 2:
        said = f"only patients of one class ({levels[0]})" if levels else "no patient with a known class"
        return f"Not compared: there are {said}."
    return "" if known["event"].any() else "Not compared: there was no event."


def _counts(frame: pd.DataFrame) -> Counts:
    return {"n": float(len(frame)), "events": float(frame["event"].sum())}


def _times(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    time, event = (frame[name].to_numpy("float64") for name in ("days", "event"))
    return time, event, frame["_class"].to_numpy(object)


def _weighted(known: pd.DataFrame, weights: Sequence[str], strata: NDArray[np.object_] | None = None) -> Iterator[Row]:
    time, event, group = _times(known)
    for weight in weights:
        test = tests.weighted_log_rank(time, event, group, weight, strata)
        yield from placed(_test_rows(test, weight, len(set(group)), _counts(known)), level=weight)


def _test_rows(test: ChiSquare, weight: str, groups: int, counts: Counts) -> tuple[Row, ...]:
    if math.isnan(test.p):
        sentence = "Not compared: at no time of an event were patients of two classes at risk."
        return (not_fitted(sentence, **counts),)
    freedom = f"{test.df} degree{'s' if test.df > 1 else ''} of freedom"
    method = f"{TITLES[weight]} ({tests.WEIGHTS[weight]}), {groups} groups, {freedom}"
    return (
        Row("chi2", test.chi2, p=test.p, method=method, **counts),
        Row("p", test.p, p=test.p, method=method, **counts),
    )


def _stratified(known: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    unknown = [name for name in settings.strata if name not in known.columns]
    if unknown:
        raise UserError(
            [f'statistics.strata: there is no column "{name}" of the classified patients.' for name in unknown]
        )
    levels = pd.DataFrame({name: classes_of(known[name]) for name in settings.strata})
    complete = levels.notna().all(axis=1)
    inside = known[complete]
    left_out = float((~complete).sum())
    yield Row("left_out", left_out, method="without a known stratum: left out", **_counts(inside))
    strata = levels[complete].agg("|".join, axis=1).to_numpy(object)
    said = f"stratified by {', '.join(settings.strata)}"
    problem = _problem(inside, sorted(set(inside["_class"])))
    if problem:
        yield not_fitted(problem, **_counts(inside))
        return
    for row in _weighted(inside, (tests.LOG_RANK, *settings.log_rank_weights), strata):
        yield row if row.statistic == "not_fitted" else replace(row, method=f"{row.method}, {said}")


def _pairwise(known: pd.DataFrame, levels: Sequence[str]) -> Iterator[Row]:
    time, event, group = _times(known)
    found = tests.pairwise(time, event, group, levels)
    number = sum(not math.isnan(test.p) for test, _ in found.values())
    for (first, second), (test, adjusted) in found.items():
        counts = _counts(known[(group == first) | (group == second)])
        own: tuple[Row, ...]
        if math.isnan(test.p):
            own = _test_rows(test, tests.LOG_RANK, 2, counts)
        else:
            method = f"log-rank test, P adjusted by Holm's method for {number} comparisons"
            own = (
                Row("chi2", test.chi2, p=test.p, method="log-rank test, 2 groups, P not adjusted", **counts),
                Row("p", adjusted, p=adjusted, method=method, **counts),
            )
        yield from placed(own, level=f"{first} vs {second}")


def _reference(column: str, levels: Sequence[str], settings: StatisticsSettings) -> str:
    declared = [covariate.reference for covariate in settings.covariates if covariate.name == column]
    return next((level for level in declared if level in levels), levels[0]) or levels[0]


def horizon(known: pd.DataFrame, months: float) -> float:
    """Return the declared horizon, or the time in months to which every class is followed, to a tenth below."""
    followed = float(known.groupby("_class")["days"].max().min()) / DAYS_PER_MONTH
    return months if followed >= months else math.floor(10 * followed + 1e-9) / 10


def _means(known: pd.DataFrame, levels: Sequence[str], reference: str, settings: StatisticsSettings) -> Iterator[Row]:
    at, confidence = horizon(known, settings.rmst_months), settings.confidence
    if at <= 0:
        yield not_fitted("Not computed: a class is followed for less than a tenth of a month.", **_counts(known))
        return
    method = f"restricted mean survival time up to {at:g} months, Greenwood variance (print(survfit, rmean))"
    said = "declared horizon" if at == settings.rmst_months else "the shortest of the classes' longest times"
    yield Row("horizon", at, method=said, **_counts(known))
    found = {}
    for level in levels:
        own = known[known["_class"] == level]
        time, event, _ = _times(own)
        mean = means.restricted_mean(time / DAYS_PER_MONTH, event, at)
        found[level] = mean
        half = means.half_width(mean, confidence)
        interval: Counts = {"confidence": confidence, "at": at, "level": level, "method": method, **_counts(own)}
        yield Row("rmst", mean.estimate, mean.estimate - half, mean.estimate + half, **interval)
        yield Row("rmst_se", mean.std_error, at=at, level=level, method=method, **_counts(own))
    for level in levels:
        if level != reference:
            pair = _counts(known[known["_class"].isin([level, reference])])
            key: Counts = {"level": level, "reference": reference, "at": at, **pair}
            yield from _contrasts(found[level], found[reference], confidence, key)


def _contrasts(
    first: means.RestrictedMean, second: means.RestrictedMean, confidence: float, key: Counts
) -> Iterator[Row]:
    difference, ratio = (contrast(first, second, confidence) for contrast in (means.difference, means.ratio))
    if math.isnan(difference.p) or math.isnan(ratio.p):
        yield not_fitted("Not compared: neither class had an event before the horizon.", **key)
        return
    for statistic, one, scale in (
        ("rmst_difference", difference, "normal interval"),
        ("rmst_ratio", ratio, "normal interval of the logarithm"),
    ):
        method = f"{statistic.removeprefix('rmst_')} of restricted means up to {key['at']:g} months, {scale}"
        yield Row(statistic, one.estimate, one.lower, one.upper, one.p, confidence=confidence, method=method, **key)
