"""The flow of patients and Table 1 of all hospitals: sums where all of them tell, else what is certain."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.federation.sites import Site

FLOW: Final = "flow"
TABLE_ONE: Final = "table1"
KEYS: Final = ("part", "population", "model", "term", "level", "statistic")
COLUMNS: Final = (*KEYS, "estimate", "at_least", "at_most", "hospitals_telling", "hospitals")
"""`estimate` is the sum where every hospital tells; `at_least` and `at_most` are what is certain (at_most is missing
where a hospital withholds a count without saying that it is small)."""
_COUNTED: Final = ("n", "missing")


def pooled_counts(sites: Sequence[Site]) -> pd.DataFrame:
    """Return the counts of the flow and of Table 1 over all hospitals; columns COLUMNS, and one per hospital's name.

    A hospital without a row had nobody there. A count that a hospital withholds is between 1 and one below its smallest
    told count where it says that it is small, else at least 1: nothing is computed that is not a sum of such bounds, so
    no hospital's count can be had by subtracting the others from the pool. Medians and quartiles are not pooled: they
    do not follow from those of the hospitals.
    """
    parts = [_counts(site) for site in sites]
    order = pd.concat(parts, ignore_index=True)[list(KEYS)].drop_duplicates()
    found = order.set_index(list(KEYS))
    low, high, known = [], [], []
    for site, part in zip(sites, parts, strict=True):
        own = part.set_index(list(KEYS)).reindex(found.index)
        value = own["estimate"].where(own["there"].notna(), 0.0)
        small = own["estimate_id"].map(site.small).astype("float64")
        hidden = value.isna()
        low.append(value.where(~hidden, 1.0))
        high.append(value.where(~hidden, small - 1))
        known.append(~hidden)
        found[site.name] = value
    at_least, at_most = sum(low[1:], low[0]), sum(high[1:], high[0])
    telling = sum((item.astype("int64") for item in known[1:]), known[0].astype("int64"))
    everybody = telling == len(sites)
    found = found.assign(
        estimate=at_least.where(everybody, np.nan), at_least=at_least, at_most=at_most, hospitals_telling=telling,
        hospitals=len(sites),
    )  # fmt: skip
    return found.reset_index()[[*COLUMNS, *(site.name for site in sites)]]


def _counts(site: Site) -> pd.DataFrame:
    rows = site.estimates
    flow = rows[(rows["term"] == "attrition") & rows["statistic"].isin(["excluded", "remaining"])]
    table = rows[
        rows["model"].str.partition("|")[0].eq(TABLE_ONE)
        & rows["population"].isin(["first_ici", "rechallenge"])
        & rows["statistic"].isin(_COUNTED)
    ]
    both = pd.concat([flow.assign(part=FLOW), table.assign(part=TABLE_ONE)], ignore_index=True)
    return both[[*KEYS, "estimate_id", "estimate"]].assign(there=1.0)


def text_of(estimate: float, at_least: float, at_most: float) -> str:
    """Return a pooled count as it is printed: a number, "23 to 26", or "23 or more"."""
    if np.isfinite(estimate):
        return f"{estimate:.0f}"
    if np.isfinite(at_most):
        return f"{at_least:.0f}" if at_least == at_most else f"{at_least:.0f} to {at_most:.0f}"
    return f"{at_least:.0f} or more"
