"""A share of the faults trial (`make faults`): after one fault upon another the next run has the same results."""

import re
import resource
import signal
from pathlib import Path

import pytest

from tests.e2e.runs import CHECKOUT
from tests.faults.kinds import KINDS, Outcome, shift
from tests.faults.page import page
from tests.faults.runs import Place, kill, wait_for_step

# The steps before the figures.
UNTIL = ("--until", "disclose")


@pytest.mark.e2e
@pytest.mark.slow
def test_a_run_that_met_one_fault_after_another_ends_with_the_same_results(tmp_path: Path) -> None:
    """A file may not grow, the run is killed within a step, its results are dated in the future: then it completes."""
    whole, place = Place(tmp_path / "whole"), Place(tmp_path / "disturbed")
    assert whole.finish(*UNTIL)[0] == 0
    status, said = place.finish(*UNTIL, prepare=_no_file_above_20_kb)
    assert status != 0
    assert "Nothing more can be written: File too large." in said
    run = place.start(*UNTIL)
    assert wait_for_step(run)
    kill(run)
    shift(place.results, 3600.0)
    status, said = place.finish(*UNTIL)
    assert status == 0, said
    assert "its lock is removed" in said
    assert "were dated in the future; they are dated now." in said
    assert place.differing(whole) == []


def _no_file_above_20_kb() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_the_page_counts_what_became_of_each_fault() -> None:
    sound, other = Outcome(struck=True, completed=True), Outcome(struck=True, completed=True, differing=("a.csv",))
    row = next(
        line
        for line in page({"disk full": [sound, other, Outcome(False, False)]}, 7).splitlines()
        if "disk" in line and "|" in line
    )
    assert row.endswith("| 3 | 2 | 2 | 1 |")


def test_the_page_of_the_docs_holds_every_fault_and_none_that_was_not_survived() -> None:
    text = (CHECKOUT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = {cells[1]: cells[3:] for line in text.splitlines() if len(cells := re.split(r" *\| *", line)) == 8}
    assert rows.keys() - {"fault", "---", "**all**"} == KINDS.keys()
    for name in KINDS:
        tries, struck, completed, same = (int(cell) for cell in rows[name][:4])
        assert 0 < struck <= tries == completed == same
    assert int(rows["the whole run killed (SIGKILL)"][0]) >= 50
