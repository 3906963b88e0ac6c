"""A release: at once or not at all, never over another one, read back only as it was locked; and its hashes."""

import json
import re
import stat

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.files import read_parquet
from rechallenge.refresh import store
from rechallenge.refresh.comparison import compare
from rechallenge.refresh.keys import hashed, new_salt, patient_keys
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.refresh.studies import SALT, canonical, refreshed, released, then


@pytest.fixture
def copies(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    snapshot = released()
    snapshot.estimates.to_csv(folder / "estimates.csv", index=False)
    snapshot.attrition.to_csv(folder / "attrition.csv", index=False)
    (folder / "numbers.json").write_text(json.dumps(snapshot.numbers).replace("NaN", "null"), encoding="utf-8")
    (folder / "provenance.json").write_text(json.dumps(snapshot.provenance), encoding="utf-8")
    return {name: folder / name for name in store.COPIED}


def release(tmp_path, copies, **how):
    folder = tmp_path / "releases" / "2020-12-31"
    return folder, store.write_release(released(), SALT, folder, title="A study", copies=copies, **how)


def test_what_is_read_is_what_was_released(tmp_path, copies):
    folder, written = release(tmp_path, copies)
    assert written
    read = store.read_release(folder)
    assert read.salt == SALT
    assert read.accepted is None
    made = compare(read.snapshot, released(), RefreshSettings(), StatisticsSettings())
    assert (len(made.changes), len(made.patients), len(made.times)) == (0, 0, 0)
    assert not len(made.moves.estimates)
    direct = compare(released(), refreshed(), RefreshSettings(), StatisticsSettings())
    stored = compare(read.snapshot, refreshed(), RefreshSettings(), StatisticsSettings())
    pd.testing.assert_frame_equal(stored.changes, direct.changes)
    pd.testing.assert_frame_equal(stored.patients, direct.patients)
    assert repr(stored.medians) == repr(direct.medians)
    pd.testing.assert_frame_equal(stored.moves.behind, direct.moves.behind)


def test_the_same_release_again_writes_nothing(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert release(tmp_path, copies)[1] is False
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_another_release_of_the_same_cut_off_is_refused(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    copies["provenance.json"].write_text('{"other": true}', encoding="utf-8")
    with pytest.raises(UserError, match="holds another release of the same cut-off"):
        release(tmp_path, copies)
    assert store.read_release(folder).snapshot.provenance == released().provenance


def test_a_folder_that_is_no_release_is_neither_overwritten_nor_read(tmp_path, copies):
    folder = tmp_path / "releases" / "2020-12-31"
    folder.mkdir(parents=True)
    with pytest.raises(UserError, match="is no release"):
        release(tmp_path, copies)
    with pytest.raises(UserError, match="holds no release"):
        store.read_release(folder)


def test_a_release_that_was_cut_short_leaves_nothing_that_could_be_taken_for_one(tmp_path, copies, monkeypatch):
    def fail(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(store, "write_csv", fail)
    with pytest.raises(OSError, match="No space left"):
        release(tmp_path, copies)
    assert not (tmp_path / "releases" / "2020-12-31").exists()
    monkeypatch.undo()
    assert release(tmp_path, copies)[1]
    assert [path.name for path in (tmp_path / "releases").iterdir()] == ["2020-12-31"]


@pytest.mark.parametrize("where", ["shareable/estimates.csv", "private/times.parquet"])
def test_a_release_that_was_changed_is_not_compared_with(tmp_path, copies, where):
    folder, _ = release(tmp_path, copies)
    path = folder / where
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(UserError, match=rf"not as it was locked: {where} differs"):
        store.read_release(folder)


def test_a_file_that_was_lost_or_added_is_named(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    (folder / "private" / "curves.csv").unlink()
    (folder / "shareable" / "extra.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"shareable/extra.csv is not of it, private/curves.csv is missing"):
        store.read_release(folder)


def test_another_form_is_refused(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    seal = folder / "private" / "release.json"
    seal.chmod(0o644)
    seal.write_text(seal.read_text(encoding="utf-8").replace('"form": 2', '"form": 1'), encoding="utf-8")
    with pytest.raises(UserError, match="another version of this software"):
        store.read_release(folder)


def test_releasing_again_over_another_form_says_so_instead_of_that_it_is_there_already(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    seal = folder / "shareable" / "release.json"
    seal.chmod(0o644)
    seal.write_text(seal.read_text(encoding="utf-8").replace('"form": 2', '"form": 1'), encoding="utf-8")
    with pytest.raises(UserError, match=r"form 1; this one writes and reads 2\)\. Move it away and release again"):
        release(tmp_path, copies)


def test_accepted_tables_are_kept_when_asked_for_and_asked_for_later_is_too_late(tmp_path, copies):
    tables = canonical(then())
    release(tmp_path, copies)
    with pytest.raises(UserError, match="without its accepted tables"):
        release(tmp_path, copies, keep=tables, everyone=tables["patients"]["patient_id"])
    other = tmp_path / "other"
    store.write_release(
        released(), SALT, other, title="", copies=copies, keep=tables, everyone=tables["patients"]["patient_id"]
    )
    read = store.read_release(other)
    assert read.everyone is not None
    assert read.everyone.tolist() == ["A1", "A2", "A3"]
    pd.testing.assert_frame_equal(store.accepted_tables(read.accepted)["treatments"], tables["treatments"])


def test_no_identifier_and_no_date_stand_in_a_release_and_the_private_half_is_the_owner_s(tmp_path, copies):
    folder, _ = release(tmp_path, copies)
    for path in folder.rglob("*"):
        if path.is_file():
            frame = read_parquet(path).astype(str) if path.suffix == ".parquet" else None
            text = path.read_text(encoding="utf-8") if frame is None else frame.to_csv()
            assert not re.search(r"\bA[123]\b|2019-\d\d|2020-(?!12-31)", text), path
            private = path.is_relative_to(folder / "private")
            assert stat.S_IMODE(path.stat().st_mode) == (0o400 if private else 0o444)
    assert stat.S_IMODE((folder / "private").stat().st_mode) == 0o700


def test_hashes_depend_on_salt_and_purpose_and_nothing_stays_nothing():
    values = pd.Series(["a", "a", "b", "", None])
    one = hashed(values, SALT, "x")
    assert one.fillna("").tolist() == [one[0], one[0], one[2], "", ""]
    assert len({one[0], one[2], hashed(values, SALT, "y")[0], hashed(values, "00" * 32, "x")[0]}) == 4
    assert new_salt() != new_salt()
    # HMAC-SHA-256 of "patient\\0A1" under SALT, its first 64 bits: a release of today is read tomorrow.
    assert patient_keys(pd.Series(["A1"]), SALT)[0] == "64944c71e84c94ed"
