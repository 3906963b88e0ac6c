"""Words of resistance: six published definitions and readings, with the values that the study really uses."""

# ruff: noqa: E501
# Sentences stand on one line each.

from collections.abc import Callable
from typing import Final

from rechallenge.report.definitions.parts import INDEX_STUDY, Definition, Used, limited, sentences, source_of

SOURCES: Final[dict[str, str]] = {
    "index_inclusive": f"Reading that reconciles the figures of the index study ({INDEX_STUDY})",
    "index_literal": f"{INDEX_STUDY}, taken literally",
    "sitc_2020": "SITC Immunotherapy Resistance Taskforce (Kluger et al., J Immunother Cancer 2020;8:e000398, Table 1)",
    "sitc_applied": "SITC criteria as cohort studies in J Immunother Cancer apply them",
    "sitc_combination": "SITC criteria for ICI with chemotherapy",
    "schoenfeld_2021": "Schoenfeld et al., Ann Oncol 2021",
}
OPERATORS: Final = {">=": "at least", ">": "more than"}
# What is left on the other side of the cutoff.
COMPLEMENTS: Final = {">=": "fewer than", ">": "at most"}
CLOCKS: Final[dict[str, str]] = {
    "progression": "from the first dose to index progression",
    "last_dose": "from the first dose to the last (at most to index progression)",
}
UNCLASSIFIED: Final[dict[str, str]] = {
    "own_group": "Patients without a class are counted as such and given none.",
    "exclude": "Patients without a class (unclassified or not evaluable) are left out of the rechallenge set of the analysis, and counted in the flow.",
    "primary": "Patients without a class (unclassified or not evaluable) count as primary.",
    "acquired": "Patients without a class (unclassified or not evaluable) count as acquired.",
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
    return [Definition("Resistance", text, settings, source_of(own, SOURCES))]


def _cutoff(used: Used) -> str:
    return used.number("resistance.cutoff_days")


def _window(used: Used) -> str:
    return used.number("resistance.window_after_last_dose_days")


def _clock(used: Used) -> str:
    return CLOCKS[used.definitions.resistance.clock or "progression"]


def _over(used: Used) -> str:
    """ "at least {cutoff} days": the acquired side."""
    return f"{OPERATORS[used.definitions.resistance.boundary or '>=']} {_cutoff(used)} days"


def _under(used: Used) -> str:
    """ "fewer than {cutoff} days": everything that is not on the acquired side."""
    return f"{COMPLEMENTS[used.definitions.resistance.boundary or '>=']} {_cutoff(used)} days"


def _gates(used: Used) -> list[str]:
    """What is decided before the classes: exposure, window, confirmation."""
    own = used.definitions.resistance
    found = []
    if own.minimum_exposure_days:
        least = used.number("resistance.minimum_exposure_days")
        found.append(f"Treated for fewer than {least} days, first to last dose: not evaluable.")
    if limited(own.window_after_last_dose_days) and own.preset not in _WINDOW_OF_THEIR_OWN:
        found.append(
            f"Progression more than {_window(used)} days after the last dose: late progression, a class apart."
        )
    if own.confirmation == "required":
        again = used.number("progression.confirmation_min_days")
        found.append(
            f"Index progression must be seen again at least {again} days later, be clinical, or be followed by death within {again} days (rapid deterioration); "
            "otherwise unclassified."
        )
    return found


def _last_dose(used: Used) -> str:
    own = used.definitions.resistance
    by_dose = own.clock == "last_dose" and own.preset != "schoenfeld_2021"
    asked = (
        by_dose or own.minimum_exposure_days or limited(own.window_after_last_dose_days) or own.preset == "sitc_2020"
    )
    return "Where a last dose that is not on record would decide: unclassified." if asked else ""


def _index_inclusive(used: Used) -> str:
    return (
        f"Acquired: objective response, or {_over(used)} {_clock(used)}. Primary: neither. "
        "Without any record of response and a shorter time: unclassified."
    )


def _index_literal(used: Used) -> str:
    return (
        f"Primary: no objective response and fewer than {_cutoff(used)} days {_clock(used)}. "
        f"Acquired: objective response and {_over(used)}. Everything else, and unknown response: unclassified."
    )


def _sitc_2020(used: Used) -> str:
    exactly = ", exactly that time" if used.definitions.resistance.boundary == ">" else ""
    return (
        f"Primary: best response PD, or SD and fewer than {_cutoff(used)} days {_clock(used)}. Acquired: best response CR, PR or SD and {_over(used)}, treated for at "
        f"least as long. Unclassified: CR or PR and a shorter time{exactly}, a shorter treatment, no record of response."
    )


def _sitc_applied(used: Used) -> str:
    windowed = limited(used.definitions.resistance.window_after_last_dose_days)
    limit = (
        f", progressing on treatment or at most {_window(used)} days after the last dose (later: late progression, a class apart)"
        if windowed
        else ""
    )
    return (
        f"Primary: best response PD, or CR, PR or SD and {_under(used)} {_clock(used)}. Acquired: CR, PR or SD and {_over(used)}{limit}. "
        "No record of response: unclassified."
    )


def _sitc_combination(used: Used) -> str:
    return f"Primary: {_under(used)} {_clock(used)}, whatever the response. Acquired: {_over(used)}."


def _schoenfeld_2021(used: Used) -> str:
    windowed = limited(used.definitions.resistance.window_after_last_dose_days)
    limit = (
        f"progression on treatment or at most {_window(used)} days after the last dose"
        if windowed
        else "progression at any time"
    )
    return (
        f"Acquired: objective response, and {limit}. Everybody else with a record of response: not acquired, since this definition has no primary class; "
        "the time to progression is not asked for. No record of response: unclassified."
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
