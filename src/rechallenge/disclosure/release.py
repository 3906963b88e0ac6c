"""What every shareable file is made from: the frames of a study as they are, or as a public release holds them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.disclosure.curves import at_risk_records, protect_curves, protect_incidence, protect_specifications
from rechallenge.disclosure.estimates import protect_estimates, rounded
from rechallenge.disclosure.reasons import SMALL, SUMMARY_COLUMNS, WITHHELD_COLUMNS
from rechallenge.disclosure.risk_sets import protect_risk_sets
from rechallenge.disclosure.small_tables import protect_findings, protect_row_account
from rechallenge.disclosure.suppression import is_small
from rechallenge.settings.release import ReleaseSettings

_COUNTED: Final = {
    "estimates.csv": ("n", "events"),
    "attrition.csv": ("excluded", "remaining", "not_evaluable"),
    "row_account.csv": ("rows_read", "duplicates_merged", "set_aside", "used"),
    "findings.csv": ("open", "waived", "set_aside", "all"),
}


@dataclass(frozen=True)
class Results:
    """The frames that leave the private folder, or that figures are drawn from, by the name of their file.

    `findings` are the numbers of findings of the checks (`validation.finding_counts`).
    """

    estimates: pd.DataFrame
    attrition: pd.DataFrame
    row_account: pd.DataFrame
    findings: pd.DataFrame
    specification_curve: pd.DataFrame
    curves: pd.DataFrame
    incidence: pd.DataFrame
    risk_sets: pd.DataFrame


@dataclass(frozen=True)
class Released:
    """The frames of a release, what of them is withheld (`WITHHELD_COLUMNS`), and how much (`SUMMARY_COLUMNS`)."""

    results: Results
    withheld: pd.DataFrame
    summary: pd.DataFrame


def released(results: Results, release: ReleaseSettings) -> Released:
    """Return the frames as they may be shared at the declared level."""
    if not release.public:
        nothing = pd.DataFrame(columns=list(WITHHELD_COLUMNS))
        told = replace(results, risk_sets=protect_risk_sets(results.risk_sets, release))
        return Released(told, nothing, _small_counts(results, release))
    estimates, found, why = protect_estimates(results.estimates, release, at_risk_records(results.curves, release))
    account = protect_row_account(results.row_account, release)
    findings = protect_findings(results.findings, release)
    withheld = pd.concat([estimates.withheld, account.withheld, findings.withheld], ignore_index=True)
    attrition = _attrition(results.attrition, estimates.withheld, release)
    protected = replace(
        results,
        estimates=estimates.frame,
        attrition=attrition,
        row_account=account.frame,
        findings=findings.frame,
        specification_curve=protect_specifications(results.specification_curve),
        curves=protect_curves(results.curves, found, why, release),
        incidence=protect_incidence(results.incidence, found, why, release),
        risk_sets=protect_risk_sets(results.risk_sets, release),
    )
    return Released(protected, withheld, _summary(withheld, release))


def _attrition(attrition: pd.DataFrame, withheld: pd.DataFrame, release: ReleaseSettings) -> pd.DataFrame:
    """The flow of the main analysis, of which the same numbers are rows of the results table."""
    hidden = set(withheld.loc[withheld["column"].eq("estimate"), "name"])
    frame = attrition.copy()
    for column in _COUNTED["attrition.csv"]:
        frame[column] = [
            np.nan if f"main/attrition/{criterion}/{column}" in hidden else rounded(float(value), release.round_to)
            for criterion, value in zip(frame["criterion"], frame[column], strict=True)
        ]
    return frame


def _summary(withheld: pd.DataFrame, release: ReleaseSettings) -> pd.DataFrame:
    counts = withheld.groupby(["file", "column", "why"], sort=True).size().rename("numbers").reset_index()
    return counts.assign(level=release.level, withheld="yes")[list(SUMMARY_COLUMNS)]


def _small_counts(results: Results, release: ReleaseSettings) -> pd.DataFrame:
    """How many small counts the frames of an internal release hold."""
    rows = []
    for file, columns in _COUNTED.items():
        frame = getattr(results, file.removesuffix(".csv"))
        for column in columns:
            small = sum(is_small(value, release.smallest_count) for value in frame[column].dropna())
            if small:
                rows.append((release.level, "no", file, column, SMALL, small))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))
