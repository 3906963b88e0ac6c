"""Interactions, subgroups and small samples in the report: tables, the paragraph on the claim, marks of few events."""

from dataclasses import replace

import numpy as np
import pytest

from rechallenge.estimates.rows import NAN, Row, not_fitted, placed, table
from rechallenge.report import few_events, interaction_sentences, subgroup_tables
from rechallenge.report import numbers as n
from rechallenge.report.constants import constants
from rechallenge.report.results import WITHIN_NOTE, cox_tables, survival_tables
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Sheet, printed
from rechallenge.results import prepared

PFS = {"endpoint": "PFS", "population": "rechallenge"}
BOTH = "resistance*progression_pattern"
SETTINGS = {
    "settings.statistics.few_events": n.number("5", 5, "settings#statistics/few_events"),
    "settings.statistics.power": n.number("0.8", 0.8, "settings#statistics/power"),
    "settings.statistics.power.percent": n.number("80%", 0.8, "settings#statistics/power"),
    "settings.statistics.small_group_below": n.number("20", 20, "settings#statistics/small_group_below"),
    "settings.statistics.landmarks_months.0": n.number("3", 3.0, "settings#statistics/landmarks_months"),
    **constants(),
    "settings.statistics.confidence.percent": n.number("95%", 0.95, "settings#statistics/confidence"),
    "settings.statistics.confidence.alpha": n.number("5%", 0.05, "settings#statistics/confidence"),
}
PUBLISHED = {
    "published.index_study.pfs_acquired_oligo": n.number("5.4", 5.4, "x"),
    "published.index_study.pfs_acquired_oligo.p": n.number("<0.001", None, "x"),
    "published.index_study.pfs_acquired_systemic": n.number("1.1", 1.1, "x"),
}


def interaction_rows(acquired: float, primary: float, spread: float, p: float, cell: float = 6.0) -> list[Row]:
    """An interaction with these hazard ratios of the pattern, its power, and `cell` events in the smallest cell."""
    found = []
    for model in ("interaction", "interaction_adjusted"):
        own = {**PFS, "model": model, "term": BOTH, "n": 31.0, "events": 23.0}
        for level, hr in (("acquired", acquired), ("primary", primary)):
            key = {"level": f"systemic|resistance={level}", "reference": "oligo"}
            found.append(Row("hr", hr, hr / spread, hr * spread, confidence=0.95, **key, **own))
            for pattern, events in (("oligo", 8.0), ("systemic", cell)):
                key = {"level": f"{pattern}|resistance={level}"}
                found.append(Row("events", events, **key, **{**own, "n": 9.0, "events": events}))
        ratio = primary / acquired
        key = {"level": "primary*systemic", "reference": "acquired*oligo"}
        found.append(Row("hr_ratio", ratio, ratio / spread, ratio * spread, confidence=0.95, **key, **own))
        found.append(Row("likelihood_ratio_chi2", 1.0, p=p, method="likelihood-ratio test", **own))
    own = {**PFS, "model": "power", "term": BOTH, "n": 31.0, "events": 23.0}
    own |= {"level": "primary*systemic", "reference": "acquired*oligo"}
    found.append(Row("detectable_hr_ratio", 11.16, **own))
    found += [Row("power", share, at=at, **own) for at, share in ((2.0, 0.12), (3.0, 0.25), (5.0, 0.46))]
    return found


def said(rows: list[Row], *, published: bool = True) -> str:
    estimates = table(placed(rows, analysis="main"))
    numbers = n.together(n.from_estimates(estimates), SETTINGS, PUBLISHED if published else {})
    return " ".join(plain(line, numbers) for line in interaction_sentences.sentences(prepared(estimates), numbers))


def tables_of(rows: list[Row]) -> tuple[list[Sheet], n.Numbers]:
    estimates = table(placed(rows, analysis="main"))
    numbers = n.together(n.from_estimates(estimates), SETTINGS)
    return subgroup_tables.tables(prepared(estimates), numbers, {"age": "Age"}), numbers


def test_the_claim_is_judged_by_the_interaction() -> None:
    text = said(interaction_rows(4.0, 1.25, 5.0, 0.21))
    assert "(5.4 and 1.1 months, P < 0.001) and not after primary resistance" in text
    assert (
        "was 4.00 (95% CI 0.80 to 20.00) after acquired resistance and 1.25 (95% CI 0.25 to 6.25) after primary" in text
    )
    assert (
        "the ratio of the two was 0.31 (95% CI 0.06 to 1.56), likelihood-ratio test of the interaction P = 0.21."
        in text
    )
    assert (
        "points in the direction of the claim; its interval is compatible with no difference and with a large one"
        in text
    )
    assert "neither show nor exclude that the effect of the pattern depends on resistance" in text
    detected = "would detect a ratio of hazard ratios of 11.16 or more (or as far below 1) with a power of 80%"
    assert f"With 23 events, a two-sided test at the 5% level {detected}" in text
    assert "a ratio of 5, about that of the published medians" in text
    assert "with a power of 46% (formula of Peterson and George" in text
    assert "The smallest of the four cells has 6 events." in text
    assert "significant" not in text


@pytest.mark.parametrize(
    ("acquired", "primary", "spread", "expected"),
    [
        (2.0, 3.0, 6.0, "points against the claim; its interval is compatible with no difference and with a large"),
        (6.0, 1.0, 2.0, "points in the direction of the claim, and its interval excludes 1"),
        (1.0, 6.0, 2.0, "points against the claim, and its interval excludes 1"),
    ],
)
def test_the_words_follow_the_numbers(acquired: float, primary: float, spread: float, expected: str) -> None:
    assert expected in said(interaction_rows(acquired, primary, spread, 0.03))


def test_an_estimate_that_changes_sides_supports_neither_direction() -> None:
    rows = interaction_rows(2.0, 3.2, 5.0, 0.9)
    own = [
        replace(row, estimate=0.9) if row.model == "interaction_adjusted" and row.statistic == "hr_ratio" else row
        for row in rows
    ]
    assert "lies on the other side of 1 once it is adjusted, and so supports neither direction" in said(own)


def test_a_ratio_close_to_one_points_nowhere() -> None:
    text = said(interaction_rows(2.62, 2.75, 6.2, 0.96))
    assert "The ratio is close to 1 with and without adjustment, and so points in neither direction" in text
    assert "compatible with no difference and with a large difference in either direction" in text
    assert "no difference between" not in text


def test_a_ratio_that_only_an_absurd_one_would_exceed_is_not_called_detectable() -> None:
    rows = [
        replace(row, estimate=22.93) if row.statistic == "detectable_hr_ratio" else row
        for row in interaction_rows(4.0, 1.25, 5.0, 0.21)
    ]
    assert "would detect no ratio of hazard ratios between 1 and 20 with a power of 80%" in said(rows)
    sheets, numbers = tables_of(rows)
    power = next(sheet for sheet in sheets if sheet.id == "power")
    assert "none below 20" in printed(power, numbers)[2]


def test_without_published_figures_the_question_stands_alone() -> None:
    text = said(interaction_rows(4.0, 1.25, 5.0, 0.21), published=False)
    assert text.startswith("Does the effect of the progression pattern differ between acquired and primary resistance?")
    assert "published" not in text


def test_an_interaction_that_was_not_fitted_says_why() -> None:
    empty = not_fitted("Not fitted: there is no patient with resistance: primary and {braces}.", n=20.0, events=9.0)
    text = said(list(placed([empty], **PFS, model="interaction", term=BOTH)))
    assert (
        "Here the interaction could not be estimated: there is no patient with resistance: primary and (braces)."
        in text
    )


def test_an_interaction_that_was_not_asked_for_is_not_mentioned() -> None:
    assert said([Row("n", 4.0, **PFS, model="kaplan_meier", term="overall")]) == ""


def test_the_table_of_interactions() -> None:
    (sheet, _), numbers = tables_of(interaction_rows(4.0, 1.25, 5.0, 0.21, cell=4.0))
    assert sheet.id == "interactions-pfs"
    assert printed(sheet, numbers)[1:] == [
        ["Resistance × progression pattern", "", "", "", "0.21", "", "0.21"],
        [
            "Systemic progression vs oligo-progression, within resistance: acquired",
            "31", "23", "4.00 (0.80 to 20.00) †", "", "4.00 (0.80 to 20.00) †", "",
        ],
        [
            "Systemic progression vs oligo-progression, within resistance: primary",
            "31", "23", "1.25 (0.25 to 6.25) †", "", "1.25 (0.25 to 6.25) †", "",
        ],
        ["Ratio of hazard ratios", "31", "23", "0.31 (0.06 to 1.56) †", "", "0.31 (0.06 to 1.56) †", ""],
    ]  # fmt: skip
    assert any(note.startswith(few_events.MARK) for note in sheet.notes)


def test_the_table_of_subgroups_has_one_p_value_per_variable() -> None:
    compared = {"level": "primary", "reference": "acquired"}
    own = {**PFS, "model": "subgroup"}
    rows = []
    for term, hr in (("resistance", 3.0), ("resistance|age=<65", 4.0), ("resistance|age=>=65", NAN)):
        for level, events, patients in (("primary", 11.0, 12.0), ("acquired", 3.0, 9.0)):
            for statistic, value in (("n", patients), ("events", events)):
                rows.append(Row(statistic, value, n=patients, events=events, term=term, level=level, **own))
        if not np.isnan(hr):
            rows.append(Row("hr", hr, 1.0, 9.0, confidence=0.95, n=21.0, events=14.0, term=term, **compared, **own))
    rows.append(Row("left_out", 2.0, term="resistance*age", **compared, **own))
    rows.append(Row("likelihood_ratio_chi2", 0.9, p=0.34, term="resistance*age", **compared, **own))
    (sheet,), numbers = tables_of(rows)
    assert printed(sheet, numbers) == [
        ["", "Primary: events/patients", "Acquired: events/patients", "HR (CI)", "Interaction P"],
        ["All patients", "11/12", "3/9", "3.00 (1.00 to 9.00) †", ""],
        ["Age", "", "", "", "0.34"],
        ["<65", "11/12", "3/9", "4.00 (1.00 to 9.00) †", ""],
        ["≥65", "11/12", "3/9", "–", ""],
    ]
    assert "Class not known, in no subgroup: age {" in sheet.notes[1]
    assert sheet.notes[2].startswith("– not estimated")


def test_the_table_of_power() -> None:
    own = {**PFS, "model": "power", "term": "resistance", "level": "primary", "reference": "acquired"}
    rows = [Row("detectable_hr", 2.69, n=41.0, events=33.0, **own)]
    rows += [Row("power", share, at=at, n=41.0, events=33.0, **own) for at, share in ((1.5, 0.21), (2.0, 0.5))]
    (sheet,), numbers = tables_of(rows)
    assert printed(sheet, numbers) == [
        ["", "Patients", "Events", "Smallest detectable ratio, power 80%", "Power for 1.5", "Power for 2"],
        ["PFS from rechallenge", "", "", "", "", ""],
        ["Resistance: primary vs acquired", "41", "33", "2.69", "21%", "50%"],
    ]
    assert "Nothing is computed at the observed effect" in sheet.notes[0]


def test_the_table_of_permutations() -> None:
    counts = {"n": 31.0, "events": 23.0, "term": "resistance", **PFS}
    rows = [
        Row("chi2", 9.0, p=0.003, model="log_rank", **counts),
        Row("p", 0.0123, p=0.0123, model="log_rank_permutation",
            method="exact permutation test", **counts),
        Row("allocations", 12.0, model="log_rank_permutation", **counts),
    ]  # fmt: skip
    (sheet,), numbers = tables_of(rows)
    assert printed(sheet, numbers)[2] == [
        "Resistance", "31", "23", "0.003", "0.012", "exact: all 12 allocations",
    ]  # fmt: skip
    on_first = [Row("p", 0.01, p=0.01, endpoint="PFS1", population="rechallenge", model="log_rank_permutation")]
    assert tables_of(on_first)[0] == []


def test_the_table_of_small_groups_names_a_group_once() -> None:
    rows = []
    for term, level in (
        ("progression_pattern|resistance=primary", "oligo"),
        ("resistance|progression_pattern=oligo", "primary"),
    ):
        for model, lower in (("kaplan_meier", 1.0), ("small_group_beta_product", 0.5), ("small_group_rothman", 0.8)):
            own = {**PFS, "model": model, "term": term, "level": level, "n": 5.0, "events": 4.0, "confidence": 0.95}
            rows += [Row("median", 2.0, lower, NAN, **own), Row("survival", 0.2, 0.05, 0.7, at=3.0, **own)]
    (sheet,), numbers = tables_of(rows)
    assert printed(sheet, numbers)[1:] == [
        ["Progression pattern, within resistance: primary: oligo-progression", "5", "4", "", "", "", ""],
        ["Median, months", "", "", "", "2.0 (1.0 to NR) †", "0.5 to NR", "0.8 to NR"],
        ["Survival", "", "", "3", "20% (5% to 70%) †", "5% to 70%", "5% to 70%"],
    ]


def test_survival_within_a_class_has_the_p_value_of_the_interaction() -> None:
    own = {**PFS, "model": "kaplan_meier", "term": "progression_pattern|resistance=acquired", "n": 9.0}
    rows = [Row("median", 4.0, 2.0, 8.0, level="oligo", events=7.0, confidence=0.95, **own)]
    rows += [Row("median", 2.0, 1.0, 8.0, level="systemic", events=4.0, confidence=0.95, **own)]
    rows += [Row("p", 0.0123, p=0.0123, **{**own, "model": "log_rank"}), *interaction_rows(2.0, 2.0, 3.0, 0.21)]
    estimates = table(placed(rows, analysis="main"))
    numbers = n.together(n.from_estimates(estimates), SETTINGS)
    sheet = survival_tables(prepared(estimates), numbers, {})[0]
    assert printed(sheet, numbers)[1:] == [
        ["Progression pattern, within resistance: acquired", "", "", "", "interaction 0.21"],
        ["Oligo-progression", "9", "7", "4.0 (2.0 to 8.0)", ""],
        ["Systemic progression", "9", "4", "2.0 (1.0 to 8.0) †", ""],
    ]
    assert sheet.notes[0] == WITHIN_NOTE
    assert sheet.notes[1].startswith(few_events.MARK)


@pytest.mark.parametrize(("events", "mark"), [(4.0, " †"), (5.0, "")])
def test_a_hazard_ratio_is_marked_by_the_smaller_class(events: float, mark: str) -> None:
    own = {**PFS, "model": "cox_univariable", "term": "resistance"}
    rows = [
        Row("hr", 2.0, 1.0, 4.0, p=0.05, n=40.0, events=30.0, level="primary", reference="acquired", **own),
        Row("n", 20.0, n=20.0, events=events, level="primary", **own),
        Row("n", 20.0, n=20.0, events=30 - events, level="acquired", **own),
    ]
    estimates = table(placed(rows, analysis="main"))
    numbers = n.together(n.from_estimates(estimates), SETTINGS)
    sheet = cox_tables(prepared(estimates), numbers, {})[0]
    assert printed(sheet, numbers)[1][1] == f"2.00 (1.00 to 4.00){mark}"
    assert any(note.startswith(few_events.MARK) for note in sheet.notes) is bool(mark)


def test_firths_hazard_ratio_is_marked_by_the_classes_of_the_ordinary_model() -> None:
    own = {**PFS, "term": "resistance", "level": "primary"}
    rows = [
        Row("hr", 7.0, 0.9, 90.0, n=40.0, events=30.0, model="cox_firth_univariable", reference="acquired", **own),
        Row("n", 2.0, n=2.0, events=0.0, model="cox_univariable", **own),
    ]
    numbers = n.together(n.from_estimates(table(placed(rows, analysis="main"))), SETTINGS)
    name = "pfs.rechallenge.cox_firth_univariable.resistance.primary.vs_acquired.hr"
    assert few_events.ratio_cell(name, "primary", "acquired", numbers).endswith(few_events.MARK)


def test_nothing_estimated_gives_no_table() -> None:
    assert subgroup_tables.tables(prepared(table([])), SETTINGS, {}) == []
