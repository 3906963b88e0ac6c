"""Two panels with the same axes, side by side (one above the other in one column), numbers at risk below each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from rechallenge import formatting
from rechallenge.figures import style
from rechallenge.language import tr

# Bold letters are wider than those that lines are measured with.
BOLD: Final = 0.88


@dataclass(frozen=True)
class AtRisk:
    """A line of numbers under a panel: its words, colour, and a number per tick (None where nothing is known)."""

    label: str
    colour: str
    numbers: tuple[float | None, ...]


@dataclass(frozen=True)
class Panel:
    """One panel: heading, lines of results under it, what is drawn, and the numbers at risk at the ticks."""

    heading: str
    lines: tuple[str, ...]
    draw: Callable[[Axes], None]
    at_risk: tuple[AtRisk, ...]


@dataclass(frozen=True)
class Key:
    """A line of the key: words with a line of that colour and dashes, or a filled box."""

    label: str
    colour: str
    dashes: Any = None


@dataclass(frozen=True)
class Axis:
    """What both panels share: ticks in months, and the words of the axes."""

    ticks: tuple[int, ...]
    x_label: str
    y_label: str


def paired_figure(panels: Sequence[Panel], keys: Sequence[Key], axis: Axis, width_mm: float, note: str = "") -> Figure:
    """Draw the panels under a common key. Call inside `style.look()`."""
    size = style.size_for(width_mm)
    left, right, between = (17.5, 4.0, 0.0) if size.narrow else (19.0, 5.0, 13.0)
    columns = 1 if size.narrow else len(panels)
    room = (width_mm - left - right - between * (columns - 1)) / columns
    key_lines = _placed_keys(keys, width_mm - 4, size)
    key_height = size.line * len(key_lines) + 2.5
    plot = 46.0 if size.narrow else 58.0
    texts = [
        (style.wrapped(panel.heading, BOLD * room, size.text, 2), _wrapped(panel.lines, room, size)) for panel in panels
    ]
    head_height = size.line * max(len(heading) + len(lines) for heading, lines in texts) + 2
    below = 2.6 * size.line + size.line * (
        1 + max(len(panel.at_risk) for panel in panels) * (2 if size.narrow else 1.15)
    )
    block = head_height + plot + below + (5 if columns == 1 else 2)
    rows = len(panels) if columns == 1 else 1
    height = key_height + rows * block + size.line * (1.2 if note else 0.3)
    sheet = style.Sheet.blank(width_mm, height)
    _draw_keys(sheet, size, key_lines)
    for place, (panel, (heading, lines)) in enumerate(zip(panels, texts, strict=True)):
        x = left + (place % columns) * (room + between)
        top = key_height + (place // columns) * block
        y = top + size.line / 2
        for text in heading:
            sheet.text(x, y, text, size.text, fontweight="bold")
            y += size.line
        for text in lines:
            sheet.text(x, y, text, size.text)
            y += size.line
        axes = sheet.axes(x, top + head_height, room, plot)
        panel.draw(axes)
        _finish(axes, size, axis, first=place % columns == 0)
        _numbers(
            sheet, size, panel, axis, x, room, top + head_height + plot + 2.6 * size.line, first=place % columns == 0
        )
    if note:
        sheet.text(width_mm - right, height - 0.7 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _wrapped(lines: Sequence[str], room: float, size: style.Size) -> list[str]:
    return [part for line in lines for part in style.wrapped(line, room, size.text, 2)]


def _placed_keys(keys: Sequence[Key], room: float, size: style.Size) -> list[list[tuple[float, Key]]]:
    """The keys in lines, each with its place from the left."""
    lines: list[list[tuple[float, Key]]] = [[]]
    x = 0.0
    for key in keys:
        width = 10 + style.width_of(key.label, size.text) + 6
        if lines[-1] and x + width > room:
            lines.append([])
            x = 0.0
        lines[-1].append((x, key))
        x += width
    return lines


def _draw_keys(sheet: style.Sheet, size: style.Size, lines: list[list[tuple[float, Key]]]) -> None:
    for number, line in enumerate(lines):
        y = size.line * (number + 0.6)
        for x, key in line:
            start = 2 + x
            if key.dashes is None:
                corner = (start / sheet.width, 1 - (y + 1.4) / sheet.height)
                filled = Rectangle(corner, 7 / sheet.width, 2.8 / sheet.height, color=key.colour, linewidth=0)
                filled.set_transform(sheet.figure.transFigure)
                sheet.figure.add_artist(filled)
            else:
                ends = [start / sheet.width, (start + 8) / sheet.width]
                sheet.figure.add_artist(
                    Line2D(ends, [1 - y / sheet.height] * 2, color=key.colour, linestyle=key.dashes, linewidth=1.5)
                )
            sheet.text(start + 10, y, style.shortened(key.label, sheet.width - start - 12, size.text), size.text)


def _finish(axes: Axes, size: style.Size, axis: Axis, *, first: bool) -> None:
    style.style_axes(axes, size)
    axes.set_xlim(0, axis.ticks[-1])
    axes.set_ylim(0, 100)
    axes.set_xticks(axis.ticks)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xlabel(axis.x_label, fontsize=size.text, labelpad=3)
    if first:
        axes.set_ylabel(axis.y_label, fontsize=size.text, labelpad=3)
    else:
        axes.tick_params(labelleft=False)


def _numbers(
    sheet: style.Sheet, size: style.Size, panel: Panel, axis: Axis, left: float, room: float, top: float, *, first: bool
) -> None:
    """Write the numbers at risk; the words stand left of the panels, or above each line in one column."""
    y = top + size.line
    if first:
        sheet.text(2.0, y, tr("At risk"), size.small, color=style.GREY)
    for line in panel.at_risk:
        y += size.line * (1.0 if size.narrow else 1.15)
        if size.narrow:
            several = len(panel.at_risk) > 1
            sheet.text(12.0 if several else 2.0, y, line.label, size.small)
            if several:
                _swatch(sheet, line, y)
            y += size.line
        elif first and len(panel.at_risk) > 1:
            _swatch(sheet, line, y)
        for tick, number in zip(axis.ticks, line.numbers, strict=True):
            text = formatting.NOT_AVAILABLE if number is None else formatting.count(number)
            sheet.text(left + room * tick / axis.ticks[-1], y, text, size.small, ha="center")


def _swatch(sheet: style.Sheet, line: AtRisk, y: float) -> None:
    ends = [2.0 / sheet.width, 9.0 / sheet.width]
    sheet.figure.add_artist(Line2D(ends, [1 - y / sheet.height] * 2, color=line.colour, linewidth=1.5))
