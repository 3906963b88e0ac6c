"""Risk sets of the comparisons and models: how many of each pattern of covariates are at risk, and leave, when.

What hospitals that agree on it give one another so that log-rank tests and Cox models of all their patients can be
computed where no patient is known (`federation.risk_sets`). Made for the private side; what leaves is decided by
`disclosure.risk_sets`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.estimates.design import design, is_number
from rechallenge.estimates.plans import OVERALL, Classes, Plan, plans_of, shown_classes, tested
from rechallenge.estimates.rechallenge_models import prepared, usable
from rechallenge.estimates.sensitivity import sensitivity_covariates, with_combination
from rechallenge.estimates.times import classes_of, time_to_event
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

KEYS: Final = ("endpoint", "population", "model", "term")
COLUMNS: Final = (*KEYS, "pattern", "days", "at_risk", "events", "censored")
"""`pattern` is "resistance=primary|progression_pattern=oligo", empty where nobody is told apart; `at_risk` counts those
with time >= days of the pattern."""


def risk_sets(
    adtte: pd.DataFrame, classified: pd.DataFrame, settings: StatisticsSettings, definitions: DefinitionSettings
) -> pd.DataFrame:
    """Return the risk sets of one analysis, one row per comparison, pattern and time; columns COLUMNS.

    `model` is kaplan_meier (everybody), log_rank (the classes of `term`, without those who have none) or a Cox model
    (the patterns of its covariates, of those who have them all). Left out are times with delayed entry, models with a
    number among their covariates (each patient would be a pattern) and those of imputed data.
    """
    shown = shown_classes(definitions.resistance.preset)
    parts: list[pd.DataFrame] = []
    for plan in plans_of(adtte):
        times = time_to_event(adtte, classified, plan.endpoint, plan.population)
        if not len(times.frame) or times.delayed or not (plan.compare or plan.models):
            continue
        own = _of_plan(times.frame, plan, settings, definitions, shown)
        parts += [part.assign(endpoint=plan.endpoint, population=plan.population) for part in own]
    together = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return together[list(COLUMNS)]


def _of_plan(
    frame: pd.DataFrame,
    plan: Plan,
    settings: StatisticsSettings,
    definitions: DefinitionSettings,
    shown: Classes,
) -> Iterator[pd.DataFrame]:
    yield counted(frame, {}).assign(model="kaplan_meier", term=OVERALL)
    for term, column, patients in tested(frame, plan, shown):
        levels = classes_of(patients[column])
        known = levels.notna()
        yield counted(patients[known], {column: levels[known]}).assign(model="log_rank", term=term)
    if plan.models and settings.missing_covariates != "multiple_imputation":
        for name, term, covariates in declared_models(settings, definitions):
            wanted = prepared(with_combination(frame), covariates, settings).frame
            if any(is_number(wanted[covariate.name], covariate) for covariate in covariates):
                continue
            made = design(wanted, covariates, settings.minimum_events)
            yield counted(made.frame, made.levels).assign(model=name, term=term)


def declared_models(
    settings: StatisticsSettings, definitions: DefinitionSettings
) -> Iterator[tuple[str, str, Sequence[Covariate]]]:
    """Yield the Cox models of rechallenge PFS and OS: name, term (of a univariable one) and covariates."""
    declared = usable(settings.covariates, definitions.progression_pattern)
    extended = sensitivity_covariates(declared)
    yield from (("cox_univariable", covariate.name, (covariate,)) for covariate in extended)
    if declared:
        yield "cox_multivariable", "", declared
    yield "cox_sensitivity", "", extended


def counted(frame: pd.DataFrame, levels: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return pattern, days, at_risk, events and censored of patients with `days` and `event`.

    `levels` are the classes of these patients by covariate; one with a sign of the pattern in it ("=" or "|") has the
    sign replaced by "/".
    """
    pattern = pd.Series("", index=frame.index, dtype=object)
    for name, column in levels.items():
        text = f"{name}=" + column.astype(str).str.replace(r"[=|]", "/", regex=True)
        pattern = pattern.where(pattern == "", pattern + "|") + text
    event = frame["event"].astype("int64")
    cells = pd.DataFrame({"pattern": pattern, "days": frame["days"], "events": event, "censored": 1 - event})
    found = cells.groupby(["pattern", "days"], sort=True, as_index=False)[["events", "censored"]].sum()
    left = (found["events"] + found["censored"]).to_numpy()
    # Whoever leaves at a time or later is at risk at it.
    backwards = pd.Series(left[::-1]).groupby(found["pattern"].to_numpy()[::-1]).cumsum().to_numpy()
    return found.assign(at_risk=np.asarray(backwards)[::-1])[["pattern", "days", "at_risk", "events", "censored"]]
