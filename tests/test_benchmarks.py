"""Speed as ratios, never as seconds: how work grows with the number of patients, and beside a library."""

import time
from collections.abc import Callable

import pytest

from rechallenge.estimates import cox, fast_cox
from rechallenge.estimates.concordance import concordance
from rechallenge.estimates.kaplan_meier import kaplan_meier
from rechallenge.estimates.weighted_logrank import weighted_log_rank

SMALL, LARGE = 5_000, 40_000
# Eight times the patients; work that grows with their square takes 64 times as long.
GROWTH = 24.0


def least(work: Callable[[], object], times: int = 3) -> float:
    """The least time of the processor that a call took: what else the machine does is not in it."""
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


@pytest.fixture
def cohort(script):
    patients = script("benchmark_record").patients
    return {size: patients(size, 5, 1) for size in (SMALL, LARGE)}


@pytest.mark.parametrize(
    "work",
    [
        lambda time, event, _: kaplan_meier(time, event),
        lambda time, event, x: weighted_log_rank(time, event, x[:, 0]),
        lambda time, event, x: concordance(time, event, x.sum(axis=1)),
        lambda time, event, x: fast_cox.fit(time, event, x),
    ],
    ids=["kaplan_meier", "log_rank", "concordance", "cox"],
)
def test_time_grows_with_the_patients_and_not_with_their_square(cohort, work):
    work(*cohort[SMALL])
    short, long = (least(lambda size=size: work(*cohort[size])) for size in (SMALL, LARGE))
    assert long / short < GROWTH


def test_the_engine_for_many_patients_is_not_slower_than_the_library_it_replaces(cohort):
    survival, event, x = cohort[LARGE]
    own = least(lambda: fast_cox.fit(survival, event, x))
    library = least(lambda: cox._lifelines(survival, event, x, None, None, None))
    assert own < 2 * library


def test_a_record_becomes_a_section_of_the_page(script):
    """Recorded on another machine: the page says which, and prints what was measured and no more."""
    machine = {"processor": "x86_64", "cores": 2, "memory_gib": 24, "python": "3.11.7"}
    row = {"title": "Cox", "patients": 100_000, "seconds": 1.234, "r_seconds": 2.468, "ratio": 0.5, "difference": 3e-10}
    page = script("write_benchmark_docs").document(
        {"survival": {"command": "make benchmark-r", "machine": machine, "rows": [row]}}
    )
    assert "`make benchmark-r` on 2 cores (x86_64) with 24 GiB; python 3.11.7." in page
    assert "| Cox | 100,000 | 1.23 | 2.47 | 0.50 | 3e-10 |" in page
    assert "A whole study" not in page
