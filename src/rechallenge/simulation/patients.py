"""Who the simulated patients are: disease group, intended treatment path and baseline characteristics."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.parameters import GROUPS, PATHS, SITES, BaselineParameters, day_number
from rechallenge.simulation.sampling import NEVER, Codes, Flags, between, category, chance, weibull_days, whole_days

_DAYS_PER_YEAR: Final = 365.25
_EIGHTH_EDITION: Final = day_number("2018-01-01")
_TRIALS: Final = day_number("2016-01-01")
_APPROVAL: Final = day_number("2018-01-01")


def draw_patients(rng: Generator, n: int, model: BaselineParameters) -> pd.DataFrame:
    """Return one row per patient: group, path, baseline covariates and dates as days since 1970-01-01.

    `diagnosis` is the day of the diagnosis, `recurrence` the day of recurrence after an early stage (NEVER
    without), `entry` the day from which advanced disease is treated. Missing covariates are None or NaN.
    """
    group = category(rng, model.groups, n)
    path = category(rng, np.asarray(model.paths)[group], n)
    diagnosis = _diagnosis_days(rng, n, model)
    frame = pd.DataFrame({"group": np.array(GROUPS)[group], "path": np.array(PATHS)[path], "diagnosis": diagnosis})
    # Before the first approval in China (2018) an ICI could be had in trials only.
    untreated = np.select(
        [diagnosis < _TRIALS, diagnosis < _APPROVAL], [1 - share for share in model.ici_within_trials], default=0.0
    )
    frame["path"] = frame["path"].mask(chance(rng, untreated, n), "no_ici")
    frame["site"] = np.array(SITES)[category(rng, (0.28, 0.22, 0.18, 0.14, 0.10, 0.08), n)]
    age = np.clip(rng.normal(model.age_mean, model.age_sd, n), 30, 91)
    frame["birth"] = diagnosis - np.rint(age * _DAYS_PER_YEAR).astype(np.int64)
    frame["sex"] = np.where(chance(rng, model.male, n), "male", "female")
    smoking = np.where(chance(rng, model.ever_smoker, n), "ever", "never").astype(object)
    frame["smoking"] = _or_missing(smoking, chance(rng, model.smoking_missing, n))
    frame["histology"] = _histology(rng, frame, model)
    frame["stage"] = _stage(rng, frame, model)
    frame["stage_edition"] = np.where(diagnosis < _EIGHTH_EDITION, "7", "8")
    # The seventh edition has no IIIC and does not divide stage IV.
    old = frame["stage_edition"].eq("7")
    frame["stage"] = frame["stage"].mask(old, frame["stage"].replace({"IIIC": "IIIB", "IVA": "IV", "IVB": "IV"}))
    recurs = frame["group"].eq("early").to_numpy() & chance(rng, model.early_recurs, n)
    delay = whole_days(weibull_days(rng, 1.0, model.recurrence_months, n), 200)
    frame["recurrence"] = np.where(recurs, diagnosis + delay, NEVER)
    frame["entry"] = np.where(recurs, frame["recurrence"], diagnosis) + between(rng, 7, 30, n)
    return frame.assign(**_markers(rng, frame, model))


def _or_missing(values: np.ndarray, missing: Flags) -> np.ndarray:
    result = values.copy()
    result[missing] = None
    return result


def _diagnosis_days(rng: Generator, n: int, model: BaselineParameters) -> Codes:
    year = np.array(model.entry_years)[category(rng, model.entry_weights, n)]
    first = np.array([day_number(f"{y}-01-01") for y in model.entry_years])
    return first[year - model.entry_years[0]] + rng.integers(0, 365, n)


def _histology(rng: Generator, frame: pd.DataFrame, model: BaselineParameters) -> np.ndarray:
    n = len(frame)
    names = np.array([name for name, _ in model.histologies], dtype=object)
    drawn = names[category(rng, [weight for _, weight in model.histologies], n)]
    other = np.where(chance(rng, 0.5, n), "carcinoid", "not_lung_cancer")
    chosen = [frame["group"].eq("small_cell"), frame["group"].eq("other_histology")]
    return np.select(chosen, [np.full(n, "small_cell", dtype=object), other.astype(object)], default=drawn)


def _stage(rng: Generator, frame: pd.DataFrame, model: BaselineParameters) -> np.ndarray:
    n = len(frame)
    names = np.array([name for name, _ in model.advanced_stages], dtype=object)
    advanced = names[category(rng, [weight for _, weight in model.advanced_stages], n)]
    advanced = np.where(chance(rng, model.undivided_stage, n), "III", advanced)
    local = np.array(["IIIA", "IIIB", "IIIC"], dtype=object)[category(rng, (0.45, 0.40, 0.15), n)]
    early = np.array(["IA", "IB", "IIA", "IIB", "IIIA"], dtype=object)[category(rng, (0.2, 0.2, 0.15, 0.2, 0.25), n)]
    groups = [frame["group"].eq("locally_advanced"), frame["group"].eq("early")]
    return np.select(groups, [local, early], default=advanced)


def _markers(rng: Generator, frame: pd.DataFrame, model: BaselineParameters) -> dict[str, np.ndarray]:
    n = len(frame)
    tested = ~chance(rng, model.pd_l1_missing, n)
    part = category(rng, (model.pd_l1_below_1, (1 - model.pd_l1_below_1) / 2, (1 - model.pd_l1_below_1) / 2), n)
    # Pathologists report round numbers.
    low = np.array([1, 2, 3, 5, 10, 20, 30, 40])[rng.integers(0, 8, n)]
    high = np.array([50, 60, 70, 80, 90, 95])[rng.integers(0, 6, n)]
    score = np.select([part == 0, part == 1], [np.zeros(n), low], default=high).astype("float64")
    clones = np.array(["22C3", "SP263", "SP142"], dtype=object)[category(rng, (0.7, 0.2, 0.1), n)]
    untested = chance(rng, model.driver_untested, n) | frame["histology"].isin(["carcinoid", "not_lung_cancer"])
    # A patient with a driver mutation gets its inhibitor, so that the paths with ICI hold few of them.
    thin = np.where(frame["path"].eq("no_ici"), 2.0, 0.5)
    egfr = np.where(chance(rng, model.egfr * thin, n), "positive", "negative").astype(object)
    alk = np.where((egfr == "negative") & chance(rng, model.alk * thin, n), "positive", "negative").astype(object)
    spread = ~frame["group"].isin(["locally_advanced"]) & ~(frame["group"].eq("early") & (frame["recurrence"] >= NEVER))
    yes_no = {
        name: np.where(chance(rng, share, n) & spread, "yes", "no").astype(object)
        for name, share in (("brain", model.brain), ("liver", model.liver), ("bone", model.bone))
    }
    return {
        "pd_l1_tps": np.where(tested, score, np.nan),
        "pd_l1_below_1": tested & (part == 0),
        "pd_l1_clone": _or_missing(clones, ~tested),
        "egfr": _or_missing(egfr, untested),
        "alk": _or_missing(alk, untested),
        **{f"{name}_metastasis": values for name, values in yes_no.items()},
    }
