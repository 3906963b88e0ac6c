"""From declared covariates to the columns of a model: references, units, complete cases, what cannot be fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge import words
from rechallenge.errors import UserError, nearest
from rechallenge.estimates.times import classes_of
from rechallenge.settings.statistics import Covariate

# The class of patients whose value is missing, where the policy gives them one.
MISSING: Final = "missing"


@dataclass(frozen=True)
class Coefficient:
    """One column of a model: a level against its reference, or a number per so many units (reference empty)."""

    term: str
    level: str
    reference: str


@dataclass(frozen=True)
class Design:
    """The columns of a model for the patients who have all covariates.

    `frame` holds those patients, `x` the columns in the order of `coefficients`, `levels` the class of each
    patient per categorical covariate, `dropped` the number of patients without all covariates, and `problem` the
    sentence that says why no model can be fitted ("" if one can). `no_events` says that classes without an event are
    the whole problem: Firth's penalised model answers it.
    """

    frame: pd.DataFrame
    x: pd.DataFrame
    coefficients: tuple[Coefficient, ...]
    levels: dict[str, pd.Series]
    dropped: int
    problem: str
    no_events: bool = False

    @property
    def n(self) -> int:
        return len(self.frame)

    @property
    def events(self) -> int:
        return int(self.frame["event"].sum())


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the patients in the order of their identifiers, so that what is drawn does not depend on the table's."""
    return frame.sort_values("patient_id", kind="stable") if "patient_id" in frame else frame


def check_covariates(columns: Sequence[str], covariates: Sequence[Covariate]) -> None:
    """Raise UserError with a sentence for each declared covariate that the classified patients do not have."""
    unknown = [covariate.name for covariate in covariates if covariate.name not in columns]
    if unknown:
        raise UserError(
            [f'statistics.covariates: there is no covariate "{name}".{nearest(name, columns)}' for name in unknown]
        )


def design(frame: pd.DataFrame, covariates: Sequence[Covariate], minimum_events: int) -> Design:
    """Return the design of a model of these covariates; `frame` has days, event and the covariates' columns."""
    values = {covariate.name: values_of(frame, covariate) for covariate in covariates}
    complete = pd.DataFrame({name: column.notna() for name, column in values.items()}, index=frame.index).all(axis=1)
    kept = frame[complete]
    columns: list[pd.Series] = []
    coefficients: list[Coefficient] = []
    levels: dict[str, pd.Series] = {}
    problems: list[str] = []
    without_events: list[str] = []
    for covariate in covariates:
        column = values[covariate.name][complete]
        if is_number(frame[covariate.name], covariate):
            unit = "" if covariate.unit == 1 else f"per {covariate.unit:g}"
            columns.append(column)
            coefficients.append(Coefficient(covariate.name, unit, ""))
            if len(column) and column.nunique() == 1:
                problems.append(f"{label_of(covariate)} is the same for every patient")
            continue
        levels[covariate.name] = column
        found = sorted(set(column), key=lambda level: (level == MISSING, level))
        reference = covariate.reference or (found[0] if found else "")
        stated = _class_problems(covariate, reference, found)
        problems += stated
        without_events += [] if stated else _classes_without_events(covariate, column, kept["event"], found)
        for level in found:
            if level != reference:
                columns.append((column == level).astype("float64"))
                coefficients.append(Coefficient(covariate.name, level, reference))
    x = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=kept.index)
    x.columns = pd.RangeIndex(len(coefficients))
    own = _problem(kept, x, problems, minimum_events)
    problem = _problem(kept, x, [*problems, *without_events], minimum_events)
    no_events = bool(problem) and not own
    return Design(kept, x, tuple(coefficients), levels, int((~complete).sum()), problem, no_events)


def values_of(frame: pd.DataFrame, covariate: Covariate) -> pd.Series:
    """Return the covariate of each patient: a number in its units, or a class as text; NaN where missing."""
    column = frame[covariate.name]
    return column.astype("float64") / covariate.unit if is_number(column, covariate) else classes_of(column)


def is_number(column: pd.Series, covariate: Covariate) -> bool:
    """Whether a covariate enters as a number: a numeric column declared without a reference level."""
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    return numeric and covariate.reference is None


def label_of(covariate: Covariate) -> str:
    """Return the words for a covariate: the study's own, or ours."""
    return words.term_words(covariate.name, {covariate.name: covariate.label} if covariate.label else None)


def _class_problems(covariate: Covariate, reference: str, found: list[str]) -> list[str]:
    if not found:
        return []
    name, level_of = label_of(covariate), words.cell_words
    if reference not in found:
        return [f"no patient has the reference level of {name} ({level_of(covariate.name, reference)})"]
    if len(found) == 1:
        return [f"every patient has the same level of {name} ({level_of(covariate.name, found[0])})"]
    return []


def _classes_without_events(covariate: Covariate, column: pd.Series, event: pd.Series, found: list[str]) -> list[str]:
    without = [level for level in found if not event[column == level].any()]
    return [
        f"there was no event with {label_of(covariate)}: {words.cell_words(covariate.name, level)}, so its hazard "
        "ratio has no finite estimate"
        for level in without
    ]


def _problem(kept: pd.DataFrame, x: pd.DataFrame, problems: list[str], minimum_events: int) -> str:
    events = int(kept["event"].sum())
    if not len(kept):
        return "Not fitted: no patient has all covariates."
    if events < minimum_events:
        return f"Not fitted: {events} events, fewer than the declared minimum of {minimum_events}."
    if problems:
        return f"Not fitted: {'; '.join(problems)}."
    if events <= x.shape[1]:
        return f"Not fitted: {events} events for {x.shape[1]} coefficients."
    centred = x.to_numpy("float64") - x.to_numpy("float64").mean(axis=0)
    if np.linalg.matrix_rank(centred) < x.shape[1]:
        return "Not fitted: the covariates determine one another (collinear)."
    return ""
