"""Who entered, left or changed class: by which criterion, and because of which row."""

import pandas as pd
import pytest

from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.patient_changes import bridge, moves_of, patient_changes, sizes
from rechallenge.refresh.row_changes import row_changes
from rechallenge.settings.definitions import DefinitionSettings
from tests.refresh.studies import NOW, SALT, changed, now, refreshed, released, scan, study, then

NAMES = {patient_keys(pd.Series([name]), SALT).iloc[0]: name for name in ("A1", "A2", "A3", "A4")}


def told(old, new):
    """Return the moves as (patient, what, subject, before, now, criterion, because, rows)."""
    found = patient_changes(old, new, row_changes(old, new))
    rows = []
    for move in moves_of(found).to_dict("records"):
        own = found[
            (found["patient_key"] == move["patient_key"])
            & (found["subject"] == move["subject"])
            & (found["what"] == move["what"])
        ]
        places = [f"{file}:{row}" for file, row in zip(own["source_file"], own["source_row"], strict=True) if file]
        about = [move[name] for name in ("what", "subject", "before", "now", "criterion", "because")]
        rows.append((NAMES[move["patient_key"]], *about, *places))
    return rows


def of(found, subject):
    return [row for row in found if row[2] == subject]


@pytest.fixture(scope="module")
def after_a_year():
    return told(released(), refreshed())


def test_who_is_new_enters_by_the_row_of_the_patient(after_a_year):
    assert of(after_a_year, "first_ici") == [
        ("A4", "entered", "first_ici", "out", "in", "new_patient", "data", "patients.csv:5")
    ]


def test_who_progresses_enters_by_the_scan_that_showed_it(after_a_year):
    """A3 has a new scan and a filled last dose; the scan of 10 February decides."""
    assert of(after_a_year, "progressed") == [
        ("A3", "entered", "progressed", "out", "in", "index_progression", "data", "assessments.csv:8")
    ]


def test_who_is_rechallenged_enters_by_the_first_dose(after_a_year):
    assert of(after_a_year, "rechallenge") == [
        ("A2", "entered", "rechallenge", "out", "in", "rechallenged", "data", "treatments.csv:7")
    ]


def test_a_first_class_is_no_change_of_class(after_a_year):
    assert of(after_a_year, "resistance") == [
        ("A3", "classified", "resistance", "", "primary", "resistance", "data", "assessments.csv:8")
    ]


def test_who_leaves_leaves_by_the_criterion_that_fails_now():
    def edit(rows):
        rows["patients"][0]["histology"] = "small_cell"

    found = told(released(), study(changed(edit), NOW))
    left = [row for row in found if row[1] == "left"]
    assert ("A1", "left", "rechallenge", "in", "out", "nsclc", "data", "patients.csv:2") in left
    assert {row[2] for row in left} == {"first_ici", "progressed", "rechallenge"}


def test_who_is_withdrawn_leaves_by_the_row_of_the_old_extract():
    def edit(rows):
        for name, table in rows.items():
            rows[name] = [row for row in table if row["patient_id"] != "A1"]

    left = [row for row in told(released(), study(changed(edit), NOW)) if row[0] == "A1"]
    assert ("A1", "left", "rechallenge", "in", "out", "withdrawn_patient", "data", "patients.csv:2") in left


def test_a_class_that_changed_names_the_row():
    """A response before the progression makes A1's resistance acquired."""

    def edit(rows):
        rows["assessments"].append(scan("A1", "2019-04-01", "PR"))

    found = of(told(released(), study(changed(edit), NOW)), "resistance")
    assert ("A1", "class", "resistance", "primary", "acquired", "resistance", "data", "assessments.csv:9") in found


def test_a_move_without_a_changed_row_is_the_study_s():
    other = DefinitionSettings.read({"progression_pattern": {"preset": "hosoya_2021"}}, "definitions")
    found = told(released(), study(then(), definitions=other))
    assert found == [
        ("A2", "class", "progression_pattern", "systemic", "oligo", "progression_pattern", "study")
    ]  # four lesions: systemic by the index study, oligo by Hosoya


def test_a_move_without_a_changed_row_after_another_cut_off_is_the_cut_off_s():
    rows = now()
    found = told(study(rows), study(rows, NOW))
    assert ("A2", "entered", "rechallenge", "out", "in", "rechallenge_in_window", "cut_off") in found or (
        "A2", "entered", "rechallenge", "out", "in", "rechallenged", "cut_off",
    ) in found  # fmt: skip


def test_the_bridge_leads_from_the_old_to_the_new_size():
    old, new = released(), refreshed()
    found = patient_changes(old, new, row_changes(old, new))
    before, after = sizes(old, "rechallenge", "main"), sizes(new, "rechallenge", "main")
    assert (before, after) == (1, 2)
    assert bridge(found, before, after, "rechallenge", "main") == [("entered", "rechallenged", 1)]
    with pytest.raises(ValueError, match="leads from 1 to 2, not to 5"):
        bridge(found, before, 5, "rechallenge", "main")
