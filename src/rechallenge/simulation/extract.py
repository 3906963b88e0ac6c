"""From courses to the clean tables of an extract, the hidden truth beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator, default_rng

from rechallenge.simulation.course_state import Course
from rechallenge.simulation.courses import simulate_courses
from rechallenge.simulation.drugs import DRUGS
from rechallenge.simulation.intentions import draw_lesions
from rechallenge.simulation.parameters import Parameters
from rechallenge.simulation.patients import draw_patients
from rechallenge.simulation.safety import adverse_events
from rechallenge.simulation.sampling import NEVER, category
from rechallenge.simulation.segments import FIRST, SECOND, treatment_rows

# Patients are simulated in blocks with streams of their own, so that memory does not grow with their number.
BLOCK: Final = 50_000
_COHORT_STREAM: Final = 1
_LARGEST: Final = 9_000_000
# A prime, so that a step through it visits every number once: identifiers without order, and without a draw.
_MODULUS, _STEP = 9_999_991, 3_141_592


@dataclass(frozen=True)
class Extract:
    """Clean tables with days as integers (NEVER: missing), keyed by patient_id; `truth` is not for the study."""

    patients: pd.DataFrame
    treatments: pd.DataFrame
    assessments: pd.DataFrame
    adverse_events: pd.DataFrame
    truth: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """The four tables of the extract, by name."""
        names = ("patients", "treatments", "assessments", "adverse_events")
        return {name: getattr(self, name) for name in names}

    def with_tables(self, tables: dict[str, pd.DataFrame]) -> "Extract":
        """Return a copy with some tables replaced."""
        return replace(self, **tables)


def simulate(n: int, seed: int, model: Parameters | None = None) -> Extract:
    """Return the clean extract of `n` simulated patients. The same n and seed give the same tables.

    Raises ValueError for fewer than 1 or more than nine million patients.
    """
    parts = list(simulate_blocks(n, seed, model))
    names = Extract.__annotations__
    return Extract(**{name: pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in names})


def simulate_blocks(n: int, seed: int, model: Parameters | None = None) -> Iterator[Extract]:
    """Yield the extract of `simulate` in blocks of at most BLOCK patients, for what need not hold them all at once."""
    if not 1 <= n <= _LARGEST:
        raise ValueError(f"the number of patients must lie between 1 and {_LARGEST:,}, not {n:,}")
    for number, first in enumerate(range(0, n, BLOCK)):
        size = min(BLOCK, n - first)
        yield _block(default_rng([seed, _COHORT_STREAM, number]), size, first, model or Parameters())


def identifiers(numbers: np.ndarray) -> np.ndarray:
    """Return eight-digit identifiers, all different, for patient numbers from 0; each begins with a zero."""
    scattered = (numbers.astype(np.int64) + 1) * _STEP % _MODULUS
    return np.char.zfill(scattered.astype("U8"), 8).astype(object)


def _block(rng: Generator, n: int, first: int, model: Parameters) -> Extract:
    patients = draw_patients(rng, n, model.baseline)
    course = simulate_courses(rng, patients, model)
    identifier = identifiers(np.arange(first, first + n))
    treatments = treatment_rows(rng, course.segments, course.horizon, course.death == course.horizon)
    events = adverse_events(rng, treatments, course.horizon, model.safety)
    assessments = _assessments(rng, course)
    people = _people(rng, course, identifier, treatments, assessments, events)
    named = {
        "treatments": _treatment_table(rng, treatments, identifier),
        "assessments": assessments.assign(patient_id=identifier[assessments["patient"]]),
        "adverse_events": events.assign(patient_id=identifier[events["patient"]]),
    }
    named = {name: frame.drop(columns="patient") for name, frame in named.items()}
    return Extract(patients=people, truth=_truth(course, identifier), **named)


def _assessments(rng: Generator, course: Course) -> pd.DataFrame:
    """All scans, with lesion counts at progression: growing and new ones apart, together the true number."""
    scans = pd.concat([part for part in course.scans if len(part)], ignore_index=True)
    scans = scans[scans["day"] <= course.horizon[scans["patient"]]]
    scans = scans.sort_values(["patient", "day", "phase", "response"], kind="stable")
    # Two lines that touch may scan on one day; the registry holds one assessment per day.
    scans = scans.drop_duplicates(["patient", "day"]).reset_index(drop=True)
    progression = scans["response"].eq("PD").to_numpy()
    patient = scans["patient"].to_numpy()
    index = (
        progression
        & (scans["phase"].eq(FIRST).to_numpy())
        & (scans["day"].to_numpy() == course.first_progression[patient])
    )
    lesions, organs = draw_lesions(rng, rng.random(len(scans)) < 0.5)
    lesions = np.where(index, course.latent["lesions"].to_numpy()[patient], lesions)
    organs = np.where(index, course.latent["organs"].to_numpy()[patient], organs)
    new = rng.binomial(np.minimum(lesions, 4), 0.3)
    counted = progression & scans["basis"].eq("imaging").to_numpy()
    scans["progressing_lesions"] = np.where(counted, lesions - new, np.nan)
    scans["progressing_organs"] = np.where(counted, organs, np.nan)
    scans["new_lesions"] = np.where(counted, new, np.nan)
    return scans


def _treatment_table(rng: Generator, rows: pd.DataFrame, identifier: np.ndarray) -> pd.DataFrame:
    rows = rows.copy()
    rows["patient_id"] = identifier[rows["patient"]]
    opening = ~rows.duplicated(["patient", "segment"])
    number = opening.groupby(rows["patient"]).cumsum()
    rows["regimen_number"] = rows.groupby(["patient", "segment"])["start"].transform("size") * 0 + number.where(opening)
    rows["regimen_number"] = rows.groupby(["patient", "segment"])["regimen_number"].transform("max").astype(np.int64)
    palliative = rows["modality"].eq("systemic") & rows["intent"].eq("palliative")
    opens_line = opening & palliative
    line = opens_line.groupby(rows["patient"]).cumsum()
    first_of_segment = line.where(opens_line)
    rows["line"] = first_of_segment.groupby([rows["patient"], rows["segment"]]).transform("max")
    status = category(rng, (0.24, 0.70, 0.06), len(rows)).astype("float64")
    steady = pd.Series(status).groupby(rows["patient"].to_numpy()).transform("first").to_numpy()
    worse = np.minimum(steady + (rng.random(len(rows)) < 0.06) * (rows["phase"].to_numpy() >= SECOND), 3)
    by_segment = pd.Series(worse).groupby([rows["patient"].to_numpy(), rows["segment"].to_numpy()]).transform("first")
    rows["ecog"] = by_segment.where(rows["modality"].eq("systemic").to_numpy()).to_numpy()
    return rows


def _people(
    rng: Generator,
    course: Course,
    identifier: np.ndarray,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    events: pd.DataFrame,
) -> pd.DataFrame:
    """The patients with their last contact and death."""
    n = course.n
    people = course.patients.copy()
    people["patient_id"] = identifier
    people["death"] = np.where(course.death <= course.horizon, course.death, NEVER)
    ended = treatments["end"].where(treatments["end"] < NEVER, treatments["start"])
    seen = pd.concat(
        [
            ended.groupby(treatments["patient"]).max(),
            assessments.groupby("patient")["day"].max(),
            events.groupby("patient")["day"].max(),
        ],
        axis=1,
    ).max(axis=1)
    last_event = seen.reindex(range(n)).fillna(people["diagnosis"]).to_numpy().astype(np.int64)
    recent = course.horizon - rng.integers(0, 60, n)
    alive = np.maximum(np.maximum(recent, last_event), people["diagnosis"].to_numpy())
    people["last_contact"] = np.where(people["death"] < NEVER, people["death"], alive)
    people["recurrence"] = people["recurrence"].mask(people["recurrence"] > course.horizon, NEVER)
    return people


def _truth(course: Course, identifier: np.ndarray) -> pd.DataFrame:
    """What nobody observes, and the course without dirt: one row per patient."""
    latent = course.latent
    names = np.array([*DRUGS, ""], dtype=object)
    first = course.first_start < NEVER
    return pd.DataFrame(
        {
            "patient_id": identifier,
            "group": course.patients["group"],
            "path": course.patients["path"],
            "plan": latent["plan"],
            "latent_response": latent["response"],
            "resistance": np.where(latent["acquired"], "acquired", "primary"),
            "progression_pattern": np.where(latent["oligo"], "oligo", "systemic"),
            "latent_days_to_progression": latent["days"],
            "progressing_lesions": latent["lesions"],
            "first_ici": np.where(first, names[latent["first_ici"]], ""),
            "first_ici_start": course.first_start,
            "first_progression": course.first_progression,
            "toxicity_stop": latent["toxicity"],
            "interval_treatment": latent["interval"],
            "same_ici": latent["same_given"],
            "rechallenge_start": course.second_start,
            "rechallenge_progression": course.second_progression,
            "rechallenge_hazard_ratio": latent["hazard_ratio"],
            "rechallenge_frailty": latent["frailty"],
            "rechallenge_latent_days": latent["rechallenge_days"],
            "death": course.death,
            "last_observed": course.horizon,
        }
    )
