"""Estimates and printed numbers: which moved, who stands behind, and by what."""

from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.refresh.causes import CODE, CUTOFF, DATA, LIBRARIES, SETTINGS, WORDS, causes_of, differences
from rechallenge.refresh.comparison import compare
from rechallenge.refresh.estimate_changes import Behind, moves
from rechallenge.refresh.groups import Members
from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.row_changes import row_changes, touched
from rechallenge.refresh.sets import AnalysisSets
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.refresh.studies import NO_SETS, NOW, SALT, now, provenance, refreshed, released, study, then

PFS = "main/PFS/rechallenge/kaplan_meier"


@pytest.fixture(scope="module")
def made():
    return compare(released(), refreshed(), RefreshSettings(), StatisticsSettings())


def test_an_estimate_that_moved_has_both_values_and_the_patients_behind(made):
    """A1's progression and A2's entry are behind the median; A1's own class has A1 alone."""
    moved = made.moves.estimates.set_index("estimate_id")
    overall, oligo = moved.loc[f"{PFS}/overall/median"], moved.loc[f"{PFS}/progression_pattern/oligo/median"]
    assert (overall["n_before"], overall["n_now"], overall["behind"]) == (1, 2, 2)
    assert pd.isna(overall["estimate_before"])
    assert overall["estimate_now"] == pytest.approx(397 / 30.4375)
    assert oligo["behind"] == 1
    keys = made.moves.behind.loc[made.moves.behind["group"] == oligo["group"], "patient_key"].tolist()
    patients = released().patients.set_index("patient_key")
    assert patients.loc[keys, "rechallenge"].tolist() == [True]


def test_the_patients_behind_are_those_whose_part_is_another(made):
    """A year brings A4; A3's progression; A2's rechallenge; A1's progression and death. Each number has its own."""
    identifiers = dict(
        zip(patient_keys(pd.Series(["A1", "A2", "A3", "A4"]), SALT), ["A1", "A2", "A3", "A4"], strict=True)
    )
    moved = made.moves.estimates.set_index("estimate_id")
    behind = made.moves.behind.assign(name=made.moves.behind["patient_key"].map(identifiers))

    def names(estimate_id):
        return sorted(behind.loc[behind["group"] == moved.loc[estimate_id, "group"], "name"])

    # Everybody's last contact is another, but only A4 is new among the patients of the extract.
    assert names("main/extract/overall/n") == ["A4"]
    assert names("main/first_ici/overall/n") == ["A4"]
    assert names("main/progressed/overall/n") == ["A3"]
    assert names("main/rechallenge/overall/n") == ["A2"]
    assert names("main/rechallenge/interval_treatment/false/n") == ["A2"]
    assert names(f"{PFS}/overall/events") == ["A1", "A2"]
    assert moved.loc["main/extract/overall/n", "behind"] == 1


def test_beside_a_count_that_stayed_the_events_of_its_set_may_have_moved(made):
    """A1 is the only one with oligo-progression, then and now; his progression is new."""
    moved = made.moves.estimates.set_index("estimate_id")
    row = moved.loc[f"{PFS}/progression_pattern/oligo/n"]
    assert (row["estimate_before"], row["estimate_now"], row["events_before"], row["events_now"]) == (1, 1, 0, 1)
    assert row["behind"] == 1
    assert "REF16" not in set(made.history["rule"])


def test_everybody_is_behind_an_estimate_that_is_new():
    old, new = released(), refreshed()
    name = f"{PFS}/overall/median"
    without = old.estimates[old.estimates["estimate_id"] != name]
    members, estimates = old.sets.tables()
    sets = AnalysisSets.of_tables(members, estimates[estimates["estimate_id"] != name])
    behind = Behind(Members(replace(old, sets=sets)), Members(new), frozenset(), StatisticsSettings())
    found = moves(without, new.estimates, {}, {}, behind, frozenset({DATA})).estimates.set_index("estimate_id")
    assert (found.loc[name, "what"], found.loc[name, "n_now"], found.loc[name, "behind"]) == ("new", 2, 2)


def test_what_cannot_be_traced_has_all_of_the_population_of_whom_anything_is_another():
    old, new = (replace(side, sets=NO_SETS) for side in (released(), refreshed()))
    moved = compare(old, new, RefreshSettings(), StatisticsSettings()).moves.estimates.set_index("estimate_id")
    assert moved.loc["main/rechallenge/overall/n", "behind"] == 2
    assert moved.loc["main/extract/overall/n", "behind"] == 4  # everybody's last contact is another


def test_estimates_that_are_new_or_gone_are_told(made):
    what = made.moves.estimates.set_index("estimate_id")["what"]
    # The release had nobody in this class.
    assert what.get(f"{PFS}/interval_treatment/false/n") == "moved"
    back = compare(refreshed(), released(), RefreshSettings(), StatisticsSettings()).moves.estimates
    gone = set(back.loc[back["what"] == "gone", "estimate_id"])
    new = set(made.moves.estimates.loc[made.moves.estimates["what"] == "new", "estimate_id"])
    assert gone == new


def test_a_printed_number_moves_when_its_text_does():
    old, new = released(), refreshed()
    numbers_before = {
        "a": {"text": "4.4", "estimate_id": f"{PFS}/overall/median"}, "b": {"text": "1", "estimate_id": "x#y"},
        "c": {"text": "7", "estimate_id": "x#z"},
    }  # fmt: skip
    numbers_now = {
        "a": {"text": "4.7", "estimate_id": f"{PFS}/overall/median"}, "b": {"text": "1", "estimate_id": "x#y"},
        "d": {"text": "9", "estimate_id": "x#w"},
    }  # fmt: skip
    known = touched(old, row_changes(old, new))
    behind = Behind(Members(old), Members(new), known, StatisticsSettings())
    found = moves(old.estimates, new.estimates, numbers_before, numbers_now, behind, frozenset({DATA})).numbers
    assert found[["name", "what", "before", "now"]].to_numpy().tolist() == [
        ["a", "moved", "4.4", "4.7"],
        ["d", "new", "", "9"],
        ["c", "gone", "7", ""],
    ]
    assert found["behind"].fillna(-1).tolist() == [2, -1, -1]


def test_ten_digits_that_differ_in_the_last_are_the_same():
    old = released()
    other = old.estimates.assign(estimate=old.estimates["estimate"] * (1 + 1e-10))
    behind = Behind(Members(old), Members(old), frozenset(), StatisticsSettings())
    assert not len(moves(old.estimates, other, {}, {}, behind, frozenset()).estimates)


def test_a_second_run_tells_data_and_study_apart():
    """The old extract run again gives another median: the study moved it, and the data moved it on."""
    old, new = released(), refreshed()
    name, count = f"{PFS}/overall/median", f"{PFS}/overall/n"
    again = old.estimates.copy()
    again.loc[again["estimate_id"] == name, "estimate"] = 99.0
    behind = Behind(Members(old), Members(new), frozenset(), StatisticsSettings())
    causes = frozenset({DATA, CODE})
    found = moves(old.estimates, new.estimates, {}, {}, behind, causes, again).estimates.set_index("estimate_id")
    assert found.loc[name, "because"] == "both"
    assert found.loc[count, "because"] == "data"
    told = moves(old.estimates, new.estimates, {}, {}, behind, causes, again[again["model"] == ""]).estimates
    assert told.set_index("estimate_id").loc[name, "because"] == "not_told_apart"


def test_moves_of_patients_between_the_release_and_the_second_run_are_the_study_s():
    """Under other definitions the old extract has other classes; the rest of the way is the data's."""
    from rechallenge.settings.definitions import DefinitionSettings

    other = DefinitionSettings.read({"progression_pattern": {"preset": "hosoya_2021"}}, "definitions")
    record = provenance(cutoff=NOW, extract="d", code={"classify": "9"})
    made = compare(
        released(), study(now(), NOW, other, record), RefreshSettings(), StatisticsSettings(),
        again=study(then(), definitions=other),
    )  # fmt: skip
    assert made.told_apart
    pattern = made.patients[made.patients["subject"] == "progression_pattern"]
    assert pattern.groupby("because").size().to_dict() == {"data": 1, "study": 1}
    assert [bridge.now for bridge in made.bridges] == [4, 3, 2]
    by = made.moves.estimates.set_index("estimate_id")["because"]
    assert by[f"{PFS}/overall/n"] == "data"
    assert by["main/rechallenge/progression_pattern/oligo/n"] in ("data", "both")


def test_differences_are_sorted_by_what_they_can_move():
    before = provenance()
    now_ = provenance(
        cutoff="2021-12-31", extract="d", preset="index_literal", code={"classify": "9", "report": "9"},
        versions={"pandas": "3"},
    )  # fmt: skip
    now_ = {**now_, "inputs": {"config/sources/canonical.yaml": "e" * 64, "workflow/templates/a.j2": "f" * 64}}
    found = [(item.cause, item.name) for item in differences(before, now_)]
    assert found == [
        (DATA, "patients.csv"),
        (CUTOFF, "study.cutoff"),
        (SETTINGS, "config/sources/canonical.yaml"),
        (SETTINGS, "definitions.resistance.preset"),
        (CODE, "classify"),
        (LIBRARIES, "pandas"),
        (WORDS, "report"),
        (WORDS, "workflow/templates/a.j2"),
    ]
    assert causes_of(differences(before, before)) == frozenset()


def test_a_setting_that_the_software_of_the_release_did_not_have_is_the_code_s():
    """Nobody changed the study. What it switched on or named itself is its own."""
    before, after = provenance(), provenance()
    values = before["settings"]["values"]
    before = {**before, "settings": {"values": {**values, "dates": None, "analyses": {}}}}
    more = {
        "extract": {"limits": {"cells": 10}},
        "dates": {"imputation": "middle"},
        "analyses": {"mine": {"title": "x"}},
    }
    after = {**after, "settings": {"values": {**values, **more}}}
    found = {item.name: item.cause for item in differences(before, after)}
    assert found["extract.limits.cells"] == CODE
    assert found["dates.imputation"] == found["analyses.mine.title"] == SETTINGS
