"""Words: the first ICI, eligibility, re-exposure, interval treatment."""

# ruff: noqa: E501
# Sentences stand on one line each.

from typing import Final

from rechallenge.report import words
from rechallenge.report.definitions.parts import (
    ESME,
    FIELD,
    PROJECT,
    Definition,
    Used,
    listed,
    sentences,
    source_of,
)

MONOTHERAPY: Final[dict[str, str]] = {
    "until_index_progression": "up to index progression (drugs added on or after it are treatment beyond progression)",
    "whole_exposure": "during the whole exposure",
}
PRECISION: Final[dict[str, str]] = {
    "day": "to the day",
    "month": "at least to the month",
    "year": "at least to the year",
}
KINDS: Final[dict[str, str]] = {
    "rechallenge": "rechallenge (after systemic therapy in between)",
    "resumption": "resumption (after a break)",
    "switch": "switch (directly to another ICI)",
}
AGENTS: Final[dict[str, str]] = {
    "any": "Any ICI counts.",
    "same": "Only the ICI given first counts.",
    "different": "Only an ICI other than the first counts.",
    "different_class": "Only an ICI of another class than the first (PD-1, PD-L1, CTLA-4 or bispecific) counts.",
}
RE_EXPOSURE_SOURCES: Final[dict[str, str]] = {
    "index": f"{FIELD}: the index study counts any later ICI after progression on the first",
    "gobbini_2020": "Gobbini 2020 (a gap of twelve weeks; general field knowledge, to be confirmed)",
    "wjog9616l": "WJOG9616L (2022)",
    "justeau_2025": ESME,
    "any_re_exposure": PROJECT,
}
INTERVAL_TREATMENT: Final[dict[str, str]] = {
    "systemic": "Any systemic antineoplastic that is not an ICI",
    "systemic_or_local": "Any systemic antineoplastic that is not an ICI, or radiotherapy, surgery or ablation",
}


def first_ici(used: Used) -> list[Definition]:
    """First ICI, monotherapy, end of a regimen, exposure."""
    window = used.number("episodes.combination_window_days")
    overlap = MONOTHERAPY[used.definitions.episodes.monotherapy_overlap]
    return [
        Definition(
            "First ICI",
            "The first exposure to an ICI ever recorded, in any line and with any intent. It is monotherapy when it is one ICI and no other systemic "
            f"antineoplastic overlaps it {overlap} or starts within {window} days of its first dose.",
            ("episodes.combination_window_days", "episodes.monotherapy_overlap"),
            PROJECT,
        ),
        Definition(
            "End of a regimen",
            "The latest last dose of its ICI; where that is missing, the earliest of next systemic start, death, last contact and cut-off, flagged.",
            (),
            PROJECT,
        ),
        Definition(
            "Exposure",
            f"Rows of one drug other than an ICI at most {used.number('episodes.exposure_gap_days')} days apart are one exposure.",
            ("episodes.exposure_gap_days",),
            PROJECT,
        ),
    ]


def eligibility(used: Used) -> list[Definition]:
    """The criteria, advanced disease and minimum data."""
    own = used.definitions.eligibility
    required = used.definitions.re_exposure.progression_required
    criteria = "; ".join(
        words.lower_first(words.criterion(name))
        + (" (met by everybody, since it is not required)" if name == "index_progression" and not required else "")
        for name in own.criteria
    )
    dated = "the first ICI, index progression and rechallenge" if required else "the first ICI and rechallenge"
    stage = (
        "An undivided stage III counts as advanced."
        if own.accept_undivided_stage_iii
        else "An undivided stage III cannot be evaluated."
    )
    return [
        Definition(
            "Eligibility",
            f"All of these, in this order: {criteria}. A criterion that cannot be evaluated is not met.",
            ("eligibility.criteria",),
            PROJECT,
        ),
        Definition(
            "Advanced disease",
            f"Stage IIIB or higher at the first ICI, or recurrence or metastasis after an earlier stage. {stage}",
            ("eligibility.accept_undivided_stage_iii",),
            PROJECT,
        ),
        Definition(
            "Minimum data",
            f"Start of {dated} dated {PRECISION[own.minimum_date_precision]}, and follow-up to at "
            "least rechallenge. No covariate, lesion count or later scan is required.",
            ("eligibility.minimum_date_precision",),
            PROJECT,
        ),
    ]


def re_exposure(used: Used) -> list[Definition]:
    """Rechallenge, treatment beyond progression, kinds of re-exposure, interval treatment."""
    continuation = used.number("episodes.continuation_gap_days")
    window = used.number("episodes.combination_window_days")
    interval = INTERVAL_TREATMENT[used.definitions.interval_treatment.preset]
    return [
        _rechallenge(used),
        Definition(
            "Treatment beyond progression",
            f"The same ICI continued, or restarted within {continuation} days of its last dose, even where drugs are added. Not rechallenge; recorded apart.",
            ("episodes.continuation_gap_days",),
            PROJECT,
        ),
        Definition(
            "Kind of re-exposure",
            f"Rechallenge: after systemic therapy in between. Switch: without it, to another ICI within {continuation} days of the last ICI dose. Resumption: any other. {_kinds(used)}",
            ("re_exposure.kinds", "episodes.continuation_gap_days"),
            ESME,
        ),
        Definition(
            "Interval treatment",
            f"{interval}, started after the last dose of the first ICI and more than {window} days before rechallenge (a later start belongs to the rechallenge regimen).",
            ("interval_treatment.preset", "episodes.combination_window_days"),
            PROJECT,
        ),
    ]


def _rechallenge(used: Used) -> Definition:
    own = used.definitions.re_exposure
    window = used.number("episodes.combination_window_days")
    when = (
        "on or after index progression"
        if own.progression_required
        else f"more than {window} days after the first dose of the first ICI (progression before it is not required)"
    )
    before = (
        "A restart of the first ICI before index progression continues it."
        if own.progression_required
        else "A restart of the first ICI without progression is a re-exposure and no part of the first ICI."
    )
    gap = (
        f"At least {used.number('re_exposure.minimum_gap_days')} days without an ICI must lie before it, from the last dose of the first ICI or of a later one."
        if own.minimum_gap_days
        else "No other gap is required."
    )
    return Definition(
        "Rechallenge",
        sentences(
            f"The first ICI-containing regimen that counts, starting {when} and inside the study window, both ends included.",
            f"The same ICI counts only more than {used.number('episodes.continuation_gap_days')} days after its last dose, or after another ICI.",
            gap,
            AGENTS[own.agents],
            before,
        ),
        (
            "re_exposure.preset",
            "re_exposure.minimum_gap_days",
            "re_exposure.progression_required",
            "re_exposure.agents",
            "episodes.continuation_gap_days",
        ),
        source_of(own, RE_EXPOSURE_SOURCES),
    )


def _kinds(used: Used) -> str:
    counted = used.definitions.re_exposure.kinds
    if counted is None or set(counted) == set(KINDS):
        return "Recorded; it never decides who is in."
    return f"Only these are eligible: {listed([KINDS[kind] for kind in KINDS if kind in counted], 'or')}."
