"""One pass of the library over an extract, from its files to times to event, in one process and without writing.

For choosing the demo's seed and for tests; a study runs as a workflow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import derive
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.ingest import Ingested, to_canonical
from rechallenge.sources.mapping import Mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies
from rechallenge.validation.check import Checked, check


@dataclass(frozen=True)
class TrialRun:
    """What the steps of a study return for one extract."""

    ingested: Ingested
    checked: Checked
    cohort: pd.DataFrame
    attrition: pd.DataFrame
    classified: pd.DataFrame
    times: pd.DataFrame


def run(
    extract: Path,
    mapping: Mapping,
    vocabularies: Vocabularies,
    *,
    cutoff: str = "2022-12-31",
    window: tuple[str, str] = ("2016-03-01", "2022-12-31"),
    set_aside: Sequence[str] = (),
    waivers: pd.DataFrame | None = None,
    definitions: DefinitionSettings | None = None,
) -> TrialRun:
    """Run ingest, validation (without the gate), episodes, eligibility, classification and endpoints."""
    used = definitions or DefinitionSettings()
    end = pd.Timestamp(cutoff)
    ends = (pd.Timestamp(window[0]), pd.Timestamp(window[1]))
    ingested = to_canonical(read_files(extract, mapping), mapping, vocabularies, "middle", end.date())
    checked = check(
        ingested.tables,
        ingested.findings,
        waivers,
        set_aside,
        cutoff=end.date(),
        drug_names=vocabularies.drugs.names,
    )
    frame = StudyFrame(end, ends, mapping.declares.progression_dates_only)
    found = derive(checked.accepted, used, frame, everyone=ingested.tables["patients"]["patient_id"])
    return TrialRun(ingested, checked, found.cohort, found.attrition, found.classified, found.adtte)
