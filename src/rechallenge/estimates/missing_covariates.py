"""Patients without a covariate: left out, given a class of their own, or imputed, as the study declares.

Multiple imputation is by chained equations (statsmodels' MICEData), predictive mean matching on linear predictors: a
logistic one has no maximum where a covariate separates the classes, which small cohorts do, and matching needs the
order of the predictions only. Predictors of each covariate are all others, the event and the Nelson-Aalen cumulative
hazard (White and Royston 2009, Stat Med 28:1982). Classes of a nominal covariate with more than two enter as their
values on the first canonical variate of class and complete predictors, as in R's mice (`quantify`).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge.estimates import cox
from rechallenge.estimates.design import MISSING, in_order, is_number, label_of, values_of
from rechallenge.settings.statistics import Covariate

Array = NDArray[np.float64]
# Patients among whom a value is drawn; statsmodels' 20 would be half of a usual cohort.
DONORS: Final = 5
# Cycles of the chain before the first data set and between two, where more than one covariate is imputed.
BURN_IN: Final = 10
THINNING: Final = 5


def with_category(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> pd.DataFrame:
    """Return the patients with `missing` as the class of each categorical covariate that they lack."""
    filled = {}
    for covariate in covariates:
        if not is_number(frame[covariate.name], covariate):
            values = values_of(frame, covariate)
            filled[covariate.name] = values.fillna(MISSING)
    return frame.assign(**filled)


def missing_counts(frame: pd.DataFrame, covariates: Sequence[Covariate]) -> dict[str, int]:
    """Return how many patients lack each covariate; only those that somebody lacks."""
    counts = {covariate.name: int(values_of(frame, covariate).isna().sum()) for covariate in covariates}
    return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True)
class _Encoded:
    """A covariate as columns of numbers; `classes` are its levels and their values, of a class with one column."""

    columns: dict[str, Array]
    classes: tuple[tuple[str, float], ...] = ()
    problem: str = ""


def imputed_frames(
    frame: pd.DataFrame, covariates: Sequence[Covariate], imputations: int, seed: int
) -> tuple[pd.DataFrame, ...]:
    """Return the patients `imputations` times, each time with every missing covariate filled in.

    `frame` has days, event and the covariates' columns. Raises cox.NotFitted with a sentence where a covariate cannot
    be imputed: nobody has it, those who have it are all of one class, or they are too few.
    """
    from statsmodels.imputation.mice import MICEData

    given, frame = frame.index, in_order(frame)
    lacking = missing_counts(frame, covariates)
    if not lacking:
        return (frame.loc[given],) * imputations
    time, event = (frame[name].to_numpy("float64") for name in ("days", "event"))
    about = {"event": event, "hazard": nelson_aalen(time, event)}
    complete = dict(about)
    encoded: dict[str, _Encoded] = {}
    # Complete covariates first: a nominal one's values on the canonical variate come from them.
    for place, covariate in sorted(enumerate(covariates), key=lambda pair: pair[1].name in lacking):
        values = values_of(frame, covariate)
        own = _encoded(values, f"v{place}", is_number(frame[covariate.name], covariate), complete)
        if own.problem and covariate.name in lacking:
            raise cox.NotFitted(f"Not fitted: {label_of(covariate)} cannot be imputed: {own.problem}.")
        encoded[covariate.name] = own
        if covariate.name not in lacking:
            complete |= own.columns
    columns = about | {name: column for own in encoded.values() for name, column in own.columns.items()}
    varying = {name: column for name, column in columns.items() if np.nanmax(column) > np.nanmin(column)}
    # A linear predictor, its constant, and something left over to draw the coefficients from.
    for covariate in covariates:
        known = len(frame) - lacking.get(covariate.name, 0)
        if covariate.name in lacking and known < len(varying) + 2:
            raise cox.NotFitted(
                f"Not fitted: {known} patients with a known {label_of(covariate)} are too few to impute the others."
            )
    chain = MICEData(pd.DataFrame(varying), k_pmm=DONORS, rng=np.random.default_rng(seed))
    several = len(lacking) > 1
    found = []
    for number in range(imputations):
        with warnings.catch_warnings():
            # Covariates that determine one another predict as well as one of them.
            warnings.simplefilter("ignore")
            chain.update_all((THINNING if number else BURN_IN) if several else 1)
        found.append(
            _filled(frame, [item for item in covariates if item.name in lacking], encoded, chain.data).loc[given]
        )
    return tuple(found)


def nelson_aalen(time: Array, event: Array) -> Array:
    """Return the cumulative hazard of the whole cohort at each patient's own time."""
    times, events = np.unique(time[event == 1], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    return np.concatenate([[0.0], np.cumsum(events / at_risk)])[np.searchsorted(times, time, side="right")]


def _encoded(values: pd.Series, name: str, number: bool, complete: dict[str, Array]) -> _Encoded:
    known = values.dropna()
    if known.empty:
        return _Encoded({}, problem="nobody has it")
    if number:
        if known.nunique() == 1:
            return _Encoded({name: values.to_numpy("float64")}, problem="all who have it have the same value")
        return _Encoded({name: values.to_numpy("float64")})
    levels = sorted(set(known))
    if len(levels) == 1:
        return _Encoded({}, problem="all who have it are of one class")
    if len(levels) > 2 and len(known) == len(values):
        return _Encoded(
            {f"{name}_{place}": (values == level).to_numpy("float64") for place, level in enumerate(levels[1:])}
        )
    scores = np.arange(2.0) if len(levels) == 2 else _canonical(values, levels, complete)
    classes = tuple(zip(levels, (float(score) for score in scores), strict=True))
    return _Encoded({name: values.map(dict(classes)).to_numpy("float64")}, classes)


def _canonical(values: pd.Series, levels: list[str], complete: dict[str, Array]) -> Array:
    """The value of each class: its weight in the combination of classes that complete predictors tell best."""
    known = values.notna().to_numpy()
    classes = np.column_stack([(values[known] == level).to_numpy("float64") for level in levels[1:]])
    predictors = np.column_stack(list(complete.values()))[known]
    centred = [columns - columns.mean(axis=0) for columns in (classes, predictors)]
    bases = [np.linalg.svd(columns, full_matrices=False) for columns in centred]
    left, right = (u[:, s > 1e-9 * max(s.max(), 1e-300)] for u, s, _ in bases)
    variate = left @ np.linalg.svd(left.T @ right)[0][:, 0]
    weights = np.concatenate([[0.0], np.linalg.lstsq(centred[0], variate, rcond=None)[0]])
    # The sign of a variate is arbitrary; two classes with one value could not be told apart afterwards.
    weights = np.round(weights * np.sign(weights[np.argmax(np.abs(weights))]), 9)
    return weights + 1e-6 * np.arange(len(levels))


def _filled(
    frame: pd.DataFrame, lacking: Sequence[Covariate], encoded: dict[str, _Encoded], drawn: pd.DataFrame
) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for covariate in lacking:
        own = encoded[covariate.name]
        (name,) = own.columns
        values = drawn[name].to_numpy("float64") if name in drawn else own.columns[name]
        if own.classes:
            scores = np.array([score for _, score in own.classes])
            nearest = np.abs(values[:, None] - scores).argmin(axis=1)
            levels = np.array([level for level, _ in own.classes], dtype=object)
            columns[covariate.name] = pd.Series(levels[nearest], index=frame.index)
        else:
            columns[covariate.name] = pd.Series(values * covariate.unit, index=frame.index)
    return frame.assign(**columns)
