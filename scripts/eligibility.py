"""Courses -> who is in and why not, and the attrition."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.errors import UserError
from rechallenge.files import read_canonical, read_parquet, write_csv
from rechallenge.settings.definitions import EligibilitySettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def refuse_empty(table: pd.DataFrame) -> None:
    """Raise UserError: nobody has a first ICI monotherapy, so that there is nothing to describe."""
    excluded = table.set_index("criterion")["excluded"]
    lost = ", ".join(f"{criterion} {number}" for criterion, number in excluded[excluded > 0].items())
    raise UserError(
        f"No patient of the extract ({table['remaining'].iloc[0]}) has a first ICI monotherapy in the study window, "
        f"so nothing can be analysed. Excluded by criterion: {lost}. Check the mapping of drugs, histology and stage, "
        "and study.window."
    )


with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    settings = EligibilitySettings.read(params.settings, "definitions.eligibility")
    patients = read_canonical(Path(files.patients[0]).parents[1], "patients")
    everyone = read_canonical(Path(files.everyone).parents[1], "patients", ["patient_id"])["patient_id"]
    window = (pd.Timestamp(params.window[0]), pd.Timestamp(params.window[1]))
    cohort = evaluate(read_parquet(files.course), patients, everyone, settings, pd.Timestamp(params.cutoff), window)
    table = attrition(cohort, settings.criteria)
    if not cohort["in_first_ici"].any():
        refuse_empty(table)
    write_csv(cohort, output.cohort)
    write_csv(table, output.attrition)
    log.say(
        f"of {len(cohort)} patients {cohort['in_first_ici'].sum()} have a first ICI monotherapy, "
        f"{cohort['in_progressed'].sum()} of them progressed on it, {cohort['eligible'].sum()} were rechallenged"
    )
    if not cohort["eligible"].any():
        log.say("note: nobody was rechallenged; only the first-ICI part of the study stands")
