"""Writing a figure: SVG, PDF, PNG and TIFF, the same bytes for the same figure.

PDF embeds its fonts as TrueType (type 42), which journals ask for. SVG draws text as outlines: it looks the same
on every screen, whatever fonts are there, and Chinese labels survive; the title and description of the file, and
the text alternative in the manifest, carry the words. An SVG that stands in a page has text as text, for readers who
search, enlarge or listen. One drawing at 300 dpi becomes PNG, TIFF (LZW) and the light picture of report.html; a TIFF
of 600 dpi takes a drawing of its own.
"""

import base64
import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from rechallenge.figures import style
from rechallenge.pages import Picture

VECTOR: Final = ("svg", "pdf")
RASTER: Final = ("png", "tiff")
FORMATS: Final = VECTOR + RASTER
# The light picture of report.html: twice the pixels of a column of text on a screen, few colours, no loss.
PAGE: Final = "webp"
PAGE_WIDTH: Final = 1240
PAGE_COLOURS: Final = 64
PAGE_FOLDER: Final = "page"
# Of a figure whose SVG stands in the page.
JOURNAL: Final = ("pdf", *RASTER)
PICTURES: Final = (*RASTER, PAGE)
# Fonts of a reader's machine for text that is text: not wider than ours, and then the Chinese ones.
PAGE_FONTS: Final = (
    "Helvetica, Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', 'Noto Sans SC', "
    "'Microsoft YaHei', 'PingFang SC', sans-serif"
)
_SVG: Final = "http://www.w3.org/2000/svg"
_FONT_FAMILY: Final = re.compile(r"font-family: [^;]+;?\s*")


@dataclass(frozen=True)
class Captioned:
    """A figure with its name, title, caption and text alternative."""

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure


def rendered(
    figure: Figure, title: str, formats: Sequence[str] = FORMATS, tiff_dpi: int = style.DPI
) -> dict[str, bytes]:
    """Return the bytes of the figure in each format. Call inside `style.look()`.

    The pictures are compressed in threads while SVG and PDF are drawn: half of the time goes there.
    """
    style.set_fonts(figure)
    made: dict[str, bytes] = {}
    with ThreadPoolExecutor(2) as threads:
        wanted = [kind for kind in PICTURES if kind in formats]
        image = _image(figure, style.DPI) if wanted else None
        fine = _image(figure, tiff_dpi) if "tiff" in wanted and tiff_dpi != style.DPI else image
        # Pillow keeps the settings of a save in the image: two threads must not share one.
        waiting = {
            kind: threads.submit(_raster, source.copy(), kind, title, tiff_dpi)
            for kind in wanted
            if (source := fine if kind == "tiff" else image) is not None
        }
        if "svg" in formats:
            made["svg"] = _svg(figure, title)
        if "pdf" in formats:
            made["pdf"] = _pdf(figure, title)
        return made | {kind: result.result() for kind, result in waiting.items()}


def _svg(figure: Figure, title: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None, "Title": title}
    FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def inline_svg(figure: Figure, name: str, title: str, description: str) -> bytes:
    """Return the figure as an SVG to stand in a page: text as text, a title and a description for screen readers.

    It holds nothing that reaches beyond it: no styles, and no clipping (draw with `clip_on=False`). `name` is the
    start of its ids. Call inside `style.look()`.
    """
    style.set_fonts(figure)
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        drawn = ElementTree.fromstring(_svg(figure, title))
    ElementTree.register_namespace("", _SVG)
    content = drawn.find(f"{{{_SVG}}}g")
    assert content is not None
    for part in drawn.iter():
        part.attrib.pop("id", None)
        part.text, part.tail = (text if text and text.strip() else None for text in (part.text, part.tail))
        if "style" in part.attrib:
            part.set("style", _FONT_FAMILY.sub("", part.get("style", "")))
    size = {key: drawn.get(key, "") for key in ("viewBox", "width", "height")}
    labels = {"role": "img", "aria-labelledby": f"{name}-title {name}-description"}
    look = {"font-family": PAGE_FONTS, "stroke-linejoin": "round"}
    root = ElementTree.Element(f"{{{_SVG}}}svg", size | labels | look)
    for tag, part_id, text in (("title", "title", title), ("desc", "description", description)):
        ElementTree.SubElement(root, f"{{{_SVG}}}{tag}", {"id": f"{name}-{part_id}"}).text = text
    root.append(content)
    ElementTree.indent(root, space="")
    return ElementTree.tostring(root, encoding="utf-8") + b"\n"


def _pdf(figure: Figure, title: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"CreationDate": None, "Creator": None, "Producer": None, "Title": title}
    FigureCanvasPdf(figure).print_pdf(buffer, metadata=metadata)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _image(figure: Figure, dpi: int) -> Image.Image:
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return Image.fromarray(pixels).convert("RGB")


def _raster(image: Image.Image, name: str, title: str, tiff_dpi: int) -> bytes:
    buffer = io.BytesIO()
    if name == "png":
        image.save(buffer, "PNG", dpi=(style.DPI, style.DPI), compress_level=3)
    elif name == "tiff":
        image.save(buffer, "TIFF", compression="tiff_lzw", dpi=(tiff_dpi, tiff_dpi), description=title)
    else:
        _light(image).save(buffer, "WEBP", lossless=True, quality=20, method=2)
    return buffer.getvalue()


def _light(image: Image.Image) -> Image.Image:
    """The picture at the width of the page, with a palette: drawings need few colours."""
    scale = min(1.0, PAGE_WIDTH / image.width)
    size = round(image.width * scale), round(image.height * scale)
    smaller = image.resize(size, Image.Resampling.HAMMING)
    palette = smaller.quantize(PAGE_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return palette.convert("RGB")


def page_size(made: dict[str, bytes]) -> tuple[int, int]:
    """Return width and height in pixels of the picture of the page."""
    with Image.open(io.BytesIO(made[PAGE])) as picture:
        return picture.size


def write(made: dict[str, bytes], folder: Path, name: str) -> list[str]:
    """Write each format as `folder/name.format`; return the names of the files, in the order of `FORMATS`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{name}.{kind}" for kind in FORMATS if kind in made]
    for file in names:
        (folder / file).write_bytes(made[file.rsplit(".", 1)[1]])
    return names


def write_page(made: dict[str, bytes], folder: Path, name: str) -> str:
    """Write the picture of the page; return its name in the folder of the figures."""
    file = f"{PAGE_FOLDER}/{name}.{PAGE}"
    (folder / PAGE_FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(made[PAGE])
    return file


def onto_page(item: Captioned, folder: Path, formats: Sequence[str], tiff_dpi: int) -> Picture:
    """Write a figure in these formats and return it for a page. Call inside `style.look()`."""
    made = rendered(item.figure, item.title, (*formats, PAGE), tiff_dpi)
    write(made, folder, item.name)
    source = f"data:image/{PAGE};base64,{base64.b64encode(made[PAGE]).decode('ascii')}"
    return Picture(item.title, item.caption, item.alt, source, *page_size(made))


def remove(folder: Path, name: str) -> None:
    """Remove what an earlier run left of this figure: a withdrawn release must not leave its files behind."""
    for kind in FORMATS:
        (folder / f"{name}.{kind}").unlink(missing_ok=True)
    (folder / PAGE_FOLDER / f"{name}.{PAGE}").unlink(missing_ok=True)
