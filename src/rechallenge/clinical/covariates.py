"""Baseline covariates of the models and of Table 1."""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.tables import TEXT, text

COLUMNS: Final = (
    "age", "sex", "smoking", "histology", "histology_group", "stage", "pd_l1_tps", "pd_l1_group", "egfr", "alk",
    "brain_metastasis", "liver_metastasis", "bone_metastasis", "ecog", "ecog_1_or_more", "rechallenge_type",
    "same_ici", "treated_beyond_progression", "local_therapy_at_progression", "site", "first_ici_line",
)  # fmt: skip
_FROM_PATIENTS: Final = (
    "sex", "smoking", "histology", "stage", "pd_l1_tps", "egfr", "alk", "brain_metastasis", "liver_metastasis",
    "bone_metastasis", "site",
)  # fmt: skip


def covariates(course: pd.DataFrame, patients: pd.DataFrame, *, local_therapy_recorded: bool) -> pd.DataFrame:
    """Return the covariates of each row of `course`, in its order; columns COLUMNS.

    `age` is in whole years at rechallenge (at the first ICI where there was none). `ecog` is that of
    rechallenge, or of the first ICI where there was none; it is never carried forward. Flags are true/false
    text, empty where unknown, so that a model can tell "no" from "not recorded"; local therapy is unknown where
    the source records no modality at all.
    """
    own = patients.set_index("patient_id").reindex(course["patient_id"])
    own.index = course.index
    found = pd.DataFrame({name: own[name] for name in _FROM_PATIENTS}, index=course.index)
    baseline = course["rechallenge_start"].fillna(course["first_ici_start"])
    found["age"] = np.floor((baseline - own["birth_date"]).dt.days / 365.25)
    found["histology_group"] = _grouped(own["histology"], {"squamous": "squamous"}, "non_squamous")
    found["pd_l1_group"] = pd_l1_group(own["pd_l1_tps"], own["pd_l1_tps_qualifier"])
    again = course["rechallenge_start"].notna()
    found["ecog"] = course["rechallenge_ecog"].where(again, course["first_ici_ecog"])
    found["ecog_1_or_more"] = flag_text(found["ecog"] >= 1, found["ecog"].notna())
    found["rechallenge_type"] = course["rechallenge_type"]
    found["same_ici"] = flag_text(course["same_ici"], course["rechallenge_start"].notna())
    progressed = course["index_progression_date"].notna()
    found["treated_beyond_progression"] = flag_text(course["treated_beyond_progression"], progressed)
    local = course["local_therapy_at_progression"]
    found["local_therapy_at_progression"] = flag_text(local, progressed & local_therapy_recorded)
    found["first_ici_line"] = course["first_ici_line"]
    return found[list(COLUMNS)]


def flag_text(flag: pd.Series, known: pd.Series) -> pd.Series:
    """true, false, or missing where not known."""
    words = flag.map({True: "true", False: "false"}).astype(TEXT)
    return words.where(known)


def _grouped(values: pd.Series, groups: dict[str, str], other: str) -> pd.Series:
    return values.map(lambda value: groups.get(value, other), na_action="ignore").astype(TEXT)


def pd_l1_group(tps: pd.Series, qualifier: pd.Series) -> pd.Series:
    """PD-L1 tumour proportion score in the usual groups: <1%, 1-49%, >=50%; missing when not tested.

    A bound that does not decide between groups (such as ">=1%") is missing.
    """
    low, exact = tps, ~qualifier.isin(["at_least", "at_most"])
    conditions = [
        (exact & (low < 1)) | (qualifier.eq("at_most") & (low <= 1)),
        (exact | qualifier.eq("at_least")) & (low >= 50),
        exact & (low >= 1),
    ]
    masks = [condition.fillna(False).to_numpy(bool) for condition in conditions]
    group = np.select(masks, ["<1%", ">=50%", "1-49%"], default="")
    return text(group, tps.index).where(tps.notna())
