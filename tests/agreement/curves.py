"""Kaplan-Meier curves, quantiles, numbers at risk and follow-up on the drawn data sets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates import kaplan_meier
from tests.agreement.compare import Difference, Numbers, of_quantities

TIMES: Final = np.array([90.0, 365.0])
SHARES: Final = (0.25, 0.5, 0.75)
INTERVALS: Final[tuple[kaplan_meier.Interval, ...]] = ("log", "log-log", "plain")


def differences() -> Iterator[Difference]:
    return of_quantities(("Kaplan-Meier", "reverse Kaplan-Meier"), _curves)


def _curves(data: pd.DataFrame, theirs: Mapping[str, Any]) -> Numbers:
    late = data[data["time"] > data["entry"]]
    found = {**_part(data, "overall", delayed=False), **_part(late, "overall", delayed=True)}
    groups = sorted(data["group"].unique())
    for group in groups if len(groups) > 1 else ():
        found |= _part(data[data["group"] == group], str(group), delayed=False)
        own = late[late["group"] == group]
        if len(own):
            found |= _part(own, str(group), delayed=True)
    return found


def _part(data: pd.DataFrame, part: str, *, delayed: bool) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    ending = f"{', delayed entry' if delayed else ''}|{part}"
    time, event, others = (data[name].to_numpy("float64") for name in ("time", "died", "any"))
    entry = data["entry"].to_numpy("float64") if delayed else None
    for interval in INTERVALS:
        curve = kaplan_meier.kaplan_meier(time, event, entry, interval=interval)
        quantiles = [kaplan_meier.quantile_with_limits(curve, share) for share in SHARES]
        at = kaplan_meier.survival_at(curve, TIMES)
        if interval == "log":
            found[f"Kaplan-Meier: median and quartiles{ending}"] = [one.estimate for one in quantiles]
            found[f"Kaplan-Meier: S(t){ending}"] = at["survival"].tolist()
            found[f"Kaplan-Meier: standard error{ending}"] = at["std_error"].tolist()
            found[f"Kaplan-Meier: number at risk{ending}"] = kaplan_meier.numbers_at_risk(curve, TIMES).tolist()
        limits = [*(one.lower for one in quantiles), *(one.upper for one in quantiles)]
        found[f"Kaplan-Meier: limits of median and quartiles, {interval}{ending}"] = limits
        found[f"Kaplan-Meier: limits of S(t), {interval}{ending}"] = [*at["lower"], *at["upper"]]
        if not delayed:
            reverse = kaplan_meier.kaplan_meier(time, 1 - others, interval=interval)
            median = kaplan_meier.quantile_with_limits(reverse, 0.5)
            key = f"reverse Kaplan-Meier: median and limits, {interval}{ending}"
            found[key] = [median.estimate, median.lower, median.upper]
    return found
