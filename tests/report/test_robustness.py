"""Tables on response, further endpoints and how much the definitions matter: what they print, and when."""

from dataclasses import replace

import pytest

from rechallenge.report import endpoint_tables, robustness_tables, sensitivity_tables
from rechallenge.report.further_results import analyses_table
from rechallenge.report.manuscript import render_manuscript
from rechallenge.report.numbers import text_of
from rechallenge.report.page import render_page
from rechallenge.report.sheets import Sheet, printed
from tests.report.studies import FLOW, TEMPLATES, StudyData, make_study


def lines(sheet: Sheet | None, study: StudyData) -> list[list[str]]:
    assert sheet is not None
    return printed(sheet, study.numbers)


@pytest.mark.parametrize(
    ("statistic", "value", "text"),
    [
        ("orr", 7.5, "8%"),
        ("agreement", 70.0, "70%"),
        ("small_p", 41.2, "41%"),
        ("same_sign_and_small_p", 0.0, "0%"),
        ("ratio_above", 22.5, "22%"),
        ("hr_median", 2.096, "2.10"),
        ("shift", 1.0, "1.00"),
        ("ratio_median", float("nan"), "NR"),
        ("median_difference_median", -1.24, "−1.2"),
        ("median_difference_median", float("nan"), "–"),
        ("moved", 12.0, "12"),
        ("specifications", 14400.0, "14,400"),
        ("probability", 0.0002, "<0.001"),
        ("probability", 1.0, ">0.99"),
    ],
)
def test_how_the_new_statistics_are_printed(statistic, value, text):
    assert text_of(statistic, value, endpoint="PFS", denominator=40) == text


def test_response(study):
    rows = lines(endpoint_tables.response_table(study.tidy, study.numbers), study)
    assert rows[0][1:] == [
        "First ICI, all with a first ICI monotherapy",
        "First ICI, those rechallenged",
        "Rechallenge",
        "Rechallenge, acquired resistance",
        "Rechallenge, primary resistance",
    ]
    assert rows[1] == ["Patients", "160", "40", "40", "22", "18"]
    assert ["Partial response (PR)", "40 (25.0%)", "10 (25%)", "2 (5%)", "3 (14%)", "0 (0%)"] in rows
    assert rows[-2][3] == "8% (0% to 20%)"


def test_further_endpoints_stand_in_one_table_and_not_among_survival(study):
    rows = lines(endpoint_tables.further_endpoints_table(study.tidy, study.numbers), study)
    assert [row[0] for row in rows[1:]] == ["TTF of rechallenge", "DOR on rechallenge", "TTNT from the first ICI"]
    assert rows[1] == ["TTF of rechallenge", "40", "37", "2.1 (1.6 to 3.3)"]
    assert not [sheet.id for sheet in study.survival_tables if "ttf" in sheet.id]


def test_the_pfs_ratio_whose_median_is_not_reached(study):
    rows = lines(endpoint_tables.ratio_table(study.tidy, study.numbers, study.labels), study)
    assert rows[0][-1] == "Share above 1.33 (CI)"
    assert rows[1] == ["All patients", "40", "36", "0.62 (0.41 to NR)", "22% (12% to 36%)"]
    assert rows[3] == ["Resistance: primary", "18", "14", "NR (0.41 to NR)", "–"]


def test_moves_between_presets(study):
    resistance, pattern = robustness_tables.concordance_tables(study.tidy, study.numbers)
    assert resistance.caption.endswith("than under the study's preset (Index, inclusive)")
    assert lines(resistance, study)[1:] == [
        [
            "Index, literal", "41", "65.8%", "12", "70%",
            "9\u00a0acquired to unclassified; 3\u00a0primary to unclassified",
        ],
        [
            "SITC 2020", "55", "54.2%", "16", "60%",
            "4\u00a0acquired to late progression; 7\u00a0acquired to unclassified; 5\u00a0primary to not evaluable",
        ],
        [
            "Schoenfeld 2021", "90", "25.0%", "29", "28%",
            "11\u00a0acquired to not acquired; 18\u00a0primary to no class",
        ],
    ]  # fmt: skip
    assert lines(pattern, study)[2][-1] == "8\u00a0systemic to unknown; 10\u00a0oligo to unknown"


def test_boundary_patients(study):
    sheet = robustness_tables.boundary_table(study.tidy, study.numbers)
    assert lines(sheet, study)[1] == ["Index, inclusive", "9", "8", "3", "2"]


def test_the_specification_curve_and_what_moves_it(study):
    rows = lines(robustness_tables.curve_table(study.tidy, study.numbers), study)
    assert rows[1] == ["Main analysis, multivariable hazard ratio (CI)", "2.44 (1.11 to 5.36)", "–", "–"]
    assert ["Smallest to largest", "0.71 to 5.90", "0.40 to 4.40", "0.30 to 1.40"] in rows
    shifts = lines(robustness_tables.shift_table(study.tidy, study.numbers), study)
    assert ["Censoring of PFS", "1.31", "1.40", "1.90"] in shifts
    assert [(lever.effect, lever.choice) for lever in study.levers] == [
        ("resistance", "the definition of resistance"),
        ("progression pattern", "the definition of progression pattern"),
        ("interval treatment", "the censoring of PFS"),
    ]


def test_the_sensitivity_set_stands_beside_the_main_analysis(study):
    rows = lines(sensitivity_tables.hazards_table(study.tidy, study.numbers), study)
    assert [row[0] for row in rows[1:]] == [
        "Main analysis",
        "Partial dates as early as they can be",
        "Missing lesion counts as systemic progression",
        "Unclassified resistance left out",
        "Progression counts only when confirmed at least four weeks later",
    ]
    assert rows[0][3:] == ["Resistance: primary vs acquired, HR (CI)", "P"]
    assert rows[4][1:] == ["37", "33", "2.90 (1.11 to 5.36)", "0.012"]
    medians = lines(sensitivity_tables.medians_table(study.tidy, study.numbers), study)
    assert medians[0][1:5] == ["Patients", "Acquired", "Primary", "P"]
    assert medians[1][:5] == ["Main analysis", "40", "5.0 (2.2 to 9.4)", "1.9 (1.1 to NR)", "0.042"]


def test_the_sensitivity_set_is_no_further_analysis(study):
    sheet = analyses_table(study.tidy, study.numbers, study.titles)
    assert lines(sheet, study)[0] == ["", "Main analysis", "Literal reading"]


def test_lesions_against_reports(study):
    rows = lines(robustness_tables.lesion_table(study.tidy, study.numbers), study)
    assert rows[1:] == [
        ["Assessments with measured lesions that were compared", "211"],
        ["Same response", "198"],
        ["Another response", "13"],
        ["Reported PD, measured SD", "8"],
        ["Reported SD, measured PR", "5"],
    ]


def test_without_rows_there_is_no_section(figures):
    study = make_study()
    models = ["preset_concordance", "boundary", "specification_curve", "response_rate", "pfs_ratio", "lesion_agreement"]
    gone = study.estimates["model"].isin(models) | study.estimates["analysis"].str.startswith("sensitivity_")
    gone |= study.estimates["endpoint"].isin(["TTF", "DOR", "TTNT1"])
    bare = replace(study, estimates=study.estimates[~gone].reset_index(drop=True))
    page = render_page(bare, flow=FLOW, figures=figures, templates=TEMPLATES)
    for words in ("How much the definitions matter", "Response and further endpoints", "measured lesions that were"):
        assert words not in page
        assert words in render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)
    text = render_manuscript(bare, figures=figures, templates=TEMPLATES)
    assert "specification" not in text


def test_the_page_says_that_small_p_values_are_no_evidence(study, figures):
    page = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)
    assert "The share of specifications with a small P value is descriptive, never evidence" in page


def test_the_manuscript_says_how_far_the_results_hang_on_definitions(study, figures):
    text = render_manuscript(study, figures=figures, templates=TEMPLATES)
    assert (
        "Over 1120 specifications the hazard ratio for PFS by resistance had a median of 2.10 (range 0.71 to 5.90)"
        in text
    )
    assert "; the definition of resistance moved it most, 1.83-fold on average." in text
    assert "Sensitivity analyses changed one assumption at a time: partial dates as early as they can be; " in text
    assert "The objective response rate to rechallenge was 8% (95% CI 0% to 20%), the disease control rate 48%" in text
