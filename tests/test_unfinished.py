"""What a step had written in part is removed before the next run."""

import pytest

from rechallenge import run_lock
from rechallenge.errors import UserError
from rechallenge.unfinished import MARKS, begin, clear


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results" / "figures").mkdir(parents=True)
    (tmp_path / "results" / "figures" / "half.svg").write_text("<svg", encoding="utf-8")
    (tmp_path / "results" / "half.csv").write_text("a,b\n1", encoding="utf-8")
    (tmp_path / "results" / "whole.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return tmp_path


OUTPUTS = ["results/figures", "results/half.csv", "results/not_begun.csv"]


def left(folder):
    return sorted(path.name for path in (folder / "results").iterdir())


def test_files_and_folders_of_a_step_that_did_not_end_are_removed_and_no_others(folder):
    begin("report", OUTPUTS, folder)
    assert clear(folder) == [str(folder / name) for name in OUTPUTS[:2]]
    assert left(folder) == ["whole.csv"]
    assert clear(folder) == []


def test_a_step_that_ended_has_no_mark(folder):
    begin("report", OUTPUTS, folder).unlink()
    assert clear(folder) == []
    assert left(folder) == ["figures", "half.csv", "whole.csv"]


def test_two_jobs_of_one_rule_have_marks_of_their_own(folder):
    assert begin("specify", ["a-1"], folder) != begin("specify", ["a-2"], folder)


def test_nothing_outside_the_run_folder_is_removed(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere") / "precious.csv"
    outside.write_text("x", encoding="utf-8")
    (folder / "results" / "link.csv").symlink_to(outside)
    begin("report", [str(outside), "results/link.csv", "../" + folder.name + "/../nothing"], folder)
    clear(folder)
    assert outside.read_text(encoding="utf-8") == "x"


def test_a_mark_that_was_cut_off_names_nothing(folder):
    begin("report", OUTPUTS, folder).write_text('["results/ha', encoding="utf-8")
    assert clear(folder) == []
    assert list((folder / MARKS).iterdir()) == []


def test_what_cannot_be_removed_stops_the_run_with_a_sentence(folder, monkeypatch):
    begin("report", OUTPUTS, folder)

    def refuse(path):
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr("rechallenge.unfinished._remove", refuse)
    with pytest.raises(UserError) as refused:
        clear(folder)
    assert "was not written to its end by an earlier run, and cannot be removed: Operation not" in str(refused.value)


def test_a_run_that_enters_the_folder_clears_it(folder):
    begin("report", OUTPUTS, folder)
    run_lock.enter(folder)
    assert left(folder) == ["whole.csv"]
