"""Calls of the R script for further comparisons: weighted, stratified and pairwise tests, restricted means."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context, Recipe, groups_of, prefix_of, subset


def weighted(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    model = str(rows["model"].iloc[0])
    strata = f", {r.vector(context.settings.strata)}" if model == "log_rank_stratified" else ""
    for term, weight in groups_of(rows[rows["statistic"] == "chi2"]):
        said = f"{subset(term, '')}, {r.text(term.partition('|')[0])}, {r.text(weight)}{strata}"
        yield f"check_weighted({prefix_of(rows.iloc[0], term)}, {said})"


def pairwise(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        pairs = dict.fromkeys(rows.loc[rows["term"].eq(term) & rows["statistic"].eq("p"), "level"])
        if pairs:
            said = f"{subset(term, '')}, {r.text(term.partition('|')[0])}, {r.vector(pairs)}"
            yield f"check_pairwise({prefix_of(rows.iloc[0], term)}, {said})"


def restricted_means(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        own = rows[rows["term"] == term]
        means = own[own["statistic"] == "rmst"]
        references = own.loc[own["statistic"] == "rmst_difference", "reference"]
        if len(means):
            classes = f"{r.vector(dict.fromkeys(means['level']))}, {r.text(str(next(iter(references), '')))}"
            column = r.text(term.partition("|")[0])
            said = f"{subset(term, '')}, {column}, {classes}, {r.number(means['at'].iloc[0])}, {context.confidence}"
            yield f"check_restricted_means({prefix_of(rows.iloc[0], term)}, {said})"


RECIPES: Final[dict[str, Recipe]] = {
    "weighted_log_rank": weighted,
    "log_rank_stratified": weighted,
    "log_rank_pairwise": pairwise,
    "restricted_mean": restricted_means,
}
