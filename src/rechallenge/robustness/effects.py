"""The effect of one class against another on rechallenge PFS, in one specification."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import fast_cox
from rechallenge.robustness import fast_groups
from rechallenge.settings.classes import WITHOUT_PRIMARY
from rechallenge.settings.definitions import DefinitionSettings

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
NAN: Final = math.nan
# A hazard ratio above 1 means a higher hazard in the first class; the median of the second is taken off the first's.
CONTRASTS: Final[Mapping[str, tuple[str, str]]] = {
    "resistance": ("primary", "acquired"),
    "progression_pattern": ("systemic", "oligo"),
    "interval_treatment": ("true", "false"),
}
# Schoenfeld's definition has no primary class.
NOT_ACQUIRED: Final = ("not_acquired", "acquired")
SEPARATED: Final = "The likelihood has no single maximum: separation, or covariates that determine one another."


@dataclass(frozen=True)
class Effect:
    """Numbers of one specification; `left_out` are patients of other classes, without a class or a covariate.

    `hr` (first class against second, Wald interval and P) is of the model, `median_difference` (months, first class
    minus second) and `logrank_p` compare the same patients without adjustment. NaN where there is none; `reason` says
    why there is no hazard ratio.
    """

    n: int
    events: int
    left_out: int
    hr: float = NAN
    lower: float = NAN
    upper: float = NAN
    p: float = NAN
    median_difference: float = NAN
    logrank_p: float = NAN
    reason: str = ""


def contrast(effect: str, definitions: DefinitionSettings) -> tuple[str, str]:
    """Return the two classes that are compared, the second being the reference."""
    if effect == "resistance" and definitions.resistance.preset in WITHOUT_PRIMARY:
        return NOT_ACQUIRED
    return CONTRASTS[effect]


def effect(
    days: Array,
    event: Array,
    classes: NDArray[Any],
    compared: tuple[str, str],
    adjusting: Sequence[NDArray[Any]],
    *,
    confidence: float,
    minimum_events: int,
) -> Effect:
    """Return the effect of the first of the compared classes against the second.

    `classes` and `adjusting` are columns of the patients: text with None, or numbers with NaN, where unknown. Patients
    of other classes and without a covariate are left out. So are those of a class of a covariate in which nobody had
    the event: its hazard ratio goes to 0, and the others go to those without these patients.
    """
    inside = (classes == compared[0]) | (classes == compared[1])
    for column in adjusting:
        inside &= _known(column)
    for column in adjusting:
        inside &= _with_events(column, event, inside)
    time, died, first = days[inside], event[inside], classes[inside] == compared[0]
    empty = Effect(int(inside.sum()), int(died.sum()), int((~inside).sum()))
    reason = _nothing_to_compare(first, died, compared, minimum_events)
    if reason:
        return replace(empty, reason=reason)
    unadjusted = replace(
        empty,
        median_difference=_median_difference(time, died, first),
        logrank_p=fast_groups.log_rank_p(time, died, first),
    )
    for one, name in ((first, compared[0]), (~first, compared[1])):
        if not died[one].any():
            return replace(unadjusted, reason=f"No event in the class {_plain(name)}.")
    x = np.column_stack([first, *(part for column in adjusting for part in _columns(column[inside]))]).astype("float64")
    if empty.events <= x.shape[1]:
        return replace(unadjusted, reason=f"{empty.events} events for {x.shape[1]} coefficients.")
    try:
        fit = fast_cox.fit(time, died, x)
    except fast_cox.NoMaximum:
        return replace(unadjusted, reason=SEPARATED)
    coef, error = float(fit.coef[0]), float(fit.std_error[0])
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * error
    return replace(
        unadjusted,
        hr=math.exp(coef),
        lower=math.exp(coef - half),
        upper=math.exp(coef + half),
        p=math.erfc(abs(coef / error) / math.sqrt(2)),
    )


def _nothing_to_compare(first: Mask, died: Array, compared: tuple[str, str], minimum_events: int) -> str:
    missing = [_plain(name) for one, name in ((first, compared[0]), (~first, compared[1])) if not one.any()]
    if missing:
        return f"No patient in the class {' or '.join(missing)}."
    events = int(died.sum())
    if events < minimum_events:
        return f"{events} events, fewer than the declared minimum of {minimum_events}."
    return ""


def _median_difference(time: Array, died: Array, first: Mask) -> float:
    medians = [fast_groups.median(time[one], died[one]) for one in (first, ~first)]
    return (medians[0] - medians[1]) / DAYS_PER_MONTH


def _known(column: NDArray[Any]) -> Mask:
    known: Mask = ~np.isnan(column) if column.dtype != object else column != np.array(None)
    return known


def _with_events(column: NDArray[Any], event: Array, inside: Mask) -> Mask:
    """Patients of classes in which somebody had the event; all for a numeric column."""
    if column.dtype != object:
        return np.ones(len(column), dtype=bool)
    alive = set(column[inside]) - set(column[inside & (event == 1)])
    kept = np.ones(len(column), dtype=bool)
    for level in alive:
        kept &= column != level
    return kept


def _columns(column: NDArray[Any]) -> list[Array]:
    """The columns of a covariate in the model; none where all patients are alike. The reference does not matter."""
    if column.dtype != object:
        return [column] if len(column) and np.ptp(column) > 0 else []
    return [(column == level).astype("float64") for level in sorted(set(column))[1:]]


def _plain(name: str) -> str:
    return {"true": "with interval treatment", "false": "without interval treatment"}.get(name, name.replace("_", " "))
