"""Calls of the R script for what describes patients: classes, Table 1, responses, time to progression."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates.describe import VARIABLES
from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context, Recipe, prefix_of, subset


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


def table_one(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    within = str(rows["model"].iloc[0]).partition("|")[2]
    chosen = subset(f"|{within}", "") if within else "d"
    kinds = {variable.name: variable.kind for variable in VARIABLES}
    for term in dict.fromkeys(rows["term"]):
        own, prefix = rows[rows["term"] == term], prefix_of(rows.iloc[0], term)
        column = f"{chosen}${r.name(term)}"
        if term == "age":
            column = f"pmin({column}, {context.settings.oldest_age + 1})"
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


def time_to_progression(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    own = prefix_of(rows.iloc[0], "months_to_progression")
    yield f"check_numbers({own}, d$days_to_progression / MONTH)"
    cutoff = r.number(float(context.definitions.resistance.cutoff_days or 0))
    around = prefix_of(rows.iloc[0], "days_to_progression")
    yield f"check_cutoff({around}, d$days_to_progression, {cutoff}, {context.settings.boundary_days})"


RECIPES: Final[dict[str, Recipe]] = {
    "": classes,
    "table1": table_one,
    "best_response": best_response,
    "response_rate": response_rate,
    "time_to_progression": time_to_progression,
}
