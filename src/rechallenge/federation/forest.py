"""Forest plots of a federation: each hospital's hazard ratio, their mean, and what a further hospital may expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rechallenge import formatting, words
from rechallenge.figures import style
from rechallenge.figures.forest import OVER_AXIS, draw_interval, range_of, ratio_text, style_ratio_axis
from rechallenge.figures.results import Result
from rechallenge.language import N_, tr

MODELS: Final = {
    "cox_univariable": N_("Univariable models"),
    "cox_multivariable": N_("Multivariable model"),
    "cox_sensitivity": N_("Model with further covariates"),
}
_COMPARISON: Final = ["term", "level", "reference"]
_MARGIN: Final = 2.0


@dataclass(frozen=True)
class Block:
    """One comparison: the hospitals in their order, the pooled rows by statistic."""

    title: str
    sites: tuple[dict[str, Any], ...]
    pooled: Mapping[str, dict[str, Any]]

    @property
    def mean(self) -> dict[str, Any] | None:
        return self.pooled.get("hr")


def blocks(sites: pd.DataFrame, pooled: pd.DataFrame, endpoint: str, model: str) -> list[Block]:
    """Return the comparisons of a model, those that no two hospitals have left out."""
    found = []
    own = sites[sites["endpoint"].eq(endpoint) & sites["model"].eq(model)]
    whole = pooled[pooled["endpoint"].eq(endpoint) & pooled["model"].eq(f"two_stage|{model}")]
    for values, rows in own.groupby(_COMPARISON, sort=False):
        chosen = whole
        for name, value in zip(_COMPARISON, map(str, values), strict=True):
            chosen = chosen[chosen[name].eq(value)]
        statistics = {str(row["statistic"]): _plain(row) for row in chosen.to_dict("records")}
        if "hr" in statistics:
            found.append(Block(heading(*map(str, values)), tuple(map(_plain, rows.to_dict("records"))), statistics))
    return found


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def heading(term: str, level: str, reference: str) -> str:
    """Return "Resistance: Primary vs acquired"."""
    label = words.term_words(term)
    if not reference:
        return f"{label}: {level}" if level else label
    versus = tr(
        "{first} vs {second}",
        first=words.cell_words(term, level),
        second=words.lower_first(words.cell_words(term, reference)),
    )
    return f"{label}: {versus}"


def heterogeneity_text(block: Block) -> str:
    """Return tau squared, I squared and Q of a comparison in one line."""
    i2, tau2, q = (block.pooled[name] for name in ("i2", "tau2", "q"))
    return tr(
        "I² = {i2}%, τ² = {tau2}, test of Q: {p}",
        i2=f"{i2['estimate']:.0f}",
        tau2=f"{tau2['estimate']:.3g}",
        p=formatting.p_phrase(q["p"]),
    )


def forest_figure(made: list[Block], width_mm: float, note: str = "") -> Figure:
    """Draw the comparisons below one another; call in `style.look()`.

    Squares grow with the weight of a hospital; the diamond is the random-effects mean with its interval, the line
    under it the prediction interval.
    """
    size = style.size_for(width_mm)
    lines = sum(len(block.sites) + 4 for block in made)
    head, below = size.line * 1.6, 3.4 * size.line
    height = head + lines * size.line + below + (size.line if note else 0) + 1
    sheet = style.Sheet.blank(width_mm, height)
    names = [str(item["site"]) for block in made for item in block.sites]
    left = _MARGIN + 6 + max(style.width_of(text, size.text) for text in (*names, tr("Prediction interval")))
    left = min(left, width_mm * 0.4)
    results = [_result(item) for block in made for item in (*block.sites, block.mean or {})]
    ratio = max(style.width_of(ratio_text(item), size.text) for item in results)
    weight = style.width_of(tr("Weight"), size.text)
    right = width_mm - _MARGIN
    plot = right - weight - 3 - ratio - 4 - left
    axes = sheet.axes(left, head, plot, lines * size.line)
    ends = range_of(value for item in results for value in (item.estimate, item.lower, item.upper))
    style_ratio_axis(axes, size, ends, lines, plot)
    columns = (right - weight - 3, right)
    for x, text in zip(columns, (tr("HR (interval)"), tr("Weight")), strict=True):
        sheet.text(x, size.line * 0.8, text, size.text, ha="right", color=style.GREY)
    at = 0
    for block in made:
        at = _draw_block(sheet, axes, size, block, at, head, columns)
    if note:
        sheet.text(right, height - size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _draw_block(
    sheet: style.Sheet, axes: Axes, size: style.Size, block: Block, at: int, head: float, columns: tuple[float, float]
) -> int:
    def y(line: int) -> float:
        return head + (line + 0.5) * size.line

    sheet.text(_MARGIN, y(at), block.title, size.text, weight="bold", bbox=OVER_AXIS)
    for item in block.sites:
        at += 1
        sheet.text(_MARGIN + 2, y(at), str(item["site"]), size.text)
        if not item["used"]:
            sheet.text(columns[0], y(at), tr("not pooled"), size.text, ha="right", color=style.GREY)
            continue
        result = _result(item)
        draw_interval(axes, result, at + 0.5, main=False)
        _square(axes, result.estimate, at + 0.5, float(item["weight"]))
        sheet.text(columns[0], y(at), ratio_text(result), size.text, ha="right")
        sheet.text(columns[1], y(at), f"{item['weight']:.0f}%", size.text, ha="right")
    at += 1
    mean = _result(block.pooled["hr"])
    sheet.text(_MARGIN + 2, y(at), tr("Random effects"), size.text, weight="bold")
    _diamond(axes, mean, at + 0.5)
    sheet.text(columns[0], y(at), ratio_text(mean), size.text, ha="right", weight="bold")
    at += 1
    further = _result(block.pooled["prediction"])
    if not formatting.missing(further.lower):
        sheet.text(_MARGIN + 2, y(at), tr("Prediction interval"), size.text, color=style.GREY)
        low, high = axes.get_xlim()
        bounds = [max(further.lower, low), min(further.upper, high)]
        axes.plot(bounds, [at + 0.5] * 2, color=style.VERMILION, linewidth=1.6, zorder=3)
        text = formatting.interval(formatting.ratio(further.lower), formatting.ratio(further.upper))
        sheet.text(columns[0], y(at), text, size.text, ha="right", color=style.GREY)
    at += 1
    sheet.text(_MARGIN + 2, y(at), heterogeneity_text(block), size.small, color=style.GREY, bbox=OVER_AXIS)
    return at + 1


def _square(axes: Axes, x: float, y: float, weight: float) -> None:
    low, high = axes.get_xlim()
    if low <= x <= high:
        axes.plot(x, y, "s", color=style.BLUE, markersize=2.5 + 4.5 * (weight / 100) ** 0.5, zorder=5)


def _diamond(axes: Axes, mean: Result, y: float) -> None:
    low, high = axes.get_xlim()
    left, right = max(mean.lower, low), min(mean.upper, high)
    middle = min(max(mean.estimate, low), high)
    axes.fill([left, middle, right, middle], [y, y - 0.32, y, y + 0.32], color=style.BLACK, zorder=4)


def _result(item: Mapping[str, Any]) -> Result:
    def number(name: str) -> float:
        return float(item.get(name, float("nan")))

    estimate = number("hr" if "hr" in item else "estimate")
    return Result(
        "", "", "", estimate, number("lower"), number("upper"), number("confidence"), number("p"), number("n"),
        number("events"), "",
    )  # fmt: skip


def alternative(block: Block) -> str:
    """Return a comparison in words, for those who do not see the figure."""
    assert block.mean is not None
    mean = _result(block.mean)
    used = sum(bool(item["used"]) for item in block.sites)
    return tr(
        "{title}: random-effects hazard ratio {ratio} of {used} of {all} hospitals; {heterogeneity}.",
        title=block.title,
        ratio=ratio_text(mean),
        used=used,
        all=len(block.sites),
        heterogeneity=heterogeneity_text(block),
    )
