"""Log-rank tests of every kind and restricted means on the drawn data sets."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.estimates import restricted_mean, weighted_logrank
from rechallenge.estimates.chi_square import ChiSquare
from tests.agreement.compare import Difference, Numbers, of_quantities

CONFIDENCE: Final = 0.95


def differences() -> Iterator[Difference]:
    return of_quantities(
        ("log-rank", "weighted log-rank", "pairwise log-rank", "restricted mean"),
        lambda data, _: {**_tests(data), **_means(data)},
    )


def _numbers(test: ChiSquare) -> list[float] | None:
    return None if math.isnan(test.p) else [test.chi2, test.df, test.p]


def _tests(data: pd.DataFrame) -> dict[str, list[float]]:
    time, event = (data[name].to_numpy("float64") for name in ("time", "died"))
    group, strata = data["group"].astype(str).to_numpy(object), data["strata"].to_numpy()
    levels = sorted(set(group))
    if len(levels) < 2:
        return {}
    weighted = weighted_logrank.weighted_log_rank
    found = {
        "log-rank test|": weighted(time, event, group),
        "log-rank test, rho = 1|": weighted(time, event, group, "fleming_harrington_1_0"),
        "log-rank test, stratified|": weighted(time, event, group, strata=strata),
        "log-rank test, rho = 1|stratified": weighted(time, event, group, "fleming_harrington_1_0", strata),
        "log-rank test of trend|": weighted_logrank.trend(time, event, np.unique(group, return_inverse=True)[1] + 1.0),
    }
    for weight in weighted_logrank.WEIGHTS:
        if weight != weighted_logrank.LOG_RANK:
            found[f"weighted log-rank tests|{weight}"] = weighted(time, event, group, weight)
            found[f"weighted log-rank tests, stratified|{weight}"] = weighted(time, event, group, weight, strata)
    numbers = {key: _numbers(test) for key, test in found.items()}
    if len(levels) > 2:
        pairs = weighted_logrank.pairwise(time, event, group, levels)
        numbers |= {f"pairwise log-rank tests|{one} {two}": _numbers(test) for (one, two), (test, _) in pairs.items()}
        numbers["pairwise log-rank tests, P by Holm|"] = [adjusted for _, adjusted in pairs.values()]
    return {key: values for key, values in numbers.items() if values is not None}


def _means(data: pd.DataFrame) -> Numbers:
    levels = sorted(data["group"].unique())
    horizon = math.floor(10 * data.groupby("group")["time"].max().min()) / 10
    if len(levels) < 2 or horizon <= 0:
        return {}
    means = []
    for level in levels:
        own = data[data["group"] == level]
        time, event = (own[name].to_numpy("float64") for name in ("time", "died"))
        means.append(restricted_mean.restricted_mean(time, event, horizon))
    pairs = [number for mean in means for number in (mean.estimate, mean.std_error)]
    found = {"restricted mean: estimate and standard error|": pairs}
    for level, mean in zip(levels[1:], means[1:], strict=True):
        for name, contrast in (("difference", restricted_mean.difference), ("ratio", restricted_mean.ratio)):
            one = contrast(mean, means[0], CONFIDENCE)
            if not math.isnan(one.p):
                numbers = [one.estimate, one.lower, one.upper, one.p]
                found[f"restricted mean: {name}, limits, P|{level}"] = numbers
    return found
