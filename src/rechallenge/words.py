"""The words that figures and tables share for endpoints, covariates, their levels and exclusions.

Terms without words here are printed as they are, underscores as spaces. A study's own labels (settings of the
covariates) come first.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled

ENDPOINTS: Final = {
    "PFS": N_("Progression-free survival"),
    "OS": N_("Overall survival"),
    "PFS1": N_("Progression-free survival"),
    "OS1": N_("Overall survival"),
    "TTF": N_("Time to treatment failure"),
    "TTF1": N_("Time to treatment failure"),
    "TTNT": N_("Time to next treatment"),
    "TTNT1": N_("Time to next treatment"),
    "DOR": N_("Duration of response"),
    "DOR1": N_("Duration of response"),
    "PPS": N_("Overall survival"),
}
# A share of patients has a word of its own where the time has another.
SHARES: Final = {
    "PFS": N_("Progression-free survival (%)"),
    "OS": N_("Overall survival (%)"),
    "PFS1": N_("Progression-free survival (%)"),
    "OS1": N_("Overall survival (%)"),
    "PPS": N_("Overall survival (%)"),
}
TIME_ZERO: Final = {
    "PFS": N_("start of rechallenge"),
    "OS": N_("start of rechallenge"),
    "PFS1": N_("start of the first ICI"),
    "OS1": N_("start of the first ICI"),
    "TTF": N_("start of rechallenge"),
    "TTF1": N_("start of the first ICI"),
    "TTNT": N_("start of rechallenge"),
    "TTNT1": N_("start of the first ICI"),
    "DOR": N_("first response to rechallenge"),
    "DOR1": N_("first response to the first ICI"),
    "PPS": N_("progression on the first ICI"),
}
TERMS: Final = {
    "overall": N_("All patients"),
    "resistance": N_("Resistance"),
    "progression_pattern": N_("Progression pattern"),
    "interval_treatment": N_("Interval treatment"),
    "ecog_1_or_more": N_("ECOG 1 or more"),
    "pd_l1_group": "PD-L1",
    "same_ici": N_("Same ICI"),
    "rechallenge_type": N_("Rechallenge regimen"),
    "rechallenge_kind": N_("Kind of re-exposure"),
    "histology_group": N_("Histology"),
    "rechallenge_combination": N_("Rechallenge in combination"),
    "local_therapy_at_progression": N_("Local therapy at progression"),
    "rechallenged": N_("Rechallenge"),
    "rechallenged_by_then": N_("Rechallenged by the landmark"),
    "entry_months": N_("Time to rechallenge, per month"),
}
# The order is also the order of drawing; each level keeps its place in the palette in every figure.
LEVELS: Final = {
    "resistance": {
        "acquired": N_("Acquired"),
        "primary": N_("Primary"),
        "unclassified": N_("Unclassified"),
        "late_progression": N_("Late progression"),
        "not_acquired": N_("Not acquired"),
        "not_evaluable": N_("Not evaluable"),
    },
    "progression_pattern": {
        "oligo": N_("Oligo-progression"),
        "systemic": N_("Systemic progression"),
        "unknown": N_("Unknown"),
    },
    "interval_treatment": {"true": N_("With interval treatment"), "false": N_("Without interval treatment")},
    "histology_group": {"non_squamous": N_("Non-squamous"), "squamous": N_("Squamous")},
    "overall": {"": N_("All patients")},
}
# Presets of the definitions, as short as the heading of a column.
PRESETS: Final = {
    "resistance": {
        "index_inclusive": N_("Index, inclusive"),
        "index_literal": N_("Index, literal"),
        "sitc_2020": N_("SITC 2020"),
        "sitc_applied": N_("SITC, as applied"),
        "sitc_combination": N_("SITC, combination"),
        "schoenfeld_2021": N_("Schoenfeld 2021"),
    },
    "progression_pattern": {
        "index": N_("Index"),
        "hosoya_2021": N_("Hosoya 2021"),
        "heo_2021": N_("Heo 2021"),
        "eortc": "EORTC",
        "esmo_2018": N_("ESMO 2018"),
        "index_at_rechallenge": N_("Index, at rechallenge"),
    },
    "interval_treatment": {"systemic": N_("Systemic"), "systemic_or_local": N_("Systemic or local")},
    "endpoints": {
        "primary": N_("Primary rule"),
        "new_therapy_event": N_("New therapy is event"),
        "new_therapy_ignored": N_("New therapy ignored"),
        "imaging_only": N_("Imaging only"),
        "missed_assessments": N_("Missed assessments"),
        "death_window": N_("Death window"),
        "fda_2007": N_("FDA 2007"),
        "rwpfs": N_("Real-world PFS"),
        "genie_bpc": N_("GENIE BPC"),
    },
    "progression": {
        "recist_1_1": N_("RECIST 1.1"),
        "irecist": "iRECIST",
        "recist_1_1_confirmed": N_("RECIST 1.1, confirmed"),
    },
    "re_exposure": {
        "index": N_("Index"),
        "gobbini_2020": N_("Gobbini 2020"),
        "wjog9616l": "WJOG9616L",
        "justeau_2025": N_("Justeau 2025"),
        "any_re_exposure": N_("Any re-exposure"),
    },
}
# Sections of the settings, as the choices of the specification curve.
SECTIONS: Final = {
    "resistance": N_("Resistance"),
    "progression_pattern": N_("Progression pattern"),
    "interval_treatment": N_("Interval treatment"),
    "endpoints": N_("Censoring of PFS"),
    "progression": N_("Progression"),
    "re_exposure": N_("Re-exposure"),
    "response": N_("Response"),
    "episodes": N_("Episodes"),
    "lesions": N_("Lesions"),
    "eligibility": N_("Eligibility"),
    "dates": N_("Partial dates"),
    "model": N_("Model"),
}
# Why a patient is not in, by the criterion that failed first.
EXCLUDED: Final = {
    "unusable_record": N_("No usable record after rows were set aside"),
    "nsclc": N_("Not non-small cell lung cancer"),
    "advanced": N_("Disease not advanced (stage IIIB or higher, recurrent or metastatic)"),
    "ici_treated": N_("No immune checkpoint inhibitor (ICI) on record"),
    "no_prior_ici": N_("First ICI was neoadjuvant, adjuvant or consolidation"),
    "first_ici_monotherapy": N_("First ICI was not monotherapy"),
    "first_ici_in_window": N_("First ICI started outside the study window"),
    "index_progression": N_("No progression on the first ICI before other systemic therapy"),
    "rechallenged": N_("No ICI again after progression"),
    "rechallenge_in_window": N_("Rechallenge started outside the study window"),
    "minimum_data": N_("Key dates or follow-up missing"),
}
YES_NO: Final = {"true": N_("Yes"), "false": N_("No"), "yes": N_("Yes"), "no": N_("No")}


# Words that `plain` makes of the identifiers of the vocabularies; they are messages like all others.
VOCABULARY: Final = (
    N_("Male"), N_("Female"), N_("Never"), N_("Ever"), N_("Current"), N_("Former"), N_("Unknown"), N_("Positive"),
    N_("Negative"), N_("Wild type"), N_("Mutated"), N_("Squamous"), N_("Large cell"), N_("Adenosquamous"),
    N_("Monotherapy"), N_("Chemotherapy"), N_("Rechallenge"), N_("Resumption"), N_("Switch"), N_("Primary"),
    N_("Acquired"), N_("Nivolumab"), N_("Pembrolizumab"), N_("Atezolizumab"), N_("Durvalumab"), N_("Avelumab"),
    N_("Cemiplimab"), N_("Ipilimumab"), N_("Camrelizumab"), N_("Sintilimab"), N_("Tislelizumab"), N_("Toripalimab"),
    N_("Penpulimab"), N_("Sugemalimab"), N_("Serplulimab"), N_("Benmelstobart"), N_("Cadonilimab"), N_("Ivonescimab"),
    N_("Error"), N_("Warning"), N_("Note"), N_("error"), N_("warning"), N_("note"), N_("Age"), N_("Patients"), N_("Treatments"), N_("Assessments"), N_("Lesions"),
    N_("Adverse events"), N_("Main"), N_("Sarcomatoid"), N_("Not recorded"), N_("Other"), N_("Systemic"), N_("Local"),
    N_("Middle"), N_("Earliest"), N_("Latest"), N_("Unadjusted"), N_("Adjusted"), N_("Cutoff days"),
    N_("No class"),
)  # fmt: skip


def plain(word: str) -> str:
    """Return an identifier as words: underscores as spaces, the first letter a capital."""
    text = str(word).replace("_", " ").strip()
    return tr(text[:1].upper() + text[1:])


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
    return tr((labels or {}).get(term, "")) or str(TERMS.get(term, "")) or plain(term)


def level_words(term: str, level: str) -> str:
    """Return the words for a level of a covariate, as they stand beside a curve."""
    if level in LEVELS.get(term, {}):
        return str(LEVELS[term][level])
    return str(YES_NO.get(level, "")) or plain(level) or tr("All patients")


def preset_words(section: str, preset: str) -> str:
    """Return the words for a preset of a section of the definitions."""
    return str(PRESETS.get(section, {}).get(preset, "")) or plain(preset)


def choice_words(key: str) -> str:
    """Return the words for a setting that a specification curve varies: "Resistance", "Resistance: cutoff days"."""
    section, _, name = key.partition(".")
    said = str(SECTIONS.get(section, "")) or plain(section)
    return said if name in ("", "preset", "imputation") else labelled(said, plain(name).lower())


def choice_value_words(key: str, value: str) -> str:
    """Return the words for a value of such a setting."""
    section, _, name = key.partition(".")
    return preset_words(section, value) if name == "preset" else str(YES_NO.get(value, "")) or plain(value)


def cell_words(term: str, level: str) -> str:
    """Return the words for a level under the heading of its covariate: "Yes" rather than "With interval treatment"."""
    return str(YES_NO.get(level, "")) or level_words(term, level)


def level_order(term: str, levels: list[str]) -> list[str]:
    """Return the levels in the declared order, those not declared after them as they come."""
    known = [level for level in LEVELS.get(term, {}) if level in levels]
    return [*known, *(level for level in levels if level not in known)]


def endpoint_words(endpoint: str) -> str:
    """Return "progression-free survival after rechallenge" and the like, in lower case."""
    name = str(ENDPOINTS.get(endpoint, endpoint))
    since = TIME_ZERO.get(endpoint)
    return tr("{name} from the {since}", name=name.lower(), since=since) if since else name


def share_words(endpoint: str) -> str:
    """Return what the axis of a survival curve shows: "Progression-free survival (%)"."""
    return str(SHARES.get(endpoint, "")) or tr("{endpoint} (%)", endpoint=ENDPOINTS.get(endpoint, endpoint))


# A line of Chinese does not begin with a mark that closes, nor end with one that opens.
NEVER_FIRST: Final = "，。；：、！？）”’》】%"
NEVER_LAST: Final = "（“‘《【"


def pieces(text: str) -> list[str]:
    """Return the parts of `text` between which a line may break, spaces kept at their end."""
    found: list[str] = []
    for character in " ".join(text.split()):
        wide = is_wide(character)
        kept = found and (character in NEVER_FIRST or found[-1][-1] in NEVER_LAST)
        if not found or (not kept and (wide or is_wide(found[-1][-1]) or found[-1].endswith(" "))):
            found.append(character)
        else:
            found[-1] += character
    return found


def is_wide(character: str) -> bool:
    """Tell whether a character takes a full em, as Chinese, Japanese and Korean ones do."""
    return "\u1100" <= character <= "\u115f" or "\u2e80" <= character <= "\ua4cf" or "\uac00" <= character <= "\uffe6"
