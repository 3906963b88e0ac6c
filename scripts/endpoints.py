"""Classified patients -> times to event with their reasons and source rows, per analysis."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.endpoints import endpoints
from rechallenge.files import read_parquet, write_csv
from rechallenge.results import read_result
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import counted, step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    cutoff = pd.Timestamp(params.cutoff)
    accepted = Accepted(folder_of(files.tables), params.imputation[MAIN], cutoff)
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    per_analysis = zip(
        [files.course, *files.further_courses],
        [files.assessments, *files.further_assessments],
        [files.main, *files.further],
        [output.main, *output.further],
        strict=True,
    )
    for (analysis, values), (course, assessments, classified, target) in zip(
        params.definitions.items(), per_analysis, strict=True
    ):
        table = endpoints(
            read_result("classified", classified), read_parquet(course),
            accepted.tables(params.imputation[analysis])["treatments"], read_parquet(assessments),
            DefinitionSettings.read(values, f"definitions of {analysis}").endpoints, cutoff,
            analysis=analysis, progression_dates_only=declares["progression_dates_only"],
        )  # fmt: skip
        write_csv(table, target)
        events = table.groupby(["endpoint", "population"])["event"].agg(["sum", "size"])
        shown = [
            key for key in (("PFS", "rechallenge"), ("OS", "rechallenge"), ("PFS1", "first_ici")) if key in events.index
        ]
        found = ", ".join(
            f"{name} {events.loc[(name, of), 'sum']} of {events.loc[(name, of), 'size']}" for name, of in shown
        )
        log.say(f"{analysis}: events: {found or 'none'}; {counted(len(events), 'endpoint')} in adtte.csv")
