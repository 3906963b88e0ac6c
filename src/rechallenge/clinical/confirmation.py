"""Which recorded progressions count: at once, or when they were confirmed.

RECIST 1.1 (Eisenhauer 2009, section 4.4) takes progression at its first sign. iRECIST (Seymour 2017) calls the first
sign unconfirmed (iUPD) and asks to see it again 4 to 8 weeks later (iCPD); the progression is then dated at the first
sign. An evaluable assessment without progression in between resets the bar.
"""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.settings.exposure import ProgressionSettings
from rechallenge.vocabulary import PROGRESSIVE

# It says of itself that it is confirmed.
CONFIRMED: Final = "iCPD"


def counted_progressions(assessments: pd.DataFrame, settings: ProgressionSettings) -> pd.Series:
    """Return true for each assessment whose progression counts under `settings` (resolved).

    Where confirmation is required, PD and iUPD count when progression is recorded again within the window of
    confirmation; iCPD counts by itself, and so does progression by clinical judgement, which no scan can confirm.
    """
    progressive = recorded_progressions(assessments, settings)
    if settings.confirmation != "required":
        return progressive
    latest = settings.confirmation_max_days
    within = None if latest is None or latest == "none" else int(latest)
    again = seen_again(assessments, progressive, settings.confirmation_min_days, within)
    by_itself = assessments["response"].eq(CONFIRMED) | assessments["basis"].eq("clinical")
    return progressive & (again | by_itself)


def recorded_progressions(assessments: pd.DataFrame, settings: ProgressionSettings) -> pd.Series:
    """Return true for each assessment on record as progression, confirmed or not."""
    progressive = assessments["response"].isin(PROGRESSIVE)
    if settings.clinical == "ignored":
        progressive &= ~assessments["basis"].eq("clinical")
    return progressive.astype(bool)


def seen_again(assessments: pd.DataFrame, progressive: pd.Series, least_days: int, most_days: int | None) -> pd.Series:
    """Return true for each progression that the patient has again `least_days` to `most_days` later.

    An evaluable assessment without progression between the two takes the confirmation away.
    """
    rows = assessments[["patient_id", "assessment_date"]].assign(row=np.arange(len(assessments)))
    known = rows["assessment_date"].notna()
    found = rows[known & progressive.to_numpy()]
    evaluable = assessments["response"].notna() & ~assessments["response"].eq("NE")
    better = rows[known & evaluable.to_numpy() & ~progressive.to_numpy()]
    again = _first_from(found, found, least_days)
    without = _first_from(found, better, 1)
    seen = again.notna() & (without.isna() | (without >= again))
    if most_days is not None:
        seen &= again <= found["assessment_date"] + pd.Timedelta(days=most_days)
    result = np.zeros(len(assessments), dtype=bool)
    result[found["row"].to_numpy()] = seen.to_numpy(bool)
    return pd.Series(result, index=assessments.index)


def _first_from(rows: pd.DataFrame, events: pd.DataFrame, days: int) -> pd.Series:
    """The first date of `events` of the same patient at least `days` after each row; in the order of `rows`."""
    if rows.empty or events.empty:
        return pd.Series(np.datetime64("NaT"), index=rows.index, dtype="datetime64[ns]")
    wanted = rows.assign(_from=rows["assessment_date"] + pd.Timedelta(days=days)).sort_values("_from", kind="stable")
    later = events[["patient_id", "assessment_date"]].rename(columns={"assessment_date": "_date"})
    later = later.assign(_from=later["_date"]).sort_values("_from", kind="stable")
    found = pd.merge_asof(
        wanted[["row", "patient_id", "_from"]], later, on="_from", by="patient_id", direction="forward"
    )
    return found.set_index("row")["_date"].reindex(rows["row"]).set_axis(rows.index)
