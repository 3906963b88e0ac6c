"""From a mapping and an extract to the tables of a study, as the workflow does, for the tests of real formats."""

from datetime import date
from pathlib import Path

import pandas as pd

from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import Derived, derive
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


def derive_from(
    tables: dict[str, pd.DataFrame],
    definitions: DefinitionSettings,
    cutoff: date,
    window: tuple[date, date],
    *,
    progression_dates_only: bool,
) -> Derived:
    """Course, cohort, classes and endpoints of canonical tables."""
    days = (pd.Timestamp(window[0]), pd.Timestamp(window[1]))
    return derive(tables, definitions, StudyFrame(pd.Timestamp(cutoff), days, progression_dates_only))
