"""What a survival figure shows comes from the curves and the results, level by level."""

import pandas as pd
import pytest

from rechallenge.figures import results, style
from rechallenge.figures.captions import survival_words
from rechallenge.figures.survival import Survival, median_text, survival_data, survival_figure
from rechallenge.figures.survival import test_lines as lines_under_the_key
from rechallenge.language import in_language
from tests.figures.helpers import collisions, curve, estimate

TERM = {"term": "resistance"}


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    curves = pd.concat(
        [
            curve([1, 2, 3], [1, 1, 1], **TERM, level="primary"),
            curve([4, 6, 8, 9], [1, 1, 0, 0], **TERM, level="acquired"),
        ],
        ignore_index=True,
    )
    method = "Kaplan-Meier, Brookmeyer-Crowley interval (log)"
    table = [
        estimate("kaplan_meier", "median", **TERM, level="primary", estimate=2, lower=1, n=3, events=3, method=method),
        estimate("kaplan_meier", "median", **TERM, level="acquired", estimate=7, lower=4, n=4, events=2, method=method),
        estimate("kaplan_meier", "survival", **TERM, level="primary", estimate=0, method="Kaplan-Meier, log interval"),
        estimate("log_rank", "p", **TERM, estimate=0.0004, p=0.0004, method="log-rank test, 2 groups"),
        estimate("log_rank", "left_out", **TERM, estimate=2),
        estimate(
            "cox_univariable", "hr", **TERM, level="primary", reference="acquired", estimate=3.456, lower=1.2,
            upper=9.9, p=0.02, n=7, events=5, method="Cox, Efron ties, Wald interval",
        ),
    ]  # fmt: skip
    return curves, results.tidy(pd.DataFrame(table))


def data() -> Survival:
    found = survival_data(*frames(), "PFS", "rechallenge", "resistance")
    assert found is not None
    return found


def test_groups_stand_in_the_declared_order_with_their_own_numbers() -> None:
    assert [(group.label, group.n, group.events) for group in data().groups] == [("Acquired", 4, 2), ("Primary", 3, 3)]
    assert [median_text(group) for group in data().groups] == ["7.0 (4.0 to NR)", "2.0 (1.0 to NR)"]


def test_tests_are_read_from_the_results_and_never_printed_as_zero() -> None:
    assert lines_under_the_key(data()) == [
        "Log-rank test: P < 0.001",
        "Hazard ratio 3.46 (95% CI 1.20 to 9.90), primary vs acquired",
    ]


def test_a_curve_and_a_result_of_different_patients_are_refused() -> None:
    curves, table = frames()
    table.loc[0, "n"] = 5
    with pytest.raises(ValueError, match="counts 3, its row of results 5"):
        survival_data(curves, table, "PFS", "rechallenge", "resistance")


def test_no_curve_no_data() -> None:
    curves, table = frames()
    assert survival_data(curves, table, "OS", "rechallenge", "resistance") is None
    assert survival_data(curves.iloc[:0], table.iloc[:0], "PFS", "rechallenge", "resistance") is None


def test_caption_names_interval_test_and_n_and_the_alternative_states_the_finding() -> None:
    words = survival_words(data(), simulated=True)
    assert words.title == "Progression-free survival from the start of rechallenge by resistance"
    expected = (
        "n = 7, 5 events",
        "95% confidence interval (Kaplan-Meier, log interval)",
        "Brookmeyer-Crowley",
        "log-rank test, 2 groups, two-sided",
        "not classified: 2.",
        "NR: not reached.",
        "Simulated data.",
    )
    for part in expected:
        assert part in words.caption
    assert words.alt.endswith(
        "Acquired: 4 patients, 2 events, median 7.0 months (95% CI 4.0 to NR). Primary: 3 patients, 3 events, median "
        "2.0 months (95% CI 1.0 to NR). Log-rank test: P < 0.001. Hazard ratio 3.46 (95% CI 1.20 to 9.90), primary vs "
        "acquired."
    )
    assert "imulated" not in survival_words(data(), simulated=False).caption


def test_why_nothing_is_compared_stands_in_the_caption() -> None:
    table = results.tidy(pd.DataFrame([estimate("log_rank", "not_fitted", **TERM, method="Not compared: no event.")]))
    one = survival_data(curve([3], [0], **TERM, level="primary"), table, "PFS", "rechallenge", "resistance")
    assert one is not None
    assert "Not compared: no event." in survival_words(one, False).caption
    assert "Primary: 1 patient, 0 events, median not estimated." in survival_words(one, False).alt


LONG = "Progression in more organs than the definition of the study allows, or in new ones"
EDGES = {
    "two groups": frames()[0],
    "one patient": curve([3.2], [0], **TERM, level="primary"),
    "no time": curve([0, 0], [0, 0], **TERM, level="primary"),
    "all events at once": curve([5.0] * 40, [1] * 40, **TERM, level="primary"),
    "no events, long Chinese label": curve(
        [2, 5, 9], [0, 0, 0], **TERM, level="一个很长的中文分组名称用来测试文字是否会被裁剪或者互相重叠在一起"
    ),
    "nobody at risk late": pd.concat(
        [
            curve([0.5, 0.7, 1.2], [1, 1, 0], **TERM, level="primary"),
            curve([30, 61, 118], [1, 0, 1], **TERM, level="acquired"),
        ]
    ),
    "five groups with long labels": pd.concat(
        [curve([1 + at, 9 + at], [1, 0], **TERM, level=f"{LONG} {at}") for at in range(5)]
    ),
    "a large registry": pd.concat(
        [
            curve([at % 97 for at in range(12_345)], [at % 2 for at in range(12_345)], **TERM, level="primary"),
            curve([3, 14], [1, 0], **TERM, level="acquired"),
        ]
    ),
}


def drawn_edge(name: str) -> Survival:
    found = survival_data(EDGES[name], frames()[1].iloc[3:], "PFS", "rechallenge", "resistance")
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [style.ONE_COLUMN_MM, style.TWO_COLUMNS_MM])
@pytest.mark.parametrize("name", EDGES)
def test_no_text_leaves_the_page_or_covers_another(name: str, width: float, language: str) -> None:
    with style.look(), in_language(language):
        assert collisions(survival_figure(drawn_edge(name), width, "Simulated data")) == []


def test_a_group_without_anybody_at_risk_keeps_its_row_and_its_curve_ends() -> None:
    with style.look():
        figure = survival_figure(drawn_edge("nobody at risk late"))
    (axes,) = figure.axes
    ends = [float(max(line.get_xdata())) for line in axes.get_lines() if line.get_linestyle() != "None"]
    assert {1.2, 118.0} <= set(ends)
    numbers = [text.get_text() for text in figure.texts]
    # Two at risk, then nobody at any later tick; censored and events stay.
    at = numbers.index("At risk", numbers.index("At risk") + 1)
    assert numbers[at + 1 : at + 4] == ["3", "0", "0"]


def test_all_events_at_once_are_one_step_to_zero() -> None:
    with style.look():
        figure = survival_figure(drawn_edge("all events at once"))
    curve_line = next(line for line in figure.axes[0].get_lines() if len(line.get_xdata()) > 1)
    assert [float(y) for y in curve_line.get_ydata()][-1] == 0
    assert float(max(curve_line.get_xdata())) == 5


def test_a_long_name_is_cut_in_the_key_and_whole_in_the_table() -> None:
    with style.look():
        figure = survival_figure(drawn_edge("five groups with long labels"), style.ONE_COLUMN_MM)
    texts = [text.get_text() for text in figure.texts]
    assert sum(text.endswith("…") for text in texts) == 5
    assert {f"or in new ones {at}" for at in range(5)} <= {text[-16:] for text in texts}
