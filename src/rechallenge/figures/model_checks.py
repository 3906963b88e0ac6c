"""Checks of the declared Cox model: proportional hazards, functional form, calibration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rechallenge import formatting, words
from rechallenge.figures import results, style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.language import N_, tr
from rechallenge.method_words import method_words
from rechallenge.punctuation import interval, listed_and, paragraph, stopped, then

ENDPOINTS: Final = (("PFS", "rechallenge"), ("OS", "rechallenge"))
# The groups of predicted risk of `estimates.calibration`.
GROUPS: Final = {
    "lower half": N_("lower half"),
    "upper half": N_("upper half"),
    "lowest third": N_("lowest third"),
    "middle third": N_("middle third"),
    "highest third": N_("highest third"),
}
NOT_CHECKED: Final = N_("The declared Cox model has no estimate that could be checked.")
NO_NUMBER: Final = N_("The declared model has no covariate that is a number.")
NO_CALIBRATION: Final = N_("The declared Cox model has no predictions at the declared time.")
# Room of a panel beside and around its axes, in lines of text; heads have a line more where a title is long.
_LEFT: Final = 2.6
_HEAD: Final = 2.4
_BELOW: Final = 2.6
# In millimetres: the axes of a panel, and all panels of a page.
_HIGHEST: Final = 52.0
_LOWEST: Final = 20.0
_PAGE: Final = 225.0
_TICKS_OF_TIME: Final = 4


@dataclass(frozen=True)
class Panel:
    """One coefficient or covariate: its points, sorted by place, and the words above them."""

    title: str
    below: str
    points: pd.DataFrame


def figures(given: Given) -> Iterator[Drawn]:
    """Return, per endpoint, the Schoenfeld, martingale and calibration figures."""
    for endpoint, population in ENDPOINTS:
        yield _schoenfeld(given, endpoint, population)
        yield _martingale(given, endpoint, population)
        yield _calibration(given, endpoint, population)


def _schoenfeld(given: Given, endpoint: str, population: str) -> Drawn:
    name = f"model_check_schoenfeld_{endpoint.lower()}"
    title = tr(
        "Proportional hazards: scaled Schoenfeld residuals, {endpoint_words}",
        endpoint_words=words.endpoint_words(endpoint),
    )
    panels = []
    keys = {"analysis": "main", "endpoint": endpoint, "population": population, "model": "cox_multivariable"}
    rows = {(row.term, row.level): row for row in results.rows(given.table, **keys, statistic="hr")}
    tests = {(row.term, row.level): row.p for row in results.rows(given.table, **keys, statistic="ph_p")}
    for (term, level), points in _parts(given.residuals, endpoint, population, "schoenfeld"):
        row = rows.get((term, level))
        p = tests.get((term, level), float("nan"))
        panels.append(
            Panel(
                _compared(term, row, given.labels), tr("PH test: {p_phrase}", p_phrase=formatting.p_phrase(p)), points
            )
        )
    if not panels:
        return Drawn(name, title, reason=NOT_CHECKED, per_patient=True)
    events = len(panels[0].points)
    caption = tr(
        "{title} ({events} events). Points: one event each; line: natural spline with 4 degrees of freedom; shaded: two standard errors. Dashed: the coefficient of the model. A line that is not level says that the hazard ratio changes with time. Time is placed by the Kaplan-Meier transform, as in the test (P).",
        title=title,
        events=events,
    )
    alt = _panels(title, panels)
    text = _words(title, caption, alt, given)
    return Drawn(
        name, title, lambda: schoenfeld_figure(panels, rows, given.width_mm, given.note), text, per_patient=True,
        vector_reveals_times=True,
    )  # fmt: skip


def _martingale(given: Given, endpoint: str, population: str) -> Drawn:
    name = f"model_check_martingale_{endpoint.lower()}"
    title = tr("Functional form: martingale residuals, {endpoint_words}", endpoint_words=words.endpoint_words(endpoint))
    keys = {"analysis": "main", "endpoint": endpoint, "population": population, "model": "functional_form"}
    tests = {row.term: row.p for row in results.rows(given.table, **keys, statistic="spline_chi2")}
    panels = []
    for (term, _), points in _parts(given.residuals, endpoint, population, "martingale"):
        p = formatting.p_phrase(tests[term]) if term in tests else ""
        below = tr("Spline against line: {p}", p=p) if p else tr("Spline not tested")
        panels.append(Panel(words.term_words(term, given.labels), below, points))
    if not panels:
        anything = _parts(given.residuals, endpoint, population, "schoenfeld")
        return Drawn(name, title, reason=NO_NUMBER if anything else NOT_CHECKED, per_patient=True)
    caption = tr(
        "{title} ({len} patients). Residuals of the model of the other covariates, with their running mean (lowess). A bend says that a straight line does not do.",
        title=title,
        len=len(panels[0].points),
    )
    alt = _panels(title, panels)
    text = _words(title, caption, alt, given)
    return Drawn(
        name, title, lambda: martingale_figure(panels, given.width_mm, given.note), text, per_patient=True,
        vector_reveals_times=True,
    )  # fmt: skip


def _calibration(given: Given, endpoint: str, population: str) -> Drawn:
    name = f"model_check_calibration_{endpoint.lower()}"
    title = tr("Calibration of the Cox model, {endpoint_words}", endpoint_words=words.endpoint_words(endpoint))
    keys = {"analysis": "main", "endpoint": endpoint, "population": population, "model": "validation"}
    rows = given.table[np.logical_and.reduce([given.table[key] == value for key, value in keys.items()])]
    predicted = rows[(rows["statistic"] == "predicted_survival") & (rows["level"] != "")]
    observed = rows[(rows["statistic"] == "observed_survival") & (rows["level"] != "")]
    together = predicted.merge(observed, on="level", suffixes=("", "_observed"))
    if together.empty:
        return Drawn(name, title, reason=NO_CALIBRATION)
    at = formatting.setting(float(together["at"].iloc[0]))
    ratio = results.first(given.table, **keys, statistic="observed_expected")
    bars = next((text for text in together["method_observed"] if text), "")
    caption = tr(
        "{title}: survival at {at} months by group of predicted risk, predicted and observed ({interval}; bars: {percent} CI). On the line, both agree. The groups are of {sizes} patients, those to whom the model was fitted.",
        title=title,
        at=at,
        interval=method_words(bars),
        percent=_percent(together),
        sizes=_sizes(together),
    )
    if ratio is not None:
        bounds = interval(formatting.interval(formatting.ratio(ratio.lower), formatting.ratio(ratio.upper)))
        over = tr(
            "Observed over expected events: {ratio} ({bounds}).", ratio=formatting.ratio(ratio.estimate), bounds=bounds
        )
        caption = paragraph((caption, over))
    said = [
        tr(
            "{level}: predicted {share}, observed {share_2}",
            level=GROUPS.get(level, level),
            share=_share(mean),
            share_2=_share(survival),
        )
        for level, mean, survival in zip(
            together["level"], together["estimate"], together["estimate_observed"], strict=True
        )
    ]
    text = _words(
        title, caption, tr("{title} at {at} months. {said}.", title=title, at=at, said=tr("; ").join(said)), given
    )
    return Drawn(name, title, lambda: calibration_figure(together, at, given.width_mm, given.note), text)


def _percent(together: pd.DataFrame) -> str:
    stated = together["confidence_observed"].dropna()
    return f"{100 * float(stated.iloc[0]):.4g}%" if len(stated) else "95%"


def _sizes(together: pd.DataFrame) -> str:
    sizes = [formatting.count(n) for n in together["n"]]
    return listed_and(sizes)


def _share(value: float) -> str:
    return formatting.percent(100 * value, 0)


def _words(title: str, caption: str, alt: str, given: Given) -> Words:
    return Words(title, paragraph((caption, SIMULATED if given.note else "")), alt)


def _panels(title: str, panels: list[Panel]) -> str:
    return paragraph((stopped(title), *(stopped(then(panel.title, panel.below)) for panel in panels)))


def _parts(
    residuals: pd.DataFrame | None, endpoint: str, population: str, kind: str
) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The residuals of the main analysis by term and level, in their order."""
    if residuals is None or residuals.empty:
        return []
    own = residuals[
        (residuals["analysis"] == "main")
        & (residuals["endpoint"] == endpoint)
        & (residuals["population"] == population)
        & (residuals["kind"] == kind)
    ]
    own = own.assign(level=own["level"].fillna("").astype(str))
    parts = own.groupby(["term", "level"], sort=False)
    return [((str(term), str(level)), part.sort_values("place", kind="stable")) for (term, level), part in parts]


def _compared(term: str, row: results.Result | None, labels: Mapping[str, str]) -> str:
    label = words.term_words(term, labels)
    if row is None:
        return label
    if not row.reference:
        return f"{label}, {row.level}" if row.level else label
    if (row.level, row.reference) == ("true", "false"):
        return label
    level, reference = (words.cell_words(term, value) for value in (row.level, row.reference))
    return tr(
        "{label}: {part} vs {part_2}",
        label=label,
        part=level[:1].lower() + level[1:],
        part_2=reference[:1].lower() + reference[1:],
    )


@dataclass(frozen=True)
class _Grid:
    """Panels side by side and below one another, in millimetres."""

    sheet: style.Sheet
    size: style.Size
    axes: list[Axes]


def _grid(panels: list[Panel], width_mm: float, note: str, x_label: str, y_label: str) -> _Grid:
    """Empty axes with their titles: two columns, or one where the figure is narrow or there is one panel."""
    size = style.size_for(width_mm)
    columns = 1 if size.narrow or len(panels) == 1 else 2
    rows = -(-len(panels) // columns)
    left, gap = _LEFT * size.line + 4, 5.0
    room = width_mm / columns
    width = room - left - gap
    titles = [style.wrapped(panel.title, room - 4, size.text + 0.6, most_lines=2) for panel in panels]
    lines = max(len(title) for title in titles)
    around = (_HEAD + lines - 1 + _BELOW) * size.line
    height = max(_LOWEST, min(0.62 * width, _HIGHEST, _PAGE / rows - around))
    each = around + height
    sheet = style.Sheet.blank(width_mm, rows * each + (size.line if note else 0) + 1)
    made = []
    for place, panel in enumerate(panels):
        x, y = (place % columns) * room, (place // columns) * each
        for line, text in enumerate(titles[place]):
            sheet.text(x + 2, y + (0.7 + line) * size.line, text, size.text, weight="bold")
        own = len(titles[place])
        sheet.text(x + 2, y + (0.7 + own) * size.line, panel.below, size.small, color=style.GREY)
        axes = sheet.axes(x + left, y + (_HEAD + lines - 1) * size.line, width, height)
        style.style_axes(axes, size)
        axes.set_ylabel(y_label, fontsize=size.small, labelpad=2)
        axes.set_xlabel(x_label, fontsize=size.small, labelpad=2)
        made.append(axes)
    if note:
        sheet.text(width_mm - 2, sheet.height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return _Grid(sheet, size, made)


def schoenfeld_figure(
    panels: list[Panel],
    rows: Mapping[tuple[str, str], results.Result],
    width_mm: float = style.TWO_COLUMNS_MM,
    note: str = "",
) -> Figure:
    """Draw a panel per coefficient; the axis of time is that of the test, ticks in months."""
    grid = _grid(panels, width_mm, note, tr("Months"), tr("Log hazard ratio"))
    for axes, panel in zip(grid.axes, panels, strict=True):
        points = panel.points
        place, smooth = points["place"].to_numpy("float64"), points["smooth"].to_numpy("float64")
        if np.isfinite(smooth).all():
            axes.fill_between(place, points["lower"], points["upper"], color=style.PALE, linewidth=0, zorder=1)
            axes.plot(place, smooth, color=style.BLUE, linewidth=1.4, zorder=3)
        axes.plot(place, points["y"], "o", color=style.BLACK, markerfacecolor="none", markersize=3, zorder=2)
        key = (str(points["term"].iloc[0]), str(points["level"].iloc[0]))
        if key in rows:
            level = float(np.log(rows[key].estimate))
            axes.axhline(level, color=style.VERMILION, linewidth=0.9, linestyle=(0, (4, 2)), zorder=2)
        axes.set_yticks(_inside(*axes.get_ylim()))
        _time_ticks(axes, points, grid.size)
    return grid.sheet.figure


def _time_ticks(axes: Axes, points: pd.DataFrame, size: style.Size) -> None:
    """Ticks at times of events, spread over the axis; the time of a tick is that of the event at its place."""
    different = points.drop_duplicates("place")
    places, months = (different[name].to_numpy("float64") for name in ("place", "x"))
    wanted = np.linspace(places.min(), places.max(), _TICKS_OF_TIME + 1)
    chosen = sorted({int(np.abs(places - value).argmin()) for value in wanted})
    axes.set_xticks(places[chosen], labels=[f"{value:.1f}" for value in months[chosen]], fontsize=size.small)


def martingale_figure(panels: list[Panel], width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw a panel per covariate that is a number."""
    grid = _grid(panels, width_mm, note, tr("Value"), tr("Martingale residual"))
    for axes, panel in zip(grid.axes, panels, strict=True):
        points = panel.points
        axes.axhline(0, color=style.GREY, linewidth=0.7, zorder=1)
        axes.plot(points["place"], points["y"], "o", color=style.BLACK, markerfacecolor="none", markersize=3, zorder=2)
        axes.plot(points["place"], points["smooth"], color=style.BLUE, linewidth=1.4, zorder=3)
        axes.set_xticks(_inside(*axes.get_xlim()))
        axes.set_yticks(_inside(*axes.get_ylim()))
    return grid.sheet.figure


def _inside(low: float, high: float) -> list[float]:
    """Round ticks inside an axis, whose ends then stay."""
    found = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in found if low <= tick <= high]


def calibration_figure(
    together: pd.DataFrame, at: str, width_mm: float = style.TWO_COLUMNS_MM, note: str = ""
) -> Figure:
    """Draw predicted against observed survival per group of risk, in one column's width."""
    size = style.size_for(width_mm)
    width_mm = min(width_mm, style.ONE_COLUMN_MM * 1.2)
    side = width_mm - 22
    left, top = 16.0, 0.8 * size.line
    sheet = style.Sheet.blank(width_mm, top + side + 3.2 * size.line + (size.line if note else 0))
    axes = sheet.axes(left, top, side, side)
    style.style_axes(axes, size)
    axes.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    columns = ["estimate", "estimate_observed", "lower_observed", "upper_observed"]
    for point in together[columns].astype("float64").itertuples(index=False, name=None):
        _calibration_point(axes, *point)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    labels = [_share(tick) for tick in ticks]
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xticks(ticks, labels=labels)
    axes.set_yticks(ticks, labels=labels)
    axes.set_xlabel(tr("Predicted survival at {at} months", at=at), fontsize=size.small, labelpad=2)
    axes.set_ylabel(tr("Observed survival at {at} months", at=at), fontsize=size.small, labelpad=2)
    if note:
        sheet.text(width_mm - 2, sheet.height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _calibration_point(axes: Axes, predicted: float, observed: float, lower: float, upper: float) -> None:
    low, high = (observed if formatting.missing(bound) else bound for bound in (lower, upper))
    axes.plot([predicted, predicted], [low, high], color=style.BLUE, linewidth=1.2, zorder=2)
    axes.plot(predicted, observed, "s", color=style.BLUE, markersize=5, zorder=3)
