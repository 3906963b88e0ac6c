"""Waterfall and spider plots: change of the sum of target diameters on rechallenge, one bar or line per patient.

No identifier and no date is drawn, but each bar and line is one person: private unless a study releases them.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from rechallenge import formatting, words
from rechallenge.dates import months
from rechallenge.figures import style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn
from rechallenge.figures.risk_table import month_ticks
from rechallenge.language import N_, tr, tr_n
from rechallenge.punctuation import paragraph

WATERFALL, SPIDER = "waterfall", "spider"
TITLES: Final = {
    WATERFALL: N_("Best change of the target lesions on rechallenge"),
    SPIDER: N_("Change of the target lesions over time on rechallenge"),
}
MOST_PATIENTS: Final = 200
NO_LESIONS: Final = N_("The extract has no measured target lesions at rechallenge with a later scan.")
# RECIST 1.1: partial response and progression of the sum of diameters.
RESPONSE, PROGRESSION = -30.0, 20.0
# Beyond this a bar is cut off and bears its number.
FEWEST_BARS: Final = 12
CEILING: Final = 100.0


@dataclass(frozen=True)
class Changes:
    """`scans`: patient (a number), months, change_percent, new_lesions, resistance; `best` one row per patient, sorted
    from growth to shrinkage."""

    scans: pd.DataFrame
    best: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.best)

    @property
    def levels(self) -> list[str]:
        """The classes of resistance that occur."""
        return words.level_order("resistance", list(dict.fromkeys(self.best["resistance"])))


def change_data(changes: pd.DataFrame, classified: pd.DataFrame) -> Changes:
    """Return the changes of the rechallenge set, without identifiers; `changes` as `recist_change` makes them."""
    rows = classified[classified["eligible"].fillna(False).astype(bool)].set_index("patient_id")
    scans = changes[changes["patient_id"].isin(rows.index)].copy()
    scans["resistance"] = scans["patient_id"].map(rows["resistance"]).map(words.text_of)
    scans["months"] = months(scans["days"].astype("float64"))
    scans["change_percent"] = scans["change_percent"].astype("float64")
    scans["new_lesions"] = scans["new_lesions"].astype(bool)
    grouped = scans.groupby("patient_id", sort=True)
    best = grouped.agg(
        best=("change_percent", "min"), new_lesions=("new_lesions", "any"), resistance=("resistance", "first")
    )
    best = best.sort_values(["best", "resistance", "new_lesions"], ascending=[False, True, True], kind="stable")
    numbers = {patient: at for at, patient in enumerate(best.index)}
    scans["patient"] = scans["patient_id"].map(numbers).astype("int64")
    names = ["patient", "months", "change_percent", "new_lesions", "resistance"]
    scans = scans[names].sort_values(["patient", "months"], kind="stable").reset_index(drop=True)
    return Changes(scans, best.reset_index(drop=True))


def drawn(changes: pd.DataFrame | None, classified: pd.DataFrame, width_mm: float, note: str) -> list[Drawn]:
    """Return both figures with their words."""
    data = change_data(changes, classified) if changes is not None and len(changes) else None
    if data is None or not data.n:
        return [Drawn(name, title, reason=NO_LESIONS, per_patient=True) for name, title in TITLES.items()]
    if data.n > MOST_PATIENTS:
        reason = tr(
            "{n} patients cannot be told apart on one page; the most is {most_patients}.",
            n=data.n,
            most_patients=MOST_PATIENTS,
        )
        return [Drawn(name, title, reason=reason, per_patient=True) for name, title in TITLES.items()]
    text = change_words(data, bool(note))
    figures = {
        WATERFALL: lambda: waterfall_figure(data, width_mm, note),
        SPIDER: lambda: spider_figure(data, width_mm, note),
    }
    return [Drawn(name, TITLES[name], draw, text[name], per_patient=True) for name, draw in figures.items()]


def change_words(data: Changes, simulated: bool) -> dict[str, Words]:
    """The words of both figures; the text alternatives count who shrank, and how far."""
    best = data.best["best"]
    shrank, grew = int((best <= RESPONSE).sum()), int((best >= PROGRESSION).sum())
    said = tr_n(
        "one rechallenged patient with measured target lesions: best change {most}.",
        "{count} rechallenged patients with measured target lesions: best change from {most} to {least}, median {median}; {shrank} shrank by 30% or more, {grew} grew by 20% or more at best, {with_new} had a new lesion.",
        data.n,
        most=_percent(best.max()),
        least=_percent(best.min()),
        median=_percent(float(best.median())),
        shrank=shrank,
        grew=grew,
        with_new=int(data.best["new_lesions"].sum()),
    )
    definition = tr(
        "Change of the sum of target diameters from the baseline of rechallenge (RECIST 1.1); scans at which every"
        " target was measured. Dashed: -30% (partial response) and +20%; progression is counted from the smallest sum,"
        " so that it can come below the upper line."
    )
    tail = SIMULATED if simulated else ""
    cut = (
        tr("Bars beyond +{ceiling}% are cut off and bear their number.", ceiling=f"{CEILING:g}")
        if best.max() > CEILING
        else ""
    )
    last = formatting.months(float(data.scans["months"].max()))
    return {
        WATERFALL: Words(
            TITLES[WATERFALL],
            paragraph(
                (
                    tr("{title} (n = {n}).", title=TITLES[WATERFALL], n=data.n),
                    definition,
                    tr("One bar per patient; plus: a new lesion at any of the scans."),
                    cut,
                    tail,
                )
            ),
            tr("Waterfall plot of {said}", said=said),
        ),
        SPIDER: Words(
            TITLES[SPIDER],
            paragraph(
                (
                    tr("{title} (n = {n}).", title=TITLES[SPIDER], n=data.n),
                    definition,
                    tr("One line per patient, from 0 at the start; plus: a new lesion."),
                    tail,
                )
            ),
            tr("Spider plot over up to {last} months of {said}", last=last, said=said),
        ),
    }


def _percent(value: float) -> str:
    return f"{value:+.0f}%" if round(value) else "0%"


def waterfall_figure(data: Changes, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw one bar per patient, from growth to shrinkage. Call in `style.look()`."""
    sheet, axes, size = _blank(data, width_mm, note)
    best = data.best
    at = np.arange(data.n)
    shown = best["best"].clip(upper=CEILING)
    for level in data.levels:
        own = best["resistance"].eq(level).to_numpy()
        axes.bar(at[own], shown[own], width=0.82, color=_colour(level), linewidth=0, zorder=2)
    axes.plot(at[best["best"].eq(0)], shown[best["best"].eq(0)], "_", color=style.BLACK, markersize=4, zorder=3)
    low, high = min(-40.0, shown.min() - 8), max(30.0, shown.max() + (14 if best["best"].max() <= CEILING else 42))
    _limits(axes, low, high)
    # Of few patients the bars are no broader than those of many.
    spare = max(0.0, FEWEST_BARS - data.n) / 2
    axes.set_xlim(-0.8 - spare - (data.n / 40 if best["best"].max() > CEILING else 0), data.n - 0.2 + spare)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=style.BLACK, linewidth=0.7, zorder=3)
    _thresholds(axes)
    new = best["new_lesions"].to_numpy()
    axes.plot(
        at[new], shown[new].clip(lower=0) + 3, "+", color=style.BLACK, markersize=4.5, markeredgewidth=0.9, zorder=4
    )
    for place in np.flatnonzero(best["best"] > CEILING):
        said = f"{best['best'].iloc[place]:+.0f}"
        axes.text(float(place), CEILING + 8, said, fontsize=size.small, ha="center", va="bottom", rotation=90)
    axes.set_xlabel(tr("Patients"), fontsize=size.text, labelpad=3)
    axes.set_ylabel(tr("Best change of the sum of diameters (%)"), fontsize=size.text, labelpad=3)
    return sheet.figure


def spider_figure(data: Changes, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw one line per patient over time. Call in `style.look()`."""
    sheet, axes, size = _blank(data, width_mm, note)
    position = {level: at for at, level in enumerate(data.levels)}
    for _, rows in data.scans.groupby("patient", sort=True):
        level = rows["resistance"].iloc[0]
        time = np.append(0.0, rows["months"].to_numpy("float64"))
        change = np.append(0.0, rows["change_percent"].to_numpy("float64"))
        colour = _colour(level)
        axes.plot(
            time, change, color=colour, linestyle=style.dashes(position[level]), linewidth=0.9, alpha=0.85, zorder=2
        )
        axes.plot(time[1:], change[1:], "o", color=colour, markersize=1.8, markeredgewidth=0, zorder=3)
        new = rows["new_lesions"].to_numpy()
        axes.plot(time[1:][new], change[1:][new], "+", color=style.BLACK, markersize=4.5, markeredgewidth=0.9, zorder=4)
    ticks = month_ticks(float(data.scans["months"].max()), most=6 if size.narrow else 10)
    axes.set_xticks(ticks)
    axes.set_xlim(0, ticks[-1])
    low, high = data.scans["change_percent"].min(), data.scans["change_percent"].max()
    _limits(axes, min(-40.0, low - 8), max(30.0, high * 1.05))
    axes.axhline(0, color=style.BLACK, linewidth=0.5, zorder=1)
    _thresholds(axes)
    axes.set_xlabel(tr("Months from start of rechallenge"), fontsize=size.text, labelpad=3)
    axes.set_ylabel(tr("Change of the sum of diameters (%)"), fontsize=size.text, labelpad=3)
    return sheet.figure


def _colour(level: str) -> str:
    declared = list(words.LEVELS["resistance"])
    return style.colour(declared.index(level)) if level in ("acquired", "primary") else style.GREY


def _limits(axes: Axes, low: float, high: float) -> None:
    """Set the axis of change with round ticks inside it; nothing shrinks by more than 100%."""
    low = max(low, -106.0)
    axes.set_ylim(low, high)
    found = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    axes.set_yticks([float(tick) for tick in found if low <= tick <= high])


def _thresholds(axes: Axes) -> None:
    for value in (RESPONSE, PROGRESSION):
        axes.axhline(value, color=style.GREY, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)


def _blank(data: Changes, width_mm: float, note: str) -> tuple[style.Sheet, Axes, style.Size]:
    """The sheet with its key (resistance, new lesion) and empty axes."""
    size = style.size_for(width_mm)
    left, head, body, below = (15.5 if size.narrow else 18.0), 1.6 * size.line, 62.0, 3.0 * size.line
    if size.narrow:
        body = 50.0
    keys = [
        *((words.level_words("resistance", level) if level else tr("Not classified"), level) for level in data.levels),
        (tr("New lesion"), None),
    ]
    lines: list[list[tuple[float, str, str | None]]] = [[]]
    x = left
    for text, level in keys:
        room = 6.5 + style.width_of(text, size.small) + 5
        if x + room > width_mm and lines[-1]:
            lines.append([])
            x = left
        lines[-1].append((x, text, level))
        x += room
    head += (len(lines) - 1) * size.line
    sheet = style.Sheet.blank(width_mm, head + body + below + (size.line if note else 0))
    for number, line in enumerate(lines):
        y = (number + 0.7) * size.line
        for at, text, level in line:
            sheet.text(at + 6.5, y, text, size.small)
            look: dict[str, Any] = (
                {"color": _colour(level), "linewidth": 5, "solid_capstyle": "butt"}
                if level is not None
                else {"color": style.BLACK, "linestyle": "none", "marker": "+", "markersize": 5, "markeredgewidth": 0.9}
            )
            ends = [at, at + 5] if level is not None else [at + 2.5]
            artist = Line2D([each / sheet.width for each in ends], [1 - y / sheet.height] * len(ends), **look)
            sheet.figure.add_artist(artist)
    axes = sheet.axes(left, head, width_mm - left - 4, body)
    style.style_axes(axes, size)
    if note:
        sheet.text(width_mm - 4, sheet.height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet, axes, size
