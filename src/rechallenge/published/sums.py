"""Do a study's own figures add up: percentages, classes, flow, curves, intervals. One verdict for each kind."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates.describe import MODEL as TABLE_ONE
from rechallenge.published.checks import not_checkable
from rechallenge.published.quantities import OWN_PRECISION
from rechallenge.published.verdicts import Verdict

_SHOWN: Final = 3


def sums(own: pd.DataFrame) -> Iterator[tuple[str, Verdict]]:
    """Yield the checks of one analysis, each with its name; `own` are its rows of estimates.csv, keys as text."""
    yield "percentages", _percentages(own)
    yield "classes_add_up", _levels(own[own["model"].eq("") & ~own["term"].isin(["overall", "attrition"])])
    yield "table_1_adds_up", _levels(own[own["model"].str.startswith(TABLE_ONE)])
    yield "flow_adds_up", _flow(own)
    yield "curves_add_up", _curves(own)
    yield "intervals", _intervals(own)


def _verdict(compared: int, wrong: list[str], what: str) -> Verdict:
    if not compared:
        return not_checkable("no such figures")
    if not wrong:
        return Verdict("consistent", f"{compared:,} {what}.")
    shown = "; ".join(wrong[:_SHOWN])
    return Verdict("impossible", f"{len(wrong):,} of {compared:,} do not: {shown}.")


def _percentages(own: pd.DataFrame) -> Verdict:
    """Compare each percentage with the count of the same key, over the number of patients that the row states."""
    keys = ["endpoint", "population", "model", "term", "level", "reference"]
    percent = own.loc[own["statistic"].eq("percent"), [*keys, "estimate_id", "estimate", "n"]]
    count = own.loc[own["statistic"].eq("n"), [*keys, "estimate"]].rename(columns={"estimate": "count"})
    both = percent.merge(count, on=keys)
    both = both[both["n"].gt(0)]
    share = 100 * both["count"] / both["n"]
    wrong = both[(share - both["estimate"]).abs() > 100 * OWN_PRECISION]
    said = [
        f"{name}: {count:g} of {n:g} stated as {percent:.4g}%"
        for name, count, n, percent in wrong[["estimate_id", "count", "n", "estimate"]].itertuples(index=False)
    ]
    return _verdict(len(both), said, "percentages agree with their counts")


def _levels(own: pd.DataFrame) -> Verdict:
    """Compare the sum of the levels of each variable, the missing ones included, with the number of patients."""
    group = ["population", "model", "term"]
    counts = own[own["statistic"].eq("n") & own["level"].ne("")]
    parts = counts.groupby(group, sort=False)["estimate"].sum().rename("parts")
    missing = own[own["statistic"].eq("missing")].set_index(group)[["estimate", "n"]]
    both = missing.join(parts, how="inner")
    added = both["parts"] + both["estimate"]
    wrong = both[(added - both["n"]).abs() > 0.5]
    said = [
        f"{'/'.join(part for part in key if part)}: {parts + missing:g}, not {n:g}"
        for key, parts, missing, n in zip(wrong.index, wrong["parts"], wrong["estimate"], wrong["n"], strict=True)
    ]
    return _verdict(len(both), said, "variables whose levels and missing values add up to the patients")


def _flow(own: pd.DataFrame) -> Verdict:
    """Compare, step by step, those excluded and remaining with those who remained before."""
    flow = own[own["term"].eq("attrition")].pivot_table(
        index="level", columns="statistic", values="estimate", sort=False, aggfunc="first"
    )
    if not {"excluded", "remaining"} <= set(flow.columns):
        return _verdict(0, [], "")
    before = flow["remaining"].shift()
    wrong = flow[before.notna() & (flow["remaining"] + flow["excluded"] - before).abs().gt(0.5)]
    steps = zip(wrong.index, wrong["remaining"], wrong["excluded"], strict=True)
    said = [f"{level}: {remaining:g} remaining and {excluded:g} excluded" for level, remaining, excluded in steps]
    return _verdict(len(flow), said, "steps of the flow, of which each leaves what the next begins with")


def _curves(own: pd.DataFrame) -> Verdict:
    """Compare the patients of the classes and those left out with the patients of the curve they belong to."""
    counts = own[own["model"].eq("kaplan_meier") & own["statistic"].eq("n")]
    place = ["endpoint", "population"]
    sizes = counts.set_index([*place, "term", "level"])["estimate"]
    left_out = own[own["model"].eq("log_rank") & own["statistic"].eq("left_out")]
    compared = 0
    said: list[str] = []
    keys = left_out[[*place, "term"]].itertuples(index=False, name=None)
    for (endpoint, population, term), outside in zip(keys, left_out["estimate"].astype(float), strict=True):
        group, _, level = term.partition("|")[2].partition("=")
        whole = (endpoint, population, group or "overall", level)
        here = counts["endpoint"].eq(endpoint) & counts["population"].eq(population) & counts["term"].eq(term)
        if whole not in sizes.index or not here.any():
            continue
        compared += 1
        added, wanted = float(counts.loc[here, "estimate"].sum()) + outside, float(sizes[whole])
        if abs(added - wanted) > 0.5:
            said.append(f"{endpoint}, {term}: {added:g}, not {wanted:g}")
    return _verdict(compared, said, "comparisons whose classes and patients left out add up to the curve's")


def _intervals(own: pd.DataFrame) -> Verdict:
    """Look for estimates outside their own interval."""
    bounded = own[own["estimate"].notna() & (own["lower"].notna() | own["upper"].notna())]
    slack = OWN_PRECISION * bounded["estimate"].abs().clip(lower=1.0)
    outside = (bounded["lower"] - slack > bounded["estimate"]) | (bounded["upper"] + slack < bounded["estimate"])
    wrong = bounded[outside]
    columns = ["estimate_id", "estimate", "lower", "upper"]
    said = [
        f"{name}: {value:.4g} outside {lower:.4g} to {upper:.4g}"
        for name, value, lower, upper in wrong[columns].itertuples(index=False)
    ]
    return _verdict(len(bounded), said, "intervals contain their estimate")
