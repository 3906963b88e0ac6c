"""The sensitivity set: the key results of the main analysis again, with one assumption changed at a time."""

from dataclasses import dataclass

import pandas as pd

from rechallenge.estimates.imputed import imputed_model
from rechallenge.estimates.key_results import key_results
from rechallenge.estimates.plans import KEY_PLAN
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.estimates.times import time_to_event
from rechallenge.robustness.scenarios import IMPUTED, analysis_of, scenarios_for
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.sources.imputation import Method


@dataclass(frozen=True)
class Scenarios:
    """What the scenarios derive: the tables of those names, all scenarios together, each row with its `analysis`."""

    classified: pd.DataFrame
    adtte: pd.DataFrame
    cohort: pd.DataFrame


def sensitivity_set(
    scenarios: Scenarios,
    definitions: DefinitionSettings,
    dates: Method,
    classified: pd.DataFrame,
    adtte: pd.DataFrame,
    settings: StatisticsSettings,
    imputations: int,
) -> pd.DataFrame:
    """Return the results table of every scenario, and of imputed patterns.

    `definitions` (resolved), `dates`, `classified` and `adtte` are the main analysis's.
    """
    found: list[Row] = []
    for scenario in scenarios_for(definitions, dates):
        own_classified, own_adtte, own_cohort = (
            every[every["analysis"] == scenario.analysis].reset_index(drop=True)
            for every in (scenarios.classified, scenarios.adtte, scenarios.cohort)
        )
        own = key_results(own_classified, own_adtte, own_cohort, settings, scenario.definitions(definitions))
        found += placed(own, analysis=scenario.analysis)
    keys = {"endpoint": KEY_PLAN.endpoint, "population": KEY_PLAN.population}
    times = time_to_event(adtte, classified, **keys).frame
    if len(times):
        pooled = imputed_model(times, settings, definitions.progression_pattern, imputations)
        found += placed(pooled, **keys, analysis=analysis_of(IMPUTED))
    return table(found)
