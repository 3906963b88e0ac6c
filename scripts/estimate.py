"""Classified patients and times to event of every analysis -> the table of estimates and the curves."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.estimates.run import estimate
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.published.model import read_files
from rechallenge.published.own import all_rows
from rechallenge.results import read_result
from rechallenge.settings.classes import ResistanceSettings
from rechallenge.settings.config import StatisticsSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    settings = StatisticsSettings.read(params.settings, "statistics")
    accepted = Path(files.tables[0]).parents[1]
    adverse_events = read_canonical(accepted, "adverse_events")
    # A source that declares progression dates only has no schedule of assessments to describe.
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    assessments = None if declares["progression_dates_only"] else read_canonical(accepted, "assessments")
    rows, curves = [], []
    per_analysis = zip(
        params.analyses, files.classified, files.adtte, files.cohorts, files.attritions, files.courses, strict=True
    )
    for analysis, classified, adtte, cohort, attrition, course in per_analysis:
        made = estimate(
            read_result("classified", classified),
            read_result("adtte", adtte),
            read_result("cohort", cohort),
            read_result("attrition", attrition),
            settings,
            analysis,
            cutoff_days=params.resistance[analysis]["cutoff_days"],
            adverse_events=adverse_events,
            course=read_parquet(course),
            assessments=assessments,
        )
        rows.append(made.rows)
        curves.append(made.curves)
    estimates = pd.concat(rows, ignore_index=True)
    resistance = {name: ResistanceSettings.read(values, name) for name, values in params.resistance.items()}
    published = read_files([Path(path) for path in files.published])
    checked = all_rows(published, estimates, resistance, settings.seed)
    estimates = pd.concat([estimates, checked], ignore_index=True)
    write_csv(estimates, output.estimates)
    write_csv(pd.concat(curves, ignore_index=True), output.curves)
    not_fitted = int((estimates["statistic"] == "not_fitted").sum())
    contradictions = int(checked["level"].isin(["impossible", "improbable"]).sum())
    log.say(f"{contradictions} contradictions between figures, in {len(checked)} checks")
    log.say(f"{len(estimates)} estimates of {len(params.analyses)} analyses; {not_fitted} models not fitted")
