"""The flow of patients (STROBE), drawn from the boxes of `flow`.

There is one drawing: its SVG, in which text is text, stands on the page, and the other formats are for a journal.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon

from rechallenge.figures import flow, style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn
from rechallenge.language import N_, tr

NAME: Final = "flow"
TITLE: Final = N_("Flow of patients from the extract to the rechallenge set")
# In one column the drawing is as wide as the column; in two its text would be larger than that of the others.
_WIDEST_MM: Final = 100.0
_HIGHEST_MM: Final = 228.0
_FILL: Final = "#EAF2F8"
_ARROW: Final = (1.6, 1.0)
_STROKE: Final = re.compile(r"([MVH])([\d. ]+)")


def drawn(attrition: pd.DataFrame | None, classes: Mapping[str, int], width_mm: float, note: str) -> Drawn:
    """Return the figure with its words; raises ValueError when the counts do not add up.

    `attrition` has step, criterion, excluded, remaining and not_evaluable, step 0 being the extract; `classes` (words
    -> patients) divide those who remain.
    """
    if attrition is None or attrition.empty:
        return Drawn(NAME, TITLE, reason=tr("There is no table of who was excluded."), inline=True)
    flow.check(attrition, classes)
    caption = (
        tr(
            "{title}. Criteria were applied from top to bottom; a criterion that could not be evaluated was not met. {ending}",
            title=TITLE,
            ending=SIMULATED if note else "",
        )
    ).strip()
    alt = tr("Flow diagram. {description}", description=flow.description(attrition, classes=classes))
    text = Words(TITLE, caption, alt)
    return Drawn(NAME, TITLE, lambda: flow_figure(attrition, classes, width_mm, note), text, inline=True)


def flow_figure(
    attrition: pd.DataFrame, classes: Mapping[str, int], width_mm: float = style.TWO_COLUMNS_MM, note: str = ""
) -> Figure:
    """Draw the boxes, at most `_WIDEST_MM` wide and on one page. Call inside `style.look()`."""
    boxes, joints = flow.layout(attrition, classes)
    tall = max(box.y + box.height for box in boxes) + 10
    width = min(width_mm, _WIDEST_MM, max(_HIGHEST_MM * flow.WIDTH / tall, style.ONE_COLUMN_MM))
    size = style.size_for(width)
    scale = width / flow.WIDTH
    points = min(style.size_for(width_mm).text, flow.FONT * scale / style.MM_PER_POINT)
    height = scale * tall + (size.line if note else 0)
    sheet = style.Sheet.blank(width, height)
    axes = sheet.axes(0, 0, width, height)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    for joint in joints:
        _arrow(axes, [(x * scale, y * scale) for x, y in corners(joint)])
    for box in boxes:
        _box(sheet, axes, box, scale, points)
    if note:
        sheet.text(width - 2, height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def corners(joint: str) -> list[tuple[float, float]]:
    """Return the corners of a path of vertical and horizontal strokes ("M10 5V20H30")."""
    found: list[tuple[float, float]] = []
    for kind, text in _STROKE.findall(joint):
        numbers = [float(number) for number in text.split()]
        if kind == "M":
            found.append((numbers[0], numbers[1]))
        else:
            x, y = found[-1]
            found.append((x, numbers[0]) if kind == "V" else (numbers[0], y))
    return found


def _arrow(axes: Axes, points: list[tuple[float, float]]) -> None:
    (x0, y0), (x1, y1) = points[-2:]
    length, half = _ARROW
    along_x, along_y = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    base = (x1 - along_x * length, y1 - along_y * length)
    line = [*points[:-1], base]
    axes.plot([x for x, _ in line], [y for _, y in line], color=style.BLACK, linewidth=0.7, zorder=1, clip_on=False)
    sides = [(base[0] + sign * half * along_y / 1.4, base[1] + sign * half * along_x / 1.4) for sign in (-1, 1)]
    axes.add_patch(Polygon([(x1, y1), *sides], closed=True, facecolor=style.BLACK, linewidth=0, clip_on=False))


def _box(sheet: style.Sheet, axes: Axes, box: flow.Box, scale: float, points: float) -> None:
    main = box.kind == "main"
    look: dict[str, Any] = (
        {"facecolor": _FILL, "edgecolor": style.BLUE} if main else {"facecolor": "white", "edgecolor": style.GREY}
    )
    corner, size = (box.x * scale, box.y * scale), (box.width * scale, box.height * scale)
    axes.add_patch(
        FancyBboxPatch(
            corner, *size, boxstyle="round,pad=0,rounding_size=0.5", linewidth=0.7, zorder=2, clip_on=False, **look
        )
    )
    pad, line = flow.PAD * scale, flow.LINE * scale
    room = size[0] - 2 * pad
    left = corner[0] + pad
    for at, text in enumerate(box.lines):
        y = corner[1] + pad + (at + 0.5) * line
        shown = style.shortened(text, room, points)
        if main:
            sheet.text(box.middle * scale, y, shown, points, ha="center")
        else:
            sheet.text(left, y, shown, points)
    y = corner[1] + pad + (len(box.lines) + 0.5) * line
    count, remark = style.width_of(box.count, points, bold=True), style.width_of(box.remark, points)
    space = style.width_of("n", points) * 0.5 if box.remark else 0.0
    start = box.middle * scale - (count + space + remark) / 2 if main else left
    sheet.text(start, y, box.count, points, weight="bold")
    if box.remark:
        sheet.text(start + count + space, y, box.remark, points)
