"""How much the declared model leans on single patients: dfbeta of each, and what remains when one is left out."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.estimates import fast_cox, models
from rechallenge.estimates.cox import CoxFit
from rechallenge.estimates.design import Design
from rechallenge.estimates.partial_likelihood import risk_sets
from rechallenge.estimates.robust_variance import dfbeta
from rechallenge.estimates.rows import Counts, Row, placed

Array = NDArray[np.float64]
MODEL: Final = "influence"
# With more patients than this, only the most influential ones are left out in turn.
EACH_OF: Final = 500
MOST_INFLUENTIAL: Final = 100


def influence_frame(declared: Design, fit: CoxFit) -> pd.DataFrame:
    """Return dfbeta and dfbetas (R's `residuals(coxph, type = "dfbeta")`) of each patient and coefficient. Private."""
    moved = _dfbeta(declared, fit)
    patients = declared.frame["patient_id"] if "patient_id" in declared.frame else declared.frame.index.astype(str)
    parts = [
        pd.DataFrame(
            {
                "patient_id": list(patients),
                "dfbeta": moved[:, place],
                "dfbetas": moved[:, place] / fit.std_error[place],
            }
        ).assign(term=key.term, level=key.level)
        for place, key in enumerate(declared.coefficients)
    ]
    return pd.concat(parts, ignore_index=True)


def rows(declared: Design, fit: CoxFit) -> Iterator[Row]:
    """Return per coefficient, without identities: the largest dfbetas, and hazard ratio and P without one patient.

    `largest_dfbetas` is in standard errors; `leave_one_out_hr` and `leave_one_out_p` are those of the whole model,
    with the smallest and largest when a patient is left out.
    """
    counts: Counts = {"n": float(declared.n), "events": float(declared.events), "model": MODEL}
    moved = _dfbeta(declared, fit) / fit.std_error
    chosen = np.arange(declared.n)
    who = "each patient"
    if declared.n > EACH_OF:
        largest = np.abs(moved).max(axis=1)
        chosen = np.argsort(-largest, kind="stable")[:MOST_INFLUENTIAL]
        who = f"each of the {MOST_INFLUENTIAL} most influential patients"
    coefs, p = _without_each(declared, chosen)
    failed = len(chosen) - len(coefs)
    said = f"lowest and highest when {who} is left out in turn"
    if failed:
        said += f"; without {failed} of them there is no finite estimate"
    for place, key in enumerate(declared.coefficients):
        furthest = float(np.abs(moved[:, place]).max())
        ratios = np.exp([*coefs[:, place], fit.coef[place]])
        levels = [*p[:, place], fit.p[place]]
        own = [
            Row("largest_dfbetas", furthest, method="largest absolute dfbetas, in standard errors", **counts),
            Row("leave_one_out_hr", float(np.exp(fit.coef[place])), min(ratios), max(ratios), method=said, **counts),
            Row("leave_one_out_p", float(fit.p[place]), min(levels), max(levels), method=said, **counts),
        ]
        yield from placed(own, term=key.term, level=key.level, reference=key.reference)


def _dfbeta(declared: Design, fit: CoxFit) -> Array:
    time, event, x = models.arrays(declared)
    return dfbeta(risk_sets(time, event), x, fit.coef, fit.covariance)


def _without_each(declared: Design, chosen: NDArray[np.intp]) -> tuple[Array, Array]:
    """Coefficients and Wald P values without each of these patients, where there are any."""
    from scipy.special import erfc

    time, event, x = models.arrays(declared)
    coefs, p = [np.zeros((0, x.shape[1]))], [np.zeros((0, x.shape[1]))]
    for patient in chosen:
        kept = np.arange(declared.n) != patient
        fit = refitted(time[kept], event[kept], x[kept])
        if fit is not None:
            coefs.append(fit.coef[None])
            p.append(erfc(np.abs(fit.coef / fit.std_error) / np.sqrt(2))[None])
    return np.vstack(coefs), np.vstack(p)


def refitted(time: Array, event: Array, x: Array) -> fast_cox.FastFit | None:
    """Return the model of some of the patients, or None where it has no finite estimate with them."""
    if not event.any() or (np.ptp(x, axis=0) == 0).any():
        return None
    try:
        return fast_cox.fit(time, event, x)
    except (fast_cox.NoMaximum, np.linalg.LinAlgError):
        return None
