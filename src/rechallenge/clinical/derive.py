"""The whole derivation as one pure function: canonical tables and definitions in, classes and times to event out.

The workflow runs the same functions step by step; this is for what needs the whole chain at once: sensitivity
analyses, the specification curve, invented patients, tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rechallenge.clinical.classify import classify
from rechallenge.clinical.courses import Courses, StudyFrame, courses
from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.clinical.endpoints import endpoints
from rechallenge.settings.definitions import DefinitionSettings


@dataclass(frozen=True)
class Derived:
    """Everything that the definitions make of the canonical tables; see the functions of each frame."""

    courses: Courses
    cohort: pd.DataFrame
    attrition: pd.DataFrame
    classified: pd.DataFrame
    adtte: pd.DataFrame


def derive(
    tables: Mapping[str, pd.DataFrame],
    definitions: DefinitionSettings,
    frame: StudyFrame,
    *,
    everyone: pd.Series | None = None,
    analysis: str = "main",
) -> Derived:
    """Return everything that the definitions make of the accepted canonical tables (`TABLES`).

    `everyone` are the identifiers of all patients of the extract, where rows set aside left some without a
    record; `definitions` need not be resolved.
    """
    used = definitions.resolved()
    patients, treatments = tables["patients"], tables["treatments"]
    made = courses(tables, used, frame)
    whole = patients["patient_id"] if everyone is None else everyone
    cohort = evaluate(made.course, patients, whole, used, frame.cutoff, frame.window)
    dates_only = frame.progression_dates_only
    classified = classify(
        made.course, cohort, patients, treatments, made.assessments, used, frame.cutoff,
        progression_dates_only=dates_only,
    )  # fmt: skip
    adtte = endpoints(
        classified, made.course, treatments, made.assessments, used.endpoints, frame.cutoff, analysis=analysis,
        progression_dates_only=dates_only,
    )  # fmt: skip
    return Derived(made, cohort, attrition(cohort, used.eligibility.criteria), classified, adtte)
