"""The effect of a covariate in each subgroup, with the test whether it differs between the subgroups.

Both come from one model: the covariate, the classes of the subgroup variable, and their products. So the hazard ratios
of the classes are those whose equality is tested, which separate fits per class (each with a baseline hazard of its
own) would not be. No P value belongs to a single class.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge import words
from rechallenge.errors import UserError, nearest
from rechallenge.estimates import fast_cox
from rechallenge.estimates.product_terms import (
    HR_METHOD,
    NO_MAXIMUM,
    Array,
    Products,
    product_test_row,
    ratio,
    with_products,
)
from rechallenge.estimates.rechallenge_models import PATTERN
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import classes_of
from rechallenge.settings.statistics import StatisticsSettings, Subgroup

MODEL: Final = "subgroup"
REFUSED: Final = (
    "Not fitted: the progression pattern is read at progression on the rechallenge, which is part of the outcome; "
    "neither its effect in subgroups nor an effect within its classes is given."
)
ALONE: Final = "Cox, Efron ties, Wald interval, {of}"


def check_columns(frame: pd.DataFrame, settings: StatisticsSettings) -> None:
    """Raise UserError with a sentence for each interaction, effect or subgroup that the patients' table cannot serve.

    `frame` is the table of classified patients.
    """
    columns = list(frame.columns)
    wanted = [
        *(("interactions", name) for pair in settings.interactions for name in pair),
        *(("subgroup_effects", name) for name in settings.subgroup_effects),
        *(("subgroups", item.name) for item in settings.subgroups),
    ]
    problems = [
        f'statistics.{place}: there is no covariate "{name}".{nearest(name, columns)}'
        for place, name in wanted
        if name not in columns
    ]
    problems += [
        f"statistics.subgroup_effects: {name} is a number; an effect in subgroups needs classes."
        for name in settings.subgroup_effects
        if name in columns and _is_number(frame[name])
    ]
    for item in settings.subgroups:
        if item.name not in columns:
            continue
        if _is_number(frame[item.name]) and item.cut is None:
            problems.append(f"statistics.subgroups: {item.name} is a number and needs a `cut`.")
        if item.cut is not None and not _is_number(frame[item.name]):
            problems.append(f"statistics.subgroups: {item.name} has classes, so that a `cut` has no meaning.")
    if problems:
        raise UserError(list(dict.fromkeys(problems)))


def rows(frame: pd.DataFrame, settings: StatisticsSettings, *, refused: bool = False) -> Iterator[Row]:
    """Return the effects of `settings.subgroup_effects`, over all patients and in each subgroup.

    `frame` has days, event, entry_days and the columns. Of each class against the reference, per arm n and events;
    per class `hr`; per variable `likelihood_ratio_chi2` (term "effect*variable") and `left_out`, those without a class.
    `refused` says that the progression pattern is measured at the outcome.
    """
    references = {item.name: item.reference for item in settings.covariates}
    chosen = [item for item in settings.subgroups if not (refused and item.name == PATTERN)]
    for effect in settings.subgroup_effects:
        if refused and effect == PATTERN:
            yield not_fitted(REFUSED, model=MODEL, term=effect)
            continue
        levels = classes_of(frame[effect])
        found = words.level_order(effect, sorted(set(levels.dropna())))
        declared = references.get(effect)
        reference = declared if declared in found else next(iter(found), "")
        others = [level for level in found if level != reference]
        for level in others:
            inside = levels.isin([level, reference])
            arm = (levels[inside] == level).astype("float64")
            compared = _Compared(effect, level, str(reference), level == others[0], settings)
            yield from placed(_effect(frame[inside], arm, compared, chosen), model=MODEL)


@dataclass(frozen=True)
class _Compared:
    """A class of an effect against its reference; the numbers of the reference stand beside the `first` class alone."""

    effect: str
    level: str
    reference: str
    first: bool
    settings: StatisticsSettings

    @property
    def keys(self) -> dict[str, str]:
        return {"level": self.level, "reference": self.reference}


def _effect(frame: pd.DataFrame, arm: pd.Series, compared: _Compared, subgroups: Sequence[Subgroup]) -> Iterator[Row]:
    """Of one class against the reference (`arm` 1 and 0): over all patients, then by each variable."""
    yield from placed(_arms(arm, frame["event"], compared), term=compared.effect)
    yield from placed(_alone(frame, arm, "all patients", compared.settings), term=compared.effect, **compared.keys)
    for item in subgroups:
        if item.name != compared.effect:
            yield from _by(frame, arm, subgroup_classes(frame[item.name], item), item.name, compared)


def subgroup_classes(column: pd.Series, subgroup: Subgroup) -> pd.Series:
    """Return the class of each patient, missing where there is none; a number is cut into "<65" and ">=65"."""
    if subgroup.cut is None:
        return classes_of(column)
    cut = f"{subgroup.cut:g}"
    number = column.astype("float64")
    classes = pd.Series(np.where(number < subgroup.cut, f"<{cut}", f">={cut}"), index=column.index, dtype=object)
    return classes.where(number.notna(), np.nan)


def class_order(name: str, classes: pd.Series) -> list[str]:
    """Return the classes in the declared order of the variable, else "<1%" first and ">=50%" last."""
    found = sorted(set(classes.dropna()), key=lambda level: ({"<": 0, ">": 2}.get(level[0], 1), level))
    return words.level_order(name, found)


def _by(frame: pd.DataFrame, arm: pd.Series, classes: pd.Series, name: str, compared: _Compared) -> Iterator[Row]:
    known = classes.notna()
    outside = float((~known).sum())
    frame, arm, classes = frame[known], arm[known], classes[known]
    whole = {**compared.keys, "term": f"{compared.effect}*{name}"}
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum()), **whole}
    yield Row("left_out", outside, method="class not known: in no subgroup", **counts)
    order, can = class_order(name, classes), []
    for level in order:
        inside = classes == level
        key = {**compared.keys, "term": f"{compared.effect}|{name}={level}"}
        yield from placed(_arms(arm[inside], frame.loc[inside, "event"], compared), term=key["term"])
        if all((arm[inside & (frame["event"] == 1)] == value).any() for value in (0.0, 1.0)):
            can.append(level)
        else:
            yield not_fitted("Not fitted: an arm of this class has no patient or no event.", **key)
    if len(can) < 2:
        some = "only one class has" if can else "no class has"
        yield not_fitted(f"Not tested: {some} events in both arms.", **counts)
        for level in can:
            inside = classes == level
            own = _alone(frame[inside], arm[inside], "this class alone", compared.settings)
            yield from placed(own, **{**compared.keys, "term": f"{compared.effect}|{name}={level}"})
        return
    inside = classes.isin(can)
    without = "" if len(can) == len(order) else ", classes without an event in an arm left out"
    yield from _together(frame[inside], arm[inside], classes[inside], can, whole, compared.settings, without)


def _together(
    frame: pd.DataFrame,
    arm: pd.Series,
    classes: pd.Series,
    order: list[str],
    whole: dict[str, str],
    settings: StatisticsSettings,
    without: str,
) -> Iterator[Row]:
    """The model of all classes of a variable: the test of the products, and the hazard ratio in each class."""
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum()), **whole}
    dummies = np.column_stack([(classes == level).to_numpy("float64") for level in order[1:]])
    main = np.column_stack([arm.to_numpy("float64"), dummies])
    coefficients = 2 * len(order) - 1
    if counts["events"] < settings.minimum_events or counts["events"] <= coefficients:
        yield not_fitted(f"Not fitted: {counts['events']:g} events for {coefficients} coefficients.", **counts)
        return
    try:
        fit = with_products(frame, main, main[:, :1] * dummies)
    except fast_cox.NoMaximum:
        yield not_fitted(NO_MAXIMUM, **counts)
        return
    yield product_test_row(fit.test, counts, without)
    effect, _, name = whole["term"].partition("*")
    method, confidence = HR_METHOD.format(adjusted="") + without, settings.confidence
    for place, level in enumerate(order):
        inside = classes == level
        own: Counts = {**whole, "term": f"{effect}|{name}={level}", "n": float(inside.sum())}
        hr, lower, upper = _ratio(fit, place, len(order), confidence)
        events = float(frame.loc[inside, "event"].sum())
        yield Row("hr", hr, lower, upper, confidence=confidence, method=method, events=events, **own)


def _ratio(fit: Products, place: int, classes: int, confidence: float) -> tuple[float, float, float]:
    weights: Array = np.zeros(len(fit.coef))
    weights[0] = 1.0
    if place:
        weights[classes + place - 1] = 1.0
    return fit.ratio(weights, confidence)


def _alone(frame: pd.DataFrame, arm: pd.Series, of: str, settings: StatisticsSettings) -> Iterator[Row]:
    """The effect without a product: over all patients, or in the only class that has events in both arms."""
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    if counts["events"] < settings.minimum_events:
        said = f"Not fitted: {counts['events']:g} events, fewer than the declared minimum of {settings.minimum_events}."
        yield not_fitted(said, **counts)
        return
    time, event, entry = (frame[name].to_numpy("float64") for name in ("days", "event", "entry_days"))
    try:
        fit = fast_cox.fit(time, event, arm.to_numpy("float64")[:, None], entry=entry if entry.any() else None)
    except fast_cox.NoMaximum:
        yield not_fitted(NO_MAXIMUM, **counts)
        return
    found = ratio(fit.coef, fit.covariance, np.ones(1), settings.confidence)
    yield Row("hr", *found, confidence=settings.confidence, method=ALONE.format(of=of), **counts)


def _arms(arm: pd.Series, event: pd.Series, compared: _Compared) -> Iterator[Row]:
    """Patients and events of the class and of the reference."""
    for level, value in ((compared.reference, 0.0), (compared.level, 1.0)):
        inside = arm == value
        counts: Counts = {"n": float(inside.sum()), "events": float(event[inside].sum())}
        if compared.first or value:
            yield from (Row(statistic, counts[statistic], level=level, **counts) for statistic in ("n", "events"))


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
