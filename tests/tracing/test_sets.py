"""Which patients stand behind a row: as many as the row says, for every method and under every policy."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rechallenge.clinical.eligibility import attrition
from rechallenge.estimates.counts import attrition_counts
from rechallenge.estimates.rows import Row, table
from rechallenge.estimates.run import estimate
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from rechallenge.tracing.analysis import Analysis, Estimate
from rechallenge.tracing.chosen import NotTracedError, Traced
from rechallenge.tracing.sets import RECIPES, WITHOUT_PATIENTS, disagreements, traced
from tests.estimates.cohort import ATTRITION, made_up_cohort
from tests.estimates.over_time_cohort import cohort as over_time_cohort
from tests.tracing.whole_run import MAY_LACK_PATIENTS

DEFINITIONS = DefinitionSettings().resolved()
DECLARED = (*StatisticsSettings().covariates, Covariate(name="age", unit=10.0, label="Age"))
SMOKING = Covariate(name="smoking", reference="never")
QUICK: dict[str, Any] = {"bootstraps": 5, "imputations": 2, "permutations": 100, "log_rank_weights": ("peto_peto",)}
POLICIES: dict[str, dict[str, Any]] = {
    "as declared": {},
    "hazards not proportional": {"proportional_hazards_alpha": 0.999, "firth": "always"},
    "missing category": {"missing_covariates": "missing_category", "covariates": (*DECLARED, SMOKING)},
    "imputed": {"missing_covariates": "multiple_imputation", "covariates": (*DECLARED, SMOKING)},
    "strata": {"strata": ("sex", "smoking"), "firth": "never"},
}


def adverse_events(classified: pd.DataFrame) -> pd.DataFrame:
    """Some events under either treatment, of every grade, some without a date or a grade."""
    rng = np.random.default_rng(5)
    people = classified.sample(30, replace=True, random_state=5)
    return pd.DataFrame(
        {
            "patient_id": people["patient_id"].to_numpy(),
            "start_date": (
                people["first_ici_start"] + pd.to_timedelta(rng.integers(-50, 900, 30), unit="D")
            ).to_numpy(),
            "ctcae_grade": rng.choice([1.0, 2.0, 3.0, 4.0, np.nan], 30),
            "immune_related": rng.choice(["yes", "no"], 30, p=[0.8, 0.2]),
        }
    ).assign(start_date=lambda frame: frame["start_date"].where(frame.index > 2))


@cache
def made(policy: str) -> tuple[pd.DataFrame, Analysis]:
    """Return all rows of a made-up study under a policy, and what they were made of."""
    settings = StatisticsSettings(**{"covariates": DECLARED, **QUICK, **POLICIES[policy]})
    classified, adtte = over_time_cohort(60)
    classified = classified.assign(
        progression_pattern=np.where(np.arange(120) % 5 == 0, "mixed", classified["progression_pattern"]),
        analysis_exclusion=np.where(np.arange(120) == 119, "window", None),
    )
    cohort = made_up_cohort(60)[2]
    events = adverse_events(classified)
    rows = estimate(
        classified, adtte, cohort, ATTRITION, settings, "main",
        definitions=DEFINITIONS, adverse_events=events, course=classified,
    ).rows  # fmt: skip
    analysis = Analysis(
        "main", cohort, classified, adtte, settings, DEFINITIONS, course=classified, adverse_events=events
    )
    return rows[rows["term"].ne("attrition")], analysis


def traces(rows: pd.DataFrame, analysis: Analysis) -> Iterator[tuple[Estimate, Traced | str]]:
    for place in range(len(rows)):
        row = Estimate.of(rows.iloc[place])
        try:
            yield row, traced(row, analysis)
        except NotTracedError as reason:
            yield row, str(reason)


@pytest.mark.parametrize(
    "policy", [pytest.param(name, marks=pytest.mark.slow if POLICIES[name] else ()) for name in POLICIES]
)
def test_every_row_has_as_many_patients_as_it_says(policy: str) -> None:
    rows, analysis = made(policy)
    found = list(traces(rows, analysis))
    wrong = {row.estimate_id: disagreements(row, own) for row, own in found if isinstance(own, Traced)}
    assert {name: problems for name, problems in wrong.items() if problems} == {}
    untraced = {row.stem: sentence for row, sentence in found if isinstance(sentence, str)}
    assert untraced.keys() <= MAY_LACK_PATIENTS
    assert all(sentence.endswith(".") for sentence in untraced.values())
    assert len(wrong) > 0.97 * len(rows)


def test_events_are_those_of_the_patients_found() -> None:
    """Not only as many patients: those with the events of the row."""
    rows, analysis = made("as declared")
    own_time = rows["model"].isin(["kaplan_meier", "log_rank", "cox_multivariable", "cox_univariable", "subgroup"])
    checked = 0
    for row, found in traces(rows[own_time & rows["statistic"].isin(["n", "hr", "p", "median"])], analysis):
        if isinstance(found, Traced) and not np.isnan(row.events):
            assert found.chosen.frame["event"].sum() == row.events, row.estimate_id
            checked += 1
    assert checked > 50


def test_every_model_has_a_rule_or_a_reason() -> None:
    rows, _ = made("as declared")
    models = set(rows["model"].str.partition("|")[0])
    assert sorted(models - RECIPES.keys() - WITHOUT_PATIENTS.keys()) == []


CRITERIA = ("nsclc", "advanced", "rechallenged")
COHORT = pd.DataFrame(
    [
        ("P1", True, None, True, True, True, ""),
        ("P2", False, "unusable_record", False, False, False, ""),
        ("P3", False, "nsclc", False, True, True, ""),
        ("P4", False, "advanced", True, False, False, "advanced;rechallenged"),
        ("P5", False, "advanced", True, False, True, ""),
        ("P6", False, "rechallenged", True, True, False, "rechallenged"),
    ],
    columns=["patient_id", "eligible", "excluded_by", *CRITERIA, "not_evaluable"],
).assign(in_first_ici=False, in_progressed=False)


def test_each_count_of_the_flow_names_its_patients() -> None:
    analysis = Analysis("main", COHORT, pd.DataFrame(), pd.DataFrame(), StatisticsSettings(), DEFINITIONS)
    rows = table(attrition_counts(attrition(COHORT, CRITERIA))).assign(analysis="main")
    for row, found in traces(rows, analysis):
        assert isinstance(found, Traced)
        assert disagreements(row, found) == (), row.estimate_id
    leaving = Row("excluded", 2.0, analysis="main", term="attrition", level="advanced")
    (own,) = (found for _, found in traces(table([leaving]), analysis))
    assert isinstance(own, Traced)
    assert own.counted is not None
    assert own.counted.frame["patient_id"].tolist() == ["P4", "P5"]
    assert own.chosen.frame["patient_id"].tolist() == ["P1", "P4", "P5", "P6"]
    blind = Row("not_evaluable", 1.0, analysis="main", term="attrition", level="advanced")
    (own,) = (found for _, found in traces(table([blind]), analysis))
    assert isinstance(own, Traced)
    assert own.counted is not None
    assert own.counted.frame["patient_id"].tolist() == ["P4"]


def test_a_row_that_disagrees_with_its_patients_is_told() -> None:
    rows, analysis = made("as declared")
    row = rows[rows["estimate_id"] == "main/PFS/rechallenge/kaplan_meier/overall/n"].iloc[0]
    wrong = Estimate.of(row.where(~row.index.isin(["n", "estimate"]), 61.0))
    assert disagreements(wrong, traced(wrong, analysis)) == (
        "The row says n = 61, and 60 patients were found.",
        "The row counts 61, and 60 patients were found.",
    )


@pytest.mark.parametrize("model", WITHOUT_PATIENTS)
def test_rows_without_patients_say_so(model: str) -> None:
    row = table([Row("n", 5.0, n=5.0, analysis="main", model=model, term="x")])
    ((_, said),) = traces(row, made("as declared")[1])
    assert said == WITHOUT_PATIENTS[model]
