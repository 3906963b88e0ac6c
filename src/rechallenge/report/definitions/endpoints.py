"""Words of the endpoints: PFS under its rules of censoring, OS, TTF, TTNT, DOR, response rates, PFS ratio, own ones."""

# Sentences stand on one line each.

from typing import Final

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled, listed_or
from rechallenge.report.definitions.parts import FIELD, PROJECT, RECIST, Definition, Used, limited, sentences
from rechallenge.settings.endpoints import EndpointSettings, OwnEndpoint

GENIE: Final = N_("GENIE BPC NSCLC data guide (rule of the registry's PFS columns)")
FDA: Final = N_("FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, 2007, Appendix 3")
RWPFS: Final = N_("Usage of real-world PFS")
SOURCES: Final[dict[str, str]] = {
    "primary": PROJECT,
    "new_therapy_event": f"{FIELD}, as a sensitivity analysis",
    "new_therapy_ignored": f"{FIELD}, as a sensitivity analysis",
    "imaging_only": f"{FIELD}, as a sensitivity analysis",
    "missed_assessments": FDA,
    "death_window": RWPFS,
    "fda_2007": FDA,
    "rwpfs": RWPFS,
    "genie_bpc": GENIE,
}
GENIE_READINGS: Final[dict[str, str]] = {
    "i": N_("Progression is read from imaging reports."),
    "m": N_("Progression is read from the oncologist's notes."),
    "i_or_m": N_("Progression is read from imaging reports or the oncologist's notes, whichever comes first."),
    "i_and_m": N_("Progression needs both imaging reports and the oncologist's notes, and is dated by the later."),
}
GENIE_RULE: Final = N_(
    "From the start of the regimen to the first progression strictly after it and strictly before the next regimen; death counts only "
    "without a next regimen; otherwise censored at the start of the next regimen, else at the last date known alive."
)
NEW_THERAPY: Final[dict[str, str]] = {
    "censor": N_("New systemic therapy first censors at the last adequate assessment on or before it."),
    "event": N_("New systemic therapy before progression is an event."),
    "ignore": N_("New systemic therapy before progression is ignored."),
}
DATES_ONLY: Final = N_(
    "This source has dates of progression but none of scans: PFS is censored at last contact instead of the last assessment{therapy}, and no rule that counts "
    "assessments applies."
)
STARTS: Final[dict[str, str]] = {
    "first_ici": N_("the first dose of the first ICI"),
    "rechallenge": N_("the first dose of rechallenge"),
    "index_progression": N_("index progression"),
    "first_ici_response": N_("the first CR or PR on the first ICI"),
    "rechallenge_response": N_("the first CR or PR on rechallenge"),
}
EVENTS: Final[dict[str, str]] = {
    "progression": "progression",
    "death": N_("death of any cause"),
    "new_therapy": N_("new systemic therapy"),
    "treatment_stop": N_("the end of treatment for any cause"),
}
CENSORED: Final[dict[str, str]] = {
    "last_adequate_assessment": N_("the last adequate assessment (not NE)"),
    "last_contact": N_("last contact"),
    "treatment_ongoing": N_("the last day known on treatment"),
    "start": N_("the start itself"),
    "cutoff": N_("the cut-off"),
}
PFS_SETTINGS: Final = tuple(
    f"endpoints.{name}"
    for name in (
        "preset", "new_therapy", "clinical_progression", "missed_assessments", "assessment_interval_days",
        "death_window_days", "visit_gap_days",
    )
)  # fmt: skip


def endpoints(used: Used) -> list[Definition]:
    """Return the endpoints of the study, its own last."""
    own = [_own(name, item, used) for name, item in used.definitions.endpoints.own.items()]
    return [_pfs(used), *_survival(), *_treatment(), _duration_of_response(used), *_rates(used), *own]


def _pfs(used: Used) -> Definition:
    own = used.definitions.endpoints
    registry = own.preset == "genie_bpc"
    text = sentences(GENIE_RULE, GENIE_READINGS[own.genie_reading]) if registry else _from(tr("the first dose"), used)
    return Definition(
        tr("Progression-free survival (PFS; PFS1 on the first ICI)"),
        text,
        ("endpoints.preset", "endpoints.genie_reading") if registry else PFS_SETTINGS,
        _source(own),
    )


def _source(own: EndpointSettings) -> str:
    values = own.PRESETS[own.preset]
    changed = own.preset != "genie_bpc" and any(getattr(own, name) != value for name, value in values.items())
    return (
        tr("{sources}; with values of the study's own", sources=SOURCES[own.preset]) if changed else SOURCES[own.preset]
    )


def _from(start: str, used: Used) -> str:
    """PFS (or the duration of response) from `start`, with every rule of censoring that applies."""
    own, dates_only = used.definitions.endpoints, used.progression_dates_only
    rules = [] if dates_only else _assessment_rules(used)
    whenever = "" if rules else tr(" whatever the time since the last assessment")
    therapy = NEW_THERAPY[own.new_therapy or "censor"]
    clinical = (
        tr("Progression by clinical judgement, without imaging, is no event.")
        if own.clinical_progression == "ignored"
        else ""
    )
    first = tr(
        "From {start} to the first progression strictly after it, or death{whenever}.", start=start, whenever=whenever
    )
    if dates_only:
        by_therapy = tr(", on or before new systemic therapy") if own.new_therapy == "censor" else ""
        kept = "" if own.new_therapy == "censor" else therapy
        return sentences(first, clinical, kept, DATES_ONLY.format(therapy=by_therapy))
    last = tr(
        "Otherwise censored at the last adequate assessment (not NE) up to the cut-off; without one after the start, at the start itself."
    )
    return sentences(first, clinical, therapy, *rules, last)


def _assessment_rules(used: Used) -> list[str]:
    own = used.definitions.endpoints
    found = []
    if limited(own.missed_assessments):
        found.append(_missed(used))
    if limited(own.visit_gap_days):
        found.append(_visit_gap(used))
    if limited(own.death_window_days):
        found.append(_death_window(used))
    return found


def _missed(used: Used) -> str:
    missed = used.number("endpoints.missed_assessments")
    interval = used.number("endpoints.assessment_interval_days")
    return tr(
        "An event after {missed} missed assessments in a row (more than {missed} times {interval} days after the last adequate assessment, or the start) is censored there.",
        missed=missed,
        interval=interval,
    )


def _visit_gap(used: Used) -> str:
    gap = used.number("endpoints.visit_gap_days")
    return tr(
        "More than {gap} days between the start and the first adequate assessment, or between two, end the observation at the earlier of them.",
        gap=gap,
    )


def _death_window(used: Used) -> str:
    window = used.number("endpoints.death_window_days")
    return tr(
        "A death more than {window} days after the last adequate assessment, or the start, is censored there.",
        window=window,
    )


def _survival() -> list[Definition]:
    return [
        Definition(
            tr("Overall survival (OS; OS1 from the first ICI)"),
            tr(
                "From the first dose to death of any cause; censored at last contact, at the latest the cut-off. OS1 of the rechallenge set is counted from "
                "rechallenge on (delayed entry), because nobody in it could die before."
            ),
            (),
            FIELD,
        ),
        Definition(
            tr("Survival after progression (PPS)"),
            tr(
                "From index progression on the first ICI to death of any cause, in all who progressed, rechallenged or not; censored at last contact, at the latest the cut-off. In those who were rechallenged it is counted from rechallenge on (delayed entry)."
            ),
            (),
            FIELD,
        ),
    ]


def _treatment() -> list[Definition]:
    return [
        Definition(
            tr("Time to treatment failure (TTF; TTF1 on the first ICI)"),
            tr(
                "From the first dose to the end of treatment for any cause, or death; without a last dose on record treatment had ended when the next one began, and until then the patient is censored at the last day known on treatment."
            ),
            (),
            FIELD,
        ),
        Definition(
            tr("Time to next treatment (TTNT; TTNT1 after the first ICI)"),
            tr(
                "From the first dose to the start of new systemic therapy (after the first ICI also the same ICI, given again as rechallenge), or death; censored at last contact, at the latest the cut-off."
            ),
            (),
            FIELD,
        ),
    ]


def _duration_of_response(used: Used) -> Definition:
    own = used.definitions.endpoints
    same = own.preset != "genie_bpc"
    text = (
        tr("From the first CR or PR, in those who had one, to progression or death; everything else as for PFS.")
        if same
        else _from(tr("the first CR or PR, in those who had one,"), used)
    )
    return Definition(
        tr("Duration of response (DOR; DOR1 on the first ICI)"), text, () if same else PFS_SETTINGS[1:], FIELD
    )


def _rates(used: Used) -> list[Definition]:
    objective = " + ".join(used.definitions.response.objective_responses)
    controlled = " + ".join(dict.fromkeys((*used.definitions.response.objective_responses, "CR", "PR", "SD")))
    return [
        Definition(
            tr("Objective response rate (ORR) and disease control rate (DCR)"),
            tr(
                "ORR: {objective}; DCR: {controlled}, SD of the minimum length. Both are shares of all patients of the set: those not evaluable (NE) or without a record of response stay in the denominator. Intervals are exact (Clopper and Pearson).",
                objective=objective,
                controlled=controlled,
            ),
            ("response.objective_responses",),
            RECIST,
        ),
        Definition(
            tr("PFS ratio (growth modulation index)"),
            tr(
                "PFS after rechallenge divided by the time to progression on the first ICI, per patient; a censored PFS gives a censored ratio. The share above "
                "{constants.pfs_ratio_threshold} is estimated by Kaplan-Meier. Every patient is their own comparison; whoever was not rechallenged has no ratio."
            ),
            (),
            tr("Von Hoff, Clin Cancer Res 1998;4:1079-1086"),
        ),
    ]


def _own(name: str, item: OwnEndpoint, used: Used) -> Definition:
    """An endpoint of the study's own, from the words of its rules."""
    own = used.definitions.endpoints
    clinical = (
        tr("Progression by clinical judgement, without imaging, is no event.")
        if "progression" in item.events and own.clinical_progression == "ignored"
        else ""
    )
    rules = {
        "new_therapy": tr("New systemic therapy first ends the observation."),
        "missed_assessments": _missed(used) if limited(own.missed_assessments) else "",
        "visit_gap": _visit_gap(used) if limited(own.visit_gap_days) else "",
        "death_window": _death_window(used) if limited(own.death_window_days) else "",
    }
    places = dict.fromkeys(CENSORED[place] for place in (*item.censored_at, "start"))
    first = tr(", whichever comes first (on one day, the one named first)") if len(item.events) > 1 else ""
    return Definition(
        labelled(name, item.label),
        sentences(
            tr(
                "From {starts} to {listed}{first}.",
                starts=STARTS[item.start],
                listed=listed_or(EVENTS[event] for event in item.events),
                first=first,
            ),
            clinical,
            *(rules[rule] for rule in item.interrupted_by),
            tr("Otherwise censored at {places}.", places=tr(", else ").join(map(str, places))),
        ),
        ("endpoints.own",),
        tr("Defined in the study file"),
    )
