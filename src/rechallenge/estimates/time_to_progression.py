"""Time to progression on the first ICI around the cutoff of resistance, and how often tumours were assessed.

Both describe what a class of resistance rests on: everyone described here progressed, so nothing is censored.
"""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates.rows import Row

MODEL: Final = "time_to_progression"


def time_to_progression(classified: pd.DataFrame, cutoff_days: float, boundary_days: int) -> Iterator[Row]:
    """Return median and quartiles (months) and n, percent below, from, and within `boundary_days` of the cutoff.

    `classified` has days_to_progression and months_to_progression, missing without index progression.
    """
    progressed = classified[classified["days_to_progression"].notna()]
    n = float(len(progressed))
    if not n:
        return
    months = progressed["months_to_progression"].astype(float)
    method = "observed times of those who progressed; quantiles type 7"
    for statistic, share in (("median", 0.5), ("q1", 0.25), ("q3", 0.75)):
        yield Row(statistic, float(months.quantile(share)), n=n, term="months_to_progression", method=method)
    parts = around_cutoff(progressed["days_to_progression"].astype(float), cutoff_days, boundary_days)
    for level, inside in parts.items():
        count = float(inside.sum())
        yield Row("n", count, n=n, term="days_to_progression", level=level)
        share_method = f"of those who progressed; cutoff {cutoff_days:g} days"
        yield Row("percent", 100 * count / n, n=n, term="days_to_progression", level=level, method=share_method)


def around_cutoff(days: pd.Series, cutoff_days: float, boundary_days: int) -> dict[str, pd.Series]:
    """Return, by level of the results table, who progressed before the cutoff, from it on, and near it."""
    return {
        "below_cutoff": days < cutoff_days,
        "from_cutoff": days >= cutoff_days,
        f"within_{boundary_days}_days": (days - cutoff_days).abs() <= boundary_days,
    }


def assessment_interval(
    assessments: pd.DataFrame, adtte: pd.DataFrame, endpoint: str, population: str
) -> Iterator[Row]:
    """Return the median and quartiles of the days between assessments under observation for an endpoint.

    `n` is the number of intervals (`assessment_intervals`). Nothing is returned for a source without assessments.
    """
    days = assessment_intervals(assessments, adtte, endpoint, population)["interval_days"]
    if not len(days):
        return
    method = "days from the start, or the assessment before, to each assessment; quantiles type 7"
    for statistic, share in (("median", 0.5), ("q1", 0.25), ("q3", 0.75)):
        yield Row(statistic, float(days.quantile(share)), n=float(len(days)), term="assessment_interval", method=method)


def assessment_intervals(
    assessments: pd.DataFrame, adtte: pd.DataFrame, endpoint: str, population: str
) -> pd.DataFrame:
    """Return patient_id, assessment_date and interval_days of each assessment under observation for an endpoint.

    Intervals run from the start to the first assessment and from each to the next, up to the end of the endpoint.
    """
    own = adtte[adtte["endpoint"].eq(endpoint) & adtte["population"].eq(population)]
    own = own[["patient_id", "start_date", "end_date"]]
    seen = assessments[["patient_id", "assessment_date"]].dropna().drop_duplicates().merge(own, on="patient_id")
    inside = (seen["assessment_date"] > seen["start_date"]) & (seen["assessment_date"] <= seen["end_date"])
    seen = seen[inside].sort_values(["patient_id", "assessment_date"], kind="stable")
    before = seen.groupby("patient_id")["assessment_date"].shift().fillna(seen["start_date"])
    days = (seen["assessment_date"] - before).dt.days.astype("float64")
    return seen[["patient_id", "assessment_date"]].assign(interval_days=days).reset_index(drop=True)
