"""Curves and estimates -> figures, each in the folder where it may lie."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import Accepted, folder_of
from rechallenge.clinical.recist_change import target_changes
from rechallenge.figures.run import draw_all
from rechallenge.files import read_csv, read_parquet
from rechallenge.formatting import in_style
from rechallenge.language import in_language
from rechallenge.results import read_result
from rechallenge.settings.config import FigureSettings
from rechallenge.settings.exposure import LesionSettings
from rechallenge.settings.release import ReleaseSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log, in_style(snakemake.params.style), in_language(snakemake.params.language):
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    classified = read_result("classified", files.classified)
    again = classified[classified["eligible"]].set_index("patient_id")["rechallenge_start"]
    accepted = Accepted(folder_of(files.tables), params.imputation, pd.Timestamp(params.cutoff))
    regimens = read_csv(files.regimens, dates=["start_date"])
    lesions = accepted.tables(params.imputation)["lesions"]
    draw_all(
        read_result("curves", files.curves),
        read_result("estimates", files.estimates),
        classified,
        read_result("adtte", files.adtte),
        ReleaseSettings.read(params.release, "release"),
        output.shareable,
        output.private,
        settings=FigureSettings.read(params.settings, "figures"),
        attrition=read_result("attrition", files.attrition),
        course=read_parquet(files.course),
        target_changes=target_changes(lesions, regimens, again, LesionSettings.read(params.lesions, "lesions")),
        simulated=params.simulated or declares["simulated"],
        labels=params.labels,
        specifications=read_result("specification_curve", files.specification_curve),
        incidence=read_result("incidence", files.incidence),
        residuals=read_result("residuals", files.residuals),
    )
    drawn = len(list(Path(output.shareable).glob("*.png")))
    log.say(f"{drawn} figures may be shared, {len(list(Path(output.private).glob('*.pdf')))} are kept private")
