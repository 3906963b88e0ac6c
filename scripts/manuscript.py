"""The shareable results -> manuscript draft, its supplement, reporting checklists."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.formatting import in_style
from rechallenge.provenance import identity
from rechallenge.report.outputs import english_page, read_study, write_checklist, write_manuscript
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log, in_style(snakemake.params.settings["report"]["style"]):
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    templates = Path(files.templates[0]).parent
    source = json.loads(Path(files.source).read_text(encoding="utf-8"))
    study = read_study(
        settings=params.settings,
        estimates=files.estimates,
        attrition=files.attrition,
        row_account=files.row_account,
        findings=files.findings,
        withheld=files.withheld,
        disclosure=files.disclosure,
        account=files.source,
        published=templates.parents[1] / "config" / "published",
        versions=identity(params.settings, source, files.mapping, files.lock),
    )
    text = write_manuscript(
        study,
        numbers=files.numbers,
        figures=files.figures,
        templates=templates,
        markdown=output.markdown,
        docx=output.docx,
        supplement_markdown=output.supplement_markdown,
        supplement_docx=output.supplement_docx,
        own_templates=files.own_templates,
    )
    page = english_page(study, templates)
    for checklist, csv, docx in zip(files.checklists, output.checklist_csv, output.checklist_docx, strict=True):
        write_checklist(study, checklist, page=page, manuscript=text, csv=csv, docx=docx)
    log.say(f"the manuscript draft is {Path(output.docx).resolve()}")
