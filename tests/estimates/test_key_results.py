"""The reduced set of a sensitivity analysis has the keys and the values of the whole set."""

import pandas as pd
import pytest

from rechallenge.estimates.key_results import key_results
from rechallenge.estimates.rows import placed, table
from rechallenge.estimates.run import estimate
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import ATTRITION, made_up_cohort

SETTINGS = StatisticsSettings()
DEFINITIONS = DefinitionSettings().resolved()
Cohort = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def reduced(cohort: Cohort, definitions: DefinitionSettings = DEFINITIONS) -> pd.DataFrame:
    return table(placed(key_results(*cohort, SETTINGS, definitions), analysis="main")).set_index("estimate_id")


def test_every_key_result_is_a_row_of_the_whole_set(cohort_of_40: Cohort) -> None:
    whole = estimate(*cohort_of_40, ATTRITION, SETTINGS, "main", definitions=DEFINITIONS).rows.set_index("estimate_id")
    found = reduced(cohort_of_40)
    pd.testing.assert_frame_equal(found, whole.loc[found.index], check_exact=True)


@pytest.mark.parametrize(
    "key",
    [
        "main/rechallenge/overall/n",
        "main/rechallenge/resistance/primary/n",
        "main/PFS/rechallenge/kaplan_meier/interval_treatment/true/median",
        "main/PFS/rechallenge/log_rank/resistance/p",
        "main/PFS/rechallenge/cox_multivariable/progression_pattern/systemic/oligo/hr",
    ],
)
def test_what_a_scenario_is_judged_by(cohort_of_40: Cohort, key: str) -> None:
    assert key in reduced(cohort_of_40).index


def test_nobody_rechallenged() -> None:
    classified, adtte, cohort = made_up_cohort(3)
    nobody = classified.assign(eligible=False), adtte[adtte["population"] == "first_ici"], cohort.assign(eligible=False)
    assert set(reduced(nobody)["statistic"]) == {"n"}
