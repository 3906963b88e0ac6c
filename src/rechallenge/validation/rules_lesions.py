"""Measured lesions: what RECIST 1.1 (Eisenhauer 2009) needs of them, and what cannot be true of a lesion."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.recist_lesions import is_lymph_node, organ_names
from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Hit, rule
from rechallenge.vocabulary import SUPPORTIVE_CLASS

_LESION: Final = ["patient_id", "lesion_id"]
_SCAN: Final = ["patient_id", "assessment_date"]
# RECIST 1.1: targets at most, in all and per organ; least diameter of a target at baseline (nodes: short axis).
_MOST_TARGETS, _MOST_PER_ORGAN = 5, 2
_LEAST_MM, _LEAST_NODE_MM = 10.0, 15.0
# Larger than a lesion is, or a change of this factor between two scans: most often centimetres among millimetres.
_LARGEST_MM, _FACTOR = 200.0, 8.0


def _in_order(extract: Extract) -> pd.DataFrame:
    """The dated lesions by lesion and date; the index is that of the table."""
    lesions = extract["lesions"]
    known = lesions[[*_LESION, "assessment_date"]].notna().all(axis=1)
    return lesions[known].sort_values([*_LESION, "assessment_date"], kind="stable")


def _marked(extract: Extract, rows: pd.Index) -> pd.Series:
    return pd.Series(extract["lesions"].index.isin(rows), index=extract["lesions"].index)


def _starts(extract: Extract) -> pd.DataFrame:
    """The days on which a systemic antineoplastic started, in order: patient_id, start."""
    treatments = extract["treatments"]
    used = extract.systemic & ~treatments["drug_class"].eq(SUPPORTIVE_CLASS)
    starts = treatments.loc[used, ["patient_id", "start_date"]].dropna().drop_duplicates()
    return starts.rename(columns={"start_date": "start"}).sort_values("start", kind="stable")


def _sizes(lesions: pd.DataFrame) -> pd.Series:
    """Whether the row gives the lesion a size: a diameter, or absent, or too small to measure."""
    return lesions["diameter_mm"].notna() | lesions["status"].isin(["absent", "too_small"])


@rule(
    "warning",
    "The lesion has neither a diameter nor a status",
    "Enter the diameter in mm, or the status; until then the lesion is not evaluable on that scan.",
)
def lesion_without_finding(extract: Extract) -> Iterable[Hit]:
    lesions = extract["lesions"]
    # That a lesion is new says that it is there.
    where = lesions["diameter_mm"].isna() & lesions["status"].isna() & ~lesions["role"].eq("new")
    yield Hit("lesions", where, "diameter_mm", beside=("lesion_id", "assessment_date"))


@rule(
    "warning",
    "It is not said whether the lesion is a target, a non-target or a new lesion",
    "Enter the role, or give it in the mapping (`role: {constant: target}`); until then the lesion is no target.",
)
def lesion_role_missing(extract: Extract) -> Iterable[Hit]:
    lesions = extract["lesions"]
    yield Hit("lesions", lesions["role"].isna(), "role", beside=("lesion_id", "assessment_date"))


@rule(
    "warning",
    "The status of the lesion contradicts its diameter",
    "Correct one of them; the diameter is taken.",
)
def lesion_status_contradicts_diameter(extract: Extract) -> Iterable[Hit]:
    lesions = extract["lesions"]
    status, mm = lesions["status"], lesions["diameter_mm"]
    where = (status.eq("absent") & (mm > 0)) | (status.isin(["present", "progression", "too_small"]) & mm.eq(0))
    where |= (status.eq("measured") & mm.isna()) | (status.eq("not_evaluable") & mm.notna())
    yield Hit("lesions", where, "status", beside=("diameter_mm", "lesion_id"))


@rule(
    "warning",
    "The diameter is above 200 mm, or at least 8 times (at most an eighth of) that of the scan before",
    "Check the unit: diameters are in mm.",
)
def lesion_diameter_implausible(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    rows = rows[rows["diameter_mm"] > 0]
    before = rows.groupby(_LESION)["diameter_mm"].shift()
    ratio = rows["diameter_mm"] / before
    odd = (rows["diameter_mm"] > _LARGEST_MM) | (ratio >= _FACTOR) | (ratio <= 1 / _FACTOR)
    compared = {"the scan before": before}
    yield Hit("lesions", _marked(extract, rows.index[odd]), "diameter_mm", beside=("lesion_id",), compared=compared)


@rule(
    "warning",
    "A target lesion was never measured at the baseline of a treatment",
    "Add its measurement on the last scan before treatment (or correct the role); a lesion without a baseline is no "
    "target, and its growth is not seen.",
)
def target_without_baseline(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    starts = _starts(extract)
    target = rows["role"].eq("target")
    if not target.any() or starts.empty:
        return
    sized = rows[target & _sizes(rows)]
    scans = sized[_SCAN].drop_duplicates().sort_values("assessment_date", kind="stable")
    scans = scans.assign(at=scans["assessment_date"])
    baselines = pd.merge_asof(starts.assign(at=starts["start"]), scans, on="at", by="patient_id")
    none_before = baselines["assessment_date"].isna()
    unread = baselines.loc[none_before, ["patient_id", "at"]]
    after = pd.merge_asof(unread, scans, on="at", by="patient_id", direction="forward")
    days = pd.concat([baselines[~none_before], after])[_SCAN].drop_duplicates()
    with_baseline = sized.merge(days, on=_SCAN)[_LESION].drop_duplicates().assign(known=True)
    first = rows[target].drop_duplicates(_LESION)
    treated = first["patient_id"].isin(starts["patient_id"])
    known = first[_LESION].merge(with_baseline, on=_LESION, how="left")["known"].eq(True).to_numpy()
    yield Hit("lesions", _marked(extract, first.index[treated & ~known]), "lesion_id", beside=("assessment_date",))


@rule(
    "warning",
    "A target lesion is smaller than RECIST 1.1 asks for when it is first measured (10 mm; a lymph node 15 mm)",
    "Check the diameter and the role: smaller lesions are non-target lesions.",
)
def target_too_small(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    first = rows[rows["role"].eq("target") & rows["diameter_mm"].notna()].drop_duplicates(_LESION)
    least = np.where(is_lymph_node(first["organ"]), _LEAST_NODE_MM, _LEAST_MM)
    small = first["diameter_mm"] < least
    yield Hit("lesions", _marked(extract, first.index[small]), "diameter_mm", beside=("lesion_id", "organ"))


@rule(
    "warning",
    "More target lesions on a scan than RECIST 1.1 allows (five, two per organ)",
    "Check the roles; all targets entered are added up.",
)
def targets_too_many(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    targets = rows[rows["role"].eq("target")]
    targets = targets.assign(organ=organ_names(targets["organ"]))
    per_scan = targets.groupby(_SCAN)["lesion_id"].transform("nunique")
    per_organ = targets.groupby([*_SCAN, "organ"])["lesion_id"].transform("nunique").reindex(targets.index)
    many = (per_scan > _MOST_TARGETS) | (per_organ > _MOST_PER_ORGAN)
    scans = targets[many].drop_duplicates(_SCAN)
    compared = {"targets": per_scan, "in this organ": per_organ}
    where = _marked(extract, scans.index)
    yield Hit("lesions", where, "role", beside=("assessment_date", "organ"), compared=compared)


@rule(
    "warning",
    "The role of a lesion changes between two scans of one treatment",
    "Give a lesion one role from baseline to the end of a treatment; the first one is taken.",
)
def lesion_role_changes(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    rows = rows[rows["role"].notna()].sort_values("assessment_date", kind="stable")
    if rows.empty:
        return
    starts = _starts(extract)
    index = rows.index
    rows = pd.merge_asof(
        rows, starts, left_on="assessment_date", right_on="start", by="patient_id", allow_exact_matches=False
    ).set_index(index)
    before = rows.groupby(_LESION)[["role", "start"]].shift()
    # A new lesion stays one in some extracts, and becomes a non-target (or, at a new baseline, a target) in others.
    changed = before["role"].notna() & rows["role"].ne(before["role"]) & ~before["role"].eq("new")
    same = rows["start"].eq(before["start"]) | (rows["start"].isna() & before["start"].isna())
    where = _marked(extract, index[changed & (same | rows["role"].eq("new"))])
    yield Hit("lesions", where, "role", beside=("lesion_id", "assessment_date"), compared={"before": before["role"]})


@rule(
    "warning",
    "A lesion is called new on the patient's first scan with lesions",
    "Correct the role, or add the lesions of the scan before: nothing is new without one. After the start of a "
    "treatment it counts as progression.",
)
def lesion_new_on_first_scan(extract: Extract) -> Iterable[Hit]:
    rows = _in_order(extract)
    first = rows.groupby("patient_id")["assessment_date"].transform("min")
    new = rows["role"].eq("new") & rows["assessment_date"].eq(first)
    yield Hit("lesions", _marked(extract, rows.index[new]), "role", beside=("lesion_id", "assessment_date"))


CHECKS = (
    lesion_without_finding,
    lesion_role_missing,
    lesion_status_contradicts_diameter,
    lesion_diameter_implausible,
    target_without_baseline,
    target_too_small,
    targets_too_many,
    lesion_role_changes,
    lesion_new_on_first_scan,
)
