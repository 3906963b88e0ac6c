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
    [
        (2.444, "2.44"),
        (0.0, "0.00"),
        (0.004, "<0.01"),
        (0.006, "0.01"),
        (30.0, "30.00"),
        (100.0, "100.00"),
        (140.0, ">100"),
        (NAN, "–"),
    ],
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
    ("value", "of", "text"),
    [
        (12.5, 40, "12%"),
        (87.5, 40, "88%"),
        (100 / 41, 41, "2%"),
        (100 / 3, 300, "33.3%"),
        (99.96, 2500, ">99.9%"),
        (0.04, 2500, "<0.1%"),
        (0.0, 2500, "0.0%"),
        (100.0, 2500, "100.0%"),
        (NAN, 40, "–"),
    ],
)
def test_percentages_are_rounded_to_the_nearest(value, of, text):
    assert f.percent(value, of) == text


@given(st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_percentages_of_two_classes_add_up(counted):
    count, of = counted
    shares = [float(f.percent(100 * part / of, of).removesuffix("%")) for part in (count, of - count)]
    assert sum(shares) == pytest.approx(100)


@pytest.mark.parametrize(
    ("median", "n", "events", "text"),
    [
        ((5.0, 3.0, 8.0), 20, 16, "3.0 to 8.0"),
        ((5.0, 3.0, NAN), 20, 16, "3.0 to NR"),
        ((NAN, 3.0, NAN), 20, 4, "3.0 to NR"),
        ((NAN, NAN, NAN), 20, 4, "NR to NR"),
        ((NAN, NAN, NAN), 20, 0, "NE"),
        ((NAN, NAN, NAN), 1, 0, "NE"),
        ((4.6, NAN, NAN), 1, 1, "NE"),
        ((4.6, NAN, NAN), 3, 3, "NE"),
        ((4.6, NAN, 9.0), 3, 3, "NE to 9.0"),
    ],
)
def test_the_interval_of_a_median_tells_not_reached_from_not_estimable(median, n, events, text):
    assert f.median_interval(*median, n, events) == text


@pytest.mark.parametrize(
    ("lower", "upper", "text"), [("44%", "76%", "44% to 76%"), ("100%", "100%", "NE"), ("–", "–", "NE")]
)
def test_a_share_at_the_end_of_its_scale_has_no_interval(lower, upper, text):
    assert f.share_interval(lower, upper) == text


@pytest.mark.parametrize(
    ("ratio", "estimable"),
    [
        ((2.0, 1.0, 4.0), True),
        ((2.0, NAN, NAN), True),
        ((101.0, 20.0, 900.0), False),
        ((0.009, 0.001, 0.08), False),
        ((2.0, 0.01, 101.0), False),
        ((NAN, NAN, NAN), False),
    ],
)
def test_a_ratio_of_hardly_a_maximum_is_not_estimable(ratio, estimable):
    assert f.estimable_ratio(*ratio) is estimable


@pytest.mark.parametrize(("value", "text"), [(2.69, "2.69"), (22.9, "none below 20"), (NAN, "–")])
def test_a_detectable_ratio_beyond_reason_is_none(value, text):
    assert f.detectable(value) == text


def test_figures_of_other_studies_take_the_point_of_the_style():
    said = "Under RECIST 1.1, medians of 7.0 and 2.1, P = 0.003, n = 24,374 (version 1.2.3)."
    assert f.in_words(said) == said
    with f.in_style("lancet"):
        assert f.as_published("7.0") == "7·0"
        assert f.in_words(said) == "Under RECIST 1.1, medians of 7·0 and 2·1, P = 0·003, n = 24,374 (version 1.2.3)."


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([1, 1, 1], ["34%", "33%", "33%"]),
        ([17, 14, 10], ["42%", "34%", "24%"]),
        ([0, 0], ["–", "–"]),
        ([100, 100, 100], ["33.4%", "33.3%", "33.3%"]),
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
