"""What can be wrong in a mapping before any data are read: names, formats, words, files."""

from collections.abc import Iterator

from rechallenge.errors import nearest
from rechallenge.sources.date_formats import format_problems
from rechallenge.sources.mapping import Block, ColumnSource, Mapping, block_columns
from rechallenge.sources.values import target_problem
from rechallenge.tables import TABLES, Column, Table

REQUIRED_TABLES = ("patients", "treatments")


def problems_of(mapping: Mapping) -> list[str]:
    """Return one sentence per mistake, each naming the mapping's file and the key."""
    found = list(_file_problems(mapping))
    defaults = format_problems(mapping.dates.formats, *mapping.dates.reading)
    found += [_sentence(f"{mapping.where}: dates.formats: {problem}") for problem in defaults]
    for name, blocks in mapping.tables.items():
        if name not in TABLES:
            found.append(
                f'{mapping.where}: tables.{name}: there is no canonical table "{name}".{nearest(name, list(TABLES))}'
            )
            continue
        for at, block in enumerate(blocks):
            found += _block_problems(mapping, TABLES[name], block, f"tables.{name}.{at + 1}")
    return found


def _file_problems(mapping: Mapping) -> Iterator[str]:
    if not mapping.files:
        yield f"{mapping.where}: files: at least one file must be declared."
    for name in mapping.ignore:
        if name not in mapping.files:
            yield f'{mapping.where}: ignore.{name}: no file "{name}" is declared.{nearest(name, list(mapping.files))}'
    if mapping.format != "tables":
        return
    for name in REQUIRED_TABLES:
        if not mapping.tables.get(name):
            yield f"{mapping.where}: tables.{name}: the table {name} is required and no block maps it."
    used = {block.file for blocks in mapping.tables.values() for block in blocks}
    for name in mapping.files:
        if name not in used:
            yield f'{mapping.where}: files.{name}: the file "{name}" is declared and no block uses it.'


def _block_problems(mapping: Mapping, table: Table, block: Block, key: str) -> Iterator[str]:
    where = mapping.where
    if mapping.format == "tables" and block.file not in mapping.files:
        yield f'{where}: {key}.file: no file "{block.file}" is declared.{nearest(block.file, list(mapping.files))}'
    for name, source in block.columns.items():
        if name not in table.names:
            yield f'{where}: {key}.columns.{name}: {table.name} has no column "{name}".{nearest(name, table.names)}'
            continue
        for problem in _column_problems(mapping, table.column(name), source):
            yield _sentence(f"{where}: {key}.columns.{name}: {problem}")
    mapped = block_columns(table.name, block)
    if mapping.format == "tables":
        for column in table.columns:
            if column.required and column.name not in mapped:
                yield f'{where}: {key}.columns: the required column "{column.name}" of {table.name} is not mapped.'


def _column_problems(mapping: Mapping, column: Column, source: ColumnSource) -> Iterator[str]:
    given = [source.column is not None, bool(source.first_of), bool(source.join), source.constant is not None]
    if sum(given) != 1:
        yield "give exactly one of column, first_of, join, constant"
    if source.formats and column.kind != "date":
        yield f"formats are for dates, and {column.name} holds no date"
    if column.kind == "date" and source.formats:
        yield from format_problems(source.formats, *mapping.dates.reading)
    if source.scale == "kps" and column.name != "ecog":
        yield "scale: kps is for ecog"
    if source.scale == "cm" and column.unit != "mm":
        yield "scale: cm is for diameters"
    if source.fraction and column.unit != "percent":
        yield "fraction is for percentages"
    if source.pad and column.kind != "text":
        yield "pad is for identifiers"
    if source.age_at is not None and column.name != "birth_date":
        yield "age_at is for birth_date"
    if source.values and column.kind == "date":
        yield "values are for words; for a date, list the words that mean none under missing"
    for word, target in source.values.items():
        problem = target_problem(column, target)
        if problem:
            yield f'values: "{word}": {problem}'
    if source.constant is not None and column.kind == "term" and source.constant not in column.terms:
        yield f"constant: {target_problem(column, source.constant)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else text + "."
