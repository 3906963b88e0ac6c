"""Measured lesions as RECIST 1.1 reads them: lesions per scan, epochs of treatment, and the baseline of each.

RECIST 1.1: Eisenhauer EA et al., Eur J Cancer 2009;45:228-247; the sections named here and in the other modules
of this subject are that paper's.
"""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.clinical.exposures import days
from rechallenge.settings.exposure import LesionSettings

# Section 4.3.2: what is seen but too small to measure is given 5 mm.
TOO_SMALL_MM: Final = 5.0
# A lymph node is told by the words of its organ: its diameter is the short axis.
NODE_WORDS: Final = r"lymph|\bnod(?:e|es|al)\b|\blns?\b|adenopath|淋巴"
# Lymphangitis is none.
_NO_NODE: Final = "lymphang|淋巴管"
# Lymph nodes of all stations are one organ, as where targets are chosen (five, at most two per organ).
NODE_ORGAN: Final = "lymph nodes"


def is_lymph_node(organs: pd.Series) -> pd.Series:
    """Whether each organ (text) is a lymph node; a missing one is not."""
    names = organs.dropna().drop_duplicates()
    words = names.str.lower().str.replace("_", " ", regex=False)
    nodes = names[words.str.contains(NODE_WORDS, regex=True) & ~words.str.contains(_NO_NODE, regex=True)]
    return organs.isin(nodes).astype(bool)


def organ_names(organs: pd.Series) -> pd.Series:
    """Organs in one spelling; lymph nodes of all stations are one organ."""
    return organs.str.strip().str.lower().mask(is_lymph_node(organs), NODE_ORGAN)


@dataclass(frozen=True)
class Measurements:
    """Lesions of the patients with a regimen, and the epochs that they are read in.

    `rows`: one per lesion and scan: patient and lesion (numbers), date, role, organ (number, -1 unknown), node, mm
    (diameter; absent 0, too small 5 mm; missing: not measured), there, gone (neither: not evaluated), progression.
    `scans`: one per patient and day: patient, date, epoch (missing before the first regimen).
    `epochs`: one per patient and start of a regimen with a baseline: epoch, patient, start, baseline (dates).
    """

    rows: pd.DataFrame
    scans: pd.DataFrame
    epochs: pd.DataFrame


def measurements(lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings) -> Measurements:
    """Return the lesions with their epochs; patients are numbered by their position in `lesions`.

    A regimen opens an epoch on its first day. A scan belongs to the latest regimen that started strictly before it; on
    the first day or before it, a scan can be the baseline of that regimen.
    """
    rows = _lesion_rows(lesions, settings)
    starts = regimens[["patient_id", "start_date"]].dropna().drop_duplicates()
    numbers = pd.Series(rows["patient"].to_numpy(), index=rows["patient_id"]).groupby(level=0).first()
    starts = starts.assign(patient=starts["patient_id"].map(numbers)).dropna(subset=["patient"])
    epochs = pd.DataFrame({"patient": starts["patient"].astype("int64"), "start": starts["start_date"]})
    epochs = epochs.sort_values(["patient", "start"], kind="stable").reset_index(drop=True)
    epochs["epoch"] = epochs.index
    measured = rows["role"].eq("target") & rows["mm"].notna()
    seen = measured | rows["there"] | rows["gone"]
    scans = rows.assign(measured=measured, seen=seen).groupby(["patient", "date"])[["measured", "seen"]].any()
    scans = scans.reset_index().sort_values("date", kind="stable")
    scans = pd.merge_asof(
        scans, epochs.sort_values("start", kind="stable"), left_on="date", right_on="start", by="patient",
        allow_exact_matches=False,
    )  # fmt: skip
    epochs["baseline"] = _baselines(epochs, scans, settings)
    epochs = epochs.dropna(subset=["baseline"]).reset_index(drop=True)
    scans = scans[["patient", "date", "epoch"]].sort_values(["patient", "date"], kind="stable")
    return Measurements(rows.drop(columns="patient_id"), scans.reset_index(drop=True), epochs)


def _lesion_rows(lesions: pd.DataFrame, settings: LesionSettings) -> pd.DataFrame:
    """One row per lesion and scan; of several the one that says most of a growth: progression, then the largest."""
    told = lesions[["patient_id", "assessment_date", "lesion_id"]].notna().all(axis=1)
    rows = lesions[told]
    patient = pd.factorize(rows["patient_id"])[0]
    lesion = rows.assign(lesion_id=rows["lesion_id"].str.strip()).groupby(["patient_id", "lesion_id"]).ngroup()
    organs = organ_names(rows["organ"])
    # An organ need be named on one scan only.
    organ = pd.Series(pd.factorize(organs)[0], index=rows.index).groupby(lesion).transform("max")
    nodes = organs.eq(NODE_ORGAN).groupby(lesion).transform("any")
    status, role = rows["status"], rows["role"]
    measured, mm = rows["diameter_mm"].notna(), rows["diameter_mm"]
    mm = mm.mask(~measured & status.eq("absent"), 0.0).mask(~measured & status.eq("too_small"), TOO_SMALL_MM)
    gone = mm.eq(0) | (nodes & (mm < settings.normal_node_mm))
    stated = status.isin(["present", "progression"]) | (role.eq("new") & ~status.isin(["absent", "not_evaluable"]))
    frame = pd.DataFrame(
        {
            "patient_id": rows["patient_id"],
            "patient": patient,
            "lesion": lesion,
            "date": rows["assessment_date"],
            "role": role,
            "organ": organ,
            "node": nodes,
            "mm": mm,
            "there": ~gone & ((mm > 0) | stated),
            "gone": gone,
            # A target's growth is judged by its diameter wherever it has one.
            "progression": status.eq("progression") & ~(role.eq("target") & measured),
        }
    )
    ordered = frame.assign(_later=~frame["progression"]).sort_values(
        ["patient", "lesion", "date", "_later", "mm"], ascending=[True, True, True, True, False], kind="stable"
    )
    return ordered.drop_duplicates(["lesion", "date"]).drop(columns="_later").reset_index(drop=True)


def _baselines(epochs: pd.DataFrame, scans: pd.DataFrame, settings: LesionSettings) -> pd.Series:
    """The day of each epoch's baseline, over `epochs`; missing where no lesion was seen.

    The last scan with a measured target on or at most `baseline_days` before the start; else the first one after
    it; where the epoch has no measured target, the same of scans with any lesion.
    """
    chosen = pd.Series(pd.NaT, index=epochs.index, dtype="datetime64[ns]")
    for kind in ("measured", "seen"):
        of_kind = scans.loc[scans[kind], ["patient", "date", "epoch"]]
        before = pd.merge_asof(
            epochs[["patient", "start", "epoch"]].sort_values("start", kind="stable"),
            of_kind[["patient", "date"]],
            left_on="start", right_on="date", by="patient", tolerance=days(settings.baseline_days),
        )  # fmt: skip
        after = of_kind.groupby("epoch")["date"].min()
        chosen = chosen.fillna(before.set_index("epoch")["date"]).fillna(after.reindex(epochs.index))
    return chosen
