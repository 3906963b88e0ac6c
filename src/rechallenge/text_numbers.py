"""Numbers in texts that anybody may have written, or that were never meant as numbers."""

import pandas as pd

# Far beyond what a float can hold (1e308). Beyond 32 bits pandas.to_numeric (2.3) ends the process with a segmentation
# fault, and one keyed hash in a thousand is such a text: 296e587941759841.
_BEYOND = r"[eE][+-]?\d{5,}\s*$"


def to_numbers(text: pd.Series) -> pd.Series:
    """Return the numbers in the texts, missing where a text is none or its exponent has five digits or more."""
    beyond = text.astype("string").str.contains(_BEYOND, regex=True, na=False).to_numpy(dtype=bool)
    return pd.to_numeric(text.mask(beyond), errors="coerce")
