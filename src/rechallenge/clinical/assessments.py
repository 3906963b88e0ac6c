"""The assessments as the study's definitions see them: measured lesions applied, progression confirmed where asked."""

import pandas as pd

from rechallenge.clinical.confirmation import CONFIRMED, counted_progressions, recorded_progressions, seen_again
from rechallenge.clinical.recist import with_measured_lesions
from rechallenge.settings.definitions import DefinitionSettings


def evaluated(
    assessments: pd.DataFrame,
    lesions: pd.DataFrame,
    regimens: pd.DataFrame,
    definitions: DefinitionSettings,
) -> pd.DataFrame:
    """Return the canonical assessments, those with measured lesions re-derived, and what counts as progression.

    Every later step looks at `is_progression` (true/false) and never at the word PD: what counts as progression
    is a definition (`definitions.progression`). `is_confirmed` says that a progression was recorded again, at least
    the declared days later and without a better assessment in between. `definitions` are resolved.
    """
    derived = with_measured_lesions(assessments, lesions, regimens, definitions.lesions)
    settings = definitions.progression
    recorded = recorded_progressions(derived, settings)
    return derived.assign(
        is_progression=counted_progressions(derived, settings, regimens),
        is_confirmed=seen_again(derived, recorded, settings.confirmation_min_days, None)
        | derived["response"].eq(CONFIRMED).astype(bool),
    )
