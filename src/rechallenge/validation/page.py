"""The validation report: one self-contained page for the data manager, private like the extract it quotes.

All text of the extract is escaped by the template engine; characters that a page or a terminal would obey
(controls, lone surrogates, changes of writing direction) are shown as U+FFFD.
"""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.findings import Rule
from rechallenge.pages import page_environment
from rechallenge.sources.rules import INGEST_RULES
from rechallenge.validation.catalogue import CATALOGUE, OWN_RULES

ROWS_PER_RULE: Final = 200
LONGEST_TEXT: Final = 300
SEVERITIES: Final = ("error", "warning", "note")
STATUSES: Final = ("open", "waived", "set_aside")
_CELLS: Final = ("status", "table", "source_file", "source_row", "patient_id", "column", "value", "message")
_OBEYED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RULES: Final = {rule.id: rule for rule in (*(check.rule for check in CATALOGUE), *OWN_RULES, *INGEST_RULES)}


def page(
    violations: pd.DataFrame,
    row_account: pd.DataFrame,
    template: str | os.PathLike[str],
    *,
    title: str,
    rows_per_rule: int = ROWS_PER_RULE,
) -> str:
    """Return the page of a validation: counts, the account of rows, each rule with what to do, and the rows.

    `violations` and `row_account` are those of `Checked`. At most `rows_per_rule` rows of a rule are shown, open
    ones first, with their total; violations.csv has all.
    """
    environment = page_environment(Path(template).parent)
    text: str = environment.get_template(Path(template).name).render(
        title=plain(title),
        counts=_counts(violations),
        account=row_account.to_dict("records"),
        rules=[_of_rule(rule, rows, rows_per_rule) for rule, rows in _by_rule(violations)],
        rules_applied=len(_RULES),
    )
    return text


def plain(value: object) -> str:
    """Text as it may stand on a page: no control characters, not longer than `LONGEST_TEXT`."""
    text = "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
    text = _OBEYED.sub("\ufffd", text)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _counts(violations: pd.DataFrame) -> dict[str, dict[str, int]]:
    found = Counter(zip(violations["severity"], violations["status"], strict=True))
    return {severity: {status: found[severity, status] for status in STATUSES} for severity in SEVERITIES}


def _by_rule(violations: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The violations of each rule and severity (ingest raises some where the column is required), errors first."""
    order = {rule: place for place, rule in enumerate(_RULES)}
    groups = {(str(severity), str(rule)): rows for (severity, rule), rows in violations.groupby(["severity", "rule"])}
    keys = sorted(groups, key=lambda key: (SEVERITIES.index(key[0]), order.get(key[1], len(order)), key[1]))
    return [(key[1], groups[key]) for key in keys]


def _of_rule(rule_id: str, rows: pd.DataFrame, limit: int) -> dict[str, Any]:
    first = rows.iloc[0]
    known = _RULES.get(rule_id) or Rule(rule_id, first["severity"], str(first["message"]), str(first["action"]))
    in_order = rows.assign(_open=rows["status"].ne("open")).sort_values("_open", kind="stable")
    shown = in_order.head(limit)
    statuses = rows["status"].value_counts()
    return {
        "id": plain(rule_id),
        "severity": first["severity"],
        "meaning": plain(known.meaning),
        "action": plain(known.action),
        "total": len(rows),
        "statuses": {status: int(statuses.get(status, 0)) for status in STATUSES},
        "rows": [{name: plain(row[name]) for name in _CELLS} for row in shown.to_dict("records")],
    }
