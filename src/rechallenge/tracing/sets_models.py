"""The patients of Cox models, their checks, interactions and subgroups: those who have every covariate of the model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from rechallenge.estimates import functional_form, influence, model_checks, non_proportional, subgroups, validation
from rechallenge.estimates.design import values_of
from rechallenge.estimates.imputed import MODEL as IMPUTED_MODEL
from rechallenge.estimates.interactions import ADJUSTED, UNADJUSTED
from rechallenge.estimates.missing_covariates import missing_counts, with_category
from rechallenge.estimates.model_names import FIRTH
from rechallenge.estimates.rechallenge_models import PATTERN, usable
from rechallenge.estimates.sensitivity import sensitivity_covariates, with_combination
from rechallenge.estimates.times import classes_of
from rechallenge.robustness.scenarios import IMPUTED, analysis_of
from rechallenge.settings.statistics import Covariate
from rechallenge.tracing.analysis import Analysis, Estimate, Recipe
from rechallenge.tracing.chosen import Chosen, NotTracedError, Traced
from rechallenge.tracing.sets_survival import HAPPENED

_ORDINARY: Final = {penalised: ordinary for ordinary, penalised in FIRTH.items()}
_OF_CHECKS: Final = frozenset({non_proportional.TESTED, f"{non_proportional.TESTED}_p"})


def cox(row: Estimate, analysis: Analysis) -> Traced:
    """The patients of a declared model, of a level in it, or those whom it drops."""
    if row.analysis == analysis_of(IMPUTED):
        return _with_imputed_patterns(row, analysis)
    if row.statistic in _OF_CHECKS:
        return checked(row, analysis)
    declared = _declared(analysis)
    model = _ORDINARY.get(row.model, row.model)
    if model == "cox_univariable":
        covariates = [item for item in sensitivity_covariates(declared) if item.name == row.term]
    else:
        covariates = [*(sensitivity_covariates(declared) if model == "cox_sensitivity" else declared)]
    every = analysis.times(row)
    every = replace(every, frame=with_combination(every.frame))
    policy = analysis.settings.missing_covariates
    if policy == "missing_category":
        every = replace(every, frame=with_category(every.frame, covariates))
    if policy == "multiple_imputation" and missing_counts(every.frame, covariates):
        return _imputed(row, every, {item.name: item for item in covariates})
    complete = _complete(every, covariates)
    if row.statistic == "dropped":
        return Traced(complete, _dropped(every, complete))
    if row.statistic == "n" and row.level:
        (of,) = (item for item in covariates if item.name == row.term)
        return Traced(_of_class(complete, of, row.level))
    return Traced(complete, _with_event(complete) if row.statistic == "events" else None)


def _imputed(row: Estimate, every: Chosen, covariates: Mapping[str, Covariate]) -> Traced:
    """A model of imputed data sets: nobody is left out of it."""
    if row.statistic == "n" and row.level:
        raise NotTracedError("Who is of this level differs between the imputed data sets.")
    if row.statistic == "imputed":
        missing = values_of(every.frame, covariates[row.term]).isna()
        return Traced(every, every.where(missing, f"{row.term} is not known: imputed"))
    if row.statistic == "dropped":
        return Traced(every, _dropped(every, every))
    return Traced(every, _with_event(every) if row.statistic == "events" else None)


def _declared(analysis: Analysis) -> tuple[Covariate, ...]:
    return usable(analysis.settings.covariates, analysis.definitions.progression_pattern)


def _complete(chosen: Chosen, covariates: Sequence[Covariate]) -> Chosen:
    for covariate in covariates:
        chosen = chosen.where(values_of(chosen.frame, covariate).notna(), f"{covariate.name} is known")
    return chosen


def _of_class(chosen: Chosen, covariate: Covariate, level: str) -> Chosen:
    return chosen.where(values_of(chosen.frame, covariate) == level, f"{covariate.name} is {level}")


def _dropped(every: Chosen, complete: Chosen) -> Chosen:
    outside = ~every.frame["patient_id"].isin(complete.frame["patient_id"])
    return every.where(outside, "without a covariate of the model")


def _with_event(chosen: Chosen) -> Chosen:
    return chosen.where(chosen.frame["event"].eq(1), HAPPENED)


def _with_imputed_patterns(row: Estimate, analysis: Analysis) -> Traced:
    """The scenario that fills in patterns: who lacks one stays, who lacks another covariate is dropped."""
    every = analysis.times(row)
    complete = _complete(every, [item for item in analysis.settings.covariates if item.name != PATTERN])
    if row.statistic == "dropped":
        return Traced(complete, _dropped(every, complete))
    if row.statistic == "imputed":
        missing = classes_of(complete.frame[PATTERN]).isna()
        return Traced(complete, complete.where(missing, f"{PATTERN} is not known: imputed"))
    return Traced(complete, _with_event(complete) if row.statistic == "events" else None)


def checked(row: Estimate, analysis: Analysis) -> Traced:
    """The patients of the declared model as its checks take it: on complete cases, whatever is imputed elsewhere."""
    if row.stem == validation.MODEL and row.level:
        raise NotTracedError(
            "Groups of predicted risk are made of the fitted model and not kept; the model's patients are those of "
            f"{row.endpoint} in {row.population} with all covariates."
        )
    covariates = _declared(analysis)
    every = analysis.times(row)
    if analysis.settings.missing_covariates == "missing_category":
        every = replace(every, frame=with_category(every.frame, covariates))
    complete = _complete(every, covariates)
    if row.statistic == "n" and row.level:
        (of,) = (item for item in covariates if item.name == row.term)
        return Traced(_of_class(complete, of, row.level))
    return Traced(complete)


def interaction(row: Estimate, analysis: Analysis) -> Traced:
    """The model of two covariates and their product: its patients, a cell, or a class of one of the two."""
    by_name = {item.name: item for item in _declared(analysis)}
    names = row.term.split("*")
    pair = [by_name.get(name, Covariate(name=name)) for name in names]
    others = [item for item in by_name.values() if item.name not in names] if row.model == ADJUSTED else []
    every = analysis.times(row)
    complete = _complete(every, [*pair, *others])
    if row.statistic == "dropped":
        return Traced(complete, _dropped(every, complete))
    inner, _, condition = row.level.partition("|")
    if not condition:
        return Traced(complete)
    outer, _, value = condition.partition("=")
    of = {item.name: item for item in pair}
    inside = _of_class(complete, of[outer], value)
    if row.statistic == "hr":
        return Traced(inside)
    (own,) = (item for item in pair if item.name != outer)
    cell = _of_class(inside, own, inner)
    return Traced(cell, _with_event(cell) if row.statistic == "events" else None)


def subgroup(row: Estimate, analysis: Analysis) -> Traced:
    """A class of the effect against its reference, or one arm of it, over all patients or within a subgroup."""
    every = analysis.times(row)
    effect, _, variable = row.term.partition("*")
    effect, _, condition = effect.partition("|")
    wanted = [row.level, row.reference] if row.reference else [row.level]
    arms = every.where(classes_of(every.frame[effect]).isin(wanted), f"{effect} is {' or '.join(wanted)}")
    name, _, value = condition.partition("=")
    if name:
        classes = _subgroup_classes(arms, name, analysis)
        arms = arms.where(classes == value, f"{name} is {value}")
    elif variable:
        return _by(row, arms, effect, variable, analysis)
    return Traced(arms, _with_event(arms) if row.statistic == "events" else None)


def _subgroup_classes(chosen: Chosen, name: str, analysis: Analysis) -> "pd.Series[str]":
    declared = next(item for item in analysis.settings.subgroups if item.name == name)
    return subgroups.subgroup_classes(chosen.frame[name], declared)


def _by(row: Estimate, arms: Chosen, effect: str, variable: str, analysis: Analysis) -> Traced:
    """The model of all classes of a variable; classes without an event in an arm are no part of it."""
    classes = _subgroup_classes(arms, variable, analysis)
    known = arms.where(classes.notna(), f"{variable} is known")
    if row.statistic == "left_out":
        return Traced(known, arms.where(classes.isna(), f"{variable} is not known"))
    levels, event = classes_of(known.frame[effect]), known.frame["event"].eq(1)
    own = classes.loc[known.frame.index]
    can = [
        level
        for level in subgroups.class_order(variable, own)
        if all((levels[(own == level) & event] == arm).any() for arm in (row.level, row.reference))
    ]
    if len(can) < 2:
        return Traced(known)
    return Traced(known.where(own.isin(can), f"{variable} is a class with events in both arms"))


RECIPES: Final[Mapping[str, Recipe]] = {
    **dict.fromkeys((*_ORDINARY, *FIRTH, IMPUTED_MODEL), cox),
    **dict.fromkeys(
        (
            model_checks.MODEL,
            influence.MODEL,
            validation.MODEL,
            functional_form.MODEL,
            non_proportional.STRATIFIED,
            non_proportional.TIME_SPLIT,
        ),
        checked,
    ),
    **dict.fromkeys((UNADJUSTED, ADJUSTED), interaction),
    subgroups.MODEL: subgroup,
}
