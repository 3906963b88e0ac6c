"""What the checks found, as counts by severity, rule and table. No value of the extract passes through here."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge import formatting as f
from rechallenge.report.numbers import Numbers, number

COLUMNS: Final = ("severity", "rule", "table", "status")
SEVERITIES: Final = ("error", "warning", "note")
STATUSES: Final = ("open", "waived", "set_aside")


def summary(violations: pd.DataFrame) -> pd.DataFrame:
    """Return counts of violations: severity, rule, table, then one column per status and `all`.

    Needs the columns `COLUMNS` of violations.csv and looks at no other. Errors first, then by rule and table.
    """
    if violations.empty:
        return pd.DataFrame(columns=["severity", "rule", "table", *STATUSES, "all"])
    keys = {name: violations[name].astype("object").fillna("").astype(str) for name in COLUMNS}
    plain = pd.DataFrame(keys)
    counts = plain.groupby([*COLUMNS[:3], "status"]).size().unstack("status", fill_value=0)
    counts = counts.reindex(columns=list(STATUSES), fill_value=0).reset_index()
    counts.columns.name = None
    counts["all"] = counts[list(STATUSES)].sum(axis=1)
    rank = counts["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    return (
        counts.assign(_rank=rank).sort_values(["_rank", "rule", "table"]).drop(columns="_rank").reset_index(drop=True)
    )


def rows(counts: pd.DataFrame, meanings: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of the page's table: severity, rule, its meaning, table, and the stem of its number names."""
    known = meanings or {}
    return [
        {
            "severity": row["severity"],
            "rule": row["rule"],
            "meaning": known.get(row["rule"], ""),
            "table": row["table"],
            "name": f"quality.rule.{row['rule']}.{row['table']}",
        }
        for row in counts.to_dict("records")
    ]


def from_quality(counts: pd.DataFrame) -> Numbers:
    """Return `quality.<severity>.<status>` and `quality.rule.<rule>.<table>.<status>`, zero included."""
    found: Numbers = {}
    for severity in SEVERITIES:
        own = counts[counts["severity"] == severity]
        for status in (*STATUSES, "all"):
            value = int(own[status].sum())
            found[f"quality.{severity}.{status}"] = number(f.count(value), value, f"violations.csv#{severity}/{status}")
    for row in counts.to_dict("records"):
        for status in (*STATUSES, "all"):
            name, value = f"quality.rule.{row['rule']}.{row['table']}.{status}", int(row[status])
            found[name] = number(f.count(value), value, f"violations.csv#{row['rule']}/{row['table']}/{status}")
    return found
