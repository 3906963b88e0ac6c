"""The assessments as the study's definitions see them: measured lesions applied, progression confirmed where asked."""

import pandas as pd

from rechallenge.clinical.confirmation import counted_progressions
from rechallenge.clinical.recist import with_measured_lesions
from rechallenge.settings.definitions import DefinitionSettings


def evaluated(
    assessments: pd.DataFrame,
    lesions: pd.DataFrame,
    regimens: pd.DataFrame,
    definitions: DefinitionSettings,
) -> pd.DataFrame:
    """Return the canonical assessments, those with measured lesions re-derived, with `is_progression` beside them.

    Every later step looks at `is_progression` (true/false) and never at the word PD: what counts as progression
    is a definition (`definitions.progression`). `definitions` are resolved.
    """
    derived = with_measured_lesions(assessments, lesions, regimens, definitions.lesions)
    return derived.assign(is_progression=counted_progressions(derived, definitions.progression))
