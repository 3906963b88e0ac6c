"""Calls of the R script for curves, log-rank tests and the declared Cox models."""

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from rechallenge.estimates import pfs_ratio
from rechallenge.estimates.rechallenge_models import usable
from rechallenge.estimates.sensitivity import sensitivity_covariates
from rechallenge.settings.statistics import Covariate
from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context, Recipe, groups_of, prefix_of, subset


def kaplan_meier(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    key_results = "median_symmetric" not in set(rows["statistic"])
    for term, level in groups_of(rows[rows["statistic"] != "left_out"]):
        own = prefix_of(rows.iloc[0], term, level)
        if key_results:
            yield f"check_median({own}, {subset(term, level)}, {context.interval}, {context.confidence})"
            continue
        months = r.vector(sorted(set(rows.loc[rows["statistic"] == "survival", "at"])))
        yield f"check_kaplan_meier({own}, {subset(term, level)}, {months}, {context.interval}, {context.confidence})"


def reverse_kaplan_meier(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term, level in groups_of(rows):
        own = prefix_of(rows.iloc[0], term, level)
        yield f"check_follow_up({own}, {subset(term, level)}, {context.interval}, {context.confidence})"


def log_rank(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows.loc[rows["statistic"] == "chi2", "term"]):
        yield f"check_log_rank({prefix_of(rows.iloc[0], term)}, {subset(term, '')}, {r.text(term.partition('|')[0])})"


def _model(rows: pd.DataFrame, declared: Sequence[Covariate], context: Context) -> Iterator[str]:
    if not (rows["statistic"] == "hr").any():
        return
    whole = "" if (rows["statistic"] == "concordance").any() else ", whole = FALSE"
    said = f"d, {context.covariates(declared)}, {context.confidence}{whole}"
    yield f"check_cox({prefix_of(rows.iloc[0])}, {said})"


def _declared(context: Context) -> tuple[Covariate, ...]:
    return usable(context.settings.covariates, context.definitions.progression_pattern)


def cox_multivariable(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    yield from _model(rows, _declared(context), context)


def cox_sensitivity(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    yield from _model(rows, sensitivity_covariates(_declared(context)), context)


def cox_univariable(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    fitted = set(rows.loc[rows["statistic"] == "hr", "term"])
    for item in sensitivity_covariates(_declared(context)):
        if item.name in fitted:
            said = f"d, {context.covariates([item])}, {context.confidence}, named = FALSE"
            yield f"check_cox({prefix_of(rows.iloc[0], item.name)}, {said})"


def ratios(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term, level in groups_of(rows[rows["statistic"] == "n"]):
        said = f"{context.interval}, {context.confidence}, {r.number(pfs_ratio.THRESHOLD)}"
        yield f"check_pfs_ratio({prefix_of(rows.iloc[0], term, level)}, {subset(term, level)}, {said})"


RECIPES: Final[dict[str, Recipe]] = {
    "kaplan_meier": kaplan_meier,
    "reverse_kaplan_meier": reverse_kaplan_meier,
    "log_rank": log_rank,
    "cox_univariable": cox_univariable,
    "cox_multivariable": cox_multivariable,
    "cox_sensitivity": cox_sensitivity,
    "pfs_ratio": ratios,
}
