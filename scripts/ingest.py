"""Raw extract -> canonical tables, what was found on the way, and the account of the files read."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.errors import UserError
from rechallenge.files import write_canonical, write_json, write_parquet
from rechallenge.settings.limits import LimitSettings
from rechallenge.sources.ingest import to_canonical
from rechallenge.sources.mapping import read_mapping
from rechallenge.sources.readers import extract_sha256, read_files, unread_files
from rechallenge.sources.values import Vocabularies
from rechallenge.step import counted, step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, settings, output = snakemake.input, snakemake.params.settings, snakemake.output
    words = Path(files.vocabularies[0]).parent
    mapping = read_mapping(files.mapping, words)
    raw = read_files(Path(settings["extract"]), mapping, LimitSettings(**settings["limits"]))
    digest = extract_sha256(raw)
    if settings["sha256"] and settings["sha256"].lower() != digest:
        raise UserError(
            f"The extract is not the expected one: its SHA-256 is {digest}, extract.sha256 says {settings['sha256']}. "
            "Use the extract that the study was written for, or change the setting."
        )
    cutoff = date.fromisoformat(settings["cutoff"])
    made = to_canonical(raw, mapping, Vocabularies.read(words), settings["imputation"], cutoff)
    canonical = Path(output.tables[0]).parents[1]
    for table, frame in made.tables.items():
        write_canonical(frame, table, canonical)
    write_parquet(made.findings, output.findings)
    parts = {part.name: part for file in raw.values() for part in file.parts}
    account = {
        "files": [{"name": name, "sha256": part.sha256, "rows": part.rows} for name, part in sorted(parts.items())],
        "not_read": unread_files(settings["extract"], raw),
        "sha256": digest,
        "source": {"name": mapping.name, "title": mapping.title, "format": mapping.format},
        "declares": mapping.declares.plain(),
        "blocks": made.account.to_dict("records"),
    }
    write_json(account, output.account)
    lengths = {table.replace("_", " "): len(frame) for table, frame in made.tables.items()}
    rows = ", ".join(f"{number} of {table}" for table, number in lengths.items())
    log.say(
        f"{counted(len(parts), 'file')} read; canonical rows: {rows}; "
        f"{counted(len(made.findings), 'remark')} on cells and columns, see validate"
    )
