"""The verb `check-mapping`: what a mapping makes of its extract, column by column, without running the study."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.drafting.evidence import quotable
from rechallenge.errors import UserError
from rechallenge.settings.config import read_config
from rechallenge.sources import rules
from rechallenge.sources.decisions import Decision, Key, open_decisions, shown_key, without
from rechallenge.sources.ingest import Ingested, to_canonical
from rechallenge.sources.mapping import Block, Mapping, block_columns, try_mapping
from rechallenge.sources.raw import RawFile
from rechallenge.sources.readers import try_files, unread_files
from rechallenge.sources.values import Vocabularies
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.study import extract_and_mapping
from rechallenge.tables import TABLES

_NOT_UNDERSTOOD: Final = (
    rules.DATE_UNREADABLE, rules.VALUE_UNKNOWN, rules.NUMBER_UNREADABLE, rules.DRUG_UNKNOWN, rules.IDENTIFIER_ROUNDED,
)  # fmt: skip
_EXAMPLES: Final = 5


@dataclass
class Checked:
    """What the check says (`text`), and the sentences about what is still to be decided or mended."""

    text: str
    to_mend: list[str] = field(default_factory=list)


def check_study(path: Path, checkout: Path) -> Checked:
    """Check the mapping of a study file against its extract.

    Everything that is wrong with study file, mapping and extract is said in one pass. Raises UserError only where a
    file is missing or is no YAML at all.
    """
    settings, mend = _settings(path)
    extract_settings = settings.get("extract")
    given = extract_settings if isinstance(extract_settings, dict) else {}
    source, location = given.get("source"), given.get("path")
    if not isinstance(source, str) or not isinstance(location, str):
        return Checked(_verdict(mend), mend)
    missing: list[str] = []
    extract, mapping_file = extract_and_mapping(location, source, path.resolve().parent, checkout, path.name, missing)
    # Where the settings could be read, the same sentences may stand there already.
    mend += [sentence for sentence in missing if sentence not in mend]
    if not Path(mapping_file).is_file():
        return Checked(_verdict(mend), mend)
    read = try_mapping(mapping_file)
    mend += [decision.sentence(Path(mapping_file).name) for decision in read.decisions] + read.problems
    lines: list[str] = []
    if read.mapping is not None and extract.exists():
        raw, problems = try_files(extract, read.mapping)
        mend += [problem for problem in problems if not _undecided(problem, read.undecided)]
        usable, waiting = _usable(read.mapping, raw)
        made = to_canonical(raw, usable, Vocabularies.read(checkout / "config" / "vocabularies"))
        lines = list(said_of(made, usable, raw, read.undecided))
        lines += [f"{key}: not read until the above is mended." for key in waiting]
        others = unread_files(extract, raw)
        if others:
            lines.append(f"Files that the mapping does not name: {', '.join(others)}.")
    return Checked("\n".join([*lines, _verdict(mend)]), mend)


def _settings(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the study file's values without its open decisions, and the sentences about these and its mistakes."""
    values: Any = read_yaml(path)
    decisions = open_decisions(path)
    problems = [decision.sentence(path.name) for decision in decisions]
    for decision in reversed(decisions):
        values = without(values, decision.key)
    try:
        read_config(values, path.name)
    except UserError as error:
        problems += [problem for problem in error.problems if not _follows(problem, decisions)]
    return values, problems


def _follows(problem: str, decisions: list[Decision]) -> bool:
    """A setting that is still to be decided is not also missing."""
    return any(f'the setting "{shown_key(decision.key)}" is required' in problem for decision in decisions) or any(
        f'the setting "{shown_key(decision.key[:-1])}" is required' in problem for decision in decisions
    )


def _undecided(problem: str, keys: tuple[Key, ...]) -> bool:
    return any(f"({shown_key(key[:5])} of" in problem for key in keys)


def _usable(mapping: Mapping, raw: dict[str, RawFile]) -> tuple[Mapping, list[str]]:
    """Return the mapping without what the files lack, and the keys of the blocks that cannot be read at all."""
    if mapping.format != "tables":
        return mapping, []
    tables: dict[str, tuple[Block, ...]] = {}
    waiting = []
    for table, blocks in mapping.tables.items():
        if table not in TABLES:
            continue
        kept = []
        for at, block in enumerate(blocks, start=1):
            own = _usable_block(table, block, raw.get(block.file))
            if own is None:
                if not (block.file in mapping.files and mapping.files[block.file].optional):
                    waiting.append(f"tables.{table}.{at}")
            else:
                kept.append(own)
        tables[table] = tuple(kept)
    return mapping.model_copy(update={"tables": tables}), waiting


def _usable_block(table: str, block: Block, file: RawFile | None) -> Block | None:
    if file is None or any(file.find(test.column) is None for test in block.keep):
        return None
    columns = {
        name: source
        for name, source in block_columns(table, block).items()
        if name in TABLES[table].names and all(file.find(column) is not None for column in source.inputs)
    }
    if "patient_id" not in columns or (table == "treatments" and "drug" not in columns):
        return None
    return block.model_copy(update={"columns": columns, "by_name": False})


def said_of(
    made: Ingested, mapping: Mapping, raw: dict[str, RawFile], undecided: tuple[Key, ...] = ()
) -> Iterator[str]:
    """Yield in words what each table got: rows, and per canonical column what is filled, missing, not understood."""
    for table, frame in made.tables.items():
        account = made.account[made.account["table"].eq(table)]
        if account.empty:
            if table in mapping.tables or not TABLES[table].optional:
                yield f"{table}: no rows; nothing is mapped to it."
            continue
        yield f"{table}: {_rows(account, mapping, raw)}"
        yield from _columns(table, frame, made.findings, mapping, undecided)
    unused = made.findings[made.findings["rule"].eq(rules.COLUMN_UNUSED.id)]
    for file, rows in unused.groupby("source_file", sort=True):
        yield f"Columns of {file} that nothing uses: {', '.join(rows['value'])}."


def _rows(account: pd.DataFrame, mapping: Mapping, raw: dict[str, RawFile]) -> str:
    parts = []
    for file, rows in account.groupby("file", sort=False):
        name = raw[str(file)].parts[0].name if str(file) in raw and raw[str(file)].parts else str(file)
        sheet = mapping.files[str(file)].sheet if str(file) in mapping.files else None
        place = f'{name}, sheet "{sheet}"' if sheet else name
        blocks = f" in {len(rows)} blocks" if len(rows) > 1 else ""
        parts.append(f"{rows['rows_read'].max()} rows of {place} give {rows['canonical_rows'].sum()}{blocks}")
    return "; ".join(parts) + "."


def _columns(
    table: str, frame: pd.DataFrame, found: pd.DataFrame, mapping: Mapping, undecided: tuple[Key, ...]
) -> Iterator[str]:
    blocks = mapping.tables.get(table, ())
    mapped = {name for block in blocks for name in block_columns(table, block)}
    asked = {str(key[4]) for key in undecided if len(key) >= 5 and key[:2] == ("tables", table)}
    absent = []
    width = max(len(column.name) for column in TABLES[table].columns)
    for column in TABLES[table].columns:
        if column.name not in mapped and mapping.format == "tables":
            if column.name in asked:
                yield f"  {column.name:<{width}}  to be decided"
            elif column.required:
                yield f"  {column.name:<{width}}  REQUIRED and not mapped"
            else:
                absent.append(column.name)
            continue
        filled = int(frame[column.name].notna().sum())
        bad = found[
            found["table"].eq(table)
            & found["column"].eq(column.name)
            & found["rule"].isin([r.id for r in _NOT_UNDERSTOOD])
        ]
        # An unknown drug keeps its text, and so counts as filled.
        empty = len(frame) - filled - (0 if column.name == "drug" else len(bad))
        parts = [f"{filled} filled"]
        if empty > 0:
            parts.append(f"{empty} missing" + (" though required" if column.required else ""))
        if len(bad):
            parts.append(f"{len(bad)} not understood: {_examples(bad, column.kind)}")
        yield f"  {column.name:<{width}}  {', '.join(parts)}"
    if absent:
        yield f"  not mapped: {', '.join(absent)}"


def _examples(bad: pd.DataFrame, kind: str) -> str:
    """Name the file, row and column of the first cells, and the cell itself where it is a word."""
    shown = []
    first = bad.drop_duplicates("value").head(_EXAMPLES)
    for row in first.itertuples(index=False):
        value = str(row.value)
        word = f'"{value}" in ' if kind != "date" and quotable([value]) else ""
        place = f"{row.source_file} row {row.source_row}"
        shown.append(f"{word}{place}")
    origin = str(first.iloc[0]["message"]).split(":")[0] if str(first.iloc[0]["message"]).startswith("column ") else ""
    more = len(bad) - len(first)
    return "; ".join(shown) + (f" and {more} more" if more else "") + (f" ({origin})" if origin else "")


def _verdict(mend: list[str]) -> str:
    if not mend:
        return "\nNothing is left to decide: the study can run."
    number = "1 thing is" if len(mend) == 1 else f"{len(mend)} things are"
    return "\n".join(
        ["", f"{number} to be decided or mended before the study can run:", *(f"  {line}" for line in mend)]
    )
