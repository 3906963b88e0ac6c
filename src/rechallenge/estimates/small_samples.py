"""What small samples ask for beside the usual methods: permutation tests, other intervals, and what events can show."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import beta_product, kaplan_meier, power
from rechallenge.estimates.permutation import Permuted, log_rank_scores, permutation_p
from rechallenge.estimates.plans import Classes, Plan, groups
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import classes_of
from rechallenge.settings.statistics import StatisticsSettings

PERMUTATION: Final = "log_rank_permutation"
BETA_PRODUCT: Final = "small_group_beta_product"
ROTHMAN: Final = "small_group_rothman"
_METHODS: Final = (
    (BETA_PRODUCT, "beta product confidence procedure, method of moments (bpcp)", beta_product.beta_product),
    (ROTHMAN, "Rothman's interval (km.ci)", beta_product.rothman),
)


def rows(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    """Return permutation tests, intervals of small groups, and power where the plan has models.

    `frame` has days, event, entry_days and the compared columns. A plan with delayed entry has none of them: neither
    permutation nor the intervals hold there. Classes within a class (`plan.crossed`) are not tested.
    """
    if (frame["entry_days"] > 0).any():
        return
    for column in plan.compare if plan.models else ():
        yield from placed(permutation_rows(frame, classes_of(frame[column]), settings), model=PERMUTATION, term=column)
    for term, level, patients in groups(frame, plan, shown):
        if 0 < len(patients) < settings.small_group_below:
            yield from placed(small_group_rows(patients, settings), term=term, level=level)
    if plan.models:
        yield from power.rows(frame, plan, settings, shown)


def permutation_rows(frame: pd.DataFrame, classes: pd.Series, settings: StatisticsSettings) -> Iterator[Row]:
    """Return the permutation P value of `classes` (missing = left out); none where there is nothing to compare.

    Why there is nothing to compare stands beside the log-rank test itself.
    """
    known = classes.notna().to_numpy()
    chosen = frame[known]
    counts: Counts = {"n": float(len(chosen)), "events": float(chosen["event"].sum())}
    if len(chosen) >= settings.permutation_below or classes[known].nunique() < 2 or not counts["events"]:
        return
    time, event = (chosen[name].to_numpy("float64") for name in ("days", "event"))
    scores = log_rank_scores(time, event)
    if np.ptp(scores) < 1e-12:
        yield not_fitted("Not compared: every allocation of the patients would give the same result.", **counts)
        return
    found = permutation_p(scores, classes[known].to_numpy(object), settings.permutations, settings.seed)
    method = _method(found)
    yield Row("p", found.p, p=found.p, method=method, **counts)
    if found.permutations:
        yield Row("permutations", float(found.permutations), method=method, **counts)
        yield Row("monte_carlo_error", found.monte_carlo_error, method=method, **counts)
    else:
        yield Row("allocations", float(found.allocations), method=method, **counts)


def _method(found: Permuted) -> str:
    about = "log-rank scores, two-sided, permutation variance; supposes that censoring does not depend on the class"
    if not found.permutations:
        return f"exact permutation test, all {found.allocations:,} allocations, {about}"
    error = f"Monte-Carlo standard error {found.monte_carlo_error:.1g}"
    return f"permutation test, {found.permutations:,} permutations drawn, (1 + hits) / (1 + drawn), {error}, {about}"


def small_group_rows(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """Return survival at the landmarks and the median of one group, by both methods; times of the results are months.

    Survival after the last observed time is not known and has no row, unless the curve has reached 0. Rothman's method
    has no interval of a survival of 0 or 1.
    """
    curve = kaplan_meier.curve_of(frame, "log", settings.confidence)
    counts: Counts = {
        "n": float(len(frame)), "events": float(frame["event"].sum()), "confidence": settings.confidence
    }  # fmt: skip
    ended, last = float(curve.time[-1]), float(curve.survival[-1])
    median = kaplan_meier.quantile_with_limits(curve, 0.5).estimate
    for model, method, limits_of in _METHODS:
        limits = limits_of(curve, settings.confidence)
        interval = limits.median()
        middle, low, high = (part / DAYS_PER_MONTH for part in (median, interval.lower, interval.upper))
        yield Row("median", middle, low, high, model=model, method=f"Kaplan-Meier, {method}, inverted", **counts)
        for month in settings.landmarks_months:
            time = month * DAYS_PER_MONTH
            survival = float(kaplan_meier.survival_at(curve, np.array([time]))["survival"].iloc[0])
            lower, upper = limits.at(time)
            silent = model == ROTHMAN and survival in (0.0, 1.0)
            if (time > ended and last > 0) or silent:
                continue
            yield Row("survival", survival, lower, upper, at=month, model=model, method=method, **counts)
