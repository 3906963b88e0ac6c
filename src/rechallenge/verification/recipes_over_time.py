"""Calls of the R script for what changes with time: exposure, delayed entry, competing events, dating."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates import exposure
from rechallenge.verification import r_text as r
from rechallenge.verification.context import Context, Recipe, groups_of, prefix_of, subset, within_prefix


def exposed(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    """Rechallenge as an exposure in one call: the naive rows stand for those of the other models too."""
    known, _ = exposure.known_at_progression(context.settings.covariates, context.definitions.progression_pattern)
    months = r.vector(context.landmarks)
    limits = f"{context.interval}, {context.confidence}, {context.settings.few_events}"
    yield f"check_exposure({within_prefix(rows.iloc[0])}, d, {context.covariates(known)}, {months}, {limits})"


def at_landmarks(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for month in sorted(set(rows["at"].dropna())):
        limits = f"{r.number(month)}, {context.interval}, {context.confidence}"
        yield f"check_landmark({prefix_of(rows.iloc[0])}, d, {limits})"


def delayed_entry(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    months = r.vector(context.landmarks)
    reference = r.text(_reference(rows, "resistance"))
    limits = f"{reference}, {months}, {context.interval}, {context.confidence}"
    yield f'check_delayed_entry({within_prefix(rows.iloc[0])}, d, "resistance", {limits})'


def entry_check(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    yield f"check_entry({prefix_of(rows.iloc[0], rows['term'].iloc[0])}, d, {context.confidence})"


def incidence(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    months = r.vector(context.landmarks)
    limits = f"{months}, {context.interval}, {context.confidence}"
    for term, level in groups_of(rows):
        own = prefix_of(rows.iloc[0], term, level)
        yield f"check_incidence({own}, {subset(term, level)}, {_cause(rows)}, causes_of(d), {limits})"


def gray(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        own = prefix_of(rows.iloc[0], term)
        column = r.text(term.partition("|")[0])
        yield f"check_gray({own}, {subset(term, '')}, {column}, {_cause(rows)}, causes_of(d))"


def cause_specific(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        said = f"{_compared(rows, term)}, {_cause(rows)}, {context.confidence}"
        yield f"check_cause_specific({prefix_of(rows.iloc[0], term)}, {said})"


def fine_gray(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    for term in dict.fromkeys(rows["term"]):
        said = f"{_compared(rows, term)}, {_cause(rows)}, causes_of(d), {context.confidence}"
        yield f"check_fine_gray({prefix_of(rows.iloc[0], term)}, {said})"


def dating(rows: pd.DataFrame, context: Context) -> Iterator[str]:
    """The three datings in one call per group: the rows of the right end stand for the others too."""
    months = r.vector(context.landmarks)
    own, limits = within_prefix(rows.iloc[0]), f"{months}, {context.interval}, {context.confidence}"
    yield f"check_width({own}, d)"
    for term, level in groups_of(rows[rows["statistic"] == "n"]):
        yield f"check_dating({own}, {subset(term, level)}, {limits}, {r.text('/'.join(filter(None, (term, level))))})"
    for term in dict.fromkeys(rows.loc[rows["statistic"].isin(["hr", "weibull_hr"]), "term"]):
        yield f"check_dated_hazards({own}, {_compared(rows, term)}, {context.confidence})"


def _cause(rows: pd.DataFrame) -> str:
    return r.text(str(rows["model"].iloc[0]).partition("|")[2])


def _reference(rows: pd.DataFrame, term: str) -> str:
    found = rows.loc[rows["term"].eq(term) & rows["reference"].ne(""), "reference"]
    return str(found.iloc[0]) if len(found) else ""


def _compared(rows: pd.DataFrame, term: str) -> str:
    """The patients of a comparison, its column and its reference."""
    column = term.partition("|")[0]
    return f"{subset(term, '')}, {r.text(column)}, {r.text(_reference(rows, term))}"


def elsewhere(rows: pd.DataFrame, _: Context) -> Iterator[str]:
    """Rows that the call of another model compares."""
    yield f"# {rows['model'].iloc[0]}: with {OVERSEERS[str(rows['model'].iloc[0])]} above or below"


OVERSEERS: Final = {
    "exposure_time_dependent": "check_exposure",
    "exposure_adjusted": "check_exposure",
    "exposure_time_dependent_time_split": "check_exposure",
    "exposure_adjusted_time_split": "check_exposure",
    "exposure_mantel_byar": "check_exposure",
    "exposure_simon_makuch": "check_exposure",
    "immortal_time_bias": "check_exposure",
    "delayed_entry_ignored": "check_delayed_entry",
    "delayed_entry_time_split": "check_delayed_entry",
    "dating_midpoint": "check_dating",
    "dating_interval": "check_dating",
}
RECIPES: Final[dict[str, Recipe]] = {
    "exposure_naive": exposed,
    "exposure_landmark": at_landmarks,
    "delayed_entry": delayed_entry,
    "entry_check": entry_check,
    "cumulative_incidence": incidence,
    "gray": gray,
    "cause_specific": cause_specific,
    "fine_gray": fine_gray,
    "dating_right_end": dating,
    **dict.fromkeys(OVERSEERS, elsewhere),
}
