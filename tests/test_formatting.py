"""How numbers are printed: value in, text out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rechallenge import formatting as f

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "<0.001"),
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.0272, "0.027"),
        (0.0496, "0.050"),
        (0.0994, "0.099"),
        (0.0996, "0.10"),
        (0.347, "0.35"),
        (0.99, "0.99"),
        (0.9996, ">0.99"),
        (1.0, ">0.99"),
        (NAN, "–"),
        (None, "–"),
    ],
)
def test_p_values_are_never_zero_nor_one(value, text):
    assert f.p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "P < 0.001"), (0.042, "P = 0.042"), (0.9999, "P > 0.99")])
def test_p_values_in_a_sentence(value, text):
    assert f.p_phrase(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.444, "2.44"), (0.0, "0.00"), (0.004, "<0.01"), (0.006, "0.01"), (30.0, "30.00"), (140.0, ">99"), (NAN, "–")],
)
def test_ratios_have_two_decimals(value, text):
    assert f.ratio(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.04, "5.0"), (5.06, "5.1"), (0.0, "0.0"), (-0.01, "0.0"), (NAN, "NR"), (float("inf"), "NR"), (None, "NR")],
)
def test_months_have_one_decimal_and_what_is_not_reached_is_nr(value, text):
    assert f.months(value) == text


@pytest.mark.parametrize(
    ("number", "share", "of", "text"),
    [
        (18, 45.0, 40, "18 (45%)"),
        (1, 2.5, 40, "1 (2%)"),
        (61, 17.2316, 354, "61 (17.2%)"),
        (0, 0.0, 22, "0 (0%)"),
        (5, None, None, "5"),
        (12345, NAN, None, "12,345"),
    ],
)
def test_count_and_percent(number, share, of, text):
    assert f.count_percent(number, share, of) == text


def test_an_interval_may_be_open():
    assert f.interval(f.months(1.13), f.months(NAN)) == "1.1 to NR"


@pytest.mark.parametrize(
    ("value", "text"), [(61.0, "61"), (55.25, "55.2"), (-3.0, "−3"), (1234.56, "1234.6"), (NAN, "–")]
)
def test_other_numbers(value, text):
    assert f.plain(value) == text


def test_settings_are_printed_as_they_were_written():
    assert [f.setting(value) for value in (182.625, 28, 0.95)] == ["182.625", "28", "0.95"]


@pytest.mark.parametrize(
    ("style", "p", "text", "phrase"),
    [
        ("nejm", 0.0271, "0.03", "P=0.03"),
        ("nejm", 0.0049, "0.005", "P=0.005"),
        ("nejm", 0.0004, "<0.001", "P<0.001"),
        ("jama", 0.0271, ".03", "P = .03"),
        ("jama", 0.0049, ".005", "P = .005"),
        ("jama", 0.0004, "<.001", "P < .001"),
        ("jama", 0.9999, ">.99", "P > .99"),
        ("lancet", 0.347, "0·35", "p=0·35"),
        ("lancet", 0.0271, "0·027", "p=0·027"),
        ("lancet", 0.00491, "0·0049", "p=0·0049"),
        ("lancet", 0.00004, "<0·0001", "p<0·0001"),
    ],
)
def test_p_values_as_journals_ask_for_them(style, p, text, phrase):
    with f.in_style(style):
        assert (f.p_value(p), f.p_phrase(p)) == (text, phrase)


@pytest.mark.parametrize(
    ("style", "interval", "negative", "open_end", "hazard_ratio", "large"),
    [
        ("default", "1.2 to 3.4", "−0.5 to 1.0", "1.2 to NR", "0.45", "12,345"),
        ("nejm", "1.2 to 3.4", "−0.5 to 1.0", "1.2 to NR", "0.45", "12,345"),
        ("jama", "1.2-3.4", "−0.5 to 1.0", "1.2 to NR", "0.45", "12\u2009345"),
        ("lancet", "1·2–3·4", "−0·5 to 1·0", "1·2 to NR", "0·45", "12\u2009345"),
    ],
)
def test_intervals_and_numbers_as_journals_ask_for_them(style, interval, negative, open_end, hazard_ratio, large):
    with f.in_style(style):
        assert f.interval(f.months(1.2), f.months(3.4)) == interval
        assert f.interval(f.fixed(-0.5, 1), f.fixed(1, 1)) == negative
        assert f.interval(f.months(1.2), f.months(None)) == open_end
        assert f.ratio(0.45) == hazard_ratio
        assert f.count(12345) == large
    assert f.ratio(0.45) == "0.45"


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([1, 1, 1], ["34%", "33%", "33%"]),
        ([17, 24], ["41%", "59%"]),
        ([5, 35], ["13%", "87%"]),
        ([0, 7], ["0%", "100%"]),
        ([100, 100, 100], ["33.4%", "33.3%", "33.3%"]),
        ([0, 0], ["–", "–"]),
        ([], []),
    ],
)
def test_percentages_of_a_whole_add_up(counts, texts):
    assert f.percents(counts) == texts


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12).filter(any))
def test_percentages_of_any_whole_add_up_and_stay_within_one_unit(counts):
    shares = [float(text.removesuffix("%")) for text in f.percents(counts)]
    unit = 1 if sum(counts) < f.SMALL_DENOMINATOR else 0.1
    assert sum(shares) == pytest.approx(100)
    assert all(
        abs(share - 100 * count / sum(counts)) < unit + 1e-9 for share, count in zip(shares, counts, strict=True)
    )
