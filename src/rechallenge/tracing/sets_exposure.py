"""The patients of rechallenge as an exposure that comes with time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import exposure, landmark, time_split
from rechallenge.estimates.design import values_of
from rechallenge.tracing.analysis import Analysis, Estimate, Recipe
from rechallenge.tracing.chosen import Chosen, Traced
from rechallenge.tracing.sets_survival import HAPPENED, at_risk

_EVER: Final = "rechallenged while under observation"
_OF_ALL: Final = frozenset({"hr", "coef", "se", "ph_chi2", "ph_p", "chi2", "p", "not_fitted"})
_SPLIT: Final = f"_{time_split.SPLIT}"


def _marked(row: Estimate, analysis: Analysis) -> Chosen:
    every = analysis.times(row)
    return replace(every, frame=exposure.with_exposure(every.frame))


def naive(row: Estimate, analysis: Analysis) -> Traced:
    """Those ever and those never rechallenged, from progression on."""
    every = _marked(row, analysis)
    if row.statistic in _OF_ALL:
        return Traced(every)
    chosen = every.of(exposure.EXPOSURE, row.level)
    if row.statistic == "events":
        return Traced(chosen, chosen.where(chosen.frame["event"].eq(1), HAPPENED))
    if row.statistic == "at_risk":
        return Traced(chosen, at_risk(chosen, row.at))
    return Traced(chosen)


def time_dependent(row: Estimate, analysis: Analysis) -> Traced:
    """Everybody who progressed, or who was ever in one of the two states; complete cases where it is adjusted."""
    every = _marked(row, analysis)
    if row.model.removesuffix(_SPLIT) == exposure.ADJUSTED:
        known, _ = exposure.known_at_progression(analysis.settings.covariates, analysis.definitions.progression_pattern)
        complete = every
        for covariate in known:
            complete = complete.where(values_of(complete.frame, covariate).notna(), f"{covariate.name} is known")
        if row.statistic == "dropped":
            outside = ~every.frame["patient_id"].isin(complete.frame["patient_id"])
            return Traced(complete, every.where(outside, "without a covariate of the model"))
        return Traced(complete)
    if not row.level or row.reference or row.statistic in _OF_ALL:
        return Traced(every)
    split = exposure.counting_rows(every.frame)
    own = split[split["exposed"].eq(1) if row.level == exposure.EVER else split["exposed"].eq(0)]
    said = "under observation after a rechallenge" if row.level == exposure.EVER else "before or without a rechallenge"
    chosen = every.where(every.frame["patient_id"].isin(own["patient_id"]), f"ever {said}")
    if row.statistic == "events":
        died = own.loc[own["event"].eq(1), "patient_id"]
        return Traced(chosen, chosen.where(chosen.frame["patient_id"].isin(died), f"with the event {said}"))
    return Traced(chosen)


def simon_makuch(row: Estimate, analysis: Analysis) -> Traced:
    """Those under observation in a state after the day on which both curves start."""
    every = _marked(row, analysis)
    split = exposure.counting_rows(every.frame)
    exposed = split[split["exposed"] == 1]
    if row.statistic == "starts":
        inside = every.frame["patient_id"].isin(exposed["patient_id"])
        return Traced(every.where(inside, "ever under observation after a rechallenge"))
    begins = exposure.curves_begin(exposed, analysis.settings.few_events) or 0.0
    state = split["exposed"].eq(1 if row.level == exposure.EVER else 0)
    own = split[state & (split["days"] > begins)]
    said = f"exposure is {row.level} after day {begins:g} since progression"
    chosen = every.where(every.frame["patient_id"].isin(own["patient_id"]), said)
    if row.statistic == "events":
        died = own.loc[own["event"].eq(1), "patient_id"]
        return Traced(chosen, chosen.where(chosen.frame["patient_id"].isin(died), "with the event in this state"))
    return Traced(chosen)


def waiting(row: Estimate, analysis: Analysis) -> Traced:
    """Those who waited for a rechallenge that came."""
    every = _marked(row, analysis)
    return Traced(every.where(every.frame[exposure.EXPOSURE].eq(exposure.EVER), _EVER))


def everybody(row: Estimate, analysis: Analysis) -> Traced:
    """All who progressed and have a time from then on."""
    return Traced(_marked(row, analysis))


def at_landmark(row: Estimate, analysis: Analysis) -> Traced:
    """Those under observation after a landmark, by whether they had been rechallenged by then."""
    every = _marked(row, analysis)
    day = row.at * DAYS_PER_MONTH
    after = every.frame["days"] > day
    marks = landmark.at_landmark(every.frame, row.at)
    chosen = every.where(after, f"alive and under observation after {row.at:g} months")
    chosen = replace(chosen, frame=marks)
    if row.statistic == "left_out":
        ended = 1 if row.level == "died" else 0
        gone = ~after & every.frame["event"].eq(ended)
        return Traced(chosen, every.where(gone, f"{row.level.replace('_', ' ')} by {row.at:g} months"))
    if row.statistic == "rechallenged_later":
        return Traced(chosen, chosen.where(marks["exposed_days"] > day, "rechallenged after the landmark"))
    if row.level and not row.reference and row.statistic in ("n", "events", "median"):
        chosen = chosen.of(landmark.BY_THEN, row.level)
        if row.statistic == "events":
            return Traced(chosen, chosen.where(chosen.frame["event"].eq(1), HAPPENED))
    return Traced(chosen)


RECIPES: Final[Mapping[str, Recipe]] = {
    exposure.NAIVE: naive,
    **dict.fromkeys(
        (
            exposure.TIME_DEPENDENT,
            f"{exposure.TIME_DEPENDENT}{_SPLIT}",
            exposure.ADJUSTED,
            f"{exposure.ADJUSTED}{_SPLIT}",
        ),
        time_dependent,
    ),
    exposure.MANTEL_BYAR: everybody,
    exposure.SIMON_MAKUCH: simon_makuch,
    exposure.BIAS: waiting,
    landmark.LANDMARK: at_landmark,
}
