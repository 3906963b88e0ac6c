"""From a row of estimates.csv to the patients behind it, or to the sentence that says why they cannot be named."""

import math
from collections.abc import Mapping
from typing import Final

from rechallenge.estimates.lesion_agreement import MODEL as LESION_AGREEMENT
from rechallenge.published.run import MODEL as CHECK
from rechallenge.robustness.curve import CURVE_MODEL
from rechallenge.tracing import sets_exposure, sets_models, sets_patients, sets_survival
from rechallenge.tracing.analysis import Analysis, Estimate, Recipe
from rechallenge.tracing.chosen import Chosen, NotTracedError, Traced

RECIPES: Final[Mapping[str, Recipe]] = {
    **sets_patients.RECIPES,
    **sets_survival.RECIPES,
    **sets_models.RECIPES,
    **sets_exposure.RECIPES,
}
WITHOUT_PATIENTS: Final = {
    CURVE_MODEL: (
        "The specification curve sums up many analyses, whose n is a number of specifications: each is a row of "
        "specification_curve.csv with its own patients, who are not kept."
    ),
    CHECK: (
        "A check of figures against one another: its n is a number of simulated cohorts, and no patient is counted. "
        "The figures themselves can be traced by their own names."
    ),
    LESION_AGREEMENT: (
        "Counts of reported responses against those of the measured lesions, per patient and day; where they differ is "
        "listed in lesion_notes.csv and violations.csv."
    ),
}
# What is counted in patients, so that the number itself can be compared with those found.
COUNTS: Final = frozenset(
    {
        "n", "events", "missing", "excluded", "remaining", "not_evaluable", "left_out", "dropped", "at_risk", "moved",
        "class_changes", "rechallenged_later", "imputed",
    }
)  # fmt: skip


def traced(row: Estimate, analysis: Analysis) -> Traced:
    """Return the analysis set of a row, and those whom the number counts.

    Raises NotTracedError with a sentence where a row has no patients, or where they are not kept.
    """
    if row.stem in WITHOUT_PATIENTS:
        raise NotTracedError(WITHOUT_PATIENTS[row.stem])
    if row.statistic == "not_fitted" and math.isnan(row.n):
        raise NotTracedError(f"Nothing was estimated, so that there is no analysis set. {row.method}")
    recipe = RECIPES.get(row.stem)
    if recipe is None:
        raise NotTracedError(f"No rule says which patients stand behind the model {row.stem}.")
    return recipe(row, analysis)


def disagreements(row: Estimate, found: Traced) -> tuple[str, ...]:
    """Return a sentence for each number of the row that the patients found do not have; none is as it should be."""
    problems = []
    if not math.isnan(row.n) and len(found.chosen) != row.n:
        problems.append(f"The row says n = {row.n:g}, and {found.chosen.size} {_were(found.chosen)} found.")
    counted = found.chosen if found.counted is None else found.counted
    if row.statistic in COUNTS and len(counted) != row.estimate:
        problems.append(f"The row counts {row.estimate:g}, and {counted.size} {_were(counted)} found.")
    return tuple(problems)


def _were(chosen: Chosen) -> str:
    return "was" if len(chosen) == 1 else "were"
