"""Which recorded progressions count: at once, or when they were confirmed."""

import pandas as pd

from rechallenge.clinical.progressions import PROGRESSIVE
from rechallenge.settings.exposure import ProgressionSettings


def counted_progressions(assessments: pd.DataFrame, settings: ProgressionSettings) -> pd.Series:
    """Return true for each assessment whose progression counts under `settings` (resolved)."""
    progressive = assessments["response"].isin(PROGRESSIVE)
    if settings.clinical == "ignored":
        progressive &= ~assessments["basis"].eq("clinical")
    return progressive.astype(bool)
