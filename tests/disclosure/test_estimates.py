"""The results table of a public release: few readable rows in, what is left of them out."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.disclosure.counted import Key, Whom, conditions, counted
from rechallenge.disclosure.estimates import protect_estimates, rounded, told_by_both
from rechallenge.disclosure.suppression import SMALL, ranges
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.results import prepared, records
from rechallenge.settings.release import ReleaseSettings

PUBLIC = ReleaseSettings(level="public")
SET = {"analysis": "main", "population": "rechallenge"}
PFS = {**SET, "endpoint": "PFS"}


def counts(term: str, within: str = "", **levels: int) -> list[Row]:
    """Table 1 of a term: n and percent of each level, and nobody missing."""
    model = f"table1|{within}" if within else "table1"
    whole = float(sum(levels.values()))
    rows = []
    for level, n in levels.items():
        own = {"n": whole, "model": model, "term": term, "level": level}
        rows += [Row("n", float(n), **own), Row("percent", 100 * n / whole, **own)]
    return [*rows, Row("missing", 0.0, n=whole, model=model, term=term)]


def frame(*rows: Row) -> pd.DataFrame:
    return table(placed(rows, **SET))


def left(estimates: pd.DataFrame, release: ReleaseSettings = PUBLIC) -> dict[str, float]:
    """The estimates of a public release by estimate_id, without "main/rechallenge/"."""
    protected = protect_estimates(estimates, release)[0].frame
    names = protected["estimate_id"].str.removeprefix("main/rechallenge/")
    return dict(zip(names, protected["estimate"], strict=True))


ALL = Row("n", 41.0, n=41.0, term="overall")


def test_a_small_count_is_withheld_with_its_percentage_and_the_one_that_gives_it_away() -> None:
    found = left(frame(ALL, *counts("sex", female=4, male=37)))
    shown = {name for name, value in found.items() if not np.isnan(value)}
    assert shown == {"overall/n", "table1/sex/missing"}


def test_what_is_not_small_and_gives_nothing_away_stays() -> None:
    found = left(frame(ALL, *counts("smoking", ever=29, never=12)))
    assert found["table1/smoking/ever/n"] == 29
    assert found["table1/smoking/never/percent"] == pytest.approx(29.27)


def test_zero_is_told() -> None:
    found = left(frame(ALL, *counts("ecog", **{"0": 0, "1": 30, "2": 11})))
    assert (found["table1/ecog/0/n"], found["table1/ecog/0/percent"]) == (0, 0)


def test_the_same_patients_are_withheld_wherever_they_are_counted() -> None:
    """The women of Table 1 are those of the curve by sex, and of the subgroup of a model."""
    curve = [
        Row("n", float(n), n=float(n), events=float(n), model="kaplan_meier", term="sex", level=level, endpoint="PFS")
        for level, n in {"female": 4, "male": 37}.items()
    ]
    found = left(frame(ALL, *counts("sex", female=4, male=37), *curve))
    assert np.isnan(found["table1/sex/female/n"])
    assert all(np.isnan(value) for name, value in found.items() if "kaplan_meier" in name)


def test_rows_and_columns_of_table_one_protect_one_another() -> None:
    rows = [
        ALL,
        *counts("resistance", acquired=24, primary=17),
        *counts("stage", III=12, IV=29),
        *counts("stage", "resistance=acquired", III=9, IV=15),
        *counts("stage", "resistance=primary", III=3, IV=14),
    ]
    found = left(frame(*rows))
    assert found["table1/resistance/acquired/n"] == 24
    cells = [f"table1|resistance={own}/stage/{level}/n" for own in ("acquired", "primary") for level in ("III", "IV")]
    assert [name for name in cells if not np.isnan(found[name])] == []


def test_nobody_can_narrow_a_small_count_of_a_table_to_one_value() -> None:
    rows = records(prepared(frame(ALL, *counts("a", x=2, y=19, z=20), *counts("b", x=1, y=39, z=1))))
    found = counted(rows)
    _, _, why = protect_estimates(table(placed([ALL, *counts("a", x=2, y=19, z=20)], **SET)), PUBLIC)
    assert why[Key(Whom("patients", "", "rechallenge", (("a", "x"),)), 2)] == SMALL
    assert all(high - low >= 1 for low, high in ranges(found.cells(), found.sums, why, 5).values())


@pytest.mark.parametrize(
    ("n", "events", "shown"), [(24, 17, True), (4, 4, False), (24, 4, False), (24, 0, True)]
)  # fmt: skip
def test_a_median_rests_on_the_patients_and_events_of_its_group(n: int, events: int, shown: bool) -> None:
    own = {"endpoint": "PFS", "model": "kaplan_meier", "term": "overall", "n": float(n), "events": float(events)}
    found = left(frame(Row("n", float(n), **own), Row("median", 7.876, **own)))
    assert np.isnan(found["main/PFS/rechallenge/kaplan_meier/overall/median"]) is not shown


def test_a_hazard_ratio_rests_on_the_smaller_of_its_two_classes() -> None:
    own = {"endpoint": "PFS", "model": "cox_univariable", "term": "ecog_1_or_more"}
    classes = [
        Row("n", float(n), n=float(n), events=float(events), level=level, **own)
        for level, n, events in (("true", 30, 20), ("false", 11, 3))
    ]
    ratio = Row("hr", 1.02, 0.12, 9.04, 0.99, n=41.0, events=23.0, level="true", reference="false", **own)
    protected = protect_estimates(frame(*classes, ratio), PUBLIC)[0].frame
    row = protected[protected["statistic"] == "hr"].iloc[0]
    assert row[["estimate", "lower", "upper", "p"]].isna().all()
    assert row["n"] == 41


def test_few_without_an_event_are_few_too() -> None:
    """39 events of 41: two are censored, and events are therefore not told."""
    own = {"endpoint": "PFS", "model": "kaplan_meier", "term": "overall", "n": 41.0, "events": 39.0}
    protected = protect_estimates(
        frame(Row("n", 41.0, **own), Row("events", 39.0, **own), Row("median", 4.7, **own)), PUBLIC
    )[0].frame
    median = protected[protected["statistic"] == "median"].iloc[0]
    assert (median["estimate"], median["n"]) == (4.7, 41)
    assert np.isnan(median["events"])


def test_the_flow_gives_a_small_step_not_back() -> None:
    """One is excluded by the window: who remained before it, and who was excluded before that, are not told."""
    steps = [("extract", 0, 400), ("first_ici_monotherapy", 302, 98), ("first_ici_in_window", 1, 97)]
    steps += [("index_progression", 12, 85)]
    rows = [
        Row(statistic, float(value), analysis="main", term="attrition", level=level)
        for level, out, remain in steps
        for statistic, value in (("excluded", out), ("remaining", remain), ("not_evaluable", 0))
    ]
    protected = protect_estimates(table(rows), PUBLIC)[0].frame
    shown = protected.dropna(subset="estimate")
    told = set(zip(shown["level"], shown["statistic"], strict=True))
    withheld = {
        ("first_ici_monotherapy", "excluded"), ("first_ici_monotherapy", "remaining"),
        ("first_ici_in_window", "excluded"),
    }  # fmt: skip
    assert not withheld & told
    assert ("first_ici_in_window", "remaining") in told
    assert ("index_progression", "excluded") in told


def test_nearly_the_same_patients_are_not_counted_twice() -> None:
    """The same class holds 24 in the main analysis and 22 in another: two patients apart."""
    main = frame(*counts("resistance", acquired=24, primary=17))
    other = table(placed(counts("resistance", acquired=22, primary=19), analysis="literal", population="rechallenge"))
    protected = protect_estimates(pd.concat([main, other], ignore_index=True), PUBLIC)[0].frame
    told = dict(zip(protected["estimate_id"], protected["estimate"], strict=True))
    assert told["main/rechallenge/table1/resistance/acquired/n"] == 24
    assert np.isnan(told["literal/rechallenge/table1/resistance/acquired/n"])


def test_counts_can_be_rounded_and_percentages_with_them() -> None:
    found = left(frame(ALL, *counts("smoking", ever=28, never=13)), ReleaseSettings(level="public", round_to=5))
    assert found["overall/n"] == 40
    assert found["table1/smoking/ever/n"] == 30
    assert found["table1/smoking/ever/percent"] == 75


def test_rounding_takes_halves_upwards_and_leaves_what_is_withheld() -> None:
    assert [rounded(value, 5) for value in (0.0, 2.0, 2.5, 7.0, 8.0)] == [0, 0, 5, 5, 10]
    assert np.isnan(rounded(np.nan, 5))


def test_methods_tell_no_count() -> None:
    said = "Not fitted: 4 events, fewer than the declared minimum of 5."
    protected = protect_estimates(frame(Row("not_fitted", method=said, term="sex")), PUBLIC)[0].frame
    assert protected["method"].tolist() == ["Not fitted: few events, fewer than the declared minimum of 5."]


def test_estimates_keep_four_digits_that_count() -> None:
    own = {"endpoint": "PFS", "model": "kaplan_meier", "term": "overall", "n": 39.0, "events": 30.0}
    found = left(frame(Row("n", 39.0, **own), Row("survival", 38 / 39, at=1.0, **own)))
    assert found["main/PFS/rechallenge/kaplan_meier/overall/survival/1"] == 0.9744


def test_each_withheld_number_is_named_with_its_reason() -> None:
    withheld = protect_estimates(frame(ALL, *counts("sex", female=4, male=37)), PUBLIC)[0].withheld
    why = dict(zip(zip(withheld["name"], withheld["column"], strict=True), withheld["why"], strict=True))
    assert why == {
        ("main/rechallenge/table1/sex/female/n", "estimate"): "small",
        ("main/rechallenge/table1/sex/female/percent", "estimate"): "derived",
        ("main/rechallenge/table1/sex/male/n", "estimate"): "complementary",
        ("main/rechallenge/table1/sex/male/percent", "estimate"): "derived",
    }


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"term": "sex", "level": "female"}, {"sex": "female"}),
        ({"model": "table1|resistance=primary", "term": "age", "level": ""}, {"resistance": "primary"}),
        ({"term": "resistance|age=<65", "level": "primary"}, {"age": "<65", "resistance": "primary"}),
        ({"model": "best_response", "term": "overall", "level": "CR"}, {"best_response": "CR"}),
        ({"model": "cumulative_incidence|death", "term": "overall"}, {"(cause)": "death"}),
        ({"term": "resistance*age", "level": "<65|resistance=acquired"}, {"age": "<65", "resistance": "acquired"}),
        ({"term": "resistance*pattern", "level": "primary*systemic"}, {"pattern": "systemic", "resistance": "primary"}),
        ({"term": "overall"}, {}),
    ],
)  # fmt: skip
def test_the_conditions_of_a_row(keys: dict[str, str], expected: dict[str, str]) -> None:
    record = {"model": "", "term": "", "level": "", **keys}
    assert dict(conditions(record)) == expected


def test_what_one_of_two_public_tables_withholds_is_not_compared() -> None:
    own = {
        "analysis": "main",
        "endpoint": "PFS",
        "population": "rechallenge",
        "model": "kaplan_meier",
        "term": "overall",
    }
    then = table([Row("median", 4.4, n=33.0, events=24.0, **own), Row("q1", 2.0, n=33.0, **own)])
    now = table([Row("median", 4.7, n=41.0, **own), Row("q1", n=41.0, **own), Row("q3", 9.0, n=41.0, **own)])
    before, after = told_by_both(then, now)
    assert before["statistic"].tolist() == ["median"]
    assert after["statistic"].tolist() == ["median", "q3"]
    assert before["events"].isna().all()
    assert (before["n"].item(), after["n"].iloc[0]) == (33, 41)
