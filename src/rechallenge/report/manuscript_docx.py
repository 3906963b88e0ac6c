"""The manuscript draft and its supplement as Word documents, made from their Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from docx.shared import Cm, Pt

from rechallenge.report.column_widths import column_widths
from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.manuscript import LEVEL
from rechallenge.report.word import (
    MARKDOWN,
    TEXT_WIDTH_CM,
    add_picture,
    add_table,
    add_text,
    new_document,
    number_lines,
    number_pages,
)

STYLES: Final = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3"}
# Sections of a submitted manuscript that begin on a page of their own.
NEW_PAGE: Final = ("Abstract", "Introduction", "Declarations", "References", "Tables", "Figure legends")
# Sections whose lines stand close; the text before them is double-spaced for reviewers.
CLOSE: Final = ("References", "Tables", "Figure legends")
_TABLE, _FIGURE = "**Table ", "**Figure "


@dataclass
class _Place:
    """Where in the document the next block goes."""

    section: str = ""
    tables: int = 0
    below_table: bool = False
    first_note: bool = False


def manuscript_docx(
    markdown: str, *, title: str, pictures: Mapping[str, bytes] | None = None, supplement: bool = False
) -> bytes:
    """Return a Word document of the draft: headings, paragraphs, lists, real tables, pictures with their alternatives.

    `pictures` are the bytes of the pictures by the path that the Markdown gives them; one that is not there is left
    out. The manuscript itself is double-spaced with numbered lines, its supplement is not.
    """
    document = new_document()
    number_pages(document.sections[0])
    if not supplement:
        number_lines(document.sections[0])
    place = _Place(section="" if not supplement else CLOSE[0])
    for block in _blocks(MARKDOWN.parse(markdown)):
        _add(document, block, pictures or {}, place, supplement)
    return document_bytes(document, title=title)


def _blocks(tokens: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut the tokens of a document into its top-level blocks."""
    block: list[Any] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting != 1:
            yield block
            block = []


def _add(document: Any, block: Sequence[Any], pictures: Mapping[str, bytes], place: _Place, supplement: bool) -> None:
    kind = block[0].type
    if kind == "heading_open":
        _add_heading(document, block, place, supplement)
    elif kind == "table_open":
        _add_table(document, block)
        place.below_table = place.first_note = True
    elif kind in ("bullet_list_open", "ordered_list_open"):
        _add_list(document, block, ordered=kind.startswith("ordered"))
    elif kind in ("fence", "code_block"):
        add_text(document.add_paragraph(), f"`{block[0].content.strip()}`")
    else:
        for token in block:
            if token.type == "inline":
                _add_paragraph(document, token, pictures, place, supplement)


def _add_heading(document: Any, block: Sequence[Any], place: _Place, supplement: bool) -> None:
    text = block[1].content
    paragraph = document.add_paragraph(style=STYLES.get(block[0].tag, "Heading 3"))
    add_text(paragraph, text)
    if block[0].tag == "h2" and not supplement:
        place.section = text
        paragraph.paragraph_format.page_break_before = text in NEW_PAGE


def _add_paragraph(document: Any, token: Any, pictures: Mapping[str, bytes], place: _Place, supplement: bool) -> None:
    images = [child for child in token.children or [] if child.type == "image"]
    if images:
        for image in images:
            if image.attrs["src"] in pictures:
                add_picture(document, pictures[image.attrs["src"]], _plain(image.children or []))
        return
    caption = token.content.startswith((_TABLE, _FIGURE))
    paragraph = document.add_paragraph(style="Caption" if caption else None)
    if caption:
        paragraph.paragraph_format.keep_with_next = True
    if token.content.startswith(_TABLE) and not supplement:
        paragraph.paragraph_format.page_break_before = place.tables > 0
        place.tables += 1
    if not caption and place.section not in CLOSE:
        paragraph.paragraph_format.line_spacing = 2.0
    add_text(paragraph, token.content)
    # The notes of a table are in italics in the Markdown; here they are small.
    first, place.below_table = place.first_note, place.below_table and token.content.startswith("*") and not caption
    place.first_note = False
    if place.below_table:
        paragraph.paragraph_format.space_before = Pt(4 if first else 0)
        paragraph.paragraph_format.space_after = Pt(2)
        for run in paragraph.runs:
            run.font.size, run.italic = Pt(9), None


def _plain(tokens: Sequence[Any]) -> str:
    return "".join(token.content for token in tokens)


def _add_list(document: Any, block: Sequence[Any], *, ordered: bool) -> None:
    """Add a list; numbers are text, since Word would go on counting from the list before."""
    items = [token.content for token in block if token.type == "inline"]
    for number, text in enumerate(items, int(block[0].attrs.get("start", 1)) if ordered else 1):
        if not ordered:
            add_text(document.add_paragraph(style="List Bullet"), text)
            continue
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.9)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.9))
        paragraph.add_run(f"{number}.\t")
        add_text(paragraph, text)


def _add_table(document: Any, block: Sequence[Any]) -> None:
    rows: list[list[str]] = []
    for token in block:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content)
    kinds = ["level" if row[0].startswith(LEVEL) else "data" for row in rows[1:]]
    cells = [[cell.removeprefix(LEVEL).strip() for cell in row] for row in rows]
    widths, points = column_widths(cells, TEXT_WIDTH_CM, _points(len(rows[0])))
    add_table(document, cells, kinds, points=points, widths_cm=widths)


def _points(columns: int) -> float:
    return 9 if columns <= 5 else (8 if columns <= 7 else 7.5)
