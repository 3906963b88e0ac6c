"""When progression is seen: the schedule of scans, symptoms before a scan, and what each scan says."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.parameters import FollowUpParameters
from rechallenge.simulation.sampling import NEVER, Days, Flags, between, chance


@dataclass(frozen=True)
class Followed:
    """One line of therapy as the scans saw it.

    `detected` is the day on which progression was recorded (NEVER when it was not, before `until`), `responded`
    whether a CR or PR was recorded before it; `scans` has one row per assessment: patient (row number), day,
    response, basis.
    """

    detected: Days
    responded: Flags
    scans: pd.DataFrame


def follow(
    rng: Generator,
    start: Days,
    latent: Days,
    until: Days,
    responder: Flags,
    complete: Flags,
    model: FollowUpParameters,
) -> Followed:
    """Follow patients from `start` (NEVER: not treated) to recorded progression or `until`, whichever is first.

    `latent` is the time in days from start to the true progression. It is seen at the next scan, or, in the
    share `symptomatic`, a few days after it by symptoms: with a scan then, or by clinical judgement only.
    """
    patient = np.flatnonzero(start < until)
    first, last = start[patient], until[patient]
    true_day = first + latent[patient]
    scans = _schedule(rng, first, np.minimum(true_day + model.later_scans_days[1], last), model)
    at_scan = np.where(scans >= true_day[:, None], scans, NEVER).min(axis=1)
    m = len(patient)
    by_symptom = np.where(chance(rng, model.symptomatic, m), true_day + between(rng, 0, 5, m), NEVER)
    clinical = (by_symptom < at_scan) & chance(rng, model.symptomatic_clinical_only, m)
    recorded = np.minimum(by_symptom, at_scan)
    recorded = np.where(recorded <= last, recorded, NEVER)
    detected = np.full(len(start), NEVER, dtype=np.int64)
    detected[patient] = recorded
    before = (scans < recorded[:, None]) & (scans <= last[:, None])
    rows, columns = np.nonzero(before)
    response = _responses(rng, rows, columns, responder[patient], complete[patient], model)
    responded = np.zeros(len(start), dtype=bool)
    responded[patient[rows[np.isin(response, ("CR", "PR"))]]] = True
    seen = recorded < NEVER
    table = pd.DataFrame(
        {
            "patient": np.concatenate([patient[rows], patient[seen]]),
            "day": np.concatenate([scans[rows, columns], recorded[seen]]),
            "response": np.concatenate([response, np.full(int(seen.sum()), "PD", dtype=object)]),
            "basis": np.where(np.concatenate([np.zeros(len(rows), dtype=bool), clinical[seen]]), "clinical", "imaging"),
        }
    )
    return Followed(detected, responded, table)


def _schedule(rng: Generator, first: Days, last: Days, model: FollowUpParameters) -> Days:
    shortest = min(model.first_scans_days[0], model.later_scans_days[0])
    width = max(int((last - first).max(initial=0)) // shortest + 1, 2)
    gaps = rng.integers(model.later_scans_days[0], model.later_scans_days[1] + 1, (len(first), width))
    gaps[:, :2] = rng.integers(model.first_scans_days[0], model.first_scans_days[1] + 1, (len(first), 2))
    return first[:, None] + gaps.cumsum(axis=1)


def _responses(
    rng: Generator, rows: Days, columns: Days, responder: Flags, complete: Flags, model: FollowUpParameters
) -> np.ndarray:
    """Responders respond at the first scan (60%) or the second; a complete response follows one scan later."""
    onset = np.where(chance(rng, 0.6, len(responder)), 0, 1)
    responding = responder[rows] & (columns >= onset[rows])
    complete_now = responding & complete[rows] & (columns > onset[rows])
    words = np.select([complete_now, responding], ["CR", "PR"], default="SD").astype(object)
    return np.where(chance(rng, model.not_evaluable, len(rows)), "NE", words)
