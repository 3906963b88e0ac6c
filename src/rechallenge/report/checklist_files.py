"""A reporting checklist as CSV rows and as a Word document, in English as journals ask for it."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from rechallenge.report.checklists import STATUSES, Answer, Checklist
from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.templating import markdown_text
from rechallenge.report.word import add_table, add_text, new_document

COLUMNS: Final = ("item", "topic", "recommendation", "status", "location", "to_write")
_WIDTHS_CM: Final = (2.0, 3.2, 7.2, 6.4, 5.6)


def checklist_frame(answers: Sequence[Answer]) -> pd.DataFrame:
    """Return the rows of a checklist; columns COLUMNS, `location` holds the reason where nothing answers an item."""
    return pd.DataFrame([[getattr(answer, name) for name in COLUMNS] for answer in answers], columns=list(COLUMNS))


def checklist_docx(checklist: Checklist, answers: Sequence[Answer], study_title: str) -> bytes:
    """Return a checklist as a Word document, landscape, one row per item."""
    document = new_document(landscape=True)
    add_text(document.add_paragraph(style="Heading 1"), markdown_text(checklist.title))
    add_text(document.add_paragraph(), markdown_text(study_title))
    add_text(document.add_paragraph(), markdown_text(f"{checklist.reference} Recommendations in our own words."))
    rows = [["Item", "Topic", "Recommendation", "Where it is answered", "Authors write or add"]]
    for answer in answers:
        where = answer.location
        if not answer.locations:
            where = f"{STATUSES[answer.status]}: {where}" if where else STATUSES[answer.status]
        cells = (answer.item, answer.topic, answer.recommendation, where, answer.to_write)
        rows.append([markdown_text(cell) for cell in cells])
    add_table(document, rows, points=8.5, widths_cm=_WIDTHS_CM)
    return document_bytes(document, title=checklist.title)
