"""What the sets of an analysis are made of: its tables, definitions and settings, and the sets to start from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.estimates.times import time_to_event
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.tracing.chosen import Chosen, NotTracedError, Step, Traced

POPULATIONS: Final = {
    "first_ici": "patients with a first ICI monotherapy in the study window (classified.csv)",
    "progressed": "with index progression on it (days_to_progression is known)",
    "rechallenge": "in the rechallenge set (eligible is true)",
}


def light(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with Python's own texts: choosing rows of many Arrow columns takes ten times as long."""
    texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
    plain = {name: frame[name].astype(object).where(frame[name].notna(), np.nan) for name in texts}
    return frame.assign(**plain).copy()


@dataclass(frozen=True)
class Estimate:
    """One row of estimates.csv; absent keys are empty texts, absent numbers NaN."""

    estimate_id: str
    analysis: str
    endpoint: str
    population: str
    model: str
    term: str
    level: str
    reference: str
    statistic: str
    method: str
    at: float
    estimate: float
    lower: float
    upper: float
    confidence: float
    p: float
    n: float
    events: float

    @classmethod
    def of(cls, row: "pd.Series[Any] | Mapping[Any, Any]") -> "Estimate":
        """Return the row of a results table with the columns of `estimates.rows.COLUMNS`."""
        numbers = {"at", "estimate", "lower", "upper", "confidence", "p", "n", "events"}
        values: dict[str, Any] = {name: float(row[name]) for name in numbers}
        texts = [item.name for item in fields(cls) if item.name not in numbers]
        values |= {name: "" if pd.isna(row[name]) else str(row[name]) for name in texts}
        return cls(**values)

    @property
    def stem(self) -> str:
        """The model without what stands behind a bar: `gray` of `gray|progression`."""
        return self.model.partition("|")[0]

    @property
    def behind_bar(self) -> str:
        """What stands behind the bar of a model: `progression` of `gray|progression`."""
        return self.model.partition("|")[2]


@dataclass(frozen=True)
class Analysis:
    """The tables of one analysis and what it was made by.

    A scenario of the sensitivity set has no `course` and no `assessments` of its own; `preset_classes` and `boundary`
    belong to the main analysis. Frames as their readers return them.
    """

    name: str
    cohort: pd.DataFrame
    classified: pd.DataFrame
    adtte: pd.DataFrame
    settings: StatisticsSettings
    definitions: DefinitionSettings
    course: pd.DataFrame | None = None
    assessments: pd.DataFrame | None = None
    adverse_events: pd.DataFrame = field(default_factory=pd.DataFrame)
    preset_classes: pd.DataFrame | None = None
    boundary: pd.DataFrame | None = None
    _times: dict[tuple[str, str], Chosen] = field(default_factory=dict, repr=False)
    _populations: dict[str, Chosen] = field(default_factory=dict, repr=False)

    def extract(self) -> Chosen:
        """Return every patient of the extract, with the columns of cohort.csv."""
        return Chosen.starting(self.cohort, "patients of the extract (cohort.csv)")

    def population(self, name: str) -> Chosen:
        """Return the patients of a population, with the columns of classified.csv."""
        if name not in self._populations:
            self._populations[name] = self._found_population(name)
        return self._populations[name]

    def _found_population(self, name: str) -> Chosen:
        chosen = Chosen.starting(self.classified, POPULATIONS["first_ici"])
        if name == "progressed":
            return chosen.where(chosen.frame["days_to_progression"].notna(), POPULATIONS[name])
        if name == "rechallenge":
            return chosen.where(chosen.frame["eligible"], POPULATIONS[name])
        return chosen

    def end_rows(self, endpoint: str, population: str) -> pd.DataFrame:
        """Return the rows of adtte.csv of one endpoint in one population."""
        own = self.adtte["endpoint"].eq(endpoint) & self.adtte["population"].eq(population)
        return self.adtte[own]

    def times(self, row: Estimate) -> Chosen:
        """Return the patients with a usable time of the row's endpoint, with the columns of `times.time_to_event`."""
        key = row.endpoint, row.population
        if key not in self._times:
            self._times[key] = self._found_times(*key)
        return self._times[key]

    def _found_times(self, endpoint: str, population: str) -> Chosen:
        every = len(self.end_rows(endpoint, population))
        found = time_to_event(self.adtte, self.classified, endpoint, population)
        said = "the time passes the entry under observation" if found.delayed else "the time is known, not negative"
        first = Step(f"rows of adtte.csv: endpoint {endpoint}, population {population}", every)
        return Chosen(found.frame, (first, Step(said, len(found.frame))))

    def without_time(self, row: Estimate) -> Chosen:
        """Return the patients whose time of the row's endpoint cannot be used."""
        own = self.end_rows(row.endpoint, row.population).reset_index(drop=True)
        chosen = Chosen.starting(own, f"rows of adtte.csv: endpoint {row.endpoint}, population {row.population}")
        usable = set(self.times(row).frame["patient_id"])
        return chosen.where(~own["patient_id"].isin(usable), "the time is missing, negative, or ends before the entry")

    def own_course(self) -> pd.DataFrame:
        """Return the courses of this analysis; a scenario of the sensitivity set has none."""
        if self.course is None:
            raise NotTracedError(f"The courses of the patients under {self.name} are not kept.")
        return self.course


# From a row to the patients behind it; raises NotTracedError where they cannot be named.
Recipe = Callable[[Estimate, Analysis], Traced]
