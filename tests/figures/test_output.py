"""The files of a figure: sizes, embedded fonts, Chinese text, hostile text."""

import io
import warnings

import pytest
from matplotlib.figure import Figure
from PIL import Image

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


def test_pdf_embeds_truetype_fonts_and_no_file_has_a_date() -> None:
    made = rendered("Finding: first office")
    assert b"/FontFile2" in made["pdf"]
    assert b"DejaVuSans" in made["pdf"]
    assert b"CreationDate" not in made["pdf"]
    assert b"dc:date" not in made["svg"]
    # A ligature would need a font of its own.
    assert made["pdf"].count(b"/FontFile2") == 1


@pytest.mark.skipif(style.undrawable(CHINESE) != "", reason="no font with Chinese characters is installed")
def test_chinese_text_is_drawn_in_a_font_that_has_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = rendered(f"Type {CHINESE}")
    fallback = style.families_for(CHINESE)[1]
    assert fallback.replace(" ", "").encode()[:8] in made["pdf"].replace(b" ", b"")


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
