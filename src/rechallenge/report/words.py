"""The words that tables print for covariates, levels, endpoints and criteria.

Endpoints and the covariates that are also drawn share their words with the figures; those that only tables print
are added here.
"""

from collections.abc import Mapping
from typing import Final

from rechallenge import words as shared
from rechallenge.robustness.scenarios import analysis_of
from rechallenge.robustness.scenarios import titles as scenario_titles
from rechallenge.vocabulary import HISTOLOGIES, STAGES
from rechallenge.words import lower_first as lower_first

# The analyses of the sensitivity set; the study file names its own.
SCENARIOS: Final = scenario_titles()
# What the names of those analyses begin with.
SENSITIVITY_SET: Final = analysis_of("")

ENDPOINTS: Final = {
    "PFS": "PFS from rechallenge",
    "OS": "OS from rechallenge",
    "PFS1": "PFS of the first ICI",
    "OS1": "OS from the first ICI",
    "TTF": "TTF of rechallenge",
    "TTF1": "TTF of the first ICI",
    "TTNT": "TTNT from rechallenge",
    "TTNT1": "TTNT from the first ICI",
    "DOR": "DOR on rechallenge",
    "DOR1": "DOR on the first ICI",
    "PPS": "Survival after progression on the first ICI (PPS)",
}
POPULATIONS: Final = {
    "first_ici": "first ICI monotherapy",
    "progressed": "progressed on the first ICI",
    "rechallenge": "rechallenge set",
}
TERMS: Final = {
    "age": "Age, years",
    "sex": "Sex",
    "smoking": "Smoking",
    "histology": "Histology",
    "stage": "Stage at diagnosis",
    "pd_l1_tps": "PD-L1 TPS, %",
    "egfr": "EGFR mutation",
    "alk": "ALK rearrangement",
    "brain_metastasis": "Brain metastasis",
    "liver_metastasis": "Liver metastasis",
    "bone_metastasis": "Bone metastasis",
    "ecog": "ECOG performance status",
    "best_response": "Best response to the first ICI",
    "first_ici_line": "Line of the first ICI",
    "first_ici_drug": "First ICI",
    "days_to_progression": "Days to progression on the first ICI",
    "months_to_progression": "Months to progression on the first ICI",
    "treated_beyond_progression": "Treated beyond progression",
    "local_therapy_at_progression": "Local therapy at progression",
    "progressing_lesions": "Progressing lesions",
    "rechallenge_regimen": "Rechallenge regimen",
    "histology_group": "Histology, grouped",
    "rechallenge_combination": "Rechallenge in combination",
    "rechallenge_best_response": "Best response to rechallenge",
    "exposure_days": "Days on the first ICI",
    "days_since_last_dose": "Days from the last dose to progression",
    "progressing_organs": "Progressing organs",
    "immune_related_event": "Immune-related adverse events of grade 3 or more",
}
LEVELS: Final = {
    "adenocarcinoma": "Adenocarcinoma",
    "nsclc_nos": "NSCLC, not otherwise specified",
    "nsclc_other": "Other NSCLC",
    "non_squamous": "Non-squamous",
    "ici_combination": "Two ICIs",
    "chemotherapy": "With chemotherapy",
    "anti_angiogenic": "With anti-angiogenic therapy",
    "chemotherapy_and_anti_angiogenic": "With chemotherapy and anti-angiogenic therapy",
    "other_combination": "Other combination",
    "pd_1": "PD-1",
}
CRITERIA: Final = {
    "extract": "Patients in the extract",
    "unusable_record": "No usable record after rows were set aside",
    "nsclc": "Non-small cell lung cancer",
    "advanced": "Advanced disease at the first ICI",
    "ici_treated": "Treated with an ICI",
    "no_prior_ici": "No earlier neoadjuvant, adjuvant or consolidation ICI",
    "first_ici_monotherapy": "First ICI given as monotherapy",
    "first_ici_in_window": "First ICI started in the study window",
    "index_progression": "Progression on the first ICI",
    "rechallenged": "Rechallenged with an ICI",
    "rechallenge_in_window": "Rechallenge started in the study window",
    "minimum_data": "Minimum data available",
}
# Levels whose order is neither the alphabet's nor that of the figures.
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "stage": STAGES,
    "pd_l1_group": ("<1%", "1-49%", ">=50%"),
    "best_response": ("CR", "PR", "SD", "NON_CR_NON_PD", "PD", "NE"),
    "rechallenge_best_response": ("CR", "PR", "SD", "NON_CR_NON_PD", "PD", "NE"),
    "histology": HISTOLOGIES,
    "rechallenge_type": (
        "monotherapy",
        "ici_combination",
        "chemotherapy",
        "anti_angiogenic",
        "chemotherapy_and_anti_angiogenic",
        "other_combination",
    ),
    "rechallenge_kind": ("rechallenge", "resumption", "switch"),
    "smoking": ("never", "ever"),
    "sex": ("male", "female"),
}
YES: Final = ("yes", "true")
NO: Final = ("no", "false")
UNCHANGED: Final = frozenset({"CR", "PR", "SD", "PD", "NE", "iUPD", "iCPD"})


def term(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the words for a covariate: the study's own label, else ours, else the name in plain words."""
    if "*" in name:
        first, _, second = name.partition("*")
        return f"{term(first, labels)} × {lower_first(term(second, labels))}"
    column, _, subset = name.partition("|")
    if subset:
        within, _, value = subset.partition("=")
        return f"{term(column, labels)}, within {term(within, labels).lower()}: {level(within, value).lower()}"
    return (labels or {}).get(column) or TERMS.get(column) or shared.term_words(column)


def level(name: str, value: str) -> str:
    """Return the words for a level of a covariate; codes with digits or symbols (IVA, ">=50%") stay as they are."""
    name = name.partition("|")[0]
    if value in shared.LEVELS.get(name, {}):
        return shared.cell_words(name, value)
    if value in LEVELS:
        return LEVELS[value]
    if value.startswith(">="):
        return "≥" + value[2:].strip()
    if value in UNCHANGED or not value.replace("_", "").isalpha() or value.isupper():
        return value
    return shared.cell_words(name, value)


def ordered(name: str, levels: list[str]) -> list[str]:
    """Return the levels of a covariate in the order of tables; those without a declared place after the others."""
    known = ORDER.get(name)
    if known is None:
        return shared.level_order(name.partition("|")[0], levels)
    return [*(level for level in known if level in levels), *(level for level in levels if level not in known)]


def endpoint(name: str) -> str:
    """Return the short words for an endpoint."""
    return ENDPOINTS.get(name, name)


def criterion(name: str) -> str:
    """Return the words for a criterion."""
    return CRITERIA.get(name) or shared.plain(name)


def exclusion(name: str) -> str:
    """Return the words for failing a criterion."""
    return shared.EXCLUDED.get(name) or f"Criterion not met: {shared.plain(name).lower()}"


def resistance_class(level: str) -> str:
    """Return a class of resistance as a noun: "acquired resistance", but "late progression"."""
    if level == "not_acquired":
        return "no acquired resistance"
    named = level in ("acquired", "primary", "unclassified")
    return f"{shared.level_words('resistance', level).lower()}{' resistance' if named else ''}"


def resistance_group(level: str) -> str:
    """Return a class of resistance as it follows a count of patients: "after acquired resistance"."""
    if level == "not_acquired":
        return "where resistance was not acquired"
    if level in ("acquired", "primary", "late_progression"):
        return f"after {resistance_class(level)}"
    return f"with {resistance_class(level)}"


def choice(key: str) -> str:
    """Return the words for a choice of the specification curve within a sentence."""
    said = lower_first(shared.choice_words(key))
    if key == "model":
        return "adjustment of the model"
    if key == "dates.imputation":
        return "the reading of partial dates"
    return f"the definition of {said}" if key.endswith(".preset") and key != "endpoints.preset" else f"the {said}"


def analysis(name: str, titles: Mapping[str, str] | None = None) -> str:
    """Return the title of an analysis, else its name in plain words."""
    return (
        (titles or {}).get(name) or SCENARIOS.get(name) or ("Main analysis" if name == "main" else shared.plain(name))
    )
