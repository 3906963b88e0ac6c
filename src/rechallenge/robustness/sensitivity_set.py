"""The sensitivity set: the key results of the main analysis again, with one assumption changed at a time."""

from dataclasses import dataclass

import pandas as pd

from rechallenge.accepted import Accepted
from rechallenge.clinical.courses import StudyFrame
from rechallenge.estimates.imputed import imputed_model
from rechallenge.estimates.key_results import key_results
from rechallenge.estimates.plans import KEY_PLAN
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.estimates.times import time_to_event
from rechallenge.robustness.scenarios import IMPUTED, analysis_of, scenarios_for
from rechallenge.robustness.staged import Staged
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.sources.imputation import Method


@dataclass(frozen=True)
class SensitivitySet:
    """The results table of the scenarios, and what they are made of: `classified` and `adtte` with `analysis`."""

    rows: pd.DataFrame
    classified: pd.DataFrame
    adtte: pd.DataFrame


def sensitivity_set(
    definitions: DefinitionSettings,
    dates: Method,
    accepted: Accepted,
    frame: StudyFrame,
    everyone: pd.Series,
    classified: pd.DataFrame,
    adtte: pd.DataFrame,
    settings: StatisticsSettings,
    imputations: int,
) -> SensitivitySet:
    """Return the results of every scenario that differs from the main analysis, and of imputed patterns.

    `definitions` (resolved), `dates`, `classified` and `adtte` are the main analysis's; `everyone` are the
    identifiers of all patients of the extract.
    """
    found: list[Row] = []
    every_classified, every_adtte = [classified.iloc[:0]], [adtte.iloc[:0]]
    staged = Staged(accepted, frame, everyone, (KEY_PLAN.endpoint,))
    for scenario in scenarios_for(definitions, dates):
        used = scenario.definitions(definitions)
        made = staged.derive(used, scenario.dates or dates, scenario.analysis)
        own = key_results(made.classified, made.adtte, made.cohort, settings, used)
        found += placed(own, analysis=scenario.analysis)
        every_classified.append(made.classified.assign(analysis=scenario.analysis))
        every_adtte.append(made.adtte.assign(analysis=scenario.analysis))
    keys = {"endpoint": KEY_PLAN.endpoint, "population": KEY_PLAN.population}
    times = time_to_event(adtte, classified, **keys).frame
    if len(times):
        pooled = imputed_model(times, settings, definitions.progression_pattern, imputations)
        found += placed(pooled, **keys, analysis=analysis_of(IMPUTED))
    return SensitivitySet(table(found), _stacked(every_classified), _stacked(every_adtte))


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0].assign(analysis="")
