"""Rows that leave the study by rule, and the account that every row is somewhere."""

from collections.abc import Mapping

import pandas as pd

from rechallenge.tables import TABLES
from rechallenge.validation.duplicates import Merged
from rechallenge.validation.locate import NOWHERE


def rows_set_aside(chosen: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """Return, per table, which rows leave: those the chosen findings point at, and all rows of a patient whose
    row in patients leaves.
    """
    removed = {}
    for table, frame in tables.items():
        of_table = chosen[chosen["table"].eq(table) & chosen["position"].ne(NOWHERE)]
        removed[table] = pd.Series(frame.index.isin(of_table["position"]), index=frame.index)
    patients = tables["patients"]
    gone = patients["patient_id"][removed["patients"]].dropna()
    if len(gone):
        for table, frame in tables.items():
            removed[table] |= frame["patient_id"].isin(gone)
    return removed


def account(
    read: Mapping[str, pd.DataFrame],
    merged: Mapping[str, Merged],
    removed: Mapping[str, pd.Series],
    accepted: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Count every canonical row once: read = merged + set aside + used for each table.

    Columns: table, rows_read, duplicates_merged, set_aside, used. Raises AssertionError where it does not add up.
    """
    counts = pd.DataFrame(
        {
            "table": list(TABLES),
            "rows_read": [len(read[table]) for table in TABLES],
            "duplicates_merged": [len(merged[table].copies) for table in TABLES],
            "set_aside": [int(removed[table].sum()) for table in TABLES],
            "used": [len(accepted[table]) for table in TABLES],
        }
    )
    total = counts["duplicates_merged"] + counts["set_aside"] + counts["used"]
    wrong = counts[total.ne(counts["rows_read"])]
    if len(wrong):
        raise AssertionError(f"the account of rows does not add up:\n{wrong.to_string(index=False)}")
    return counts
