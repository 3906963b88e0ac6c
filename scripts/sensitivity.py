"""Accepted rows -> patients, classes and times under each scenario of the sensitivity set."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.courses import StudyFrame
from rechallenge.files import read_parquet, write_csv
from rechallenge.robustness.scenario_derivation import derived
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    cutoff, first_day, last_day = map(pd.Timestamp, (params.cutoff, *params.window))
    dates_only = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]["progression_dates_only"]
    scenarios = derived(
        DefinitionSettings.read(params.definitions[MAIN], "definitions"),
        params.imputation,
        Accepted(folder_of(files.tables), params.imputation, cutoff),
        StudyFrame(cutoff, (first_day, last_day), dates_only),
        read_parquet(files.everyone)["patient_id"],
    )
    for name in ("classified", "adtte", "cohort"):
        write_csv(getattr(scenarios, name), output[name])
    log.say(f"{scenarios.cohort['analysis'].nunique()} scenarios differ from the main analysis")
