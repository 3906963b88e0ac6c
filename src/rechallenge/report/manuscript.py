"""The manuscript draft as Markdown. `manuscript_docx` makes a Word document of it."""

from pathlib import Path
from typing import Final

from rechallenge.estimates.comparison_methods import TITLES
from rechallenge.report import words
from rechallenge.report.definitions_words import definitions
from rechallenge.report.figures import Figures
from rechallenge.report.numbers import Numbers
from rechallenge.report.references import Citations
from rechallenge.report.sentences import names_in, plain
from rechallenge.report.sheets import Sheet, printed
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import markdown_environment, markdown_text, render

TEMPLATE: Final = "manuscript.md.j2"
LEVEL: Final = "\u00a0\u00a0"  # before the label of a level, so that it stays below its heading without HTML


def render_manuscript(study: StudyData, *, figures: Figures, templates: Path, used: set[str] | None = None) -> str:
    """Return the draft as Markdown; `used` collects the names of the numbers that are printed."""
    names = set[str]() if used is None else used
    environment = markdown_environment(templates, study.numbers, names)
    environment.filters["lower_first"] = words.lower_first
    citations = Citations()
    environment.globals["cite"] = citations.cite
    environment.globals["table"] = lambda title, sheet: markdown_table(title, sheet, study.numbers)
    text = render(
        environment,
        TEMPLATE,
        study=study,
        words=words,
        figures=figures,
        definitions=definitions(study.config, progression_dates_only=study.declared("progression_dates_only")),
        covariates=[words.term(item.name, study.labels) for item in study.config.statistics.covariates],
        tables=tables(study),
        criteria=[str(name) for name in study.attrition["criterion"]],
        citations=citations,
        weighted_tests=[TITLES[name] for name in study.config.statistics.log_rank_weights],
    )
    for _, sheet in tables(study):
        names.update(sheet_names(sheet))
    return tidied(text)


def tables(study: StudyData) -> list[tuple[str, Sheet]]:
    """Return Tables 1 to 3: the patients, survival, the Cox models of the first endpoint that has each."""
    parts = [study.table_one, next(iter(study.survival_tables), None), next(iter(study.cox_tables), None)]
    return [(f"Table {place}", sheet) for place, sheet in enumerate(parts, 1) if sheet is not None]


def sheet_names(sheet: Sheet) -> set[str]:
    """Return the names of all numbers in a table."""
    patterns = [sheet.caption, *sheet.head, *sheet.notes, *(cell for row in sheet.rows for cell in row.cells)]
    return {name for pattern in patterns for name in names_in(pattern)}


def markdown_table(title: str, sheet: Sheet, numbers: Numbers) -> str:
    """Return a table in Markdown below its title; headings of groups are bold, levels indented."""
    head, *rows = printed(sheet, numbers)
    lines = [f"**{title}.** {markdown_text(plain(sheet.caption, numbers))}", ""]
    lines.append("| " + " | ".join(markdown_text(cell) or " " for cell in head) + " |")
    lines.append("|" + " --- |" * len(head))
    for row, kind in zip(rows, (row.kind for row in sheet.rows), strict=True):
        label = markdown_text(row[0])
        label = f"**{label}**" if kind == "group" else (LEVEL + label if kind == "level" else label)
        lines.append("| " + " | ".join([label, *(markdown_text(cell) for cell in row[1:])]) + " |")
    for note in sheet.notes:
        lines += ["", markdown_text(plain(note, numbers))]
    return "\n".join(lines)


def tidied(text: str) -> str:
    """Return Markdown with single empty lines between its parts and none of the blanks that templates leave."""
    lines: list[str] = []
    for line in (line.rstrip(" ") for line in text.splitlines()):
        opens = line.startswith(("#", "**Conclusion", "**Results"))
        if (opens and lines and lines[-1]) or (not line and lines and lines[-1]):
            lines.append("")
        if line:
            lines.append(line)
    return "\n".join(lines).strip() + "\n"
