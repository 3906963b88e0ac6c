"""Interactions of covariates in the Cox model: whether the effect of one differs between the classes of the other.

Whether an effect differs between two classes is asked of the two together, by a product term and its likelihood-ratio
test; a small P within one class and a larger one within the other do not say so (Altman and Bland 2003).
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge import words
from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.estimates import fast_cox, power, subgroups
from rechallenge.estimates.design import Design, design
from rechallenge.estimates.product_terms import HR_METHOD, NO_MAXIMUM, Products, product_test_row, with_products
from rechallenge.estimates.rechallenge_models import PATTERN, usable
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

UNADJUSTED: Final = "interaction"
ADJUSTED: Final = "interaction_adjusted"
REFUSED: Final = (
    "Not fitted: the progression pattern is read at progression on the rechallenge, which is part of the outcome; no "
    "interaction with it is tested, and no effect of it or within its classes is given."
)


def rows(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    """Return the interactions of `settings.interactions`, what events can show of them, and the subgroups.

    `frame` has days, event, entry_days and the classified patients' columns. A pattern that is measured at the outcome
    is refused, as in `rechallenge_models`.
    """
    declared = {item.name: item for item in settings.covariates}
    for names in settings.interactions:
        first, second = (declared.get(name, Covariate(name=name)) for name in names)
        term = f"{first.name}*{second.name}"
        if conditions_on_outcome(pattern) and PATTERN in names:
            yield not_fitted(REFUSED, model=UNADJUSTED, term=term)
            continue
        yield from placed(_pair(frame, first, second, (), settings), model=UNADJUSTED, term=term)
        others = tuple(item for item in usable(settings.covariates, pattern) if item.name not in names)
        if others:
            yield from placed(_pair(frame, first, second, others, settings), model=ADJUSTED, term=term)
        yield from placed(_power(frame, first, second, settings), model=power.MODEL, term=term)
    yield from subgroups.rows(frame, settings, refused=conditions_on_outcome(pattern))


def _pair(
    frame: pd.DataFrame, first: Covariate, second: Covariate, others: Sequence[Covariate], settings: StatisticsSettings
) -> Iterator[Row]:
    made = design(frame, (first, second, *others), settings.minimum_events)
    counts: Counts = {"n": float(made.n), "events": float(made.events)}
    yield Row("dropped", float(made.dropped), method="without all covariates: left out of the model", **counts)
    cells = _cells(made, first, second)
    yield from cells
    # The cell says more than the class of which it is a part.
    problem = (_empty_cells(cells, first, second) if made.events >= settings.minimum_events else "") or made.problem
    if problem:
        yield not_fitted(problem, **counts)
        return
    places = [[at for at, item in enumerate(made.coefficients) if item.term == name.name] for name in (first, second)]
    pairs = [(one, other) for one in places[0] for other in places[1]]
    main = made.x.to_numpy("float64")
    products = np.column_stack([main[:, one] * main[:, other] for one, other in pairs])
    if made.events <= main.shape[1] + products.shape[1]:
        yield not_fitted(f"Not fitted: {made.events} events for {main.shape[1] + len(pairs)} coefficients.", **counts)
        return
    try:
        fit = with_products(made.frame, main, products)
    except fast_cox.NoMaximum:
        yield not_fitted(NO_MAXIMUM, **counts)
        return
    names = [words.lower_first(_label(item)) for item in others]
    adjusted = f", adjusted for {', '.join(names)}" if names else ""
    yield product_test_row(fit.test, counts, adjusted)
    method = HR_METHOD.format(adjusted=adjusted)
    for inner, outer in ((0, 1), (1, 0)):
        if (first, second)[outer].name in made.levels:
            yield from _within(made, fit, (first, second), places, pairs, (inner, outer), settings.confidence, method)
    yield from _ratios(made, fit, pairs, settings.confidence, method)


def _within(
    made: Design,
    fit: Products,
    pair: tuple[Covariate, Covariate],
    places: list[list[int]],
    pairs: list[tuple[int, int]],
    order: tuple[int, int],
    confidence: float,
    method: str,
) -> Iterator[Row]:
    """The hazard ratios of one covariate within each class of the other; `order` says which of `pair` is which."""
    inner, outer = order
    classes = made.levels[pair[outer].name]
    of = {made.coefficients[at].level: at for at in places[outer]}
    for place in places[inner]:
        own = made.coefficients[place]
        for level in words.level_order(pair[outer].name, sorted(set(classes))):
            weights = np.zeros(len(fit.coef))
            weights[place] = 1.0
            if level in of:
                both = (place, of[level]) if inner == 0 else (of[level], place)
                weights[len(made.coefficients) + pairs.index(both)] = 1.0
            inside = made.frame[classes == level]
            ratio, lower, upper = fit.ratio(weights, confidence)
            yield Row(
                "hr", ratio, lower, upper, confidence=confidence, method=method,
                level=f"{own.level}|{pair[outer].name}={level}", reference=own.reference,
                n=float(len(inside)), events=float(inside["event"].sum()),
            )  # fmt: skip


def _ratios(
    made: Design,
    fit: Products,
    pairs: list[tuple[int, int]],
    confidence: float,
    method: str,
) -> Iterator[Row]:
    """How many times the hazard ratio of one covariate is multiplied with a class of the other."""
    for number, both in enumerate(pairs):
        weights = np.zeros(len(fit.coef))
        weights[len(made.coefficients) + number] = 1.0
        one, other = (made.coefficients[place] for place in both)
        ratio, lower, upper = fit.ratio(weights, confidence)
        yield Row(
            "hr_ratio", ratio, lower, upper, confidence=confidence, method=f"ratio of two hazard ratios, {method}",
            level=f"{one.level}*{other.level}", reference=f"{one.reference}*{other.reference}",
            n=float(made.n), events=float(made.events),
        )  # fmt: skip


def _cells(made: Design, first: Covariate, second: Covariate) -> list[Row]:
    """Patients and events of each pair of classes; none where one of the two is a number."""
    if first.name not in made.levels or second.name not in made.levels:
        return []
    found: list[Row] = []
    for one in words.level_order(first.name, sorted(set(made.levels[first.name]))):
        for other in words.level_order(second.name, sorted(set(made.levels[second.name]))):
            inside = made.frame[(made.levels[first.name] == one) & (made.levels[second.name] == other)]
            counts: Counts = {"n": float(len(inside)), "events": float(inside["event"].sum())}
            names = (f"{one}|{second.name}={other}", f"{other}|{first.name}={one}")
            found += [
                Row(statistic, counts[statistic], level=level, **counts)
                for statistic in ("n", "events")
                for level in names
            ]
    return found


def _empty_cells(cells: list[Row], first: Covariate, second: Covariate) -> str:
    """The sentence that names the cells without a patient or an event; "" where there is none."""
    said = []
    for row in cells:
        one, _, rest = row.level.partition(f"|{second.name}=")
        if row.statistic != "events" or not rest or row.events:
            continue
        cell = f"{_class_words(first, one)} and {_class_words(second, rest)}"
        said.append(f"no event among the {row.n:g} patients with {cell}" if row.n else f"no patient with {cell}")
    return f"Not fitted: there is {'; '.join(said)}." if said else ""


def _power(frame: pd.DataFrame, first: Covariate, second: Covariate, settings: StatisticsSettings) -> Iterator[Row]:
    """What the events of the cells can show of the ratio of hazard ratios."""
    cells = _cells(design(frame, (first, second), settings.minimum_events), first, second)
    events: dict[tuple[str, str], Row] = {}
    for row in cells:
        one, _, other = row.level.partition(f"|{second.name}=")
        if row.statistic == "events" and other:
            events[one, other] = row
    found = [[key[at] for key in events] for at in (0, 1)]
    references = [
        item.reference if item.reference in own else next(iter(own), "")
        for item, own in zip((first, second), found, strict=True)
    ]
    for one in dict.fromkeys(key[0] for key in events if key[0] != references[0]):
        for other in dict.fromkeys(key[1] for key in events if key[1] != references[1]):
            four = [events.get((a, b)) for a in (references[0], one) for b in (references[1], other)]
            numbers = [row.events if row else 0.0 for row in four]
            counts: Counts = {
                "n": sum(row.n for row in four if row), "events": sum(numbers),
                "level": f"{one}*{other}", "reference": f"{references[0]}*{references[1]}",
            }  # fmt: skip
            if not all(numbers):
                yield not_fitted("Not computed: a cell has no event, so that no ratio could be found.", **counts)
                continue
            error, source = power.four_cells(numbers), "sum of 1 / events of the four cells (Peterson and George 1993)"
            yield from power.effect_rows("detectable_hr_ratio", error, power.RATIOS_OF_RATIOS, source, settings, counts)


def _label(covariate: Covariate) -> str:
    return words.term_words(covariate.name, {covariate.name: covariate.label} if covariate.label else None)


def _class_words(covariate: Covariate, level: str) -> str:
    return f"{words.lower_first(_label(covariate))}: {words.lower_first(words.cell_words(covariate.name, level))}"
