"""Cumulative incidence, Gray's test and Fine-Gray models on the drawn data sets with competing causes."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates import cumulative_incidence, fine_gray
from rechallenge.estimates.fast_cox import NoMaximum
from tests.agreement.compare import Difference, Numbers, of_quantities

TIMES: Final = np.array([90.0, 365.0])
INTERVALS: Final[tuple[cumulative_incidence.Interval, ...]] = ("log", "log-log", "plain")
LIKE: Final[tuple[fine_gray.Like, ...]] = ("crr", "finegray")


def differences() -> Iterator[Difference]:
    return of_quantities(("Aalen-Johansen", "Gray", "Fine-Gray"), _causes)


def _causes(data: pd.DataFrame, theirs: Mapping[str, Any]) -> Numbers:
    if not (data["event"] > 1).any():
        return {}
    found: dict[str, Any] = {}
    parts = {"overall": data, **{str(group): own for group, own in data.groupby("group")}}
    for part, own in parts.items():
        if (own["event"] == 0).any():  # survfit needs a censored state
            found |= _incidence(own, part)
    time, cause = data["time"].to_numpy("float64"), data["event"].to_numpy("int64")
    for number in range(1, int(cause.max()) + 1):
        test = cumulative_incidence.gray(time, cause, data["group"], number)
        if not math.isnan(test.p):
            found[f"Gray's test|{number}"] = [test.chi2, test.df, test.p]
    terms = [name for name in ("x1", "x2", "x3") if data[name].notna().all() and data[name].nunique() > 1]
    x = data[terms].to_numpy("float64")
    for like in LIKE if terms and (cause == 1).any() else ():
        try:
            fit = fine_gray.fit(time, cause, x, like=like)
        except NoMaximum:
            continue
        numbers: dict[str, Any] = {"coefficient": fit.coef, "standard error": fit.std_error}
        if like == "crr":
            z = np.abs(fit.coef / fit.std_error)
            numbers["P"] = [math.erfc(one / math.sqrt(2)) for one in z]
            numbers["log likelihood"] = [fit.null_log_likelihood, fit.log_likelihood]
        found |= {f"Fine-Gray ({like}): {name}|": values for name, values in numbers.items()}
    return found


def _incidence(data: pd.DataFrame, part: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    time, cause = data["time"].to_numpy("float64"), data["event"].to_numpy("int64")
    for interval in INTERVALS:
        for number, curve in cumulative_incidence.aalen_johansen(time, cause, interval=interval).items():
            at = cumulative_incidence.incidence_at(curve, TIMES)
            key = f"|{part} {number}"
            if interval == "log":
                found[f"Aalen-Johansen: incidence{key}"] = at["estimate"].tolist()
                found[f"Aalen-Johansen: standard error{key}"] = at["std_error"].tolist()
            found[f"Aalen-Johansen: limits, {interval}{key}"] = [*at["lower"], *at["upper"]]
    return found
