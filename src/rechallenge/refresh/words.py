"""The words of a comparison: criteria as reasons to enter or leave, kinds of change, policies, causes."""

from typing import Final

from rechallenge import words
from rechallenge.language import N_, tr
from rechallenge.refresh import medians, time_changes
from rechallenge.refresh.causes import CODE, CUTOFF, DATA, LIBRARIES, SETTINGS, WORDS
from rechallenge.refresh.estimate_changes import BY_BOTH, BY_DATA, BY_STUDY, UNTOLD
from rechallenge.refresh.patient_changes import ENTERED, NEW_PATIENT, NO_CLASS, WITHDRAWN_PATIENT

# Why somebody is in who was not, by the criterion that failed before.
ENTERED_BY: Final = {
    NEW_PATIENT: N_("New in the registry"),
    "unusable_record": N_("Record usable now"),
    "nsclc": N_("Histology is non-small cell lung cancer now"),
    "advanced": N_("Disease advanced since"),
    "ici_treated": N_("First ICI since"),
    "no_prior_ici": N_("An earlier ICI no longer excludes"),
    "first_ici_monotherapy": N_("First ICI counts as monotherapy now"),
    "first_ici_in_window": N_("First ICI inside the window now"),
    "index_progression": N_("Progressed on the first ICI since"),
    "rechallenged": N_("Rechallenged since"),
    "rechallenge_in_window": N_("Rechallenge inside the window now"),
    "minimum_data": N_("Key dates known now"),
    NO_CLASS: N_("Has a class of resistance now"),
}
LEFT_BY: Final = {
    WITHDRAWN_PATIENT: N_("No longer in the extract"),
    NO_CLASS: N_("Has no class of resistance now"),
}
POPULATIONS: Final = {
    "first_ici": N_("First ICI monotherapy"),
    "progressed": N_("Progressed on it"),
    "rechallenge": N_("Rechallenged"),
}
# The parts of a median's move, as heads of columns; and as lines, for one and many patients.
STEPS: Final = {
    medians.METHOD: N_("Code, settings or libraries"),
    medians.LEFT: N_("Left"),
    medians.CORRECTED: N_("History corrected"),
    medians.ENTERED: N_("Entered"),
    medians.FOLLOWED: N_("Longer follow-up"),
}
STEP_LINES: Final = {
    medians.METHOD: (N_("Other code, settings or libraries"),) * 2,
    medians.LEFT: (N_("1 patient left"), N_("{count} patients left")),
    medians.CORRECTED: (
        N_("The history of 1 patient was corrected"),
        N_("The history of {count} patients was corrected"),
    ),
    medians.ENTERED: (N_("1 patient entered"), N_("{count} patients entered")),
    medians.FOLLOWED: (N_("1 patient was followed up longer"), N_("{count} patients were followed up longer")),
}
HOW: Final = {
    time_changes.FOLLOWED: N_("followed up longer"),
    time_changes.EVENT: N_("event since"),
    time_changes.EVENT_BEFORE: N_("event reported late"),
    time_changes.EVENT_GONE: N_("event gone"),
    time_changes.EVENT_MOVED: N_("event on another day"),
    time_changes.SHORTER: N_("shorter follow-up"),
}
POLICIES: Final = {
    "locked_history": N_("Settled history changed"),
    "withdrawn_patients": N_("Patients were withdrawn"),
    "moved_without_data": N_("Something moved without data"),
    "late_changes": N_("Rows came late or were corrected"),
    "patients_left": N_("Patients left the rechallenge set"),
    "class_changed": N_("Patients changed class"),
    "settings_changed": N_("Settings or files of the study are different"),
    "code_changed": N_("Code is different"),
    "libraries_changed": N_("Libraries are different"),
}
ACTIONS: Final = {"fail": N_("fails"), "warn": N_("warning"), "ignore": N_("let pass")}
CAUSES: Final = {
    DATA: N_("Data"),
    CUTOFF: N_("Cut-off and window"),
    SETTINGS: N_("Settings and files"),
    CODE: N_("Code"),
    LIBRARIES: N_("Libraries"),
    WORDS: N_("Words and drawings only"),
}
BECAUSE: Final = {
    BY_DATA: N_("data"),
    BY_STUDY: N_("study"),
    BY_BOTH: N_("data and study"),
    UNTOLD: N_("not told apart"),
    "cut_off": N_("cut-off"),
}
KINDS: Final = {
    "added": N_("added"),
    "changed": N_("changed"),
    "withdrawn": N_("withdrawn"),
    "redated": N_("same words, another day"),
    "new": N_("new"),
    "gone": N_("gone"),
    "moved": N_("moved"),
}
TABLES: Final = {
    "patients": N_("Patients"),
    "treatments": N_("Treatments"),
    "assessments": N_("Assessments"),
    "lesions": N_("Lesions"),
    "adverse_events": N_("Adverse events"),
}


def criterion_words(what: str, criterion: str) -> str:
    """Return why a patient entered or left, by the criterion that decided."""
    if what == ENTERED:
        return tr(ENTERED_BY.get(criterion) or words.plain(criterion))
    return tr(LEFT_BY.get(criterion) or words.EXCLUDED.get(criterion) or words.plain(criterion))


def of(table: dict[str, str], key: str) -> str:
    """Return the words for a key of one of these tables; the key itself, as words, where there are none."""
    return tr(table[key]) if key in table else words.plain(key)
