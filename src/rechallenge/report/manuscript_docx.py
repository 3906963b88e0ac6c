"""The manuscript draft as a Word document, made from its Markdown (the part of Markdown that the draft uses)."""

import re
from typing import Any, Final

from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.manuscript import LEVEL
from rechallenge.report.word import add_table, add_text, new_document

_SEPARATOR: Final = re.compile(r"^\|( ?-+ ?\|)+$")
_CELL: Final = re.compile(r"(?<!\\)\|")


def manuscript_docx(markdown: str, *, title: str) -> bytes:
    """Return a Word document of the draft: title, headings, paragraphs, lists and real tables."""
    document = new_document()
    for block in re.split(r"\n{2,}", markdown.strip()):
        _add(document, block.splitlines())
    return document_bytes(document, title=title)


def _add(document: Any, lines: list[str]) -> None:
    first = lines[0]
    if first.startswith("# "):
        add_text(document.add_paragraph(style="Title"), first[2:])
    elif first.startswith("### "):
        add_text(document.add_paragraph(style="Heading 2"), first[4:])
    elif first.startswith("## "):
        add_text(document.add_paragraph(style="Heading 1"), first[3:])
    elif first.startswith("|"):
        _add_table(document, lines)
    elif first.startswith("- "):
        for line in lines:
            add_text(document.add_paragraph(style="List Bullet"), line[2:])
    elif re.match(r"\d+\. ", first):
        for line in lines:
            add_text(document.add_paragraph(style="List Number"), line.split(". ", 1)[1])
    else:
        paragraph = document.add_paragraph(style="Caption" if first.startswith("**Table ") else None)
        if first.startswith("**Table "):
            paragraph.paragraph_format.keep_with_next = True
        add_text(paragraph, " ".join(lines))


def _add_table(document: Any, lines: list[str]) -> None:
    rows = [_cells(line) for line in lines if not _SEPARATOR.match(line)]
    kinds = ["level" if row[0].startswith(LEVEL) else "data" for row in rows[1:]]
    width = 16.4
    first = 4.2 if len(rows[0]) > 4 else 5.6
    widths = [first, *((width - first) / (len(rows[0]) - 1) for _ in rows[0][1:])]
    cleaned = [[cell.strip(" \u00a0") for cell in row] for row in rows]
    add_table(document, cleaned, kinds, points=8 if len(rows[0]) > 5 else 9, widths_cm=widths)


def _cells(line: str) -> list[str]:
    return [cell.strip(" ") for cell in _CELL.split(line.strip()[1:-1])]
