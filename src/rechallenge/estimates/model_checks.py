"""Checks of the declared Cox model: what its rows cannot say alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from rechallenge.estimates.rows import Row
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import StatisticsSettings

RESIDUAL_COLUMNS = ("analysis", "endpoint", "population", "term", "level", "kind", "x", "y", "smooth", "lower", "upper")
INFLUENCE_COLUMNS = ("analysis", "endpoint", "population", "term", "level", "patient_id", "dfbeta", "dfbetas")


@dataclass(frozen=True)
class Checks:
    """Rows of the results table, and what stays private: residuals of the model, influence of each patient."""

    rows: Sequence[Row] = ()
    residuals: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RESIDUAL_COLUMNS)))
    influence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(INFLUENCE_COLUMNS)))


def checks(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Checks:
    return Checks()
