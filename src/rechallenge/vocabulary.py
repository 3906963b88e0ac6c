"""The controlled terms of the canonical tables: one word for one thing.

The synonyms that sources use for these terms live in `config/vocabularies/`; the meanings stand in
`docs/glossary.md`.
"""

from typing import Final

# RECIST 1.1 (Eisenhauer 2009) and iRECIST (Seymour 2017) overall responses.
RESPONSES: Final = ("CR", "PR", "SD", "PD", "NE", "iUPD", "iCPD", "NON_CR_NON_PD")
# iUPD and iCPD are progression under RECIST 1.1; what counts in a study is `definitions.progression`.
PROGRESSIVE: Final = ("PD", "iUPD", "iCPD")
BASES: Final = ("imaging", "clinical")
PRECISIONS: Final = ("day", "month", "year")
SEXES: Final = ("male", "female")
SMOKING: Final = ("never", "ever")
YES_NO: Final = ("yes", "no")
# "negative" is a tested wild type; an untested patient has a missing value, never "negative".
MUTATION: Final = ("positive", "negative")
HISTOLOGIES: Final = (
    "adenocarcinoma",
    "squamous",
    "large_cell",
    "adenosquamous",
    "nsclc_nos",
    "nsclc_other",
    "small_cell",
    "carcinoid",
    "not_lung_cancer",
)
NSCLC_HISTOLOGIES: Final = HISTOLOGIES[:6]
# AJCC groups; "I_or_II" and "III" are what some registries can tell, "occult" and "0" complete the scale.
STAGES: Final = (
    "0", "I", "IA", "IB", "I_or_II", "II", "IIA", "IIB", "III", "IIIA", "IIIB", "IIIC", "IV", "IVA", "IVB",
)  # fmt: skip
ADVANCED_STAGES: Final = ("IIIB", "IIIC", "IV", "IVA", "IVB")
UNDIVIDED_STAGE_III: Final = "III"
PD_L1_CLONES: Final = ("22C3", "28-8", "SP263", "SP142", "73-10", "other")
MODALITIES: Final = ("systemic", "radiotherapy", "surgery", "ablation")
INTENTS: Final = ("palliative", "neoadjuvant", "adjuvant", "consolidation")
# Treatment beside surgery or radiotherapy of an earlier stage.
EARLIER_INTENTS: Final = INTENTS[1:]
STOP_REASONS: Final = ("progression", "toxicity", "completed", "death", "patient_choice", "ongoing", "other")
LESION_ROLES: Final = ("target", "non_target", "new")
# What is said of a lesion beside its diameter, or instead of it; "too_small" is 5 mm (RECIST 1.1).
LESION_STATUSES: Final = ("measured", "absent", "present", "too_small", "progression", "not_evaluable")
QUALIFIERS: Final = ("exact", "at_least", "at_most", "range")

# Classes of the drug dictionary (config/vocabularies/drugs.yaml).
ICI_CLASSES: Final = ("PD-1", "PD-L1", "CTLA-4", "PD-1 x CTLA-4", "PD-1 x VEGF")
PARTNER_CLASSES: Final = (
    "chemotherapy",
    "anti-angiogenic",
    "targeted",
    "antibody-drug conjugate",
    "other antineoplastic",
)
ANTINEOPLASTIC_CLASSES: Final = ICI_CLASSES + PARTNER_CLASSES
# Supportive drugs (bone agents, steroids ...) are known, kept, and never change a regimen.
SUPPORTIVE_CLASS: Final = "supportive"
DRUG_CLASSES: Final = (*ANTINEOPLASTIC_CLASSES, SUPPORTIVE_CLASS)
# A blinded or coded trial drug that no dictionary can resolve: antineoplastic, class unknown.
INVESTIGATIONAL: Final = "investigational"

POPULATIONS: Final = ("first_ici", "progressed", "rechallenge")
