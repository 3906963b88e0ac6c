"""The figures of a comparison: the survival curves of now over those of the release, the bridge between cohorts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rechallenge import formatting
from rechallenge.figures import results, style
from rechallenge.figures.captions import survival_title
from rechallenge.figures.output import Captioned
from rechallenge.figures.survival import Group, Survival, confidence_percent, median_text, survival_figure
from rechallenge.language import N_, tr
from rechallenge.refresh.comparison import Bridge, Comparison
from rechallenge.refresh.patient_changes import ENTERED
from rechallenge.refresh.told import Told
from rechallenge.refresh.words import criterion_words
from rechallenge.settings.config import MAIN

# name -> endpoint, population
CURVES: Final = {
    "refresh_km_pfs": ("PFS", "rechallenge"),
    "refresh_km_os": ("OS", "rechallenge"),
    "refresh_km_pfs1": ("PFS1", "first_ici"),
    "refresh_km_os1": ("OS1", "first_ici"),
}
BRIDGE: Final = "refresh_bridge"
TERM: Final = "release"
POPULATION_WORDS: Final = {
    "first_ici": N_("First ICI monotherapy"),
    "progressed": N_("Progressed on it"),
    "rechallenge": N_("Rechallenged"),
}


@dataclass(frozen=True)
class Refreshed(Captioned):
    """A figure of a comparison; `reveals_times`: one whose curves tell the days of events."""

    reveals_times: bool


def drawn(comparison: Comparison, told: Told, width_mm: float, note: str) -> list[Refreshed]:
    """Return the figures that can be drawn. Call inside `style.look()`; vector curves reveal event times."""
    made = [_over(comparison, name, *key, width_mm, note) for name, key in CURVES.items()]
    found = [figure for figure in made if figure is not None]
    bridge = next(item for item in comparison.bridges if item.population == "rechallenge")
    if told.steps(bridge):
        found.append(_bridge(comparison, bridge, width_mm, note))
    return found


def _over(
    comparison: Comparison, name: str, endpoint: str, population: str, width_mm: float, note: str
) -> Refreshed | None:
    sides = (
        (tr("Release of {date}", date=comparison.old.cutoff.date()), comparison.old.curves, comparison.old.estimates),
        (tr("Now ({date})", date=comparison.new.cutoff.date()), comparison.new.curves, comparison.new.estimates),
    )
    groups = []
    # The present curve takes the first colour and a full line.
    for place, (label, curves, estimates) in zip((1, 0), sides, strict=True):
        group = _group(label, place, curves, results.tidy(estimates), endpoint, population)
        if group is None:
            return None
        groups.append(group)
    data = Survival(endpoint, population, TERM, tr("Cut-off"), tuple(groups), None, None, ())
    title = survival_title(endpoint, population, "overall", "")
    said = [
        tr("{label}: {median} months, n = {n}, {events} events.", label=group.label, median=median_text(group),
           n=group.n, events=group.events)
        for group in groups
    ]  # fmt: skip
    percent = confidence_percent([group.median for group in groups])
    caption = tr("The release and now (Kaplan-Meier). Shaded: {percent} confidence intervals.", percent=percent)
    return Refreshed(name, title, caption, " ".join(said), survival_figure(data, width_mm, note), True)


def _group(
    label: str, place: int, curves: pd.DataFrame, estimates: pd.DataFrame, endpoint: str, population: str
) -> Group | None:
    own = curves[
        (curves["analysis"] == MAIN)
        & (curves["endpoint"] == endpoint)
        & (curves["population"] == population)
        & (curves["term"] == "overall")
    ].sort_values("time_months", kind="stable")
    if not len(own):
        return None
    keys = {"analysis": MAIN, "endpoint": endpoint, "population": population, "term": "overall"}
    median = results.first(estimates, **keys, model="kaplan_meier", statistic="median")
    return Group(label, label, place, own, int(own["at_risk"].iloc[0]), int(own["events"].sum()), median)


@dataclass(frozen=True)
class _Bar:
    label: str
    number: int
    start: int
    stop: int
    colour: str
    sign: str


def _bridge(comparison: Comparison, bridge: Bridge, width_mm: float, note: str) -> Refreshed:
    bars = list(_bars(comparison, bridge))
    title = tr("From the old to the new rechallenge set")
    caption = tr("Patients of the release, those who left and entered by the criterion that decided, and patients now.")
    alt = "; ".join(f"{bar.label}: {bar.sign}{bar.number}" for bar in bars)
    return Refreshed(BRIDGE, title, caption, f"{alt}.", bridge_figure(bars, width_mm, note), False)


def _bars(comparison: Comparison, bridge: Bridge) -> Sequence[_Bar]:
    whole = style.GREY
    level = bridge.before
    bars = [_Bar(tr("Release of {date}", date=comparison.old.cutoff.date()), level, 0, level, whole, "")]
    for what, criterion, number in bridge.steps:
        entered = what == ENTERED
        after = level + number if entered else level - number
        label = criterion_words(what, criterion)
        bars.append(
            _Bar(label, number, level, after, style.BLUE if entered else style.VERMILION, "+" if entered else "−")
        )
        level = after
    bars.append(_Bar(tr("Now ({date})", date=comparison.new.cutoff.date()), level, 0, level, whole, ""))
    return bars


def bridge_figure(bars: Sequence[_Bar], width_mm: float, note: str = "") -> Figure:
    """Draw the bridge as a waterfall of lying bars, from top to bottom. Call inside `style.look()`."""
    size = style.size_for(width_mm)
    room = 0.42 * width_mm
    lines = [style.wrapped(bar.label, room - 4, size.text, 3) for bar in bars]
    heights = [max(len(text), 1) * size.line + 0.7 * size.line for text in lines]
    bottom = size.line * (3.0 if note else 2.0)
    sheet = style.Sheet.blank(width_mm, sum(heights) + bottom + 3)
    most = max(max(bar.start, bar.stop) for bar in bars) or 1
    numbers = max(style.width_of(f"+{bar.number}", size.text) for bar in bars) + 3
    axes = sheet.axes(room, 2, width_mm - room - numbers - 3, sum(heights))
    axes.set_xlim(0, most * 1.02)
    axes.set_ylim(sum(heights), 0)
    axes.set_yticks([])
    style.style_axes(axes, size)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(tr("Patients"), fontsize=size.text, labelpad=3)
    scale = (width_mm - room - numbers - 3) / (most * 1.02)
    y = 0.0
    for place, (bar, text, height) in enumerate(zip(bars, lines, heights, strict=True)):
        low, high = sorted((bar.start, bar.stop))
        thick = min(height * 0.62, 1.3 * size.line)
        middle = y + height / 2
        axes.add_patch(Rectangle((low, middle - thick / 2), high - low, thick, facecolor=bar.colour, linewidth=0))
        if place + 1 < len(bars):
            axes.plot([bar.stop, bar.stop], [middle, y + height + heights[place + 1] / 2], color=style.GREY,
                      linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)  # fmt: skip
        for number, line in enumerate(text):
            offset = (number - (len(text) - 1) / 2) * size.line
            sheet.text(2, 2 + middle + offset, line, size.text)
        sheet.text(room + high * scale + 1.5, 2 + middle, f"{bar.sign}{formatting.count(bar.number)}", size.text)
        y += height
    if note:
        sheet.text(width_mm - 2, sheet.height - 0.7 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure
