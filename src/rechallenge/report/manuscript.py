"""The manuscript draft as Markdown. `manuscript_docx` makes a Word document of it."""

# ruff: noqa: E501
# References stand on one line each.

from pathlib import Path
from typing import Final

from rechallenge.report import words
from rechallenge.report.definitions_words import definitions
from rechallenge.report.figures import Figures
from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import names_in, plain
from rechallenge.report.sheets import Sheet, printed
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import markdown_environment, markdown_text, render

TEMPLATE: Final = "manuscript.md.j2"
LEVEL: Final = "\u00a0\u00a0"  # before the label of a level, so that it stays below its heading without HTML
REFERENCES: Final = (
    "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457-481.",
    "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29-41.",
    "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control Clin Trials 1996;17:343-346.",
    "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer Chemother Rep 1966;50:163-170.",
    "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.",
    "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc 1977;72:557-565.",
    "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. Biometrika 1994;81:515-526.",
    "von Elm E, Altman DG, Egger M, et al. The Strengthening the Reporting of Observational Studies in Epidemiology (STROBE) statement. Lancet 2007;370:1453-1457.",
    "Eisenhauer EA, Therasse P, Bogaerts J, et al. New response evaluation criteria in solid tumours: revised RECIST guideline (version 1.1). Eur J Cancer 2009;45:228-247.",
    "Davidson-Pilon C. lifelines: survival analysis in Python. J Open Source Softw 2019;4:1317.",
    "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with Snakemake. F1000Research 2021;10:33.",
)


def render_manuscript(study: StudyData, *, figures: Figures, templates: Path, used: set[str] | None = None) -> str:
    """Return the draft as Markdown; `used` collects the names of the numbers that are printed."""
    names = set[str]() if used is None else used
    environment = markdown_environment(templates, study.numbers, names)
    environment.filters["lower_first"] = words.lower_first
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
        references=REFERENCES,
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
