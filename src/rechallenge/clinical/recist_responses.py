"""Time-point responses from measured lesions: RECIST 1.1, sections 4.3 and 4.4, Tables 1 and 2.

The work is done on two frames. The *grid* has a row per epoch, lesion and scan, also where the lesion is not
mentioned on that scan; the *time points* have a row per epoch and scan.
"""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.clinical.recist_lesions import Measurements
from rechallenge.settings.exposure import LesionSettings
from rechallenge.tables import TEXT

# Sums of diameters carry the rounding of floating point; a threshold that is reached exactly counts.
_TOLERANCE: Final = 1e-6
_LESION: Final = ["epoch", "lesion"]
_TIME_POINT: Final = ["epoch", "date"]


def grown(size: pd.Series, nadir: pd.Series, settings: LesionSettings) -> pd.Series:
    """Whether a diameter or a sum of them lies so far above its nadir that it is progression (section 4.3.1)."""
    increase = size - nadir
    relative = increase * 100 >= settings.progression_percent * nadir - _TOLERANCE
    return relative & (increase >= settings.progression_mm - _TOLERANCE) & (increase > 0)


def time_points(measured: Measurements, settings: LesionSettings) -> pd.DataFrame:
    """Return the response at each scan after the start of a regimen, where the lesions tell one.

    Columns: epoch, patient, date, response, sum_mm (of the targets measured), baseline_mm, nadir_mm (smallest sum
    before this scan), complete (every target was measured), progressing_lesions, new_lesions, progressing_organs
    (missing unless the response is PD), organs_unknown. A scan on or before the baseline gives PD (new lesion,
    unequivocal progression) or nothing.
    """
    grid = _grid(measured, settings)
    points = _with_sums(_added_up(grid), settings)
    points = points.join(_responses(points, settings))
    points = points.merge(measured.epochs[["epoch", "patient", "start"]], on="epoch")
    points = points[points["response"].notna() & (points["date"] > points["start"])]
    points = points.merge(_counts(grid, points), on=_TIME_POINT, how="left")
    names = [
        "epoch", "patient", "date", "response", "sum_mm", "baseline_mm", "nadir_mm", "complete",
        "progressing_lesions", "new_lesions", "progressing_organs", "organs_unknown",
    ]  # fmt: skip
    return points.sort_values(_TIME_POINT, kind="stable").reset_index(drop=True)[names]


def _exclusive_minimum(values: pd.Series, groups: list[pd.Series]) -> pd.Series:
    """The smallest known value of the earlier rows of each group."""
    lowest = values.groupby(groups).cummin()
    lowest = lowest.groupby(groups).ffill()
    return lowest.groupby(groups).shift()


def _grid(measured: Measurements, settings: LesionSettings) -> pd.DataFrame:
    """Every lesion of each epoch at every scan from the baseline, or from where it is first seen.

    Columns: epoch, lesion, date, baseline, target, new (since the baseline), organ, node, mm, there, gone, progression,
    appears (a new lesion is seen for the first time), nadir (own), grew.
    """
    rows = _rows_in_epochs(measured)
    lesions = _lesions_of_epochs(rows)
    scans = rows[[*_TIME_POINT, "baseline"]].drop_duplicates()
    grid = scans.merge(lesions[lesions["since"].notna()], on="epoch")
    grid = grid[grid["date"] >= grid["since"]]
    found = rows[[*_LESION, "date", "mm", "there", "gone", "progression", "appears"]]
    grid = grid.merge(found, on=[*_LESION, "date"], how="left").sort_values([*_LESION, "date"], kind="stable")
    grid = grid.reset_index(drop=True)
    for name in ("there", "gone", "progression", "appears"):
        grid[name] = grid[name].eq(True)
    grid["nadir"] = _exclusive_minimum(grid["mm"], [grid["epoch"], grid["lesion"]])
    grid["grew"] = (grid["target"] | grid["new"]) & grown(grid["mm"], grid["nadir"], settings)
    return grid


def _rows_in_epochs(measured: Measurements) -> pd.DataFrame:
    """The rows of each epoch's scans and of its baseline; a scan can be in one epoch and the next one's baseline."""
    rows = measured.rows.merge(measured.scans.dropna(subset=["epoch"]), on=["patient", "date"])
    rows = rows.astype({"epoch": "int64"}).merge(measured.epochs.drop(columns="patient"), on="epoch")
    first = measured.epochs[measured.epochs["baseline"] <= measured.epochs["start"]]
    before = measured.rows.merge(first, left_on=["patient", "date"], right_on=["patient", "baseline"])
    rows = pd.concat([rows, before], ignore_index=True)
    ever = measured.rows[measured.rows["there"]].groupby("lesion")["date"].min()
    rows["first_seen"] = rows["lesion"].map(ever)
    rows["after"] = rows["date"] > rows["start"]
    return rows.sort_values([*_LESION, "date"], kind="stable").assign(appears=_appears)


def _appears(rows: pd.DataFrame) -> pd.Series:
    """A lesion recorded as new, when it is first seen; or one that the baseline says was absent."""
    at_baseline = rows["date"].eq(rows["baseline"])
    absent = rows.loc[at_baseline & rows["mm"].eq(0), _LESION].assign(absent=True)
    was_absent = rows[_LESION].merge(absent, on=_LESION, how="left")["absent"].eq(True).to_numpy()
    again = rows["there"] & rows["after"] & (rows["date"] > rows["baseline"]) & was_absent
    first_again = again & ~rows.assign(again=again)[again].duplicated(_LESION).reindex(rows.index, fill_value=False)
    new = rows["role"].eq("new") & rows["there"] & rows["after"] & rows["date"].eq(rows["first_seen"])
    return new | first_again


def _lesions_of_epochs(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per epoch and lesion: target, new, organ, node, since (the day from which it is followed).

    A target is a lesion with a diameter at the baseline that is called one: by the first scan of the epoch that
    says what it is, else by the baseline (at rechallenge the targets are chosen anew, among them lesions that
    were new before).
    """
    base = rows[rows["date"].eq(rows["baseline"])].set_index(_LESION)
    told = rows[rows["role"].isin(["target", "non_target"])]
    role = told[told["after"]].drop_duplicates(_LESION).set_index(_LESION)["role"]
    lesions = rows.drop_duplicates(_LESION).set_index(_LESION)[["organ", "node", "baseline"]]
    lesions["role"] = role.reindex(lesions.index).fillna(base["role"].reindex(lesions.index))
    mm = base["mm"].reindex(lesions.index)
    lesions["target"] = lesions["role"].eq("target") & (mm > 0)
    lesions["new"] = rows[rows["appears"]].groupby(_LESION).size().reindex(lesions.index).notna()
    followed = lesions.index.isin(base.index) & ~mm.eq(0)
    seen = rows[rows["there"] & rows["after"]].drop_duplicates(_LESION).set_index(_LESION)["date"]
    lesions["since"] = lesions["baseline"].where(followed, seen.reindex(lesions.index))
    return lesions.drop(columns=["baseline", "role"]).reset_index()


def _added_up(grid: pd.DataFrame) -> pd.DataFrame:
    """The time points: what the lesions of each scan add up to."""
    target, other = grid["target"], ~grid["target"]
    parts = pd.DataFrame(
        {
            "epoch": grid["epoch"],
            "date": grid["date"],
            "targets": target,
            "targets_unmeasured": target & grid["mm"].isna(),
            "targets_left": target & ~grid["gone"],
            "sum_mm": grid["mm"].where(target, 0.0).fillna(0.0),
            "others": other,
            "others_left": other & grid["there"],
            "others_unknown": other & ~grid["there"] & ~grid["gone"],
            "others_progress": grid["progression"] | (other & grid["grew"]),
            "appearing": grid["appears"],
            "solid_left": grid["there"] & ~grid["node"],
        }
    )
    points = parts.groupby(_TIME_POINT).sum().reset_index()
    return points.merge(grid[[*_TIME_POINT, "baseline"]].drop_duplicates(), on=_TIME_POINT)


def _with_sums(points: pd.DataFrame, settings: LesionSettings) -> pd.DataFrame:
    """Add baseline_mm, nadir_mm, complete and readable, in order of epoch and date."""
    points = points.sort_values(_TIME_POINT, kind="stable").reset_index(drop=True)
    points["readable"] = points["date"] > points["baseline"]
    points["complete"] = (points["targets"] > 0) & points["targets_unmeasured"].eq(0)
    sums = points["sum_mm"].where(points["complete"] & (points["date"] >= points["baseline"]))
    points["nadir_mm"] = _exclusive_minimum(sums, [points["epoch"]])
    first = sums.where(points["date"].eq(points["baseline"]))
    points["baseline_mm"] = first.groupby(points["epoch"]).transform("first")
    points["targets_progress"] = points["readable"] & grown(points["sum_mm"], points["nadir_mm"], settings)
    return points


def _responses(points: pd.DataFrame, settings: LesionSettings) -> pd.DataFrame:
    """Tables 1 and 2: response (missing where no lesion is followed, or no baseline lies before the scan), relapse."""
    progression = points["targets_progress"] | (points["others_progress"] > 0) | (points["appearing"] > 0)
    decrease = points["baseline_mm"] - points["sum_mm"]
    partial = decrease * 100 >= settings.partial_response_percent * points["baseline_mm"] - _TOLERANCE
    others = np.select([points["others_left"] > 0, points["others_unknown"] > 0], ["NON_CR_NON_PD", "NE"], default="CR")
    complete_response = points["targets_left"].eq(0) & (others == "CR")
    # Table 1: targets gone with other lesions left, or not all evaluated, are a partial response.
    with_targets = np.select(
        [~points["complete"], complete_response, points["targets_left"].eq(0) | partial], ["NE", "CR", "PR"], "SD"
    )
    reading = pd.Series(np.where(points["targets"] > 0, with_targets, others), index=points.index, dtype="object")
    reading = reading.where(points["readable"] & (points["targets"] + points["others"] > 0))
    reading = reading.mask(progression, "PD")
    # The paper's frequently asked questions: after a complete response a lesion that is back is progression, whatever
    # its size. Of a node that was normal the sum decides.
    last = reading.mask(reading.eq("NE")).groupby(points["epoch"]).ffill().groupby(points["epoch"]).shift()
    relapse = last.eq("CR") & (points["solid_left"] > 0)
    return pd.DataFrame({"response": reading.mask(relapse, "PD").astype(TEXT), "relapse": relapse})


def _counts(grid: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Lesions and organs of each progression.

    Progressing are the targets (and lesions that were new earlier) that grew by the rule of the sum applied to
    each alone, other lesions with unequivocal progression, and those that are back after a complete response. Where
    the sum progressed and no target did alone, the one that grew most counts.
    """
    progressions = points.loc[points["response"].eq("PD"), [*_TIME_POINT, "targets_progress", "relapse"]]
    seen = grid.merge(progressions, on=_TIME_POINT)
    alone = seen["target"] & seen["grew"]
    keys = [seen["epoch"], seen["date"]]
    by_sum_only = seen["targets_progress"] & ~alone.groupby(keys).transform("any")
    increase = (seen["mm"] - seen["nadir"]).where(seen["target"] & by_sum_only)
    ranked = seen.assign(increase=increase).dropna(subset=["increase"]).sort_values("increase", kind="stable")
    most = seen.index.isin(ranked.drop_duplicates(_TIME_POINT, keep="last").index)
    back = seen["relapse"] & seen["there"] & ~seen["node"]
    growing = (seen["grew"] | seen["progression"] | back | most) & ~seen["appears"]
    counted = growing | seen["appears"]
    sums = pd.DataFrame({"progressing_lesions": growing, "new_lesions": seen["appears"]}).groupby(keys).sum()
    organ = seen["organ"].where(counted & (seen["organ"] >= 0))
    sums["progressing_organs"] = organ.groupby(keys).nunique()
    sums["organs_unknown"] = (counted & (seen["organ"] < 0)).groupby(keys).any()
    return sums.reset_index()
