"""Which call of the R script computes which rows of estimates.csv again.

A recipe takes the rows of one model, in one endpoint and population of one analysis, and returns calls of the
functions in workflow/templates/verify_methods.R. A model without a recipe is listed with the reason.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.estimates import pfs_ratio
from rechallenge.estimates.describe import VARIABLES
from rechallenge.estimates.rechallenge_models import usable
from rechallenge.estimates.sensitivity import sensitivity_covariates
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from rechallenge.verification import r_text as r

LEFT_OUT: Final = {
    "attrition": "counts of patients who are not in the table of times",
    "population": "counts of patients who are not in the table of times",
    "preset_concordance": "counts of classes under other presets",
    "boundary": "counts of patients near a cutoff",
    "lesion_agreement": "counts of assessments",
    "safety": "counts of adverse events",
    "assessment_interval": "days between assessments",
    "specification_curve": "each specification has its own patients and times, which are not kept",
    "contradiction_check": "simulated",
}


@dataclass(frozen=True)
class Context:
    """What a recipe needs beside the rows: the settings, the analysis's definitions, its numeric columns."""

    settings: StatisticsSettings
    definitions: DefinitionSettings
    numbers: frozenset[str]

    @property
    def confidence(self) -> str:
        return r.number(self.settings.confidence)

    @property
    def interval(self) -> str:
        return r.text(self.settings.km_interval)

    def covariates(self, declared: Sequence[Covariate]) -> str:
        """Return covariates as a list of R: a reference, or the units of a number."""
        chosen: dict[str, str | float] = {}
        for item in declared:
            number = item.name in self.numbers and item.reference is None
            chosen[item.name] = float(item.unit) if number else item.reference or ""
        return r.named_list(chosen)


Recipe = Callable[[pd.DataFrame, Context], Iterator[str]]


def prefix_of(row: pd.Series, *parts: str) -> str:
    """Return the beginning of the identifiers of a model's rows, further parts added."""
    keys = [str(row[name]) for name in ("analysis", "endpoint", "population", "model")]
    return r.text("/".join(part for part in (*keys, *parts) if part).replace(" ", "_"))


def subset(term: str, level: str) -> str:
    """Return the R expression of the patients of a group: "progression_pattern|resistance=acquired", "oligo"."""
    column, _, within = term.partition("|")
    conditions: dict[str, str | float] = {}
    if within:
        other, _, value = within.partition("=")
        conditions[other] = value
    if level:
        conditions[column] = level
    said = ", ".join(f"{r.name(key)} = {r.text(str(value))}" for key, value in conditions.items())
    return f"where(d, {said})" if said else "d"


def _groups(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(rows["term"], rows["level"], strict=True)))


def kaplan_meier(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    key_results = "median_symmetric" not in set(rows["statistic"])
    for term, level in _groups(rows[rows["statistic"] != "left_out"]):
        own = prefix_of(rows.iloc[0], term, level)
        if key_results:
            yield f"check_median({own}, {subset(term, level)}, {context.interval}, {context.confidence})"
            continue
        months = r.vector(sorted(set(rows.loc[rows["statistic"] == "survival", "at"])))
        yield f"check_kaplan_meier({own}, {subset(term, level)}, {months}, {context.interval}, {context.confidence})"


def reverse_kaplan_meier(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term, level in _groups(rows):
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
    for term, level in _groups(rows[rows["statistic"] == "n"]):
        said = f"{context.interval}, {context.confidence}, {r.number(pfs_ratio.THRESHOLD)}"
        yield f"check_pfs_ratio({prefix_of(rows.iloc[0], term, level)}, {subset(term, level)}, {said})"


def _of_response(row: pd.Series) -> str:
    """The patients' column with the best response that a row counts."""
    again = row["population"] == "rechallenge" and row["endpoint"] != "first_ici"
    return "rechallenge_best_response" if again else "best_response"


def response_rate(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    objective = context.definitions.response.objective_responses
    counted: dict[str, list[str]] = {"orr": [*objective], "dcr": [*dict.fromkeys([*objective, "CR", "PR", "SD"])]}
    for row in (rows.loc[place] for place in rows.index):
        column = r.name(_of_response(row))
        own = prefix_of(row, row["term"], row["level"], row["statistic"])
        chosen = subset(row["term"], row["level"]) if row["level"] else "d"
        yield f"check_rate({own}, {chosen}${column}, {r.vector([*counted[row['statistic']]])}, {context.confidence})"


def best_response(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        row = rows.iloc[0]
        within = str(row["model"]).partition("|")[2]
        chosen = subset(f"|{within}", "") if within else "d"
        levels = r.vector(dict.fromkeys(rows["level"]))
        yield f"check_response({prefix_of(row, term)}, {chosen}${r.name(_of_response(row))}, {levels})"


def classes(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        own = rows[rows["term"] == term]
        if term in ("resistance", "progression_pattern", "interval_treatment"):
            levels = r.vector(dict.fromkeys(own.loc[own["statistic"] == "n", "level"]))
            yield f"check_classes({prefix_of(own.iloc[0], term)}, d${r.name(term)}, {levels})"


def table_one(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    within = str(rows["model"].iloc[0]).partition("|")[2]
    chosen = subset(f"|{within}", "") if within else "d"
    kinds = {variable.name: variable.kind for variable in VARIABLES}
    for term in dict.fromkeys(rows["term"]):
        own, prefix = rows[rows["term"] == term], prefix_of(rows.iloc[0], term)
        column = f"{chosen}${r.name(term)}"
        if term == "patients":
            yield f'check(id({prefix}, "n"), nrow({chosen}))'
        elif kinds[term] == "number":
            yield f"check_numbers({prefix}, {column})"
        else:
            levels = r.vector(dict.fromkeys(own.loc[own["statistic"] == "n", "level"]))
            yield f"check_counts({prefix}, {column}, {levels})"
        tests = own[own["statistic"] == "p"]
        # A simulated P value is nobody else's.
        if len(tests) and "simulated" not in str(tests["method"].iloc[0]):
            numeric = "TRUE" if kinds[term] == "number" else "FALSE"
            yield f"check_test({prefix}, no_class({column}), no_class(d$resistance), {numeric})"


def time_to_progression(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    own = prefix_of(rows.iloc[0], "months_to_progression")
    yield f"check_numbers({own}, d$days_to_progression / MONTH)"


RECIPES: Final[dict[str, Recipe]] = {
    "": classes,
    "table1": table_one,
    "best_response": best_response,
    "response_rate": response_rate,
    "time_to_progression": time_to_progression,
    "kaplan_meier": kaplan_meier,
    "reverse_kaplan_meier": reverse_kaplan_meier,
    "log_rank": log_rank,
    "cox_univariable": cox_univariable,
    "cox_multivariable": cox_multivariable,
    "cox_sensitivity": cox_sensitivity,
    "pfs_ratio": ratios,
}
