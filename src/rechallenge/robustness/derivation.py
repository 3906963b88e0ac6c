"""The patients of each specification, derived with as little work as their choices allow.

Courses are the slow part and depend on few choices; classes and times to event are made from them for the rechallenge
set only. What was derived last is kept, and no more than that, so that memory does not grow with the number of
specifications.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.clinical.classify import classifiable, classify, interval_treatment
from rechallenge.clinical.courses import Courses, StudyFrame, courses
from rechallenge.clinical.eligibility import evaluate
from rechallenge.clinical.endpoints import endpoints
from rechallenge.clinical.progression_pattern import classify_pattern
from rechallenge.clinical.resistance import classify_resistance
from rechallenge.estimates.design import is_number
from rechallenge.estimates.times import classes_of, rounded
from rechallenge.robustness.specifications import COURSE, EFFECTS, PATTERN, SECTIONS
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate
from rechallenge.sources.imputation import Method
from rechallenge.vocabulary import ICI_CLASSES

Array = NDArray[np.float64]
Values = NDArray[Any]
Kept = TypeVar("Kept")
ENDPOINT: Final = "PFS"
POPULATION: Final = "rechallenge"
# Small frames of the rechallenge set that are kept: all classes and times to event of one course, in ordinary use.
FRAMES: Final = 64


@dataclass(frozen=True)
class Patients:
    """The rechallenge set of a specification: days and event of PFS, and the columns asked for.

    A column of classes is text with None for those without a class, a numeric one has NaN.
    """

    days: Array
    event: Array
    columns: Mapping[str, Values]


class Recent:
    """What was made last, by key: `most` things, the longest unused of which goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what has this key, made now if it is not there."""
        found = self._kept.pop(key) if key in self._kept else make()
        self._kept[key] = found
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return found


@dataclass(frozen=True)
class _Set:
    """The tables of the rechallenge set of a cohort."""

    course: pd.DataFrame
    cohort: pd.DataFrame
    patients: pd.DataFrame
    treatments: pd.DataFrame
    assessments: pd.DataFrame


class Derivations:
    """Derives the patients of specifications; `tables` gives the accepted tables under a reading of partial dates."""

    def __init__(self, tables: Callable[[Method], Mapping[str, pd.DataFrame]], frame: StudyFrame) -> None:
        self._tables, self._frame = tables, frame
        self._inputs, self._courses, self._sets, self._frames = Recent(1), Recent(1), Recent(2), Recent(FRAMES)

    def patients(
        self, definitions: DefinitionSettings, imputation: Method, covariates: Sequence[Covariate]
    ) -> Patients:
        """Return the rechallenge set with PFS and these columns of the classified patients; `definitions` resolved."""
        chosen = self._set(definitions, imputation)
        if not len(chosen.course):
            nobody = np.empty(0)
            return Patients(nobody, nobody, {item.name: nobody.astype(object) for item in covariates})
        base = (imputation, *_dumped(definitions, *COURSE, "eligibility"))
        days, event = self._times(chosen, base, definitions)
        usable = self._members(chosen, base, definitions) & (days >= 0)
        columns = {item.name: self._column(chosen, base, definitions, item)[usable] for item in covariates}
        return Patients(days[usable], event[usable], columns)

    def _with_ici(self, imputation: Method) -> dict[str, pd.DataFrame]:
        """The tables of patients who ever had an ICI: nobody else can be in the set."""
        tables = self._tables(imputation)
        treatments = tables["treatments"]
        treated = treatments.loc[treatments["drug_class"].isin(ICI_CLASSES), "patient_id"]
        return {name: table[table["patient_id"].isin(treated)] for name, table in tables.items()}

    def _set(self, definitions: DefinitionSettings, imputation: Method) -> _Set:
        course_key = (imputation, *_dumped(definitions, *COURSE))

        def make() -> _Set:
            tables = self._inputs.get(imputation, lambda: self._with_ici(imputation))
            made = self._courses.get(course_key, lambda: courses(tables, definitions, self._frame))
            return self._restricted(tables, made, definitions)

        return self._sets.get((course_key, *_dumped(definitions, "eligibility")), make)

    def _restricted(self, tables: Mapping[str, pd.DataFrame], made: Courses, definitions: DefinitionSettings) -> _Set:
        everyone, frame = tables["patients"]["patient_id"], self._frame
        cohort = evaluate(made.course, tables["patients"], everyone, definitions, frame.cutoff, frame.window)
        eligible = cohort.loc[cohort["eligible"], "patient_id"]

        def own(table: pd.DataFrame) -> pd.DataFrame:
            return table[table["patient_id"].isin(eligible)].reset_index(drop=True)

        treatments = own(tables["treatments"])
        # Whether the source records local therapy at all is said by the whole table.
        if tables["treatments"]["modality"].notna().any() and not treatments["modality"].notna().any():
            treatments = tables["treatments"]
        return _Set(own(made.course), own(cohort), own(tables["patients"]), treatments, own(made.assessments))

    def _classified(
        self, chosen: _Set, base: Hashable, definitions: DefinitionSettings, sections: Sequence[str]
    ) -> pd.DataFrame:
        """The classified patients in the order of the course, made once for definitions alike in these sections."""

        def make() -> pd.DataFrame:
            classified = classify(
                chosen.course, chosen.cohort, chosen.patients, chosen.treatments, chosen.assessments, definitions,
                self._frame.cutoff, progression_dates_only=self._frame.progression_dates_only,
            )  # fmt: skip
            return classified.set_index("patient_id").loc[chosen.course["patient_id"]]

        return self._frames.get(("classified", base, _dumped(definitions, *sections)), make)

    def _times(self, chosen: _Set, base: Hashable, definitions: DefinitionSettings) -> tuple[Array, Array]:
        """Days and event of PFS in the order of the course."""

        def make() -> tuple[Array, Array]:
            classified = self._classified(chosen, base, definitions, ()).assign(eligible=True).reset_index()
            table = endpoints(
                classified, chosen.course, chosen.treatments, chosen.assessments, definitions.endpoints,
                self._frame.cutoff, analysis="", progression_dates_only=self._frame.progression_dates_only,
                only=(ENDPOINT,),
            )  # fmt: skip
            own = table[table["population"].eq(POPULATION)].set_index("patient_id").reindex(chosen.course["patient_id"])
            return rounded(own["days"]).to_numpy("float64"), own["event"].to_numpy("float64")

        return self._frames.get(("times", base, _dumped(definitions, "endpoints")), make)

    def _members(self, chosen: _Set, base: Hashable, definitions: DefinitionSettings) -> NDArray[np.bool_]:
        """Whom the analysis keeps: all, unless it leaves out those without a class of resistance."""
        if definitions.resistance.unclassified != "exclude":
            return np.ones(len(chosen.course), dtype=bool)
        return self._classified(chosen, base, definitions, SECTIONS["resistance"])["eligible"].to_numpy(bool)

    def _classes(self, chosen: _Set, base: Hashable, definitions: DefinitionSettings, name: str) -> pd.Series | None:
        """One of the columns that presets vary most, from what all of them are made of; None for other columns."""

        def make() -> pd.DataFrame:
            return classifiable(
                chosen.course, chosen.cohort, chosen.treatments, chosen.assessments, definitions, self._frame.cutoff,
                progression_dates_only=self._frame.progression_dates_only,
            )  # fmt: skip

        if name not in EFFECTS:
            return None
        rows = self._frames.get(("classifiable", base, _dumped(definitions, "response")), make)
        if name == "resistance":
            return classify_resistance(rows, definitions.resistance)[name]
        if name == PATTERN:
            return classify_pattern(rows, definitions.progression_pattern)
        return interval_treatment(rows, definitions.interval_treatment)

    def _column(self, chosen: _Set, base: Hashable, definitions: DefinitionSettings, item: Covariate) -> Values:
        """One column of the classified patients, in the order of the course."""
        sections = SECTIONS.get(item.name, ())

        def make() -> Values:
            column = self._classes(chosen, base, definitions, item.name)
            if column is None:
                column = self._classified(chosen, base, definitions, sections)[item.name]
            if is_number(column, item):
                return column.to_numpy("float64") / item.unit
            return np.array([None if level != level else level for level in classes_of(column)], dtype=object)

        return self._frames.get(("column", base, item.name, item.unit, _dumped(definitions, *sections)), make)


def _dumped(definitions: DefinitionSettings, *sections: str) -> tuple[str, ...]:
    """The values of the sections, as a key."""
    return tuple(repr(getattr(definitions, section)) for section in sections)
