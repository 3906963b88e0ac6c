"""Courses -> who is in and why not, and the attrition, per analysis."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.errors import UserError
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def refuse_empty(table: pd.DataFrame, analysis: str) -> None:
    """Raise UserError: nobody has a first ICI monotherapy, so that there is nothing to describe."""
    excluded = table.set_index("criterion")["excluded"]
    lost = ", ".join(f"{criterion} {number}" for criterion, number in excluded[excluded > 0].items())
    where = "" if analysis == MAIN else f'Analysis "{analysis}": '
    raise UserError(
        f"{where}No patient of the extract ({table['remaining'].iloc[0]}) has a first ICI monotherapy in the study "
        f"window, so nothing can be analysed. Excluded by criterion: {lost}. Check the mapping of drugs, histology and "
        "stage, and study.window."
    )


with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    accepted = Accepted(folder_of(files.tables), params.imputation[MAIN], pd.Timestamp(params.cutoff))
    everyone = read_canonical(Path(files.everyone).parents[1], "patients", ["patient_id"])["patient_id"]
    window = (pd.Timestamp(params.window[0]), pd.Timestamp(params.window[1]))
    cohorts, attritions = [output.cohort, *output.further], [output.attrition, *output.further_attrition]
    targets = zip([files.course, *files.further_courses], cohorts, attritions, strict=True)
    for (analysis, values), (course, cohort_file, attrition_file) in zip(
        params.definitions.items(), targets, strict=True
    ):
        definitions = DefinitionSettings.read(values, f"definitions of {analysis}")
        patients = accepted.tables(params.imputation[analysis])["patients"]
        cohort = evaluate(read_parquet(course), patients, everyone, definitions, pd.Timestamp(params.cutoff), window)
        table = attrition(cohort, definitions.eligibility.criteria)
        if not cohort["in_first_ici"].any():
            refuse_empty(table, analysis)
        write_csv(cohort, cohort_file)
        write_csv(table, attrition_file)
        log.say(
            f"{analysis}: of {len(cohort)} patients {cohort['in_first_ici'].sum()} have a first ICI monotherapy, "
            f"{cohort['in_progressed'].sum()} of them progressed on it, {cohort['eligible'].sum()} were rechallenged"
        )
        if not cohort["eligible"].any():
            log.say(f"{analysis}: note: nobody was rechallenged; only the first-ICI part of the study stands")
