"""From exposures to regimens: which drugs were given together."""

from typing import Final

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.settings.exposure import EpisodeSettings
from rechallenge.vocabulary import ICI_CLASSES

COLUMNS: Final = (
    "patient_id", "regimen_number", "regimen", "drugs", "contains_ici", "ici_drugs", "is_ici_monotherapy",
    "start_date", "end_date", "end_imputed", "line", "ecog", "source_file", "source_row",
)  # fmt: skip
SEPARATOR: Final = " + "


def joined(drugs: pd.DataFrame, by: list[str]) -> pd.Series:
    """Join the drug names of each group: ICIs first, then by name, each once."""
    ordered = drugs.assign(_later=~drugs["is_ici"]).sort_values([*by, "_later", "drug"], kind="stable")
    ordered = ordered.drop_duplicates([*by, "drug"])
    position = ordered.groupby(by).cumcount()
    names = ordered[position.eq(0)].set_index(by)["drug"]
    # One pass per position in the regimen, not per regimen: there are few drugs and many regimens.
    for place in range(1, int(position.max()) + 1 if len(position) else 1):
        further = ordered[position.eq(place)].set_index(by)["drug"]
        names = names.where(~names.index.isin(further.index), names + SEPARATOR + further.reindex(names.index))
    return names.sort_index()


def build_regimens(exposures: pd.DataFrame, settings: EpisodeSettings) -> pd.DataFrame:
    """Return the regimens of every patient, numbered in order of start.

    An ICI opens a regimen; drugs that start within `combination_window_days` of it, before or after, belong to
    it. The remaining drugs form regimens of the same width among themselves. A regimen that contains an ICI
    ends with the latest last dose of its ICI, another one with its latest last dose. Columns: COLUMNS.
    """
    numbered = exposures.reset_index(drop=True)
    anchors = _anchors(numbered, settings)
    members = numbered.assign(anchor=anchors)
    keys = ["patient_id", "anchor"]
    names = joined(members, keys)
    icis = members[members["is_ici"]]
    ending = members[members["is_ici"] | ~members.set_index(keys).index.isin(icis.set_index(keys).index)]
    ending = ending.sort_values([*keys, "end_date", "end_imputed"], kind="stable").drop_duplicates(keys, keep="last")
    first = members.sort_values([*keys, "is_ici", "start_date"], ascending=[True, True, False, True], kind="stable")
    first = first.drop_duplicates(keys).set_index(keys)
    regimens = pd.DataFrame({"drugs": names})
    regimens["ici_drugs"] = joined(icis, keys) if len(icis) else pd.NA
    regimens["contains_ici"] = regimens["ici_drugs"].notna()
    regimens["is_ici_monotherapy"] = regimens["contains_ici"] & regimens["drugs"].eq(regimens["ici_drugs"])
    regimens["is_ici_monotherapy"] &= ~regimens["drugs"].str.contains(SEPARATOR, regex=False)
    regimens["start_date"] = members.groupby(keys)["start_date"].min()
    regimens[["end_date", "end_imputed"]] = ending.set_index(keys)[["end_date", "end_imputed"]]
    regimens[["line", "ecog", "source_file", "source_row"]] = first[["line", "ecog", "source_file", "source_row"]]
    regimens = regimens.reset_index().sort_values(["patient_id", "start_date", "drugs"], kind="stable")
    regimens["regimen_number"] = regimens.groupby("patient_id").cumcount() + 1
    regimens["regimen"] = regimens["contains_ici"].map({True: "ici", False: "other"})
    return regimens.reset_index(drop=True)[list(COLUMNS)]


def _anchors(exposures: pd.DataFrame, settings: EpisodeSettings) -> pd.Series:
    """The start date that opens the regimen of each exposure."""
    window = days(settings.combination_window_days)
    anchors = pd.Series(pd.NaT, index=exposures.index, dtype="datetime64[ns]")
    for is_ici in (True, False):
        while True:
            waiting = exposures[anchors.isna() & exposures["is_ici"].eq(is_ici)]
            if waiting.empty:
                break
            opened = waiting.groupby("patient_id")["start_date"].min()
            # Each pass opens the next regimen of every patient, so there are as many passes as the longest course.
            candidate = exposures["patient_id"].map(opened)
            near = (exposures["start_date"] - candidate).abs() <= window
            anchors = anchors.mask(anchors.isna() & near, candidate)
    return anchors


def composition(
    exposures: pd.DataFrame, patient_id: pd.Series, start: pd.Series, settings: EpisodeSettings
) -> pd.DataFrame:
    """Return the exposures that belong to the regimen which starts at `start`, one row per patient and drug.

    A drug belongs when it starts within the combination window of `start`, or is given before and after it.
    """
    openings = pd.DataFrame({"patient_id": patient_id.array, "regimen_start": start.array}).dropna()
    pairs = exposures.merge(openings, on="patient_id", how="inner")
    near = (pairs["start_date"] - pairs["regimen_start"]).abs() <= days(settings.combination_window_days)
    # A last dose on the day itself is a switch, not a combination.
    ongoing = (pairs["start_date"] < pairs["regimen_start"]) & (pairs["end_date"] > pairs["regimen_start"])
    return pairs[near | ongoing].reset_index(drop=True)


def regimen_type(members: pd.DataFrame) -> pd.Series:
    """Type of an ICI-containing regimen by its partners, indexed by patient_id.

    monotherapy, ici_combination (two ICIs), chemotherapy, anti_angiogenic, chemotherapy_and_anti_angiogenic,
    other_combination.
    """
    classes = members.groupby(["patient_id", "drug_class"], dropna=False).size().unstack(fill_value=0) > 0
    has = classes.reindex(columns=["chemotherapy", "anti-angiogenic"], fill_value=False)
    known = {"chemotherapy", "anti-angiogenic", *ICI_CLASSES}
    other = classes[[name for name in classes.columns if name not in known]].any(axis=1)
    icis = members[members["is_ici"]].groupby("patient_id")["drug"].nunique().reindex(classes.index, fill_value=0)
    kind = pd.Series("monotherapy", index=classes.index, dtype="object")
    kind = kind.mask(icis > 1, "ici_combination")
    kind = kind.mask(has["chemotherapy"], "chemotherapy").mask(has["anti-angiogenic"], "anti_angiogenic")
    kind = kind.mask(has["chemotherapy"] & has["anti-angiogenic"], "chemotherapy_and_anti_angiogenic")
    return kind.mask(other, "other_combination")
