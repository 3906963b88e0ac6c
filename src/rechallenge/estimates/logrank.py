"""The log-rank test, through lifelines."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.estimates.rows import Counts, Row, not_fitted


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom and P value."""

    chi2: float
    df: int
    p: float


def log_rank(time: NDArray[np.float64], event: NDArray[np.float64], group: NDArray[np.object_]) -> ChiSquare:
    """Return the log-rank test of two or more groups (R's `survdiff`, rho = 0). Times must be rounded.

    As in R, a group of which nobody is at risk at any event does not count. The statistic is NaN when fewer than
    two groups are left, or when no event leaves anything to chance.
    """
    from lifelines.statistics import multivariate_logrank_test

    at_risk = time >= time[event == 1].min() if event.any() else np.zeros(len(time), dtype=bool)
    groups = len(set(group[at_risk]))
    if groups < 2 or not _informative(time, event, group):
        return ChiSquare(np.nan, max(groups - 1, 0), np.nan)
    result = multivariate_logrank_test(time[at_risk], group[at_risk], event[at_risk])
    return ChiSquare(float(result.test_statistic), groups - 1, float(result.p_value))


def _informative(time: NDArray[np.float64], event: NDArray[np.float64], group: NDArray[np.object_]) -> bool:
    """Whether at some event two groups are at risk and not everybody has it: else the variance is 0."""
    second_last = pd.Series(time).groupby(group.astype(str)).max().sort_values().iloc[-2]
    times, events = np.unique(time[(event == 1) & (time <= second_last)], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    return bool((at_risk > events).any())


def rows(frame: pd.DataFrame, classes: pd.Series) -> tuple[Row, ...]:
    """Return chi2, p and left_out of the comparison of `classes` (missing = left out) in a frame of days and event.

    Where there is nothing to compare the first row is `not_fitted` and says why.
    """
    known = classes.notna().to_numpy()
    chosen = frame[known]
    left_out = float((~known).sum())
    counts: Counts = {"n": float(len(chosen)), "events": float(chosen["event"].sum())}
    groups = sorted(set(classes[known]))
    outside = Row("left_out", left_out, method="not classified: not compared", **counts)
    if len(groups) < 2:
        said = f"only patients of one class ({groups[0]})" if groups else "no patient with a known class"
        return (not_fitted(f"Not compared: there are {said}.", **counts), outside)
    if not counts["events"]:
        return (not_fitted("Not compared: there was no event.", **counts), outside)
    time, event = (chosen[name].to_numpy("float64") for name in ("days", "event"))
    test = log_rank(time, event, classes[known].to_numpy(object))
    if np.isnan(test.p):
        sentence = "Not compared: at no time of an event were patients of two classes at risk."
        return (not_fitted(sentence, **counts), outside)
    method = f"log-rank test, {len(groups)} groups, {test.df} degree{'s' if test.df > 1 else ''} of freedom"
    return (
        Row("chi2", test.chi2, p=test.p, method=method, **counts),
        Row("p", test.p, p=test.p, method=method, **counts),
        outside,
    )
