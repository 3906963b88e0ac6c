"""Stop the study while errors are open; the validation report has been written by the step before."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.errors import UserError
from rechallenge.step import step
from rechallenge.validation.gate import OUTDATED, gate, mark_outdated, unmark

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    shareable = Path(snakemake.output[0]).parents[1] / "shareable"
    try:
        passed = gate(snakemake.input.violations, snakemake.input.page)
    except UserError:
        if mark_outdated(shareable):
            log.say(f"{shareable.resolve()} holds the results of an earlier run; {OUTDATED} in it says so")
        raise
    unmark(shareable)
    # Not through rechallenge.files: this job would load pandas for a few numbers.
    text = json.dumps(passed, ensure_ascii=False, indent=2, sort_keys=True)
    Path(snakemake.output[0]).write_text(text + "\n", encoding="utf-8")
    log.say("no error is open: the study goes on")
