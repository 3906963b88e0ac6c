"""The manuscript draft and its supplement as Markdown. `manuscript_docx` makes Word documents of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from rechallenge.errors import UserError
from rechallenge.estimates.comparison_methods import TITLES
from rechallenge.report import supplement, words
from rechallenge.report.abbreviations import abbreviations
from rechallenge.report.definitions_words import definitions, settings_values
from rechallenge.report.figures import Figures, PageFigure
from rechallenge.report.numbers import Numbers
from rechallenge.report.references import Citations
from rechallenge.report.sentences import names_in, plain, resolved
from rechallenge.report.sheets import Sheet, printed
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import markdown_environment, markdown_text, own_blocks, render
from rechallenge.settings.config import MAIN

TEMPLATE: Final = "manuscript.md.j2"
SUPPLEMENT: Final = "manuscript_supplement.md.j2"
# What a study's own folder of templates may hold.
OVERRIDABLE: Final = (TEMPLATE, "manuscript_statistics.md.j2", "manuscript_software.md.j2", SUPPLEMENT)
# Before the label of a level, so that it stays below its heading without HTML; what is white space only is stripped.
LEVEL: Final = "\u2060\u00a0\u00a0"
# Figures of the main text where nobody was rechallenged.
FIRST_ICI_FIGURES: Final = ("km_pfs1_overall", "km_os1_overall")
# Stand for counts of words and references until the text is there.
_COUNT: Final = re.compile("\ue200([^\ue201]*)\ue201")
_REFERENCES: Final = "references"


@dataclass
class _Draft:
    """What the templates of a draft share: numbers printed so far, tables numbered so far."""

    study: StudyData
    prefix: str = ""
    used: set[str] = field(default_factory=set)
    tables: int = 0
    figures: int = 0

    def table(self, title: str, sheet: Sheet) -> str:
        self.used.update(sheet_names(sheet, self.study.numbers))
        if not title:
            self.tables += 1
            title = f"Table {self.prefix}{self.tables}"
        return markdown_table(title, sheet, self.study.numbers)

    def legend(self, figure: PageFigure) -> str:
        self.figures += 1
        return f"**Figure {self.prefix}{self.figures}.** {markdown_text(figure.caption)}"


def render_manuscript(
    study: StudyData, *, figures: Figures, templates: Path, used: set[str] | None = None, own: Path | None = None
) -> str:
    """Return the draft as Markdown; `used` collects the names of the numbers that are printed.

    `own` is the study's folder of templates. Raises UserError where a template asks for what does not exist or claims
    what does not hold.
    """
    draft = _Draft(study, used=set() if used is None else used)
    citations = Citations()
    environment = _environment(draft, templates, own)
    environment.globals["cite"] = citations.cite
    text = render(
        environment,
        TEMPLATE,
        study=study,
        words=words,
        figures=figures,
        shown_figures=main_figures(study, figures),
        definitions=definitions(study.config, progression_dates_only=study.declared("progression_dates_only")),
        covariates=[words.term(item.name, study.labels) for item in study.config.statistics.covariates],
        tables=tables(study),
        criteria=[str(name) for name in study.attrition["criterion"]],
        citations=citations,
        weighted_tests=[TITLES[name] for name in study.config.statistics.log_rank_weights],
    )
    return _counted(tidied(text), len(citations.listed))


def render_supplement(
    study: StudyData, *, figures: Figures, templates: Path, used: set[str] | None = None, own: Path | None = None
) -> str:
    """Return the supplement as Markdown: what the manuscript has no room for, tables and figures S1, S2, ..."""
    draft = _Draft(study, "S", set() if used is None else used)
    environment = _environment(draft, templates, own)
    text = render(
        environment,
        SUPPLEMENT,
        study=study,
        attrition=supplement.attrition(study),
        definitions=definitions(study.config, progression_dates_only=study.declared("progression_dates_only")),
        settings_of=lambda item: settings_values(study.config, MAIN, item.settings),
        parts=supplement.parts(study, figures, main_figures(study, figures)),
        published=supplement.published_sheets(study),
    )
    return tidied(text)


def _environment(draft: _Draft, templates: Path, own: Path | None) -> Environment:
    if own is not None:
        problems = own_blocks(own, templates, OVERRIDABLE)
        if problems:
            raise UserError(problems)
    environment = markdown_environment(templates, draft.study.numbers, draft.used, own)
    environment.filters["lower_first"] = words.lower_first
    environment.globals.update(
        table=draft.table,
        legend=draft.legend,
        picture=picture,
        words_of=lambda first, last="": f"\ue200{first}|{last or first}\ue201",
        reference_count=lambda: f"\ue200{_REFERENCES}\ue201",
    )
    return environment


def main_figures(study: StudyData, figures: Figures) -> list[PageFigure]:
    """Return the figures of the manuscript: the flow, then those of `report.main_figures` that were drawn."""
    wanted: Sequence[str] = study.config.report.main_figures if study.rechallenged else FIRST_ICI_FIGURES
    drawn = {figure.name: figure for figure in figures.drawn}
    flow = [figures.flow] if figures.flow is not None else []
    return flow + [drawn[name] for name in wanted if name in drawn]


def picture(figure: PageFigure) -> str:
    """Return the picture of a figure in Markdown; the file lies beside the draft in `figures/`."""
    file = next((name for name in figure.files if name.endswith(".png")), "")
    return f"![{markdown_text(figure.alt)}](figures/{file})" if file else ""


def tables(study: StudyData) -> list[tuple[str, Sheet]]:
    """Return Tables 1 to 3: the patients, survival, the Cox models of the first endpoint that has each."""
    parts = [study.table_one, next(iter(study.survival_tables), None), next(iter(study.cox_tables), None)]
    return [(f"Table {place}", sheet) for place, sheet in enumerate(filter(None, parts), 1)]


def sheet_names(sheet: Sheet, numbers: Numbers) -> set[str]:
    """Return the names of all numbers in a table."""
    patterns = [sheet.caption, *sheet.head, *sheet.notes, *(cell for row in sheet.rows for cell in row.cells)]
    return {resolved(name, numbers) for pattern in patterns for name in names_in(pattern)}


def markdown_table(title: str, sheet: Sheet, numbers: Numbers) -> str:
    """Return a table in Markdown below its title, notes and abbreviations below it.

    Headings of groups are bold, levels indented.
    """
    head, *rows = printed(sheet, numbers)
    caption, notes = plain(sheet.caption, numbers), [plain(note, numbers) for note in sheet.notes]
    lines = [f"**{title}.** {markdown_text(caption)}", ""]
    lines.append("| " + " | ".join(markdown_text(cell) or " " for cell in head) + " |")
    lines.append("|" + " --- |" * len(head))
    for row, kind in zip(rows, (row.kind for row in sheet.rows), strict=True):
        label = markdown_text(row[0])
        label = f"**{label}**" if kind == "group" else (LEVEL + label if kind == "level" else label)
        lines.append("| " + " | ".join([label, *(markdown_text(cell) for cell in row[1:])]) + " |")
    short = abbreviations([caption, *head, *notes, *(cell for row in rows for cell in row)])
    for note in [*notes, *([f"Abbreviations: {short}"] if short else [])]:
        lines += ["", f"*{markdown_text(note)}*"]
    return "\n".join(lines)


def tidied(text: str) -> str:
    """Return Markdown with single empty lines between its parts and none of the blanks that templates leave."""
    lines: list[str] = []
    for line in (line.rstrip(" ") for line in text.splitlines()):
        opens = line.startswith(("#", "**Conclusion", "**Results", "!["))
        if (opens and lines and lines[-1]) or (not line and lines and lines[-1]):
            lines.append("")
        if line:
            lines.append(line)
    return "\n".join(lines).strip() + "\n"


def _counted(text: str, references: int) -> str:
    """Put in the words of the sections that are asked for (by their headings, first to last) and the references."""

    def count(found: re.Match[str]) -> str:
        if found[1] == _REFERENCES:
            return str(references)
        first, _, last = found[1].partition("|")
        return f"{_words(text, first, last):,}"

    return _COUNT.sub(count, text)


def _words(text: str, first: str, last: str) -> int:
    """Count the words from one second-level heading to the end of another's section, tables and pictures left out."""
    sections = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    names, bodies = sections[1::2], sections[2::2]
    if first not in names or last not in names:
        return 0
    inside: list[Any] = bodies[names.index(first) : names.index(last) + 1]
    return sum(len(re.findall(r"\b[\w'’.-]+\b", body)) for body in inside)
