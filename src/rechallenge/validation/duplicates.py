"""Identical rows: merged before any rule runs, and counted."""

from dataclasses import dataclass

import pandas as pd

from rechallenge.tables import TABLES, stored_names


@dataclass(frozen=True)
class Merged:
    """A table without its identical copies.

    `rows` has a fresh index; `copies` are the rows left out, with `kept`, the position in `rows` of the row that
    stands for each.
    """

    rows: pd.DataFrame
    copies: pd.DataFrame


def merge_identical(frame: pd.DataFrame, table: str) -> Merged:
    """Merge rows that agree in every value, precision and qualifier; source file and row may differ.

    The raw text does not count (2020-05-01 and 2020/5/1 are one date), except that of a drug which no
    dictionary has resolved. The first copy by file and row is kept.
    """
    ordered = frame.reset_index(drop=True)
    content = [name for name in stored_names(table) if not name.startswith("source_") and not name.endswith("_raw")]
    compared = ordered[content]
    if table == "treatments":
        compared = compared.assign(unresolved=ordered["drug_raw"].where(ordered["drug"].isna()))
    if not compared.duplicated().any():
        return Merged(ordered, ordered.iloc[:0].assign(kept=pd.Series(dtype="int64")))
    in_order = ordered.sort_values(["source_file", "source_row"], kind="stable").index
    # The grouping is slow, and only copies need it.
    suspects = compared.loc[in_order]
    suspects = suspects[suspects.duplicated(keep=False)]
    group = suspects.groupby(list(suspects.columns), dropna=False, sort=False).ngroup()
    first = pd.Series(suspects.index, index=group.to_numpy()).groupby(level=0).first()
    stands_for = pd.Series(first.reindex(group.to_numpy()).to_numpy(), index=suspects.index)
    copy_rows = stands_for.index[stands_for.to_numpy() != stands_for.index.to_numpy()].sort_values()
    rows = ordered.drop(index=copy_rows)
    position = pd.Series(range(len(rows)), index=rows.index)
    kept = position.reindex(stands_for[copy_rows].to_numpy()).to_numpy()
    return Merged(rows.reset_index(drop=True), ordered.loc[copy_rows].assign(kept=kept))


def merge_all(tables: dict[str, pd.DataFrame]) -> dict[str, Merged]:
    """`merge_identical` for every canonical table."""
    return {table: merge_identical(tables[table], table) for table in TABLES if table in tables}
