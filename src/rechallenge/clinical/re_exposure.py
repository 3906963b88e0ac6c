"""What came after index progression: the rechallenge, its regimen and kind, and the treatment in between."""

from typing import Final

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.clinical.regimens import composition, joined, regimen_type
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import EpisodeSettings

KINDS: Final = ("rechallenge", "resumption", "switch")


def rechallenge(
    exposures: pd.DataFrame,
    course: pd.DataFrame,
    definitions: DefinitionSettings,
    window: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Return the rechallenge of each patient who has one, indexed by patient_id.

    `course` is the frame of `first_ici`. Rechallenge is the first ICI exposure that `definitions.re_exposure` counts
    (see `_candidates`) inside the window (both ends included); where none lies inside, the first outside is kept
    and marked. Its drugs are those that start within the combination window of it or are being given on its first day.
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
    found = chosen[["start_date", "start_date_precision", "ecog", "line", "source_file", "source_row", "kind"]].rename(
        columns={"start_date_precision": "precision", "start_date": "start"}
    )
    found = found.add_prefix("rechallenge_")
    found[["rechallenge_in_window", "interval_treatment_systemic"]] = chosen[
        ["rechallenge_in_window", "interval_treatment_systemic"]
    ]
    members = composition(exposures, found.index.to_series(), found["rechallenge_start"], settings)
    found["rechallenge_drugs"] = joined(members, ["patient_id"])
    icis = members[members["is_ici"]]
    found["rechallenge_ici"] = joined(icis, ["patient_id"])
    last = icis.sort_values(["patient_id", "end_date", "end_imputed"], ascending=[True, True, False], kind="stable")
    last = last.drop_duplicates("patient_id", keep="last").set_index("patient_id")
    found[["rechallenge_end", "rechallenge_end_imputed"]] = last[["end_date", "end_imputed"]]
    found["rechallenge_type"] = regimen_type(members)
    found["same_ici"] = found["rechallenge_ici"].eq(course["first_ici_drug"].reindex(found.index))
    found["rechallenge_next_systemic_start"] = _next_systemic_start(exposures, found, members, settings)
    return found


def _candidates(exposures: pd.DataFrame, course: pd.DataFrame, definitions: DefinitionSettings) -> pd.DataFrame:
    """The ICI exposures that count as re-exposure, with their kind and the interval treatment before them.

    They start on or after index progression (or, where none is required, after the combination window of the first
    dose), leave the least number of days without an ICI, and are of the agents and kinds that the study counts. An
    imputed last dose is the latest that it can be, so what leaves the least gap after it does so in any case.
    """
    settings, wanted = definitions.episodes, definitions.re_exposure
    firsts = course[["first_ici_start", "first_ici_end", "first_ici_end_imputed", "index_progression_date"]]
    icis = exposures[exposures["is_ici"]].merge(firsts.reset_index(), on="patient_id", how="inner")
    icis["same_drug"], icis["same_class"] = _as_before(icis, "drug"), _as_before(icis, "drug_class")
    after = icis["start_date"] >= icis["index_progression_date"]
    if wanted.progression_required is False:
        after = icis["start_date"] > icis["first_ici_start"] + days(settings.combination_window_days)
    icis["ici_free"] = icis["start_date"] - _last_ici_dose(icis, settings)
    # An exposure of the same drug that starts after index progression lies, by the way exposures are built,
    # more than the continuation gap after the previous one, or after another ICI, which is then the first candidate.
    least = wanted.minimum_gap_days or 0
    long_enough = (icis["ici_free"] >= days(least)) | (least == 0)
    counted = icis[after & long_enough & _agent_counts(icis, wanted.agents)].reset_index(drop=True)
    counted["interval_treatment_systemic"] = _interval_treatment(exposures, counted, settings)
    counted["kind"] = _kind(counted, settings)
    return counted[counted["kind"].isin(list(wanted.kinds or KINDS))].copy()


def _as_before(icis: pd.DataFrame, column: str) -> pd.Series:
    """Whether the drug (or its class) is one of those that the first ICI began with."""
    key = ["patient_id", column]
    opening = icis.loc[icis["start_date"].eq(icis["first_ici_start"]), key]
    found = pd.MultiIndex.from_frame(icis[key]).isin(pd.MultiIndex.from_frame(opening))
    return pd.Series(found, index=icis.index)


def _last_ici_dose(icis: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """Last dose of the first ICI, or of a later ICI before each exposure; its own regimen's ICIs are not before it."""
    later = icis.loc[icis["start_date"] > icis["first_ici_end"], ["patient_id", "start_date", "end_date"]]
    pairs = icis[["patient_id", "start_date"]].reset_index(names="at")
    pairs = pairs.merge(later, on="patient_id", suffixes=("", "_before"))
    pairs = pairs[pairs["start_date_before"] < pairs["start_date"] - days(settings.combination_window_days)]
    latest = pairs.groupby("at")["end_date"].max().reindex(icis.index)
    return latest.mask(~(latest > icis["first_ici_end"]), icis["first_ici_end"])


def _agent_counts(icis: pd.DataFrame, agents: str) -> pd.Series:
    """Whether the ICI is one that the study counts, beside the first ICI."""
    if agents == "same":
        return icis["same_drug"]
    if agents == "different":
        return ~icis["same_drug"]
    if agents == "different_class":
        return ~icis["same_class"]
    return pd.Series(True, index=icis.index)


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


def _interval_treatment(exposures: pd.DataFrame, candidates: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """Any systemic non-ICI antineoplastic after the last dose of the first ICI, outside the rechallenge regimen."""
    bounds = candidates[["patient_id", "start_date", "first_ici_end", "first_ici_end_imputed"]]
    bounds = bounds.rename(columns={"start_date": "again"}).reset_index(names="candidate")
    between = exposures[~exposures["is_ici"]].merge(bounds, on="patient_id", how="inner")
    after = between["start_date"] > between["first_ici_end"]
    # An imputed end is the start of the next therapy: that therapy did come after the unknown last dose.
    after |= between["start_date"].eq(between["first_ici_end"]) & between["first_ici_end_imputed"].eq(True)
    before = between["start_date"] < between["again"] - days(settings.combination_window_days)
    return pd.Series(candidates.index.isin(between.loc[after & before, "candidate"]), index=candidates.index)


def _kind(candidates: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """resumption, rechallenge or switch (terms of ESME, Justeau 2025); by default recorded, never a criterion."""
    another = ~candidates["same_drug"]
    another = another.groupby([candidates["patient_id"], candidates["start_date"]]).transform("any")
    kind = pd.Series("resumption", index=candidates.index).mask(
        another & (candidates["ici_free"] <= days(settings.continuation_gap_days)), "switch"
    )
    return kind.mask(candidates["interval_treatment_systemic"], "rechallenge")
