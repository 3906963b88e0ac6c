"""Time-to-event frames: one row per patient, times in days, covariates beside them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

# Days are whole in registries. R merges times that differ only by rounding error, Python libraries do not:
# so times are rounded before anything is fitted, far below a day and far above a rounding error.
DECIMALS: Final = 8
# Values that mean "no class"; patients with them stay out of comparisons and are counted.
NO_CLASS: Final = ("unclassified", "not_evaluable", "unknown")
ABOUT_EVENTS: Final = ("event_type", "interval_lower_days", "interval_upper_days")


@dataclass(frozen=True)
class TimeToEvent:
    """The patients of one endpoint in one population.

    `frame` has `days`, `event` (0 or 1), `entry_days`, `event_type` (which event, missing without one), the days
    between which it happened (`interval_lower_days`, `interval_upper_days`; the upper one missing without an event)
    and the columns of the classified patients; `left_out` counts those whose time is missing or negative or, with
    delayed entry, does not pass the entry.
    """

    frame: pd.DataFrame
    left_out: int

    @property
    def delayed(self) -> bool:
        """Whether anybody comes under observation after time zero."""
        return bool((self.frame["entry_days"] > 0).any())


def rounded(times: pd.Series) -> pd.Series:
    """Times in days as floats, without rounding error."""
    return times.astype("float64").round(DECIMALS)


def time_to_event(adtte: pd.DataFrame, classified: pd.DataFrame, endpoint: str, population: str) -> TimeToEvent:
    """Return the patients of one endpoint and population with their covariates.

    Columns of `adtte`: patient_id, endpoint, population, days, entry_days, event, and those of `ABOUT_EVENTS` where it
    has them. Raises ValueError when a
    patient has two rows, or none in `classified`.
    """
    chosen = adtte[(adtte["endpoint"] == endpoint) & (adtte["population"] == population)]
    if chosen["patient_id"].duplicated().any():
        raise ValueError(f"{endpoint} in {population}: a patient has more than one row")
    unknown = ~chosen["patient_id"].isin(classified["patient_id"])
    if unknown.any():
        raise ValueError(f"{endpoint} in {population}: {int(unknown.sum())} patients are not classified")
    times = pd.DataFrame(
        {
            "patient_id": chosen["patient_id"],
            "days": rounded(chosen["days"]),
            "event": chosen["event"].astype("int64"),
            "entry_days": rounded(chosen["entry_days"].fillna(0)),
        }
    )
    about = [name for name in ABOUT_EVENTS if name in chosen.columns]
    times[about] = chosen[about]
    delayed = bool((times["entry_days"] > 0).any())
    usable = times["days"] > times["entry_days"] if delayed else times["days"] >= 0
    frame = times[usable].merge(classified, on="patient_id", how="left", validate="one_to_one")
    return TimeToEvent(frame, int((~usable).sum()))


def levels_of(values: pd.Series) -> pd.Series:
    """Return a categorical column as plain text: true/false in lower case, whole numbers bare."""
    # Each different value is looked at once: columns have few, and this is called for every covariate of every model.
    codes, different = pd.factorize(values.to_numpy(object))
    words = np.empty(len(different) + 1, dtype=object)
    words[: len(different)] = [_plain(value) for value in different]
    # A missing value has the code -1, which is the last place.
    words[-1] = np.nan
    return pd.Series(words[codes], index=values.index, name=values.name, dtype=object)


def _plain(value: object) -> object:
    if isinstance(value, (bool, np.bool_)) or value in ("True", "False"):
        return str(value).lower()
    if isinstance(value, (int, float, np.number)):
        return f"{value:g}"
    return None if value == "" else str(value)


def classes_of(values: pd.Series) -> pd.Series:
    """Return `levels_of` with the values of NO_CLASS as missing."""
    levels = levels_of(values)
    return levels.where(~levels.isin(NO_CLASS), np.nan)
