"""The files of a figure: sizes, embedded fonts, Chinese text, hostile text."""

import io
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from rechallenge.figures import output, style

CHINESE = "获得性耐药"


def page(text: str) -> Figure:
    sheet = style.Sheet.blank(84, 40)
    sheet.text(5, 20, text, 8)
    return sheet.figure


def rendered(text: str, title: str = "A title", formats: tuple[str, ...] = output.FORMATS) -> dict[str, bytes]:
    with style.look():
        return output.rendered(page(text), title, formats)


def test_raster_files_have_300_dpi_and_the_same_pixels() -> None:
    made = rendered("Primary")
    png, tiff = (Image.open(io.BytesIO(made[kind])) for kind in ("png", "tiff"))
    assert png.size == tiff.size == (992, 472)
    assert [round(float(dpi)) for dpi in (*png.info["dpi"], *tiff.info["dpi"])] == [300] * 4
    assert tiff.info["compression"] == "tiff_lzw"
    assert png.convert("RGB").tobytes() == tiff.convert("RGB").tobytes()


def test_a_tiff_of_600_dpi_has_twice_the_pixels() -> None:
    with style.look():
        made = output.rendered(page("Primary"), "A title", ("png", "tiff"), tiff_dpi=600)
    png, tiff = (Image.open(io.BytesIO(made[kind])) for kind in ("png", "tiff"))
    assert tiff.size == (1984, 944)
    assert png.size == (992, 472)
    assert round(float(tiff.info["dpi"][0])) == 600


def test_the_picture_of_the_page_is_light_and_nearly_the_same() -> None:
    with style.look():
        sheet = style.Sheet.blank(174, 60)
        sheet.axes(20, 5, 140, 40).plot([0, 1, 2], [3, 1, 2], color=style.VERMILION)
        made = output.rendered(sheet.figure, "A title", ("png", output.PAGE))
    png, light = (Image.open(io.BytesIO(made[kind])).convert("RGB") for kind in ("png", output.PAGE))
    assert light.width == output.PAGE_WIDTH
    assert len(made[output.PAGE]) < len(made["png"]) / 3
    difference = ImageChops.difference(png.resize(light.size, Image.Resampling.LANCZOS), light)
    assert np.asarray(difference).mean() < 2


def test_pdf_embeds_truetype_fonts_and_no_file_has_a_date() -> None:
    made = rendered("Finding: first office")
    assert b"/FontFile2" in made["pdf"]
    assert b"DejaVuSans" in made["pdf"]
    assert b"CreationDate" not in made["pdf"]
    assert b"dc:date" not in made["svg"]
    # A ligature would need a font of its own.
    assert made["pdf"].count(b"/FontFile2") == 1


def test_chinese_text_is_drawn_in_a_font_that_has_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = rendered(f"Type {CHINESE}")
    fallback = style.families_for(CHINESE)[1]
    # Of a package that is installed with the library: the same on every machine.
    assert fallback == "Noto Sans SC"
    assert fallback.replace(" ", "").encode()[:8] in made["pdf"].replace(b" ", b"")


def test_bold_chinese_takes_the_one_weight_that_there_is(caplog: pytest.LogCaptureFixture) -> None:
    with style.look():
        sheet = style.Sheet.blank(84, 40)
        sheet.text(5, 20, CHINESE, 8, weight="bold")
        output.rendered(sheet.figure, "A title", ("pdf",))
    assert style.width_of(CHINESE, 8, bold=True) == style.width_of(CHINESE, 8)
    assert caplog.records == []


def test_without_the_packaged_font_the_machine_s_fonts_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "find_spec", lambda _: None)
    style._add_packaged_font.cache_clear()
    style._add_packaged_font()
    style._add_packaged_font.cache_clear()


def test_characters_that_no_font_has_are_named() -> None:
    assert style.undrawable("Résistance ≥ 1 – ‹ok›") == ""
    assert style.undrawable("A\U000f0000B") == "\U000f0000"


def test_hostile_text_stays_text() -> None:
    svg = rendered("--><script>alert(1)</script> $\\frac{a}{", title="<script>x</script>", formats=("svg",))["svg"]
    assert b"<script" not in svg.lower()


def test_a_withdrawn_figure_leaves_no_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert output.write(rendered("x", formats=("svg", "png")), tmp_path, "km") == ["km.svg", "km.png"]
    output.remove(tmp_path, "km")
    assert list(tmp_path.iterdir()) == []


def test_long_text_is_cut_or_wrapped_to_its_room() -> None:
    for text in ("Systemic progression at the index date", CHINESE * 6):
        assert style.width_of(style.shortened(text, 20, 8), 8) <= 20
        lines = style.wrapped(text, 20, 8)
        assert len(lines) > 1
        assert all(style.width_of(line, 8) <= 20 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
