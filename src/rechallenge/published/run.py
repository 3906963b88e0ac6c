"""The contradiction check as rows of estimates.csv: of published figures, and of a study's own.

Rows have the model `contradiction_check`, the term `<file>.<check>` or `study.<check>`, the verdict as level, and the
simulated probability (with its Monte-Carlo limits, `n` the cohorts, `events` those that show what is stated), empty
where nothing was simulated. `method` is the sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
from numpy.random import Generator

from rechallenge.estimates.rows import Row, table
from rechallenge.published import checks
from rechallenge.published import relations as r
from rechallenge.published.model import Figure, Published
from rechallenge.published.quantities import Quantity, Stated, stated
from rechallenge.published.simulate import generator
from rechallenge.published.verdicts import Verdict
from rechallenge.settings.config import MAIN

MODEL: Final = "contradiction_check"
MONTE_CARLO: Final = 0.95


@dataclass(frozen=True)
class Finding:
    """The verdict of one check; `term` is `<file>.<check>`."""

    term: str
    verdict: Verdict
    analysis: str = MAIN


class _MissingError(Exception):
    """A figure that is not stated as a number."""


def published_findings(files: Mapping[str, Published], seed: int) -> list[Finding]:
    """Return the verdicts of the relations that the files declare, as far as their figures may be printed."""
    return [
        Finding(f"{name}.{relation.name}", evaluate(relation, published, generator(seed, f"{name}.{relation.name}")))
        for name, published in files.items()
        for relation in published.printable_checks()
    ]


def rows(findings: Iterable[Finding]) -> Iterator[Row]:
    """Return the rows of findings; see the module's docstring."""
    for finding in findings:
        verdict, probability = finding.verdict, finding.verdict.probability
        own = Row(
            "probability",
            method=verdict.sentence,
            analysis=finding.analysis,
            model=MODEL,
            term=finding.term,
            level=verdict.word,
        )
        if probability is None:
            yield own
            continue
        yield Row(
            **{
                **own.__dict__,
                "estimate": probability.estimate,
                "lower": probability.lower,
                "upper": probability.upper,
                "confidence": MONTE_CARLO,
                "n": float(probability.cohorts),
                "events": float(probability.hits),
            }
        )


def frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return the findings as rows of the results table."""
    return table(rows(findings))


def evaluate(relation: r.Relation, published: Published, rng: Generator) -> Verdict:
    """Return the verdict of one relation between figures of a file."""
    figures = {figure.id: figure for study in published.studies for figure in study.figures}
    try:
        return _evaluate(relation, figures, rng)
    except _MissingError as missing:
        return checks.not_checkable(str(missing))


def _evaluate(relation: r.Relation, figures: Mapping[str, Figure], rng: Generator) -> Verdict:
    def value(name: str) -> Quantity:
        return _number(figures[name], figures[name].value)

    def count(name: str | None) -> int | None:
        return None if name is None else round(value(name).value)

    match relation:
        case r.Percentage():
            own = None if relation.count is None else value(relation.count)
            return checks.percentage(value(relation.percent), value(relation.total), own)
        case r.Total():
            whole = None if relation.whole is None else value(relation.whole)
            counts = all(figures[name].unit == "patients" for name in relation.parts)
            return checks.total([value(name) for name in relation.parts], whole, counts=counts)
        case r.IntervalContains() | r.IntervalSymmetry():
            return _interval(relation, figures[relation.figure])
        case r.PooledMedian():
            sizes = [round(value(name).value) for name in relation.sizes]
            return checks.pooled_median(
                value(relation.pooled),
                [value(name) for name in relation.parts],
                n=sum(sizes) if sizes else count(relation.total),
                sizes=sizes or None,
                exhaustive=relation.exhaustive,
                censored=relation.censored,
                rng=rng,
            )
        case r.ShareAboveThreshold():
            return checks.share_above_threshold(
                value(relation.count),
                value(relation.total),
                value(relation.median),
                threshold=relation.threshold,
                unit=figures[relation.median].unit,
                side=relation.side,
                strict=relation.strict,
                censored=relation.censored,
                readings=relation.readings,
            )
        case r.PValue():
            return _p_value(relation, figures, rng)
    raise TypeError(f"no check for {type(relation).__name__}")


def _p_value(relation: r.PValue, figures: Mapping[str, Figure], rng: Generator) -> Verdict:
    def pair(names: tuple[str, ...]) -> tuple[int, int] | None:
        counts = [round(_number(figures[name], figures[name].value).value) for name in names]
        return (counts[0], counts[1]) if counts else None

    p = _number(figures[relation.p], figures[relation.p].p)
    if not relation.medians:
        raise _MissingError("neither the medians of the two groups nor a hazard ratio are stated")
    first, second = (_number(figures[name], figures[name].value) for name in relation.medians)
    total = None if relation.total is None else _number(figures[relation.total], figures[relation.total].value)
    return checks.p_value(
        p,
        (first, second),
        n=None if total is None else round(total.value),
        sizes=pair(relation.sizes),
        events=pair(relation.events),
        rng=rng,
    )


def _interval(relation: r.IntervalContains | r.IntervalSymmetry, figure: Figure) -> Verdict:
    value, lower, upper = _number(figure, figure.value), stated(figure.lower), stated(figure.upper)
    if isinstance(relation, r.IntervalContains):
        if figure.lower is None and figure.upper is None:
            raise _MissingError(f'"{figure.label}" is stated without an interval')
        return checks.interval_contains(value, lower, upper, spread=figure.range)
    if lower is None or upper is None or figure.range:
        raise _MissingError(f'"{figure.label}" is stated without the two limits of an interval')
    return checks.interval_symmetry(value, lower, upper, ratio=figure.unit == "ratio")


def _number(figure: Figure, text: Stated) -> Quantity:
    found = stated(text)
    if found is None:
        said = "not stated" if text is None else f"stated as {text}, which is no number"
        raise _MissingError(f'"{figure.label}" is {said}')
    return found
