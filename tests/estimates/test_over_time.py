"""Everything that follows time, put together."""

import pandas as pd
import pytest

from rechallenge.estimates import over_time
from rechallenge.estimates.kaplan_meier import CURVE_COLUMNS
from rechallenge.estimates.plans import CLASSES
from rechallenge.estimates.rows import table
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.over_time_cohort import cohort, estimated

MODELS = {
    "exposure_naive", "exposure_time_dependent", "exposure_adjusted", "exposure_mantel_byar", "exposure_simon_makuch",
    "exposure_landmark", "immortal_time_bias", "delayed_entry", "delayed_entry_ignored", "entry_check",
    "cumulative_incidence|progression", "cumulative_incidence|death", "gray|progression", "gray|death",
    "cause_specific|progression", "cause_specific|death", "fine_gray|progression", "fine_gray|death",
    "dating_right_end", "dating_midpoint", "dating_interval",
}  # fmt: skip


def test_every_method_has_rows_with_keys_of_their_own() -> None:
    found = estimated()
    frame = table(found.rows)
    # Splits in time are there where hazards are not proportional.
    assert {model for model in frame["model"] if not model.endswith("_time_split")} == MODELS
    assert frame["estimate_id"].is_unique
    assert list(found.curves.columns) == list(CURVE_COLUMNS)
    assert list(found.incidence.columns) == list(over_time.INCIDENCE_COLUMNS)
    assert not frame.loc[frame["statistic"].isin(["hr", "shr", "weibull_hr"]), "estimate"].isna().any()


def test_the_same_patients_in_another_order_give_the_same_rows() -> None:
    classified, adtte = cohort(40)
    shuffled = classified.sample(frac=1, random_state=1), adtte.sample(frac=1, random_state=2)
    first, second = (
        table(over_time.over_time(a, c, StatisticsSettings(), DefinitionSettings().resolved(), CLASSES).rows)
        for c, a in ((classified, adtte), shuffled)
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_patients_are_no_crash(n: int) -> None:
    classified, adtte = cohort(n)
    found = over_time.over_time(adtte, classified, StatisticsSettings(), DefinitionSettings().resolved(), CLASSES)
    assert any(row.statistic == "not_fitted" for row in found.rows)


def test_nobody_and_a_table_without_these_endpoints_give_nothing() -> None:
    classified, adtte = cohort(5)
    for rows in (adtte.iloc[:0], adtte[adtte["endpoint"] == "TTNT"]):
        found = over_time.over_time(rows, classified, StatisticsSettings(), DefinitionSettings().resolved(), CLASSES)
        assert found.rows == []
        assert len(found.curves) == len(found.incidence) == 0
