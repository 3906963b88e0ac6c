"""The log-rank comparison of classes, as rows."""

import numpy as np
import pandas as pd

from rechallenge.estimates.rows import Counts, Row, not_fitted
from rechallenge.estimates.weighted_logrank import weighted_log_rank


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
    test = weighted_log_rank(time, event, classes[known].to_numpy(object))
    if np.isnan(test.p):
        sentence = "Not compared: at no time of an event were patients of two classes at risk."
        return (not_fitted(sentence, **counts), outside)
    method = f"log-rank test, {len(groups)} groups, {test.df} degree{'s' if test.df > 1 else ''} of freedom"
    return (
        Row("chi2", test.chi2, p=test.p, method=method, **counts),
        Row("p", test.p, p=test.p, method=method, **counts),
        outside,
    )
