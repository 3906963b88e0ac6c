"""The patients of curves, of tests between classes, and of what is said of one group or of two."""

from collections.abc import Mapping
from typing import Final

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import (
    comparison_methods,
    competing_events,
    delayed_entry,
    interval_censored,
    pfs_ratio,
    power,
    small_samples,
)
from rechallenge.estimates.plans import OVERALL, plans_of
from rechallenge.estimates.times import classes_of
from rechallenge.tracing.analysis import Analysis, Estimate, Recipe
from rechallenge.tracing.chosen import Chosen, Traced

HAPPENED: Final = "with the event"
# What a model of one column's classes gives; everything else of these models belongs to a group.
_COMPARING: Final = frozenset({"chi2", "p", "hr", "coef", "se", "shr", "weibull_hr", "ph_chi2", "ph_p"})


def curve(row: Estimate, analysis: Analysis) -> Traced:
    """Everybody under a curve, those with an event, those at risk at a time, or those who have no usable time."""
    chosen = analysis.times(row)
    if row.statistic == "left_out":
        return Traced(chosen, analysis.without_time(row))
    chosen = chosen.within(row.term, row.level)
    return Traced(chosen, _on_curve(chosen, row))


def _on_curve(chosen: Chosen, row: Estimate) -> Chosen | None:
    if row.statistic == "events":
        return chosen.where(chosen.frame["event"].eq(1), HAPPENED)
    return at_risk(chosen, row.at) if row.statistic == "at_risk" else None


def at_risk(chosen: Chosen, months: float) -> Chosen:
    """Return those at risk at a time: those at the next step of the curve, as `kaplan_meier.numbers_at_risk`."""
    days, entry = chosen.frame["days"], chosen.frame["entry_days"]
    later = days[days >= months * DAYS_PER_MONTH]
    step = later.min() if len(later) else float("inf")
    return chosen.where((days >= step) & (entry < step), f"at risk at {months:g} months")


def log_rank(row: Estimate, analysis: Analysis) -> Traced:
    """Those of a known class; everybody where the class is made of the very time that the curve shows."""
    every = analysis.times(row).within(row.term)
    column = row.term.partition("|")[0]
    plans = (plan for plan in plans_of(analysis.adtte) if plan.endpoint == row.endpoint)
    if any(column in plan.defined for plan in plans if plan.population == row.population):
        return Traced(every)
    known = every.classified_by(column)
    if row.statistic == "left_out":
        return Traced(known, every.where(classes_of(every.frame[column]).isna(), f"{column} is not known"))
    return Traced(known)


def compared(row: Estimate, analysis: Analysis) -> Traced:
    """Those of a known class of a term, of one level of it, or of a level and its reference."""
    chosen = analysis.times(row).within(row.term)
    column = row.term.partition("|")[0]
    chosen = chosen.classified_by(column)
    if row.model == comparison_methods.RESTRICTED and row.level:
        return Traced(
            _pair(chosen, column, row.level, row.reference) if row.reference else chosen.of(column, row.level)
        )
    if row.model == comparison_methods.PAIRWISE and row.level:
        return Traced(_pair(chosen, column, *row.level.split(" vs ")))
    if row.model != comparison_methods.STRATIFIED or (row.statistic == "not_fitted" and not analysis.settings.strata):
        return Traced(chosen)
    inside = chosen
    for name in analysis.settings.strata:
        inside = inside.classified_by(name)
    if row.statistic == "left_out":
        missing = ~chosen.frame["patient_id"].isin(inside.frame["patient_id"])
        return Traced(inside, chosen.where(missing, "without a known stratum"))
    return Traced(inside)


def _pair(chosen: Chosen, column: str, first: str, second: str) -> Chosen:
    classes = classes_of(chosen.frame[column])
    return chosen.where(classes.isin([first, second]), f"{column} is {first} or {second}")


def competing(row: Estimate, analysis: Analysis) -> Traced:
    """Groups of cumulative incidence, and those of a known class for tests and models of a cause."""
    chosen = analysis.times(row)
    cause = row.behind_bar
    if row.stem == competing_events.INCIDENCE:
        chosen = chosen.within(row.term, row.level)
        if row.statistic == "events":
            happened = chosen.frame["event"].eq(1) & chosen.frame["event_type"].eq(cause)
            return Traced(chosen, chosen.where(happened, f"with {cause} as the first event"))
        return Traced(chosen)
    if row.term == OVERALL:
        return Traced(chosen)
    return Traced(chosen.within(row.term).classified_by(row.term.partition("|")[0]))


def dating(row: Estimate, analysis: Analysis) -> Traced:
    """Groups under another date of progression, and those of a known class for hazard ratios."""
    chosen = analysis.times(row)
    if row.statistic == "median_width":
        return Traced(chosen)
    if row.reference or row.statistic == "not_fitted":
        return Traced(chosen if row.term == OVERALL else chosen.within(row.term).classified_by(row.term))
    return _group(chosen, row)


def entry(row: Estimate, analysis: Analysis) -> Traced:
    """Those under observation from rechallenge on, and the same patients with the waiting ignored."""
    chosen = analysis.times(row)
    if row.model == delayed_entry.CHECK:
        return Traced(chosen)
    if row.reference or row.statistic in {*_COMPARING, "not_fitted", "split_months", "time_split_chi2"}:
        return Traced(chosen.classified_by(row.term))
    return _group(chosen, row)


def _group(chosen: Chosen, row: Estimate) -> Traced:
    inside = chosen.within(row.term, row.level)
    counted = inside.where(inside.frame["event"].eq(1), HAPPENED) if row.statistic == "events" else None
    return Traced(inside, counted)


def ratio(row: Estimate, analysis: Analysis) -> Traced:
    """Those whose PFS after rechallenge can be divided by the time to progression on the first ICI."""
    every = analysis.times(row)
    known = every.frame["patient_id"].isin(pfs_ratio.with_ratio(every.frame)["patient_id"])
    chosen = every.where(known, "days_to_progression is more than 0")
    if row.statistic == "left_out":
        return Traced(chosen, every.where(~known, "days_to_progression is missing or 0: no ratio"))
    return Traced(chosen.within(row.term, row.level))


def detectable(row: Estimate, analysis: Analysis) -> Traced:
    """Those of the two classes, or of the four cells, whose events tell what could have been found."""
    chosen = analysis.times(row)
    first, _, second = row.term.partition("*")
    if not second:
        return Traced(_pair(chosen, first, row.level, row.reference))
    for place, column in enumerate((first, second)):
        own = (names.split("*")[place] for names in (row.level, row.reference))
        chosen = _pair(chosen, column, *own)
    return Traced(chosen)


def small_group(row: Estimate, analysis: Analysis) -> Traced:
    """The patients of a group that is small."""
    return Traced(analysis.times(row).within(row.term, row.level))


RECIPES: Final[Mapping[str, Recipe]] = {
    "kaplan_meier": curve,
    "reverse_kaplan_meier": curve,
    "log_rank": log_rank,
    **dict.fromkeys(
        (
            comparison_methods.WEIGHTED,
            comparison_methods.STRATIFIED,
            comparison_methods.PAIRWISE,
            comparison_methods.RESTRICTED,
            small_samples.PERMUTATION,
        ),
        compared,
    ),
    **dict.fromkeys((small_samples.BETA_PRODUCT, small_samples.ROTHMAN), small_group),
    **dict.fromkeys(
        (
            competing_events.INCIDENCE,
            competing_events.GRAY,
            competing_events.CAUSE_SPECIFIC,
            competing_events.FINE_GRAY,
        ),
        competing,
    ),
    **dict.fromkeys((interval_censored.RIGHT_END, interval_censored.MIDPOINT, interval_censored.INTERVAL), dating),
    **dict.fromkeys(
        (delayed_entry.ENTERED, delayed_entry.IGNORED, delayed_entry.ENTERED_SPLIT, delayed_entry.CHECK), entry
    ),
    pfs_ratio.MODEL: ratio,
    power.MODEL: detectable,
}
