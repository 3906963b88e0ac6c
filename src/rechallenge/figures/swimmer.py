"""Swimmer plot: one bar per rechallenged patient, in months since the first dose of the first ICI.

No identifier and no date is drawn, but each bar is one person: the figure is private unless a study releases it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rechallenge import words
from rechallenge.dates import days_between, months
from rechallenge.figures import style
from rechallenge.figures.risk_table import month_ticks
from rechallenge.language import tr

MOST_PATIENTS: Final = 200
_FIRST, _GAP, _INTERVAL, _AGAIN, _AFTER = style.BLUE, "#DCDCDC", "#F0C75E", style.VERMILION, "#BFBFBF"


@dataclass(frozen=True)
class Swimmer:
    """Bars in the order of drawing (top first)."""

    bars: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.bars)


def swimmer_data(
    classified: pd.DataFrame, adtte: pd.DataFrame, course: pd.DataFrame | None = None, analysis: str = "main"
) -> Swimmer:
    """Return one bar per patient of the rechallenge set, without identifiers and dates.

    Columns of `bars`, months since the first ICI: first_end (last dose of the first ICI, at most rechallenge),
    first_progression, first_response, again_start, again_end (last dose of rechallenge), again_progression,
    again_response (all missing where there was none), last (death or last known alive), died, ongoing (rechallenge
    goes on: no last dose, alive), interval (a treatment in between), resistance. `course` has rechallenge_end and
    whether it was imputed; without it the bar of rechallenge ends with its PFS. Sorted by resistance, then longest
    first.
    """
    rows = classified[classified["eligible"].fillna(False).astype(bool)].set_index("patient_id")
    start = rows["first_ici_start"]

    def endpoint(name: str) -> pd.DataFrame:
        chosen = adtte[
            (adtte["analysis"] == analysis) & (adtte["endpoint"] == name) & (adtte["population"] == "rechallenge")
        ]
        return chosen.drop_duplicates("patient_id").set_index("patient_id").reindex(rows.index)

    def since(date: pd.Series) -> pd.Series:
        return months(days_between(start, date))

    pfs, overall = endpoint("PFS"), endpoint("OS")
    bars = pd.DataFrame(index=rows.index)
    bars["again_start"] = since(rows["rechallenge_start"])
    bars["first_end"] = since(rows["first_ici_end"]).fillna(0.0).clip(lower=0).clip(upper=bars["again_start"])
    bars["first_progression"] = since(rows["first_ici_progression"])
    pfs_end = bars["again_start"] + pfs["months"].astype("float64").fillna(0.0)
    last = bars["again_start"] + overall["months"].astype("float64").fillna(0.0)
    bars["last"] = last.clip(lower=pfs_end)
    kind = pfs["event_type"].map(words.text_of)
    progressed = pfs["event"].fillna(0).astype(bool) & kind.eq("progression")
    bars["again_progression"] = pfs_end.where(progressed)
    bars["died"] = overall["event"].fillna(0).astype(bool)
    if course is None:
        bars["again_end"], bars["ongoing"] = pfs_end, False
    else:
        own = course.set_index("patient_id").reindex(rows.index)
        open_ended = own["rechallenge_end_imputed"].eq(True) | own["rechallenge_end"].isna()
        bars["ongoing"] = open_ended & ~bars["died"]
        given = since(own["rechallenge_end"]).mask(open_ended, bars["last"])
        bars["again_end"] = given.clip(lower=bars["again_start"], upper=bars["last"])
    for name, column in (
        ("first_response", "first_ici_response_date"),
        ("again_response", "rechallenge_response_date"),
    ):
        bars[name] = since(rows[column]) if column in rows else np.nan
    bars["interval"] = rows["interval_treatment"].map(words.text_of).eq("true")
    bars["resistance"] = rows["resistance"].map(words.text_of)
    bars = bars[bars["again_start"].notna()]
    order = words.level_order("resistance", sorted(bars["resistance"].unique()))
    rank = bars["resistance"].map({level: at for at, level in enumerate(order)})
    sorting = bars.assign(rank=rank).sort_values(
        ["rank", "last", "again_start", "first_end"], ascending=[True, False, False, False], kind="stable"
    )
    return Swimmer(sorting.drop(columns="rank").reset_index(drop=True))


def swimmer_figure(data: Swimmer, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the plot; groups by resistance, bars thinner as there are more. Call in `style.look()`."""
    size = style.size_for(width_mm)
    bars = data.bars
    pitch = float(np.clip(200.0 / (len(bars) + 4), 1.0, 4.2))
    places, heads = _places(bars, heading=max(1.3, (size.line + 1.0) / pitch))
    body = pitch * (places.max() + 1)
    key, key_height = _key(size, width_mm)
    below = 3.2 * size.line
    height = key_height + body + below + (size.line if note else 0)
    left = 4.0
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(left, key_height, width_mm - left - 6, body)
    style.style_axes(axes, size)
    longest = float(bars["last"].max())
    end = max(longest, 1.0) * 1.03
    axes.set_xlim(0, end)
    axes.set_xticks([tick for tick in month_ticks(longest, most=6 if size.narrow else 12) if tick <= end])
    axes.set_ylim(places.max() + 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    thick = 0.72
    _bar(axes, places, 0 * bars["last"], bars["first_end"], _FIRST, thick)
    gap_end, interval = bars["again_start"], bars["interval"]
    _bar(axes, places[~interval], bars["first_end"][~interval], gap_end[~interval], _GAP, thick * 0.45)
    _bar(axes, places[interval], bars["first_end"][interval], gap_end[interval], _INTERVAL, thick * 0.45)
    _bar(axes, places, gap_end, bars["again_end"], _AGAIN, thick)
    _bar(axes, places, bars["again_end"], bars["last"], _AFTER, thick * 0.25)
    per_point = end * style.MM_PER_POINT / (width_mm - left - 6)
    _symbols(axes, bars, places, float(np.clip(pitch * 1.35, 2.2, 5.0)), per_point)
    for place, text in heads:
        axes.text(0, place, text, fontsize=size.small, weight="bold", va="center")
    axes.set_xlabel(tr("Months from start of the first ICI"), fontsize=size.text, labelpad=3)
    for artist in key(sheet):
        sheet.figure.add_artist(artist)
    if note:
        sheet.text(width_mm - 2, height - 0.7 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _places(bars: pd.DataFrame, heading: float) -> tuple[pd.Series, list[tuple[float, str]]]:
    """Return the line of each bar, and the lines of the group headings, each `heading` lines high."""
    change = bars["resistance"].ne(bars["resistance"].shift())
    group = change.cumsum()
    places = pd.Series(np.arange(len(bars)) + heading * group, index=bars.index)
    sizes = bars["resistance"].value_counts()
    heads = [
        (
            float(places[at]) - 0.4 - heading / 2,
            f"{_resistance_words(bars['resistance'][at])} (n = {sizes[bars['resistance'][at]]})",
        )
        for at in bars.index[change]
    ]
    return places, heads


def _resistance_words(level: str) -> str:
    if not level:
        return tr("Resistance not classified")
    return tr("{class} resistance", **{"class": words.level_words("resistance", level)})


def _bar(axes: Axes, places: pd.Series, start: pd.Series, end: pd.Series, colour: str, thickness: float) -> None:
    axes.barh(places, (end - start).clip(lower=0), left=start, height=thickness, color=colour, linewidth=0, zorder=2)


def _symbols(axes: Axes, bars: pd.DataFrame, places: pd.Series, marker_size: float, per_point: float) -> None:
    """Draw the symbols; `per_point` is how many months a point of the page is."""
    shown = bars["first_progression"].notna()
    # Beside the end of the bar, so that neither hides the other.
    beyond = bars["last"] + 0.75 * marker_size * per_point
    for at, where, style_of in (
        (bars["first_progression"], shown, _PROGRESSION),
        (bars["again_progression"], bars["again_progression"].notna(), _PROGRESSION),
        (bars["first_response"], bars["first_response"].notna(), _RESPONSE),
        (bars["again_response"], bars["again_response"].notna(), _RESPONSE),
        (beyond, bars["died"], _DEATH),
        (beyond, ~bars["died"] & ~bars["ongoing"], _ALIVE),
        (beyond, bars["ongoing"], _ONGOING),
    ):
        axes.plot(
            at[where], places[where], linestyle="none", markersize=marker_size, zorder=5, clip_on=False, **style_of
        )


_PROGRESSION: Final[dict[str, Any]] = {
    "marker": "D",
    "color": style.BLACK,
    "markerfacecolor": "white",
    "markeredgewidth": 0.9,
}
_RESPONSE: Final[dict[str, Any]] = {
    "marker": "o",
    "color": style.BLACK,
    "markerfacecolor": "#F0E442",
    "markeredgewidth": 0.8,
}
_DEATH: Final[dict[str, Any]] = {"marker": "X", "color": style.BLACK, "markeredgewidth": 0.0}
_ALIVE: Final[dict[str, Any]] = {
    "marker": "|",
    "color": style.BLACK,
    "markeredgewidth": 1.0,
}
_ONGOING: Final[dict[str, Any]] = {"marker": ">", "color": style.BLACK, "markeredgewidth": 0.0}


def _key(size: style.Size, width_mm: float) -> tuple[Callable[[style.Sheet], list[Line2D]], float]:
    """Return what draws the key above the bars, and its height."""
    entries: list[tuple[str, dict[str, Any] | str]] = [
        (tr("First ICI"), _FIRST),
        (tr("No systemic treatment between"), _GAP),
        (tr("Interval treatment"), _INTERVAL),
        (tr("Rechallenge"), _AGAIN),
        (tr("Follow-up"), _AFTER),
        (tr("Response"), dict(_RESPONSE)),
        (tr("Progression"), dict(_PROGRESSION)),
        (tr("Death"), dict(_DEATH)),
        (tr("Alive at last contact"), dict(_ALIVE)),
        (tr("Alive, rechallenge goes on"), dict(_ONGOING)),
    ]
    stops: list[tuple[float, float]] = []
    x, line = 4.0, 0
    for text, _ in entries:
        room = 6.5 + style.width_of(text, size.small) + 4
        if x + room > width_mm and x > 4:
            x, line = 4.0, line + 1
        stops.append((x, (line + 0.7) * size.line))
        x += room

    def draw(sheet: style.Sheet) -> list[Line2D]:
        drawn: list[Line2D] = []
        for (text, look), (x, y) in zip(entries, stops, strict=True):
            sheet.text(x + 6.5, y, text, size.small)
            if isinstance(look, str):
                drawn.append(_swatch(sheet, x, y, look))
            else:
                drawn.append(_mark(sheet, x + 3, y, look))
        return drawn

    return draw, (line + 1.4) * size.line


def _swatch(sheet: style.Sheet, x: float, y: float, colour: str) -> Line2D:
    return Line2D(
        [x / sheet.width, (x + 5) / sheet.width],
        [1 - y / sheet.height] * 2,
        color=colour,
        linewidth=6,
        solid_capstyle="butt",
    )


def _mark(sheet: style.Sheet, x: float, y: float, look: dict[str, Any]) -> Line2D:
    return Line2D([x / sheet.width], [1 - y / sheet.height], linestyle="none", markersize=5, **look)
