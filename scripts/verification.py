"""The estimates and what they are made of -> an R script that computes them again, and the data that it reads."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.files import write_csv
from rechallenge.results import read_result
from rechallenge.robustness.scenarios import scenarios_for
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.step import step
from rechallenge.verification.frames import frames
from rechallenge.verification.script import verification_script

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    definitions = {
        analysis: DefinitionSettings.read(values, f"definitions of {analysis}")
        for analysis, values in params.definitions.items()
    }
    tables = {
        name: dict(zip(definitions, (read_result(name, path) for path in files[name]), strict=True))
        for name in ("classified", "adtte")
    }
    # The scenarios of the sensitivity set stand in one file each.
    for name, path in zip(("classified", "adtte"), files.sensitivity, strict=False):
        tables[name] |= dict(iter(read_result(name, path).groupby("analysis")))
    used = {scenario.analysis: scenario for scenario in scenarios_for(definitions[MAIN], params.imputation)}
    definitions |= {name: used[name].definitions(definitions[MAIN]) for name in tables["classified"] if name in used}
    estimates = read_result("estimates", files.estimates)
    data = frames(tables["classified"], tables["adtte"])
    settings = StatisticsSettings.read(params.settings, "statistics")
    templates = Path(files.templates[0]).parent
    script = verification_script(estimates, data, settings, definitions, params.title, templates)
    Path(output.script).write_text(script, encoding="utf-8")
    write_csv(data.times, output.times)
    write_csv(data.patients, output.patients)
    shutil.copyfile(files.estimates, output.estimates)
    log.say(f"Rscript {Path(output.script).resolve()} computes the estimates again")
