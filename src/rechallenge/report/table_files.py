"""Tables as files: CSV rows and LaTeX of every table, and Table 1 as a Word document."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled
from rechallenge.report.column_widths import column_widths
from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.latex_tables import latex_table, preview
from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Sheet, printed
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import markdown_text
from rechallenge.report.word import TEXT_WIDTH_CM, add_table, add_text, new_document

NOBODY = N_("There is no patient to describe in Table 1.")


def table_one_frame(study: StudyData) -> pd.DataFrame:
    """Return Table 1 as it is printed: one column per heading, a level's label after its covariate's.

    Numbers are text, as on the page; estimates.csv holds them as numbers.
    """
    if study.table_one is None:
        return pd.DataFrame(columns=["Characteristic", "All", "P"])
    return sheet_frame(study.table_one, study.numbers)


def sheet_frame(sheet: Sheet, numbers: Numbers) -> pd.DataFrame:
    """Return a table as it is printed: one column per heading, a level's label after that of its group."""
    head, *rows = printed(sheet, numbers)
    group, labels = "", []
    for row in sheet.rows:
        group = group if row.kind == "level" else row.label
        labels.append(labelled(group, row.label) if row.kind == "level" and group else row.label)
    body = [[label, *cells[1:]] for label, cells in zip(labels, rows, strict=True)]
    return pd.DataFrame(body, columns=head)


def write_tables(sheets: Sequence[Sheet], numbers: Numbers, folder: Path) -> None:
    """Write each table as <id>.csv and <id>.tex, index.csv that names them, and preview.tex that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for sheet in sheets:
        sheet_frame(sheet, numbers).to_csv(folder / f"{sheet.id}.csv", index=False, lineterminator="\n")
        (folder / f"{sheet.id}.tex").write_text(latex_table(sheet, numbers), encoding="utf-8")
        notes = " ".join(plain(note, numbers) for note in sheet.notes)
        rows.append([sheet.id, plain(sheet.caption, numbers), f"{sheet.id}.csv", f"{sheet.id}.tex", notes])
    index = pd.DataFrame(rows, columns=["table", "caption", "csv", "latex", "notes"])
    index.to_csv(folder / "index.csv", index=False, lineterminator="\n")
    (folder / "preview.tex").write_text(preview([sheet.id for sheet in sheets]), encoding="utf-8")


def table_one_docx(study: StudyData) -> bytes:
    """Return table1.docx."""
    document = new_document()
    sheet = study.table_one
    caption = document.add_paragraph(style="Caption")
    add_text(caption, tr("**Table 1.** {ending}", ending=plain(sheet.caption, study.numbers) if sheet else NOBODY))
    if sheet:
        cells = [[markdown_text(cell) for cell in row] for row in printed(sheet, study.numbers)]
        widths, points = column_widths(cells, TEXT_WIDTH_CM, 9)
        add_table(document, cells, [row.kind for row in sheet.rows], points=points, widths_cm=widths)
        for note in sheet.notes:
            add_text(document.add_paragraph(), markdown_text(plain(note, study.numbers)))
    if study.simulated:
        add_text(document.add_paragraph(), tr("Simulated data: P values and intervals have no inferential meaning."))
    return document_bytes(document, title=tr("Table 1. {title}", title=study.config.study.title))
