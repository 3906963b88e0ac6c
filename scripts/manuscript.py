"""The shareable results -> manuscript draft and STROBE checklist."""

from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.formatting import in_style
from rechallenge.report.outputs import read_study, write_manuscript
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log, in_style(snakemake.params.settings["report"]["style"]):
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    templates = Path(files.templates[0]).parent
    study = read_study(
        settings=params.settings,
        estimates=files.estimates,
        attrition=files.attrition,
        row_account=files.row_account,
        violations=files.violations,
        account=files.source,
        published=templates.parents[1] / "config" / "published",
    )
    write_manuscript(
        study,
        numbers=files.numbers,
        figures=files.figures,
        templates=templates,
        markdown=output.markdown,
        docx=output.docx,
        checklist_csv=output.checklist_csv,
        checklist_docx=output.checklist_docx,
    )
    log.say(f"the manuscript draft is {Path(output.docx).resolve()}")
