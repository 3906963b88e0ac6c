"""Which call of the R script computes which rows of estimates.csv again, by model.

A recipe takes the rows of one model, in one endpoint and population of one analysis, and returns calls of the
functions in workflow/templates/verify_*.R. A model without a recipe is listed in the script with the reason.
"""

from typing import Final

from rechallenge.verification import (
    recipes_comparisons,
    recipes_models,
    recipes_over_time,
    recipes_patients,
    recipes_survival,
)
from rechallenge.verification.context import Recipe

RECIPES: Final[dict[str, Recipe]] = {
    **recipes_patients.RECIPES,
    **recipes_survival.RECIPES,
    **recipes_comparisons.RECIPES,
    **recipes_models.RECIPES,
    **recipes_over_time.RECIPES,
}
LEFT_OUT: Final = {
    "attrition": "counts of patients who are not in the table of times",
    "population": "counts of patients who are not in the table of times",
    "preset_concordance": "counts of classes under other presets",
    "boundary": "counts of patients near a cutoff",
    "lesion_agreement": "counts of assessments",
    "safety": "counts of adverse events",
    "assessment_interval": "days between assessments",
    "specification_curve": "each specification has its own patients and times, which are not kept",
    "contradiction_check": "simulated",
    "log_rank_permutation": "all allocations of the patients, or some drawn at random",
    "model_checks": "counts of patients",
}
