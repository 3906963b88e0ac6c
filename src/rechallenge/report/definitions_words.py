"""The definitions that a study really used, in words, with their settings and sources.

Each definition is a pattern (see `sentences`): a number in it is a setting and is printed from numbers.json.
`docs/definitions.md` is written from the same words (`python -m rechallenge.report.definitions_docs`).
"""

# ruff: noqa: E501
# Sentences stand on one line each.

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rechallenge.settings.config import MAIN, StudyConfig, definitions_of
from rechallenge.settings.definitions import DefinitionSettings

# Where a definition comes from. "Project" is a decision of this project where the index study is silent.
INDEX_STUDY: Final = "Xu M. et al., J Cancer Res Clin Oncol 2023;149:17987-17995"
PROJECT: Final = "Decision of this project; the index study does not define it"
RECIST: Final = "RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247)"
IRECIST: Final = "iRECIST (Seymour et al., Lancet Oncol 2017;18:e143-e152)"
ESME: Final = "Terms from Justeau 2025 (ESME); meanings are general usage"
GENIE: Final = "GENIE BPC NSCLC data guide (rule of the registry's PFS columns)"
FIELD: Final = "General usage"


@dataclass(frozen=True)
class Definition:
    """One definition as used: its name, its words (a pattern), the settings behind it, its source."""

    term: str
    words: str
    settings: tuple[str, ...]
    source: str


RESISTANCE: Final[dict[str, tuple[str, str]]] = {
    "index_inclusive": (
        "Acquired: objective response, or {operator} {{{cutoff}}} days from the first dose to index progression. Primary: neither. "
        "Without any record of response and below the cutoff: unclassified.",
        f"Reading that reconciles the figures of the index study ({INDEX_STUDY})",
    ),
    "index_literal": (
        "Primary: no objective response and fewer than {{{cutoff}}} days from the first dose to index progression. Acquired: objective "
        "response and {operator} {{{cutoff}}} days. Everything else, and unknown response: unclassified, counted as a group of its own.",
        f"{INDEX_STUDY}, taken literally",
    ),
}
OPERATORS: Final = {">=": "at least", ">": "more than"}
DEFAULT_OPERATOR: Final = {"index_inclusive": ">=", "index_literal": ">"}

INTERVAL_TREATMENT: Final[dict[str, str]] = {
    "systemic": "Any systemic antineoplastic that is not an ICI, started after the last dose of the first ICI and more than {{{window}}} days before "
    "rechallenge (a later start belongs to the rechallenge regimen).",
    "systemic_or_local": "Any systemic antineoplastic that is not an ICI, or radiotherapy, surgery or ablation, started after the last dose of the "
    "first ICI and more than {{{window}}} days before rechallenge.",
}
ENDPOINTS: Final[dict[str, str]] = {
    "primary": "From the first dose to the first progression strictly after it, or death whatever the time since the last assessment. "
    "{new_therapy} Otherwise censored at the last adequate assessment (not NE) up to the cut-off; without one after the start, at the start itself.",
    "genie_bpc": "From the start of the regimen to the first progression strictly after it and strictly before the next regimen; death counts only "
    "without a next regimen; otherwise censored at the start of the next regimen, else at the last date known alive. {reading}",
}
GENIE_READINGS: Final[dict[str, str]] = {
    "i": "Progression is read from imaging reports.",
    "m": "Progression is read from the oncologist's notes.",
    "i_or_m": "Progression is read from imaging reports or the oncologist's notes, whichever comes first.",
    "i_and_m": "Progression needs both imaging reports and the oncologist's notes, and is dated by the later.",
}
NEW_THERAPY: Final[dict[str, str]] = {
    "censor": "New systemic therapy first censors at the last adequate assessment on or before it.",
    "event": "New systemic therapy before progression is an event.",
    "ignore": "New systemic therapy before progression is ignored.",
}
PATTERN: Final[dict[str, str]] = {
    "index": "Growing and new lesions at index progression, together: at most {{{lesions}}} is oligo-progression, more is systemic progression; "
    "a missing count is unknown, never oligo.",
}
MONOTHERAPY: Final[dict[str, str]] = {
    "until_index_progression": "up to index progression",
    "whole_exposure": "during the whole exposure",
}
IMPUTATION: Final[dict[str, str]] = {
    "middle": "the middle",
    "earliest": "the earliest day",
    "latest": "the latest day",
}
PRECISION: Final[dict[str, str]] = {
    "day": "to the day",
    "month": "at least to the month",
    "year": "at least to the year",
}
INTERVALS: Final[dict[str, str]] = {"log": "log", "log-log": "log-log", "plain": "plain (linear)"}


def definitions(
    config: StudyConfig,
    own: DefinitionSettings | None = None,
    prefix: str = "settings.definitions",
    *,
    progression_dates_only: bool = False,
) -> list[Definition]:
    """Return the definitions of the main analysis, or of a further one with its own settings.

    `prefix` is the stem of the settings' names in numbers.json, `progression_dates_only` a declaration of the
    source that changes how PFS is censored.
    """
    used = own or definitions_of(config, MAIN)
    makers: tuple[Callable[[DefinitionSettings, str], list[Definition]], ...] = (
        _exposure,
        _eligibility,
        _progression,
        _classes,
        _re_exposure,
    )
    found = [item for make in makers for item in make(used, prefix)]
    return [*found, *_endpoints(used, progression_dates_only), *_dates(config)]


def _exposure(used: DefinitionSettings, prefix: str) -> list[Definition]:
    window = f"{{{prefix}.episodes.combination_window_days}}"
    return [
        Definition(
            "First ICI",
            "The first exposure to an ICI ever recorded, in any line and with any intent. It is monotherapy when it is one ICI and no other systemic "
            f"antineoplastic overlaps it {MONOTHERAPY[used.episodes.monotherapy_overlap]} or starts within {window} days of its first dose.",
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
            f"Rows of one drug other than an ICI at most {{{prefix}.episodes.exposure_gap_days}} days apart are one exposure.",
            ("episodes.exposure_gap_days",),
            PROJECT,
        ),
    ]


def _eligibility(used: DefinitionSettings, _: str) -> list[Definition]:
    stage = (
        "An undivided stage III counts as advanced."
        if used.eligibility.accept_undivided_stage_iii
        else "An undivided stage III cannot be evaluated."
    )
    return [
        Definition(
            "Advanced disease",
            f"Stage IIIB or higher at the first ICI, or recurrence or metastasis after an earlier stage. {stage}",
            ("eligibility.accept_undivided_stage_iii",),
            PROJECT,
        ),
        Definition(
            "Minimum data",
            f"Start of the first ICI, index progression and rechallenge dated {PRECISION[used.eligibility.minimum_date_precision]}, and follow-up to at "
            "least rechallenge. No covariate, lesion count or later scan is required. A criterion that cannot be evaluated is not met.",
            ("eligibility.minimum_date_precision", "eligibility.criteria"),
            PROJECT,
        ),
    ]


def _progression(used: DefinitionSettings, prefix: str) -> list[Definition]:
    responses = " or ".join(used.response.objective_responses)
    return [
        Definition(
            "Index progression",
            "The first progressive disease (PD) strictly after the start of the first ICI, on or before the start of any other systemic therapy, of rechallenge and "
            f"the cut-off, on or off drug, by imaging or clinically; more than {{{prefix}.episodes.late_progression_days}} days after the last dose it is "
            "flagged. An unconfirmed iRECIST progression (iUPD) counts. A stop reason never creates a progression.",
            ("episodes.late_progression_days",),
            f"{PROJECT}; {RECIST}",
        ),
        Definition(
            "Response",
            f"Unconfirmed {responses} after the start of the first ICI and before index progression; stable disease needs "
            f"{{{prefix}.response.stable_disease_days}} days, earlier it is not evaluable.",
            ("response.objective_responses", "response.stable_disease_days"),
            RECIST,
        ),
    ]


def _classes(used: DefinitionSettings, prefix: str) -> list[Definition]:
    preset = used.resistance.preset
    words, source = RESISTANCE[preset]
    operator = OPERATORS[used.resistance.boundary or DEFAULT_OPERATOR[preset]]
    return [
        Definition(
            "Resistance",
            words.format(operator=operator, cutoff=f"{prefix}.resistance.cutoff_days"),
            ("resistance.preset", "resistance.cutoff_days", "resistance.boundary"),
            source,
        ),
        Definition(
            "Progression pattern",
            PATTERN[used.progression_pattern.preset].format(lesions=f"{prefix}.progression_pattern.oligo_max_lesions"),
            ("progression_pattern.preset", "progression_pattern.oligo_max_lesions"),
            f"{INDEX_STUDY}; taken at progression on the first ICI by decision of this project",
        ),
    ]


def _re_exposure(used: DefinitionSettings, prefix: str) -> list[Definition]:
    continuation = f"{{{prefix}.episodes.continuation_gap_days}}"
    least = f"{{{prefix}.re_exposure.minimum_gap_days}}"
    window = f"{prefix}.episodes.combination_window_days"
    return [
        Definition(
            "Rechallenge",
            "The first ICI-containing regimen that starts on or after index progression and inside the study window, both ends included. The same ICI counts "
            f"only more than {continuation} days after its last dose; for another ICI the least gap is {least} days.",
            ("episodes.continuation_gap_days", "re_exposure.minimum_gap_days"),
            PROJECT,
        ),
        Definition(
            "Treatment beyond progression",
            f"The same ICI continued, or restarted within {continuation} days of its last dose, even where drugs are added. Not rechallenge; recorded apart.",
            ("episodes.continuation_gap_days",),
            PROJECT,
        ),
        Definition(
            "Kind of re-exposure",
            "Rechallenge: after systemic therapy in between. Switch: directly to another ICI. Resumption: any other. Recorded; it never decides who is in.",
            (),
            ESME,
        ),
        Definition(
            "Interval treatment",
            INTERVAL_TREATMENT[used.interval_treatment.preset].format(window=window),
            ("interval_treatment.preset", "episodes.combination_window_days"),
            PROJECT,
        ),
    ]


def _endpoints(used: DefinitionSettings, progression_dates_only: bool) -> list[Definition]:
    words = ENDPOINTS[used.endpoints.preset].format(
        new_therapy=NEW_THERAPY[used.endpoints.new_therapy or "censor"],
        reading=GENIE_READINGS[used.endpoints.genie_reading],
    )
    if progression_dates_only:
        words += " This source has dates of progression but none of scans: PFS is censored at last contact instead of the last assessment."
    return [
        Definition(
            "Progression-free survival (PFS; PFS1 on the first ICI)",
            words,
            ("endpoints.preset", "endpoints.new_therapy"),
            GENIE if used.endpoints.preset == "genie_bpc" else PROJECT,
        ),
        Definition(
            "Overall survival (OS; OS1 from the first ICI)",
            "From the first dose to death of any cause; censored at last contact, at the latest the cut-off. OS1 of the rechallenge set is counted from "
            "rechallenge on (delayed entry), because nobody in it could die before.",
            (),
            FIELD,
        ),
    ]


def _dates(config: StudyConfig) -> list[Definition]:
    return [
        Definition(
            "Partial dates",
            f"Where only month or year is known, {IMPUTATION[config.dates.imputation]} of the possible days is taken, after bounding them by what is known "
            "(birth, start, death, last contact, cut-off). Months are days divided by {constants.days_per_month}, once, at the end.",
            ("dates.imputation",),
            PROJECT,
        ),
    ]


def settings_values(
    config: StudyConfig, own: DefinitionSettings | None, paths: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return (dotted path, value as text) of settings, as a reader would write them in a study file."""
    plain: dict[str, Any] = (own or definitions_of(config, MAIN)).plain()
    found = []
    for path in paths:
        value: Any = config.plain() if path.startswith("dates.") else plain
        for part in path.split("."):
            value = value[part]
        found.append((path if path.startswith("dates.") else f"definitions.{path}", _shown(value)))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "preset's own"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
