"""Accepted rows -> regimens of every patient, and the course of each patient."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.clinical.course import build_course
from rechallenge.clinical.exposures import build_exposures
from rechallenge.clinical.regimens import build_regimens
from rechallenge.files import read_canonical, write_csv, write_parquet
from rechallenge.settings.definitions import EpisodeSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    params, output = snakemake.params, snakemake.output
    accepted = Path(snakemake.input.tables[0]).parents[1]
    patients, treatments, assessments = (
        read_canonical(accepted, table) for table in ("patients", "treatments", "assessments")
    )
    settings = EpisodeSettings.read(params.settings, "definitions.episodes")
    cutoff = pd.Timestamp(params.cutoff)
    window = (pd.Timestamp(params.window[0]), pd.Timestamp(params.window[1]))
    exposures = build_exposures(treatments, patients, settings, cutoff)
    regimens = build_regimens(exposures, settings)
    course = build_course(patients, treatments, assessments, exposures, settings, cutoff, window)
    write_csv(regimens, output.regimens)
    write_parquet(course, output.course)
    treated, again = course["first_ici_start"].notna().sum(), course["rechallenge_start"].notna().sum()
    log.say(
        f"{len(regimens)} regimens; {treated} of {len(course)} patients had an ICI, {again} again after progression"
    )
