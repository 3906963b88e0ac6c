"""Oligo- or systemic progression, counted at progression on the first ICI or, for reproduction only, on rechallenge."""

from typing import Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError
from rechallenge.settings.classes import PatternSettings
from rechallenge.tables import TEXT

CONDITIONS_ON_OUTCOME: Final = (
    "The progression pattern is read at progression on rechallenge: it conditions on the outcome, those who have not "
    "progressed have none, and so it is no baseline covariate of any model."
)
# measured_at -> prefix of the columns of the course, and the date of that progression.
_PROGRESSION: Final = {
    "index_progression": ("", "index_progression_date"),
    "rechallenge_progression": ("rechallenge_", "rechallenge_progression_date"),
}


def conditions_on_outcome(settings: PatternSettings) -> bool:
    """Tell whether the pattern is read at rechallenge progression, which is the outcome of rechallenge PFS."""
    return settings.resolved().measured_at == "rechallenge_progression"


def classify_pattern(rows: pd.DataFrame, settings: PatternSettings) -> pd.Series:
    """Return oligo, systemic or unknown per row; missing where there was no such progression.

    Columns of `rows`: progressing_lesions (growing and new ones together) and progressing_organs, the least that each
    can be, the same with _at_most, and index_progression_date; with the prefix `rechallenge_` for that progression.
    `settings` are resolved. Oligo keeps every limit that the preset has, systemic exceeds at least one:

    - index (Xu 2023): "as many as three lesions" is systemic, "fewer than three" oligo; read as at most 2 lesions.
    - hosoya_2021: at most 5 lesions. esmo_2018 (of oligometastatic disease): at most 3 lesions.
    - heo_2021: 1 or 2 organs (sites). eortc (of oligometastatic disease): at most 5 lesions in at most 3 organs.
    - index_at_rechallenge: as index, at progression on rechallenge; see `conditions_on_outcome`.

    Bounds ("at least 3") decide where they can. A count that is missing, or does not decide, is unknown, or what
    `missing_count` makes of it. Lesions say nothing of organs, nor organs of lesions.
    """
    prefix, date = _PROGRESSION[settings.measured_at or "index_progression"]
    limits = {"lesions": settings.oligo_max_lesions, "organs": settings.oligo_max_organs}
    oligo, systemic = pd.Series(True, index=rows.index), pd.Series(False, index=rows.index)
    used = {counted: limit for counted, limit in limits.items() if limit is not None and limit != "none"}
    if not used:
        raise UserError("definitions.progression_pattern: neither lesions nor organs have a largest number.")
    for counted, limit in used.items():
        name = f"{prefix}progressing_{counted}"
        oligo &= rows[f"{name}_at_most"] <= limit
        systemic |= rows[name] > limit
    pattern = np.select([systemic.to_numpy(), oligo.to_numpy()], ["systemic", "oligo"], default=settings.missing_count)
    return pd.Series(pattern, index=rows.index, dtype="object").where(rows[date].notna()).astype(TEXT)
