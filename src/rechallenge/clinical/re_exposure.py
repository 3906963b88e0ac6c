"""What came after index progression: the rechallenge, its regimen and kind, and the treatment in between."""

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.clinical.regimens import composition, joined, regimen_type
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import EpisodeSettings


def rechallenge(
    exposures: pd.DataFrame,
    course: pd.DataFrame,
    definitions: DefinitionSettings,
    window: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Return the rechallenge of each patient who has one, indexed by patient_id.

    `course` is the frame of `first_ici`. Rechallenge is the first ICI exposure that starts on or after index
    progression, of another ICI or of the same one after more than the continuation gap, inside the window
    (both ends included); where none lies inside, the first outside is kept and marked. Its drugs are those
    that start within the combination window of it or are being given on its first day.
    """
    settings = definitions.episodes
    candidates = _candidates(exposures, course, definitions)
    candidates["rechallenge_in_window"] = candidates["start_date"].between(*window)
    chosen = candidates.sort_values(
        ["patient_id", "rechallenge_in_window", "start_date", "drug"],
        ascending=[True, False, True, True],
        kind="stable",
    )
    chosen = chosen.drop_duplicates("patient_id").set_index("patient_id")
    found = chosen[["start_date", "start_date_precision", "ecog", "line", "source_file", "source_row"]].rename(
        columns={"start_date_precision": "precision"}
    )
    found = found.rename(columns={"start_date": "start"}).add_prefix("rechallenge_")
    found["rechallenge_in_window"] = chosen["rechallenge_in_window"]
    members = composition(exposures, found.index.to_series(), found["rechallenge_start"], settings)
    found["rechallenge_drugs"] = joined(members, ["patient_id"])
    icis = members[members["is_ici"]]
    found["rechallenge_ici"] = joined(icis, ["patient_id"])
    found["rechallenge_end"] = icis.groupby("patient_id")["end_date"].max()
    found["rechallenge_type"] = regimen_type(members)
    found["same_ici"] = found["rechallenge_ici"].eq(course["first_ici_drug"].reindex(found.index))
    found["rechallenge_next_systemic_start"] = _next_systemic_start(exposures, found, members, settings)
    found["interval_treatment_systemic"] = _interval_treatment(exposures, found, course, settings)
    found["rechallenge_kind"] = _kind(found, course, settings)
    return found


def _candidates(exposures: pd.DataFrame, course: pd.DataFrame, definitions: DefinitionSettings) -> pd.DataFrame:
    firsts = course[["first_ici_drug", "first_ici_end", "index_progression_date"]]
    icis = exposures[exposures["is_ici"]].merge(firsts.reset_index(), on="patient_id", how="inner")
    after = icis["start_date"] >= icis["index_progression_date"]
    gap = icis["start_date"] - icis["first_ici_end"]
    # An exposure of the same drug that starts after index progression lies, by the way exposures are built,
    # more than the continuation gap after the previous one, or after another ICI, which is then the first candidate.
    least = definitions.re_exposure.minimum_gap_days or 0
    long_enough = (gap >= days(least)) | (least == 0)
    return icis[after & long_enough].copy()


def _next_systemic_start(
    exposures: pd.DataFrame, found: pd.DataFrame, members: pd.DataFrame, settings: EpisodeSettings
) -> pd.Series:
    """Start of the first new systemic therapy: a drug outside the regimen, or a later ICI exposure."""
    later = exposures.merge(found[["rechallenge_start"]].reset_index(), on="patient_id", how="inner")
    later = later[later["start_date"] > later["rechallenge_start"] + days(settings.combination_window_days)]
    own = members[["patient_id", "drug"]].drop_duplicates().assign(own=True)
    later = later.merge(own, on=["patient_id", "drug"], how="left")
    new = later["is_ici"] | ~later["own"].eq(True)
    return later[new].groupby("patient_id")["start_date"].min()


def _interval_treatment(
    exposures: pd.DataFrame, found: pd.DataFrame, course: pd.DataFrame, settings: EpisodeSettings
) -> pd.Series:
    """Any systemic non-ICI antineoplastic after the last dose of the first ICI, outside the rechallenge regimen."""
    between = exposures[~exposures["is_ici"]].merge(
        found[["rechallenge_start"]].reset_index(), on="patient_id", how="inner"
    )
    between = between.merge(
        course[["first_ici_end", "first_ici_end_imputed"]].reset_index(), on="patient_id", how="left"
    )
    after = between["start_date"] > between["first_ici_end"]
    # An imputed end is the start of the next therapy: that therapy did come after the unknown last dose.
    after |= between["start_date"].eq(between["first_ici_end"]) & between["first_ici_end_imputed"].eq(True)
    before = between["start_date"] < between["rechallenge_start"] - days(settings.combination_window_days)
    return pd.Series(found.index.isin(between.loc[after & before, "patient_id"]), index=found.index)


def _kind(found: pd.DataFrame, course: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """resumption, rechallenge or switch (terms of ESME, Justeau 2025); recorded, never a criterion."""
    gap = found["rechallenge_start"] - course["first_ici_end"].reindex(found.index)
    direct = ~found["same_ici"] & (gap <= days(settings.continuation_gap_days))
    kind = pd.Series("resumption", index=found.index).mask(direct, "switch")
    return kind.mask(found["interval_treatment_systemic"], "rechallenge")
