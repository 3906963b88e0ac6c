"""Word documents from simple parts: headings, paragraphs with bold and italic runs, lists, journal-style tables."""

import io
from collections.abc import Sequence
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from markdown_it import MarkdownIt

FONT: Final = "Times New Roman"
ASIAN_FONT: Final = "SimSun"
CODE_FONT: Final = "Courier New"
LANGUAGE: Final = "en-GB"
# Tables as on GitHub; HTML is text, since the words may come from outside.
MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
TEXT_WIDTH_CM: Final = 16.4
_PICTURE_HEIGHT: Final = Cm(19)


def new_document(*, landscape: bool = False) -> Any:
    """Return an empty A4 document in the usual manuscript type."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    if landscape:
        from docx.enum.section import WD_ORIENT

        section.orientation = WD_ORIENT.LANDSCAPE
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.3)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        style = document.styles[name]
        style.font.name = FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        fonts.set(qn("w:hAnsi"), FONT)
        fonts.set(qn("w:eastAsia"), ASIAN_FONT)
        style.font.color.rgb = docx.shared.RGBColor(0, 0, 0)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    language.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"]
    normal.element.get_or_add_rPr().append(language)
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    document.styles["Caption"].font.bold = False
    for name, size in (("Title", 17), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 11), ("Caption", 10.5)):
        document.styles[name].font.size = Pt(size)
    return document


def add_text(paragraph: Any, text: str) -> None:
    """Add one line of Markdown to a paragraph: bold, italic, code; links and pictures stand as their words."""
    bold = italic = False
    for token in _inline(text):
        if token.type in ("strong_open", "strong_close"):
            bold = token.type == "strong_open"
        elif token.type in ("em_open", "em_close"):
            italic = token.type == "em_open"
        elif token.type in ("softbreak", "hardbreak"):
            paragraph.add_run(" ")
        elif token.content:
            run = paragraph.add_run(token.content)
            run.bold, run.italic = bold or None, italic or None
            if token.type == "code_inline":
                run.font.name = CODE_FONT


def _inline(text: str) -> list[Any]:
    (token,) = MARKDOWN.parseInline(text)
    return list(token.children or [])


def add_picture(document: Any, data: bytes, alt: str) -> None:
    """Add a picture as wide as the text, at most as high as most of a page, with its text alternative."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(io.BytesIO(data))
    # Never larger than it was drawn, or its letters would outgrow the text.
    scale = min(1.0, Cm(TEXT_WIDTH_CM) / shape.width, _PICTURE_HEIGHT / shape.height)
    shape.width, shape.height = round(shape.width * scale), round(shape.height * scale)
    properties = shape._inline.docPr
    properties.set("descr", alt)
    # python-docx numbers the pictures and calls the first one "Picture 1"; names that do not repeat help nobody here.
    properties.set("name", "Figure")


def number_pages(section: Any) -> None:
    """Put the number of the page into the middle of the footer."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def number_lines(section: Any) -> None:
    """Number the lines through the whole document, as reviewers want them."""
    element = OxmlElement("w:lnNumType")
    element.set(qn("w:countBy"), "1")
    element.set(qn("w:restart"), "continuous")
    # The order of the elements of a section is fixed: line numbers come after its margins.
    section._sectPr.find(qn("w:pgMar")).addnext(element)


def add_table(
    document: Any,
    rows: Sequence[Sequence[str]],
    kinds: Sequence[str] | None = None,
    *,
    points: float = 9,
    widths_cm: Sequence[float] | None = None,
) -> None:
    """Add a table with rules above and below head and body only; the head repeats on each page.

    `kinds` gives the kind of each body row (`group` is bold, `level` is indented).
    """
    if not rows:
        return
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = widths_cm is None
    # Word takes the widths of the cells, LibreOffice those of the grid.
    for column, width in zip(table.columns, widths_cm or (), strict=False):
        column.width = Cm(width)
    # Asked for one by one, each cell would take python-docx a walk over the whole table.
    cells = [row.cells for row in table.rows]
    for place, row in enumerate(rows):
        kind = "head" if place == 0 else (kinds[place - 1] if kinds else "data")
        for column, text in enumerate(row):
            cell = cells[place][column]
            if widths_cm:
                cell.width = Cm(widths_cm[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            if kind == "level" and column == 0:
                paragraph.paragraph_format.left_indent = Cm(0.35)
            add_text(paragraph, text)
            for run in paragraph.runs:
                run.font.size = Pt(points)
                run.bold = run.bold or kind == "head" or (kind == "group" and column == 0)
            if place == 0:
                _rule(cell, "top", 12)
                _rule(cell, "bottom", 6)
            if place == len(rows) - 1:
                _rule(cell, "bottom", 12)
    for own, row in zip(cells[1:], rows[1:], strict=True):
        _join_empty(own, row)
    head = table.rows[0]._tr.get_or_add_trPr()
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head.append(repeat)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _join_empty(cells: Sequence[Any], row: Sequence[str]) -> None:
    """Give the label of a row the empty cells beside it, so that the heading of a group does not wrap."""
    empty = next((column for column, text in enumerate(row[1:], 1) if text), len(row)) - 1
    if row[0] and empty:
        joined = cells[0].merge(cells[empty])
        for paragraph in joined.paragraphs[1:]:
            paragraph._p.getparent().remove(paragraph._p)


def _rule(cell: Any, side: str, eighths_of_a_point: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths_of_a_point)), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
