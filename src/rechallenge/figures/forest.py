"""Forest plots of Cox models: hazard ratios with intervals on a log axis, beside the numbers.

Rows come from the results table as they are; reference levels are named, a bound that cannot be estimated or lies
off the axis is an arrow.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rechallenge import formatting, words
from rechallenge.estimates.model_names import FIRTH
from rechallenge.figures import results, style
from rechallenge.language import N_, tr
from rechallenge.method_words import reason
from rechallenge.punctuation import interval

MODELS = {"cox_univariable": N_("Univariable"), "cox_multivariable": N_("Multivariable")}
# In one column, where the axis wants the room.
_SHORT = {"cox_univariable": N_("Univar."), "cox_multivariable": N_("Multivar.")}
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
# A bound beyond these is drawn as an arrow: an axis over more than four powers of ten shows nothing.
_FARTHEST = (0.01, 100.0)
_INDENT = 2.0
# A heading may reach into the plot: it hides the line at 1.
OVER_AXIS = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}


@dataclass(frozen=True)
class Comparison:
    """One level against its reference, in the models that have it."""

    level: str
    reference: str
    rows: tuple[tuple[str, results.Result], ...]


@dataclass(frozen=True)
class Covariate:
    """One covariate with its comparisons."""

    term: str
    label: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Forest:
    """All that a forest plot, its caption and its text alternative show."""

    endpoint: str
    population: str
    covariates: tuple[Covariate, ...]
    not_fitted: tuple[str, ...] = field(default=())

    def has(self, model: str) -> bool:
        return any(name == model for item in self.covariates for one in item.comparisons for name, _ in one.rows)


def forest_data(
    estimates: pd.DataFrame,
    endpoint: str,
    population: str,
    labels: Mapping[str, str] | None = None,
    analysis: str = "main",
) -> Forest:
    """Collect the hazard ratios of an endpoint from a `results.tidy` table, covariates in their order there.

    `not_fitted` holds the sentences of the models that could not be fitted, and say where Firth's stands instead.
    """
    keys = {"analysis": analysis, "endpoint": endpoint, "population": population}
    found: dict[str, dict[tuple[str, str], list[tuple[str, results.Result]]]] = {}
    refused: list[str] = []
    for model in ("cox_multivariable", "cox_univariable"):
        for row in results.rows(estimates, **keys, model=model, statistic="not_fitted"):
            which, why = MODELS[model], reason(row.method)
            refused.append(
                tr(
                    "{which} model of {covariate} not fitted: {reason}",
                    which=which,
                    covariate=words.lower_first(words.term_words(row.term, labels)),
                    reason=why,
                )
                if row.term
                else tr("{which} model not fitted: {reason}", which=which, reason=why)
            )
        ordinary = results.rows(estimates, **keys, model=model, statistic="hr")
        fitted = {row.term for row in ordinary}
        penalised = results.rows(estimates, **keys, model=FIRTH[model], statistic="hr")
        for row in [*ordinary, *(row for row in penalised if row.term not in fitted)]:
            if not formatting.missing(row.estimate):
                found.setdefault(row.term, {}).setdefault((row.level, row.reference), []).append((model, row))
    covariates = [
        Covariate(
            term,
            words.term_words(term, labels),
            tuple(
                Comparison(level, reference, tuple(sorted(rows, key=lambda item: list(MODELS).index(item[0]))))
                for (level, reference), rows in comparisons.items()
            ),
        )
        for term, comparisons in found.items()
    ]
    return Forest(endpoint, population, tuple(covariates), tuple(dict.fromkeys(filter(None, refused))))


def comparison_words(term: str, comparison: Comparison) -> str:
    """Return "Primary vs acquired"; a numeric covariate has its unit, or nothing."""
    if not comparison.reference:
        return words.cell_words(term, comparison.level) if comparison.level else ""
    level = words.cell_words(term, comparison.level)
    reference = words.cell_words(term, comparison.reference)
    return tr("{first} vs {second}", first=level, second=reference[:1].lower() + reference[1:])


def ratio_text(row: results.Result) -> str:
    """Return "2.31 (1.10 to 4.85)", or "NE" where the events are too few for a ratio."""
    if not formatting.missing(row.estimate) and not formatting.estimable_ratio(row.estimate, row.lower, row.upper):
        return formatting.NOT_ESTIMABLE
    if formatting.missing(row.lower) and formatting.missing(row.upper):
        return formatting.ratio(row.estimate)
    bounds = interval(formatting.interval(formatting.ratio(row.lower), formatting.ratio(row.upper)))
    return f"{formatting.ratio(row.estimate)} ({bounds})"


def axis_range(data: Forest) -> tuple[float, float]:
    """Return the ends of the axis: finite bounds and estimates, 1 inside, at most two powers of ten either side."""
    values = [
        value
        for covariate in data.covariates
        for comparison in covariate.comparisons
        for _, row in comparison.rows
        for value in (row.estimate, row.lower, row.upper)
    ]
    return range_of(values)


def range_of(values: Iterable[float]) -> tuple[float, float]:
    """Return the ends of an axis of ratios: values inside, 1 inside, at most two powers of ten either side."""
    shown = [value for value in values if not formatting.missing(value) and _FARTHEST[0] <= value <= _FARTHEST[1]]
    low, high = min([*shown, 0.5]) / 1.15, max([*shown, 2.0]) * 1.15
    return max(low, _FARTHEST[0]), min(high, _FARTHEST[1])


def forest_figure(data: Forest, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the plot: a line per model and comparison, numbers left and right of the axis. Call in `style.look()`.

    In one column the number of patients and of events moves under the axis title's line and is left to the table.
    """
    size = style.size_for(width_mm)
    lines = _lines(data, size, width_mm)
    columns = _columns(data, size, width_mm)
    foot = [line for text in data.not_fitted for line in style.wrapped(text, width_mm - 4, size.small, most_lines=8)]
    head = size.line * 1.6
    body = size.line * len(lines)
    below = (2.4 if size.narrow else 3.4) * size.line
    height = head + body + below + size.line * (len(foot) + (1 if note else 0)) + 1
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(columns.plot, head, columns.plot_width, body)
    _draw_axis(axes, size, data, len(lines), columns.plot_width)
    _draw_heads(sheet, size, columns, size.line * 0.8, data)
    for at, line in enumerate(lines):
        y = head + (at + 0.5) * size.line
        if line.row is None:
            weight = "normal" if line.indent else "bold"
            sheet.text(2.0 + line.indent * _INDENT, y, line.text, size.text, weight=weight, bbox=OVER_AXIS)
        else:
            _draw_row(sheet, axes, size, columns, line, y, at + 0.5)
    y = head + body + below + 0.2 * size.line
    for text in foot:
        sheet.text(2.0, y, text, size.small, color=style.GREY)
        y += size.line
    if note:
        sheet.text(width_mm - 2, y, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


@dataclass(frozen=True)
class _Line:
    text: str
    indent: int = 0
    model: str = ""
    row: results.Result | None = None


@dataclass(frozen=True)
class _Columns:
    """Where the columns stand: left edges of texts, right edges of numbers, in millimetres."""

    model: float
    n: float
    events: float
    plot: float
    plot_width: float
    ratio: float
    p: float


def _lines(data: Forest, size: style.Size, width_mm: float) -> list[_Line]:
    lines: list[_Line] = []
    for covariate in data.covariates:
        headings = style.wrapped(covariate.label, width_mm - 4, size.text, most_lines=2)
        lines += [_Line(text) for text in headings]
        for comparison in covariate.comparisons:
            text = comparison_words(covariate.term, comparison)
            if text:
                lines += [_Line(part, 1) for part in style.wrapped(text, width_mm - 6, size.text, most_lines=2)]
            names = _SHORT if size.narrow else MODELS
            lines += [_Line(str(names[model]), 2, model, row) for model, row in comparison.rows]
    return lines


def _columns(data: Forest, size: style.Size, width_mm: float) -> _Columns:
    rows = [row for item in data.covariates for one in item.comparisons for _, row in one.rows]
    p = max(style.width_of(text, size.text) for text in ("P", *(formatting.p_value(row.p) for row in rows)))
    ratios = (_ratio_head(rows), *(ratio_text(row) for row in rows))
    ratio = max(style.width_of(text, size.text) for text in ratios)
    gap = 2.0 if size.narrow else 4.0
    right = width_mm - 2
    ratio_edge = right - p - gap
    names = _SHORT if size.narrow else MODELS
    model = max(style.width_of(str(word), size.text) for word in names.values()) + 2 * _INDENT + 2
    if size.narrow:
        n, events, left = 0.0, 0.0, model + gap
    else:
        n = max(model + gap, 30.0) + max(style.width_of(text, size.text) for text in ("n", *map(_n, rows)))
        events = n + gap + max(style.width_of(text, size.text) for text in (tr("Events"), *map(_events, rows)))
        left = events + gap
    return _Columns(model, n, events, left, ratio_edge - ratio - gap - left, ratio_edge, right)


def _n(row: results.Result) -> str:
    return formatting.count(row.n)


def _events(row: results.Result) -> str:
    return formatting.count(row.events)


def _ratio_head(rows: list[results.Result]) -> str:
    stated = [row.confidence for row in rows if not formatting.missing(row.confidence)]
    share = stated[0] if stated else 0.95
    return tr("HR ({ending}% CI)", ending=f"{100 * share if share <= 1 else share:.4g}")


def _draw_heads(sheet: style.Sheet, size: style.Size, columns: _Columns, y: float, data: Forest) -> None:
    rows = [row for item in data.covariates for one in item.comparisons for _, row in one.rows]
    heads = [(columns.ratio, _ratio_head(rows)), (columns.p, "P")]
    if columns.n:
        heads += [(columns.n, "n"), (columns.events, tr("Events"))]
    for x, head in heads:
        sheet.text(x, y, head, size.text, ha="right", color=style.GREY)


def _draw_row(
    sheet: style.Sheet, axes: Axes, size: style.Size, columns: _Columns, line: _Line, y: float, height: float
) -> None:
    row = line.row
    assert row is not None
    main = line.model == "cox_multivariable"
    colour = style.BLACK if main else style.GREY
    sheet.text(2.0 + line.indent * _INDENT, y, line.text, size.text, color=colour)
    if columns.n:
        sheet.text(columns.n, y, _n(row), size.text, ha="right", color=colour)
        sheet.text(columns.events, y, _events(row), size.text, ha="right", color=colour)
    sheet.text(columns.ratio, y, ratio_text(row), size.text, ha="right", color=colour)
    sheet.text(columns.p, y, formatting.p_value(row.p), size.text, ha="right", color=colour)
    draw_interval(axes, row, height, main)


def draw_interval(axes: Axes, row: results.Result, y: float, main: bool, marker: str = "s") -> None:
    """Draw a ratio with its interval at height `y`; a bound that is missing or off the axis is an arrow.

    Nothing is drawn without a ratio: a public release withholds some.
    """
    if formatting.missing(row.estimate):
        return
    low_end, high_end = axes.get_xlim()
    colour = style.BLUE if main else style.GREY
    low = low_end if formatting.missing(row.lower) or row.lower < low_end else row.lower
    high = high_end if formatting.missing(row.upper) or row.upper > high_end else row.upper
    axes.plot([low, high], [y, y], color=colour, linewidth=1.4 if main else 1.0, zorder=3, solid_capstyle="butt")
    for value, arrow, off in ((low, "<", low != row.lower), (high, ">", high != row.upper)):
        axes.plot(value, y, arrow if off else "|", color=colour, markersize=4, zorder=3, clip_on=False)
    if low_end <= row.estimate <= high_end:
        fill = colour if main else "white"
        axes.plot(row.estimate, y, marker, color=colour, markerfacecolor=fill, markersize=4.6, zorder=4)


def _draw_axis(axes: Axes, size: style.Size, data: Forest, lines: int, width_mm: float) -> None:
    style_ratio_axis(axes, size, axis_range(data), lines, width_mm)


def style_ratio_axis(axes: Axes, size: style.Size, ends: tuple[float, float], lines: int, width_mm: float) -> None:
    """Give a plot of ratios its logarithmic axis, the line at 1, and so many lines from top to bottom."""
    low, high = ends
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(lines, 0)
    style.style_axes(axes, size)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    ticks = spaced_ticks(low, high, width_mm, size.small)
    axes.set_xticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axvline(1, color=style.BLACK, linewidth=0.7, zorder=1)
    title = (
        tr("Hazard ratio, log scale\n‹ lower hazard | higher hazard ›")
        if not size.narrow
        else tr("Hazard ratio, log scale")
    )
    axes.set_xlabel(title, fontsize=size.small, labelpad=2)


def spaced_ticks(low: float, high: float, width_mm: float, points: float) -> list[float]:
    """Return the ticks inside the axis whose labels leave room to one another; 1 is always among them."""
    per_log = width_mm / (math.log(high) - math.log(low))
    chosen: list[float] = [1.0]
    for tick in sorted((tick for tick in _TICKS if low <= tick <= high), key=lambda tick: abs(math.log(tick))):
        room = [
            abs(math.log(tick / other)) * per_log
            - (style.width_of(f"{tick:g}", points) + style.width_of(f"{other:g}", points)) / 2
            for other in chosen
        ]
        if min(room) >= 1.5:
            chosen.append(tick)
    return sorted(chosen)
