"""Patients who come under observation late, or change group on the way: rows (start, stop] with an event at stop.

A patient has one row per state. Nobody is at risk on the day on which a row starts: an event of that day belongs to the
state before.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rechallenge.estimates import cox
from rechallenge.estimates.chi_square import ChiSquare, chi_square
from rechallenge.estimates.rows import Counts, Row
from rechallenge.estimates.times import DECIMALS

Array = NDArray[np.float64]
COX: Final = "Cox, Efron ties, Wald interval, rows (start, stop]: coxph(Surv(start, stop, event) ~ ...)"


def fit(start: Array, stop: Array, event: Array, x: Array) -> cox.CoxFit:
    """Fit a Cox model of rows (start, stop]; several rows per patient are fine for the partial likelihood.

    Its concordance is that of rows, not of patients. Raises cox.NotFitted where the likelihood has no maximum. Each
    column must vary, and there must be events.
    """
    # The model of ranks does not know where time began, the libraries want it to begin at 0.
    begun = min(float(start.min()), 0.0)
    return cox.fit((stop - begun).round(DECIMALS), event, x, entry=(start - begun).round(DECIMALS))


def hazard_rows(coef: float, error: float, p: float, confidence: float, method: str, counts: Counts) -> list[Row]:
    """Return hr, coef and se of one coefficient with its Wald interval."""
    z = float(ndtri(0.5 + confidence / 2))
    lower, upper = coef - z * error, coef + z * error
    said: Counts = {"confidence": confidence, "method": method, **counts}
    return [
        Row("hr", np.exp(coef), np.exp(lower), np.exp(upper), p, **said),
        Row("coef", coef, lower, upper, p, **said),
        Row("se", error, method=method, **counts),
    ]


def log_rank(start: Array, stop: Array, event: Array, group: NDArray[np.object_]) -> ChiSquare:
    """Return the log-rank test of groups that patients enter late: at each event, those with start < t <= stop count.

    With groups that a patient changes it is the test of Mantel and Byar (1974). It equals the score test of
    `coxph(Surv(start, stop, event) ~ group, ties = "exact")`. NaN where no event leaves anything to chance.
    """
    groups = sorted(set(group))
    times = np.unique(stop[event == 1])
    at_risk = np.column_stack([_at_risk(start[group == name], stop[group == name], times) for name in groups])
    happened = np.column_stack([_counted(stop[(group == name) & (event == 1)], times) for name in groups])
    total, died = at_risk.sum(axis=1), happened.sum(axis=1)
    # Whoever leaves on the very moment of entering was never at risk.
    share = np.divide(at_risk, total[:, None], out=np.zeros_like(at_risk), where=total[:, None] > 0)
    observed = (happened - died[:, None] * share).sum(axis=0)
    spread = np.divide(died * (total - died), total - 1, out=np.zeros_like(died), where=total > 1)
    variance = np.diag(spread @ share) - (spread[:, None] * share).T @ share
    informative = np.diag(variance) > 1e-12 * max(float(np.trace(variance)), 1e-300)
    df = max(int(informative.sum()) - 1, 0)
    if not df:
        return ChiSquare(np.nan, 0, np.nan)
    kept = np.flatnonzero(informative)[:df]
    chi2 = float(observed[kept] @ np.linalg.solve(variance[np.ix_(kept, kept)], observed[kept]))
    return chi_square(chi2, df)


def _at_risk(start: Array, stop: Array, times: Array) -> Array:
    entered = np.searchsorted(np.sort(start), times, side="left")
    left = np.searchsorted(np.sort(stop), times, side="left")
    return (entered - left).astype("float64")


def _counted(values: Array, times: Array) -> Array:
    both = [np.searchsorted(np.sort(values), times, side=side) for side in ("right", "left")]
    return (both[0] - both[1]).astype("float64")


def numbers_at_risk(start: Array, stop: Array, times: Array) -> Array:
    """Return how many rows have start < t <= stop at each of `times`; at time 0 those that start before or at it."""
    return _at_risk(np.where(start <= 0, -1.0, start), stop, times)


def columns(frame: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return start, stop and event of a frame with `entry_days`, `days`, `event`."""
    start, stop, event = (frame[name].to_numpy("float64") for name in ("entry_days", "days", "event"))
    return start, stop, event
