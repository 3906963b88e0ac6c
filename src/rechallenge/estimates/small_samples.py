"""What small samples ask for beside the usual methods."""

from collections.abc import Iterator

import pandas as pd

from rechallenge.estimates.plans import Classes, Plan
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import StatisticsSettings


def rows(frame: pd.DataFrame, plan: Plan, settings: StatisticsSettings, shown: Classes) -> Iterator[Row]:
    yield from ()
