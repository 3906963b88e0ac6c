"""One look for every figure: sizes, fonts, colours, and placing things in millimetres.

Widths are a journal's one and two columns (84 and 174 mm, Springer's; other publishers differ by 2 or 3 mm).
Colours are Okabe and Ito's (2008), which people with any kind of colour blindness tell apart (their purple darkened, so
that it stands out from paper); each goes with its own line style, so that a figure also works in black and white.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text

from rechallenge.words import pieces

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72
ONE_COLUMN_MM: Final = 84.0
TWO_COLUMNS_MM: Final = 174.0
DPI: Final = 300

BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#B8508F"
BLACK: Final = "#1A1A1A"
GREY: Final = "#5A5A5A"
PALE: Final = "#D9D9D9"
COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE, BLACK)
DASHES: Final[tuple[Any, ...]] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)))

# A journal's widths by the setting `figures.columns`.
WIDTHS: Final = {"one": ONE_COLUMN_MM, "two": TWO_COLUMNS_MM}

# The font that matplotlib ships: the same glyphs, and the same bytes, on every machine.
FONT: Final = "DejaVu Sans"
# A package of fonts that is installed with this library: the same Chinese glyphs on every machine.
FONT_PACKAGE: Final = "pylopdf_fonts_zh_cn"
FONT_FILE: Final = "NotoSansSC-Regular.otf"
# Tried in order for characters that FONT lacks (Chinese, above all); the first is the package's.
FALLBACK_FONTS: Final = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)

RC: Final[dict[str, Any]] = {
    "axes.edgecolor": BLACK,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "font.family": [FONT],
    "lines.solid_capstyle": "butt",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "rechallenge",
    "text.color": BLACK,
    "text.parse_math": False,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
}


@dataclass(frozen=True)
class Size:
    """Sizes that go with a width: text and small text in points, a line of a table in millimetres."""

    width: float
    text: float
    small: float
    line: float

    @property
    def narrow(self) -> bool:
        return self.width < 120


def size_for(width_mm: float) -> Size:
    """Return the sizes for a figure of that width; text is never under 6.5 points in print."""
    return Size(width_mm, 7.0, 6.5, 3.5) if width_mm < 120 else Size(width_mm, 8.5, 8.0, 4.3)


def new_figure(width_mm: float, height_mm: float) -> Figure:
    """Return an empty white figure of that size. No pyplot: it keeps global state and takes long to import."""
    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), facecolor="white", dpi=DPI)


@dataclass(frozen=True)
class Sheet:
    """A figure on which things are placed in millimetres from the top left corner."""

    figure: Figure
    width: float
    height: float

    @classmethod
    def blank(cls, width_mm: float, height_mm: float) -> "Sheet":
        return cls(new_figure(width_mm, height_mm), width_mm, height_mm)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        box = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(box)

    def text(self, x: float, y: float, text: str, points: float, **style: Any) -> Text:
        """Write `text` with its vertical centre at `y` (unless `va` says otherwise)."""
        style = {"va": "center_baseline" if "\n" not in text else "center", "ha": "left"} | style
        return self.figure.text(x / self.width, 1 - y / self.height, text, fontsize=points, **style)


def style_axes(axes: Axes, size: Size) -> None:
    """Set tick labels and lengths of the axes."""
    axes.tick_params(labelsize=size.small, length=3, pad=2)


def ribbon(axes: Axes, start: tuple[float, float], stop: tuple[float, float], thick: float, **look: Any) -> None:
    """Draw a ribbon of that thickness between two points, curved, without an outline."""
    (x0, y0), (x1, y1) = start, stop
    middle, half = (x0 + x1) / 2, thick / 2
    upper = [(x0, y0 - half), (middle, y0 - half), (middle, y1 - half), (x1, y1 - half)]
    lower = [(x1, y1 + half), (middle, y1 + half), (middle, y0 + half), (x0, y0 + half)]
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    axes.add_patch(PathPatch(Outline([*upper, *lower, upper[0]], codes), linewidth=0, **look))


@lru_cache(maxsize=64)
def _font(families: tuple[str, ...], bold: bool) -> FT2Font:
    weight = "bold" if bold else "normal"
    paths = [
        font_manager.findfont(font_manager.FontProperties(family=name, weight=weight), fallback_to_default=False)
        for name in families
    ]
    return font_manager.get_font(paths)


@lru_cache(maxsize=4096)
def width_of(text: str, points: float, bold: bool = False) -> float:
    """Return the width of one line of text in millimetres."""
    if not text:
        return 0.0
    families = families_for(text)
    font = _font(families, bold and len(families) == 1)
    # At 720 dots per inch a rounded advance of a letter is off by a hundredth of a millimetre.
    font.set_size(points, 720)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / 10 * MM_PER_POINT


@lru_cache(maxsize=1)
def _own_characters() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont(FONT)).get_charmap())


@lru_cache(maxsize=1)
def _add_packaged_font() -> None:
    """Make matplotlib know the packaged font; without the package the fonts of the machine are left."""
    package = find_spec(FONT_PACKAGE)
    for folder in (package.submodule_search_locations or []) if package else []:
        if (path := Path(folder) / FONT_FILE).exists():
            font_manager.fontManager.addfont(path)


@lru_cache(maxsize=1)
def _installed_fallbacks() -> tuple[tuple[str, frozenset[int]], ...]:
    _add_packaged_font()
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    found = []
    for name in FALLBACK_FONTS:
        if name in installed:
            font = font_manager.get_font(font_manager.findfont(name, fallback_to_default=False))
            found.append((name, frozenset(font.get_charmap())))
    return tuple(found)


@lru_cache(maxsize=512)
def families_for(text: str) -> tuple[str, ...]:
    """Return the fonts that this text needs: ours, and the fallback that has most of what ours lacks."""
    lacking = {ord(character) for character in text if not character.isspace()} - _own_characters()
    if not lacking:
        return (FONT,)
    best = max(_installed_fallbacks(), key=lambda item: len(lacking & item[1]), default=None)
    return (FONT, best[0]) if best is not None and lacking & best[1] else (FONT,)


def undrawable(text: str) -> str:
    """Return the characters of `text` that no font of this machine has, in order."""
    known = _own_characters()
    families = families_for(text)
    for name, characters in _installed_fallbacks() if len(families) > 1 else ():
        if name == families[1]:
            known = known | characters
    return "".join(dict.fromkeys(c for c in text if not c.isspace() and ord(c) not in known))


def set_fonts(figure: Figure) -> None:
    """Give each text of the figure the fallback font where it needs one, and no text ligatures.

    A ligature ("fi") is a glyph without a character of its own: in a PDF it takes a font of its own, and the
    text can no longer be searched. The packaged font has one weight: where a heading cannot be bold, no heading is.
    """
    texts = figure.findobj(Text)
    bold = [text for text in texts if text.get_fontweight() == "bold"]
    if any(len(families_for(text.get_text())) > 1 for text in bold):
        for text in bold:
            text.set_fontweight("normal")
    for text in texts:
        text.set_fontfeatures(("-liga",))
        families = families_for(text.get_text())
        if len(families) > 1:
            text.set_fontfamily(list(families))


def shortened(text: str, room_mm: float, points: float, bold: bool = False) -> str:
    """Return `text`, cut with an ellipsis where it is wider than the room."""
    text = " ".join(text.split())
    if width_of(text, points, bold) <= room_mm:
        return text
    while text and width_of(text + "…", points, bold) > room_mm:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, room_mm: float, points: float, most_lines: int = 99) -> list[str]:
    """Return `text` in lines that fit the room; Chinese breaks between any two characters."""
    lines: list[str] = []
    current = ""
    for piece in pieces(text):
        if current and width_of((current + piece).rstrip(), points) > room_mm:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    lines.append(current.rstrip())
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], "".join(lines[most_lines - 1 :])]
    return [shortened(line, room_mm, points) for line in lines]


def look() -> Any:
    """Return the context in which figures are built and saved."""
    return matplotlib.rc_context(RC)  # type: ignore[arg-type]


def colour(position: int) -> str:
    return COLOURS[position % len(COLOURS)]


def dashes(position: int) -> Any:
    return DASHES[position % len(DASHES)]
