"""Locked history and the policy: one change of the next extract, and the rules that must speak."""

from typing import Any

import pytest

from rechallenge.refresh.comparison import compare
from rechallenge.refresh.documents import summary
from rechallenge.refresh.history import RULES
from rechallenge.refresh.policy import failing
from rechallenge.refresh.sentences import log_lines
from rechallenge.refresh.told import view
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.refresh import RefreshPolicy, RefreshSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.refresh.studies import (
    NOW,
    changed,
    dose,
    now,
    patient,
    provenance,
    refreshed,
    released,
    scan,
    study,
    then,
)


def comparison(new, old=None, **settings: Any):
    return compare(old or released(), new, RefreshSettings.read(settings, "refresh"), StatisticsSettings())


def rules(made):
    """Return the rules that found something, with the columns."""
    return {
        item.rule.id: ";".join(sorted(set(made.history.loc[made.history["rule"] == item.rule.id, "column"])))
        for item in RULES
        if (made.history["rule"] == item.rule.id).any()
    }


def said_of(edit):
    return rules(comparison(study(changed(edit), NOW)))


def test_a_year_that_only_adds_breaks_nothing():
    made = comparison(refreshed())
    assert rules(made) == {}
    assert made.verdicts == ()


def test_a_date_that_was_settled():
    def edit(rows):
        rows["treatments"][1]["end_date"] = "2019-09-01"

    assert said_of(edit) == {"REF01": "end_date"}


def test_a_birth_date_that_changed_is_settled():
    def edit(rows):
        rows["patients"][0]["birth_date"] = "1956-05-01"

    assert said_of(edit)["REF01"] == "birth_date"


@pytest.mark.parametrize(("death", "rule"), [(None, "REF02"), ("2021-05-01", "REF03")])
def test_a_death_that_vanished_or_moved(death, rule):
    rows = then()
    rows["patients"][1] = patient("A2", "2020-11-01", "2020-11-01")
    new = now()
    new["patients"][1] = patient("A2", "2021-12-10", death)
    found = rules(comparison(study(new, NOW), study(rows)))
    assert found[rule] == "death_date"
    assert "OS1" in found["REF06"]  # the event that had been counted is gone, or is another day's


def test_another_first_ici():
    def edit(rows):
        rows["treatments"].append(dose("A2", "pembrolizumab", "2019-01-20", "2019-02-10"))

    found = said_of(edit)
    assert found["REF04"] == "first_ici_drug;first_ici_start"
    assert found["REF10"] == "start_date"


def test_a_settled_row_that_is_gone():
    def edit(rows):
        del rows["assessments"][1]

    assert said_of(edit)["REF05"] == "assessment_date"


def test_a_follow_up_that_became_shorter():
    """A3 had no progression by 1 December; the scan that said so is gone, and the new one is too."""

    def edit(rows):
        rows["assessments"] = [row for row in rows["assessments"] if row["patient_id"] != "A3"]

    found = said_of(edit)
    assert found["REF07"] == "PFS1"
    assert found["REF05"] == "assessment_date"


def test_a_patient_who_is_gone_is_told_once_and_not_by_every_row():
    def edit(rows):
        for name, table in rows.items():
            rows[name] = [row for row in table if row["patient_id"] != "A1"]

    found = said_of(edit)
    assert found == {"REF09": "", "REF13": "withdrawn_patient"}


def test_a_patient_under_another_identifier_is_recognised_by_the_rows():
    def rename(rows, old="A1", new="B7"):
        for table in rows.values():
            for row in table:
                if row["patient_id"] == old:
                    row["patient_id"] = new

    made = comparison(study(changed(rename), NOW))
    found = made.history.set_index("rule")
    assert found.loc["REF18", ["old_file", "old_row", "source_file", "source_row"]].tolist() == [
        "patients.csv", 2, "patients.csv", 2,
    ]  # fmt: skip
    assert found.loc["REF18", "patient_key"] == found.loc["REF09", "patient_key"]

    def another(rows):
        rename(rows)
        rows["patients"][0]["birth_date"] = "1970-01-01"

    assert "REF18" not in said_of(another)
    assert "REF18" not in said_of(lambda rows: rename(rows, "A4", "B9"))  # nobody of the release is gone


def test_a_row_that_came_late_and_an_event_that_it_brings():
    def edit(rows):
        rows["assessments"].append(scan("A1", "2020-03-01", "PD", 2.0))

    assert said_of(edit) == {"REF10": "assessment_date", "REF12": "PFS"}


def test_a_cell_of_an_old_row_that_is_no_date():
    def edit(rows):
        rows["patients"][1]["histology"] = "squamous"

    assert said_of(edit) == {"REF11": "histology"}


def test_a_cell_that_was_empty_is_no_correction():
    def edit(rows):
        rows["patients"][1]["egfr"] = "negative"

    assert said_of(edit) == {}


def test_a_class_that_changed():
    def edit(rows):
        rows["assessments"].append(scan("A1", "2019-04-01", "PR"))

    assert said_of(edit)["REF14"] == "resistance"


def test_a_cut_off_before_that_of_the_release():
    made = comparison(study(then(), "2020-06-30"), released())
    assert rules(made)["REF08"] == "study.cutoff"


def test_patients_and_estimates_that_move_without_data_are_the_study_s():
    other = DefinitionSettings.read({"progression_pattern": {"preset": "hosoya_2021"}}, "definitions")
    rows = then()
    rows["treatments"].append(dose("A2", "pembrolizumab", "2020-02-01", "2020-05-01"))
    old = study(rows)
    made = comparison(study(rows, definitions=other, record=provenance(code={"classify": "9999"})), old)
    found = rules(made)
    assert found["REF15"] == "progression_pattern"
    assert "main/rechallenge/progression_pattern/systemic/n" in found["REF16"]
    assert set(made.moves.estimates["because"]) == {"study"}
    assert [item.policy for item in failing(made.verdicts)] == ["moved_without_data"]


def test_a_partial_date_that_stands_for_another_day_is_told_and_breaks_nothing():
    rows, later = then(), now()
    for own, day in ((rows, "2020-10-10"), (later, "2020-10-15")):
        own["treatments"][4].update(start_date="2020-10", start_date_day=day)
    assert rules(comparison(study(later, NOW), study(rows))) == {"REF17": "start_date"}


@pytest.mark.parametrize(("action", "fails"), [("fail", ["late_changes"]), ("warn", []), ("ignore", [])])
def test_the_policy_decides_what_fails(action, fails):
    def edit(rows):
        rows["assessments"].append(scan("A2", "2019-12-01", "SD"))

    made = comparison(study(changed(edit), NOW), policy={"late_changes": action})
    assert [item.policy for item in failing(made.verdicts)] == fails
    lines = log_lines(made, view(private=False, smallest=5))
    said = [line for line in lines if "REF10" in line]
    assert len(said) == (0 if action == "ignore" else 1)
    assert ("fails by the study's policy: rows came late or were corrected" in lines[-1]) == bool(fails)
    assert summary(made, view(private=False, smallest=5))["fails"] == fails


def test_other_code_settings_and_libraries_are_drifts_of_their_own():
    record = provenance(
        cutoff=NOW, extract="d", preset="index_literal", code={"classify": "9", "report": "9"}, versions={"pandas": "3"}
    )
    made = comparison(study(now(), NOW, record=record), policy={"code_changed": "fail"})
    assert {item.policy: (item.action, item.names) for item in made.verdicts} == {
        "settings_changed": ("warn", ("definitions.resistance.preset",)),
        "code_changed": ("fail", ("classify",)),
        "libraries_changed": ("warn", ("pandas",)),
    }
    assert set(made.moves.estimates["because"]) == {"not_told_apart"}


def test_every_rule_has_a_policy_of_the_settings_and_is_documented(checkout):
    text = (checkout / "docs" / "refresh.md").read_text(encoding="utf-8")
    for item in RULES:
        assert item.policy in RefreshPolicy.model_fields
        assert f"| `{item.rule.id}` | {item.rule.meaning} | `{item.policy}` |" in text
