"""Columns of tables in Word: whole estimates, whole words, together as wide as the text."""

import pytest

from rechallenge.report.column_widths import column_widths

HEAD = ["", "Patients", "Events", "Median, months (CI)", "At 3 months (CI)", "At 6 months (CI)", "Log-rank P"]
ROWS = [
    HEAD,
    ["Progression pattern, within resistance: acquired", "", "", "", "", "", "interaction 0.85"],
    ["Oligo-progression", "15", "14", "5.2 (3.2 to 12.5)", "73% (54% to 100%)", "46% (22% to 74%)", ""],
]


def test_estimates_have_a_line_and_group_names_do_not_count() -> None:
    widths, points = column_widths(ROWS, 16.4, 8)

    assert sum(widths) == pytest.approx(16.4)
    assert points == 8
    # 17 letters of 8 points in Times New Roman are 1.9 cm or more; margins are 0.4 cm.
    assert all(width > 2.3 for width in widths[3:6])
    assert widths[0] < 5


def test_type_is_made_smaller_before_an_estimate_wraps() -> None:
    wide = [[*row, *row[3:6]] for row in ROWS]
    widths, points = column_widths(wide, 22.0, 9)

    assert points == 7.5
    assert all(width > 2.1 for width in (*widths[3:6], *widths[7:]))


def test_words_stay_whole_where_estimates_cannot() -> None:
    crowded = [[*row, *row[3:6], *row[3:6]] for row in ROWS]
    widths, points = column_widths(crowded, 16.4, 9)

    assert points >= 6.5
    assert sum(widths) == pytest.approx(16.4)
    assert widths[0] > 1.5


@pytest.mark.parametrize("rows", [[["One"]], [["One"], ["a"]], [["", ""], ["", ""]], [["登记"], ["全部患者"]]])
def test_small_tables_fill_the_width(rows: list[list[str]]) -> None:
    widths, points = column_widths(rows, 16.4, 9)

    assert sum(widths) == pytest.approx(16.4)
    assert points == 9
