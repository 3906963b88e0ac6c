"""Courses and cohort -> classes and covariates of every analysis."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.classify import classifiable, classify
from rechallenge.clinical.preset_classes import boundary_patients, preset_classes
from rechallenge.files import read_parquet, write_csv
from rechallenge.results import read_result
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

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
        [files.cohort, *files.further_cohorts],
        [output.main, *output.further],
        strict=True,
    )
    for (analysis, values), (course, assessments, cohort, target) in zip(
        params.definitions.items(), per_analysis, strict=True
    ):
        tables = accepted.tables(params.imputation[analysis])
        courses, members = read_parquet(course), read_result("cohort", cohort)
        seen, definitions = read_parquet(assessments), DefinitionSettings.read(values, f"definitions of {analysis}")
        dates_only = declares["progression_dates_only"]
        classified = classify(
            courses, members, tables["patients"], tables["treatments"], seen, definitions, cutoff,
            progression_dates_only=dates_only,
        )  # fmt: skip
        write_csv(classified, target)
        if analysis == MAIN:
            rows = classifiable(
                courses, members, tables["treatments"], seen, definitions, cutoff, progression_dates_only=dates_only
            )
            write_csv(preset_classes(rows, members, definitions), output.preset_classes)
            near = boundary_patients(rows, members, definitions, params.boundary_days)
            write_csv(near, output.boundary_patients)
        classes = classified.loc[classified["eligible"].astype(bool), "resistance"].fillna("no class").value_counts()
        found = ", ".join(f"{number} {name}" for name, number in classes.sort_index().items()) or "none"
        log.say(f"{analysis}: {len(classified)} patients classified; of the rechallenged {found}")
