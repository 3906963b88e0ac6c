"""The whole way back from a number: its estimate, its analysis set, and its patients' rows where they are asked for."""

from dataclasses import dataclass

import pandas as pd

from rechallenge.tracing.analysis import Estimate
from rechallenge.tracing.chosen import NotTracedError, Traced
from rechallenge.tracing.elsewhere import elsewhere
from rechallenge.tracing.names import Printed, find
from rechallenge.tracing.run_folder import RunFolder
from rechallenge.tracing.sets import disagreements, traced
from rechallenge.tracing.source_rows import deciding_rows, every_row


@dataclass(frozen=True)
class Trace:
    """What is known of a number.

    `estimate` is its row of estimates.csv, or None where it has none; `found` the analysis set, or None where
    `sentence` says why there is none. `rows` are the source rows, where they were asked for and exist; `problems` are
    disagreements between the row and the patients found, which are a fault of ours or of files that were changed.
    """

    printed: Printed
    estimate: Estimate | None = None
    found: Traced | None = None
    sentence: str = ""
    rows: pd.DataFrame | None = None
    problems: tuple[str, ...] = ()


def trace(study: RunFolder, name: str, *, patients: bool = False, all_rows: bool = False) -> Trace:
    """Return the trace of the number that `name` means; raises UserError with the nearest names where there is none."""
    printed = find(name, study.numbers, study.names)
    own = study.estimates[study.estimates["estimate_id"] == printed.source]
    if own.empty:
        origin = elsewhere(printed, study.violations)
        return Trace(printed, sentence=origin.sentence, rows=origin.rows if patients else None)
    row = Estimate.of(own.iloc[0])
    analysis = study.analysis(row.analysis)
    try:
        found = traced(row, analysis)
    except NotTracedError as reason:
        return Trace(printed, row, sentence=str(reason))
    rows = None
    if all_rows:
        rows = every_row(found, study.every_table())
    elif patients:
        rows = deciding_rows(row, found, analysis, study.main_course)
    return Trace(printed, row, found, rows=rows, problems=disagreements(row, found))
