"""Canonical tables -> violations, the rows that stay, the account of every row and the validation report."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.files import read_canonical, read_parquet, write_canonical, write_csv
from rechallenge.sources.drugs import DrugDictionary
from rechallenge.step import step
from rechallenge.tables import TABLES
from rechallenge.validation.approvals import read_approvals
from rechallenge.validation.check import check
from rechallenge.validation.page import page
from rechallenge.validation.said import said
from rechallenge.validation.waivers import read_waivers

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    canonical, accepted = Path(files.tables[0]).parents[1], Path(output.tables[0]).parents[1]
    dictionary = DrugDictionary.read(files.drugs[0])
    checked = check(
        {table: read_canonical(canonical, table) for table in TABLES},
        read_parquet(files.findings),
        read_waivers(files.waivers[0]) if files.waivers else None,
        params.set_aside,
        cutoff=date.fromisoformat(params.cutoff),
        drug_names=dictionary.drugs,
        approvals=read_approvals(files.approvals[0]),
    )
    for table, frame in checked.accepted.items():
        write_canonical(frame, table, accepted)
    write_csv(checked.violations, output.violations)
    write_csv(checked.row_account, output.row_account)
    text = page(checked.violations, checked.row_account, files.template[0], title=params.title)
    Path(output.page).write_text(text, encoding="utf-8")
    log.say(f"{said(checked.violations)}; see {Path(output.page).resolve()}")
