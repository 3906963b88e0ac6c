"""A written comparison -> success or failure by the study's policy; the last lines say in words what happened."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.errors import UserError
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files = snakemake.input
    found = json.loads(Path(files.json).read_text(encoding="utf-8"))
    *lines, verdict = found["log"]
    log.say(f"the comparison is {Path(files.page).resolve()}, with patients {Path(files.private_page).resolve()}")
    for line in lines:
        log.say(line)
    if found["fails"]:
        raise UserError(verdict)
    log.say(verdict)
