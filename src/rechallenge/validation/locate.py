"""From the source file and row of a finding to the canonical row it is about."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.tables import TEXT
from rechallenge.validation.duplicates import Merged

# The position of a finding that is about no row of a canonical table.
NOWHERE: Final = -1


def locate(reported: pd.DataFrame, merged: Mapping[str, Merged]) -> pd.DataFrame:
    """Add `position`: the row, after merging, of the table that each finding of ingest is about.

    A wide source row makes several canonical rows of one table: the one whose raw text is the reported value is
    taken where that tells, else the first of them. A finding whose row was merged is about the row that stands for it.
    """
    located = reported.assign(position=NOWHERE)
    for table, part in merged.items():
        wanted = reported[reported["table"].eq(table) & reported["source_row"].notna()]
        if wanted.empty:
            continue
        located.loc[wanted.index, "position"] = _positions(wanted, part)
    return located


def _positions(wanted: pd.DataFrame, part: Merged) -> "np.ndarray[Any, Any]":
    raw = [name for name in part.rows.columns if name.endswith("_raw")]
    columns = ["source_file", "source_row", *raw]
    here = part.rows[columns].assign(position=range(len(part.rows)))
    elsewhere = part.copies[columns].assign(position=part.copies["kept"])
    rows = pd.concat([here, elsewhere], ignore_index=True) if len(elsewhere) else here
    rows["source_row"] = rows["source_row"].astype("Int64")
    pairs = wanted.assign(finding=wanted.index)[["finding", "source_file", "source_row", "column", "value"]].merge(
        rows, on=["source_file", "source_row"], how="inner"
    )
    told = pd.Series(False, index=pairs.index)
    for name in raw:
        about = pairs["column"].eq(name.removesuffix("_raw"))
        told |= about & pairs[name].astype(TEXT).eq(pairs["value"])
    best = pairs.assign(told=~told).sort_values(["finding", "told", "position"], kind="stable")
    first = best.drop_duplicates("finding").set_index("finding")["position"]
    return first.reindex(wanted.index).fillna(NOWHERE).astype("int64").to_numpy()
