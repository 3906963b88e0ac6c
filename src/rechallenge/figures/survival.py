"""Kaplan-Meier figures: curves, bands, medians, tests and the extended table of numbers at risk.

Everything comes from the curves frame and from rows of the results table; nothing is fitted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rechallenge import formatting, words
from rechallenge.figures import results, style
from rechallenge.figures.risk_table import month_ticks, risk_table
from rechallenge.language import N_, tr
from rechallenge.punctuation import interval

MOST_MARKS: Final = 250
_LINES: Final = {"at_risk": N_("At risk"), "censored": N_("Censored"), "events": N_("Events")}


@dataclass(frozen=True)
class Group:
    """One curve with what is printed beside it."""

    level: str
    label: str
    position: int
    curve: pd.DataFrame
    n: float
    events: float
    median: results.Result | None


@dataclass(frozen=True)
class Survival:
    """All that a survival figure, its caption and its text alternative show."""

    endpoint: str
    population: str
    term: str
    term_label: str
    groups: tuple[Group, ...]
    log_rank: results.Result | None
    interaction: results.Result | None
    hazard_ratios: tuple[results.Result, ...]
    band_method: str = ""
    not_compared: str = ""
    left_out: int = 0


def survival_data(
    curves: pd.DataFrame,
    estimates: pd.DataFrame,
    endpoint: str,
    population: str,
    term: str,
    labels: Mapping[str, str] | None = None,
    analysis: str = "main",
) -> Survival | None:
    """Collect the curves of one endpoint by the levels of one covariate; none where there is no curve.

    `curves` is the curves frame of the statistics (months, one row per distinct time and group), `estimates` a
    `results.tidy` table. Raises ValueError when a curve and its row of results count different patients.
    """
    chosen = curves[
        (curves["analysis"] == analysis)
        & (curves["endpoint"] == endpoint)
        & (curves["population"] == population)
        & (curves["term"] == term)
    ]
    base = term.split("|", 1)[0]
    levels = chosen["level"].map(words.text_of)
    keys = {"analysis": analysis, "endpoint": endpoint, "population": population, "term": term}
    groups = []
    for position, level in enumerate(words.level_order(base, list(dict.fromkeys(levels)))):
        curve = chosen[levels == level].sort_values("time_months", kind="stable")
        median = results.first(estimates, **keys, model="kaplan_meier", level=level, statistic="median")
        groups.append(_group(base, level, position, curve, median))
    if not groups:
        return None
    tests = results.rows(estimates, **keys, model="log_rank")
    ratios = results.rows(estimates, **keys, model="cox_univariable", statistic="hr")
    band = results.first(estimates, **keys, model="kaplan_meier", statistic="survival")
    refused = results.first(estimates, **keys, model="log_rank", statistic="not_fitted")
    outside = results.first(estimates, **keys, model="log_rank", statistic="left_out")
    return Survival(
        endpoint=endpoint,
        population=population,
        term=term,
        term_label=words.term_words(base, labels),
        groups=tuple(groups),
        # Within a class of another covariate the question is whether the classes differ.
        log_rank=None if "|" in term else next((row for row in tests if not formatting.missing(row.p)), None),
        interaction=_interaction(estimates, keys),
        hazard_ratios=tuple(row for row in ratios if not formatting.missing(row.estimate)),
        band_method=band.method if band else "",
        not_compared=refused.method if refused else "",
        left_out=int(outside.estimate) if outside and not formatting.missing(outside.estimate) else 0,
    )


def _interaction(estimates: pd.DataFrame, keys: dict[str, str]) -> results.Result | None:
    """The test whether the effect of a term within a class ("a|b=c") differs between the classes."""
    column, _, within = keys["term"].partition("|")
    other = within.partition("=")[0]
    own = {**keys, "model": "interaction", "statistic": "likelihood_ratio_chi2"}
    both = (f"{column}*{other}", f"{other}*{column}")
    found = (results.first(estimates, **{**own, "term": term}) for term in both if other)
    return next((row for row in found if row is not None), None)


def _group(term: str, level: str, position: int, curve: pd.DataFrame, median: results.Result | None) -> Group:
    n, events = float(curve["at_risk"].iloc[0]), float(curve["events"].sum(min_count=1))
    if median and in_steps(curve):
        n, events = median.n, median.events
    for counted, stated in ((n, median.n), (events, median.events)) if median else ():
        if not formatting.missing(stated) and counted != stated:
            raise ValueError(f"The curve of {term} {level} counts {counted:g}, its row of results {stated:g}.")
    declared = list(words.LEVELS.get(term, {}))
    place = declared.index(level) if level in declared else position
    return Group(level, words.level_words(term, level), place, curve, n, events, median)


def in_steps(curve: pd.DataFrame) -> bool:
    """Tell whether a curve is that of a public release, without the times of events and censorings."""
    return bool(curve["events"].isna().all())


def median_text(group: Group) -> str:
    """Return "7.0 (4.1 to 9.8)", or "NR" where the curve does not reach its median; a dash without a result."""
    row = group.median
    if row is None or (formatting.missing(row.estimate) and formatting.missing(row.n)):
        return formatting.NOT_AVAILABLE
    bounds = interval(formatting.median_interval(row.estimate, row.lower, row.upper, row.n, row.events))
    return f"{formatting.months(row.estimate)} ({bounds})"


def confidence_percent(rows: list[results.Result | None]) -> str:
    """Return "95%", from the rows that are printed."""
    stated = [row.confidence for row in rows if row is not None and not formatting.missing(row.confidence)]
    share = stated[0] if stated else 0.95
    return f"{100 * share if share <= 1 else share:.4g}%"


def test_lines(data: Survival) -> list[str]:
    """Return the lines under the key: the log-rank P value, then one hazard ratio per line."""
    lines = []
    if data.log_rank is not None:
        lines.append(tr("Log-rank test: {p_phrase}", p_phrase=formatting.p_phrase(data.log_rank.p)))
    base, _, within = data.term.partition("|")
    if data.interaction is not None:
        other = _lower(words.term_words(within.partition("=")[0]))
        lines.append(
            tr("Interaction with {other}: {p_phrase}", other=other, p_phrase=formatting.p_phrase(data.interaction.p))
        )
    for row in data.hazard_ratios:
        bounds = interval(formatting.interval(formatting.ratio(row.lower), formatting.ratio(row.upper)))
        level, reference = (_lower(words.level_words(base, name)) for name in (row.level, row.reference))
        percent = confidence_percent([row])
        lines.append(
            tr(
                "Hazard ratio {ratio} ({percent} CI {bounds}), {level} vs {reference}",
                ratio=formatting.ratio(row.estimate),
                percent=percent,
                bounds=bounds,
                level=level,
                reference=reference,
            )
        )
    return lines


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def survival_figure(data: Survival, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the figure: key with medians, curves, and the table of numbers at risk, from top to bottom.

    `note` is a short remark in the lower corner ("Simulated data"). Call inside `style.look()`.
    """
    size = style.size_for(width_mm)
    left = 17.5 if size.narrow else 24.0
    widest = max(style.width_of(formatting.count(group.n), size.small) for group in data.groups)
    right = max(4.0 if size.narrow else 7.0, widest / 2 + 1.5)
    start = _key_start(size, left)
    lines = [
        line for text in test_lines(data) for line in style.wrapped(text, width_mm - start - 2, size.text, most_lines=2)
    ]
    key_height = size.line * (1 + len(data.groups) + len(lines)) + 3
    plot_height = 48.0 if size.narrow else 66.0
    table_top = key_height + plot_height + 2.6 * size.line + 1
    headings = [style.wrapped(group.label, width_mm - 14, size.small, most_lines=2) for group in data.groups]
    rows = sum(
        len(heading) + (1 if in_steps(group.curve) else 3) for group, heading in zip(data.groups, headings, strict=True)
    )
    height = table_top + size.line * (rows + (1.6 if note else 0.6))
    sheet = style.Sheet.blank(width_mm, height)

    _draw_key(sheet, size, data, lines, left, right)
    axes = sheet.axes(left, key_height, width_mm - left - right, plot_height)
    ticks = _ticks(data, size, width_mm - left - right)
    _draw_curves(axes, data)
    _draw_axes(axes, size, data, ticks)
    _draw_table(sheet, size, data, headings, ticks, left, right, table_top)
    if note:
        sheet.text(width_mm - right, height - 0.7 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _key_start(size: style.Size, left: float) -> float:
    return 2.0 if size.narrow else left


def _ticks(data: Survival, size: style.Size, room: float) -> list[int]:
    longest = max(float(group.curve["time_months"].max()) for group in data.groups)
    widest = max(style.width_of(formatting.count(group.n), size.small) for group in data.groups)
    return month_ticks(longest, most=int(min(8 if not size.narrow else 6, room / (1.5 * widest + 1))))


def _draw_key(
    sheet: style.Sheet, size: style.Size, data: Survival, lines: list[str], left: float, right: float
) -> None:
    """Write the key as a small table: line, group, n, events, median with interval.

    In one column n and events are left to the table under the curves, where they stand first and last.
    """
    percent = confidence_percent([group.median for group in data.groups])
    heads: tuple[str, ...] = ("n", tr("Events"), tr("Median, months ({percent} CI)", percent=percent))
    cells: list[tuple[str, ...]] = [
        (formatting.count(group.n), formatting.count(group.events), median_text(group)) for group in data.groups
    ]
    if size.narrow:
        heads, cells = heads[2:], [row[2:] for row in cells]
    widths = [max(style.width_of(text, size.text) for text in column) for column in zip(heads, *cells, strict=True)]
    gap = 5.0
    stops = [sheet.width - right - sum(widths[at + 1 :]) - gap * (len(widths) - 1 - at) for at in range(len(widths))]
    room = stops[0] - widths[0] - gap
    start = _key_start(size, left)
    y = 0.7 * size.line
    _write_row(sheet, size, heads, stops, y, style.GREY)
    if data.term != "overall":
        heading = style.shortened(data.term_label, room - start, size.text)
        sheet.text(start, y, heading, size.text, color=style.GREY)
    for group, row in zip(data.groups, cells, strict=True):
        y += size.line
        _draw_swatch(sheet, group, start, y)
        sheet.text(start + 10, y, style.shortened(group.label, room - start - 10, size.text), size.text)
        _write_row(sheet, size, row, stops, y, style.BLACK)
    for line in lines:
        y += size.line
        sheet.text(start, y, line, size.text)


def _write_row(
    sheet: style.Sheet, size: style.Size, cells: tuple[str, ...], stops: list[float], y: float, colour: str
) -> None:
    for stop, text in zip(stops, cells, strict=True):
        sheet.text(stop, y, text, size.text, ha="right", color=colour)


def _draw_swatch(sheet: style.Sheet, group: Group, x: float, y: float) -> None:
    line = Line2D(
        [x / sheet.width, (x + 8) / sheet.width],
        [1 - y / sheet.height] * 2,
        color=style.colour(group.position),
        linestyle=style.dashes(group.position),
        linewidth=1.5,
    )
    sheet.figure.add_artist(line)


def _draw_curves(axes: Axes, data: Survival) -> None:
    for group in data.groups:
        colour = style.colour(group.position)
        time = group.curve["time_months"].to_numpy(dtype="float64")
        survival = 100 * group.curve["survival"].to_numpy(dtype="float64")
        if time[0] > 0:
            time, survival = np.append(0.0, time), np.append(100.0, survival)
        lower, upper = (
            np.append(np.full(len(time) - len(group.curve), 100.0), 100 * group.curve[name].to_numpy(dtype="float64"))
            for name in ("lower", "upper")
        )
        axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.13, linewidth=0, zorder=1)
        axes.step(
            time,
            survival,
            where="post",
            color=colour,
            linestyle=style.dashes(group.position),
            linewidth=1.5,
            zorder=3,
            clip_on=False,
        )
        left = group.curve[group.curve["censored"] > 0]
        if not has_marks(group):
            continue
        axes.plot(
            left["time_months"].to_numpy(dtype="float64"),
            100 * left["survival"].to_numpy(dtype="float64"),
            linestyle="none",
            marker="|",
            markersize=6,
            markeredgewidth=1.1,
            color=colour,
            zorder=4,
            clip_on=False,
        )


def has_marks(group: Group) -> bool:
    """Tell whether the censored of a group are marked: beyond MOST_MARKS the marks would hide the curve."""
    return int((group.curve["censored"] > 0).sum()) <= MOST_MARKS


def _draw_axes(axes: Axes, size: style.Size, data: Survival, ticks: list[int]) -> None:
    style.style_axes(axes, size)
    axes.set_xlim(0, ticks[-1])
    axes.set_ylim(0, 100)
    axes.set_xticks(ticks)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.axhline(50, color=style.PALE, linewidth=0.7, zorder=0)
    since = words.TIME_ZERO.get(data.endpoint)
    axes.set_xlabel(tr("Months from {since}", since=since) if since else tr("Months"), fontsize=size.text, labelpad=3)
    axes.set_ylabel(words.share_words(data.endpoint), fontsize=size.text, labelpad=3)


def _draw_table(
    sheet: style.Sheet,
    size: style.Size,
    data: Survival,
    headings: list[list[str]],
    ticks: list[int],
    left: float,
    right: float,
    top: float,
) -> None:
    """Write the extended table of numbers at risk, its columns under the ticks; a group has its whole name here."""
    scale = (sheet.width - left - right) / ticks[-1]
    y = top + size.line / 2
    for group, heading in zip(data.groups, headings, strict=True):
        table = risk_table(group.curve, ticks)
        _draw_swatch(sheet, group, 2.0, y)
        for at, line in enumerate(heading):
            sheet.text(12.0, y + at * size.line, line, size.small)
        y += size.line * (len(heading) - 1)
        for name, head in _LINES.items() if not in_steps(group.curve) else [("at_risk", _LINES["at_risk"])]:
            y += size.line
            sheet.text(2.0, y, str(head), size.small)
            for tick, number in zip(table["tick"], table[name], strict=True):
                sheet.text(left + tick * scale, y, formatting.count(number), size.small, ha="center")
        y += size.line
