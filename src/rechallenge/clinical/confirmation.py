"""Which recorded progressions count: at once, or when they were confirmed.

RECIST 1.1 (Eisenhauer 2009, section 4.4) takes progression at its first sign. iRECIST (Seymour 2017) calls the first
sign unconfirmed (iUPD) and asks to see it again 4 to 8 weeks later (iCPD); the progression is then dated at the first
sign. An evaluable assessment without progression in between resets the bar: what comes after it is a new first sign.
"""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.settings.exposure import ProgressionSettings
from rechallenge.vocabulary import PROGRESSIVE

# It says of itself that it is confirmed.
CONFIRMED: Final = "iCPD"
_DAY: Final = ["patient_id", "assessment_date"]


def counted_progressions(
    assessments: pd.DataFrame, settings: ProgressionSettings, regimens: pd.DataFrame | None = None
) -> pd.Series:
    """Return true for each assessment whose progression counts under `settings` (resolved).

    Where confirmation is required, PD and iUPD count when progression is recorded again within the window of
    confirmation. Progression by clinical judgement counts by itself, because no scan can confirm it, and so does iCPD,
    at its own date where no first sign lies within the window before it; on such a day every row of progression counts.
    `regimens` (patient_id, start_date) are needed where the unconfirmed count unless a better assessment follows
    (`settings.unconfirmed`): an assessment after the start of the next regimen speaks of that regimen.
    """
    progressive = recorded_progressions(assessments, settings)
    if settings.confirmation != "required":
        return progressive
    latest = settings.confirmation_max_days
    within = None if latest is None or latest == "none" else int(latest)
    counted = seen_again(assessments, progressive, settings.confirmation_min_days, within)
    counted |= _on_days_of(
        assessments, progressive & (assessments["response"].eq(CONFIRMED) | assessments["basis"].eq("clinical"))
    )
    if settings.unconfirmed == "counts_unless_better":
        counted |= ~_followed_by_better(assessments, progressive, regimens)
    return progressive & counted


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
    found = _dated(assessments, progressive)
    again = _first_from(found, found, least_days)
    without = _first_from(found, _dated(assessments, _better(assessments)), 1)
    seen = again.notna() & (without.isna() | (without >= again))
    if most_days is not None:
        seen &= again <= found["assessment_date"] + pd.Timedelta(days=most_days)
    return _on_rows(assessments, found, seen)


def _followed_by_better(assessments: pd.DataFrame, progressive: pd.Series, regimens: pd.DataFrame | None) -> pd.Series:
    """Whether an evaluable assessment without progression follows, at the latest on the day of the next regimen."""
    found = _dated(assessments, progressive)
    better = _first_from(found, _dated(assessments, _better(assessments)), 1)
    followed = better.notna()
    if regimens is not None:
        starts = regimens[["patient_id", "start_date"]].set_axis(_DAY, axis=1)
        followed &= ~(better > _first_from(found, starts, 1))
    return _on_rows(assessments, found, followed)


def _better(assessments: pd.DataFrame) -> pd.Series:
    """Evaluable assessments without progression; a clinical progression that is ignored is none of them."""
    return assessments["response"].notna() & ~assessments["response"].isin(["NE", *PROGRESSIVE])


def _on_days_of(assessments: pd.DataFrame, sure: pd.Series) -> pd.Series:
    """Return true for each row that shares patient and date with a row of `sure`, and for those rows."""
    if not sure.any():
        return sure
    days = pd.MultiIndex.from_frame(assessments.loc[sure, _DAY].dropna())
    return sure | pd.MultiIndex.from_frame(assessments[_DAY]).isin(days)


def _dated(assessments: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """The chosen assessments that have a date: patient_id, assessment_date and their position `row`."""
    rows = assessments[_DAY].assign(row=np.arange(len(assessments)))
    return rows[assessments["assessment_date"].notna().to_numpy() & chosen.to_numpy(bool)]


def _on_rows(assessments: pd.DataFrame, found: pd.DataFrame, holds: pd.Series) -> pd.Series:
    result = np.zeros(len(assessments), dtype=bool)
    result[found["row"].to_numpy()] = holds.to_numpy(bool)
    return pd.Series(result, index=assessments.index)


def _first_from(rows: pd.DataFrame, events: pd.DataFrame, days: int) -> pd.Series:
    """The first date of `events` of the same patient at least `days` after each row; in the order of `rows`."""
    if rows.empty or events.empty:
        return pd.Series(np.datetime64("NaT"), index=rows.index, dtype="datetime64[ns]")
    wanted = rows.assign(_from=rows["assessment_date"] + pd.Timedelta(days=days)).sort_values("_from", kind="stable")
    later = events[_DAY].rename(columns={"assessment_date": "_date"})
    later = later.assign(_from=later["_date"]).sort_values("_from", kind="stable")
    found = pd.merge_asof(
        wanted[["row", "patient_id", "_from"]], later, on="_from", by="patient_id", direction="forward"
    )
    return found.set_index("row")["_date"].reindex(rows["row"]).set_axis(rows.index)
