"""Words: the first ICI, eligibility, re-exposure, interval treatment."""

# Sentences stand on one line each.

from typing import Final

from rechallenge.language import N_, tr
from rechallenge.punctuation import listed_or, separated
from rechallenge.report import words
from rechallenge.report.definitions.parts import (
    ESME,
    FIELD,
    PROJECT,
    Definition,
    Used,
    sentences,
    source_of,
)

MONOTHERAPY: Final[dict[str, str]] = {
    "until_index_progression": N_(
        "up to index progression (drugs added on or after it are treatment beyond progression)"
    ),
    "whole_exposure": N_("during the whole exposure"),
}
PRECISION: Final[dict[str, str]] = {
    "day": N_("to the day"),
    "month": N_("at least to the month"),
    "year": N_("at least to the year"),
}
KINDS: Final[dict[str, str]] = {
    "rechallenge": N_("rechallenge (after systemic therapy in between)"),
    "resumption": N_("resumption (after a break)"),
    "switch": N_("switch (directly to another ICI)"),
}
AGENTS: Final[dict[str, str]] = {
    "any": N_("Any ICI counts."),
    "same": N_("Only the ICI given first counts."),
    "different": N_("Only an ICI other than the first counts."),
    "different_class": N_("Only an ICI of another class than the first (PD-1, PD-L1, CTLA-4 or bispecific) counts."),
}
RE_EXPOSURE_SOURCES: Final[dict[str, str]] = {
    "index": f"{FIELD}: the index study counts any later ICI after progression on the first",
    "gobbini_2020": N_("Gobbini 2020 (a gap of twelve weeks; general field knowledge, to be confirmed)"),
    "wjog9616l": N_("WJOG9616L (2022)"),
    "justeau_2025": ESME,
    "any_re_exposure": PROJECT,
}
INTERVAL_TREATMENT: Final[dict[str, str]] = {
    "systemic": N_("Any systemic antineoplastic that is not an ICI"),
    "systemic_or_local": N_("Any systemic antineoplastic that is not an ICI, or radiotherapy, surgery or ablation"),
}


def first_ici(used: Used) -> list[Definition]:
    """First ICI, monotherapy, end of a regimen, exposure."""
    window = used.number("episodes.combination_window_days")
    overlap = MONOTHERAPY[used.definitions.episodes.monotherapy_overlap]
    return [
        Definition(
            tr("First ICI"),
            tr(
                "The first exposure to an ICI ever recorded, in any line and with any intent. It is monotherapy when it is one ICI and no other systemic antineoplastic overlaps it {overlap} or starts within {window} days of its first dose.",
                overlap=overlap,
                window=window,
            ),
            ("episodes.combination_window_days", "episodes.monotherapy_overlap"),
            PROJECT,
        ),
        Definition(
            tr("End of a regimen"),
            tr(
                "The latest last dose of its ICI; where that is missing, the earliest of next systemic start, death, last contact and cut-off, flagged."
            ),
            (),
            PROJECT,
        ),
        Definition(
            tr("Exposure"),
            tr(
                "Rows of one drug other than an ICI at most {number} days apart are one exposure.",
                number=used.number("episodes.exposure_gap_days"),
            ),
            ("episodes.exposure_gap_days",),
            PROJECT,
        ),
    ]


def eligibility(used: Used) -> list[Definition]:
    """The criteria, advanced disease and minimum data."""
    own = used.definitions.eligibility
    required = used.definitions.re_exposure.progression_required
    criteria = separated(
        words.lower_first(words.criterion(name))
        + (tr(" (met by everybody, since it is not required)") if name == "index_progression" and not required else "")
        for name in own.criteria
    )
    dated = tr("the first ICI, index progression and rechallenge") if required else tr("the first ICI and rechallenge")
    stage = (
        tr("An undivided stage III counts as advanced.")
        if own.accept_undivided_stage_iii
        else tr("An undivided stage III cannot be evaluated.")
    )
    return [
        Definition(
            tr("Eligibility"),
            tr(
                "All of these, in this order: {criteria}. A criterion that cannot be evaluated is not met.",
                criteria=criteria,
            ),
            ("eligibility.criteria",),
            PROJECT,
        ),
        Definition(
            tr("Advanced disease"),
            tr(
                "Stage IIIB or higher at the first ICI, or recurrence or metastasis after an earlier stage. {stage}",
                stage=stage,
            ),
            ("eligibility.accept_undivided_stage_iii",),
            PROJECT,
        ),
        Definition(
            tr("Minimum data"),
            tr(
                "Start of {dated} dated {precision}, and follow-up to at least rechallenge. No covariate, lesion count or later scan is required.",
                dated=dated,
                precision=PRECISION[own.minimum_date_precision],
            ),
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
            tr("Treatment beyond progression"),
            tr(
                "The same ICI continued, or restarted within {continuation} days of its last dose, even where drugs are added. Not rechallenge; recorded apart.",
                continuation=continuation,
            ),
            ("episodes.continuation_gap_days",),
            PROJECT,
        ),
        Definition(
            tr("Kind of re-exposure"),
            tr(
                "Rechallenge: after systemic therapy in between. Switch: without it, to another ICI within {continuation} days of the last ICI dose. Resumption: any other. {kinds}",
                continuation=continuation,
                kinds=_kinds(used),
            ),
            ("re_exposure.kinds", "episodes.continuation_gap_days"),
            ESME,
        ),
        Definition(
            tr("Interval treatment"),
            tr(
                "{interval}, started after the last dose of the first ICI and more than {window} days before rechallenge (a later start belongs to the rechallenge regimen).",
                interval=interval,
                window=window,
            ),
            ("interval_treatment.preset", "episodes.combination_window_days"),
            PROJECT,
        ),
    ]


def _rechallenge(used: Used) -> Definition:
    own = used.definitions.re_exposure
    window = used.number("episodes.combination_window_days")
    when = (
        tr("on or after index progression")
        if own.progression_required
        else tr(
            "more than {window} days after the first dose of the first ICI (progression before it is not required)",
            window=window,
        )
    )
    before = (
        tr("A restart of the first ICI before index progression continues it.")
        if own.progression_required
        else tr("A restart of the first ICI without progression is a re-exposure and no part of the first ICI.")
    )
    gap = (
        tr(
            "At least {number} days without an ICI must lie before it, from the last dose of the first ICI or of a later one.",
            number=used.number("re_exposure.minimum_gap_days"),
        )
        if own.minimum_gap_days
        else tr("No other gap is required.")
    )
    return Definition(
        tr("Rechallenge"),
        sentences(
            tr(
                "The first ICI-containing regimen that counts, starting {when} and inside the study window, both ends included.",
                when=when,
            ),
            tr(
                "The same ICI counts only more than {number} days after its last dose, or after another ICI.",
                number=used.number("episodes.continuation_gap_days"),
            ),
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
        return tr("Recorded; it never decides who is in.")
    return tr("Only these are eligible: {listed}.", listed=listed_or(KINDS[kind] for kind in KINDS if kind in counted))
