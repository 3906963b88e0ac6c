"""The meta-analysis of the hazard ratios that each hospital estimated itself."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from rechallenge.estimates.model_names import FIRTH
from rechallenge.estimates.rows import NAN, Counts, Row, not_fitted, placed
from rechallenge.federation.meta_analysis import Pooled, common_effect, random_effects
from rechallenge.federation.sites import Site
from rechallenge.settings.federation import FederationSettings

KEYS: Final = ("endpoint", "population", "model", "term", "level", "reference")
TWO_STAGE: Final = "two_stage"
COLUMNS: Final = (*KEYS, "site", "hr", "lower", "upper", "coef", "se", "n", "events", "weight", "used", "note")
"""Of each hospital and comparison: its hazard ratio with limits, log hazard ratio and standard error, its weight in
percent, whether it was pooled, and what there is to say of it."""
FROM_FIRTH: Final = "Firth's penalised estimate"
FROM_INTERVAL: Final = "standard error from the interval"
WITHHELD: Final = "withheld: too few patients or events"
ABSENT: Final = "no such comparison at this hospital"
_WORDS: Final = {
    "guarded": "Hartung-Knapp interval, factor not below 1",
    "plain": "Hartung-Knapp interval",
    "off": "normal interval",
}


class Comparison(NamedTuple):
    """One level against its reference in one model."""

    endpoint: str
    population: str
    model: str
    term: str
    level: str
    reference: str


def comparisons(sites: Sequence[Site], settings: FederationSettings) -> list[Comparison]:
    """Return the comparisons that any hospital estimated, in the order of the results tables."""
    found: dict[Comparison, None] = {}
    for model in settings.models:
        for site in sites:
            rows = site.estimates
            own = rows[
                rows["model"].isin([model, FIRTH[model]])
                & rows["endpoint"].isin(settings.endpoints)
                & (rows["statistic"] == "hr")
            ]
            for key in own[list(KEYS)].itertuples(index=False, name=None):
                found.setdefault(Comparison(*key)._replace(model=model))
    order = {endpoint: place for place, endpoint in enumerate(settings.endpoints)}
    return sorted(found, key=lambda one: (order[one.endpoint], settings.models.index(one.model)))


def site_estimates(sites: Sequence[Site], settings: FederationSettings) -> pd.DataFrame:
    """Return what each hospital has of each comparison; columns COLUMNS. None is left out: `note` says why unused."""
    rows = []
    for key in comparisons(sites, settings):
        own = [_of_site(site, key, settings) for site in sites]
        used = [item for item in own if item["used"]]
        weights = _pooled(used, settings).weights if len(used) > 1 else ()
        for item, weight in zip(used, weights, strict=False):
            item["weight"] = weight
        rows += [{**key._asdict(), **item} for item in own]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_site(site: Site, key: Comparison, settings: FederationSettings) -> Counts:
    nothing = dict.fromkeys(("hr", "lower", "upper", "coef", "se", "n", "events", "weight"), NAN)
    ways = [(key.model, "")] + ([(FIRTH[key.model], FROM_FIRTH)] if settings.firth else [])
    for model, note in ways:
        numbers = _numbers(site.estimates, key._replace(model=model))
        if numbers is None:
            continue
        if np.isnan(numbers["se"]) and np.isfinite(numbers["lower"]) and np.isfinite(numbers["upper"]):
            width = np.log(numbers["upper"]) - np.log(numbers["lower"])
            numbers["se"] = float(width / (2 * ndtri(0.5 + numbers["confidence"] / 2)))
            numbers["coef"] = float(np.log(numbers["hr"]))
            note = "; ".join(filter(None, (note, FROM_INTERVAL)))
        if np.isfinite(numbers["coef"]) and numbers["se"] > 0:
            del numbers["confidence"]
            return {**nothing, **numbers, "site": site.name, "used": True, "note": note}
    return {**nothing, "site": site.name, "used": False, "note": _reason(site.estimates, key)}


def _numbers(estimates: pd.DataFrame, key: Comparison) -> Counts | None:
    own = estimates
    for name, value in key._asdict().items():
        own = own[own[name] == value]
    rows = {row["statistic"]: row for row in own.to_dict("records")}
    if "hr" not in rows or np.isnan(rows["hr"]["estimate"]):
        return None
    ratio = rows["hr"]
    found = {name: ratio[name] for name in ("lower", "upper", "confidence", "n", "events")}
    coef, error = (rows[name]["estimate"] if name in rows else NAN for name in ("coef", "se"))
    return {"hr": ratio["estimate"], "coef": coef, "se": error, **found}


def _reason(estimates: pd.DataFrame, key: Comparison) -> str:
    same = estimates[
        estimates["endpoint"].eq(key.endpoint)
        & estimates["population"].eq(key.population)
        & estimates["model"].isin([key.model, FIRTH[key.model]])
    ]
    there = same[same["term"].eq(key.term) & same["level"].eq(key.level) & same["statistic"].eq("hr")]
    if len(there):
        return WITHHELD
    refused = same[same["statistic"].eq("not_fitted") & same["term"].isin([key.term, ""])]
    return str(refused["method"].iloc[0]) if len(refused) else ABSENT


def _pooled(used: Sequence[Counts], settings: FederationSettings) -> Pooled:
    y, error = (np.array([item[name] for item in used]) for name in ("coef", "se"))
    return random_effects(
        y, error, estimator=settings.estimator, hartung_knapp=settings.hartung_knapp, confidence=settings.confidence
    )


def two_stage(estimates: pd.DataFrame, settings: FederationSettings) -> Iterator[Row]:
    """Yield the pooled rows of `site_estimates`: model `two_stage|<model>`.

    Per comparison: hr, coef and se of the random-effects mean, common_hr, prediction (limits of the hazard ratio in a
    further hospital), tau2 and i2 with Q-profile limits, h2 and q. `n` and `events` are those of the hospitals that are
    pooled, missing where one of them does not tell.
    """
    for values, own in estimates.groupby(list(KEYS), sort=False):
        key = Comparison(*map(str, values))
        used = own[own["used"]].to_dict("records")
        keys = {**key._asdict(), "model": f"{TWO_STAGE}|{key.model}"}
        totals: Counts = {name: float(sum(item[name] for item in used)) if used else NAN for name in ("n", "events")}
        if len(used) < 2:
            said = f"Not pooled: {len(used)} of {len(own)} hospitals have an estimate."
            yield from placed([not_fitted(said, **totals)], **keys)
        else:
            yield from placed(
                _rows([{str(k): v for k, v in item.items()} for item in used], len(own), totals, settings), **keys
            )


def _rows(used: Sequence[Counts], of: int, totals: Counts, settings: FederationSettings) -> Iterator[Row]:
    found = _pooled(used, settings)
    between = found.heterogeneity
    which = f"{len(used)} of {of} hospitals"
    words = f"random effects ({settings.estimator}), {_WORDS[settings.hartung_knapp]}, {which}"
    if found.guarded:
        words += "; the factor was below 1 and is taken as 1"
    limits: Counts = {"confidence": settings.confidence, "method": words, **totals}
    ratio, low, high = _exp(found.estimate, found.lower, found.upper)
    yield Row("hr", ratio, low, high, p=found.p, **limits)
    yield Row("coef", found.estimate, found.lower, found.upper, p=found.p, **limits)
    yield Row("se", found.std_error, method=words, **totals)
    y, error = (np.array([item[name] for item in used]) for name in ("coef", "se"))
    mean, _, lower, upper = common_effect(y, error, settings.confidence)
    common: Counts = {"confidence": settings.confidence, "method": f"common effect, inverse variance, {which}"}
    ratio, low, high = _exp(mean, lower, upper)
    yield Row("common_hr", ratio, low, high, **common, **totals)
    further: Counts = {"confidence": settings.confidence, **totals}
    if np.isfinite(found.prediction_lower):
        said = f"prediction interval, t with {len(used) - 2} degrees of freedom, {which}"
        low, ratio, high = _exp(found.prediction_lower, found.estimate, found.prediction_upper)
        yield Row("prediction", ratio, low, high, method=said, **further)
    else:
        yield Row("prediction", method="No prediction interval: it needs three hospitals.", **further)
    profile = f"{settings.estimator}, Q-profile interval, {which}"
    spread: Counts = {"confidence": settings.confidence, "method": profile, **totals}
    yield Row("tau2", between.tau2, between.tau2_lower, between.tau2_upper, **spread)
    yield Row("i2", between.i2, between.i2_lower, between.i2_upper, **spread)
    yield Row("h2", between.h2, method=profile, **totals)
    yield Row("q", between.q, p=between.p, method=f"Cochran's Q, {between.df} degrees of freedom", **totals)


def _exp(*values: float) -> tuple[float, float, float]:
    first, second, third = (float(np.exp(value)) for value in values)
    return first, second, third
