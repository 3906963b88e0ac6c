"""The R script itself: one block per endpoint and population of each analysis."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from rechallenge import words
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context
from rechallenge.verification.frames import Frames
from rechallenge.verification.recipes import LEFT_OUT, RECIPES

TEMPLATE: Final = "verify.R.j2"
METHODS: Final = (
    "verify_methods.R",
    "verify_over_time.R",
    "verify_comparisons.R",
    "verify_models.R",
    "verify_report.R",
)
OTHER: Final = "no recipe for these rows"
RANDOM: Final = "drawn at random, or of imputed data sets"
# The patients of each population, without an endpoint.
_PATIENTS: Final = {
    "first_ici": "{of}",
    "progressed": "{of}[!is.na({of}$days_to_progression), ]",
    "rechallenge": 'where({of}, eligible = "true")',
}


@dataclass(frozen=True)
class Block:
    """Calls on one set of patients, `d`."""

    title: str
    lines: tuple[str, ...]


def verification_script(
    estimates: pd.DataFrame,
    frames: Frames,
    settings: StatisticsSettings,
    definitions: Mapping[str, DefinitionSettings],
    title: str,
    templates: Path,
) -> str:
    """Return the script; `estimates` is the results table, `definitions` those of each analysis, resolved.

    Rows of models that cannot be computed again are listed in the script with the reason.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    known = estimates.assign(**{name: estimates[name].fillna("") for name in _KEYS})
    left_out: dict[tuple[str, str], int] = {}
    blocks = list(_blocks(known, frames, settings, definitions, left_out))
    environment = Environment(
        loader=FileSystemLoader(str(templates)), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    listed = sorted(left_out.items())
    return environment.get_template(TEMPLATE).render(
        title=title.replace("\n", " "),
        methods="\n".join((templates / name).read_text(encoding="utf-8") for name in METHODS),
        numbers=r.vector(frames.numbers),
        missing=r.text(settings.missing_covariates),
        left_out={
            "model": r.vector(model for (model, _), _ in listed) if listed else "character()",
            "rows": r.vector(float(rows) for _, rows in listed) if listed else "numeric()",
            "why": r.vector(why for (_, why), _ in listed) if listed else "character()",
        },
        blocks=blocks,
    )


_KEYS: Final = ("analysis", "endpoint", "population", "model", "term", "level", "reference", "method")


def _blocks(
    estimates: pd.DataFrame,
    frames: Frames,
    settings: StatisticsSettings,
    definitions: Mapping[str, DefinitionSettings],
    left_out: dict[tuple[str, str], int],
) -> Iterator[Block]:
    numbers = frozenset(frames.numbers)
    timed = set(frames.times[["analysis", "endpoint", "population"]].itertuples(index=False, name=None))
    for key, rows in estimates.groupby(["analysis", "endpoint", "population"], sort=False):
        analysis, endpoint, population = (str(part) for part in key)
        known = analysis in definitions
        patients = not endpoint or endpoint == "first_ici"
        if not known or not (population in _PATIENTS if patients else (analysis, endpoint, population) in timed):
            _leave_out(rows, left_out, None if known else RANDOM)
            continue
        context = Context(settings, definitions[analysis], numbers)
        lines = list(_lines(rows, context, left_out))
        if not lines:
            continue
        of = f"patients_of({r.text(analysis)})"
        said = ", ".join(r.text(key) for key in (analysis, endpoint, population))
        chosen = _PATIENTS[population].format(of=of) if patients else f"times_of({said})"
        yield Block(_title(analysis, endpoint, population), (f"d <- {chosen}", *lines))


def _lines(rows: pd.DataFrame, context: Context, left_out: dict[tuple[str, str], int]) -> Iterator[str]:
    fitted = rows[rows["statistic"] != "not_fitted"]
    _leave_out(rows[rows["statistic"] == "not_fitted"], left_out, "not fitted")
    imputed = _imputed(fitted)
    _leave_out(fitted[imputed], left_out, RANDOM)
    for model, own in fitted[~imputed].groupby("model", sort=False):
        recipe = RECIPES.get(str(model).partition("|")[0])
        made = list(recipe(own, context)) if recipe else []
        if not made:
            _leave_out(own, left_out, "of a model or test that could not be fitted" if recipe else None)
        yield from made


def _imputed(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of a model that is pooled over imputed data sets."""
    one = rows["model"].eq("cox_univariable")
    models = rows["model"].where(~one, rows["model"] + "|" + rows["term"])
    pooled = rows["statistic"].eq("hr") & rows["method"].str.contains("Rubin's rules", regex=False)
    return models.isin(set(models[pooled]))


def _leave_out(rows: pd.DataFrame, left_out: dict[tuple[str, str], int], why: str | None) -> None:
    for model, own in rows.groupby("model", sort=False):
        name = str(model) or ("attrition" if own["term"].eq("attrition").all() else "population")
        key = (name, why or LEFT_OUT.get(name, OTHER))
        left_out[key] = left_out.get(key, 0) + len(own)


def _title(analysis: str, endpoint: str, population: str) -> str:
    said = words.endpoint_words(endpoint) if endpoint and endpoint != "first_ici" else "patients"
    return f"{analysis}: {said}, {words.plain(population).lower()}"
