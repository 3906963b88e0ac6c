"""From the cells of an extract to the canonical tables: nothing is lost, nothing is guessed."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from datetime import date

import pandas as pd

from rechallenge.findings import findings, together
from rechallenge.sources import rules
from rechallenge.sources.convert import Canonical, convert_block
from rechallenge.sources.gaps import gaps
from rechallenge.sources.imputation import Method, impute
from rechallenge.sources.mapping import Block, Mapping
from rechallenge.sources.raw import RawFile
from rechallenge.sources.readers import named_columns
from rechallenge.sources.reshape import take
from rechallenge.sources.treatment_drugs import resolve_drugs
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES, TEXT, conform

ACCOUNT = ("table", "block", "file", "rows_read", "kept", "not_kept", "canonical_rows")


@dataclass(frozen=True)
class Ingested:
    """The canonical tables, what was found on the way, and where every row went.

    `tables`: name -> frame in the stored columns; `findings`: the frame of `rechallenge.findings`; `account`: per
    block of the mapping the rows of its file, kept, not kept by `keep`, and the canonical rows made of them (a
    combination of drugs gives several).
    """

    tables: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    account: pd.DataFrame


def to_canonical(
    raw: MappingType[str, RawFile],
    mapping: Mapping,
    vocabularies: Vocabularies,
    imputation: Method = "middle",
    cutoff: date | None = None,
) -> Ingested:
    """Turn the files of an extract into the canonical tables.

    `imputation` (middle, earliest, latest) says which day stands for a partial date, within what else is known up
    to `cutoff`. Cells that cannot be read become missing and are findings; see `rechallenge.sources.rules`.
    """
    plain = raw
    if mapping.format == "genie_bpc":
        from rechallenge.sources.genie import plain_files

        plain = plain_files(raw)
    files, blocks = _blocks(plain, mapping)
    found: list[pd.DataFrame] = []
    account: list[dict[str, object]] = []
    tables: dict[str, pd.DataFrame] = {}
    for table in TABLES:
        parts: list[pd.DataFrame] = []
        for at, block in enumerate(blocks.get(table, ()), start=1):
            if block.file not in files:
                continue
            made, row = _one_block(files[block.file], table, block, mapping, vocabularies)
            parts.append(made.frame)
            found += made.found
            account.append({"table": table, "block": at, "file": block.file, **row})
        frames = [conform(part, table) for part in parts if len(part)]
        tables[table] = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame(), table)
    found += [_unused_columns(raw, mapping), gaps(raw, mapping)]
    if mapping.format == "genie_bpc":
        from rechallenge.sources.genie_checks import genie_findings

        found.append(genie_findings(plain))
    tables = {name: conform(frame, name) for name, frame in impute(tables, imputation, cutoff).items()}
    return Ingested(tables, together(found), pd.DataFrame(account, columns=list(ACCOUNT)))


def _blocks(
    raw: MappingType[str, RawFile], mapping: Mapping
) -> tuple[dict[str, RawFile], dict[str, tuple[Block, ...]]]:
    """Return the files and blocks to go through; the GENIE format first becomes files of canonical columns."""
    if mapping.format == "tables":
        return dict(raw), dict(mapping.tables)
    from rechallenge.sources.genie import genie_tables

    files = {name: RawFile(name, frame) for name, frame in genie_tables(dict(raw)).items()}
    own = Block(file="", by_name=True)
    return files, {name: mapping.tables.get(name, (own.model_copy(update={"file": name}),)) for name in files}


def _one_block(
    file: RawFile, table: str, block: Block, mapping: Mapping, vocabularies: Vocabularies
) -> tuple[Canonical, dict[str, object]]:
    taken = take(file, table, block, vocabularies.missing.of("", "text", mapping.missing))
    made = convert_block(taken, table, mapping, vocabularies)
    if table == "treatments":
        made.frame, unknown = resolve_drugs(made.frame, vocabularies)
        made.found.append(unknown)
    rows = {"rows_read": taken.read, "kept": taken.kept, "not_kept": taken.read - taken.kept}
    return made, {**rows, "canonical_rows": len(made.frame)}


def _unused_columns(raw: MappingType[str, RawFile], mapping: Mapping) -> pd.DataFrame:
    """Return a note for each column of the extract that no block uses and the mapping does not set aside."""
    if mapping.format != "tables":
        return together([])
    used: dict[str, set[str]] = {}
    for name, file in raw.items():
        names = [*(column for column, _, _ in named_columns(name, mapping)), *mapping.ignore.get(name, ())]
        taken = {file.find(column) for column in names} - {None}
        # Several logical files may be one physical file: a column used by one of them is used.
        used.setdefault(_parts(file), set()).update(str(column) for column in taken)
    unused: dict[tuple[str, str], None] = {}
    for file in raw.values():
        unused.update({(_parts(file), column): None for column in file.columns if column not in used[_parts(file)]})
    rows = pd.DataFrame(list(unused), columns=["source_file", "name"]).astype(TEXT)
    message = 'The column "' + rows["name"] + '" of ' + rows["source_file"] + " is used by nothing."
    return findings(rules.COLUMN_UNUSED, rows, table="", column="", value=rows["name"], message=message)


def _parts(file: RawFile) -> str:
    return ", ".join(part.name for part in file.parts)
