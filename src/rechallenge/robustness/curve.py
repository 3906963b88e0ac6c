"""The specification curve: shards of specifications, gathered, and their summary as rows of the results table."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rechallenge import results
from rechallenge.estimates.rows import NAN, Counts, Row, placed
from rechallenge.settings.choices import MODEL, MODELS, Choices

Array = NDArray[np.float64]
PLACE: Final = "place"
NUMBERS: Final = tuple(name for name in results.NUMBERS["specification_curve"] if name != PLACE)
CURVE_MODEL: Final = "specification_curve"
_BEFORE, _AFTER = ("id", "effect"), (MODEL, "main", *NUMBERS, "reason")


def columns(choices: Choices) -> list[str]:
    """Return the columns of the table of specifications; a choice that does not matter to an effect is empty there."""
    return [*_BEFORE, *(key for key in choices if key != MODEL), *_AFTER]


def choices_of(table: pd.DataFrame) -> list[str]:
    """Return the choices of a table of specifications, the model last."""
    return [*(name for name in table.columns if name not in (*_BEFORE, *_AFTER)), MODEL]


def gathered(shards: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the whole table by place, whatever the shards; empty, with its columns, without shards.

    Raises ValueError where a specification is missing, or is there twice.
    """
    if not shards:
        return pd.DataFrame(columns=columns({})).astype({"main": bool, **dict.fromkeys(NUMBERS, "float64")})
    table = pd.concat([shard for shard in shards if len(shard)] or list(shards[:1]), ignore_index=True)
    table = table.sort_values(PLACE, kind="stable", ignore_index=True)
    if table[PLACE].tolist() != list(range(1, len(table) + 1)) or table["id"].duplicated().any():
        raise ValueError(f"the shards hold {len(table)} specifications, which are not all of them once")
    return table.drop(columns=PLACE)


def summary(table: pd.DataFrame, confidence: float, analysis: str) -> Iterator[Row]:
    """Return the rows of the results table that describe the curve of each effect.

    The sign is that of the main analysis (of the declared model, where both were run), or of the median hazard ratio
    where the main analysis is not among the specifications. Shares are of those with a hazard ratio. They describe how
    far a result depends on definitions; specifications share their patients, so no share is a test. A small P is one
    under 1 - `confidence`.
    """
    keys = {"analysis": analysis, "endpoint": "PFS", "population": "rechallenge", "model": CURVE_MODEL}
    for effect in table["effect"].unique():
        own = table[table["effect"].eq(effect)]
        # Where no definition makes anybody rechallenged there is nothing to describe.
        if own["n"].eq(0).all():
            continue
        yield from placed([*_distribution(own, confidence), *_shifts(own)], term=str(effect), **keys)


def _distribution(table: pd.DataFrame, confidence: float) -> Iterator[Row]:
    fitted = table[table["hr"].notna()]
    total, n = float(len(table)), float(len(fitted))
    why = "; ".join(f"{count} ({reason[:1].lower()}{reason[1:]})" for reason, count in _reasons(table))
    yield Row("specifications", total, n=total, method="combinations of the choices that can change the effect")
    yield Row("fitted", n, n=total, method=f"Without a hazard ratio: {why or 'none'}.")
    if not len(fitted):
        return
    ratio = fitted["hr"].to_numpy("float64")
    quantiles = np.exp(np.quantile(np.log(ratio), [0, 0.25, 0.5, 0.75, 1]))
    for statistic, value in zip(("hr_min", "hr_q1", "hr_median", "hr_q3", "hr_max"), quantiles, strict=True):
        yield Row(statistic, float(value), n=n, method="over the specifications with a hazard ratio")
    medians = fitted["median_difference"].dropna()
    said = "first class minus second, median over the specifications in which both medians are reached"
    middle = float(medians.median()) if len(medians) else NAN
    yield Row("median_difference_median", middle, n=float(len(medians)), method=said)
    sign, whose = _sign(fitted)
    alpha = alpha_of(confidence)
    same, small = np.sign(np.log(ratio)) == sign, fitted["p"].to_numpy("float64") < alpha
    below = f"P < {alpha:g}; descriptive: specifications share their patients, so this is no evidence"
    on_side = f"hazard ratio on the same side of 1 as {whose}"
    shares = (("same_sign", same, on_side), ("small_p", small, below))
    for statistic, held, method in (*shares, ("same_sign_and_small_p", same & small, f"{on_side}, and {below}")):
        yield replace(_share(statistic, held, method), confidence=confidence)


def alpha_of(confidence: float) -> float:
    """Return the level below which a P value counts as small: 0.05 with 0.95, free of rounding error."""
    return round(1 - confidence, 12)


def _share(statistic: str, held: NDArray[np.bool_], method: str) -> Row:
    counts: Counts = {"n": float(len(held)), "events": float(held.sum())}
    return Row(statistic, 100 * float(held.mean()), method=method, **counts)


def _reasons(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Why there is no hazard ratio, the most frequent reason first."""
    reasons = table.loc[table["hr"].isna(), "reason"].fillna("").str.removesuffix(".")
    counted = [(str(reason), int(count)) for reason, count in reasons.value_counts().items()]
    return sorted(counted, key=lambda item: (-item[1], item[0]))


def _sign(fitted: pd.DataFrame) -> tuple[float, str]:
    """The side of 1 to keep, and whose it is."""
    main = fitted[fitted["main"]]
    for model in reversed(MODELS):
        own = main.loc[main[MODEL].eq(model), "hr"]
        if len(own):
            return float(np.sign(np.log(own.iloc[0]))), f"the main analysis ({model})"
    return float(np.sign(np.log(fitted["hr"]).median())), "the median specification"


def _shifts(table: pd.DataFrame) -> Iterator[Row]:
    for key in choices_of(table):
        ranges = log_ranges(table, key)
        if len(ranges):
            shift, n = math.exp(float(ranges.mean())), float(len(ranges))
            method = "hazard ratio at the extreme values of this choice, geometric mean over the other choices"
            yield Row("shift", shift, level=key, n=n, method=method)


def log_ranges(table: pd.DataFrame, key: str) -> Array:
    """Return the largest minus the smallest log hazard ratio over the values of a choice, all others held.

    One number per combination of the others in which at least two values have a hazard ratio. An unadjusted
    specification stands for all definitions of the covariates that it does not have, so it is compared with each
    adjusted one.
    """
    keys = choices_of(table)
    rows = table.loc[table["hr"].notna() & table[key].notna() & table[key].ne(""), [*keys, "hr"]]
    rows = rows.assign(log=np.log(rows["hr"].to_numpy("float64")))
    others = [name for name in keys if name != key]
    if key == MODEL:
        return _between_models(rows, others)
    held = [rows[name].fillna("") for name in others] or [pd.Series("", index=rows.index)]
    found = rows["log"].groupby(held).agg(["min", "max", "size"])
    several = found["size"] > 1
    return (found["max"] - found["min"])[several].to_numpy("float64")


def _between_models(rows: pd.DataFrame, others: Sequence[str]) -> Array:
    plain, adjusted = (rows[rows[MODEL].eq(model)] for model in MODELS)
    shared = [name for name in others if plain[name].notna().any() and plain[name].ne("").any()]
    if not len(plain) or not len(adjusted):
        return np.empty(0)
    if not shared:
        return np.abs(adjusted["log"].to_numpy("float64") - float(plain["log"].iloc[0]))
    pairs = adjusted.merge(plain[[*shared, "log"]], on=shared, suffixes=("", "_plain"), validate="many_to_one")
    return np.abs((pairs["log"] - pairs["log_plain"]).to_numpy("float64"))
