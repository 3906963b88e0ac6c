"""The files of the report and manuscript steps: read what earlier steps wrote, write the outputs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.files import read_csv, write_json
from rechallenge.language import ENGLISH, in_language
from rechallenge.report.checklists import FILES, answers, places, read_checklist
from rechallenge.report.figures import Figures, read_figures
from rechallenge.report.manuscript import render_manuscript, render_supplement
from rechallenge.report.page import render_page, render_table_one
from rechallenge.report.published import read_published
from rechallenge.report.sheets import Sheet
from rechallenge.report.study_data import StudyData
from rechallenge.report.withheld import nothing, nothing_to_tell
from rechallenge.results import TEXT_COLUMNS
from rechallenge.settings.config import StudyConfig

_Path = str | Path


def read_study(
    *,
    settings: Mapping[str, Any],
    estimates: _Path,
    attrition: _Path,
    row_account: _Path,
    findings: _Path,
    account: _Path,
    published: _Path,
    withheld: _Path | None = None,
    disclosure: _Path | None = None,
    versions: Mapping[str, Any] | None = None,
    rule_meanings: Mapping[str, str] | None = None,
) -> StudyData:
    """Read what report and manuscript are made from.

    `settings` are the plain values of the whole study file (`StudyConfig.plain()`), `account` is ingest.json,
    `published` the folder config/published; `withheld` and `disclosure` are what the step of disclosure control wrote.
    """
    config = StudyConfig.read(settings, "settings")
    return StudyData(
        config=config,
        estimates=read_csv(estimates, text=TEXT_COLUMNS),
        attrition=read_csv(attrition, text=["criterion"]),
        row_account=read_csv(row_account, text=["table"]),
        findings=read_csv(findings, text=["severity", "rule", "table"]).fillna({"rule": "", "table": ""}),
        source=json.loads(Path(account).read_text(encoding="utf-8")),
        published=read_published(config.report.published, Path(published)),
        versions=dict(versions or {}),
        rule_meanings=dict(rule_meanings or {}),
        withheld=nothing() if withheld is None else pd.read_csv(withheld, dtype=str, keep_default_na=False),
        disclosure=nothing_to_tell() if disclosure is None else pd.read_csv(disclosure, keep_default_na=False),
    )


def write_report(
    study: StudyData,
    *,
    flow: _Path,
    figures: _Path,
    templates: _Path,
    numbers: _Path,
    table_csv: _Path,
    table_html: _Path,
    table_docx: _Path,
    page: _Path,
    tables: _Path,
    checklists: Sequence[_Path] = (),
    own_templates: Sequence[_Path] = (),
) -> None:
    """Write numbers.json, table1.csv, .html, .docx, report.html, and every table of it as CSV and LaTeX in `tables`.

    `flow` is flow.svg, `figures` the folder of figures with its manifest.json, `templates` workflow/templates,
    `checklists` files of config/checklists, `own_templates` the study's own manuscript templates.
    """
    from rechallenge.report.table_files import (  # python-docx is slow to import
        table_one_docx,
        table_one_frame,
        write_tables,
    )

    folder, drawn, used, shown = Path(templates), read_figures(Path(figures)), set[str](), list[Sheet]()
    # The manuscript is written by the next step; its numbers belong to the same file.
    manuscript = _manuscript_for_numbers(study, Path(figures), folder, used, _own(own_templates))
    html = render_page(
        study,
        flow=Path(flow).read_text(encoding="utf-8"),
        figures=drawn,
        templates=folder,
        used=used,
        tables=shown,
        checklists=[read_checklist(Path(path)) for path in checklists],
        manuscript=manuscript,
    )
    write_json({name: study.numbers[name] for name in used}, numbers)
    table_one_frame(study).to_csv(table_csv, index=False, lineterminator="\n", encoding="utf-8")
    Path(table_html).write_text(render_table_one(study, folder), encoding="utf-8")
    Path(table_docx).write_bytes(table_one_docx(study))
    write_tables(shown, study.numbers, Path(tables))
    Path(page).write_text(html, encoding="utf-8")


def _manuscript_for_numbers(study: StudyData, figures: Path, templates: Path, used: set[str], own: Path | None) -> str:
    """Return the draft, in English whatever the language of the report; `used` collects its numbers.

    The tables of a study are kept in the language in which they were first asked for, so this one is a study apart.
    """
    apart, drawn = replace(study), read_figures(figures, english=True)
    with in_language(ENGLISH):
        render_supplement(apart, figures=drawn, templates=templates, used=used, own=own)
        return render_manuscript(apart, figures=drawn, templates=templates, used=used, own=own)


def write_manuscript(
    study: StudyData,
    *,
    numbers: _Path,
    figures: _Path,
    templates: _Path,
    markdown: _Path,
    docx: _Path,
    supplement_markdown: _Path,
    supplement_docx: _Path,
    own_templates: Sequence[_Path] = (),
) -> str:
    """Write the draft and its supplement as Markdown and Word; return the Markdown of the draft.

    `numbers` is numbers.json as the report wrote it: raises UserError where it lacks a number that the manuscript
    prints or holds another text for it.
    """
    from rechallenge.report.manuscript_docx import manuscript_docx

    used, drawn, own = set[str](), read_figures(Path(figures), english=True), _own(own_templates)
    text = render_manuscript(study, figures=drawn, templates=Path(templates), used=used, own=own)
    further = render_supplement(study, figures=drawn, templates=Path(templates), used=used, own=own)
    _check_same(json.loads(Path(numbers).read_text(encoding="utf-8")), study, used)
    title = study.config.study.title
    pictures = {f"figures/{path.name}": path.read_bytes() for path in sorted(Path(figures).glob("*.png"))}
    Path(markdown).write_text(text, encoding="utf-8")
    Path(docx).write_bytes(manuscript_docx(text, title=title, pictures=pictures))
    Path(supplement_markdown).write_text(further, encoding="utf-8")
    title = f"Supplement: {title}"
    Path(supplement_docx).write_bytes(manuscript_docx(further, title=title, pictures=pictures, supplement=True))
    return text


def _own(templates: Sequence[_Path]) -> Path | None:
    """Return the folder of a study's own templates, or None where it has none."""
    return Path(templates[0]).parent if templates else None


def english_page(study: StudyData, templates: Path) -> str:
    """Return the report without its figures, in English: what the checklists for journals name the sections of."""
    return render_page(study, flow="", figures=Figures(), templates=templates)


def write_checklist(study: StudyData, path: _Path, *, page: str, manuscript: str, csv: _Path, docx: _Path) -> None:
    """Write one checklist of config/checklists as CSV and Word; `page` and `manuscript` are what it points into."""
    from rechallenge.report.checklist_files import checklist_docx, checklist_frame

    checklist = read_checklist(Path(path))
    found = answers(checklist, places(page, manuscript, FILES), rechallenged=study.rechallenged > 0)
    checklist_frame(found).to_csv(csv, index=False, lineterminator="\n", encoding="utf-8")
    Path(docx).write_bytes(checklist_docx(checklist, found, study.config.study.title))


def _check_same(written: Mapping[str, Any], study: StudyData, used: set[str]) -> None:
    differing = sorted(name for name in used if written.get(name, {}).get("text") != study.numbers[name]["text"])
    if differing:
        raise UserError(
            f"numbers.json does not belong to these estimates ({', '.join(differing[:3])}); "
            "run the step `report` again."
        )
