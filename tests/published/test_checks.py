"""Each check on figures that a reader can work out."""

import pytest

from rechallenge.published import checks
from rechallenge.published.quantities import stated
from rechallenge.published.relations import Reading
from rechallenge.published.simulate import QUICK, generator


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("5.2", 5.15, 5.25), ("8.90", 8.895, 8.905), (45, 44.5, 45.5), ("<0.001", 0, 0.001), (30.0, 29.95, 30.05)],
)
def test_a_figure_stands_for_all_that_rounds_to_it(text, low, high):
    found = stated(text)
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["NR", None, "", "nan", "not given"])
def test_what_is_no_number_is_none(text):
    assert stated(text) is None


@pytest.mark.parametrize(
    ("percent", "count", "total", "word"),
    [
        ("45", 18, 40, "consistent"),
        ("33.3", 13, 39, "consistent"),
        ("33.4", 13, 39, "impossible"),
        ("12.5", 1, 8, "consistent"),
        ("13", 1, 8, "consistent"),  # 12.5 rounds to 12 or 13, by the rule of the software
        ("12", 1, 8, "consistent"),
    ],
)
def test_percentage_of_a_count(percent, count, total, word):
    assert checks.percentage(stated(percent), stated(total), stated(count)).word == word


@pytest.mark.parametrize(
    ("percent", "total", "word"),
    [("7.1", 14, "consistent"), ("21.4", 14, "consistent"), ("7.5", 14, "impossible"), ("0", 13, "consistent"),
     ("103", 13, "impossible")],
)  # fmt: skip
def test_percentage_that_some_count_must_give(percent, total, word):
    assert checks.percentage(stated(percent), stated(total), None).word == word


@pytest.mark.parametrize(
    ("parts", "whole", "counts", "word"),
    [
        ([18, 22], 40, True, "consistent"),
        ([18, 21], 40, True, "impossible"),
        (["33.3", "33.3", "33.3"], None, False, "consistent"),
        (["45", "54"], None, False, "consistent"),
        (["45.0", "54.0"], None, False, "impossible"),
        (["3", "23"], "25", False, "consistent"),  # 2.5 and 22.5 rounded
        (["3", "24"], "25", False, "impossible"),
    ],
)
def test_parts_add_up(parts, whole, counts, word):
    assert checks.total([stated(part) for part in parts], stated(whole), counts=counts).word == word


@pytest.mark.parametrize(
    ("value", "lower", "upper", "ratio", "said"),
    [
        ("5.2", "3.6", "6.8", False, "normal approximation of a median (as SPSS"),
        ("1.5", "0.8", "2.6", False, "limits of the curve"),
        ("6.8", "5.8", "7.8", False, "too narrow"),
        ("2.38", "1.03", "5.52", True, "symmetric on the logarithmic scale, as Wald's"),
        ("2.38", "0.60", "4.16", True, "not symmetric on the logarithmic scale"),
    ],
)
def test_symmetry_tells_the_method(value, lower, upper, ratio, said):
    found = checks.interval_symmetry(stated(value), stated(lower), stated(upper), ratio=ratio)
    assert found.word == "observation"
    assert said in found.sentence


def test_an_upper_limit_that_is_not_reached_contains_everything_above():
    assert checks.interval_contains(stated("4.0"), stated("2.1"), stated("NR"), spread=False).word == "consistent"
    assert checks.interval_contains(stated("2.0"), stated("2.1"), stated("NR"), spread=False).word == "impossible"


MEMBERS = Reading(words="literal", exceed="members")
EXACTLY = Reading(words="exactly those", exceed="exactly")
LOOSE = Reading(words="inclusive", exceed="not_required")


@pytest.mark.parametrize(
    ("count", "median", "readings", "word"),
    [
        (22, "5.2", (MEMBERS, LOOSE), "impossible"),
        (22, "5.2", (LOOSE, MEMBERS), "consistent"),  # the stated definition comes first
        (22, "6.1", (MEMBERS,), "consistent"),
        (22, "6.0", (MEMBERS,), "consistent"),  # 6.04 prints as 6.0
        (20, "5.2", (MEMBERS,), "consistent"),  # exactly half: the median may be the middle of 4.3 and 6.1
        (18, "7.0", (MEMBERS,), "consistent"),  # others may be beyond it too
        (18, "7.0", (EXACTLY,), "impossible"),
        (20, "7.0", (EXACTLY,), "consistent"),
    ],
)
def test_a_share_beyond_six_months_and_the_median(count, median, readings, word):
    found = checks.share_above_threshold(
        stated(count), stated(40), stated(median),
        threshold=6, unit="months", side="beyond", strict=True, censored=False, readings=readings,
    )  # fmt: skip
    assert found.word == word


@pytest.mark.parametrize(
    ("count", "median", "censored", "word"),
    [
        (25, "7.0", True, "impossible"),  # 25 of 40 had the event before 6 months, whatever became of the others
        (25, "5.0", True, "consistent"),
        (15, "5.0", False, "impossible"),
        (15, "5.0", True, "consistent"),  # those censored early may make the rest fewer
    ],
)
def test_a_share_before_six_months_and_the_median(count, median, censored, word):
    found = checks.share_above_threshold(
        stated(count), stated(40), stated(median),
        threshold=6, unit="months", side="before", strict=True, censored=censored, readings=(EXACTLY,),
    )  # fmt: skip
    assert found.word == word


@pytest.mark.parametrize(
    ("pooled", "exhaustive", "censored", "word"),
    [
        ("3.0", "stated", True, "consistent"),
        ("5.4", "stated", False, "consistent"),
        ("5.5", "stated", False, "consistent"),  # 5.45 prints as 5.4 or 5.5
        ("7.0", "stated", False, "impossible"),
        ("0.5", "stated", False, "impossible"),
        ("7.0", "assumed", True, "improbable"),
        ("0.5", "assumed", True, "improbable"),
        ("7.0", "no", True, "not_checkable"),
    ],
)
def test_a_pooled_median_and_those_of_its_parts(pooled, exhaustive, censored, word):
    found = checks.pooled_median(
        stated(pooled), [stated("5.4"), stated("1.1")],
        n=22, sizes=None, exhaustive=exhaustive, censored=censored, rng=generator(1, "x"), effort=QUICK,
    )  # fmt: skip
    assert found.word == word


def p_of(p: str, *, sizes: tuple[int, int] | None = None, n: int | None = None, events: tuple[int, int] | None = None):
    return checks.p_value(
        stated(p), (stated("7.0"), stated("2.1")), n=n, sizes=sizes, events=events, rng=generator(1, "x")
    )


def test_p_values_that_the_medians_and_numbers_allow_and_that_they_do_not():
    assert p_of("0.003", sizes=(22, 18)).word == "consistent"
    assert p_of("<0.001", sizes=(220, 180)).word == "consistent"
    assert p_of("0.003", sizes=(220, 180)).word == "improbable"  # ten times the patients: P must be far smaller
    assert p_of("<0.001", sizes=(3, 3)).word == "improbable"  # six patients cannot give it


def test_p_needs_numbers_of_patients_and_takes_the_most_favourable_split_of_a_total():
    assert p_of("0.003").word == "not_checkable"
    assert p_of("0.003", n=40).word == "consistent"
    assert p_of("<0.001", n=6).word == "improbable"


def test_known_events_set_the_share_of_censoring():
    assert "no censoring" in p_of("0.003", sizes=(22, 18), events=(22, 18)).sentence
    assert "55% censored" in p_of("0.003", sizes=(22, 18), events=(9, 9)).sentence
