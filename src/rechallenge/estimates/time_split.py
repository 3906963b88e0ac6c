"""Hazard ratios that may change once, at a declared time: one until it, one after it.

What is given where hazards are not proportional. Rows (start, stop] are split at the time, as by R's `survSplit`; an
event at the very time belongs before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import fast_cox, models
from rechallenge.estimates.chi_square import chi_square
from rechallenge.estimates.counting_process import hazard_rows
from rechallenge.estimates.cox import SEPARATED
from rechallenge.estimates.design import Coefficient
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.times import DECIMALS
from rechallenge.files import number_text

Array = NDArray[np.float64]
SPLIT: Final = "time_split"
PERIODS: Final = ("until", "after")


@dataclass(frozen=True)
class CountingRows:
    """Rows (start, stop] with an event at their end, and the covariates of a Cox model."""

    start: Array
    stop: Array
    event: Array
    x: Array


def rows(
    given: CountingRows,
    coefficients: Sequence[Coefficient],
    own: Sequence[int],
    *,
    months: float,
    confidence: float,
    counts: Counts,
) -> Iterator[Row]:
    """Return the hazard ratios of the `own` columns until and after `months`, and the test that they are one.

    `coefficients` name the columns of `given.x`; those that are not `own` keep one hazard ratio, which is returned too.
    """
    cut = round(months * DAYS_PER_MONTH, DECIMALS)
    split, late = _split(given, cut)
    if not late.any():
        yield not_fitted("Not fitted: nobody was followed up for longer.", **counts)
        return
    if not (split.event[late] == 1).any() or not (split.event[~late] == 1).any():
        yield not_fitted("Not fitted: there are events in one of the two periods only.", **counts)
        return
    others = [place for place in range(given.x.shape[1]) if place not in own]
    of_interest = split.x[:, list(own)]
    columns = [of_interest * ~late[:, None], of_interest * late[:, None], split.x[:, others]]
    try:
        fit = fast_cox.fit(split.stop, split.event, np.column_stack(columns), entry=split.start)
        together = fast_cox.fit(given.stop, given.event, given.x, entry=given.start)
    except fast_cox.NoMaximum:
        yield not_fitted(SEPARATED, **counts)
        return
    said = number_text(months)
    keys = [
        Coefficient(key.term, f"{key.level} {period} {said} months".strip(), key.reference)
        for period in PERIODS
        for key in (coefficients[place] for place in own)
    ]
    keys += [coefficients[place] for place in others]
    method = f"Cox, Efron ties, times split at {said} months (survSplit), Wald interval"
    yield from coefficient_rows(fit, keys, method, confidence, counts)
    test = chi_square(max(0.0, 2 * (fit.log_likelihood - together.log_likelihood)), len(own))
    method = f"likelihood-ratio test of one hazard ratio against two, {models.degrees(test.df)}"
    about: Counts = {"term": coefficients[own[0]].term, **counts}
    yield Row("time_split_chi2", test.chi2, p=test.p, method=method, **about)
    yield Row("split_months", months, method="the time at which the hazard ratio may change", **about)


def needed(found: Sequence[Row], alpha: float) -> bool:
    """Return whether the hazards of a model, of which these are rows, fail the test of proportional hazards."""
    return any(row.statistic == "ph_p" and row.estimate < alpha for row in found)


def middle_month(stop: Array, event: Array) -> float:
    """Return the whole month (at least 1) nearest to the median time of the events: half of them on either side."""
    return max(1.0, float(np.round(np.median(stop[event == 1]) / DAYS_PER_MONTH)))


def coefficient_rows(
    fit: fast_cox.FastFit, keys: Sequence[Coefficient], method: str, confidence: float, counts: Counts
) -> Iterator[Row]:
    """Return hr, coef and se of each coefficient of a fit, with Wald intervals and P."""
    for key, coef, error in zip(keys, fit.coef.tolist(), fit.std_error.tolist(), strict=True):
        p = float(erfc(abs(coef / error) / np.sqrt(2)))
        made = hazard_rows(coef, error, p, confidence, method, counts)
        yield from placed(made, term=key.term, level=key.level, reference=key.reference)


def _split(given: CountingRows, cut: float) -> tuple[CountingRows, NDArray[np.bool_]]:
    """The rows until the cut and those after it, and which these are; a row on both sides is in both."""
    before, beyond = np.flatnonzero(given.start < cut), np.flatnonzero(given.stop > cut)
    place = np.concatenate([before, beyond])
    late = np.arange(len(place)) >= len(before)
    goes_on = ~late & (given.stop[place] > cut)
    return CountingRows(
        np.where(late, np.maximum(given.start[place], cut), given.start[place]),
        np.where(goes_on, cut, given.stop[place]),
        np.where(goes_on, 0.0, given.event[place]),
        given.x[place],
    ), late
