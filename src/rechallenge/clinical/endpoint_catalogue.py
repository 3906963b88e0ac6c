"""The endpoints as values: where the clock starts, what ends it, what interrupts it, where the others are censored.

Sources: RECIST 1.1 (Eisenhauer 2009); FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics,
2007, Appendix 3 (missed assessments, new therapy); usage of real-world PFS (visit gap, death window).
"""

from dataclasses import dataclass
from typing import Final

from rechallenge.clinical.events import CENSORING, CLOCKS, EVENTS, INTERRUPTIONS
from rechallenge.settings.endpoints import EndpointSettings

NEEDS_ASSESSMENTS: Final = ("missed_assessments", "visit_gap", "death_window", "last_adequate_assessment")


@dataclass(frozen=True)
class Endpoint:
    """One endpoint; the names are those of `events.CLOCKS`, `EVENTS`, `INTERRUPTIONS` and `CENSORING`.

    The order of `events` and `interrupted_by` settles what happens on one day; of `censored_at` the first that has
    a date counts.
    """

    name: str
    label: str
    start: str
    events: tuple[str, ...]
    interrupted_by: tuple[str, ...] = ()
    censored_at: tuple[str, ...] = ("last_contact", "start")


def catalogue(settings: EndpointSettings, *, progression_dates_only: bool) -> tuple[Endpoint, ...]:
    """Return the endpoints of a study under its settings (resolved), its own endpoints last.

    Under `genie_bpc` PFS is the registry's own rule instead (`genie_pfs`). A source that has progression dates but no
    scan dates censors PFS at last contact.
    """
    # What counts assessments needs assessments.
    unseen = NEEDS_ASSESSMENTS if progression_dates_only else ()
    interruptions = _interruptions(settings, progression_dates_only=progression_dates_only)
    events = ("progression", "death", *(("new_therapy",) if settings.new_therapy == "event" else ()))
    censored = ("last_contact", "start") if progression_dates_only else ("last_adequate_assessment", "start")
    built_in = [
        endpoint
        for suffix, start, of in (("", "rechallenge", "rechallenge"), ("1", "first_ici", "the first ICI"))
        for endpoint in (
            Endpoint(f"PFS{suffix}", f"progression-free survival on {of}", start, events, interruptions, censored),
            Endpoint(f"OS{suffix}", f"overall survival from {of}", start, ("death",)),
            Endpoint(
                f"TTF{suffix}", f"time to treatment failure of {of}", start, ("death", "treatment_stop"),
                censored_at=("treatment_ongoing", "last_contact", "start"),
            ),
            Endpoint(f"TTNT{suffix}", f"time to next treatment after {of}", start, ("new_therapy", "death")),
            Endpoint(
                f"DOR{suffix}", f"duration of response to {of}", f"{start}_response", events, interruptions, censored
            ),
        )
    ]  # fmt: skip
    after = Endpoint("PPS", "overall survival from index progression on the first ICI", "index_progression", ("death",))
    own = [
        Endpoint(
            name, item.label, item.start, item.events,
            tuple(rule for rule in item.interrupted_by if rule not in unseen),
            (*(tuple(rule for rule in item.censored_at if rule not in unseen) or ("last_contact",)), "start"),
        )
        for name, item in settings.own.items()
    ]  # fmt: skip
    return (*built_in, after, *own)


def _interruptions(settings: EndpointSettings, *, progression_dates_only: bool) -> tuple[str, ...]:
    """What interrupts PFS; rules that count assessments need assessments."""
    by_therapy = ("new_therapy",) if settings.new_therapy == "censor" else ()
    if progression_dates_only:
        return by_therapy
    limits: Final = {
        "missed_assessments": settings.missed_assessments,
        "visit_gap": settings.visit_gap_days,
        "death_window": settings.death_window_days,
    }
    return (*by_therapy, *(name for name, limit in limits.items() if limit not in (None, "none")))


def describe(endpoint: Endpoint) -> str:
    """Return the endpoint in a sentence, from the words of its rules."""
    events = _listed([EVENTS[name].words for name in endpoint.events], "or")
    sentence = f"Time from {CLOCKS[endpoint.start].words} to {events}, whichever comes first"
    if endpoint.interrupted_by:
        broken = _listed([INTERRUPTIONS[name].words for name in endpoint.interrupted_by], "or")
        sentence += f"; interrupted by {broken}"
    places = dict.fromkeys(CENSORING[name].words for name in endpoint.censored_at)
    return f"{sentence}; otherwise censored at {', else '.join(places)}."


def _listed(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
