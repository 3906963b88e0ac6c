"""Accepted tables and a share of the specifications -> the effect of each, for the specification curve."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.classify import COLUMNS
from rechallenge.clinical.courses import StudyFrame
from rechallenge.estimates.design import check_covariates
from rechallenge.files import write_csv
from rechallenge.robustness.derivation import Derivations
from rechallenge.robustness.run import run
from rechallenge.robustness.specifications import shard, specifications
from rechallenge.settings.config import SpecificationSettings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    definitions = DefinitionSettings.read(params.definitions, "definitions")
    statistics = StatisticsSettings.read(params.statistics, "statistics")
    choices = SpecificationSettings.read(params.settings, "specifications").choices
    check_covariates(COLUMNS, statistics.covariates)
    cutoff = pd.Timestamp(params.cutoff)
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    start, end = map(pd.Timestamp, params.window)
    frame = StudyFrame(cutoff, (start, end), declares["progression_dates_only"])
    accepted = Accepted(folder_of(files.tables), params.imputation, cutoff)
    covariates = [item.name for item in statistics.covariates]
    every = specifications(choices, definitions, params.imputation, covariates)
    number, of = map(int, snakemake.wildcards.scatteritem.split("-of-"))
    own = shard(every, choices, number, of)
    derivations = Derivations(accepted.tables, frame)
    table = run(own, derivations, definitions, params.imputation, statistics, choices)
    write_csv(table, output[0])
    part = f", part {number} of {of}" if of > 1 else ""
    log.say(f"{len(own)} of {len(every)} specifications{part}; {int(table['hr'].isna().sum())} without a hazard ratio")
