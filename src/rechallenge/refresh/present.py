"""The finished study of a run folder, as a refresh looks at it."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.sets import analysis_sets
from rechallenge.refresh.snapshot import Analysis, Snapshot, take
from rechallenge.results import read_result
from rechallenge.settings.config import MAIN
from rechallenge.tracing.run_folder import RunFolder


def present_study(run: RunFolder, names: Iterable[str], salt: str) -> Snapshot:
    """Return the study of a run under a salt; `names` are its analyses that have patient-level tables.

    Its results are those that may be shared: a release and a comparison tell of them.
    """
    tables = {name: run.analysis(name) for name in names}
    return take(
        run.every_table(),
        {name: Analysis(own.cohort, own.classified, own.adtte) for name, own in tables.items()},
        salt,
        cutoff=pd.Timestamp(run.config.study.cutoff),
        sets=analysis_sets(run.estimates, run.analysis, identifiers_by_key(run, salt, inverted=True)),
        curves=read_result("curves", run.results / "private" / "released" / "curves.csv"),
        estimates=run.released_estimates,
        attrition=read_result("attrition", run.results / "shareable" / "attrition.csv"),
        numbers=run.numbers,
        provenance=run.record,
    )


def identifiers_by_key(run: RunFolder, salt: str, *, inverted: bool = False) -> dict[str, str]:
    """Return the identifier of each patient of the extract by key; `inverted`: the key by identifier."""
    everyone = run.analysis(MAIN).cohort["patient_id"].astype(str)
    pair = (everyone, patient_keys(everyone, salt)) if inverted else (patient_keys(everyone, salt), everyone)
    return dict(zip(*pair, strict=True))
