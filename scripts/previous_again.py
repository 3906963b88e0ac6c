"""The accepted tables of the previous release -> its patients, times and estimates under today's code and settings."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted
from rechallenge.clinical.courses import StudyFrame
from rechallenge.errors import UserError
from rechallenge.files import read_canonical, write_csv, write_parquet
from rechallenge.refresh.again import run_again
from rechallenge.refresh.store import read_release
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    params, output = snakemake.params, snakemake.output
    release = read_release(Path(params.previous))
    if release.accepted is None or release.everyone is None:
        raise UserError(
            f"refresh.run_previous_again: the release in {params.previous} has not kept its accepted tables, so that "
            "its extract cannot be run again. Release with refresh.keep_extract: true from now on, and leave this one "
            "false."
        )
    before = release.snapshot.provenance
    values, cutoff = before["settings"]["values"], release.snapshot.cutoff
    window = values["study"]["window"]
    frame = StudyFrame(
        cutoff,
        (pd.Timestamp(window["start"]), pd.Timestamp(window["end"])),
        before["extract"]["declares"]["progression_dates_only"],
    )
    analyses, estimates, sets = run_again(
        Accepted(release.accepted, values["dates"]["imputation"], cutoff),
        release.everyone,
        read_canonical(release.accepted, "adverse_events"),
        frame,
        {name: DefinitionSettings.read(plain, f"definitions of {name}") for name, plain in params.definitions.items()},
        params.imputation,
        StatisticsSettings.read(params.settings, "statistics"),
        release.salt,
    )
    write_csv(estimates, output.estimates)
    for table, path in zip(sets.tables(), output.sets, strict=True):
        write_parquet(table, path)
    targets = zip(analyses.values(), output.cohorts, output.classified, output.adtte, strict=True)
    for tables, cohort, classified, adtte in targets:
        write_csv(tables.cohort, cohort)
        write_csv(tables.classified, classified)
        write_csv(tables.adtte, adtte)
    log.say(f"{len(estimates)} estimates of the extract of {cutoff.date()} under today's code and settings")
