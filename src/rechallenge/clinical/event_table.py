"""The rows of one endpoint: start, end, event and the source row that decided."""

import numpy as np
import pandas as pd

from rechallenge.dates import days_between
from rechallenge.tables import DATE, TEXT, text


def patient_source(rows: pd.DataFrame) -> pd.DataFrame:
    """The row of `patients` as the source: death, last contact and cut-off come from there."""
    return pd.DataFrame(
        {
            "source_table": "patients",
            "source_file": rows["patient_source_file"],
            "source_row": rows["patient_source_row"],
        },
        index=rows.index,
    )


def event_table(
    rows: pd.DataFrame,
    start: pd.Series,
    end: pd.Series,
    event: pd.Series,
    event_type: np.ndarray,
    reason: np.ndarray,
    source: pd.DataFrame,
) -> pd.DataFrame:
    """Return one row per row of `rows`, in order, with the columns of `adtte.csv` that one endpoint decides.

    `event_type` and `reason` are words ("" is missing); `source` has source_table, source_file, source_row. Intervals
    are exact: the caller widens them where progression lies between two assessments.
    """
    days = days_between(start, end)
    table = pd.DataFrame(
        {
            "patient_id": rows["patient_id"],
            "start_date": start.astype(DATE),
            "end_date": end.astype(DATE),
            "days": days,
            "entry_days": 0.0,
            "event": event.astype("int64"),
            "event_type": text(event_type, rows.index),
            "interval_lower_days": days,
            "interval_upper_days": days.where(event),
            "reason": text(reason, rows.index),
        },
        index=rows.index,
    )
    for name in ("source_table", "source_file"):
        table[name] = source[name].astype(TEXT)
    table["source_row"] = source["source_row"].astype("float64")
    return table.reset_index(drop=True)
