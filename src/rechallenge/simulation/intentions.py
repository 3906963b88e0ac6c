"""What is drawn once for each patient: the latent course under an ICI, the pattern of progression, and the plan."""

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.parameters import PLANS, Parameters
from rechallenge.simulation.sampling import Days, Flags, category, chance, weibull_days, whole_days


def draw_first(rng: Generator, patients: pd.DataFrame, model: Parameters) -> pd.DataFrame:
    """Return the latent course under the first ICI, as if everyone had one: response, complete, days to progression."""
    n = len(patients)
    first = model.first_ici
    combination = ~patients["path"].eq("monotherapy").to_numpy()
    response = chance(rng, np.where(combination, first.combination_response, first.response), n)
    median = np.where(response, first.median_months_response, first.median_months_no_response)
    median = np.where(combination, first.combination_median_months, median)
    days = whole_days(weibull_days(rng, first.shape, median, n), 5)
    return pd.DataFrame(
        {"response": response, "complete": response & chance(rng, first.complete_response, n), "days": days}
    )


def draw_after(rng: Generator, patients: pd.DataFrame, acquired: Flags, model: Parameters) -> pd.DataFrame:
    """Return what depends on the resistance class, as if everyone were rechallenged.

    Columns: acquired, oligo, lesions, organs, plan, interval, same_ici, regimen_type, frailty, hazard_ratio
    (against acquired, oligo, no interval treatment), rechallenge_days to progression, rechallenge_response.
    """
    n = len(patients)
    second = model.rechallenge
    frame = pd.DataFrame({"acquired": acquired})
    frame["oligo"] = chance(rng, np.where(acquired, second.oligo_acquired, second.oligo_primary), n)
    frame["lesions"], frame["organs"] = draw_lesions(rng, frame["oligo"].to_numpy())
    frame["plan"] = _plan(rng, patients["path"].eq("monotherapy").to_numpy(), acquired, model)
    frame["interval"] = chance(rng, np.where(acquired, second.interval_acquired, second.interval_primary), n)
    frame["same_ici"] = chance(rng, np.where(frame["interval"], second.same_ici_interval, second.same_ici_direct), n)
    frame["regimen_type"] = category(rng, second.regimens, n)
    frame["frailty"] = np.exp(second.log_frailty_sd * rng.normal(size=n))
    frame["hazard_ratio"] = (
        np.where(acquired, 1.0, second.hr_primary)
        * np.where(frame["oligo"], 1.0, second.hr_systemic)
        * np.where(frame["interval"], second.hr_interval, 1.0)
    )
    hazard = (frame["hazard_ratio"] * frame["frailty"]).to_numpy()
    again = weibull_days(rng, second.shape, second.reference_median_months, n, hazard)
    frame["rechallenge_days"] = whole_days(again, 5)
    shares = np.where(acquired, second.response_acquired, second.response_primary)
    frame["rechallenge_response"] = chance(rng, shares, n)
    return frame


def _plan(rng: Generator, monotherapy: Flags, acquired: Flags, model: Parameters) -> np.ndarray:
    first = model.first_ici
    again = first.second_ici_otherwise
    after_others = np.array([again, 0.5, 0.0, 0.5 - again])
    weights = np.where(acquired[:, None], np.array(first.plans_acquired), np.array(first.plans_primary))
    weights = np.where(monotherapy[:, None], weights, after_others)
    return np.array(PLANS, dtype=object)[category(rng, weights, len(monotherapy))]


def draw_lesions(rng: Generator, oligo: Flags) -> tuple[Days, Days]:
    """Return progressing lesions (1 or 2 for oligo, else 3 and more, geometric) and the organs they lie in."""
    n = len(oligo)
    few = 1 + chance(rng, 0.45, n)
    many = np.minimum(3 + rng.geometric(0.35, n) - 1, 15)
    lesions = np.where(oligo, few, many).astype(np.int64)
    organs = np.minimum(1 + rng.binomial(np.minimum(lesions - 1, 4), 0.45), lesions)
    return lesions, organs.astype(np.int64)
