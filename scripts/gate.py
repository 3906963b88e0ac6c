"""Stop the study while errors are open; the validation report has been written by the step before."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.step import step
from rechallenge.validation.gate import gate

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    passed = gate(snakemake.input.violations, snakemake.input.page)
    # Not through rechallenge.files: this job would load pandas for a few numbers.
    text = json.dumps(passed, ensure_ascii=False, indent=2, sort_keys=True)
    Path(snakemake.output[0]).write_text(text + "\n", encoding="utf-8")
    log.say("no error is open: the study goes on")
