"""Oligo- or systemic progression, counted at index progression."""

import numpy as np
import pandas as pd

from rechallenge.settings.definitions import PatternSettings
from rechallenge.tables import TEXT


def classify_pattern(rows: pd.DataFrame, settings: PatternSettings) -> pd.Series:
    """Return oligo, systemic or unknown for rows with progressing_lesions and its qualifier.

    Index study (Xu 2023): "as many as three lesions" is systemic, "fewer than three" oligo; read as at most
    `oligo_max_lesions` (2) against more. A count that is missing, or a bound that does not decide, is
    unknown, never oligo. Missing without index progression.
    """
    count, qualifier = rows["progressing_lesions"], rows["progressing_lesions_qualifier"]
    low = settings.oligo_max_lesions
    # "at_least 3" decides for systemic, "at_most 3" (strictly below 3) for oligo, "range" gives its lower end.
    systemic = (count > low) & ~qualifier.eq("at_most")
    oligo = (count <= low) & ~qualifier.isin(["at_least", "range"]) | (count <= low + 1) & qualifier.eq("at_most")
    pattern = np.select([systemic.to_numpy(bool), oligo.to_numpy(bool)], ["systemic", "oligo"], default="unknown")
    progressed = rows["index_progression_date"].notna()
    return pd.Series(pattern, index=rows.index, dtype="object").where(progressed).astype(TEXT)
