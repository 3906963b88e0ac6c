"""Every row of a finished run traced to its patients."""

from pathlib import Path

from rechallenge.tracing.analysis import Estimate
from rechallenge.tracing.chosen import NotTracedError
from rechallenge.tracing.run_folder import open_run
from rechallenge.tracing.sets import RECIPES, WITHOUT_PATIENTS, disagreements, traced

# Rows of these have no set where nothing was estimated, or groups that a fitted model makes.
MAY_LACK_PATIENTS = {
    "subgroup", "validation", "interaction", "interaction_adjusted", "power", "cox_firth", "cox_firth_sensitivity",
    "cox_firth_univariable", "cox_univariable", "cox_multivariable", "cox_sensitivity", "cumulative_incidence",
    "exposure_naive", "exposure_simon_makuch", "exposure_adjusted",
}  # fmt: skip


def problems_of_a_run(folder: Path) -> dict[str, object]:
    """Return, by estimate_id, what is wrong between a row of a run and its patients; nothing should be."""
    study = open_run(folder)
    assert study.changed() == []
    found: dict[str, object] = {}
    for place in range(len(study.estimates)):
        row = Estimate.of(study.estimates.iloc[place])
        try:
            said: object = disagreements(row, traced(row, study.analysis(row.analysis)))
        except NotTracedError as reason:
            allowed = row.stem in WITHOUT_PATIENTS or (row.stem in RECIPES and row.stem in MAY_LACK_PATIENTS)
            said = () if allowed and str(reason).endswith(".") else str(reason)
        if said:
            found[row.estimate_id] = said
    return found
