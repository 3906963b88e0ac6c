"""Accepted rows -> regimens, evaluated assessments and the course of every patient, per analysis."""

from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.courses import Courses, StudyFrame, courses
from rechallenge.clinical.recist_agreement import agreement_counts, disagreements
from rechallenge.files import write_csv, write_parquet
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    params, output = snakemake.params, snakemake.output
    frame = StudyFrame(pd.Timestamp(params.cutoff), (pd.Timestamp(params.window[0]), pd.Timestamp(params.window[1])))
    accepted = Accepted(folder_of(snakemake.input.tables), params.imputation[MAIN], frame.cutoff)
    made: dict[tuple[str, str], Courses] = {}
    targets = zip(
        [output.course, *output.further_courses], [output.assessments, *output.further_assessments], strict=True
    )
    for (analysis, values), (course, assessments) in zip(params.definitions.items(), targets, strict=True):
        # Most analyses differ in later steps only.
        method = params.imputation[analysis]
        key = repr(values), method
        if key not in made:
            definitions = DefinitionSettings.read(values, f"definitions of {analysis}")
            made[key] = courses(accepted.tables(method), definitions, frame)
        write_parquet(made[key].course, course)
        write_parquet(made[key].assessments, assessments)
        found = made[key].course
        treated, again = found["first_ici_start"].notna().sum(), found["rechallenge_start"].notna().sum()
        log.say(f"{analysis}: {treated} of {len(found)} patients had an ICI, {again} again after the first")
        if analysis == MAIN:
            write_csv(made[key].regimens, output.regimens)
            log.say(f"{len(made[key].regimens)} regimens")
            tables, lesion_settings = (
                accepted.tables(method),
                DefinitionSettings.read(values, f"definitions of {analysis}").lesions,
            )
            compared = tables["assessments"], tables["lesions"], made[key].regimens, lesion_settings
            notes, agreement = disagreements(*compared), agreement_counts(*compared)
            write_csv(notes, output.lesion_notes)
            write_csv(agreement, output.lesion_agreement)
            if len(agreement):
                days = agreement.set_index("statistic")["n"]
                log.say(
                    f"measured lesions: {days['compared']} days compared with the reported response, "
                    f"{days['different']} different; {len(notes)} notes in lesion_notes.csv"
                )
