"""Curves and estimates -> figures, each in the folder where it may lie."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.figures.run import draw_all
from rechallenge.formatting import in_style
from rechallenge.results import read_result
from rechallenge.settings.config import ReleaseSettings
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log, in_style(snakemake.params.style):
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    declares = json.loads(Path(files.source).read_text(encoding="utf-8"))["declares"]
    draw_all(
        read_result("curves", files.curves),
        read_result("estimates", files.estimates),
        read_result("classified", files.classified),
        read_result("adtte", files.adtte),
        ReleaseSettings.read(params.release, "release"),
        output.shareable,
        output.private,
        simulated=params.simulated or declares["simulated"],
        labels=params.labels,
        specifications=read_result("specification_curve", files.specification_curve),
        incidence=read_result("incidence", files.incidence),
        residuals=read_result("residuals", files.residuals),
    )
    drawn = len(list(Path(output.shareable).glob("*.png")))
    log.say(f"{drawn} figures may be shared, {len(list(Path(output.private).glob('*.pdf')))} are kept private")
