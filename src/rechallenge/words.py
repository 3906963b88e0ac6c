"""The words that figures and tables share for endpoints, covariates, their levels and exclusions.

Terms without words here are printed as they are, underscores as spaces. A study's own labels (settings of the
covariates) come first.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

ENDPOINTS: Final = {
    "PFS": "Progression-free survival",
    "OS": "Overall survival",
    "PFS1": "Progression-free survival",
    "OS1": "Overall survival",
    "TTF": "Time to treatment failure",
    "TTF1": "Time to treatment failure",
    "TTNT": "Time to next treatment",
    "TTNT1": "Time to next treatment",
    "DOR": "Duration of response",
    "DOR1": "Duration of response",
    "PPS": "Overall survival",
}
TIME_ZERO: Final = {
    "PFS": "start of rechallenge",
    "OS": "start of rechallenge",
    "PFS1": "start of the first ICI",
    "OS1": "start of the first ICI",
    "TTF": "start of rechallenge",
    "TTF1": "start of the first ICI",
    "TTNT": "start of rechallenge",
    "TTNT1": "start of the first ICI",
    "DOR": "first response to rechallenge",
    "DOR1": "first response to the first ICI",
    "PPS": "progression on the first ICI",
}
TERMS: Final = {
    "overall": "All patients",
    "resistance": "Resistance",
    "progression_pattern": "Progression pattern",
    "interval_treatment": "Interval treatment",
    "ecog_1_or_more": "ECOG 1 or more",
    "pd_l1_group": "PD-L1",
    "same_ici": "Same ICI",
    "rechallenge_type": "Rechallenge regimen",
    "rechallenge_kind": "Kind of re-exposure",
    "histology_group": "Histology",
    "rechallenge_combination": "Rechallenge in combination",
    "local_therapy_at_progression": "Local therapy at progression",
    "rechallenged": "Rechallenge",
    "rechallenged_by_then": "Rechallenged by the landmark",
    "entry_months": "Time to rechallenge, per month",
}
# The order is also the order of drawing; each level keeps its place in the palette in every figure.
LEVELS: Final = {
    "resistance": {
        "acquired": "Acquired",
        "primary": "Primary",
        "unclassified": "Unclassified",
        "late_progression": "Late progression",
        "not_acquired": "Not acquired",
        "not_evaluable": "Not evaluable",
    },
    "progression_pattern": {"oligo": "Oligo-progression", "systemic": "Systemic progression", "unknown": "Unknown"},
    "interval_treatment": {"true": "With interval treatment", "false": "Without interval treatment"},
    "histology_group": {"non_squamous": "Non-squamous", "squamous": "Squamous"},
    "overall": {"": "All patients"},
}
# Presets of the definitions, as short as the heading of a column.
PRESETS: Final = {
    "resistance": {
        "index_inclusive": "Index, inclusive",
        "index_literal": "Index, literal",
        "sitc_2020": "SITC 2020",
        "sitc_applied": "SITC, as applied",
        "sitc_combination": "SITC, combination",
        "schoenfeld_2021": "Schoenfeld 2021",
    },
    "progression_pattern": {
        "index": "Index",
        "hosoya_2021": "Hosoya 2021",
        "heo_2021": "Heo 2021",
        "eortc": "EORTC",
        "esmo_2018": "ESMO 2018",
        "index_at_rechallenge": "Index, at rechallenge",
    },
    "interval_treatment": {"systemic": "Systemic", "systemic_or_local": "Systemic or local"},
    "endpoints": {
        "primary": "Primary rule",
        "new_therapy_event": "New therapy is event",
        "new_therapy_ignored": "New therapy ignored",
        "imaging_only": "Imaging only",
        "missed_assessments": "Missed assessments",
        "death_window": "Death window",
        "fda_2007": "FDA 2007",
        "rwpfs": "Real-world PFS",
        "genie_bpc": "GENIE BPC",
    },
    "progression": {
        "recist_1_1": "RECIST 1.1",
        "irecist": "iRECIST",
        "recist_1_1_confirmed": "RECIST 1.1, confirmed",
    },
    "re_exposure": {
        "index": "Index",
        "gobbini_2020": "Gobbini 2020",
        "wjog9616l": "WJOG9616L",
        "justeau_2025": "Justeau 2025",
        "any_re_exposure": "Any re-exposure",
    },
}
# Sections of the settings, as the choices of the specification curve.
SECTIONS: Final = {
    "resistance": "Resistance",
    "progression_pattern": "Progression pattern",
    "interval_treatment": "Interval treatment",
    "endpoints": "Censoring of PFS",
    "progression": "Progression",
    "re_exposure": "Re-exposure",
    "response": "Response",
    "episodes": "Episodes",
    "lesions": "Lesions",
    "eligibility": "Eligibility",
    "dates": "Partial dates",
    "model": "Model",
}
# Why a patient is not in, by the criterion that failed first.
EXCLUDED: Final = {
    "unusable_record": "No usable record after rows were set aside",
    "nsclc": "Not non-small cell lung cancer",
    "advanced": "Disease not advanced (stage IIIB or higher, recurrent or metastatic)",
    "ici_treated": "No immune checkpoint inhibitor (ICI) on record",
    "no_prior_ici": "First ICI was neoadjuvant, adjuvant or consolidation",
    "first_ici_monotherapy": "First ICI was not monotherapy",
    "first_ici_in_window": "First ICI started outside the study window",
    "index_progression": "No progression on the first ICI before other systemic therapy",
    "rechallenged": "No ICI again after progression",
    "rechallenge_in_window": "Rechallenge started outside the study window",
    "minimum_data": "Key dates or follow-up missing",
}
YES_NO: Final = {"true": "Yes", "false": "No", "yes": "Yes", "no": "No"}


def plain(word: str) -> str:
    """Return an identifier as words: underscores as spaces, the first letter a capital."""
    text = str(word).replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return text with a small first letter, unless it begins with an abbreviation ("ECOG", "PD-L1")."""
    first = text.split(" ", 1)[0]
    return text if sum(letter.isupper() for letter in first) > 1 else text[:1].lower() + text[1:]


def text_of(value: object) -> str:
    """Return a term or level as its identifier: booleans in lower case, missing as an empty text."""
    if value is None or value is pd.NA or value != value:
        return ""
    return str(value).lower() if isinstance(value, bool) or str(value) in ("True", "False") else str(value)


def term_words(term: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the words for a covariate: the study's label, else ours."""
    return (labels or {}).get(term) or TERMS.get(term) or plain(term)


def level_words(term: str, level: str) -> str:
    """Return the words for a level of a covariate, as they stand beside a curve."""
    if level in LEVELS.get(term, {}):
        return LEVELS[term][level]
    return YES_NO.get(level) or plain(level) or "All patients"


def preset_words(section: str, preset: str) -> str:
    """Return the words for a preset of a section of the definitions."""
    return PRESETS.get(section, {}).get(preset) or plain(preset)


def choice_words(key: str) -> str:
    """Return the words for a setting that a specification curve varies: "Resistance", "Resistance: cutoff days"."""
    section, _, name = key.partition(".")
    said = SECTIONS.get(section) or plain(section)
    return said if name in ("", "preset", "imputation") else f"{said}: {plain(name).lower()}"


def choice_value_words(key: str, value: str) -> str:
    """Return the words for a value of such a setting."""
    section, _, name = key.partition(".")
    return preset_words(section, value) if name == "preset" else YES_NO.get(value) or plain(value)


def cell_words(term: str, level: str) -> str:
    """Return the words for a level under the heading of its covariate: "Yes" rather than "With interval treatment"."""
    return YES_NO.get(level) or level_words(term, level)


def level_order(term: str, levels: list[str]) -> list[str]:
    """Return the levels in the declared order, those not declared after them as they come."""
    known = [level for level in LEVELS.get(term, {}) if level in levels]
    return [*known, *(level for level in levels if level not in known)]


def endpoint_words(endpoint: str) -> str:
    """Return "progression-free survival after rechallenge" and the like, in lower case."""
    name = ENDPOINTS.get(endpoint, endpoint)
    since = TIME_ZERO.get(endpoint)
    return f"{name.lower()} from the {since}" if since else name


def pieces(text: str) -> list[str]:
    """Return the parts of `text` between which a line may break, spaces kept at their end."""
    found: list[str] = []
    for character in " ".join(text.split()):
        wide = is_wide(character)
        if not found or wide or is_wide(found[-1][-1]) or found[-1].endswith(" "):
            found.append(character)
        else:
            found[-1] += character
    return found


def is_wide(character: str) -> bool:
    """Tell whether a character takes a full em, as Chinese, Japanese and Korean ones do."""
    return "\u1100" <= character <= "\u115f" or "\u2e80" <= character <= "\ua4cf" or "\uac00" <= character <= "\uffe6"


def _class_without_event(found: re.Match[str]) -> str:
    name, _, level = found[1].rpartition(": ")
    return f"nobody in the class \u201c{name}: {lower_first(level)}\u201d had an event, so its hazard ratio"


def _reference_of_nobody(found: re.Match[str]) -> str:
    return f"nobody is in the reference class of {lower_first(found[1])} ({lower_first(found[2])})"


def _same_class(found: re.Match[str]) -> str:
    return f"everybody is in the same class of {lower_first(found[1])} ({lower_first(found[2])})"


def _yes_or_no(found: re.Match[str]) -> str:
    return f"({YES_NO[found[1]].lower()})"


# The sentences of estimates.csv name a class as "covariate: level"; a reader wants to see where the name ends.
_REASONS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...]] = (
    (re.compile(r"there was no event with (.+?: [^,;]+), so its hazard ratio"), _class_without_event),
    (re.compile(r"no patient has the reference level of (.+?) \(([^)]*)\)"), _reference_of_nobody),
    (re.compile(r"every patient has the same level of (.+?) \(([^)]*)\)"), _same_class),
    (re.compile(r"\((true|false)\)"), _yes_or_no),
    (re.compile(r"there are no patient with"), "there is no patient with"),
    (re.compile(r"among the 1 patients with"), "in the one patient with"),
)


def reason(sentence: str) -> str:
    """Return a sentence of estimates.csv, on why something was not computed, as report and figures print it."""
    said = re.sub(r"^(Not fitted|Not compared|Not computed|Not tested): ", "", sentence)
    for pattern, written in _REASONS:
        said = pattern.sub(written, said)
    return said
