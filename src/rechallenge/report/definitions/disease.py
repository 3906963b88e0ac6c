"""Words: progression and its confirmation, measured lesions, index progression, response, progression pattern."""

# Sentences stand on one line each.

from typing import Final

from rechallenge.language import N_, tr
from rechallenge.report.definitions.parts import (
    INDEX_STUDY,
    IRECIST,
    PROJECT,
    RECIST,
    Definition,
    Used,
    limited,
    sentences,
    source_of,
)

PROGRESSION_SOURCES: Final[dict[str, str]] = {
    "recist_1_1": RECIST,
    "irecist": IRECIST,
    "recist_1_1_confirmed": f"{RECIST}, with confirmation",
}
# Where progression must be confirmed.
UNCONFIRMED: Final[dict[str, str]] = {
    "ignored": N_("One that is not confirmed does not count."),
    "counts_unless_better": N_(
        "One that is not confirmed counts too, unless an evaluable assessment without progression follows, at the latest on the first day of "
        "the next systemic therapy."
    ),
}
PATTERN_SOURCES: Final[dict[str, str]] = {
    "index": f'{INDEX_STUDY} ("as many as three lesions" is systemic, "fewer than three" oligo); taken at progression on the first ICI by decision of this project',
    "hosoya_2021": N_("Hosoya 2021"),
    "heo_2021": N_("Heo 2021"),
    "eortc": N_("EORTC, of oligometastatic disease"),
    "esmo_2018": N_("ESMO 2018, of oligometastatic disease"),
    "index_at_rechallenge": f"{INDEX_STUDY}, read in the words of its conclusion (assumption of this project)",
}
MEASURED_AT: Final[dict[str, str]] = {
    "index_progression": N_("at index progression"),
    "rechallenge_progression": N_("at the first progression on rechallenge, before any other systemic therapy"),
}
CONDITIONS_ON_OUTCOME: Final = N_(
    "This conditions on the outcome: those who have not progressed have no pattern. For reproduction only; never a baseline covariate."
)
MISSING_COUNT: Final[dict[str, str]] = {
    "unknown": N_("A count that is missing, or a bound that does not decide, is unknown, never oligo-progression."),
    "oligo": N_(
        "A count that is missing, or a bound that does not decide, is taken as oligo-progression (the best case)."
    ),
    "systemic": N_(
        "A count that is missing, or a bound that does not decide, is taken as systemic progression (the worst case)."
    ),
}


def progression(used: Used) -> list[Definition]:
    """What counts as progression, and which one is index progression."""
    own = used.definitions.progression
    clinical = own.clinical == "counts"
    if own.confirmation == "required":
        latest = (
            tr(" and at most {number}", number=used.number("progression.confirmation_max_days"))
            if limited(own.confirmation_max_days)
            else ""
        )
        counted = (
            tr(
                "PD and iUPD count when progression is recorded again at least {number}{latest} days later, without an evaluable assessment free of progression in between; they are dated at the first record. iCPD counts by itself",
                number=used.number("progression.confirmation_min_days"),
                latest=latest,
            )
            + (tr(", and so does progression by clinical judgement. ") if clinical else ". ")
            + UNCONFIRMED[own.unconfirmed]
        )
    else:
        counted = tr("PD, iUPD and iCPD count when they are first recorded, on imaging") + (
            tr(" or by clinical judgement.") if clinical else "."
        )
    ignored = "" if clinical else tr("Progression by clinical judgement, without imaging, does not count.")
    return [
        Definition(
            tr("Progression"),
            sentences(
                counted,
                ignored,
                tr(
                    "A date of progression that the source gives for a treatment counts as it stands, unless an assessment of that day shows progression that does not count."
                ),
            ),
            (
                "progression.preset",
                "progression.confirmation",
                "progression.confirmation_min_days",
                "progression.confirmation_max_days",
                "progression.unconfirmed",
                "progression.clinical",
            ),
            source_of(own, PROGRESSION_SOURCES),
        ),
        Definition(
            tr("Index progression"),
            tr(
                "The first progression strictly after the start of the first ICI, on or before the start of any other systemic therapy, of rechallenge and the cut-off, on or off drug; more than {number} days after the last dose it is flagged. A stop reason never creates a progression.",
                number=used.number("episodes.late_progression_days"),
            ),
            ("episodes.late_progression_days",),
            PROJECT,
        ),
    ]


def lesions(used: Used) -> list[Definition]:
    """What measured lesions decide."""
    own = used.definitions.lesions
    if own.use == "never":
        text = tr("Not used: response and progression are those that the source reports.")
    else:
        text = tr(
            "Where lesions were measured after the start of a regimen, response, progression and the number of progressing lesions are derived from them, and replace what was reported on imaging for that day. Partial response: the sum of the targets' diameters at least {number}% below the baseline. Progression: the sum at least {number_2}% and {number_3} mm above its smallest value, a new lesion, or unequivocal progression of another lesion. A lymph node with a short axis below {number_4} mm is normal. Baseline: the last scan on or before the start of the regimen, at most {number_5} days earlier.",
            number=used.number("lesions.partial_response_percent"),
            number_2=used.number("lesions.progression_percent"),
            number_3=used.number("lesions.progression_mm"),
            number_4=used.number("lesions.normal_node_mm"),
            number_5=used.number("lesions.baseline_days"),
        )
    names = (
        "use", "partial_response_percent", "progression_percent", "progression_mm", "normal_node_mm", "baseline_days",
    )  # fmt: skip
    return [Definition(tr("Measured lesions"), text, tuple(f"lesions.{name}" for name in names), RECIST)]


def response(used: Used) -> list[Definition]:
    """Objective response, best response and disease control."""
    own = used.definitions.response
    responses = tr(" or ").join(own.objective_responses)
    confirmed = (
        tr(
            "CR and PR need to be seen again at least {number} days later; an unconfirmed one is SD where SD would have been evaluable.",
            number=used.number("response.confirmation_days"),
        )
        if own.confirmation == "required"
        else tr("Neither needs confirmation.")
    )
    return [
        Definition(
            tr("Response"),
            tr(
                "Objective response: {responses}, strictly after the start of the treatment and before progression on it, on or before the next systemic therapy and the cut-off. {confirmed} Stable disease needs {number} days; earlier it is not evaluable (NE). The best of these is the best response; without an evaluable one before it, progression makes it PD.",
                responses=responses,
                confirmed=confirmed,
                number=used.number("response.stable_disease_days"),
            ),
            (
                "response.objective_responses",
                "response.stable_disease_days",
                "response.confirmation",
                "response.confirmation_days",
            ),
            RECIST,
        ),
    ]


def pattern(used: Used) -> list[Definition]:
    """Oligo- and systemic progression."""
    own = used.definitions.progression_pattern
    lesions, organs = (
        used.number("progression_pattern.oligo_max_lesions"),
        used.number("progression_pattern.oligo_max_organs"),
    )
    if limited(own.oligo_max_lesions) and limited(own.oligo_max_organs):
        limit, more = (
            tr(
                "at most {lesions} growing and new lesions, together, in at most {organs} organs",
                lesions=lesions,
                organs=organs,
            ),
            tr("more of either"),
        )
    elif limited(own.oligo_max_lesions):
        limit, more = tr("at most {lesions} growing and new lesions, together", lesions=lesions), tr("more")
    else:
        limit, more = tr("at most {organs} organs with growing or new lesions", organs=organs), tr("more")
    when = own.measured_at or "index_progression"
    return [
        Definition(
            tr("Progression pattern"),
            sentences(
                tr(
                    "Counted {measured_at}. Oligo-progression: {limit}. Systemic progression: {more}.",
                    measured_at=MEASURED_AT[when],
                    limit=limit,
                    more=more,
                ),
                MISSING_COUNT[own.missing_count],
                CONDITIONS_ON_OUTCOME if when == "rechallenge_progression" else "",
            ),
            (
                "progression_pattern.preset",
                "progression_pattern.oligo_max_lesions",
                "progression_pattern.oligo_max_organs",
                "progression_pattern.measured_at",
                "progression_pattern.missing_count",
            ),
            source_of(own, PATTERN_SOURCES),
        ),
    ]
