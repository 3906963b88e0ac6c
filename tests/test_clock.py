"""Files dated in the future, as a wrong clock leaves them."""

import os
import time

import pytest

from rechallenge.clock import bring_back, refuse_the_future
from rechallenge.errors import UserError

HOUR = 3600


def dated(path, seconds_ahead):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="utf-8")
    os.utime(path, (time.time() + seconds_ahead,) * 2)
    return path


def test_results_from_the_future_get_one_moment_and_older_ones_keep_theirs(tmp_path):
    old = dated(tmp_path / "old.csv", -HOUR)
    before = old.stat().st_mtime
    ahead = [dated(tmp_path / "a.csv", HOUR), dated(tmp_path / "deep" / "b.csv", 2 * HOUR)]
    assert bring_back(tmp_path) == 2
    assert len({path.stat().st_mtime for path in ahead}) == 1
    assert ahead[0].stat().st_mtime <= time.time()
    assert old.stat().st_mtime == before


def test_a_folder_that_is_not_there_holds_nothing_from_the_future(tmp_path):
    assert bring_back(tmp_path / "none") == 0


def test_each_file_of_the_user_from_the_future_is_named_and_left_as_it_is(tmp_path):
    files = [dated(tmp_path / "a.csv", HOUR), dated(tmp_path / "b.csv", HOUR), dated(tmp_path / "c.csv", 1)]
    before = [path.stat().st_mtime for path in files]
    with pytest.raises(UserError) as refused:
        refuse_the_future(map(str, files))
    assert [problem.split()[0] for problem in refused.value.problems] == [str(path) for path in files[:2]]
    assert "date the file now (touch)" in refused.value.problems[0]
    assert [path.stat().st_mtime for path in files] == before
