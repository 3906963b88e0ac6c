"""How often the reported response is the one that the measured lesions give."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates.rows import Row

MODEL: Final = "lesion_agreement"
METHOD: Final = "reported response against that of RECIST 1.1 on the measured lesions, per patient and day"


def lesion_agreement(counts: pd.DataFrame) -> Iterator[Row]:
    """Return the rows compared, equal and different, and n per pair; columns of `counts`: statistic, level, n."""
    if counts.empty:
        return
    compared = float(counts.loc[counts["statistic"].eq("compared"), "n"].sum())
    for row in counts.to_dict("records"):
        level = "" if pd.isna(row["level"]) else str(row["level"])
        yield Row(str(row["statistic"]), float(row["n"]), n=compared, model=MODEL, level=level, method=METHOD)
