"""What changes with time: rechallenge as an exposure, competing events, progression between two scans."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from rechallenge.estimates.kaplan_meier import CURVE_COLUMNS
from rechallenge.estimates.plans import Classes
from rechallenge.estimates.rows import Row
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings

INCIDENCE_COLUMNS = (
    "analysis", "endpoint", "population", "term", "level", "cause", "time_months", "incidence", "lower", "upper",
    "at_risk",
)  # fmt: skip


@dataclass(frozen=True)
class OverTime:
    """Rows of the results table, survival curves, and curves of cumulative incidence."""

    rows: Sequence[Row] = ()
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVE_COLUMNS)))
    incidence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(INCIDENCE_COLUMNS)))


def over_time(
    adtte: pd.DataFrame,
    classified: pd.DataFrame,
    settings: StatisticsSettings,
    definitions: DefinitionSettings,
    shown: Classes,
    *,
    course: pd.DataFrame | None = None,
) -> OverTime:
    return OverTime()
