"""The finished study -> a release: locked results, and fingerprints of its rows and patients under an own salt."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.accepted import folder_of
from rechallenge.files import read_canonical
from rechallenge.refresh.keys import new_salt
from rechallenge.refresh.snapshot import Analysis, take
from rechallenge.refresh.store import COPIED, accepted_tables, write_release
from rechallenge.results import read_result
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params = snakemake.input, snakemake.params
    accepted = accepted_tables(folder_of(files.tables))
    analyses = {
        name: Analysis(
            read_result("cohort", cohort), read_result("classified", classified), read_result("adtte", adtte)
        )
        for name, cohort, classified, adtte in zip(
            params.analyses, files.cohorts, files.classified, files.adtte, strict=True
        )
    }
    salt = new_salt()
    copies = {Path(path).name: Path(path) for path in files.shareable if Path(path).name in COPIED}
    snapshot = take(
        accepted,
        analyses,
        salt,
        cutoff=pd.Timestamp(params.cutoff),
        curves=read_result("curves", files.curves),
        estimates=read_result("estimates", copies["estimates.csv"]),
        attrition=read_result("attrition", copies["attrition.csv"]),
        numbers=json.loads(copies["numbers.json"].read_text(encoding="utf-8")),
        provenance=json.loads(copies["provenance.json"].read_text(encoding="utf-8")),
    )
    everyone = read_canonical(Path(files.everyone).parents[1], "patients", ["patient_id"])["patient_id"]
    folder = Path(params.folder)
    written = write_release(
        snapshot, salt, folder, title=params.title, copies=copies,
        keep=accepted if params.keep_extract else None, everyone=everyone,
    )  # fmt: skip
    rows = sum(len(frame) for frame in snapshot.rows.values())
    what = f"{len(snapshot.estimates)} estimates, {len(everyone)} patients, {rows} rows"
    if written:
        log.say(f"released {what} with the cut-off {params.cutoff}: {folder.resolve()}")
        log.say("its private folder holds the salt and stays where the extract stays")
    else:
        log.say(f"{folder.resolve()} holds this very release already; nothing was written")
