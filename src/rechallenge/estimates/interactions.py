"""Interactions of covariates, and effects per subgroup."""

from collections.abc import Iterator

import pandas as pd

from rechallenge.estimates.rows import Row
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import StatisticsSettings


def rows(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Iterator[Row]:
    yield from ()
