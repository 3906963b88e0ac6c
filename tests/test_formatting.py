"""How numbers are printed: value in, text out."""

import pytest

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
