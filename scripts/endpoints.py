"""Classified patients -> times to event with their reasons and source rows, per analysis."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.clinical.endpoints import endpoints
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.results import read_result
from rechallenge.settings.definitions import EndpointSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, output = snakemake.input, snakemake.output
    accepted = Path(files.tables[0]).parents[1]
    course = read_parquet(files.course)
    treatments, assessments = (read_canonical(accepted, table) for table in ("treatments", "assessments"))
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    made = zip([files.main, *files.further], [output.main, *output.further], strict=True)
    for (analysis, values), (source, target) in zip(snakemake.params.definitions.items(), made, strict=True):
        table = endpoints(
            read_result("classified", source), course, treatments, assessments,
            EndpointSettings.read(values["endpoints"], f"definitions.endpoints of {analysis}"),
            pd.Timestamp(snakemake.params.cutoff),
            analysis=analysis,
            progression_dates_only=declares["progression_dates_only"],
        )  # fmt: skip
        write_csv(table, target)
        events = table.groupby(table["endpoint"] + " (" + table["population"] + ")")["event"].agg(["sum", "size"])
        found = ", ".join(f"{name} {row['sum']} of {row['size']}" for name, row in events.iterrows())
        log.say(f"{analysis}: events: {found or 'none'}")
