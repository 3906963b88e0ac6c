"""report.html: one file that needs nothing else."""

from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rechallenge.report import quality, words
from rechallenge.report.definitions_words import Definition, definitions, settings_values
from rechallenge.report.figures import Figures, inline_svg
from rechallenge.report.published import comparison, own_contradictions
from rechallenge.report.study_data import StudyData
from rechallenge.report.templating import html_environment, render
from rechallenge.settings.config import definitions_of

PAGE: Final = "report.html.j2"
TABLE_PAGE: Final = "table1.html.j2"


def render_page(study: StudyData, *, flow: str, figures: Figures, templates: Path, used: set[str] | None = None) -> str:
    """Return report.html.

    `flow` is the text of flow.svg, `templates` the folder with report.html.j2; `used` collects the names of the
    numbers that are printed.
    """
    environment = html_environment(templates, study.numbers, used)
    return render(
        environment,
        PAGE,
        study=study,
        words=words,
        flow=Markup(inline_svg(flow)) if flow.strip() else "",
        figures=figures,
        quality=quality.rows(study.violation_counts, study.rule_meanings),
        statuses=quality.STATUSES,
        comparison=comparison(study.published, study.numbers, study.tidy),
        own_contradictions=own_contradictions(study.tidy, study.numbers),
        definitions=_definitions(study),
        style=Markup((templates / "report.css.j2").read_text(encoding="utf-8")),
    )


def render_table_one(study: StudyData, templates: Path) -> str:
    """Return table1.html: Table 1 alone, as a page."""
    environment = html_environment(templates, study.numbers)
    style = Markup((templates / "report.css.j2").read_text(encoding="utf-8"))
    return render(environment, TABLE_PAGE, study=study, words=words, style=style)


def _definitions(study: StudyData) -> list[dict[str, Any]]:
    """The definitions of the main analysis; of a further one, those that differ from it."""
    dates_only = study.declared("progression_dates_only")
    main = definitions(study.config, progression_dates_only=dates_only)
    blocks = [_block("main", "Main analysis", study, main)]
    for name in study.config.analyses:
        own = definitions_of(study.config, name)
        asked = study.config.analyses[name].definitions
        changed = {key for key in type(asked).model_fields if getattr(asked, key) is not None}
        theirs = definitions(study.config, own, "settings.definitions", progression_dates_only=dates_only)
        prefix = f"settings.analyses.{name}.definitions"
        renamed = definitions(study.config, own, prefix, progression_dates_only=dates_only)
        differing = [
            new
            for new, old in zip(renamed, theirs, strict=True)
            if any(path.split(".")[0] in changed for path in old.settings)
        ]
        blocks.append(_block(name, words.analysis(name, study.titles), study, differing))
    return blocks


def _block(name: str, title: str, study: StudyData, items: list[Definition]) -> dict[str, Any]:
    own = None if name == "main" else definitions_of(study.config, name)
    rows = [
        {
            "term": item.term,
            "words": item.words,
            "source": item.source,
            "settings": settings_values(study.config, own, item.settings),
        }
        for item in items
    ]
    return {"name": name, "title": title, "rows": rows}
