"""Change of the sum of target diameters from its baseline (RECIST 1.1), for waterfall and spider plots."""

from typing import Final

import pandas as pd

from rechallenge.clinical.recist import derived_responses
from rechallenge.settings.exposure import LesionSettings

COLUMNS: Final = ("patient_id", "days", "change_percent", "new_lesions")


def target_changes(
    lesions: pd.DataFrame, regimens: pd.DataFrame, starts: pd.Series, settings: LesionSettings
) -> pd.DataFrame:
    """Return one row per scan of the regimen that each patient started on that day, sorted.

    `starts` are dates by patient_id (the start of rechallenge). Columns: patient_id, days since the start,
    change_percent (of the sum of target diameters, against the baseline of that regimen), new_lesions (true where the
    scan showed one). Scans at which a target was not measured, and patients without a measured baseline, have none.
    """
    if lesions.empty or starts.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    found = derived_responses(lesions, regimens, settings)
    start = found["patient_id"].map(starts)
    usable = found["epoch_start"].eq(start) & found["complete"].eq(True) & (found["baseline_mm"] > 0)
    rows = found[usable]
    frame = pd.DataFrame(
        {
            "patient_id": rows["patient_id"],
            "days": (rows["assessment_date"] - rows["epoch_start"]).dt.days,
            "change_percent": 100 * (rows["sum_mm"] - rows["baseline_mm"]) / rows["baseline_mm"],
            "new_lesions": rows["new_lesions"].fillna(0) > 0,
        }
    )
    return frame.sort_values(["patient_id", "days"], kind="stable").reset_index(drop=True)
