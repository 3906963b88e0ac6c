"""The courses of the patients: from accepted tables to exposures, regimens, evaluated assessments and courses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.clinical.assessments import evaluated
from rechallenge.clinical.course import build_course
from rechallenge.clinical.exposures import build_exposures
from rechallenge.clinical.regimens import build_regimens
from rechallenge.settings.definitions import DefinitionSettings

# The canonical tables that derivations look at.
TABLES: Final = ("patients", "treatments", "assessments", "lesions")


@dataclass(frozen=True)
class StudyFrame:
    """The frame of a study in time, and what its source declares about itself."""

    cutoff: pd.Timestamp
    window: tuple[pd.Timestamp, pd.Timestamp]
    progression_dates_only: bool = False


@dataclass(frozen=True)
class Courses:
    """Exposures, regimens, evaluated assessments and the course of each patient."""

    exposures: pd.DataFrame
    regimens: pd.DataFrame
    assessments: pd.DataFrame
    course: pd.DataFrame


def courses(tables: Mapping[str, pd.DataFrame], definitions: DefinitionSettings, frame: StudyFrame) -> Courses:
    """Return the courses of the patients of the accepted canonical tables (`TABLES`); `definitions` resolved."""
    patients, treatments = tables["patients"], tables["treatments"]
    exposures = build_exposures(treatments, patients, definitions.episodes, frame.cutoff)
    regimens = build_regimens(exposures, definitions.episodes)
    assessments = evaluated(tables["assessments"], tables["lesions"], regimens, definitions)
    course = build_course(patients, treatments, assessments, exposures, definitions, frame.cutoff, frame.window)
    return Courses(exposures, regimens, assessments, course)
