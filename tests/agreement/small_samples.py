"""Methods of small samples beside R's answers (tests/reference/small_samples)."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates import beta_product, permutation, power
from rechallenge.estimates.kaplan_meier import Curve, kaplan_meier

REFERENCE: Final = Path(__file__).parents[1] / "reference"
Difference = tuple[str, str, float]


def differences() -> Iterator[Difference]:
    """Yield quantity, data set and largest relative difference; a value that one side lacks is infinitely far."""
    answers = json.loads((REFERENCE / "small_samples" / "answers.json").read_text(encoding="utf-8"))
    package = json.loads((REFERENCE / "small_samples" / "bpcp.json").read_text(encoding="utf-8"))
    for case in answers.pop("power"):
        error = power.two_groups(case["events"], case["share"])
        ours = [power.detectable(error, 0.8, 0.95), power.power_of(2.0, error, 0.95)]
        yield "power and smallest hazard ratio", "made up", _far(ours, [case["detectable"], case["power_2"]])
    for name, expected in answers.items():
        data = pd.read_csv(REFERENCE / f"{name}.csv")
        data["event"] = (data["event"] == 1).astype(float)
        yield from _permutation(name, data, expected["permutation"])
        for group, of_group in expected["rothman"].items():
            yield from _rothman(name, _curve(data, group), of_group)
        for group, of_group in package[name].items():
            yield from _beta_product(name, _curve(data, group), of_group)
        curve = _without_censoring(12)
        limits = beta_product.beta_product(curve)
        both = np.column_stack([limits.lower, limits.upper])[1:]
        same = max(_far(ours, theirs) for ours, theirs in zip(both, expected["clopper_pearson"], strict=True))
        yield "beta product without censoring: Clopper-Pearson", name, same


def _permutation(name: str, data: pd.DataFrame, expected: dict[str, Any]) -> Iterator[Difference]:
    few = data.iloc[[row - 1 for row in expected["rows"]]]
    scores = permutation.log_rank_scores(few["time"].to_numpy("float64"), few["event"].to_numpy("float64"))
    sums = pd.Series(scores, index=few["group"].astype(str)).groupby(level=0).sum()
    yield "log-rank scores: sums per class", name, _far(sums, expected["observed_minus_expected"])
    found = permutation.permutation_p(scores, few["group"].to_numpy(object), 9999, 1)
    yield (
        "permutation log-rank: exact P",
        name,
        _far([found.p, found.allocations], [expected["p"], expected["allocations"]]),
    )


def _rothman(name: str, curve: Curve, expected: dict[str, Any]) -> Iterator[Difference]:
    limits = beta_product.rothman(curve)
    inside = (limits.survival > 0) & (limits.survival < 1)
    for ours, part in ((limits.time, "time"), (limits.lower, "lower"), (limits.upper, "upper")):
        yield "Rothman: limits of S(t)", name, _far(ours[inside], _listed(expected[part]))
    if expected["complete"]:
        median = limits.median()
        both = [expected["median_lower"], expected["median_upper"]]
        yield "Rothman: limits of the median", name, _far([median.lower, median.upper], both)


def _beta_product(name: str, curve: Curve, expected: dict[str, Any]) -> Iterator[Difference]:
    limits = beta_product.beta_product(curve)
    ours, theirs = (np.array(_listed(expected[key]), dtype="float64") for key in ("lower", "upper"))
    # `bpcp` has two intervals, before and at, for each time.
    place = np.searchsorted(_listed(expected["time"]), limits.time, side="right") - 1
    yield "beta product: limits of S(t)", name, max(_far(limits.lower, ours[place]), _far(limits.upper, theirs[place]))
    median = limits.median()
    both = [expected["median_lower"], expected["median_upper"]]
    yield "beta product: limits of the median", name, _far([median.lower, median.upper], both)


def _curve(data: pd.DataFrame, group: str) -> Curve:
    own = data if group == "all" else data[data["group"].astype(str) == group]
    return kaplan_meier(own["time"].to_numpy("float64"), own["event"].to_numpy("float64"))


def _without_censoring(n: int) -> Curve:
    return kaplan_meier(np.arange(1.0, n + 1), np.ones(n))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _far(ours: Any, theirs: Any) -> float:
    if len(ours) != len(theirs):
        return math.inf
    return max((_apart(float(one), other) for one, other in zip(ours, theirs, strict=True)), default=0.0)


def _apart(ours: float, theirs: Any) -> float:
    theirs = math.nan if theirs in (None, "NA", "Inf") else float(theirs)
    if math.isnan(ours) or math.isnan(theirs):
        return 0.0 if math.isnan(ours) and math.isnan(theirs) else math.inf
    return abs(ours - theirs) / max(abs(theirs), 1e-3)
