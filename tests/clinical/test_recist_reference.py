"""The sums against RECIST's sentences written out plainly, scan by scan, on invented lesions."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clinical.recist_cases import responses

SIZES = (0, 5, 9, 10, 12, 15, 20, 26, 30, 36)
BASELINE = (10, 12, 15, 20, 26, 30)
Scan = tuple[float | None, ...]


def plainly(baseline: Scan, scans: list[Scan], organs: list[str]) -> list[str]:
    """The response at each scan of targets without other lesions; None: not measured."""
    nadir = sum(size or 0 for size in baseline)
    first = nadir
    was_complete, found = False, []
    for scan in scans:
        total = sum(size for size in scan if size is not None)
        there = [size or 0 for size in scan]
        back = any(size > 0 and organ != "node" for size, organ in zip(there, organs, strict=True))
        if (was_complete and back) or (total - nadir >= 5 and total * 100 >= nadir * 120):
            response = "PD"
        elif None in scan:
            response = "NE"
        elif all(size < 10 if organ == "node" else size == 0 for size, organ in zip(there, organs, strict=True)):
            response = "CR"
        elif total * 100 <= first * 70:
            response = "PR"
        else:
            response = "SD"
        found.append(response)
        if None not in scan:
            nadir = min(nadir, total)
        was_complete = response == "CR" or (was_complete and response == "NE")
    return found


@st.composite
def course(draw: st.DrawFn) -> tuple[list[str], Scan, list[Scan]]:
    """Organs, baseline and scans of one to three targets."""
    count = draw(st.integers(1, 3))
    organs = draw(st.lists(st.sampled_from(["lung", "node", "liver"]), min_size=count, max_size=count))
    size: Any = st.one_of(st.none(), *[st.just(value) for value in SIZES])
    baseline = draw(st.tuples(*[st.sampled_from(BASELINE)] * count))
    scans = draw(st.lists(st.tuples(*[size] * count), min_size=1, max_size=5))
    return organs, baseline, scans


@settings(max_examples=60, deadline=None, derandomize=True)
@given(course())
def test_responses_are_those_of_the_sentences(made: tuple[list[str], Scan, list[Scan]]) -> None:
    organs, baseline, scans = made
    days = ["2020-01-05", *(f"2020-0{month}-01" for month in range(2, 2 + len(scans)))]
    rows = [
        f"{day}  L{number}  {organ}  target  {'.' if size is None else size}"
        for day, scan in zip(days, [baseline, *scans], strict=True)
        for number, (organ, size) in enumerate(zip(organs, scan, strict=True))
    ]
    expected = dict(zip(days[1:], plainly(baseline, scans, organs), strict=True))
    assert responses("\n".join(rows)) == expected
