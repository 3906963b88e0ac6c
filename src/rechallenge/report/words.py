"""The words that tables print for covariates, levels, endpoints and criteria.

Endpoints and the covariates that are also drawn share their words with the figures; those that only tables print
are added here.
"""

from collections.abc import Mapping
from typing import Final

from rechallenge import words as shared
from rechallenge.language import N_, tr
from rechallenge.robustness.scenarios import analysis_of
from rechallenge.robustness.scenarios import titles as scenario_titles
from rechallenge.vocabulary import HISTOLOGIES, STAGES
from rechallenge.words import lower_first as lower_first

# The analyses of the sensitivity set; the study file names its own.
SCENARIOS: Final = scenario_titles()
# What the names of those analyses begin with.
SENSITIVITY_SET: Final = analysis_of("")

ENDPOINTS: Final = {
    "PFS": N_("PFS from rechallenge"),
    "OS": N_("OS from rechallenge"),
    "PFS1": N_("PFS of the first ICI"),
    "OS1": N_("OS from the first ICI"),
    "TTF": N_("TTF of rechallenge"),
    "TTF1": N_("TTF of the first ICI"),
    "TTNT": N_("TTNT from rechallenge"),
    "TTNT1": N_("TTNT from the first ICI"),
    "DOR": N_("DOR on rechallenge"),
    "DOR1": N_("DOR on the first ICI"),
    "PPS": N_("Survival after progression on the first ICI (PPS)"),
}
POPULATIONS: Final = {
    "first_ici": N_("first ICI monotherapy"),
    "progressed": N_("progressed on the first ICI"),
    "rechallenge": N_("rechallenge set"),
}
TERMS: Final = {
    "age": N_("Age, years"),
    "sex": N_("Sex"),
    "smoking": N_("Smoking"),
    "histology": N_("Histology"),
    "stage": N_("Stage at diagnosis"),
    "pd_l1_tps": N_("PD-L1 TPS, %"),
    "egfr": N_("EGFR mutation"),
    "alk": N_("ALK rearrangement"),
    "brain_metastasis": N_("Brain metastasis"),
    "liver_metastasis": N_("Liver metastasis"),
    "bone_metastasis": N_("Bone metastasis"),
    "ecog": N_("ECOG performance status"),
    "best_response": N_("Best response to the first ICI"),
    "first_ici_line": N_("Line of the first ICI"),
    "first_ici_drug": N_("First ICI"),
    "days_to_progression": N_("Days to progression on the first ICI"),
    "months_to_progression": N_("Months to progression on the first ICI"),
    "treated_beyond_progression": N_("Treated beyond progression"),
    "local_therapy_at_progression": N_("Local therapy at progression"),
    "progressing_lesions": N_("Progressing lesions"),
    "rechallenge_regimen": N_("Rechallenge regimen"),
    "histology_group": N_("Histology, grouped"),
    "rechallenge_combination": N_("Rechallenge in combination"),
    "rechallenge_best_response": N_("Best response to rechallenge"),
    "exposure_days": N_("Days on the first ICI"),
    "days_since_last_dose": N_("Days from the last dose to progression"),
    "progressing_organs": N_("Progressing organs"),
    "immune_related_event": N_("Immune-related adverse events of grade 3 or more"),
}
LEVELS: Final = {
    "adenocarcinoma": N_("Adenocarcinoma"),
    "nsclc_nos": N_("NSCLC, not otherwise specified"),
    "nsclc_other": N_("Other NSCLC"),
    "non_squamous": N_("Non-squamous"),
    "ici_combination": N_("Two ICIs"),
    "chemotherapy": N_("With chemotherapy"),
    "anti_angiogenic": N_("With anti-angiogenic therapy"),
    "chemotherapy_and_anti_angiogenic": N_("With chemotherapy and anti-angiogenic therapy"),
    "other_combination": N_("Other combination"),
    "pd_1": N_("PD-1"),
}
CRITERIA: Final = {
    "extract": N_("Patients in the extract"),
    "unusable_record": N_("No usable record after rows were set aside"),
    "nsclc": N_("Non-small cell lung cancer"),
    "advanced": N_("Advanced disease at the first ICI"),
    "ici_treated": N_("Treated with an ICI"),
    "no_prior_ici": N_("No earlier neoadjuvant, adjuvant or consolidation ICI"),
    "first_ici_monotherapy": N_("First ICI given as monotherapy"),
    "first_ici_in_window": N_("First ICI started in the study window"),
    "index_progression": N_("Progression on the first ICI"),
    "rechallenged": N_("Rechallenged with an ICI"),
    "rechallenge_in_window": N_("Rechallenge started in the study window"),
    "minimum_data": N_("Minimum data available"),
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
        return tr(
            "{term}, within {labels}: {value}",
            term=term(column, labels),
            labels=term(within, labels).lower(),
            value=level(within, value).lower(),
        )
    return tr((labels or {}).get(column, "")) or str(TERMS.get(column, "")) or shared.term_words(column)


def level(name: str, value: str) -> str:
    """Return the words for a level of a covariate; codes with digits or symbols (IVA, ">=50%") stay as they are."""
    name = name.partition("|")[0]
    if value in shared.LEVELS.get(name, {}):
        return shared.cell_words(name, value)
    if value in LEVELS:
        return str(LEVELS[value])
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
    return str(ENDPOINTS.get(name, name))


def criterion(name: str) -> str:
    """Return the words for a criterion."""
    return str(CRITERIA.get(name, "")) or shared.plain(name)


def exclusion(name: str) -> str:
    """Return the words for failing a criterion."""
    return str(shared.EXCLUDED.get(name, "")) or tr("Criterion not met: {shared}", shared=shared.plain(name).lower())


def resistance_class(level: str) -> str:
    """Return a class of resistance as a noun: "acquired resistance", but "late progression"."""
    if level == "not_acquired":
        return tr("no acquired resistance")
    said = shared.level_words("resistance", level).lower()
    return tr("{class} resistance", **{"class": said}) if level in ("acquired", "primary", "unclassified") else said


def resistance_group(level: str) -> str:
    """Return a class of resistance as it follows a count of patients: "after acquired resistance"."""
    if level == "not_acquired":
        return tr("where resistance was not acquired")
    if level in ("acquired", "primary", "late_progression"):
        return tr("after {resistance}", resistance=resistance_class(level))
    return tr("with {resistance}", resistance=resistance_class(level))


def choice(key: str) -> str:
    """Return the words for a choice of the specification curve within a sentence."""
    said = lower_first(shared.choice_words(key))
    if key == "model":
        return tr("adjustment of the model")
    if key == "dates.imputation":
        return tr("the reading of partial dates")
    return (
        tr("the definition of {said}", said=said)
        if key.endswith(".preset") and key != "endpoints.preset"
        else f"the {said}"
    )


def analysis(name: str, titles: Mapping[str, str] | None = None) -> str:
    """Return the title of an analysis, else its name in plain words."""
    return (
        tr((titles or {}).get(name, ""))
        or str(SCENARIOS.get(name, ""))
        or (tr("Main analysis") if name == "main" else shared.plain(name))
    )
