"""The derivation for one set of definitions after another: a step is repeated only where what it rests on differs.

Of each step the latest result is kept, so that definitions that share a step should follow one another.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, Final, TypeVar

import pandas as pd

from rechallenge.accepted import Accepted
from rechallenge.clinical.classify import classify
from rechallenge.clinical.courses import Courses, StudyFrame, courses
from rechallenge.clinical.derive import Derived
from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.clinical.endpoints import endpoints
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.imputation import Method

T = TypeVar("T")
# Sections that a step does not look at. Whatever else there is, it may.
_CLASSES: Final = ("resistance", "progression_pattern", "interval_treatment")
_NOT_COURSES: Final = (*_CLASSES, "eligibility", "response", "endpoints")
_NOT_COHORT: Final = (*_CLASSES, "response", "endpoints")


class Staged:
    """`clinical.derive.derive` on the accepted tables of one study, step by step."""

    def __init__(self, accepted: Accepted, frame: StudyFrame, everyone: pd.Series, wanted: Sequence[str] = ()) -> None:
        """`everyone` are the identifiers of all patients of the extract, `wanted` the endpoints (empty: all)."""
        self._accepted, self._frame, self._everyone, self._wanted = accepted, frame, everyone, wanted
        self._kept: dict[str, tuple[Hashable, Any]] = {}

    def derive(self, definitions: DefinitionSettings, dates: Method, analysis: str) -> Derived:
        """Return what resolved definitions make of the tables, partial dates taken by `dates`."""
        tables, frame = self._accepted.tables(dates), self._frame
        patients, treatments = tables["patients"], tables["treatments"]

        def the_cohort() -> pd.DataFrame:
            return evaluate(made.course, patients, self._everyone, definitions, frame.cutoff, frame.window)

        def the_endpoints() -> pd.DataFrame:
            return endpoints(
                classified, made.course, treatments, made.assessments, definitions.endpoints, frame.cutoff,
                analysis=analysis, progression_dates_only=frame.progression_dates_only, only=self._wanted,
            )  # fmt: skip

        made: Courses = self._once(
            "courses", (dates, _without(definitions, _NOT_COURSES)), lambda: courses(tables, definitions, frame)
        )
        cohort = self._once("cohort", (dates, _without(definitions, _NOT_COHORT)), the_cohort)
        classified = classify(
            made.course, cohort, patients, treatments, made.assessments, definitions, frame.cutoff,
            progression_dates_only=frame.progression_dates_only,
        )  # fmt: skip
        # Classes change no time to event; who is left out for want of one does.
        rest = (dates, _without(definitions, _CLASSES), classified["eligible"].to_numpy().tobytes())
        adtte = self._once("endpoints", rest, the_endpoints).assign(analysis=analysis)
        return Derived(made, cohort, attrition(cohort, definitions.eligibility.criteria), classified, adtte)

    def _once(self, step: str, key: Hashable, make: Callable[[], T]) -> T:
        if step not in self._kept or self._kept[step][0] != key:
            self._kept[step] = (key, make())
        found: T = self._kept[step][1]
        return found


def _without(definitions: DefinitionSettings, sections: Collection[str]) -> str:
    return definitions.model_dump_json(exclude=set(sections))
