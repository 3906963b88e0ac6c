"""Primary or acquired resistance to the first ICI: six published definitions and readings.

A preset is a list of rules, the first that holds decides. Every class comes with its reason. Classes: primary,
acquired, unclassified (between the classes of the definition), not_evaluable (treated too briefly), late_progression
(too long after the last dose), not_acquired (schoenfeld_2021 only).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.settings.classes import ResistanceSettings
from rechallenge.tables import TEXT

COLUMNS: Final = ("resistance", "resistance_reason")
# What `unclassified` of the settings is about: late_progression and not_acquired are classes.
WITHOUT_CLASS: Final = ("unclassified", "not_evaluable")


@dataclass(frozen=True)
class Rule:
    """The patients for whom it holds (true/false per row), and what they are called, and why."""

    holds: pd.Series
    name: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What definitions ask about each patient, as true/false per row.

    An imputed last dose is a limit: the true one is not later. It decides where it can (an exposure that is too
    short at most is too short); where it cannot, `long` and `late` are false and `*_undecided` is true.
    """

    everyone: pd.Series
    best_response: pd.Series
    responder: pd.Series
    response_known: pd.Series
    long: pd.Series
    short: pd.Series
    long_undecided: pd.Series
    exposed_long: pd.Series
    exposed_undecided: pd.Series
    late: pd.Series
    late_undecided: pd.Series
    gates: tuple[Rule, ...]

    @property
    def unrecorded(self) -> Rule:
        """Nothing on record says what the best response was."""
        known = self.best_response.isin(["CR", "PR", "SD", "PD"])
        return Rule(~known, "unclassified", "response_not_recorded")

    @property
    def progressive(self) -> pd.Series:
        """Best response PD."""
        return self.best_response.eq("PD")

    @property
    def stable(self) -> pd.Series:
        """Best response SD."""
        return self.best_response.eq("SD")

    @property
    def controlled(self) -> pd.Series:
        """Best response CR, PR or SD."""
        return self.best_response.isin(["CR", "PR", "SD"])


def classify_resistance(rows: pd.DataFrame, settings: ResistanceSettings) -> pd.DataFrame:
    """Return resistance and resistance_reason, missing class and `no_index_progression` where there was none.

    Columns of `rows`: days_to_progression (first dose to index progression), exposure_days (first to last dose, at
    most index progression), days_since_last_dose (last dose to index progression), first_ici_end_imputed,
    best_response, responder, response_known, progression_confirmed. `settings` are resolved; each preset's function
    states its definition and source, and how each setting enters. `unclassified: primary` or `acquired` gives that
    class to those without one (WITHOUT_CLASS) and leaves their reason; late_progression and not_acquired stay.
    """
    evidence = _evidence(rows, settings)
    rules = PRESETS[settings.preset](evidence)
    masks = [rule.holds.to_numpy(dtype=bool) for rule in rules]
    found = pd.DataFrame(
        {
            "resistance": np.select(masks, [rule.name for rule in rules], default=""),
            "resistance_reason": np.select(masks, [rule.reason for rule in rules], default=""),
        },
        index=rows.index,
        dtype="object",
    )
    if settings.unclassified in ("primary", "acquired"):
        found["resistance"] = found["resistance"].mask(found["resistance"].isin(WITHOUT_CLASS), settings.unclassified)
    progressed = rows["days_to_progression"].notna()
    found["resistance"] = found["resistance"].where(progressed)
    found["resistance_reason"] = found["resistance_reason"].where(progressed, "no_index_progression")
    return found.astype(TEXT)


def _evidence(rows: pd.DataFrame, settings: ResistanceSettings) -> Evidence:
    cutoff, window = settings.cutoff_days, settings.window_after_last_dose_days
    exposure, since, imputed = rows["exposure_days"], rows["days_since_last_dose"], rows["first_ici_end_imputed"]
    by_dose = settings.clock == "last_dose"
    time = exposure if by_dose else rows["days_to_progression"]
    undecided = imputed & (time >= cutoff) & by_dose
    beyond = time >= cutoff if settings.boundary == ">=" else time > cutoff
    windowed = window is not None and window != "none"
    late = since > (window if windowed else np.inf)
    return Evidence(
        everyone=pd.Series(True, index=rows.index),
        best_response=rows["best_response"],
        responder=rows["responder"],
        response_known=rows["response_known"],
        long=beyond & ~undecided,
        short=time < cutoff,
        long_undecided=undecided,
        exposed_long=(exposure >= cutoff) & ~imputed,
        exposed_undecided=(exposure >= cutoff) & imputed,
        late=late,
        late_undecided=imputed & ~late & windowed,
        gates=_gates(rows, settings),
    )


def _gates(rows: pd.DataFrame, settings: ResistanceSettings) -> tuple[Rule, ...]:
    """The settings that stand before every definition: minimum exposure and confirmation."""
    least = settings.minimum_exposure_days or 0
    unconfirmed = ~rows["progression_confirmed"] & (settings.confirmation == "required")
    return (
        Rule((rows["exposure_days"] < least) & (least > 0), "not_evaluable", "exposure_too_short"),
        Rule(rows["first_ici_end_imputed"] & (least > 0), "unclassified", "last_dose_not_recorded"),
        Rule(unconfirmed, "unclassified", "progression_not_confirmed"),
    )


def _after_last_dose(seen: Evidence) -> tuple[Rule, ...]:
    """The window after the last dose, for definitions in which a late progression is no resistance at all."""
    return (
        Rule(seen.late, "late_progression", "progression_after_window"),
        Rule(seen.late_undecided, "unclassified", "last_dose_not_recorded"),
    )


def _gates_and_window(seen: Evidence) -> tuple[Rule, ...]:
    """Exposure, then the window, then confirmation: a late progression need not be confirmed to be late."""
    *exposure, confirmation = seen.gates
    return (*exposure, *_after_last_dose(seen), confirmation)


def index_inclusive(seen: Evidence) -> list[Rule]:
    """Acquired: response OR at least the cutoff (182.625 days); primary: neither.

    The reading that reconciles the figures of the index study (Xu 2023): 55% acquired with a median time to
    progression of 5.2 months. Without any record of response a short time is `unclassified`, not primary.
    """
    return [
        *_gates_and_window(seen),
        Rule(seen.responder, "acquired", "objective_response"),
        Rule(seen.long, "acquired", "at_least_cutoff"),
        Rule(seen.long_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(~seen.response_known, "unclassified", "response_not_recorded"),
        Rule(seen.everyone, "primary", "no_response_below_cutoff"),
    ]


def index_literal(seen: Evidence) -> list[Rule]:
    """Primary: no response AND below the cutoff; acquired: response AND above it; all else unclassified.

    The words of the index study (Xu 2023, Methods), taken literally. Exactly the cutoff is neither, unless the
    boundary of the acquired side is `>=`.
    """
    return [
        *_gates_and_window(seen),
        Rule(~(seen.response_known | seen.responder), "unclassified", "response_not_recorded"),
        Rule(seen.responder & seen.long, "acquired", "response_above_cutoff"),
        Rule(~seen.responder & seen.short, "primary", "no_response_below_cutoff"),
        Rule(seen.long_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(seen.responder, "unclassified", "response_not_above_cutoff"),
        Rule(seen.everyone, "unclassified", "no_response_not_below_cutoff"),
    ]


def sitc_2020(seen: Evidence) -> list[Rule]:
    """Primary: best response PD, or SD below the cutoff; acquired: CR, PR or SD above it, treated at least as long.

    SITC Immunotherapy Resistance Taskforce (Kluger 2020, JITC 8:e000398, Table 1). Exposure below 6 weeks is not
    evaluable; progression more than 12 weeks after the last dose is a class apart; a confirmatory scan at least 4
    weeks later is required unless deterioration is rapid. The table leaves open: a response below the cutoff, an
    exposure below it, and exactly the cutoff; they are unclassified. PD without an evaluable scan before it is PD as
    best response (RECIST 1.1) whenever it comes. An imputed last dose shows neither 6 weeks nor 6 months of exposure.
    """
    return [
        *_gates_and_window(seen),
        seen.unrecorded,
        Rule(seen.progressive, "primary", "progression_as_best_response"),
        Rule(seen.stable & seen.short, "primary", "stable_disease_below_cutoff"),
        Rule(seen.long & seen.exposed_long, "acquired", "disease_control_above_cutoff"),
        Rule(seen.short, "unclassified", "response_below_cutoff"),
        Rule(seen.exposed_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(~seen.long, "unclassified", "exactly_cutoff"),
        Rule(seen.everyone, "unclassified", "exposure_below_cutoff"),
    ]


def sitc_applied(seen: Evidence) -> list[Rule]:
    """Primary: PD as best response, or CR, PR or SD below 180 days; acquired: CR, PR or SD for 180 days or more.

    The SITC criteria as cohort studies in JITC apply them. Acquired needs progression on the drug or at most 12 weeks
    after the last dose; later, it is a class apart. The window limits the acquired side only: early progression is
    primary even after treatment was stopped. The two sides leave no gap, so exactly the cutoff is primary under `>`.
    """
    return [
        *seen.gates,
        seen.unrecorded,
        Rule(seen.progressive, "primary", "progression_as_best_response"),
        Rule(seen.long_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(~seen.long, "primary", "disease_control_below_cutoff"),
        *_after_last_dose(seen),
        Rule(seen.everyone, "acquired", "disease_control_at_least_cutoff"),
    ]


def sitc_combination(seen: Evidence) -> list[Rule]:
    """Primary: progression at the cutoff (6 months) or earlier, whatever the response; acquired: later.

    SITC consensus on resistance to ICI with chemotherapy. Exposure below 6 weeks is not evaluable. Response is not
    asked for, so none need be on record.
    """
    return [
        *_gates_and_window(seen),
        Rule(seen.long_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(seen.long, "acquired", "cutoff_passed"),
        Rule(seen.everyone, "primary", "cutoff_not_passed"),
    ]


def schoenfeld_2021(seen: Evidence) -> list[Rule]:
    """Acquired: objective response, and progression at most 6 months after the last dose; all else not_acquired.

    Schoenfeld 2021 (Ann Oncol), which excludes SD and defines no primary class. Time to progression is not asked for,
    so cutoff, boundary and clock have no effect; a window of `none` accepts every responder who progressed.
    """
    return [
        *seen.gates,
        Rule(seen.responder & seen.late, "not_acquired", "progression_after_window"),
        Rule(seen.responder & seen.late_undecided, "unclassified", "last_dose_not_recorded"),
        Rule(seen.responder, "acquired", "response_and_progression_within_window"),
        seen.unrecorded,
        Rule(seen.stable, "not_acquired", "stable_disease"),
        Rule(seen.everyone, "not_acquired", "no_response"),
    ]


PRESETS: Final[dict[str, Callable[[Evidence], list[Rule]]]] = {
    "index_inclusive": index_inclusive,
    "index_literal": index_literal,
    "sitc_2020": sitc_2020,
    "sitc_applied": sitc_applied,
    "sitc_combination": sitc_combination,
    "schoenfeld_2021": schoenfeld_2021,
}
