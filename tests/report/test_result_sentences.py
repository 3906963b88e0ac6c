"""The sentence of each result: rows in, words out."""

from dataclasses import replace

import pytest

from rechallenge.estimates.rows import Row, table
from rechallenge.formatting import in_style
from rechallenge.report import numbers as n
from rechallenge.report import result_sentences as s
from rechallenge.report.sentences import plain
from rechallenge.results import prepared

KEYS = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge"}
CONFIDENCE = {"statistics": {"confidence": 0.95}}
NAN = float("nan")


def median(estimate: float, lower: float, upper: float, **keys: str) -> Row:
    return Row("median", estimate, lower, upper, n=20, events=16, model="kaplan_meier", **{**KEYS, **keys})


def log_rank(term: str) -> Row:
    return Row("p", 0.0031, p=0.0031, model="log_rank", term=term, **KEYS)


def printed(*rows: Row) -> tuple[n.Numbers, list[str]]:
    frame = prepared(table(rows))
    numbers = n.together(n.from_estimates(frame), n.from_settings(CONFIDENCE))
    return numbers, [plain(line, numbers) for line in s.survival_sentences(frame, numbers, "PFS", "rechallenge")]


def test_a_median_with_its_patients_and_events():
    _, lines = printed(median(4.24, 2.9, 6.84, term="overall"))
    assert lines == ["Median PFS from rechallenge was 4.2 months (95% CI 2.9 to 6.8; 20 patients, 16 events)."]


def test_a_median_that_is_not_reached_says_so():
    _, lines = printed(median(NAN, 2.9, NAN, term="overall"))
    assert lines == ["Median PFS from rechallenge was not reached (95% CI 2.9 to NR; 20 patients, 16 events)."]


def test_classes_side_by_side_with_the_test():
    rows = [
        median(7.9, 5.0, 9.1, term="resistance", level="acquired"),
        median(1.9, 1.2, 3.3, term="resistance", level="primary"),
    ]
    _, lines = printed(*rows, log_rank("resistance"))
    assert lines == [
        "Median PFS from rechallenge was 7.9 months (95% CI 5.0 to 9.1) after acquired resistance and 1.9 months "
        "(95% CI 1.2 to 3.3) after primary resistance (log-rank P = 0.003)."
    ]
    with in_style("lancet"):
        _, lines = printed(*rows, log_rank("resistance"))
    assert "7·9 months (95% CI 5·0–9·1)" in lines[0]


def test_the_style_reaches_the_p_value_of_a_sentence():
    rows = [median(7.9, 5.0, 9.1, term="resistance", level=level) for level in ("acquired", "primary")]
    with in_style("jama"):
        _, lines = printed(*rows, log_rank("resistance"))
        assert lines[0].endswith("(log-rank P = .003).")


def test_no_p_value_within_a_class():
    term = "progression_pattern|resistance=acquired"
    rows = [median(7.9, 5.0, 9.1, term=term, level=level) for level in ("oligo", "systemic")]
    _, lines = printed(*rows, log_rank(term))
    assert lines[0].startswith("After acquired resistance, median PFS from rechallenge was 7.9 months")
    assert "P" not in lines[0].replace("PFS", "")


def test_one_class_alone_has_no_sentence():
    assert printed(median(7.9, 5.0, 9.1, term="resistance", level="acquired"))[1] == []


@pytest.mark.parametrize(("terms", "adjusted"), [(("resistance",), False), (("resistance", "smoking"), True)])
def test_a_hazard_ratio_says_whether_it_is_adjusted(terms, adjusted):
    keys = {"model": "cox_multivariable", "level": "primary", "reference": "acquired", **KEYS}
    rows = [Row("hr", 2.31, 1.1, 4.85, 0.027, term=term, **keys) for term in terms]
    frame = prepared(table(rows))
    numbers = n.together(n.from_estimates(frame), n.from_settings(CONFIDENCE))
    line = plain(s.hazard_sentences(frame, numbers, {})[0], numbers)
    ratio = "the hazard ratio for PFS from rechallenge was 2.31 (95% CI 1.10 to 4.85; P = 0.027)"
    assert line.startswith(f"For resistance (primary vs acquired), {ratio}")
    assert ("adjusted for the other covariates" in line) == adjusted


def test_a_group_of_one_has_no_interval_and_says_so():
    rows = [
        median(7.9, 5.0, 9.1, term="resistance", level="acquired"),
        replace(median(NAN, NAN, NAN, term="resistance", level="late_progression"), n=1.0, events=0.0),
    ]
    _, lines = printed(*rows)
    assert "and not reached (95% CI not estimable: one patient) after late progression" in lines[0]


def test_the_same_cells_are_said_once():
    terms = ("progression_pattern|resistance=acquired", "resistance|progression_pattern=oligo")
    levels = (("oligo", "systemic"), ("acquired", "primary"))
    rows = [
        median(7.9, 5.0, 9.1, term=term, level=level)
        for term, pair in zip(terms, levels, strict=True)
        for level in pair
    ]
    _, lines = printed(*rows)
    assert [line.partition(",")[0] for line in lines] == ["After acquired resistance"]


def test_a_hazard_ratio_of_too_few_events_is_not_printed():
    keys = {"model": "cox_multivariable", "term": "resistance", "level": "primary", "reference": "acquired", **KEYS}
    frame = prepared(table([Row("hr", 812.0, 0.001, 9e8, 0.9, **keys)]))
    numbers = n.together(n.from_estimates(frame), n.from_settings(CONFIDENCE))
    assert [plain(line, numbers) for line in s.hazard_sentences(frame, numbers, {})] == [
        "For resistance (primary vs acquired), the hazard ratio for PFS from rechallenge could not be estimated: there "
        "were too few events."
    ]


def test_a_covariate_that_is_part_of_the_outcome_is_not_compared():
    rows = [
        median(7.9, 5.0, 9.1, term=term, level=level)
        for term, pair in (("progression_pattern", ("oligo", "systemic")), ("resistance", ("acquired", "primary")))
        for level in pair
    ]
    frame = prepared(table(rows))
    numbers = n.together(n.from_estimates(frame), n.from_settings(CONFIDENCE))
    (line,) = s.survival_sentences(frame, numbers, "PFS", "rechallenge", ("progression_pattern",))
    assert "acquired resistance" in line
