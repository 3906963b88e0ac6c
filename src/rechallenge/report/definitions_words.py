"""The definitions that a study really used, in words, with their settings and sources.

Each definition is a pattern (see `sentences`): a number in it is a setting and is printed from numbers.json. The
words are composed from the values that are used, so that a study that changes a value of a preset reads its own
(`definitions/`, by subject). `docs/definitions.md` is written from the same words (`definitions_docs`).
"""

# Sentences stand on one line each.

from typing import Any, Final

from rechallenge.language import N_, tr
from rechallenge.report.definitions import disease, endpoints, resistance, treatment
from rechallenge.report.definitions.parts import PROJECT, Definition, Used
from rechallenge.settings.config import MAIN, DateSettings, StudyConfig, dates_of, definitions_of

IMPUTATION: Final[dict[str, str]] = {
    "middle": N_("the middle"),
    "earliest": N_("the earliest"),
    "latest": N_("the latest"),
}


def prefix_of(analysis: str) -> str:
    """Return the stem of an analysis's definitions in numbers.json."""
    return "settings.definitions" if analysis == MAIN else f"settings.analyses.{analysis}.definitions"


def definitions(config: StudyConfig, analysis: str = MAIN, *, progression_dates_only: bool = False) -> list[Definition]:
    """Return the definitions of the main analysis or of a further one, in the order of a patient's course."""
    used = Used(definitions_of(config, analysis), prefix_of(analysis), progression_dates_only)
    return in_words(used, dates_of(config, analysis))


def in_words(used: Used, dates: DateSettings) -> list[Definition]:
    """Return resolved definitions, and how partial dates are read, in words."""
    return [
        *treatment.first_ici(used),
        *treatment.eligibility(used),
        *disease.progression(used),
        *disease.lesions(used),
        *disease.response(used),
        *resistance.resistance(used),
        *disease.pattern(used),
        *treatment.re_exposure(used),
        *endpoints.endpoints(used),
        _partial_dates(dates),
    ]


def _partial_dates(dates: DateSettings) -> Definition:
    return Definition(
        tr("Partial dates"),
        tr(
            "Where only month or year is known, {imputation} of the possible days is taken, after bounding them by what is known (birth, start, death, last contact, cut-off). Months are days divided by {constants.days_per_month}, once, at the end.",
            imputation=IMPUTATION[dates.imputation],
        ),
        ("dates.imputation",),
        PROJECT,
    )


def settings_values(config: StudyConfig, analysis: str, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (dotted path, value as text) of settings, as a reader would write them in a study file."""
    plain = {"definitions": definitions_of(config, analysis).plain(), "dates": dates_of(config, analysis).plain()}
    found = []
    for path in paths:
        full = path if path.startswith("dates.") else f"definitions.{path}"
        value: Any = plain
        for part in full.split("."):
            value = value[part]
        found.append((full, _shown(value)))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(value) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
