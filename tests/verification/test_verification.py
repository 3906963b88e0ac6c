"""The R script that travels with the results: what it covers, what it finds, and what it says."""

from pathlib import Path

import pandas as pd
import pytest

from rechallenge.estimates.run import estimate
from rechallenge.files import write_csv
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from rechallenge.verification import r_text
from rechallenge.verification.frames import frames
from rechallenge.verification.recipes import LEFT_OUT, RECIPES
from rechallenge.verification.script import verification_script
from tests.estimates.cohort import ATTRITION, made_up_cohort
from tests.needs_r import needs_r, rscript

TEMPLATES = Path(__file__).parents[2] / "workflow" / "templates"
DEFINITIONS = DefinitionSettings().resolved()
# Bootstrapped, or a number of a test of R that stops before it is exact.
NOT_AGAIN = (
    "bootstraps_fitted", "calibration_slope", "concordance_corrected", "concordance_optimism",
    "observed_expected_corrected", "ph_failing", "ph_failing_p", "median",
)  # fmt: skip
AGE = Covariate(name="age", unit=10.0, label="Age")


def written(folder: Path, settings: StatisticsSettings, n: int = 60, **changed: object) -> pd.DataFrame:
    """Write the script and its data of a made-up cohort; return its estimates. `changed` are columns of classified."""
    classified, adtte, members = made_up_cohort(n)
    classified = classified.assign(**changed)
    made = estimate(classified, adtte, members, ATTRITION, settings, "main", definitions=DEFINITIONS)
    data = frames({"main": classified}, {"main": adtte})
    script = verification_script(made.rows, data, settings, {"main": DEFINITIONS}, "A study", TEMPLATES)
    (folder / "verify.R").write_text(script, encoding="utf-8")
    for name, frame in (("estimates", made.rows), ("times", data.times), ("patients", data.patients)):
        write_csv(frame, folder / f"{name}.csv")
    return made.rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verification")
    written(path, StatisticsSettings(covariates=(*StatisticsSettings().covariates, AGE)))
    return path


def test_patients_are_numbered_and_no_date_is_left(folder: Path) -> None:
    text = "".join((folder / name).read_text(encoding="utf-8") for name in ("times.csv", "patients.csv", "verify.R"))
    assert "P000" not in text
    assert "2019-" not in text


def test_every_model_is_computed_again_or_has_a_reason(folder: Path) -> None:
    models = set(pd.read_csv(folder / "estimates.csv")["model"].dropna().str.partition("|")[0])
    assert sorted(models - RECIPES.keys() - LEFT_OUT.keys()) == []


@needs_r
def test_r_computes_every_estimate_again_and_agrees(folder: Path) -> None:
    done = rscript(folder / "verify.R")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "Every value agrees within 1e-06" in done.stdout
    compared = set(pd.read_csv(folder / "agreement.csv")["estimate_id"])
    estimates = pd.read_csv(folder / "estimates.csv")
    left = estimates[
        ~estimates["estimate_id"].isin(compared) & ~estimates["statistic"].isin(["not_fitted", "left_out"])
    ]
    model = left["model"].fillna("").str.partition("|")[0]
    drawn = left["statistic"].isin(NOT_AGAIN)
    assert left.loc[~model.isin(["", *LEFT_OUT]) & ~drawn, "estimate_id"].tolist() == []


@needs_r
@pytest.mark.parametrize(
    ("n", "settings", "changed"),
    [
        # Horizons before the first time, references that nobody has, one time of events: tests that have no value.
        (3, {"minimum_events": 1}, {}),
        (6, {"minimum_events": 1, "firth": "always"}, {"resistance": "primary"}),
        (24, {"landmarks_months": (12.0, 3.0)}, {}),
        (24, {"strata": ("resistance",)}, {}),
        (24, {"missing_covariates": "missing_category"}, {"ecog_1_or_more": None}),
        (24, {"missing_covariates": "multiple_imputation", "imputations": 3, "covariates": ("sex", "smoking")}, {}),
    ],
    ids=["three", "one_class", "landmarks", "strata", "missing_category", "imputed"],
)  # fmt: skip
def test_what_has_no_value_or_is_imputed_is_no_failure(
    tmp_path: Path, n: int, settings: dict[str, object], changed: dict[str, object]
) -> None:
    if "covariates" in settings:
        settings = {**settings, "covariates": [{"name": name} for name in settings["covariates"]]}  # type: ignore[attr-defined]
    few = {"bootstraps": 0, "permutations": 99, **settings}
    written(tmp_path, StatisticsSettings.model_validate(few), n, **changed)
    done = rscript(tmp_path / "verify.R")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@needs_r
def test_wrong_estimates_are_found(tmp_path: Path) -> None:
    rows = written(tmp_path, StatisticsSettings())
    wrong = []
    for statistic, model in (("hr", "cox_multivariable"), ("median", "kaplan_meier"), ("p", "log_rank")):
        place = rows[rows["statistic"].eq(statistic) & rows["model"].eq(model) & rows["estimate"].notna()].index[0]
        rows.loc[place, "estimate"] *= 1 + 1e-5
        wrong.append(rows.loc[place, "estimate_id"])
    write_csv(rows, tmp_path / "estimates.csv")
    done = rscript(tmp_path / "verify.R")
    assert done.returncode == 1
    assert [name for name in wrong if name not in done.stdout] == []
    assert "3 values differ by more than they may" in done.stdout


@needs_r
def test_a_share_of_0_has_no_interval_of_one_patient_either(tmp_path: Path) -> None:
    parts = [(TEMPLATES / f"verify_{name}.R").read_text(encoding="utf-8") for name in ("methods", "over_time")]
    key = "PFS/cumulative_incidence/3"
    parts.append(
        f"""
        estimates <- data.frame(estimate_id = c("{key}", "PFS/n", "PFS/events"), lower = NA, upper = NA)
        estimates$estimate <- c(0, 1, 1)
        d <- data.frame(days = 150, event = 1, event_type = "progression")
        check_incidence("PFS", d, "progression", causes_of(d), 3, "log", 0.9)
        all <- do.call(rbind, found)
        cat(identical(all$ours, all$r))
        """
    )
    (tmp_path / "try.R").write_text("\n".join(parts), encoding="utf-8")
    done = rscript(tmp_path / "try.R")
    assert done.stdout == "TRUE", done.stdout + done.stderr


@needs_r
def test_where_r_has_no_test_of_proportional_hazards_there_is_no_second_value(tmp_path: Path) -> None:
    parts = [(TEMPLATES / f"verify_{name}.R").read_text(encoding="utf-8") for name in ("methods", "over_time")]
    parts.append(
        """
        estimates <- data.frame(estimate_id = c("a/hr", "a/ph_p"), estimate = 1, lower = NA, upper = NA, p = 0.5)
        d <- data.frame(days = 100, event = 1, x = c(0, 1, 0, 1, 1))
        effects("a", "", fit_cox(d, "x"), 0.95)
        cat(vapply(found, function(one) one$estimate_id, ""))
        """
    )
    (tmp_path / "try.R").write_text("\n".join(parts), encoding="utf-8")
    done = rscript(tmp_path / "try.R")
    assert set(done.stdout.split()) == {"a/hr"}, done.stdout + done.stderr


def test_text_of_the_extract_cannot_leave_its_quotes() -> None:
    hostile = 'a"; system("rm") #\\ \n 肺'
    assert r_text.text(hostile) == '"a\\"; system(\\"rm\\") #\\\\ \\n \\u80ba"'
    assert r_text.name('x`; stop("no")') == '`x\\`; stop("no")`'
    assert r_text.name("resistance") == "resistance"


@needs_r
def test_r_reads_such_text_as_it_is(tmp_path: Path) -> None:
    hostile = 'a"b\\c\n肺\t%'
    script = tmp_path / "try.R"
    script.write_text(f"x <- {r_text.text(hostile)}\ncat(utf8ToInt(x))\n", encoding="utf-8")
    assert rscript(script).stdout.split() == [str(ord(letter)) for letter in hostile]
