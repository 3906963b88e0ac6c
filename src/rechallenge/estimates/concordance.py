"""Harrell's concordance with its standard error, as R's `concordance` computes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Rows of the table of pairs that are held in memory at once.
_BLOCK = 256


@dataclass(frozen=True)
class Concordance:
    """Share of comparable pairs in which the earlier event has the higher risk; ties in risk count half."""

    estimate: float
    std_error: float


def concordance(time: Array, event: Array, risk: Array) -> Concordance:
    """Return the concordance of `risk` (higher = earlier event). NaN where no pair can be compared.

    A pair is comparable when one patient has the event and the other is known to be free of it then: a later
    time, or the same time censored. The standard error is the infinitesimal jackknife: how much the share moves
    with the weight of each patient.
    """
    # Equal covariates must give equal risks, whatever the order in which a processor adds them.
    risk = np.round(risk, 10)
    favourable, pairs = np.zeros(len(time)), np.zeros(len(time))
    cases = np.flatnonzero(event == 1)
    for start in range(0, len(cases), _BLOCK):
        case = cases[start : start + _BLOCK]
        own = time[case][:, None]
        comparable = (time > own) | ((time == own) & (event == 0))
        gap = np.sign(risk[case][:, None] - risk)
        score = np.where(comparable, (gap + 1) / 2, 0.0)
        favourable += score.sum(axis=0)
        pairs += comparable.sum(axis=0)
        favourable[case] += score.sum(axis=1)
        pairs[case] += comparable.sum(axis=1)
    total = pairs.sum() / 2
    if not total:
        return Concordance(float("nan"), float("nan"))
    share = favourable.sum() / 2 / total
    influence = (favourable - share * pairs) / total
    return Concordance(float(share), float(np.sqrt((influence**2).sum())))
