"""What has happened to the patients so far: the state that the phases of a course add to."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.parameters import Parameters
from rechallenge.simulation.sampling import NEVER, Codes, Days, Flags, at, weibull_days, whole_days
from rechallenge.simulation.scans import follow
from rechallenge.simulation.segments import Segment, reasons


@dataclass
class Course:
    """What has happened so far, one entry per patient; `horizon` is the last day that can leave a record."""

    rng: Generator
    patients: pd.DataFrame
    model: Parameters
    latent: pd.DataFrame
    horizon: Days
    death: Days
    lost: Days
    segments: list[Segment] = field(default_factory=list)
    scans: list[pd.DataFrame] = field(default_factory=list)
    responded: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
    first_start: Days = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    first_progression: Days = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    second_start: Days = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    second_progression: Days = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def n(self) -> int:
        return len(self.patients)

    def is_path(self, *names: str) -> Flags:
        return self.patients["path"].isin(names).to_numpy()

    def is_group(self, *names: str) -> Flags:
        return self.patients["group"].isin(names).to_numpy()

    def treat(self, phase: int, start: Days, stop: Days, regimen: Codes, **words: object) -> None:
        """Record a segment; `words` may give reason (an array), intent and modality."""
        words.setdefault("reason", reasons(self.n))
        self.segments.append(Segment(phase, start, stop, regimen, **words))  # type: ignore[arg-type]

    def watch(
        self,
        phase: int,
        start: Days,
        days: Days,
        until: Days,
        responder: Flags | None = None,
        complete: Flags | None = None,
    ) -> Days:
        """Scan from `start` until progression; record the assessments and return the day of progression.

        `responded` then tells who had a recorded response in this line.
        """
        nobody = np.zeros(self.n, dtype=bool)
        seen = follow(
            self.rng,
            start,
            days,
            np.minimum(until, self.horizon),
            nobody if responder is None else responder,
            nobody if complete is None else complete,
            self.model.follow_up,
        )
        self.scans.append(seen.scans.assign(phase=phase))
        self.responded = seen.responded
        return seen.detected

    def dies_after(self, progression: Days, who: Flags) -> None:
        """Start the clock of death at the last progression that the model follows."""
        model = self.model.follow_up
        days = whole_days(weibull_days(self.rng, model.death_shape, model.death_median_months, self.n), 3)
        death = at(np.where(who, progression, NEVER), days)
        self.death = np.minimum(self.death, death)
        self.horizon = np.minimum(self.horizon, self.death)

    def other_days(self, targeted: Flags | None = None) -> Days:
        """Time to progression on systemic therapy without an ICI."""
        model = self.model.follow_up
        median = np.where(
            False if targeted is None else targeted, model.targeted_median_months, model.other_therapy_median_months
        )
        return whole_days(weibull_days(self.rng, model.other_therapy_shape, np.broadcast_to(median, self.n), self.n), 7)
