"""Treatment as given: segments of regimens, and the rows (one per drug and interval) that they leave."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.drugs import CODE, DRUGS, FIXED_COURSE, TWO_WEEKLY
from rechallenge.simulation.parameters import ICIS
from rechallenge.simulation.sampling import NEVER, Codes, Days

# The phases of a course, in order; a patient has some of them.
CURATIVE, PRIOR, FIRST, BETWEEN, SECOND, LATER = range(6)
_CYCLE_DAYS: Final = 21
IS_ICI: Final = np.array([name in (*ICIS, "durvalumab", "ipilimumab") for name in DRUGS])
_DAILY: Final = np.array(
    [name in ("anlotinib", "gefitinib", "icotinib", "osimertinib", "crizotinib") for name in DRUGS]
)


@dataclass(frozen=True)
class Segment:
    """One regimen from its first dose to its stop, one entry per patient (start NEVER: not given).

    `stop` is the first day without treatment: the doses lie before it, and the last one ends the row.
    """

    phase: int
    start: Days
    stop: Days
    regimen: Codes
    reason: np.ndarray
    intent: str = "palliative"
    modality: str = "systemic"


def last_dose(start: Days, stop: Days, drug: Codes) -> Days:
    """Day of the last dose before `stop`: every two weeks for nivolumab, daily for tablets, else three-weekly."""
    cycle = np.select([_DAILY[drug], TWO_WEEKLY[drug]], [1, 14], default=_CYCLE_DAYS)
    doses = np.maximum((stop - 1 - start) // cycle, 0)
    return np.where(start >= NEVER, NEVER, start + doses * cycle)


def treatment_rows(rng: Generator, segments: list[Segment], horizon: Days, died: np.ndarray) -> pd.DataFrame:
    """Return one row per patient, drug and interval, cut at each patient's `horizon`.

    Columns: patient, phase, segment, drug, start, end (NEVER while it goes on at the horizon), reason, intent,
    modality.
    """
    parts = [
        _drug_rows(rng, number, segment, segment.regimen[:, column], horizon, died)
        for number, segment in enumerate(segments)
        for column in range(segment.regimen.shape[1])
        if (segment.regimen[:, column] >= 0).any() or (segment.modality != "systemic" and column == 0)
    ]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return rows.sort_values(["patient", "start", "segment", "drug"], kind="stable").reset_index(drop=True)


def _drug_rows(
    rng: Generator, number: int, segment: Segment, drug: Codes, horizon: Days, died: np.ndarray
) -> pd.DataFrame:
    given = (segment.start <= horizon) & (segment.start < NEVER)
    if segment.modality == "systemic":
        given &= drug >= 0
    patient = np.flatnonzero(given)
    code, start, stop = drug[patient], segment.start[patient], segment.stop[patient]
    seen_until = horizon[patient]
    reason = segment.reason[patient].astype(object)
    if segment.modality == "systemic":
        name = np.array(DRUGS, dtype=object)[code]
        cycles = rng.integers(4, 7, len(patient))
        planned = np.where(FIXED_COURSE[code] & ~IS_ICI[code], start + (cycles - 1) * _CYCLE_DAYS + 1, NEVER)
        reason = np.where(planned < stop, "completed", reason)
        stop = np.minimum(stop, planned)
        end = last_dose(start, np.minimum(stop, seen_until + 1), code)
    else:
        name = np.full(len(patient), "", dtype=object)
        end = np.minimum(stop, seen_until)
    cut = stop > seen_until
    dead = cut & died[patient]
    reason = np.where(dead, "death", np.where(cut, "ongoing", reason))
    # A registry leaves the last dose open while treatment goes on.
    end = np.where(cut & ~dead, NEVER, end)
    return pd.DataFrame(
        {
            "patient": patient,
            "phase": segment.phase,
            "segment": number,
            "drug": name,
            "start": start,
            "end": end,
            "reason": reason,
            "intent": segment.intent,
            "modality": segment.modality,
        }
    )


def reasons(n: int, word: str = "progression") -> np.ndarray:
    """Return n equal stop reasons."""
    return np.full(n, word, dtype=object)


def single(drug: Codes | str, n: int) -> Codes:
    """Return one-drug regimens."""
    regimen = np.full((n, 4), -1, dtype=np.int64)
    regimen[:, 0] = CODE[drug] if isinstance(drug, str) else drug
    return regimen
