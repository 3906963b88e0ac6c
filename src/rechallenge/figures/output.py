"""Writing a figure: SVG, PDF, PNG and TIFF, the same bytes for the same figure.

PDF embeds its fonts as TrueType (type 42), which journals ask for. SVG draws text as outlines: it looks the same
on every screen, whatever fonts are there, and Chinese labels survive; the title and description of the file, and
the text alternative in the manifest, carry the words. PNG is drawn once, at 300 dpi, and TIFF (LZW) is made from it.
"""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from rechallenge.figures import style

VECTOR: Final = ("svg", "pdf")
RASTER: Final = ("png", "tiff")
FORMATS: Final = VECTOR + RASTER


def rendered(figure: Figure, title: str, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Return the bytes of the figure in each format. Call inside `style.look()`.

    PNG and TIFF are compressed in threads while SVG and PDF are drawn: half of the time goes there.
    """
    style.set_fonts(figure)
    made: dict[str, bytes] = {}
    with ThreadPoolExecutor(len(RASTER)) as threads:
        wanted = [kind for kind in RASTER if kind in formats]
        image = _image(figure) if wanted else None
        # Pillow keeps the settings of a save in the image: two threads must not share one.
        waiting = {kind: threads.submit(_raster, image.copy(), kind, title) for kind in wanted if image is not None}
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


def _pdf(figure: Figure, title: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"CreationDate": None, "Creator": None, "Producer": None, "Title": title}
    FigureCanvasPdf(figure).print_pdf(buffer, metadata=metadata)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _image(figure: Figure) -> Image.Image:
    figure.set_dpi(style.DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return Image.fromarray(pixels).convert("RGB")


def _raster(image: Image.Image, name: str, title: str) -> bytes:
    buffer = io.BytesIO()
    dpi = (style.DPI, style.DPI)
    if name == "png":
        image.save(buffer, "PNG", dpi=dpi, compress_level=3)
    else:
        image.save(buffer, "TIFF", compression="tiff_lzw", dpi=dpi, description=title)
    return buffer.getvalue()


def write(made: dict[str, bytes], folder: Path, name: str) -> list[str]:
    """Write each format as `folder/name.format`; return the names of the files, in the order of `FORMATS`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{name}.{kind}" for kind in FORMATS if kind in made]
    for file in names:
        (folder / file).write_bytes(made[file.rsplit(".", 1)[1]])
    return names


def remove(folder: Path, name: str) -> None:
    """Remove what an earlier run left of this figure: a withdrawn release must not leave its files behind."""
    for kind in FORMATS:
        (folder / f"{name}.{kind}").unlink(missing_ok=True)
