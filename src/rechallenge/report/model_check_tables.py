"""Checks of the Cox models as tables."""

from collections.abc import Mapping

import pandas as pd

from rechallenge.report.numbers import Numbers
from rechallenge.report.sheets import Sheet


def tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    return []
