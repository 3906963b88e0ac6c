"""Oligo- or systemic progression, counted at index progression."""

import numpy as np
import pandas as pd

from rechallenge.settings.classes import PatternSettings
from rechallenge.tables import TEXT


def classify_pattern(rows: pd.DataFrame, settings: PatternSettings) -> pd.Series:
    """Return oligo, systemic or unknown for rows with progressing_lesions and progressing_lesions_at_most.

    Index study (Xu 2023): "as many as three lesions" is systemic, "fewer than three" oligo; read as at most
    `oligo_max_lesions` (2) against more. A count that is missing, or a bound that does not decide, is
    unknown, never oligo. Missing without index progression.
    """
    least, most = rows["progressing_lesions"], rows["progressing_lesions_at_most"]
    systemic, oligo = least > settings.oligo_max_lesions, most <= settings.oligo_max_lesions
    pattern = np.select([systemic.to_numpy(bool), oligo.to_numpy(bool)], ["systemic", "oligo"], default="unknown")
    progressed = rows["index_progression_date"].notna()
    return pd.Series(pattern, index=rows.index, dtype="object").where(progressed).astype(TEXT)
