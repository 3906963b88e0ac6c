"""Courses and cohort -> classes and covariates of every analysis, and the flow of patients into the main classes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.classify import classifiable, classify
from rechallenge.clinical.preset_classes import boundary_patients, preset_classes
from rechallenge.figures.flow import class_counts, flow_svg
from rechallenge.files import read_parquet, write_csv
from rechallenge.formatting import in_style
from rechallenge.language import in_language
from rechallenge.results import read_result
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log, in_style(snakemake.params.style), in_language(snakemake.params.language):
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
        classes = class_counts(classified)
        if analysis == MAIN:
            flow = flow_svg(read_result("attrition", files.attrition), Path(files.template[0]), classes=classes)
            Path(output.flow).write_text(flow, encoding="utf-8")
            rows = classifiable(
                courses, members, tables["treatments"], seen, definitions, cutoff, progression_dates_only=dates_only
            )
            write_csv(preset_classes(rows, members, definitions), output.preset_classes)
            near = boundary_patients(rows, members, definitions, params.boundary_days)
            write_csv(near, output.boundary_patients)
        found = ", ".join(f"{number} {name.lower()}" for name, number in classes.items()) or "none"
        log.say(f"{analysis}: {len(classified)} patients classified; of the rechallenged {found}")
