"""From the rows of a file to the cells of a canonical table: which rows a block keeps, and which cells it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rechallenge.sources.cells import as_text, folded, mapped
from rechallenge.sources.mapping import Block, ColumnSource, Condition, block_columns
from rechallenge.sources.missing import fold_all
from rechallenge.sources.raw import PLACE, RawFile
from rechallenge.tables import TEXT


@dataclass(frozen=True)
class BlockCells:
    """What a block takes from a file, before any cell is interpreted.

    `place`: `source_file` and `source_row` of each kept row; `cells`: canonical column -> cells (same index);
    `sources`: canonical column -> its declaration; `ages`: cells of the dates at which an age is given;
    `read` and `kept` count rows.
    """

    place: pd.DataFrame
    cells: dict[str, pd.Series]
    sources: dict[str, ColumnSource]
    read: int
    kept: int
    ages: dict[str, pd.Series] = field(default_factory=dict)


def take(file: RawFile, table: str, block: Block, missing: frozenset[str]) -> BlockCells:
    """Return the cells of a block. `missing`: folded words that count as an empty cell in conditions."""
    keep = holds(file, block.keep, missing)
    sources = block_columns(table, block)
    cells, ages = {}, {}
    for name, source in sources.items():
        if source.optional and any(file.find(column) is None for column in source.inputs):
            continue
        column = column_cells(file, source, missing)
        cells[name] = column[keep].reset_index(drop=True)
        if source.age_at is not None:
            ages[name] = file.cells(source.age_at)[keep].reset_index(drop=True)
    place = file.frame.loc[keep, list(PLACE)].reset_index(drop=True)
    return BlockCells(place, cells, sources, len(file.frame), int(keep.sum()), ages)


def holds(file: RawFile, conditions: Sequence[Condition], missing: frozenset[str]) -> pd.Series:
    """Tell for each row whether all conditions hold (an empty list: true)."""
    result = pd.Series(True, index=file.frame.index)
    for test in conditions:
        words = mapped(file.cells(test.column), folded)
        if test.in_ is not None:
            result &= words.isin(fold_all(test.in_))
        elif test.not_in is not None:
            result &= ~words.isin(fold_all(test.not_in))
        else:
            result &= _filled(words, missing) == test.filled
    return result


def _filled(words: pd.Series, missing: frozenset[str]) -> pd.Series:
    return words.notna() & ~words.isin(missing)


def column_cells(file: RawFile, source: ColumnSource, missing: frozenset[str]) -> pd.Series:
    """Return the cells that one canonical column takes; where its `when` does not hold they are missing."""
    if source.constant is not None:
        cells = pd.Series(source.constant, index=file.frame.index, dtype=TEXT)
    elif source.first_of:
        cells = _first_filled([file.cells(name) for name in source.first_of], missing)
    elif source.join:
        cells = _joined([file.cells(name) for name in source.join], missing)
    else:
        cells = file.cells(str(source.column))
    return cells.where(holds(file, source.when, missing)) if source.when else cells


def _first_filled(columns: list[pd.Series], missing: frozenset[str]) -> pd.Series:
    if len({str(column.dtype) for column in columns}) > 1:
        columns = [column.astype(object) for column in columns]
    result = columns[0].where(_filled(mapped(columns[0], folded), missing))
    for column in columns[1:]:
        result = result.where(result.notna(), column.where(_filled(mapped(column, folded), missing)))
    return result


def _joined(columns: list[pd.Series], missing: frozenset[str]) -> pd.Series:
    """Join texts with "-"; a part that is missing is left out, with its mark."""
    result = pd.Series(np.full(len(columns[0]), ""), index=columns[0].index, dtype=object)
    for column in columns:
        text = as_text(column).str.strip()
        filled = _filled(mapped(column, folded), missing)
        joined = result.where(result == "", result + "-") + text.astype(object).fillna("")
        result = joined.where(filled, result)
    return result.where(result != "").astype(TEXT)
