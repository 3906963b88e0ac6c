"""The shareable results -> numbers.json, Table 1 and the report."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.formatting import in_style
from rechallenge.language import in_language
from rechallenge.provenance import identity
from rechallenge.report.outputs import read_study, write_report
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with (
    step(snakemake) as log,
    in_style(snakemake.params.settings["report"]["style"]),
    in_language(snakemake.params.settings["report"]["language"]),
):
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
    write_report(
        study,
        flow=files.flow,
        figures=files.figures,
        templates=templates,
        numbers=output.numbers,
        table_csv=output.table_csv,
        table_html=output.table_html,
        table_docx=output.table_docx,
        page=output.page,
        tables=output.tables,
        checklists=files.checklists,
        own_templates=files.own_templates,
    )
    log.say(f"the report is {Path(output.page).resolve()}")
