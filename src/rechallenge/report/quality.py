"""What the checks found, as numbers of the report. No value of the extract passes through here."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rechallenge import formatting as f
from rechallenge.report.numbers import Numbers, number
from rechallenge.validation.finding_counts import STATUSES


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
        for row in counts[counts["rule"].ne("")].to_dict("records")
    ]


def from_quality(counts: pd.DataFrame, withheld: Mapping[str, Mapping[str, str]] | None = None) -> Numbers:
    """Return `quality.<severity>.<status>` and `quality.rule.<rule>.<table>.<status>`, zero included.

    `withheld` says by row ("error/DAT01/patients") and column what is printed instead of a number.
    """
    found: Numbers = {}
    for row in counts.to_dict("records"):
        stem = f"quality.rule.{row['rule']}.{row['table']}" if row["rule"] else f"quality.{row['severity']}"
        key = f"{row['severity']}/{row['rule']}/{row['table']}"
        for status in (*STATUSES, "all"):
            said = (withheld or {}).get(key, {}).get(status) or f.count(row[status])
            found[f"{stem}.{status}"] = number(said, row[status], f"findings.csv#{key}/{status}")
    return found
