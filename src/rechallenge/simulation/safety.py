"""Adverse events: immune-related ones under each ICI, others under chemotherapy."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.drugs import CHEMOTHERAPY
from rechallenge.simulation.parameters import ICIS, SafetyParameters
from rechallenge.simulation.sampling import NEVER, Days, category, chance
from rechallenge.simulation.segments import SECOND

IMMUNE_TERMS: Final = (
    "hypothyroidism", "rash", "pneumonitis", "hepatitis", "colitis", "adrenal insufficiency", "myocarditis",
)  # fmt: skip
_IMMUNE_WEIGHTS: Final = (0.28, 0.27, 0.18, 0.12, 0.07, 0.05, 0.03)
OTHER_TERMS: Final = ("neutropenia", "anaemia", "nausea", "fatigue")


def adverse_events(rng: Generator, treatments: pd.DataFrame, horizon: Days, model: SafetyParameters) -> pd.DataFrame:
    """Return one row per event: patient, day, term, grade, immune_related (yes or no), sorted by patient and day.

    An ICI that was stopped for toxicity has an event of grade 3 or more on about its last day. At rechallenge an
    earlier immune-related event recurs in the share `recurrence`.
    """
    ici = treatments[treatments["drug"].isin([*ICIS, "durvalumab"])].drop_duplicates(["patient", "segment"])
    immune = _immune(rng, ici, horizon, model)
    chemo = treatments[treatments["drug"].isin(CHEMOTHERAPY)].drop_duplicates(["patient", "segment"])
    chemo = chemo[chance(rng, model.other, len(chemo))]
    terms = np.array(OTHER_TERMS, dtype=object)[rng.integers(0, len(OTHER_TERMS), len(chemo))]
    grade = 1 + category(rng, (0.35, 0.4, 0.2, 0.05), len(chemo))
    day = chemo["start"].to_numpy() + rng.integers(3, 60, len(chemo))
    other = pd.DataFrame({"patient": chemo["patient"].to_numpy(), "day": day, "term": terms, "grade": grade})
    events = pd.concat([immune, other.assign(immune_related="no")], ignore_index=True)
    events = events[events["day"] <= horizon[events["patient"]]]
    events = events.sort_values(["patient", "day", "term"], kind="stable").drop_duplicates(["patient", "day", "term"])
    return events.reset_index(drop=True)


def _immune(rng: Generator, ici: pd.DataFrame, horizon: Days, model: SafetyParameters) -> pd.DataFrame:
    n = len(ici)
    patient, start = ici["patient"].to_numpy(), ici["start"].to_numpy()
    end = np.where(ici["end"].to_numpy() >= NEVER, horizon[patient], ici["end"].to_numpy())
    toxic = ici["reason"].eq("toxicity").to_numpy()
    happens = toxic | chance(rng, model.immune_related, n)
    onset = start + 1 + np.floor(rng.exponential(model.onset_median_days / np.log(2.0), n)).astype(np.int64)
    onset = np.minimum(onset, end + 30)
    grade = 1 + category(rng, model.grades, n)
    grade = np.where(toxic, np.maximum(grade, 3), grade)
    day = np.where(toxic, end + rng.integers(0, 10, n), onset)
    terms = np.array(IMMUNE_TERMS, dtype=object)[category(rng, _IMMUNE_WEIGHTS, n)]
    events = pd.DataFrame(
        {"patient": patient, "day": day, "term": terms, "grade": grade, "phase": ici["phase"].to_numpy()}
    )
    events = events[happens]
    earlier = events[events["phase"] < SECOND].drop_duplicates("patient").set_index("patient")["term"]
    again = (ici["phase"].eq(SECOND)).to_numpy() & chance(rng, model.recurrence, n)
    recurring = pd.DataFrame({"patient": patient, "day": start + rng.integers(7, 70, n), "grade": grade})[again]
    recurring["term"] = recurring["patient"].map(earlier)
    events = pd.concat([events.drop(columns="phase"), recurring.dropna(subset="term")], ignore_index=True)
    return events.assign(immune_related="yes")
