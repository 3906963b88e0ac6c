"""Who changes class between presets: a small alluvial plot per other preset, every move with its number.

The study's own preset stands on the left, the other on the right; a ribbon is as thick as its patients are many.
Ribbons of those who keep their class are grey. Numbers come from the results table as they are.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rechallenge import formatting, words
from rechallenge.figures import results, style
from rechallenge.language import N_, tr

MODEL: Final = "preset_concordance"
# Height of all ribbons of a panel together, space between classes, width of a bar, in millimetres.
_RIBBONS, _GAP, _BAR = 24.0, 1.6, 1.8
_NUMBER_ROOM: Final = 0.8
_ALPHA: Final = 0.5
# Between two columns of panels in millimetres, and the heading of a panel in lines.
_BETWEEN, _HEAD = 8.0, 2.5
# Patients of a class, in short where the words for the class are long: "Systemic" alone says treatments elsewhere.
SHORT: Final = {
    "oligo": N_("Oligo, {count}"),
    "systemic": N_("Systemic, {count}"),
    "no_class": N_("No class, {count}"),
    "": N_("{class}, {count}"),
}
# Between a bar and its words.
_SPACE: Final = 1.5
Side = Literal["before", "after"]


@dataclass(frozen=True)
class Move:
    """Patients of one class under the study's preset and one under another."""

    before: str
    after: str
    n: int

    @property
    def kept(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True)
class Panel:
    """The moves between the study's preset and another one, in the order of the classes."""

    preset: str
    moves: tuple[Move, ...]

    @property
    def n(self) -> int:
        return sum(move.n for move in self.moves)

    @property
    def changed(self) -> int:
        return sum(move.n for move in self.moves if not move.kept)

    def total(self, name: str, side: Side) -> int:
        """Return the number of patients of a class on one side."""
        return sum(move.n for move in self.moves if getattr(move, side) == name)

    def ends(self) -> list[tuple[str, Side]]:
        """Return every class with its side."""
        return [(move.before, "before") for move in self.moves] + [(move.after, "after") for move in self.moves]


@dataclass(frozen=True)
class Concordance:
    """All that the figure, its caption and its text alternative show."""

    term: str
    own: str
    panels: tuple[Panel, ...]

    @property
    def n(self) -> int:
        return self.panels[0].n

    def classes(self) -> list[str]:
        """Every class that occurs, in the declared order."""
        found = [name for panel in self.panels for move in panel.moves for name in (move.before, move.after)]
        return words.level_order(self.term, list(dict.fromkeys(found)))


def concordance_data(estimates: pd.DataFrame, population: str, term: str) -> Concordance | None:
    """Return the moves of a population in a `tidy` results table, or None where nobody has a class."""
    rows = results.rows(estimates, analysis="main", model=MODEL, population=population, term=term, statistic="n")
    if not rows:
        return None
    found: dict[str, list[Move]] = {}
    for row in rows:
        preset, _, after = row.level.partition("=")
        found.setdefault(preset, []).append(Move(row.reference.partition("=")[2], after, int(row.estimate)))
    panels = tuple(Panel(preset, tuple(moves)) for preset, moves in found.items())
    data = Concordance(term, rows[0].reference.partition("=")[0], panels)
    order = data.classes()
    sort = partial(_by_class, order)
    return replace(data, panels=tuple(replace(p, moves=tuple(sorted(p.moves, key=sort))) for p in panels))


def _by_class(order: list[str], move: Move) -> tuple[int, int]:
    return order.index(move.before), order.index(move.after)


def concordance_figure(data: Concordance, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw one panel per other preset, in two columns (one in a narrow figure). Call in `style.look()`."""
    size = style.size_for(width_mm)
    columns = 1 if size.narrow else 2
    width = (width_mm - 4 - (columns - 1) * _BETWEEN) / columns
    layouts = [_Layout.of(panel, data.classes(), size) for panel in data.panels]
    lines = [layouts[at : at + columns] for at in range(0, len(layouts), columns)]
    bodies = [max(layout.height for layout in line) for line in lines]
    between = _HEAD * size.line + 1.2 * size.line
    height = sum(bodies) + len(lines) * between + (size.line if note else 0)
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(0, 0, width_mm, height)
    axes.set_axis_off()
    axes.set_xlim(0, width_mm)
    axes.set_ylim(height, 0)
    rooms = {"before": 0.0, "after": 0.0}
    for panel in data.panels:
        for name, side in panel.ends():
            rooms[side] = max(rooms[side], _label(panel, name, side, size)[1] + _SPACE)
    sheet_of = _Sheet(sheet, axes, size, data, width, rooms["before"], rooms["after"])
    top = 0.0
    for line, body in zip(lines, bodies, strict=True):
        for at, layout in enumerate(line):
            _draw(sheet_of, layout, 2 + at * (width + _BETWEEN), top, body)
        top += body + between
    if note:
        sheet.text(width_mm - 2, height - size.line / 2, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


@dataclass(frozen=True)
class _Stack:
    """One side of a panel, from its top: the centre of each ribbon's end, the extent of each class, the height."""

    centres: dict[Move, float]
    extents: dict[str, tuple[float, float]]
    height: float

    @classmethod
    def of(cls, moves: list[tuple[Move, str]], room: dict[Move, float]) -> "_Stack":
        """`moves` in order, each with its class on this side; `room` is the height that each takes."""
        centres: dict[Move, float] = {}
        extents: dict[str, tuple[float, float]] = {}
        y = 0.0
        for move, name in moves:
            if extents and name not in extents:
                y += _GAP
            centres[move] = y + room[move] / 2
            top = extents.get(name, (y, y))[0]
            y += room[move]
            extents[name] = (top, y)
        return cls(centres, extents, y)


@dataclass(frozen=True)
class _Layout:
    """Where the ends of the ribbons stand; `scale` is millimetres per patient."""

    panel: Panel
    scale: float
    left: _Stack
    right: _Stack

    @property
    def height(self) -> float:
        return max(self.left.height, self.right.height)

    @classmethod
    def of(cls, panel: Panel, order: list[str], size: style.Size) -> "_Layout":
        scale = _RIBBONS / panel.n
        # A ribbon that is thinner than its number still gets room for it.
        least = size.small * style.MM_PER_POINT + _NUMBER_ROOM
        room = {move: max(move.n * scale, least) for move in panel.moves}
        by_after = sorted(panel.moves, key=lambda move: (order.index(move.after), order.index(move.before)))
        left = _Stack.of([(move, move.before) for move in panel.moves], room)
        return cls(panel, scale, left, _Stack.of([(move, move.after) for move in by_after], room))


@dataclass(frozen=True)
class _Sheet:
    """Where panels are drawn: axes in millimetres over the whole sheet, width of a panel and of its labels."""

    sheet: style.Sheet
    axes: Axes
    size: style.Size
    data: Concordance
    width: float
    left_room: float
    right_room: float


def _draw(on: _Sheet, layout: _Layout, x: float, y: float, height: float) -> None:
    """Draw a panel whose top left corner is (x, y) and whose ribbons take up to `height`."""
    sheet, size, panel, order = on.sheet, on.size, layout.panel, on.data.classes()
    right = x + on.width
    own, other = (words.preset_words(on.data.term, preset) for preset in (on.data.own, panel.preset))
    sheet.text(x, y + 0.7 * size.line, own, size.text, color=style.GREY)
    sheet.text(right, y + 0.7 * size.line, other, size.text, ha="right", weight="bold")
    sheet.text(right, y + 1.65 * size.line, changed_words(panel), size.small, ha="right")
    start, stop = x + on.left_room, right - on.right_room
    body = y + _HEAD * size.line
    tops = body + (height - layout.left.height) / 2, body + (height - layout.right.height) / 2
    for move in panel.moves:
        ends = tops[0] + layout.left.centres[move], tops[1] + layout.right.centres[move]
        thick = move.n * layout.scale
        _ribbon(on.axes, (start + _BAR, ends[0]), (stop - _BAR, ends[1]), thick, order, move)
        for left, end, name in ((start, ends[0], move.before), (stop - _BAR, ends[1], move.after)):
            corner = (left, end - thick / 2)
            on.axes.add_patch(Rectangle(corner, _BAR, thick, facecolor=class_colour(order, name), linewidth=0))
        sheet.text(start + _BAR + 0.8, ends[0], formatting.count(move.n), size.small)
    sides: tuple[tuple[Side, _Stack, float, float, str], ...] = (
        ("before", layout.left, tops[0], start - _SPACE, "right"),
        ("after", layout.right, tops[1], stop + _SPACE, "left"),
    )
    for side, stack, top, at, align in sides:
        for name, (low, high) in stack.extents.items():
            sheet.text(at, top + (low + high) / 2, _label(panel, name, side, size)[0], size.small, ha=align)


def _ribbon(
    axes: Axes, start: tuple[float, float], stop: tuple[float, float], thick: float, order: list[str], move: Move
) -> None:
    # Those who change lie above those who stay.
    look: dict[str, Any] = (
        {"facecolor": style.PALE} if move.kept else {"facecolor": class_colour(order, move.before), "alpha": _ALPHA}
    )
    style.ribbon(axes, start, stop, thick, zorder=1 if move.kept else 2, **look)


def class_colour(order: list[str], name: str) -> str:
    """Return the colour of a class; what is no class is grey."""
    if name in ("unclassified", "not_evaluable", "unknown", "no_class"):
        return style.GREY
    return style.colour(order.index(name))


def changed_words(panel: Panel) -> str:
    """Return "21 of 41 change class"."""
    return tr(
        "{count} of {count_2} change class", count=formatting.count(panel.changed), count_2=formatting.count(panel.n)
    )


def _label(panel: Panel, name: str, side: Side, size: style.Size) -> tuple[str, float]:
    """The words beside a class with its patients, and their width in millimetres."""
    count = formatting.count(panel.total(name, side))
    text = tr(SHORT.get(name, "{class}, {count}"), **{"class": words.plain(name), "count": count})
    return text, style.width_of(text, size.small)
