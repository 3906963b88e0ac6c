"""The finished study -> a release: locked results, and fingerprints of its rows and patients under an own salt."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.files import read_canonical
from rechallenge.refresh.keys import new_salt
from rechallenge.refresh.present import present_study
from rechallenge.refresh.store import COPIED, write_release
from rechallenge.settings.config import read_config
from rechallenge.step import step
from rechallenge.tracing.run_folder import RunFolder

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def is_copied(path: str) -> bool:
    """Tell whether a file of the shareable folder is part of a release."""
    return Path(path).name in COPIED and Path(path).parent.name == "shareable"


with step(snakemake) as log:
    files, params = snakemake.input, snakemake.params
    copies = {Path(path).name: Path(path) for path in files.shareable if is_copied(path)}
    record = json.loads(copies["provenance.json"].read_text(encoding="utf-8"))
    run = RunFolder(Path(files.curves).parents[2], record, read_config(record["settings"]["values"], "provenance.json"))
    salt = new_salt()
    snapshot = present_study(run, params.analyses, salt)
    everyone = read_canonical(Path(files.everyone).parents[1], "patients", ["patient_id"])["patient_id"]
    folder = Path(params.folder)
    written = write_release(
        snapshot, salt, folder, title=params.title, copies=copies,
        keep=run.every_table() if params.keep_extract else None, everyone=everyone,
    )  # fmt: skip
    rows = sum(len(frame) for frame in snapshot.rows.values())
    what = f"{len(snapshot.estimates)} estimates, {everyone.nunique()} patients, {rows} rows"
    if written:
        log.say(f"released {what} with the cut-off {params.cutoff}: {folder.resolve()}")
        log.say("its private folder holds the salt and stays where the extract stays")
    else:
        log.say(f"{folder.resolve()} holds this very release already; nothing was written")
