"""Table 1 as CSV rows and as a Word document."""

import pandas as pd

from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import printed
from rechallenge.report.study_data import StudyData
from rechallenge.report.word import add_table, add_text, new_document

NOBODY = "There is no patient to describe in Table 1."


def table_one_frame(study: StudyData) -> pd.DataFrame:
    """Return Table 1 as it is printed: one column per heading, a level's label after its covariate's.

    Numbers are text, as on the page; estimates.csv holds them as numbers.
    """
    if study.table_one is None:
        return pd.DataFrame(columns=["Characteristic", "All", "P"])
    head, *rows = printed(study.table_one, study.numbers)
    group, labels = "", []
    for row in study.table_one.rows:
        group = group if row.kind == "level" else row.label
        labels.append(f"{group}: {row.label}" if row.kind == "level" else row.label)
    body = [[label, *row[1:]] for label, row in zip(labels, rows, strict=True)]
    return pd.DataFrame(body, columns=head)


def table_one_docx(study: StudyData) -> bytes:
    """Return table1.docx."""
    document = new_document()
    sheet = study.table_one
    caption = document.add_paragraph(style="Caption")
    add_text(caption, f"**Table 1.** {plain(sheet.caption, study.numbers) if sheet else NOBODY}")
    if sheet:
        add_table(
            document,
            [[escaped(cell) for cell in row] for row in printed(sheet, study.numbers)],
            [row.kind for row in sheet.rows],
        )
        for note in sheet.notes:
            add_text(document.add_paragraph(), escaped(plain(note, study.numbers)))
    if study.simulated:
        add_text(document.add_paragraph(), "Simulated data: P values and intervals have no inferential meaning.")
    return document_bytes(document, title=f"Table 1. {study.config.study.title}")


def escaped(text: str) -> str:
    """Return text in which no mark of `word.add_text` is read as one."""
    return text.replace("\\", "\\\\").replace("*", "\\*")
