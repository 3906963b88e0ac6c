"""Courses and cohort -> classes and covariates of every analysis, and the flow of patients into the main classes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.clinical.classify import classify
from rechallenge.figures.flow import class_counts, flow_svg
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.results import read_result
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

MAIN = "main"

with step(snakemake) as log:
    files, output = snakemake.input, snakemake.output
    accepted = Path(files.tables[0]).parents[1]
    course, cohort = read_parquet(files.course), read_result("cohort", files.cohort)
    patients, treatments, assessments = (
        read_canonical(accepted, table) for table in ("patients", "treatments", "assessments")
    )
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    targets = [output.main, *output.further]
    for (analysis, values), target in zip(snakemake.params.definitions.items(), targets, strict=True):
        classified = classify(
            course, cohort, patients, treatments, assessments,
            DefinitionSettings.read(values, f"definitions of {analysis}"),
            pd.Timestamp(snakemake.params.cutoff),
            progression_dates_only=declares["progression_dates_only"],
        )  # fmt: skip
        write_csv(classified, target)
        classes = class_counts(classified)
        if analysis == MAIN:
            flow = flow_svg(read_result("attrition", files.attrition), Path(files.template[0]), classes=classes)
            Path(output.flow).write_text(flow, encoding="utf-8")
        found = ", ".join(f"{number} {name.lower()}" for name, number in classes.items()) or "none"
        log.say(f"{analysis}: {len(classified)} patients classified; of the rechallenged {found}")
