"""Tables of the checks of the models, and Firth's hazard ratios in the Cox table."""

from typing import Any

from rechallenge.estimates.rows import Row, placed, table
from rechallenge.report import model_check_tables
from rechallenge.report import numbers as n
from rechallenge.report.results import cox_tables
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Sheet, printed
from rechallenge.results import prepared
from rechallenge.settings.config import used_settings
from tests.report.studies import make_study

OWN = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge"}
SIZES: dict[str, Any] = {"n": 36, "events": 30}
RESISTANCE = {"term": "resistance", "level": "primary", "reference": "acquired"}
FIRTH = "Firth's penalised Cox model, Efron ties"


def sheets(*rows: Row) -> tuple[dict[str, Sheet], n.Numbers]:
    frame = table(placed(rows, **OWN))
    numbers = n.together(n.from_estimates(frame), n.from_settings(used_settings(make_study().config)))
    tidy = prepared(frame)
    found = [*cox_tables(tidy, numbers, {}), *model_check_tables.tables(tidy, numbers, {})]
    return {sheet.id: sheet for sheet in found}, numbers


def checks() -> list[Row]:
    validation = {"model": "validation", **SIZES}
    influence = {"model": "influence", **RESISTANCE, **SIZES}
    model = {"model": "cox_multivariable", **RESISTANCE, **SIZES}
    return [
        Row("hr", 2.5, 1.1, 5.6, 0.02, **model),
        Row("ph_p", 0.01, p=0.01, **model),
        Row("ph_failing_p", 0.01, p=0.01, model="cox_multivariable", term="resistance", **SIZES),
        Row("leave_one_out_hr", 2.5, 2.1, 3.2, **influence),
        Row("leave_one_out_p", 0.02, 0.004, 0.06, **influence),
        Row("largest_dfbetas", 0.41, **influence),
        Row("hr", 4.0, 1.5, 9.9, 0.01, model="cox_time_split|resistance", term="resistance",
            level="primary until 3 months", reference="acquired", **SIZES),
        Row("hr", 0.7, 0.2, 2.2, 0.5, model="cox_time_split|resistance", term="resistance",
            level="primary after 3 months", reference="acquired", **SIZES),
        Row("time_split_chi2", 5.1, p=0.024, model="cox_time_split|resistance", term="resistance", **SIZES),
        Row("rmst_difference", -2.5, -4.6, -0.4, 0.02, at=12, model="restricted_mean", **RESISTANCE, **SIZES),
        Row("concordance_apparent", 0.7012, **validation),
        Row("concordance_optimism", 0.0312, **validation),
        Row("concordance_corrected", 0.67, **validation),
        Row("calibration_slope", 0.81, **validation),
        Row("bootstraps_fitted", 198, **validation),
        Row("predicted_survival", 0.62, at=6, **validation),
        Row("observed_survival", 0.6, 0.45, 0.8, at=6, **validation),
        Row("observed_expected", 1.05, 0.7, 1.5, at=6, **validation),
    ]  # fmt: skip


def test_single_patients_without_identities() -> None:
    found, numbers = sheets(*checks())
    sheet = found["checks-influence-pfs"]
    assert printed(sheet, numbers)[1] == [
        "Resistance: primary vs acquired", "2.50 (1.10 to 5.60)", "2.10 to 3.20", "0.004 to 0.060", "0.41", "0.010",
    ]  # fmt: skip
    assert plain(sheet.notes[0], numbers).startswith("The model of all declared covariates, 36 patients, 30 events")
    assert plain(sheet.notes[1], numbers).startswith("Proportional hazards: P below 0.05 for resistance. Done: hazard")


def test_before_and_after_with_the_test_of_the_change() -> None:
    found, numbers = sheets(*checks())
    assert printed(found["checks-remedies-pfs"], numbers) == [
        ["", "Period", "HR, or difference (CI)", "P", "P of the change"],
        ["Resistance: before and after", "", "", "", "0.024"],
        ["Resistance: primary vs acquired", "until 3 months", "4.00 (1.50 to 9.90)", "0.010", ""],
        ["Resistance: primary vs acquired", "after 3 months", "0.70 (0.20 to 2.20)", "0.50", ""],
        ["Resistance: difference of restricted means, months", "", "", "", ""],
        ["Resistance: primary vs acquired", "", "−2.5 (−4.6 to −0.4)", "0.020", ""],
    ]


def test_prediction_and_calibration() -> None:
    found, numbers = sheets(*checks())
    assert [row[1] for row in printed(found["checks-validation-pfs"], numbers)[1:]] == ["0.70", "0.03", "0.67", "0.81"]
    assert plain(found["checks-validation-pfs"].notes[0], numbers).startswith("Bootstrap: 198 of 200 samples")
    calibration = found["checks-calibration-pfs"]
    assert printed(calibration, numbers)[1] == ["All patients", "36", "30", "62%", "60% (45% to 80%)"]
    assert plain(calibration.caption, numbers) == "Calibration at 6 months, PFS from rechallenge"
    assert plain(calibration.notes[0], numbers) == "Observed over expected events: 1.05 (0.70 to 1.50)."


def test_validation_of_firths_model_says_so() -> None:
    firth = Row("concordance_apparent", 0.7, method="Harrell, Firth's penalised model", model="validation", **SIZES)
    found, _ = sheets(firth)
    assert found["checks-validation-pfs"].notes[0].startswith("The model is Firth's penalised one")


def test_nothing_checked_no_table() -> None:
    found, _ = sheets(Row("not_fitted", method="Not checked.", model="model_checks"))
    assert found == {}


def test_no_digit_of_a_table_is_outside_the_numbers() -> None:
    found, _ = sheets(*checks())
    for sheet in found.values():
        for pattern in (sheet.caption, *sheet.head, *sheet.notes):
            outside = "".join(part.partition("}")[2] if "}" in part else part for part in pattern.split("{"))
            assert not any(letter.isdigit() for letter in outside), pattern


def cox(model: str, **changed: Any) -> list[Row]:
    sizes = {"model": model, **SIZES}
    return [
        Row("hr", 3.1, 1.2, 8.8, 0.01, method=changed.get("method", "Cox"), **RESISTANCE, **sizes),
        *(Row(name, value, **sizes) for name, value in
          {"n": 36, "events": 30, "events_per_variable": 15, "dropped": 0, "concordance": 0.7}.items()),
    ]  # fmt: skip


def test_firths_ratio_stands_in_the_table_where_there_is_no_other_and_is_named() -> None:
    found, numbers = sheets(
        *cox("cox_univariable"), Row("not_fitted", method="Not fitted.", model="cox_multivariable"),
        *cox("cox_firth", method=FIRTH),
    )  # fmt: skip
    sheet = found["cox-pfs-rechallenge"]
    assert printed(sheet, numbers)[1][5] == "3.10 (1.20 to 8.80)"
    notes = [plain(note, numbers) for note in sheet.notes]
    assert notes[0].startswith("Model of all covariates together: 36 patients")
    assert notes[-1] == f"Without a finite estimate of the ordinary model, {FIRTH}: the model of all covariates."


def test_firths_ratio_beside_an_ordinary_one_does_not_replace_it() -> None:
    other = [row if row.statistic != "hr" else Row("hr", 9.9, **RESISTANCE, model="cox_firth", **SIZES)
             for row in cox("cox_firth")]  # fmt: skip
    found, numbers = sheets(*cox("cox_multivariable"), *other)
    assert "3.10 (1.20 to 8.80)" in printed(found["cox-pfs-rechallenge"], numbers)[1]


def test_what_was_imputed_is_said() -> None:
    model = {"model": "cox_multivariable", **SIZES}
    found, numbers = sheets(*cox("cox_multivariable"), Row("imputed", 4, term="progression_pattern", **model))
    notes = [plain(note, numbers) for note in found["cox-pfs-rechallenge"].notes]
    assert notes[1] == (
        "Missing covariates are imputed 20 times (chained equations, predictive mean matching) and the models pooled "
        "by Rubin's rules. Values imputed: progression pattern 4."
    )


def test_a_class_of_the_missing_is_said() -> None:
    found, _ = sheets(*cox("cox_multivariable"),
                      Row("n", 3, model="cox_multivariable", term="smoking", level="missing"))  # fmt: skip
    assert any("class of their own" in note for note in found["cox-pfs-rechallenge"].notes)
