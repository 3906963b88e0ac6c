"""The derivation again, under each scenario of the sensitivity set."""

import pandas as pd

from rechallenge.accepted import Accepted
from rechallenge.clinical.courses import StudyFrame
from rechallenge.estimates.plans import KEY_PLAN
from rechallenge.robustness.scenarios import scenarios_for
from rechallenge.robustness.sensitivity_set import Scenarios
from rechallenge.robustness.staged import Staged
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.sources.imputation import Method


def derived(
    definitions: DefinitionSettings, dates: Method, accepted: Accepted, frame: StudyFrame, everyone: pd.Series
) -> Scenarios:
    """Return the derivation of every scenario that differs from the main analysis.

    `definitions` (resolved) and `dates` are the main analysis's, `everyone` the identifiers of all patients of the
    extract. Times are those of the key results only.
    """
    staged = Staged(accepted, frame, everyone, (KEY_PLAN.endpoint,))
    made = {
        scenario.analysis: staged.derive(scenario.definitions(definitions), scenario.dates or dates, scenario.analysis)
        for scenario in scenarios_for(definitions, dates)
    }
    return Scenarios(
        *(
            _stacked([getattr(one, name).assign(analysis=analysis) for analysis, one in made.items()])
            for name in ("classified", "adtte", "cohort")
        )
    )


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"analysis": pd.Series(dtype="object")})
