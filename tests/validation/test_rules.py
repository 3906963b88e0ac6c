"""Every rule finds exactly the rows that its fixture names, and nothing in a clean study."""

import pytest

from rechallenge.validation.catalogue import CATALOGUE, OWN_RULES
from tests.validation import cases_disease, cases_follow_up, cases_lesions, cases_patients
from tests.validation.cases import Case, located

CASES = [*cases_patients.CASES, *cases_follow_up.CASES, *cases_disease.CASES, *cases_lesions.CASES]
# Tested where they can occur: a table of a wrong type, and waivers.
ELSEWHERE = {"structure_wrong", "waiver_unused", "waiver_incomplete", "waiver_rule_unknown"}

CLEAN = Case(
    "none",
    "two ordinary patients",
    [],
    patients="""
        patient_id  sex     birth_date  diagnosis_date  histology  stage  stage_edition  last_contact_date  death_date
        01          male    1955-03-07  2019-05-20      nsclc_nos  IVA    8              2022-05-02         2022-05-02
        02          female  1960-11-23  2019-08-02      squamous   IIIB   8              2022-12-20         .
    """,
    treatments="""
        patient_id  regimen_id  line  drug           start_date  end_date    stop_reason  ecog  modality  intent
        01          R1          1     pembrolizumab  2019-06-10  2020-03-02  progression  1     systemic  palliative
        01          R2          2     docetaxel      2020-03-20  2020-07-01  progression  1     systemic  palliative
        01          R3          3     nivolumab      2020-08-01  2021-01-10  progression  1     systemic  palliative
        02          R1          1     nivolumab      2019-09-01  2022-12-10  ongoing      0     systemic  palliative
    """,
    assessments="""
        patient_id  assessment_date  response  basis    progressing_lesions  progressing_organs  new_lesions
        01          2019-08-01       PR        imaging  .                    .                   .
        01          2020-03-10       PD        imaging  1                    2                   1
        01          2020-07-10       PD        imaging  4                    2                   .
        01          2020-10-01       SD        imaging  .                    .                   .
        01          2021-01-20       PD        imaging  3                    2                   2
        02          2019-11-01       SD        imaging  .                    .                   .
        02          2022-11-01       SD        imaging  .                    .                   .
    """,
    adverse_events="""
        patient_id  start_date  term  ctcae_grade  immune_related
        01          2019-07-20  rash  2            yes
    """,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case: Case) -> None:
    assert located(case.of_rule(), case.rule) == sorted(case.found)


def test_clean_study_has_no_violation() -> None:
    violations = CLEAN.check().violations
    assert violations[["rule", "table", "source_row", "message"]].to_dict("records") == []


def test_all_rules_run_together_as_they_do_alone() -> None:
    case = next(case for case in CASES if case.rule == "duplicate_conflicting")
    assert located(case.check().violations, case.rule) == sorted(case.found)


def test_every_rule_has_a_case() -> None:
    tested = {case.rule for case in CASES} | ELSEWHERE
    assert {check.rule.id for check in CATALOGUE} | {rule.id for rule in OWN_RULES} == tested


def test_rules_are_distinct_and_say_what_to_do() -> None:
    ids = [check.rule.id for check in CATALOGUE]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 30
    for check in CATALOGUE:
        assert check.rule.severity in ("error", "warning", "note")
        assert not check.rule.meaning.endswith(".")
        assert check.rule.action.endswith(".")
