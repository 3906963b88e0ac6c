"""Rows: added, changed by column, withdrawn; keys that were corrected; dates that moved without a word."""

import pytest

from rechallenge.refresh.row_changes import counts, field_counts, row_changes, touched
from tests.refresh.studies import NOW, THEN, changed, dose, extract, now, scan, study, then


def told(old, new, settled_days=0):
    """Return what was found as (table, kind, fields, settled, old row, new row)."""
    found = row_changes(old, new, settled_days)
    columns = ["table", "kind", "fields", "settled", "old_row", "source_row"]
    return [tuple("" if str(cell) == "<NA>" else cell for cell in row) for row in found[columns].to_numpy()]


def settled(edit):
    """Return the findings that touch settled history, for one change of the next extract."""
    return [row for row in told(extract(then()), extract(changed(edit), NOW)) if row[3]]


def test_nothing_changed_is_nothing_found():
    assert told(extract(then()), extract(then())) == []


def test_a_year_adds_rows_and_fills_cells():
    found = told(extract(then()), extract(now(), NOW))
    assert ("patients", "changed", "last_contact_date;death_date", "", 2, 2) in found
    assert ("patients", "added", "", "", "", 5) in found
    assert ("treatments", "changed", "end_date", "", 6, 6) in found
    assert [row[1] for row in found if row[0] == "assessments"] == ["added"] * 3
    assert not [row for row in found if row[3]]


def test_the_order_of_the_rows_and_their_numbers_do_not_matter():
    rows = then()
    for table in rows.values():
        table.reverse()
    assert told(extract(then()), extract(rows)) == []


def test_a_date_before_the_old_cut_off_that_changed_is_settled():
    def edit(rows):
        rows["treatments"][0]["end_date"] = "2019-05-03"

    assert settled(edit) == [("treatments", "changed", "end_date", "end_date", 2, 2)]


def test_a_corrected_key_is_one_changed_row_not_two():
    def edit(rows):
        rows["treatments"][0]["start_date"] = "2019-02-03"

    assert settled(edit) == [("treatments", "changed", "start_date", "start_date", 2, 2)]


def test_two_corrected_columns_of_which_one_is_the_key_are_a_row_gone_and_a_row_come():
    def edit(rows):
        rows["treatments"][0].update(start_date="2019-02-03", end_date="2019-05-09")

    assert settled(edit) == [
        ("treatments", "added", "", "start_date", "", 2),
        ("treatments", "withdrawn", "", "start_date", 2, ""),
    ]


def test_a_row_that_is_gone_and_a_row_that_came_late_are_settled():
    def gone(rows):
        del rows["assessments"][1]

    def late(rows):
        rows["assessments"].append(scan("A1", "2020-07-01", "SD"))

    assert settled(gone) == [("assessments", "withdrawn", "", "assessment_date", 3, "")]
    assert settled(late) == [("assessments", "added", "", "assessment_date", "", 9)]


@pytest.mark.parametrize(("days", "found"), [(0, 1), (29, 1), (30, 1), (31, 0)])
def test_days_of_grace_before_the_cut_off_are_not_settled(days, found):
    """The scan of 1 December lies 30 days before the cut-off."""

    def edit(rows):
        rows["assessments"][3]["assessment_date"] = "2020-12-02"

    rows = told(extract(then()), extract(changed(edit), NOW), days)
    assert len([row for row in rows if row[3]]) == found


def test_a_date_on_the_cut_off_is_settled_and_one_after_it_is_not():
    old = then()
    old["assessments"].append(scan("A1", THEN, "SD"))
    new = now()
    assert [row[:4] for row in told(extract(old), extract(new, NOW)) if row[3]] == [
        ("assessments", "withdrawn", "", "assessment_date")
    ]
    old["assessments"][-1]["assessment_date"] = "2021-01-01"
    assert not [row for row in told(extract(old), extract(new, NOW)) if row[3]]


def test_two_rows_with_one_key_are_the_same_two_rows():
    rows = then()
    rows["treatments"].append(dose("A1", "nivolumab", "2019-02-01", "2019-04-01"))
    again = {name: list(table) for name, table in rows.items()}
    assert told(extract(rows), extract(again)) == []


def test_a_partial_date_that_stands_for_another_day_says_the_same():
    old, new = then(), then()
    for rows, day in ((old, "2019-05-15"), (new, "2019-05-20")):
        rows["treatments"][0].update(end_date="2019-05", end_date_day=day)
    found = row_changes(extract(old), extract(new))
    assert found[["kind", "redated", "settled"]].to_numpy().tolist() == [["redated", "end_date", ""]]


def test_a_partial_date_that_became_exact_is_a_change():
    old, new = then(), then()
    old["treatments"][0]["end_date"] = "2019-05"
    assert told(extract(old), extract(new)) == [("treatments", "changed", "end_date", "end_date", 2, 2)]


def test_how_a_cell_is_spelt_is_no_change():
    old, new = then(), then()
    new["treatments"][0]["drug_raw"] = "Opdivo"
    assert told(extract(old), extract(new)) == []


def test_tables_and_cells_are_counted():
    old, new = extract(then()), extract(now(), NOW)
    changes = row_changes(old, new)
    assert counts(changes, old.rows, new.rows).head(3).to_numpy().tolist() == [
        ["patients", 3, 1, 3, 0, 4, 4],
        ["treatments", 5, 2, 1, 0, 7, 3],
        ["assessments", 4, 3, 0, 0, 7, 3],
    ]
    assert field_counts(changes).to_numpy().tolist() == [
        ["patients", "death_date", 1, 0, 0],
        ["patients", "last_contact_date", 0, 3, 0],
        ["treatments", "end_date", 1, 0, 0],
    ]


def test_a_patient_with_a_record_beyond_the_old_cut_off_is_touched_by_the_new_one():
    rows = then()
    rows["assessments"].append(scan("A2", "2021-02-01", "SD"))
    old, new = study(rows), study(rows, NOW)
    changes = row_changes(old, new)
    (key,) = touched(old, changes)
    assert not len(changes)
    assert key == old.patients.set_index("excluded_by").loc["rechallenged", "patient_key"]
