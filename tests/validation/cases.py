"""What a rule test is: a few rows in, the rows found out. Rows that must not be found stand in the same fixture."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from rechallenge.findings import COLUMNS, together
from rechallenge.tables import TABLES
from rechallenge.validation.catalogue import CATALOGUE
from rechallenge.validation.check import Checked, check, findings_of
from rechallenge.validation.duplicates import merge_all
from rechallenge.validation.extract import Extract
from tests.support import canonical

CUTOFF = date(2022, 12, 31)
DRUGS = ("nivolumab", "pembrolizumab", "sintilimab", "docetaxel", "pemetrexed", "carboplatin", "bevacizumab")
APPROVALS = {"nivolumab": pd.Timestamp("2018-06-01"), "pembrolizumab": pd.Timestamp("2014-01-01")}


@dataclass(frozen=True)
class Case:
    """`found` lists `table row column` of what the rule must find: exactly these. Rows are numbered from 2."""

    rule: str
    why: str
    found: list[str]
    patients: str | None = None
    treatments: str | None = None
    assessments: str | None = None
    lesions: str | None = None
    adverse_events: str | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        return {name: canonical(name, getattr(self, name)) for name in TABLES}

    def check(self) -> Checked:
        """The whole validation."""
        return check(self.tables(), cutoff=CUTOFF, drug_names=DRUGS, approvals=APPROVALS)

    def of_rule(self) -> pd.DataFrame:
        """The findings of the case's own rule, which is much faster."""
        found = next((one for one in CATALOGUE if one.rule.id == self.rule), None)
        if found is None:
            return self.check().violations
        merged = {name: part.rows for name, part in merge_all(self.tables()).items()}
        extract = Extract(merged, CUTOFF, DRUGS, APPROVALS)
        return together([part[list(COLUMNS)] for part in findings_of(found, extract)])

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}"


def located(violations: pd.DataFrame, rule: str) -> list[str]:
    """The findings of one rule as sorted `table row column`."""
    rows = violations[violations["rule"].eq(rule)]
    return sorted(
        " ".join([table, "-" if pd.isna(row) else str(row), column]).strip()
        for table, row, column in zip(rows["table"], rows["source_row"], rows["column"], strict=True)
    )
