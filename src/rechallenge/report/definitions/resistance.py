"""Words of resistance: six published definitions and readings, with the values that the study really uses."""

# Sentences stand on one line each.

from collections.abc import Callable
from typing import Final

from rechallenge.language import N_, tr
from rechallenge.report.definitions.parts import INDEX_STUDY, Definition, Used, limited, sentences, source_of

SOURCES: Final[dict[str, str]] = {
    "index_inclusive": f"Reading that reconciles the figures of the index study ({INDEX_STUDY})",
    "index_literal": f"{INDEX_STUDY}, taken literally",
    "sitc_2020": N_(
        "SITC Immunotherapy Resistance Taskforce (Kluger et al., J Immunother Cancer 2020;8:e000398, Table 1)"
    ),
    "sitc_applied": N_("SITC criteria as cohort studies in J Immunother Cancer apply them"),
    "sitc_combination": N_("SITC criteria for ICI with chemotherapy"),
    "schoenfeld_2021": N_("Schoenfeld et al., Ann Oncol 2021"),
}
OPERATORS: Final = {">=": N_("at least"), ">": N_("more than")}
# What is left on the other side of the cutoff.
COMPLEMENTS: Final = {">=": N_("fewer than"), ">": N_("at most")}
CLOCKS: Final[dict[str, str]] = {
    "progression": N_("from the first dose to index progression"),
    "last_dose": N_("from the first dose to the last (at most to index progression)"),
}
UNCLASSIFIED: Final[dict[str, str]] = {
    "own_group": N_("Patients without a class are counted as such and given none."),
    "exclude": N_(
        "Patients without a class (unclassified or not evaluable) are left out of the rechallenge set of the analysis, and counted in the flow."
    ),
    "primary": N_("Patients without a class (unclassified or not evaluable) count as primary."),
    "acquired": N_("Patients without a class (unclassified or not evaluable) count as acquired."),
}
NAMES: Final = (
    "preset", "cutoff_days", "boundary", "clock", "minimum_exposure_days", "confirmation", "window_after_last_dose_days",
    "unclassified",
)  # fmt: skip


def resistance(used: Used) -> list[Definition]:
    """The classes of resistance to the first ICI."""
    own = used.definitions.resistance
    text = sentences(
        *_gates(used),
        PRESETS[own.preset](used),
        _last_dose(used),
        UNCLASSIFIED[own.unclassified],
    )
    settings = tuple(f"resistance.{name}" for name in NAMES)
    return [Definition(tr("Resistance"), text, settings, source_of(own, SOURCES))]


def _cutoff(used: Used) -> str:
    return used.number("resistance.cutoff_days")


def _window(used: Used) -> str:
    return used.number("resistance.window_after_last_dose_days")


def _clock(used: Used) -> str:
    return CLOCKS[used.definitions.resistance.clock or "progression"]


def _over(used: Used) -> str:
    """ "at least {cutoff} days": the acquired side."""
    least = OPERATORS[used.definitions.resistance.boundary or ">="]
    return tr("{at_least} {cutoff} days", at_least=least, cutoff=_cutoff(used))


def _under(used: Used) -> str:
    """ "fewer than {cutoff} days": everything that is not on the acquired side."""
    below = COMPLEMENTS[used.definitions.resistance.boundary or ">="]
    return tr("{at_least} {cutoff} days", at_least=below, cutoff=_cutoff(used))


def _gates(used: Used) -> list[str]:
    """What is decided before the classes: exposure, window, confirmation."""
    own = used.definitions.resistance
    found = []
    if own.minimum_exposure_days:
        least = used.number("resistance.minimum_exposure_days")
        found.append(tr("Treated for fewer than {least} days, first to last dose: not evaluable.", least=least))
    if limited(own.window_after_last_dose_days) and own.preset not in _WINDOW_OF_THEIR_OWN:
        found.append(
            tr(
                "Progression more than {window} days after the last dose: late progression, a class apart.",
                window=_window(used),
            )
        )
    if own.confirmation == "required":
        again = used.number("progression.confirmation_min_days")
        found.append(
            tr(
                "Index progression must be seen again at least {again} days later, be clinical, or be followed by death within {again} days (rapid deterioration); otherwise unclassified.",
                again=again,
            )
        )
    return found


def _last_dose(used: Used) -> str:
    own = used.definitions.resistance
    by_dose = own.clock == "last_dose" and own.preset != "schoenfeld_2021"
    asked = (
        by_dose or own.minimum_exposure_days or limited(own.window_after_last_dose_days) or own.preset == "sitc_2020"
    )
    return tr("Where a last dose that is not on record would decide: unclassified.") if asked else ""


def _index_inclusive(used: Used) -> str:
    return tr(
        "Acquired: objective response, or {over} {clock}. Primary: neither. Without any record of response and a shorter time: unclassified.",
        over=_over(used),
        clock=_clock(used),
    )


def _index_literal(used: Used) -> str:
    return tr(
        "Primary: no objective response and fewer than {cutoff} days {clock}. Acquired: objective response and {over}. Everything else, and unknown response: unclassified.",
        cutoff=_cutoff(used),
        clock=_clock(used),
        over=_over(used),
    )


def _sitc_2020(used: Used) -> str:
    exactly = tr(", exactly that time") if used.definitions.resistance.boundary == ">" else ""
    return tr(
        "Primary: best response PD, or SD and fewer than {cutoff} days {clock}. Acquired: best response CR, PR or SD and {over}, treated for at least as long. Unclassified: CR or PR and a shorter time{exactly}, a shorter treatment, no record of response.",
        cutoff=_cutoff(used),
        clock=_clock(used),
        over=_over(used),
        exactly=exactly,
    )


def _sitc_applied(used: Used) -> str:
    windowed = limited(used.definitions.resistance.window_after_last_dose_days)
    limit = (
        tr(
            ", progressing on treatment or at most {window} days after the last dose (later: late progression, a class apart)",
            window=_window(used),
        )
        if windowed
        else ""
    )
    return tr(
        "Primary: best response PD, or CR, PR or SD and {under} {clock}. Acquired: CR, PR or SD and {over}{limit}. No record of response: unclassified.",
        under=_under(used),
        clock=_clock(used),
        over=_over(used),
        limit=limit,
    )


def _sitc_combination(used: Used) -> str:
    return tr(
        "Primary: {under} {clock}, whatever the response. Acquired: {over}.",
        under=_under(used),
        clock=_clock(used),
        over=_over(used),
    )


def _schoenfeld_2021(used: Used) -> str:
    windowed = limited(used.definitions.resistance.window_after_last_dose_days)
    limit = (
        tr("progression on treatment or at most {window} days after the last dose", window=_window(used))
        if windowed
        else tr("progression at any time")
    )
    return tr(
        "Acquired: objective response, and {limit}. Everybody else with a record of response: not acquired, since this definition has no primary class; the time to progression is not asked for. No record of response: unclassified.",
        limit=limit,
    )


PRESETS: Final[dict[str, Callable[[Used], str]]] = {
    "index_inclusive": _index_inclusive,
    "index_literal": _index_literal,
    "sitc_2020": _sitc_2020,
    "sitc_applied": _sitc_applied,
    "sitc_combination": _sitc_combination,
    "schoenfeld_2021": _schoenfeld_2021,
}
# In these the window limits the acquired class alone, and stands in its words.
_WINDOW_OF_THEIR_OWN: Final = ("sitc_applied", "schoenfeld_2021")
