"""The sensitivity model: the declared covariates and two more that the main model leaves out."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from rechallenge.estimates.times import levels_of
from rechallenge.settings.statistics import Covariate

COMBINATION: Final = Covariate(name="rechallenge_combination", reference="false", label="Rechallenge in combination")
LOCAL_THERAPY: Final = Covariate(
    name="local_therapy_at_progression", reference="false", label="Local therapy at progression"
)


def with_combination(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with `rechallenge_combination`: false for an ICI alone, true for anything with it."""
    kind = levels_of(frame["rechallenge_type"])
    combined = kind.map({"monotherapy": "false"}).fillna("true").where(kind.notna())
    return frame.assign(rechallenge_combination=combined)


def sensitivity_covariates(covariates: Sequence[Covariate]) -> tuple[Covariate, ...]:
    """Return the declared covariates, then regimen type and local therapy unless they are declared already."""
    declared = {covariate.name for covariate in covariates}
    return (*covariates, *(extra for extra in (COMBINATION, LOCAL_THERAPY) if extra.name not in declared))
