"""How many findings the checks had, by severity, rule and table. No value of the extract passes through here."""

from typing import Final

import pandas as pd

COLUMNS: Final = ("severity", "rule", "table", "status")
SEVERITIES: Final = ("error", "warning", "note")
STATUSES: Final = ("open", "waived", "set_aside")


def finding_counts(violations: pd.DataFrame) -> pd.DataFrame:
    """Return counts of violations: severity, rule, table, then one column per status and `all`.

    Needs the columns `COLUMNS` of violations.csv and looks at no other. Errors first, then by rule and table; before
    the rules of a severity a row without rule and table is their sum.
    """
    keys = {name: violations[name].astype("object").fillna("").astype(str) for name in COLUMNS}
    plain = pd.DataFrame(keys)
    counts = plain.groupby([*COLUMNS[:3], "status"]).size().unstack("status", fill_value=0)
    counts = counts.reindex(columns=list(STATUSES), fill_value=0).reset_index()
    counts.columns.name = None
    counts["all"] = counts[list(STATUSES)].sum(axis=1)
    numbers = [*STATUSES, "all"]
    sums = counts.groupby("severity")[numbers].sum().reindex(list(SEVERITIES), fill_value=0)
    counts = pd.concat([sums.rename_axis("severity").reset_index().assign(rule="", table=""), counts])
    rank = counts["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    ordered = counts.assign(_rank=rank).sort_values(["_rank", "rule", "table"]).reset_index(drop=True)
    return ordered[["severity", "rule", "table", *numbers]]
