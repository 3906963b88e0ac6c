"""The figures that the figures step wrote, as the page shows them: their words and their bytes in the page itself."""

import base64
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rechallenge.errors import UserError

MANIFEST: Final = "manifest.json"
PALETTE: Final = 64
# A figure of two columns (174 mm) fills the column of the page.
PIXELS_PER_MM: Final = 5.3
KINDS: Final = {"png": "image/png", "svg": "image/svg+xml", "webp": "image/webp"}
# Figures of the sections after the models, by the start of their names, in their order on the page.
LAST: Final = ("model_check_", "subgroups_", "over_time_", "preset_concordance_", "specification_curve_")
# Figures of who the patients are and what is known of them, beside the flow.
PATIENTS: Final = ("treatment_course", "missing_data")
# Figures with a mark or a line per patient.
COURSES: Final = ("swimmer", "waterfall", "spider")
# What an inlined SVG may not hold: it would run, or load something from elsewhere.
_ACTIVE: Final = re.compile(
    r"<\s*(script|foreignObject|iframe|image)\b|\son\w+\s*=|(?:href|src)\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)
_PROLOG: Final = re.compile(r"^\s*(<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|\s)*", re.DOTALL)


@dataclass(frozen=True)
class PageFigure:
    """A figure with its words. `uri` is a data URI of its light picture (else its PNG, or SVG).

    `curves` are the steps of survival curves that the study releases (`figures.released_curves`).
    """

    name: str
    title: str
    caption: str
    alt: str
    files: tuple[str, ...]
    uri: str
    width: int
    height: int
    curves: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Figures:
    """What was drawn, what was not and why, and remarks of the figures step.

    `flow` is the flow of patients, which stands on the page as text and in the manuscript as a picture.
    """

    drawn: tuple[PageFigure, ...] = ()
    not_drawn: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    flow: PageFigure | None = None

    @property
    def reasons(self) -> list[tuple[str, list[str]]]:
        """Why figures were not drawn, each reason once with the titles it holds for."""
        found: dict[str, list[str]] = {}
        for title, reason in self.not_drawn:
            titles = found.setdefault(reason, [])
            if title not in titles:
                titles.append(title)
        return list(found.items())

    @property
    def in_order(self) -> list[PageFigure]:
        """The figures in the order of the page: patients, survival, models, then those of the later sections."""

        def place(figure: PageFigure) -> int:
            if figure.name.startswith(PATIENTS):
                return -1
            if figure.name.startswith(("km_", *COURSES)):
                return 0 if figure.name.startswith("km_") else 1
            return next((rank for rank, start in enumerate(LAST, 3) if figure.name.startswith(start)), 2)

        return sorted(self.drawn, key=place)

    @property
    def patients(self) -> list[PageFigure]:
        """The figures that stand with the flow of patients."""
        return [figure for figure in self.drawn if figure.name.startswith(PATIENTS)]

    @property
    def courses(self) -> list[PageFigure]:
        """The figures of single patients, which stand with the survival curves."""
        return [figure for figure in self.drawn if figure.name.startswith(COURSES)]

    @property
    def of_results(self) -> list[PageFigure]:
        """The figures that stand with the models: neither curves, figures of patients nor those of a later section."""
        return [figure for figure in self.drawn if not figure.name.startswith(("km_", *PATIENTS, *COURSES, *LAST))]

    def number(self, figure: PageFigure) -> int:
        """Return the number of a figure on the page."""
        return self.in_order.index(figure) + 1

    def named(self, start: str) -> list[PageFigure]:
        """Return the figures whose names begin with `start`."""
        return [figure for figure in self.drawn if figure.name.startswith(start)]


def read_figures(folder: Path, *, english: bool = False) -> Figures:
    """Read the manifest of a folder of figures and each figure's picture; raises UserError for a file that is missing.

    `english` asks for the words that the manuscript prints, whatever the language of the report.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise UserError(f"{path.name} is missing in {folder.name}; run the step `figures` again.")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    drawn, flow = [], None
    for listed in manifest.get("figures", []):
        item = {**listed, **listed.get("english", {})} if english else listed
        files = tuple(item["files"])
        light = item.get("page", {})
        if light is None:
            flow = PageFigure(item["name"], item["title"], item["caption"], item["alt"], files, "", 0, 0)
            continue
        kinds = ("png", "svg")
        shown = light.get("file") or next((file for kind in kinds for file in files if file.endswith("." + kind)), None)
        if shown is None:
            continue
        if not (folder / shown).exists():
            raise UserError(f"{MANIFEST} names {shown}, which is not in {folder.name}; run the step `figures` again.")
        data = (folder / shown).read_bytes()
        width, height = _size(data)
        if light:
            # All at one scale, so that letters are as large in a narrow figure as in a wide one.
            width, height = (round(PIXELS_PER_MM * item[side]) for side in ("width_mm", "height_mm"))
        kind = KINDS[shown.rsplit(".", 1)[1]]
        picture = _light(data) if shown.endswith("png") else data
        uri = f"data:{kind};base64,{base64.b64encode(picture).decode('ascii')}"
        said = (item["title"], item["caption"], item["alt"])
        drawn.append(PageFigure(item["name"], *said, files, uri, width, height, item.get("curves")))
    not_drawn = tuple((item["title"], item["reason"]) for item in manifest.get("not_drawn", []))
    return Figures(tuple(drawn), not_drawn, tuple(manifest.get("remarks", [])), flow)


def _light(data: bytes) -> bytes:
    """The same picture with a palette: drawings need few colours, and the page stays a third as heavy."""
    from PIL import Image

    target = io.BytesIO()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    palette = picture.quantize(PALETTE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(target, "PNG")
    return target.getvalue()


def _size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG; 0, 0 for anything else."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return 0, 0
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def inline_svg(text: str, where: str = "flow.svg") -> str:
    """Return an SVG without its prolog, fit to stand in the page; raises ValueError where it holds active content."""
    body = _PROLOG.sub("", text, count=1).strip()
    if not body.startswith("<svg"):
        raise ValueError(f"{where} is not an SVG")
    found = _ACTIVE.search(body)
    if found:
        raise ValueError(f"{where} holds active content: {found.group(0).strip()!r}")
    return body
