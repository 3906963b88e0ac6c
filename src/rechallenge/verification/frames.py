"""The private data that the R script reads: times and covariates, with numbers instead of identifiers and no dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.estimates.exposure import with_exposure
from rechallenge.estimates.sensitivity import with_combination
from rechallenge.estimates.times import ABOUT_EVENTS, levels_of, time_to_event

TIMES: Final = (
    "analysis",
    "endpoint",
    "population",
    "patient",
    "days",
    "entry_days",
    "event",
    *ABOUT_EVENTS,
    "exposed_days",
)
# What identifies a patient, or is a date, and no covariate.
_NOT_COVARIATES: Final = (
    "patient_id", "analysis", "first_ici_start", "first_ici_end", "first_ici_progression", "rechallenge_start",
    "first_ici_response_date", "rechallenge_response_date",
)  # fmt: skip


@dataclass(frozen=True)
class Frames:
    """`times` (columns TIMES) and `patients` (analysis, patient, covariates); `numbers` are the numeric columns."""

    times: pd.DataFrame
    patients: pd.DataFrame
    numbers: tuple[str, ...]


def frames(classified: Mapping[str, pd.DataFrame], adtte: Mapping[str, pd.DataFrame]) -> Frames:
    """Return what the script reads of the analyses; both mappings hold the tables of those names by analysis.

    A patient has the same number in all of them. Times are those that the estimates are made of: without patients
    who have no usable time.
    """
    everyone = sorted(set().union(*(set(table["patient_id"]) for table in classified.values())))
    number_of = {patient: place for place, patient in enumerate(everyone, 1)}
    times, patients, numbers = [], [], dict.fromkeys((*TIMES[4:7], *TIMES[8:]))
    for analysis, table in classified.items():
        numeric = [str(name) for name in table if pd.api.types.is_numeric_dtype(table[name])]
        numbers |= dict.fromkeys(name for name in numeric if not pd.api.types.is_bool_dtype(table[name]))
        own = with_combination(table)
        covariates = {
            str(name): own[name] if name in numbers else levels_of(own[name])
            for name in own
            if name not in _NOT_COVARIATES
        }
        keys = {"analysis": analysis, "patient": table["patient_id"].map(number_of)}
        made = pd.DataFrame({**keys, **covariates})
        patients.append(made)
        # Where nobody was rechallenged a scenario has patients and no times.
        own_times = adtte.get(analysis, pd.DataFrame(columns=["endpoint", "population"]))
        for endpoint, population in sorted(set(zip(own_times["endpoint"], own_times["population"], strict=True))):
            frame = time_to_event(own_times, table, endpoint, population).frame
            if endpoint == "PPS":
                frame = with_exposure(frame)
            own_keys = {"analysis": analysis, "endpoint": endpoint, "population": population}
            times.append(
                frame.assign(**own_keys, patient=frame["patient_id"].map(number_of)).reindex(columns=list(TIMES))
            )
    return Frames(_stacked(times), _stacked(patients), tuple(numbers))


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
