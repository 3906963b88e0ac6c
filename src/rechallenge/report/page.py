"""report.html: one file that needs nothing else."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from rechallenge.language import tr
from rechallenge.method_words import reason
from rechallenge.report import quality, words
from rechallenge.report.checklists import FILES, STATUSES, Checklist, Places, answers, places
from rechallenge.report.curves import curves
from rechallenge.report.definitions.parts import Definition
from rechallenge.report.definitions_words import definitions, settings_values
from rechallenge.report.figures import Figures, inline_svg
from rechallenge.report.number_sources import script, sources
from rechallenge.report.published import comparison, own_contradictions
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Sheet
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import html_environment, render
from rechallenge.settings.config import MAIN
from rechallenge.validation import finding_counts

PAGE: Final = "report.html.j2"
SCRIPT: Final = "report.js"
CURVES: Final = "curves.js"
TABLE_PAGE: Final = "table1.html.j2"
CHECKLISTS: Final = "report_checklists.html.j2"
# The checklists link to the sections of the page, so they are put in when the page is there.
CHECKLISTS_HERE: Final = "<!-- checklists -->"


def render_page(
    study: StudyData,
    *,
    flow: str,
    figures: Figures,
    templates: Path,
    used: set[str] | None = None,
    tables: list[Sheet] | None = None,
    checklists: Sequence[Checklist] = (),
    manuscript: str = "",
) -> str:
    """Return report.html.

    `flow` is the text of flow.svg, `templates` the folder with report.html.j2; `used` collects the names of the
    numbers that are printed, `tables` the tables in the order of the page. `manuscript` is the draft in Markdown, of
    which the checklists name the headings.
    """
    printed: set[str] = set() if used is None else used
    environment = html_environment(templates, study.numbers, printed)
    shown: list[Sheet] = [] if tables is None else tables
    environment.globals["collect"] = shown.append
    methods = dict(zip(study.tidy["estimate_id"], study.tidy["method"], strict=True))
    steps = curves(figures, str(study.numbers["settings.statistics.confidence.percent"]["text"]))
    page = render(
        environment,
        PAGE,
        scripts=[script((templates / name).read_text(encoding="utf-8")) for name in (SCRIPT, *[CURVES] * bool(steps))],
        curves=Markup(steps),
        sources=lambda: Markup(sources(printed, study.numbers, methods)),
        study=study,
        words=words,
        said_reason=reason,
        flow=Markup(inline_svg(flow)) if flow.strip() else "",
        figures=figures,
        quality=quality.rows(study.findings, study.rule_meanings),
        statuses=finding_counts.STATUSES,
        comparison=comparison(study.published, study.numbers, study.tidy),
        own_contradictions=own_contradictions(study.tidy, study.numbers),
        definitions=_definitions(study),
        style=Markup((templates / "report.css.j2").read_text(encoding="utf-8")),
        checklists=Markup(CHECKLISTS_HERE) if checklists else "",
    )
    return page.replace(CHECKLISTS_HERE, _checklists(study, checklists, places(page, manuscript, FILES), environment))


def _checklists(study: StudyData, checklists: Sequence[Checklist], there: Places, environment: Environment) -> str:
    lists = []
    for checklist in checklists:
        found = answers(checklist, there, rechallenged=study.rechallenged > 0)
        lists.append((checklist, found, Counter(answer.status for answer in found)))
    return render(environment, CHECKLISTS, lists=lists, statuses=STATUSES) if lists else ""


def render_table_one(study: StudyData, templates: Path) -> str:
    """Return table1.html: Table 1 alone, as a page."""
    environment = html_environment(templates, study.numbers)
    style = Markup((templates / "report.css.j2").read_text(encoding="utf-8"))
    return render(environment, TABLE_PAGE, study=study, words=words, style=style)


def _definitions(study: StudyData) -> list[dict[str, Any]]:
    """The definitions of the main analysis; of a further one, those whose words differ from it."""
    dates_only = study.declared("progression_dates_only")
    main = definitions(study.config, progression_dates_only=dates_only)
    printed = {item.term: plain(item.words, study.numbers) for item in main}
    blocks = [_block(MAIN, tr("Main analysis"), study, main)]
    for name in study.config.analyses:
        own = definitions(study.config, name, progression_dates_only=dates_only)
        differing = [item for item in own if plain(item.words, study.numbers) != printed.get(item.term)]
        blocks.append(_block(name, words.analysis(name, study.titles), study, differing))
    return blocks


def _block(name: str, title: str, study: StudyData, items: list[Definition]) -> dict[str, Any]:
    rows = [
        {
            "term": item.term,
            "words": item.words,
            "source": item.source,
            "settings": settings_values(study.config, name, item.settings),
        }
        for item in items
    ]
    return {"name": name, "title": title, "rows": rows}
