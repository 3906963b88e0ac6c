"""Classified patients and times to event of every analysis -> the table of estimates and the curves."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import folder_of
from rechallenge.estimates.lesion_agreement import lesion_agreement
from rechallenge.estimates.preset_concordance import boundary_counts, preset_concordance
from rechallenge.estimates.risk_sets import risk_sets
from rechallenge.estimates.rows import placed, table
from rechallenge.estimates.run import estimate
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.published.model import read_files
from rechallenge.published.own import all_rows
from rechallenge.results import read_result
from rechallenge.robustness.curve import gathered, summary
from rechallenge.robustness.sensitivity_set import Scenarios, sensitivity_set
from rechallenge.settings.config import MAIN, SensitivitySettings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.step import counted, step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    settings = StatisticsSettings.read(params.settings, "statistics")
    definitions = {
        analysis: DefinitionSettings.read(values, f"definitions of {analysis}")
        for analysis, values in params.definitions.items()
    }
    adverse_events = read_canonical(folder_of(files.tables), "adverse_events")
    dates_only = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]["progression_dates_only"]
    rows, parts = [], []
    per_analysis = zip(
        definitions, files.classified, files.adtte, files.cohorts, files.attritions, files.courses, files.assessments,
        strict=True,
    )  # fmt: skip
    for analysis, classified, adtte, cohort, attrition, course, assessments in per_analysis:
        made = estimate(
            read_result("classified", classified),
            read_result("adtte", adtte),
            read_result("cohort", cohort),
            read_result("attrition", attrition),
            settings,
            analysis,
            definitions=definitions[analysis],
            adverse_events=adverse_events,
            course=read_parquet(course),
            # A source that declares progression dates only has no schedule of assessments to describe.
            assessments=None if dates_only else read_parquet(assessments),
            in_full=analysis == MAIN,
        )
        rows.append(made.rows)
        parts.append(made)
    # What the main analysis alone has.
    main = read_result("classified", files.classified[0]), read_result("adtte", files.adtte[0])
    write_csv(risk_sets(main[1], main[0], settings, definitions[MAIN]), output.risk_sets)
    classes = read_result("preset_classes", files.preset_classes)
    boundary = read_result("boundary_patients", files.boundary_patients)
    between = [
        *preset_concordance(classes, definitions[MAIN]),
        *boundary_counts(boundary, classes, settings.boundary_days),
    ]
    between += lesion_agreement(read_result("lesion_agreement", files.lesion_agreement))
    rows.append(table(placed(between, analysis=MAIN)))
    sensitivity = SensitivitySettings.read(params.sensitivity, "sensitivity")
    if sensitivity.enabled:
        names = ("classified", "adtte", "cohort")
        scenarios = Scenarios(*(read_result(name, path) for name, path in zip(names, files.sensitivity, strict=True)))
        rows.append(
            sensitivity_set(scenarios, definitions[MAIN], params.imputation, *main, settings, sensitivity.imputations)
        )
    specifications = gathered([read_result("specification_curve", path) for path in files.specifications])
    write_csv(specifications, output.specification_curve)
    rows.append(table(summary(specifications, settings.confidence, MAIN)))
    estimates = pd.concat(rows, ignore_index=True)
    resistance = {name: used.resistance for name, used in definitions.items()}
    published = read_files([Path(path) for path in files.published])
    checked = all_rows(published, estimates, resistance, settings.seed)
    estimates = pd.concat([estimates, checked], ignore_index=True)
    write_csv(estimates, output.estimates)
    for name in ("curves", "incidence", "residuals", "influence"):
        filled = [getattr(made, name) for made in parts]
        write_csv(pd.concat([part for part in filled if len(part)] or filled[:1], ignore_index=True), output[name])
    not_fitted = int((estimates["statistic"] == "not_fitted").sum())
    contradictions = int(checked["level"].isin(["impossible", "improbable"]).sum())
    log.say(
        f"{len(estimates)} estimates of {estimates['analysis'].nunique()} analyses and scenarios; "
        f"{not_fitted} could not be fitted; published figures: "
        f"{counted(contradictions, 'contradiction')} in {len(checked)} checks"
    )
