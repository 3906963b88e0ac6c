"""Forest plots of subgroups: the effect in each class, and per variable the test whether the classes differ.

Rows come from the results table as they are. The P value stands once beside each variable, never beside a class.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rechallenge import formatting, words
from rechallenge.figures import results, style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.figures.forest import OVER_AXIS, draw_interval, range_of, ratio_text, style_ratio_axis
from rechallenge.language import N_, tr
from rechallenge.method_words import method_words
from rechallenge.punctuation import listed, named, paragraph

MODEL: Final = "subgroup"
# name -> endpoint, population, effect
FIGURES: Final[dict[str, tuple[str, str, str]]] = {
    "subgroups_pfs_resistance": ("PFS", "rechallenge", "resistance"),
    "subgroups_pfs_progression_pattern": ("PFS", "rechallenge", "progression_pattern"),
}
NOT_ESTIMATED: Final = N_("not estimated")
_INDENT: Final = 3.0


@dataclass(frozen=True)
class Line:
    """A line of the plot: all patients, a variable (`p` of its interaction), or a class of it with its arms."""

    label: str
    kind: str
    arms: tuple[str, ...] = ()
    ratio: results.Result | None = None
    p: float = float("nan")


@dataclass(frozen=True)
class Subgroups:
    """All that a plot, its caption and its text alternative show; `level` is compared with `reference`."""

    endpoint: str
    effect: str
    label: str
    level: str
    reference: str
    lines: tuple[Line, ...]
    left_out: tuple[str, ...]

    @property
    def ratios(self) -> list[results.Result]:
        return [line.ratio for line in self.lines if line.ratio is not None]

    @property
    def compared(self) -> tuple[str, str]:
        level, reference = (words.cell_words(self.effect, name) for name in (self.level, self.reference))
        return level, reference


def figures(given: Given) -> Iterator[Drawn]:
    """Return the plot of each effect of FIGURES, or the reason why there is none."""
    for name, (endpoint, population, effect) in FIGURES.items():
        data = subgroup_data(given.table, endpoint, population, effect, given.labels)
        if data is None:
            label = words.lower_first(words.term_words(effect, given.labels))
            title = tr(
                "Effect of {label} in subgroups, {endpoint_words}",
                label=label,
                endpoint_words=words.endpoint_words(endpoint),
            )
            yield Drawn(name, title, reason=_reason(given.table, endpoint, population, effect))
            continue
        text = subgroup_words(data, bool(given.note))
        yield Drawn(name, text.title, partial(subgroup_figure, data, given.width_mm, given.note), text)


def _reason(table: pd.DataFrame, endpoint: str, population: str, effect: str) -> str:
    keys = {"analysis": "main", "endpoint": endpoint, "population": population, "model": MODEL}
    refused = results.first(table, **keys, term=effect, statistic="not_fitted")
    return (
        method_words(refused.method)
        if refused
        else tr("No effect could be estimated: no patients, no events, or no such setting.")
    )


def subgroup_data(
    table: pd.DataFrame, endpoint: str, population: str, effect: str, labels: Mapping[str, str]
) -> Subgroups | None:
    """Collect one effect from a `results.tidy` table, variables in their order there; none without any hazard ratio.

    Of an effect with several classes the first against the reference is drawn.
    """
    own = table[(table["analysis"] == "main") & (table["endpoint"] == endpoint) & (table["model"] == MODEL)]
    own = own[own["population"] == population]
    overall = results.first(own, term=effect, statistic="hr")
    if overall is None:
        return None
    keys = {"level": overall.level, "reference": overall.reference}
    lines = [Line(tr("All patients"), "all", _arms(own, effect, overall), overall)]
    left_out = []
    tested = own[own["term"].str.startswith(f"{effect}*") & (own["statistic"] == "left_out")]
    for term in tested.loc[tested["level"] == overall.level, "term"]:
        name = term.partition("*")[2]
        inside = own[own["term"].str.startswith(f"{effect}|{name}=")]
        if inside.empty:
            continue
        test = results.first(own, term=term, statistic="likelihood_ratio_chi2", **keys)
        lines.append(Line(words.term_words(name, labels), "variable", p=test.p if test else float("nan")))
        for within in dict.fromkeys(inside["term"]):
            ratio = results.first(inside, term=within, statistic="hr", **keys)
            label = _class_words(name, within.partition("=")[2])
            lines.append(Line(label, "class", _arms(inside, within, overall), ratio))
        missing = results.first(own, term=term, statistic="left_out", **keys)
        if missing and missing.estimate:
            left_out.append(f"{words.lower_first(words.term_words(name, labels))} {formatting.count(missing.estimate)}")
    label = words.term_words(effect, labels)
    return Subgroups(endpoint, effect, label, overall.level, overall.reference, tuple(lines), tuple(left_out))


def _arms(own: pd.DataFrame, term: str, overall: results.Result) -> tuple[str, ...]:
    """ "17/18" per arm: events and patients of the class, then of the reference."""
    found = []
    for level in (overall.level, overall.reference):
        row = results.first(own, term=term, level=level, statistic="n")
        found.append(f"{formatting.count(row.events)}/{formatting.count(row.n)}" if row else formatting.NOT_AVAILABLE)
    return tuple(found)


def _class_words(name: str, level: str) -> str:
    if level.startswith(">="):
        return f"≥{level[2:]}"
    # Codes with digits or symbols stay as they are.
    return words.cell_words(name, level) if level.replace("_", "").isalpha() else level


def subgroup_words(data: Subgroups, simulated: bool) -> Words:
    """Caption: what is compared, from which model, and how to read it. Text alternative: every number of the plot."""
    level, reference = data.compared
    endpoint = words.endpoint_words(data.endpoint)
    title = tr(
        "{label} in subgroups: {words} vs {words_2}, {endpoint}",
        label=data.label,
        words=words.lower_first(level),
        words_2=words.lower_first(reference),
        endpoint=endpoint,
    )
    overall = data.ratios[0]
    percent = _percent(data)
    method = next((row.method for row in data.ratios[1:] if row.method), "")
    caption = [
        tr(
            "{title} (n = {count}, {count_2} events).",
            title=title,
            count=formatting.count(overall.n),
            count_2=formatting.count(overall.events),
        ),
        tr(
            "Squares: hazard ratios; diamond: all patients; lines: {percent} confidence intervals; arrows: beyond the axis.",
            percent=percent,
        ),
        tr("Hazard ratios of the classes: {method}.", method=method_words(method)) if method else "",
        tr(
            "P: likelihood-ratio test of the interaction, two-sided; no class has a P value of its own. Unadjusted; not "
            "adjusted for the number of subgroups."
        ),
        tr("Class not known, in no subgroup: {data}.", data=listed(data.left_out)) if data.left_out else "",
        tr("Not estimated: too few events, or an arm of the class without any.")
        if any(line.kind == "class" and line.ratio is None for line in data.lines)
        else "",
    ]
    alt = [tr("Forest plot: {words}.", words=words.lower_first(title))]
    variable = ""
    for line in data.lines:
        if line.kind == "variable":
            variable = line.label
            alt.append(
                tr("{variable}: interaction {p_phrase}.", variable=variable, p_phrase=formatting.p_phrase(line.p))
                if line.p == line.p
                else tr("{variable}: no test.", variable=variable)
            )
        else:
            shown = ratio_text(line.ratio) if line.ratio is not None else NOT_ESTIMATED
            alt.append(named(line.label, shown))
    caption += [SIMULATED] if simulated else []
    return Words(title, paragraph(caption), paragraph(alt))


def _percent(data: Subgroups) -> str:
    share = next((row.confidence for row in data.ratios if not formatting.missing(row.confidence)), 0.95)
    return f"{100 * share:.4g}%"


@dataclass(frozen=True)
class _Columns:
    """Where the columns stand: right edges of numbers, the plot's left edge and width, in millimetres."""

    label: float
    arms: tuple[float, ...]
    plot: float
    plot_width: float
    ratio: float
    p: float


def subgroup_figure(data: Subgroups, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the plot; in one column the arms are left to the table, and the P values of the interactions stand in the
    column of the ratios, on the lines of the variables, which have none. Call in `style.look()`.
    """
    size = style.size_for(width_mm)
    columns = _columns(data, size, width_mm)
    head = size.line * (0.6 + max(text.count("\n") + 1 for text in _flat_heads(data, size)))
    body = size.line * len(data.lines)
    below = (2.4 if size.narrow else 3.4) * size.line
    height = head + body + below + (size.line if note else 0) + 1
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(columns.plot, head, columns.plot_width, body)
    low, high = range_of([value for row in data.ratios for value in (row.estimate, row.lower, row.upper)])
    style_ratio_axis(axes, size, (low, high), len(data.lines), columns.plot_width)
    _draw_heads(sheet, size, columns, data, head)
    for at, line in enumerate(data.lines):
        _draw_line(sheet, axes, size, columns, line, head, at)
    if note:
        sheet.text(width_mm - 2, head + body + below + 0.2 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _heads(data: Subgroups, size: style.Size) -> tuple[tuple[str, ...], str, str]:
    arms = (
        ()
        if size.narrow
        else tuple("\n".join((*style.wrapped(name, 28, size.text, 2), tr("events/n"))) for name in data.compared)
    )
    return arms, tr("HR ({percent} CI)", percent=_percent(data)), "" if size.narrow else tr("Interaction\nP")


def _flat_heads(data: Subgroups, size: style.Size) -> tuple[str, ...]:
    arms, ratio, p = _heads(data, size)
    return (*arms, ratio, p)


def _columns(data: Subgroups, size: style.Size, width_mm: float) -> _Columns:
    arm_heads, ratio_head, p_head = _heads(data, size)

    def widest(texts: list[str]) -> float:
        return max(style.width_of(part, size.text) for text in texts for part in text.split("\n"))

    gap = 2.0 if size.narrow else 4.0
    right = width_mm - 2
    variables = [line for line in data.lines if line.kind == "variable"]
    p = 0.0 if size.narrow else widest([p_head, *(formatting.p_value(line.p) for line in variables)])
    ratio = widest([ratio_head, *(_ratio_words(line) for line in data.lines if line.kind != "variable")])
    most = 30.0 if size.narrow else 46.0
    label = min(most, max(_INDENT + style.width_of(line.label, size.text) for line in data.lines) + 2)
    edges, left = [], 2.0 + label
    for place, name in enumerate(arm_heads):
        left += gap + widest([name, *(line.arms[place] for line in data.lines if line.arms)])
        edges.append(left)
    ratio_edge = right - p - gap if p else right
    return _Columns(label, tuple(edges), left + gap, ratio_edge - ratio - gap - left - gap, ratio_edge, right)


def _ratio_words(line: Line) -> str:
    return ratio_text(line.ratio) if line.ratio is not None else NOT_ESTIMATED


def _draw_heads(sheet: style.Sheet, size: style.Size, columns: _Columns, data: Subgroups, head: float) -> None:
    arm_heads, ratio_head, p_head = _heads(data, size)
    y = head - 0.3 * size.line
    stops = [*zip(columns.arms, arm_heads, strict=True), (columns.ratio, ratio_head), (columns.p, p_head)]
    for x, text in stops:
        sheet.text(x, y, text, size.text, ha="right", va="bottom", color=style.GREY)


def _interaction(line: Line, size: style.Size) -> str:
    if size.narrow and not formatting.missing(line.p):
        return tr("Interaction: {p_phrase}", p_phrase=formatting.p_phrase(line.p))
    return formatting.p_value(line.p)


def _draw_line(
    sheet: style.Sheet, axes: Axes, size: style.Size, columns: _Columns, line: Line, head: float, at: int
) -> None:
    y = head + (at + 0.5) * size.line
    if line.kind == "variable":
        p = _interaction(line, size)
        room = columns.p - style.width_of(p, size.text) - 5 if size.narrow else columns.plot + columns.plot_width - 4
        label = style.shortened(line.label, room, size.text, bold=True)
        sheet.text(2.0, y, label, size.text, weight="bold", bbox=OVER_AXIS)
        sheet.text(columns.p, y, p, size.text, ha="right", bbox=OVER_AXIS)
        return
    indent = _INDENT if line.kind == "class" else 0.0
    weight = "bold" if line.kind == "all" else "normal"
    label = style.shortened(line.label, columns.label - indent, size.text)
    sheet.text(2.0 + indent, y, label, size.text, weight=weight)
    for x, text in zip(columns.arms, line.arms, strict=False):
        sheet.text(x, y, text, size.text, ha="right")
    colour = style.BLACK if line.ratio is not None else style.GREY
    sheet.text(columns.ratio, y, _ratio_words(line), size.text, ha="right", color=colour)
    if line.ratio is not None:
        draw_interval(axes, line.ratio, at + 0.5, main=True, marker="D" if line.kind == "all" else "s")
