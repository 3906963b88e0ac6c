"""From a mapping and an extract to the tables of a study, as the workflow does, for the tests of real formats."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from rechallenge.clinical.classify import classify
from rechallenge.clinical.course import build_course
from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.clinical.endpoints import endpoints
from rechallenge.clinical.exposures import build_exposures
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.ingest import Ingested, to_canonical
from rechallenge.sources.mapping import Mapping, read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies

ROOT = Path(__file__).parents[2]
VOCABULARIES = ROOT / "config/vocabularies"


def mapping_of(name: str) -> Mapping:
    """A mapping of config/sources."""
    return read_mapping(ROOT / f"config/sources/{name}.yaml", VOCABULARIES)


def ingest(extract: Path, name: str, cutoff: date) -> Ingested:
    """The canonical tables of an extract."""
    mapping = mapping_of(name)
    return to_canonical(read_files(extract, mapping), mapping, Vocabularies.read(VOCABULARIES), "middle", cutoff)


@dataclass(frozen=True)
class Derived:
    """What the library makes of the canonical tables."""

    course: pd.DataFrame
    cohort: pd.DataFrame
    attrition: pd.DataFrame
    classified: pd.DataFrame
    adtte: pd.DataFrame


def derive(
    tables: dict[str, pd.DataFrame],
    definitions: DefinitionSettings,
    cutoff: date,
    window: tuple[date, date],
    *,
    progression_dates_only: bool,
) -> Derived:
    """Course, cohort, classes and endpoints of canonical tables."""
    patients, treatments, assessments = (tables[name] for name in ("patients", "treatments", "assessments"))
    last, days = pd.Timestamp(cutoff), (pd.Timestamp(window[0]), pd.Timestamp(window[1]))
    exposures = build_exposures(treatments, patients, definitions.episodes, last)
    course = build_course(patients, treatments, assessments, exposures, definitions.episodes, last, days)
    cohort = evaluate(course, patients, patients["patient_id"], definitions.eligibility, last, days)
    classified = classify(
        course,
        cohort,
        patients,
        treatments,
        assessments,
        definitions,
        last,
        progression_dates_only=progression_dates_only,
    )
    adtte = endpoints(
        classified,
        course,
        treatments,
        assessments,
        definitions.endpoints,
        last,
        analysis="main",
        progression_dates_only=progression_dates_only,
    )
    return Derived(course, cohort, attrition(cohort, definitions.eligibility.criteria), classified, adtte)
