"""All results of an analysis, and the cohorts in which something is missing."""

from pathlib import Path

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.estimates.kaplan_meier import CURVE_COLUMNS
from rechallenge.estimates.rows import COLUMNS
from rechallenge.estimates.run import Estimates, estimate
from rechallenge.files import read_csv, write_csv
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from tests.estimates.cohort import ATTRITION, made_up_cohort

Cohort = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
SETTINGS = StatisticsSettings()
DEFINITIONS = DefinitionSettings().resolved()


def run(
    cohort: Cohort,
    settings: StatisticsSettings = SETTINGS,
    definitions: DefinitionSettings = DEFINITIONS,
    **more: pd.DataFrame,
) -> Estimates:
    classified, adtte, members = cohort
    return estimate(classified, adtte, members, ATTRITION, settings, "main", definitions=definitions, **more)


@pytest.fixture(scope="module")
def found(cohort_of_40: Cohort) -> Estimates:
    return run(cohort_of_40)


def value(found: Estimates, estimate_id: str) -> pd.Series:
    (row,) = found.rows[found.rows["estimate_id"] == estimate_id].to_dict("records")
    return pd.Series(row)


def test_columns_and_identifiers(found: Estimates) -> None:
    assert list(found.rows.columns) == list(COLUMNS)
    assert list(found.curves.columns) == list(CURVE_COLUMNS)
    assert found.rows["estimate_id"].is_unique
    assert (found.rows["analysis"] == "main").all()


def test_the_same_input_gives_the_same_results(cohort_of_40: Cohort, found: Estimates) -> None:
    again = run(cohort_of_40)
    pd.testing.assert_frame_equal(again.rows, found.rows, check_exact=True)
    pd.testing.assert_frame_equal(again.curves, found.curves, check_exact=True)


def test_frames_read_back_from_files_give_the_same_results(
    cohort_of_40: Cohort, found: Estimates, tmp_path: Path
) -> None:
    frames = []
    for name, frame in zip(("classified", "adtte", "cohort"), cohort_of_40, strict=True):
        write_csv(frame, tmp_path / f"{name}.csv")
        dates = [column for column in frame.columns if column.endswith("_start")]
        frames.append(read_csv(tmp_path / f"{name}.csv", dates=dates))
    again = estimate(frames[0], frames[1], frames[2], ATTRITION, SETTINGS, "main", definitions=DEFINITIONS)
    pd.testing.assert_frame_equal(again.rows, found.rows, rtol=1e-9)


def test_the_order_of_patients_does_not_matter(cohort_of_40: Cohort, found: Estimates) -> None:
    classified, adtte, members = (frame.sample(frac=1, random_state=5) for frame in cohort_of_40)
    again = estimate(classified, adtte, members, ATTRITION, SETTINGS, "main", definitions=DEFINITIONS)
    pd.testing.assert_frame_equal(again.rows, found.rows, rtol=1e-9)


@pytest.mark.parametrize(
    "key",
    [
        "PFS/rechallenge/kaplan_meier/overall/median",
        "PFS/rechallenge/kaplan_meier/resistance/primary/median",
        "PFS/rechallenge/kaplan_meier/progression_pattern|resistance=acquired/oligo/median",
        "PFS/rechallenge/kaplan_meier/resistance|progression_pattern=systemic/primary/survival/6",
        "PFS/rechallenge/kaplan_meier/overall/median_symmetric",
        "PFS/rechallenge/reverse_kaplan_meier/overall/median",
        "PFS/rechallenge/log_rank/interval_treatment/p",
        "OS/rechallenge/cox_multivariable/resistance/primary/acquired/hr",
        "PFS/rechallenge/cox_univariable/ecog_1_or_more/true/false/hr",
        "PFS/rechallenge/cox_multivariable/global/ph_p",
        "PFS/rechallenge/cox_sensitivity/rechallenge_combination/true/false/hr",
        "PFS/rechallenge/cox_sensitivity/local_therapy_at_progression/true/false/hr",
        "PFS1/first_ici/kaplan_meier/overall/median",
        "OS1/first_ici/kaplan_meier/overall/median",
        "PFS1/rechallenge/kaplan_meier/resistance/acquired/median",
        "OS1/rechallenge/kaplan_meier/overall/median",
        "rechallenge/resistance/primary/percent",
        "rechallenge/table1/age/median",
        "rechallenge/table1|resistance=primary/sex/male/n",
        "first_ici/overall/n",
        "attrition/nsclc/excluded",
        "TTNT/rechallenge/kaplan_meier/resistance/primary/median",
        "DOR1/first_ici/kaplan_meier/overall/median",
        "rechallenge/response_rate/overall/orr",
        "rechallenge/response_rate/resistance/primary/dcr",
        "rechallenge/best_response/overall/NE/percent",
        "rechallenge/best_response|resistance=acquired/overall/PD/n",
        "first_ici/rechallenge/response_rate/overall/orr",
        "first_ici/response_rate/overall/dcr",
        "PFS/rechallenge/pfs_ratio/overall/ratio_median",
        "PFS/rechallenge/pfs_ratio/resistance/acquired/ratio_above/1.33",
    ],
)
def test_what_the_report_prints_is_there(found: Estimates, key: str) -> None:
    assert value(found, f"main/{key}")["statistic"] == key.split("/")[-2 if key.endswith(("/6", "/1.33")) else -1]


def test_overall_survival_from_the_first_ici_is_entered_at_rechallenge(found: Estimates) -> None:
    assert "delayed entry" in value(found, "main/OS1/rechallenge/kaplan_meier/overall/median")["method"]
    keys = found.rows["estimate_id"].str.startswith("main/OS1/rechallenge/reverse")
    assert not keys.any()


def test_the_time_that_defines_resistance_has_curves_by_it_and_no_test(found: Estimates) -> None:
    own = found.rows[(found.rows["endpoint"] == "PFS1") & (found.rows["population"] == "rechallenge")]
    by_class = own[own["term"] == "resistance"]
    assert {"acquired", "primary"} <= set(by_class.loc[by_class["statistic"] == "median", "level"])
    assert by_class["p"].isna().all()
    said = by_class.loc[by_class["model"] == "log_rank", "method"].tolist()
    assert said == ["Not compared: the time is part of the definition of resistance."]


def test_patients_of_unknown_pattern_are_left_out_and_counted(cohort_of_40: Cohort, found: Estimates) -> None:
    classified = cohort_of_40[0]
    unknown = int((classified["eligible"] & (classified["progression_pattern"] == "unknown")).sum())
    assert unknown > 0
    assert value(found, "main/PFS/rechallenge/log_rank/progression_pattern/left_out")["estimate"] == unknown
    assert value(found, "main/PFS/rechallenge/cox_multivariable/dropped")["estimate"] == unknown


def test_curves_agree_with_their_rows(found: Estimates) -> None:
    pfs = found.curves[(found.curves["endpoint"] == "PFS") & (found.curves["term"] == "overall")]
    median = value(found, "main/PFS/rechallenge/kaplan_meier/overall/median")
    assert pfs["at_risk"].iloc[0] == median["n"]
    assert pfs["events"].sum() == median["events"]
    assert (pfs["events"] + pfs["censored"]).sum() == median["n"]


def test_no_date_and_no_identifier_among_the_results(found: Estimates) -> None:
    text = found.rows.astype(str).to_csv()
    assert "P000" not in text
    assert "2019-" not in text


def test_an_empty_rechallenge_set_leaves_the_first_ici(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    found = run(
        (
            classified.assign(eligible=False, interval_treatment=None, rechallenge_type=None),
            adtte[adtte["population"] == "first_ici"],
            members.assign(eligible=False),
        )
    )
    assert value(found, "main/rechallenge/overall/n")["estimate"] == 0
    assert set(found.rows["endpoint"]) == {"", "PFS1", "OS1", "DOR1"}
    assert set(found.rows.loc[found.rows["population"] == "rechallenge", "statistic"]) == {"n"}
    assert set(found.curves["population"]) == {"first_ici"}


def test_one_class_empty(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    found = run((classified.assign(resistance="primary"), adtte, members))
    assert value(found, "main/PFS/rechallenge/kaplan_meier/resistance/acquired/n")["estimate"] == 0
    reasons = found.rows.loc[found.rows["statistic"] == "not_fitted", ["endpoint", "model", "method"]]
    assert {"log_rank", "cox_univariable", "cox_multivariable", "cox_sensitivity"} <= set(reasons["model"])
    assert reasons["method"].str.endswith(".").all()


def test_a_pattern_that_is_measured_at_the_outcome_is_no_covariate(cohort_of_40: Cohort) -> None:
    at_rechallenge = {"progression_pattern": {"preset": "index_at_rechallenge"}}
    found = run(cohort_of_40, definitions=DefinitionSettings.read(at_rechallenge, "test").resolved()).rows
    for model in ("cox_univariable", "cox_multivariable", "cox_sensitivity"):
        own = found[(found["endpoint"] == "PFS") & (found["model"] == model)]
        ratios = own[own["statistic"] == "hr"]
        assert "resistance" in set(ratios["term"])
        assert "progression_pattern" not in set(ratios["term"])
        (reason,) = own.loc[own["statistic"] == "not_fitted", "method"]
        assert "fitted without it" in reason


def test_classes_of_a_preset_without_primary_resistance(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    other = classified.assign(resistance=classified["resistance"].replace("primary", "not_acquired"))
    schoenfeld = DefinitionSettings.read({"resistance": {"preset": "schoenfeld_2021"}}, "test").resolved()
    found = run((other, adtte, members), definitions=schoenfeld)
    assert value(found, "main/PFS/rechallenge/cox_multivariable/resistance/not_acquired/acquired/hr")["estimate"] > 1
    assert not found.rows["estimate_id"].str.contains("primary").any()
    assert "resistance|progression_pattern=oligo" in set(found.curves["term"])


def test_a_class_apart_is_a_further_level(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    late = classified["resistance"].where(classified.index % 3 > 0, "late_progression")
    found = run((classified.assign(resistance=late), adtte, members))
    assert value(found, "main/PFS/rechallenge/kaplan_meier/resistance/late_progression/median")["n"] > 0
    assert "3 groups" in value(found, "main/PFS/rechallenge/log_rank/resistance/p")["method"]


def test_literal_classes_with_many_unclassified(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    half = classified["resistance"].where(classified.index % 2 == 0, "unclassified")
    found = run((classified.assign(resistance=half), adtte, members))
    row = value(found, "main/PFS/rechallenge/log_rank/resistance/left_out")
    assert row["estimate"] == 20
    assert value(found, "main/rechallenge/resistance/unclassified/n")["estimate"] == 20


def test_everyone_censored(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    found = run((classified, adtte.assign(event=0), members))
    assert pd.isna(value(found, "main/PFS/rechallenge/kaplan_meier/overall/median")["estimate"])
    assert "no event" in value(found, "main/PFS/rechallenge/log_rank/resistance/not_fitted")["method"]
    assert not (found.rows["statistic"] == "hr").any()


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_very_small_cohorts(n: int) -> None:
    found = run(made_up_cohort(n))
    assert value(found, "main/rechallenge/overall/n")["estimate"] == n
    ratios = found.rows[found.rows["statistic"] == "hr"]
    assert (ratios["upper"] < 1e6).all()


def test_all_times_zero(cohort_of_40: Cohort) -> None:
    classified, adtte, members = cohort_of_40
    found = run((classified, adtte.assign(days=0.0, entry_days=0.0, event=0), members))
    assert value(found, "main/PFS/rechallenge/kaplan_meier/overall/at_risk/3")["estimate"] == 0


def test_an_unknown_covariate_is_the_users_mistake(cohort_of_40: Cohort) -> None:
    with pytest.raises(UserError, match='no covariate "resistence"'):
        run(cohort_of_40, StatisticsSettings(covariates=(Covariate(name="resistence", reference="acquired"),)))


def test_safety_where_adverse_events_exist(cohort_of_40: Cohort) -> None:
    classified = cohort_of_40[0]
    course = classified[["patient_id", "first_ici_start", "rechallenge_start"]]
    events = pd.DataFrame(
        {
            "patient_id": ["P00000"],
            "start_date": classified["first_ici_start"].iloc[:1],
            "ctcae_grade": [3.0],
            "immune_related": ["yes"],
        }
    )
    found = run(cohort_of_40, adverse_events=events, course=course)
    row = value(found, "main/rechallenge/safety/immune_related_event/first_ici/n")
    assert (row["estimate"], row["n"]) == (1, 40)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_patients_is_no_crash(n: int) -> None:
    rows = run(made_up_cohort(n), StatisticsSettings(bootstraps=10)).rows
    assert not ((rows["lower"] > rows["estimate"] + 1e-9) | (rows["upper"] < rows["estimate"] - 1e-9)).any()
    assert rows["p"].dropna().between(0, 1).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "change",
    [
        {"event": 0},
        {"event": 1, "days": 10.0, "entry_days": 0.0},
        {"days": 0.0, "entry_days": 0.0},
    ],
)
def test_times_that_say_nothing_are_no_crash(change: dict[str, float]) -> None:
    classified, adtte, members = made_up_cohort(12)
    rows = run((classified, adtte.assign(**change), members), StatisticsSettings(bootstraps=10)).rows
    assert not rows["statistic"].eq("hr").any() or rows.loc[rows["statistic"].eq("hr"), "estimate"].notna().all()
