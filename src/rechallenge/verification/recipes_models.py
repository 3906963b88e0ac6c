"""Calls of the R script for further Cox models, interactions, subgroups, small groups and checks of the model."""

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from rechallenge.estimates import power
from rechallenge.estimates.rechallenge_models import usable
from rechallenge.estimates.sensitivity import sensitivity_covariates
from rechallenge.settings.statistics import Covariate
from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context, Recipe, groups_of, prefix_of, subset, within_prefix


def _declared(context: Context) -> tuple[Covariate, ...]:
    return usable(context.settings.covariates, context.definitions.progression_pattern)


def _fitted(rows: pd.DataFrame) -> bool:
    return bool((rows["statistic"] == "hr").any())


def _firth(rows: pd.DataFrame, declared: Sequence[Covariate], context: Context) -> Iterator[str]:
    if _fitted(rows):
        yield f"check_firth({prefix_of(rows.iloc[0])}, d, {context.covariates(declared)}, {context.confidence})"


def firth(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    yield from _firth(rows, _declared(context), context)


def firth_sensitivity(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    yield from _firth(rows, sensitivity_covariates(_declared(context)), context)


def firth_univariable(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    fitted = set(rows.loc[rows["statistic"] == "hr", "term"])
    for item in sensitivity_covariates(_declared(context)):
        if item.name in fitted:
            said = f"d, {context.covariates([item])}, {context.confidence}, named = FALSE"
            yield f"check_firth({prefix_of(rows.iloc[0], item.name)}, {said})"


def stratified(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    by = str(rows["model"].iloc[0]).partition("|")[2]
    said = f"d, {context.covariates(_declared(context))}, {r.text(by)}, {context.confidence}"
    yield f"check_stratified({prefix_of(rows.iloc[0])}, {said})"


def time_split(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    by = str(rows["model"].iloc[0]).partition("|")[2]
    month = r.number(context.settings.time_split_months)
    said = f"d, {context.covariates(_declared(context))}, {r.text(by)}, {month}, {context.confidence}"
    yield f"check_time_split({prefix_of(rows.iloc[0])}, {said})"


def interaction(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    adjusted = str(rows["model"].iloc[0]).endswith("_adjusted")
    by_name = {item.name: item for item in _declared(context)}
    for term in dict.fromkeys(rows["term"]):
        names = term.split("*")
        chosen = [by_name.get(name, Covariate(name=name)) for name in names]
        others = [item for item in _declared(context) if item.name not in names] if adjusted else []
        said = f"{context.covariates([*chosen, *others])}, {r.text(names[0])}, {r.text(names[1])}, {context.confidence}"
        yield f"check_interaction({prefix_of(rows.iloc[0], term)}, d, {said})"


def subgroup(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    prefix = prefix_of(rows.iloc[0])
    cuts = {item.name: item.cut for item in context.settings.subgroups}
    compared = rows[rows["reference"].ne("")]
    for term, level, reference in dict.fromkeys(
        zip(compared["term"], compared["level"], compared["reference"], strict=True)
    ):
        effect, _, variable = term.partition("*")
        classes = f"{r.text(effect)}, {r.text(level)}, {r.text(reference)}"
        if variable:
            cut = cuts.get(variable)
            said = f"{r.text(variable)}, {'NA' if cut is None else r.number(cut)}, {context.confidence}"
            yield f"check_subgroup({prefix}, d, {classes}, {said})"
        elif "|" not in term:
            yield f"check_effect({prefix}, d, {classes}, {context.confidence})"


def power_rows(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    found = rows[rows["statistic"].isin(["detectable_hr", "detectable_hr_ratio"])]
    limits = f"{r.number(context.settings.power)}, {context.confidence}"
    for term, level, reference in zip(found["term"], found["level"], found["reference"], strict=True):
        own = prefix_of(rows.iloc[0], term, level, reference)
        first, _, second = term.partition("*")
        if second:
            pairs = (
                f"{r.vector(level.split('*'))}, {r.vector(reference.split('*'))}, {r.vector(power.RATIOS_OF_RATIOS)}"
            )
            yield f"check_power_of_cells({own}, d, {r.text(first)}, {r.text(second)}, {pairs}, {limits})"
        else:
            said = f"{r.text(first)}, {r.text(level)}, {r.text(reference)}, {r.vector(power.RATIOS)}, {limits}"
            yield f"check_power_of_classes({own}, d, {said})"


def small_groups(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    """Both methods in one call per group: the rows of the beta product stand for Rothman's too."""
    months = r.vector(context.settings.landmarks_months)
    for term, level in groups_of(rows):
        parts = r.text("/".join(filter(None, (term, level))).replace(" ", "_"))
        said = f"{subset(term, level)}, {parts}, {months}, {context.confidence}"
        yield f"check_small_group({within_prefix(rows.iloc[0])}, {said})"


def influence(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    said = f"d, {context.covariates(_declared(context))}, {context.confidence}"
    yield f"check_influence({prefix_of(rows.iloc[0])}, {said})"


def validation(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    month = r.number(context.settings.calibration_months)
    penalised = rows.loc[rows["statistic"].eq("concordance_apparent"), "method"].str.contains("Firth").any()
    said = f"d, {context.covariates(_declared(context))}, {month}, {context.interval}, {context.confidence}"
    said += ", penalised = TRUE" if penalised else ""
    yield f"check_calibration({prefix_of(rows.iloc[0])}, {said})"


def functional_form(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        said = f"d, {context.covariates(_declared(context))}, {r.text(term)}"
        yield f"check_spline({prefix_of(rows.iloc[0])}, {said})"


def rothman(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    yield f"# {rows['model'].iloc[0]}: with check_small_group"


RECIPES: Final[dict[str, Recipe]] = {
    "cox_firth": firth,
    "cox_firth_sensitivity": firth_sensitivity,
    "cox_firth_univariable": firth_univariable,
    "cox_stratified": stratified,
    "cox_time_split": time_split,
    "interaction": interaction,
    "interaction_adjusted": interaction,
    "subgroup": subgroup,
    "power": power_rows,
    "small_group_beta_product": small_groups,
    "small_group_rothman": rothman,
    "influence": influence,
    "validation": validation,
    "functional_form": functional_form,
}
