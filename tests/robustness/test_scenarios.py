"""Scenarios of the sensitivity set: what each changes, and that a shared step gives what the whole chain gives."""

import pandas as pd
import pytest

from rechallenge.clinical.derive import derive
from rechallenge.robustness.scenarios import IMPUTED, SCENARIOS, analysis_of, scenarios_for, titles
from rechallenge.robustness.staged import Staged
from rechallenge.settings.definitions import DefinitionSettings
from tests.clinical.test_preset_classes import study

MAIN = DefinitionSettings().resolved()
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def test_what_differs_from_the_main_analysis_is_run_and_nothing_else() -> None:
    names = [scenario.name for scenario in scenarios_for(MAIN, "middle")]
    assert names == [
        "dates_earliest", "dates_latest", "lesions_best_case", "lesions_worst_case", "unclassified_primary",
        "unclassified_acquired", "unclassified_excluded", "confirmed_progression", "clinical_ignored",
    ]  # fmt: skip
    other = DefinitionSettings.read(
        {"resistance": {"unclassified": "primary"}, "progression": {"clinical": "ignored"}}, "test"
    )
    names = [scenario.name for scenario in scenarios_for(other, "latest")]
    assert {"dates_middle", "unclassified_acquired"} < set(names)
    assert not {"dates_latest", "unclassified_primary", "clinical_ignored"} & set(names)


CHANGED = {
    "lesions_best_case": ("progression_pattern", "missing_count", "oligo"),
    "lesions_worst_case": ("progression_pattern", "missing_count", "systemic"),
    "unclassified_excluded": ("resistance", "unclassified", "exclude"),
    "clinical_ignored": ("progression", "clinical", "ignored"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_scenario_changes_one_thing(name: str) -> None:
    section, setting, value = CHANGED[name]
    found = BY_NAME[name].definitions(MAIN)
    assert getattr(getattr(found, section), setting) == value
    other = {**MAIN.plain(), section: {**MAIN.plain()[section], setting: value}}
    assert found.plain() == other


def test_confirmation_is_required_whatever_the_main_analysis_states() -> None:
    irecist = DefinitionSettings.read(
        {"progression": {"preset": "irecist", "confirmation_max_days": 40, "unconfirmed": "counts_unless_better"}},
        "test",
    )
    found = BY_NAME["confirmed_progression"].definitions(irecist).progression
    assert found.unconfirmed == "ignored"
    assert (found.preset, found.confirmation, found.confirmation_max_days) == (
        "recist_1_1_confirmed",
        "required",
        "none",
    )


def test_every_analysis_has_a_title() -> None:
    assert set(titles()) == {analysis_of(name) for name in (*BY_NAME, IMPUTED)}
    assert BY_NAME["dates_latest"].analysis == "sensitivity_dates_latest"


class Tables:
    """Accepted tables without partial dates: the same under each method."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self._tables = tables

    def tables(self, method: str) -> dict[str, pd.DataFrame]:
        return self._tables


def test_steps_that_are_shared_give_what_the_whole_chain_gives() -> None:
    made = study()
    everyone = made.patient_rows["patient_id"]
    staged = Staged(Tables(made.tables), made.frame, everyone)  # type: ignore[arg-type]
    literal = DefinitionSettings.read({"resistance": {"preset": "index_literal"}}, "test").resolved()
    runs = [scenario.definitions(MAIN) for scenario in scenarios_for(MAIN, "middle")]
    # Then another analysis, whose first steps are those of the first scenarios again.
    runs += [scenario.definitions(literal) for scenario in scenarios_for(literal, "middle")[:3]]
    for definitions in runs:
        once = staged.derive(definitions, "middle", "sensitivity_x")
        whole = derive(made.tables, definitions, made.frame, everyone=everyone, analysis="sensitivity_x")
        for name in ("cohort", "attrition", "classified", "adtte"):
            pd.testing.assert_frame_equal(getattr(once, name), getattr(whole, name))
