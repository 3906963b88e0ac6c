"""From treatment rows to drug exposures: one row per patient, drug and uninterrupted interval."""

from typing import Final

import pandas as pd

from rechallenge.dates import at_most
from rechallenge.settings.exposure import EpisodeSettings
from rechallenge.vocabulary import ICI_CLASSES, SUPPORTIVE_CLASS

ONE_DAY: Final = pd.Timedelta(days=1)
# Of the first row of an exposure: what was known when it started.
_AT_START: Final = ("start_date_precision", "line", "ecog", "intent", "source_file", "source_row")
COLUMNS: Final = (
    "patient_id", "drug", "drug_class", "is_ici", "start_date", "end_date", "end_imputed", "stop_reason", *_AT_START,
)  # fmt: skip


def days(count: int) -> pd.Timedelta:
    """A whole number of days as a time difference."""
    return pd.Timedelta(days=count)


def systemic_antineoplastics(treatments: pd.DataFrame) -> pd.DataFrame:
    """Return the dated treatment rows that are systemic antineoplastics.

    A row without modality is systemic. A drug of unknown class counts as an antineoplastic that is not an
    ICI, because leaving it out could turn a combination into monotherapy. Supportive drugs are left out.
    """
    systemic = treatments["modality"].isna() | treatments["modality"].eq("systemic")
    antineoplastic = ~treatments["drug_class"].eq(SUPPORTIVE_CLASS)
    rows = treatments[systemic & antineoplastic & treatments["start_date"].notna()].copy()
    rows["is_ici"] = rows["drug_class"].isin(ICI_CLASSES)
    return rows


def last_observation(patients: pd.DataFrame, cutoff: pd.Timestamp) -> pd.Series:
    """The earliest of death, last contact and cut-off per patient, indexed by patient_id."""
    by_patient = patients.set_index("patient_id")
    seen = by_patient[["death_date", "last_contact_date"]].min(axis=1)
    return at_most(seen.fillna(cutoff), cutoff)


def build_exposures(
    treatments: pd.DataFrame, patients: pd.DataFrame, settings: EpisodeSettings, cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Return the systemic antineoplastic exposures of every patient, in order of start.

    Rows of one drug at most `continuation_gap_days` (ICI) or `exposure_gap_days` (other drugs) after the
    previous last dose are one exposure; an ICI that returns after another ICI has taken its place starts a new
    one. A missing last dose is taken at the earliest of the next systemic start (of the same drug, or of
    another one that is no partner from the beginning), death, last contact and cut-off, and flagged in
    `end_imputed`; an imputed end is a limit, not a day of treatment. Columns: COLUMNS.
    """
    rows = systemic_antineoplastics(treatments)
    rows = rows.sort_values(["patient_id", "start_date", "drug", "source_file", "source_row"], kind="stable")
    rows = _with_ends(rows.reset_index(drop=True), patients, settings, cutoff)
    rows = rows.sort_values(
        ["patient_id", "drug", "start_date", "source_file", "source_row"], kind="stable"
    ).reset_index(drop=True)
    rows["exposure"] = _exposure_number(rows, settings)
    return _merged(rows)


def _with_ends(
    rows: pd.DataFrame, patients: pd.DataFrame, settings: EpisodeSettings, cutoff: pd.Timestamp
) -> pd.DataFrame:
    rows = rows.assign(end_imputed=rows["end_date"].isna())
    open_rows = rows[rows["end_imputed"]]
    if open_rows.empty:
        return rows
    starts = rows[["patient_id", "drug", "start_date"]].rename(
        columns={"drug": "next_drug", "start_date": "next_start"}
    )
    opening = _opens_exposure(rows, settings).loc[open_rows.index]
    window = pd.to_timedelta(opening.astype("int64") * settings.combination_window_days, unit="D")
    pairs = open_rows[["patient_id", "drug", "start_date"]].assign(partner_until=open_rows["start_date"] + window)
    pairs = pairs.reset_index().merge(starts, on="patient_id")
    same_drug = pairs["drug"].eq(pairs["next_drug"]) & (pairs["next_start"] > pairs["start_date"])
    outside = pairs["next_start"] > pairs["partner_until"]
    next_start = pairs[same_drug | outside].groupby("index")["next_start"].min().reindex(open_rows.index)
    seen = open_rows["patient_id"].map(last_observation(patients, cutoff)).fillna(cutoff)
    # A start after the last observation keeps the exposure from ending before it began.
    end = pd.concat([next_start, seen], axis=1).min(axis=1)
    rows.loc[open_rows.index, "end_date"] = end.where(end > open_rows["start_date"], open_rows["start_date"])
    return rows


def _begins(rows: pd.DataFrame, ends: pd.Series, settings: EpisodeSettings) -> pd.Series:
    """Whether a row starts more than the gap after every earlier end of its drug; `rows` are in order of start."""
    group = [rows["patient_id"], rows["drug"]]
    latest = pd.to_datetime(ends.astype("int64").groupby(group).cummax().groupby(group).shift())
    gap = rows["is_ici"].map({True: settings.continuation_gap_days, False: settings.exposure_gap_days})
    return latest.isna() | (rows["start_date"] > latest + pd.to_timedelta(gap, unit="D"))


def _opens_exposure(rows: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """Whether a row is the first of its exposure: only around a first dose can another drug be a partner."""
    ordered = rows.sort_values(["patient_id", "drug", "start_date"], kind="stable")
    known = ordered["end_date"].fillna(ordered["start_date"])
    return _begins(ordered, known, settings).reindex(rows.index)


def _exposure_number(rows: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """Number the exposures; `rows` are sorted by patient, drug and start."""
    begins = _begins(rows, rows["end_date"], settings)
    return (begins | _returns_after_another_ici(rows, begins.cumsum(), settings)).cumsum()


def _returns_after_another_ici(rows: pd.DataFrame, exposure: pd.Series, settings: EpisodeSettings) -> pd.Series:
    """The first row of each ICI exposure that starts on or after the start of another, later ICI exposure.

    An ICI that began within the combination window is a partner and interrupts nothing.
    """
    icis = rows.loc[rows["is_ici"], ["patient_id", "drug", "start_date"]].assign(exposure=exposure)
    keys = ["patient_id", "drug", "exposure"]
    starts = icis.groupby(keys)["start_date"].min().reset_index(name="first_dose")
    own = icis.reset_index().merge(starts, on=keys)
    others = starts.set_axis(["patient_id", "other", "other_exposure", "other_start"], axis=1)
    pairs = own.merge(others, on="patient_id")
    window = days(settings.combination_window_days)
    replaced = pairs["other"].ne(pairs["drug"]) & (pairs["other_start"] > pairs["first_dose"] + window)
    replaced &= pairs["start_date"] >= pairs["other_start"]
    # Each later ICI interrupts once: the first row after it opens the new exposure.
    first = pairs[replaced].sort_values(["start_date", "index"], kind="stable")
    first = first.drop_duplicates(["exposure", "other_start"])
    return pd.Series(rows.index.isin(first["index"]), index=rows.index)


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.drop_duplicates("exposure").set_index("exposure")
    # On one day a recorded last dose counts, not a limit.
    by_end = rows.sort_values(["exposure", "end_date", "end_imputed"], ascending=[True, True, False], kind="stable")
    last = by_end.drop_duplicates("exposure", keep="last").set_index("exposure")
    merged = first[["patient_id", "drug", "drug_class", "is_ici", "start_date", *_AT_START]].copy()
    for name in ("end_date", "end_imputed", "stop_reason"):
        merged[name] = last[name]
    merged = merged.sort_values(["patient_id", "start_date", "drug"], kind="stable")
    return merged.reset_index(drop=True)[list(COLUMNS)]


def overlaps(
    start: pd.Series,
    start_end: pd.Series,
    end_imputed: pd.Series,
    other: pd.Series,
    other_end: pd.Series,
    other_imputed: pd.Series,
) -> pd.Series:
    """Whether two exposures share a day; an imputed end is exclusive, a recorded one and the first day inclusive."""
    before_end = (other < start_end) | ((other == start_end) & (~end_imputed | start_end.eq(start)))
    after_start = (other_end > start) | ((other_end == start) & (~other_imputed | other_end.eq(other)))
    return before_end & after_start
