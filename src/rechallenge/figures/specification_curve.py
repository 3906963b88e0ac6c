"""The specification curve: sorted hazard ratios above, the choices that made each of them below.

What there are thousands of (intervals, points, marks of the matrix) is drawn as an image also in SVG and PDF, so that
these stay small; words and axes are vectors. After Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from rechallenge import formatting, words
from rechallenge.figures import results, style
from rechallenge.figures.forest import OVER_AXIS, spaced_ticks
from rechallenge.language import N_, tr

Array = NDArray[np.float64]
MODEL: Final = "specification_curve"
COMPARED: Final = {
    "resistance": N_("primary vs acquired resistance"),
    "progression_pattern": N_("systemic vs oligo-progression"),
    "interval_treatment": N_("with vs without interval treatment"),
}
# Side of 1 (higher, lower hazard), then whether P is small. The tints are read as the pale half of each colour.
COLOURS: Final = {
    (True, True): style.VERMILION,
    (True, False): "#F0B896",
    (False, True): style.BLUE,
    (False, False): "#9CC9E3",
}
_CURVE_MM: Final = 62.0
# A bound beyond these lies off the axis.
_FARTHEST: Final = (0.02, 50.0)
_INDENT: Final = 2.0
# Widest mark of the matrix, as a share of a specification's room, and in millimetres.
_MARK: Final = (0.9, 1.2)


@dataclass(frozen=True)
class Value:
    """One value of a choice: its words, the median hazard ratio and number of its specifications."""

    key: str
    value: str
    label: str
    hr: float
    n: int


@dataclass(frozen=True)
class Choice:
    """One choice with its values; `shift` is how many times the hazard ratio changes between their extremes."""

    key: str
    label: str
    values: tuple[Value, ...]
    shift: float


@dataclass(frozen=True)
class SpecificationCurve:
    """All that the figure, its caption and its text alternative show.

    `table` are the specifications with a hazard ratio, sorted by it; `total` counts the others too.
    """

    effect: str
    table: pd.DataFrame
    choices: tuple[Choice, ...]
    total: int
    confidence: float
    summary: dict[str, results.Result]

    @property
    def alpha(self) -> float:
        return round(1 - self.confidence, 12)

    @property
    def moves_most(self) -> Choice | None:
        """The choice with the largest shift, of equal ones the first; none where no choice moves anything."""
        moving = [choice for choice in self.choices if not formatting.missing(choice.shift)]
        return max(moving, key=lambda choice: choice.shift) if moving else None


def specification_data(
    specifications: pd.DataFrame, estimates: pd.DataFrame, effect: str, analysis: str = "main"
) -> SpecificationCurve | None:
    """Collect the curve of an effect from the table of specifications and the `tidy` results table.

    None where no specification has a hazard ratio.
    """
    own = specifications[specifications["effect"] == effect]
    fitted = own[own["hr"].notna()].sort_values("hr", kind="stable", ignore_index=True)
    if not len(fitted):
        return None
    rows = results.rows(estimates, analysis=analysis, model=MODEL, term=effect)
    statistics = estimates.loc[
        (estimates["analysis"] == analysis) & (estimates["model"] == MODEL) & (estimates["term"] == effect), "statistic"
    ]
    named = list(zip(statistics, rows, strict=True))
    shifts = {row.level: row.estimate for name, row in named if name == "shift"}
    summary = {name: row for name, row in named if name != "shift"}
    columns = list(specifications.columns)
    keys = [*columns[columns.index("effect") + 1 : columns.index("model")], "model"]
    choices = [_choice(key, own, fitted, shifts.get(key, math.nan)) for key in keys]
    shown = tuple(choice for choice in choices if len(choice.values) > 1)
    return SpecificationCurve(effect, fitted, shown, len(own), summary["small_p"].confidence, summary)


def _choice(key: str, own: pd.DataFrame, fitted: pd.DataFrame, shift: float) -> Choice:
    found = [value for value in own[key].dropna().unique() if value != ""]
    values = []
    for value in found:
        hr = fitted.loc[fitted[key].eq(value), "hr"].to_numpy("float64")
        middle = float(np.exp(np.median(np.log(hr)))) if len(hr) else math.nan
        values.append(Value(key, value, words.choice_value_words(key, value), middle, len(hr)))
    return Choice(key, words.choice_words(key), tuple(values), shift)


def specification_figure(data: SpecificationCurve, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the curve above and the choices below it. Call in `style.look()`."""
    size = style.size_for(width_mm)
    line = size.line * 0.86
    lines = sum(1 + len(choice.values) for choice in data.choices)
    legend = _legend(data, size, width_mm)
    head = size.line * (0.6 + len(legend))
    matrix_top = head + _CURVE_MM + size.line * 0.6
    said = tr(
        "Specifications, sorted by hazard ratio (n = {count} of {count_2})",
        count=_count(len(data.table)),
        count_2=_count(data.total),
    )
    below = style.wrapped(said, width_mm - 4, size.small, most_lines=2)
    height = matrix_top + line * lines + size.line * (len(below) + 0.8 + (1 if note else 0))
    left, right = _edges(data, size, width_mm)
    sheet = style.Sheet.blank(width_mm, height)
    _draw_legend(sheet, size, legend)
    curve = sheet.axes(left, head, right - left, _CURVE_MM)
    _draw_curve(curve, size, data, right - left)
    matrix = sheet.axes(left, matrix_top, right - left, line * lines)
    _draw_matrix(matrix, data, right - left)
    sheet.text(width_mm - 2, matrix_top - size.line * 0.3, tr("Median HR"), size.small, ha="right", color=style.GREY)
    _write_choices(sheet, size, data, matrix_top, line, right)
    for at, text in enumerate(below):
        sheet.text(right, matrix_top + line * lines + size.line * (at + 0.8), text, size.small, ha="right")
    if note:
        sheet.text(width_mm - 2, height - size.line / 2, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _count(number: float) -> str:
    return formatting.count(number)


def _edges(data: SpecificationCurve, size: style.Size, width_mm: float) -> tuple[float, float]:
    """Left and right edge of both panels, in millimetres."""
    values = [value for choice in data.choices for value in choice.values]
    labels = max((style.width_of(value.label, size.small) for value in values), default=0.0)
    ratio = max((style.width_of(formatting.ratio(value.hr), size.small) for value in values), default=8.0)
    head = style.width_of(tr("Median HR"), size.small) / 2 if size.narrow else 0.0
    return 2.0 + _INDENT + max(labels, 12.0) + 2.5, width_mm - 2 - max(ratio, head) - 2.5


def _legend(data: SpecificationCurve, size: style.Size, width_mm: float) -> list[list[tuple[str, str, str]]]:
    """Lines of (marker, colour, words): only what is drawn."""
    higher, small = _sides(data)
    level = f"P < {data.alpha:g}"
    items = [
        (
            "s",
            COLOURS[side, low],
            tr(
                "HR {ending}, {ending_2}",
                ending="> 1" if side else "< 1",
                ending_2=level if low else level.replace("<", "≥"),
            ),
        )
        for side, low in COLOURS
        if ((higher == side) & (small == low)).any()
    ]
    main = data.table[data.table["main"]]
    said = (("adjusted", "D", tr("Main analysis, adjusted")), ("unadjusted", "d", tr("Main analysis, unadjusted")))
    for model, marker, label in said:
        if main["model"].eq(model).any():
            items.append((marker, style.BLACK, label))
    lines: list[list[tuple[str, str, str]]] = [[]]
    room = width_mm - 4
    for item in items:
        needed = style.width_of(item[2], size.small) + 8
        if lines[-1] and needed > room:
            lines.append([])
            room = width_mm - 4
        lines[-1].append(item)
        room -= needed
    return lines


def _draw_legend(sheet: style.Sheet, size: style.Size, lines: Sequence[Sequence[tuple[str, str, str]]]) -> None:
    axes = sheet.axes(0, 0, sheet.width, size.line * (len(lines) + 0.3))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(size.line * (len(lines) + 0.3), 0)
    for at, items in enumerate(lines):
        x, y = 3.0, size.line * (at + 0.8)
        for marker, colour, text in items:
            fill = "white" if marker == "d" else colour
            axes.plot(
                x, y, marker.upper() if marker != "s" else "s", color=colour, markerfacecolor=fill,
                markersize=4.6 if marker == "s" else 4.2, markeredgewidth=0.9,
            )  # fmt: skip
            sheet.text(x + 2.2, y, text, size.small)
            x += style.width_of(text, size.small) + 8


def _sides(data: SpecificationCurve) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each hazard ratio is above 1, and whether its P value is small."""
    return (data.table["hr"] > 1).to_numpy(bool), (data.table["p"] < data.alpha).to_numpy(bool)


def _colours(data: SpecificationCurve) -> list[str]:
    return [COLOURS[bool(side), bool(small)] for side, small in zip(*_sides(data), strict=True)]


def axis_range(data: SpecificationCurve) -> tuple[float, float]:
    """Return the ends of the axis: every hazard ratio and 1 inside, and nine in ten of the bounds."""
    low = min(float(data.table["lower"].quantile(0.1)), float(data.table["hr"].min()), 0.8)
    high = max(float(data.table["upper"].quantile(0.9)), float(data.table["hr"].max()), 1.25)
    ends = float(data.table["hr"].min()) / 1.1, float(data.table["hr"].max()) * 1.1
    return max(low / 1.1, min(_FARTHEST[0], ends[0])), min(high * 1.1, max(_FARTHEST[1], ends[1]))


def _draw_curve(axes: Axes, size: style.Size, data: SpecificationCurve, width_mm: float) -> None:
    n = len(data.table)
    low, high = axis_range(data)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_xlim(-0.5, n - 0.5)
    style.style_axes(axes, size)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    ticks = spaced_ticks(low, high, _CURVE_MM, size.small)
    axes.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.axhline(1, color=style.BLACK, linewidth=0.7, zorder=3)
    compared = COMPARED.get(data.effect, words.term_words(data.effect))
    label = tr("Hazard ratio, {compared}", compared=compared)
    if style.width_of(label, size.small) > _CURVE_MM:
        label = label.replace(", ", ",\n", 1)
    axes.set_ylabel(label, fontsize=size.small, labelpad=2)
    places, ratio = np.arange(n, dtype="float64"), data.table["hr"].to_numpy("float64")
    bounds = [np.clip(data.table[name].to_numpy("float64"), low / 2, high * 2) for name in ("lower", "upper")]
    room = _points(width_mm / n)
    colours = _colours(data)
    _bars(axes, places, bounds[0], bounds[1], [_paler(colour) for colour in colours], min(room * _MARK[0], 1.2), 1)
    axes.scatter(places, ratio, s=min(max(room, 1.6), 4.5) ** 2, c=colours, linewidths=0, zorder=4, rasterized=True)
    for place in np.flatnonzero(data.table["main"].to_numpy(bool)):
        fill = style.BLACK if data.table["model"].iloc[place] == "adjusted" else "white"
        axes.plot(
            place, ratio[place], "D", color=style.BLACK, markerfacecolor=fill, markersize=4.2, markeredgewidth=0.9,
            zorder=6, clip_on=False,
        )  # fmt: skip


def _draw_matrix(axes: Axes, data: SpecificationCurve, width_mm: float) -> None:
    n = len(data.table)
    lines = sum(1 + len(choice.values) for choice in data.choices)
    axes.set_axis_off()
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(lines, 0)
    colours = np.array(_colours(data))
    room = _points(width_mm / n)
    wide = min(room * _MARK[0], _points(_MARK[1]))
    at = 0
    for choice in data.choices:
        for row, value in enumerate(choice.values, start=at + 1):
            axes.axhline(row + 0.5, color=style.PALE, linewidth=0.4, zorder=0)
            places = np.flatnonzero(data.table[choice.key].eq(value.value).to_numpy(bool)).astype("float64")
            if len(places):
                ends = np.full(len(places), row + 0.2), np.full(len(places), row + 0.8)
                _bars(axes, places, *ends, list(colours[places.astype(int)]), max(wide, 0.3), 2)
        at += 1 + len(choice.values)
    for place in np.flatnonzero(data.table["main"].to_numpy(bool)):
        axes.axvline(float(place), color=style.BLACK, linewidth=0.5, zorder=3)


def _write_choices(
    sheet: style.Sheet, size: style.Size, data: SpecificationCurve, top: float, line: float, right: float
) -> None:
    most = data.moves_most
    y = top + line / 2
    for choice in data.choices:
        bold = {"fontweight": "bold"} if choice is most else {}
        sheet.text(2.0, y, choice.label, size.small, **bold)
        if not formatting.missing(choice.shift):
            fold = formatting.ratio(choice.shift)
            said = (
                tr("changes the HR {ratio}-fold, the most", ratio=fold)
                if choice is most
                else tr("changes the HR {ratio}-fold", ratio=fold)
            )
            colour = style.BLACK if choice is most else style.GREY
            sheet.text(right, y, said, size.small, ha="right", color=colour, bbox=OVER_AXIS)
        y += line
        for value in choice.values:
            sheet.text(2.0 + _INDENT, y, value.label, size.small, color=style.GREY if not value.n else style.BLACK)
            sheet.text(sheet.width - 2, y, formatting.ratio(value.hr), size.small, ha="right")
            y += line


def _bars(
    axes: Axes, places: Array, low: Array, high: Array, colours: Sequence[str], points: float, zorder: int
) -> None:
    """Vertical bars, as an image."""
    ends = np.stack([np.column_stack([places, low]), np.column_stack([places, high])], axis=1)
    bars = LineCollection(list(ends), colors=colours, linewidths=points, zorder=zorder, capstyle="butt")
    bars.set_rasterized(True)
    axes.add_collection(bars, autolim=False)


def _paler(colour: str) -> str:
    """Mix a colour with white, three parts to two: intervals stay behind the points."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * 0.4):02X}" for part in parts)


def _points(millimetres: float) -> float:
    return millimetres / style.MM_PER_POINT
