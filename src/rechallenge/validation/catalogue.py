"""Every rule of the validation, in the order of the documentation."""

from collections.abc import Iterable
from typing import Final

from rechallenge.errors import nearest
from rechallenge.findings import Rule
from rechallenge.sources.rules import INGEST_RULES
from rechallenge.validation import (
    rules_assessments,
    rules_duplicates,
    rules_follow_up,
    rules_identity,
    rules_lesions,
    rules_patients,
    rules_progression,
    rules_safety,
    rules_treatments,
    schemas,
)
from rechallenge.validation.model import Check

SUBJECTS: Final[dict[str, tuple[Check, ...]]] = {
    "Cells": schemas.CHECKS,
    "Identity": rules_identity.CHECKS,
    "Duplicates": rules_duplicates.CHECKS,
    "Patients": rules_patients.CHECKS,
    "Follow-up": rules_follow_up.CHECKS,
    "Treatments": rules_treatments.CHECKS,
    "Progression": rules_progression.CHECKS,
    "Assessments and lesions": (*rules_assessments.CHECKS, *rules_lesions.CHECKS),
    "Safety": rules_safety.CHECKS,
}
CATALOGUE: Final[tuple[Check, ...]] = tuple(check for checks in SUBJECTS.values() for check in checks)

DUPLICATE_IDENTICAL: Final = Rule(
    "duplicate_identical",
    "note",
    "The row repeats another one and was merged with it",
    "Nothing; merged rows are counted.",
)
WAIVER_UNUSED: Final = Rule(
    "waiver_unused",
    "error",
    "The waiver matches no violation",
    "Delete the waiver, or correct its rule, patient, table or row.",
)
WAIVER_INCOMPLETE: Final = Rule(
    "waiver_incomplete",
    "error",
    "The waiver is not usable",
    "State the rule, the patient or row, and reason, who and when; it was not applied.",
)
WAIVER_RULE_UNKNOWN: Final = Rule(
    "waiver_rule_unknown",
    "error",
    "The waiver names a rule that does not exist or cannot be waived",
    "Correct the rule's name; the rules are listed in docs/validation_rules.md.",
)
# Rules that the check itself applies, before or after those of the catalogue.
OWN_RULES: Final = (DUPLICATE_IDENTICAL, WAIVER_UNUSED, WAIVER_INCOMPLETE, WAIVER_RULE_UNKNOWN)

_UNMOVABLE: Final = {rule.id for rule in OWN_RULES} | {check.rule.id for check in CATALOGUE if not check.movable}
_UNWAIVABLE: Final = {rule.id for rule in OWN_RULES} - {"duplicate_identical"} | {
    check.rule.id for check in CATALOGUE if not check.waivable
}


def known_rules(others: Iterable[str] = ()) -> list[str]:
    """Every rule id, those of ingest and `others` (ids met in findings) included."""
    ids = {check.rule.id for check in CATALOGUE} | {rule.id for rule in (*OWN_RULES, *INGEST_RULES)}
    return sorted(ids | set(others))


def set_aside_problem(rule_id: str, known: list[str]) -> str:
    """Why the rows of this rule cannot be set aside, as a sentence; empty if they can."""
    if rule_id not in known:
        return f'validation.set_aside: there is no rule "{rule_id}".{nearest(rule_id, known)}'
    if rule_id in _UNMOVABLE:
        return f'validation.set_aside: the rule "{rule_id}" points at no row that could be set aside.'
    return ""


def waiver_problem(rule_id: str, known: list[str]) -> str:
    """Why this rule cannot be waived, as a sentence; empty if it can."""
    if rule_id not in known:
        return f'There is no rule "{rule_id}".{nearest(rule_id, known)}'
    if rule_id in _UNWAIVABLE:
        return f'The rule "{rule_id}" cannot be waived: the later steps need it to hold; correct or set aside its rows.'
    return ""
