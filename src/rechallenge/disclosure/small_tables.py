"""Counts of rows and of the checks' findings, as a public release tells them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.disclosure.estimates import Protected, rounded
from rechallenge.disclosure.reasons import WITHHELD_COLUMNS
from rechallenge.disclosure.suppression import Cell, Sum, suppressed
from rechallenge.settings.release import ReleaseSettings

_PARTS: Final = ("duplicates_merged", "set_aside", "used")
_STATUSES: Final = ("open", "waived", "set_aside")
ALL: Final = "all"
_COST: Final = {"used": 0, ALL: 0, "rows_read": 5}


def protect_row_account(account: pd.DataFrame, release: ReleaseSettings) -> Protected:
    """Return the account of rows (columns of row_account.csv): per table, rows read are merged, set aside or used."""
    return _protected(account, ["table"], "rows_read", _PARTS, "row_account.csv", release)


def protect_findings(counts: pd.DataFrame, release: ReleaseSettings) -> Protected:
    """Return the number of findings by severity, rule and table (`validation.finding_counts`).

    The rows without a rule are the sums of their severity.
    """
    totals = counts.loc[counts["rule"].eq(""), "severity"].tolist()
    return _protected(counts, ["severity", "rule", "table"], ALL, _STATUSES, "findings.csv", release, totals)


def _protected(
    frame: pd.DataFrame,
    keys: list[str],
    total: str,
    parts: tuple[str, ...],
    file: str,
    release: ReleaseSettings,
    totals: Sequence[str] = (),
) -> Protected:
    """Withhold small counts of a table of which each row adds up to `total`; `totals` are rows that sum others."""
    cells: dict[Any, Cell] = {}
    sums = []
    columns = (total, *parts)
    names = ["/".join(map(str, row)) for row in frame[keys].itertuples(index=False)]
    values = {column: frame[column].astype("int64").to_numpy() for column in columns}
    for at, name in enumerate(names):
        # What is used, or in all, says least beside the others.
        cells |= {(name, column): Cell(int(values[column][at]), _COST.get(column, 1)) for column in columns}
        if values[total][at] == sum(values[part][at] for part in parts):
            sums.append(Sum((name, total), tuple((name, part) for part in parts)))
    for group in totals:
        own = [name for name in names if name.startswith(f"{group}/") and name != f"{group}//"]
        sums += [Sum((f"{group}//", column), tuple((name, column) for name in own)) for column in columns]
    why = suppressed(cells, sums, release.smallest_count)
    protected = frame.copy()
    for column in columns:
        kept = [(name, column) not in why for name in names]
        protected[column] = [
            rounded(float(value), release.round_to) if keep else np.nan
            for value, keep in zip(values[column], kept, strict=True)
        ]
    withheld = [(file, name, column, reason) for (name, column), reason in why.items()]
    return Protected(protected, pd.DataFrame(withheld, columns=list(WITHHELD_COLUMNS)))
