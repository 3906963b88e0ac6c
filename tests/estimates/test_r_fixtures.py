"""R's stored answers are those that its scripts give, where R is installed."""

import gzip
import json
import shutil

import pytest

from tests.estimates.test_agreement_with_r import load_script

script = load_script("r_fixtures")
FIXTURES = script.fixtures()


def test_every_topic_has_stored_answers() -> None:
    assert {"survival", "r/lung"} <= {fixture.name for fixture in FIXTURES}
    for fixture in FIXTURES:
        assert json.loads(script.stored_text(fixture)), fixture.name


@pytest.mark.slow
@pytest.mark.parametrize("fixture", FIXTURES, ids=[fixture.name for fixture in FIXTURES])
def test_r_gives_the_stored_answer_again(fixture) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: R's stored answers were not made again")
    missing = script.missing_packages([fixture])
    if missing:
        pytest.skip(f"R packages are not installed: {', '.join(missing)}")
    again = json.loads(script.made(fixture))
    assert list(script.changes(again, json.loads(script.stored_text(fixture))))[:5] == []


def test_what_differs_is_named() -> None:
    before = {"a": [1.0, None], "b": {"c": 2}, "R": "4.2.2"}
    assert list(script.changes(before, before)) == []
    assert list(script.changes({**before, "R": "4.5.0"}, before)) == []
    assert list(script.changes({**before, "a": [1.1, None]}, before)) == ["/a[0]: 1.0 before, 1.1 now"]
    assert list(script.changes({"a": [1.0, 3.0], "b": {}, "R": ""}, before)) == [
        "/a[1]: None before, 3.0 now",
        "/b/c: only before",
    ]


def test_the_drawn_data_sets_are_the_stored_ones() -> None:
    draw = load_script("draw", script.REFERENCE / "survival")
    stored = gzip.decompress((script.REFERENCE / "survival" / "data.csv.gz").read_bytes()).decode()
    assert draw.text() == stored
