"""Patients chosen step by step: who is in a set, and by which conditions, in words."""

from dataclasses import dataclass, replace
from typing import Any, Self

import pandas as pd

from rechallenge.estimates.times import classes_of, levels_of

PATIENTS = "patients"


class NotTracedError(Exception):
    """The patients of a row cannot be named; the message is the sentence that says why."""


@dataclass(frozen=True)
class Step:
    """One condition, and how many (`Chosen.unit`) it leaves."""

    words: str
    remaining: int


@dataclass(frozen=True)
class Chosen:
    """Those who fulfil all conditions of `steps`: one row of `frame` each, with `patient_id`.

    `unit` is what a row is: patients, or what belongs to them (assessments, adverse events).
    """

    frame: pd.DataFrame
    steps: tuple[Step, ...]
    unit: str = PATIENTS

    @classmethod
    def starting(cls, frame: pd.DataFrame, words: str, unit: str = PATIENTS) -> Self:
        """Return everybody in `frame`."""
        return cls(frame, (Step(words, len(frame)),), unit)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def size(self) -> str:
        """How many, in words: "1 patient", "17 patients"."""
        return f"{len(self)} {self.unit.removesuffix('s') if len(self) == 1 else self.unit}"

    def where(self, kept: "pd.Series[Any]", words: str) -> Self:
        """Return those for whom `kept` is true; its index holds that of the frame."""
        inside = self.frame[kept.loc[self.frame.index].fillna(False).astype(bool)]
        return replace(self, frame=inside, steps=(*self.steps, Step(words, len(inside))))

    def of(self, column: str, level: str) -> Self:
        """Return those of one class of a column."""
        return self.where(levels_of(self.frame[column]) == level, f"{column} is {level}")

    def classified_by(self, column: str) -> Self:
        """Return those who have a class of a column, as comparisons need it."""
        return self.where(classes_of(self.frame[column]).notna(), f"{column} is known")

    def within(self, term: str, level: str = "") -> Self:
        """Return the patients of a term of the results table.

        "progression_pattern|resistance=acquired" with the level "oligo" are those of both classes; without a level,
        and for the term "overall", the first column is no condition.
        """
        column, _, inside = term.partition("|")
        chosen = self
        if inside:
            other, _, value = inside.partition("=")
            chosen = chosen.of(other, value)
        return chosen.of(column, level) if level else chosen


@dataclass(frozen=True)
class Traced:
    """The analysis set of a row, whose size is its `n`, and those of it whom the number itself counts.

    `counted` stands where the number is a count or a share of patients; those who are left out of a set are counted
    beside it.
    """

    chosen: Chosen
    counted: Chosen | None = None
