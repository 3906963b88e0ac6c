"""What must hold for every course of treatment, whatever the rows."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rechallenge.clinical.exposures import build_exposures
from rechallenge.settings.exposure import EpisodeSettings
from tests.support import CUTOFF, Study, canonical

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
# A study takes as long for eight patients as for one: few studies of several.
STUDIES = settings(FEW, max_examples=8)
DRUGS = ["nivolumab", "sintilimab", "docetaxel", "anlotinib", "denosumab"]
START = date(2018, 1, 1)

intervals = st.tuples(st.sampled_from(DRUGS), st.integers(0, 1500), st.one_of(st.none(), st.integers(0, 300)))
courses = st.lists(intervals, min_size=1, max_size=7, unique_by=lambda row: row[:2])
scans = st.lists(st.tuples(st.integers(0, 1600), st.sampled_from(["PD", "SD", "PR", "NE"])), max_size=6)
cohorts = st.lists(st.tuples(courses, scans), min_size=1, max_size=8)
Course = list[tuple[str, int, int | None]]
Scans = list[tuple[int, str]]


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def lines(*patients: Course, shift: int = 0) -> str:
    rows = [
        f"{place:02} {drug} {day(start + shift)} {'.' if length is None else day(start + shift + length)}"
        for place, course in enumerate(patients, 1)
        for drug, start, length in course
    ]
    return "patient_id drug start_date end_date\n" + "\n".join(rows)


def scan_lines(*patients: Scans, shift: int = 0) -> str | None:
    rows = [
        f"{place:02} {day(number + shift)} {response}"
        for place, scanned in enumerate(patients, 1)
        for number, response in scanned
    ]
    return "\n".join(["patient_id assessment_date response", *rows]) if rows else None


def study(cohort: list[tuple[Course, Scans]], shift: int = 0) -> Study:
    course, scanned = zip(*cohort, strict=True)
    return Study(lines(*course, shift=shift), scan_lines(*scanned, shift=shift))


@STUDIES
@given(cohorts)
def test_the_order_of_rows_does_not_matter(cohort: list[tuple[Course, Scans]]) -> None:
    one = study(cohort)
    two = study([(course[::-1], scanned[::-1]) for course, scanned in cohort])
    columns = [name for name in one.course.columns if not name.endswith(("source_row", "source_file"))]
    # Two rows of one day may differ in all but the date; what they decide may not.
    pd.testing.assert_frame_equal(one.course[columns], two.course[columns])
    pd.testing.assert_frame_equal(one.cohort, two.cohort)


@STUDIES
@given(cohorts)
def test_one_row_per_patient_and_endpoint_and_no_negative_time(cohort: list[tuple[Course, Scans]]) -> None:
    made = study(cohort)
    assert len(made.course) == len(made.cohort) == len(cohort)
    assert not made.adtte.duplicated(["patient_id", "endpoint", "population"]).any()
    assert (made.adtte["days"] >= 0).all()
    assert made.adtte[["reason", "source_table", "source_row"]].notna().all(axis=None)
    assert (made.adtte["interval_lower_days"] <= made.adtte["days"]).all()


@FEW
@given(courses)
def test_every_systemic_row_lies_in_exactly_one_exposure(course: Course) -> None:
    treatments = canonical("treatments", lines(course))
    patients = canonical("patients", "patient_id last_contact_date\n01 2022-12-31")
    exposures = build_exposures(treatments, patients, EpisodeSettings(), CUTOFF)
    for row in treatments[treatments["drug"].ne("denosumab")].itertuples():
        own = exposures[exposures["drug"].eq(row.drug)]
        assert ((own["start_date"] <= row.start_date) & (row.start_date <= own["end_date"])).sum() == 1


@FEW
@given(st.integers(1, 6), st.integers(0, 84))
def test_administrations_of_one_drug_are_one_exposure(doses: int, gap: int) -> None:
    treatments = canonical("treatments", lines([("nivolumab", number * gap, 0) for number in range(doses)]))
    treatments = treatments.drop_duplicates("start_date")
    patients = canonical("patients", "patient_id last_contact_date\n01 2022-12-31")
    exposures = build_exposures(treatments, patients, EpisodeSettings(), CUTOFF)
    assert len(exposures) == 1
    assert exposures.iloc[0]["end_date"] == pd.Timestamp(day((doses - 1) * gap))


@STUDIES
@given(cohorts, st.integers(-30, 30))
def test_a_shift_of_all_dates_changes_no_interval(cohort: list[tuple[Course, Scans]], shift: int) -> None:
    """Within the window and with every end known, only differences between dates matter."""
    known = [
        ([(drug, start + 60, length or 0) for drug, start, length in course], [(day + 60, seen) for day, seen in rows])
        for course, rows in cohort
    ]
    one, two = study(known), study(known, shift)
    columns = ["patient_id", "population", "days", "event", "reason"]
    for endpoint in ("PFS", "PFS1"):
        pd.testing.assert_frame_equal(one.times(endpoint)[columns], two.times(endpoint)[columns])
    pd.testing.assert_frame_equal(one.cohort, two.cohort)
