"""The settings of the statistics: covariates, methods, limits, seeds."""

import math
from collections.abc import Hashable
from typing import Final, Literal, TypeVar

from pydantic import Field, field_validator

from rechallenge.settings.base import Settings

LogRankWeight = Literal[
    "gehan_breslow", "tarone_ware", "peto_peto", "modified_peto_peto", "fleming_harrington_0_1",
    "fleming_harrington_1_0", "fleming_harrington_1_1",
]  # fmt: skip
_Values = TypeVar("_Values", bound=tuple[Hashable, ...])
MissingPolicy = Literal["complete_case", "missing_category", "multiple_imputation"]


class Covariate(Settings):
    """One covariate of the Cox model."""

    name: str = Field(description="Column of classified.csv.")
    reference: str | None = Field(None, description="Reference level of a categorical covariate.")
    unit: float = Field(
        1.0, gt=0, description="Units of a numeric covariate per hazard ratio (10 for age per 10 years)."
    )
    label: str | None = Field(None, description="Words for tables and figures.")


class Subgroup(Settings):
    """One variable whose classes are the subgroups of the forest plot."""

    name: str = Field(description="Column of classified.csv.")
    cut: float | None = Field(
        None, description="Of a numeric variable: below it, and from it on (65 for age under 65 and 65 or more)."
    )
    label: str | None = Field(None, description="Words for tables and figures.")


_SUBGROUPS: Final = (
    Subgroup(name="age", cut=65.0, label="Age"),
    Subgroup(name="sex", label="Sex"),
    Subgroup(name="smoking", label="Smoking"),
    Subgroup(name="ecog_1_or_more", label="ECOG 1 or more"),
    Subgroup(name="histology_group", label="Histology"),
    Subgroup(name="pd_l1_group", label="PD-L1"),
    Subgroup(name="brain_metastasis", label="Brain metastasis"),
    Subgroup(name="liver_metastasis", label="Liver metastasis"),
    Subgroup(name="progression_pattern", label="Progression pattern"),
    Subgroup(name="interval_treatment", label="Interval treatment"),
)


class StatisticsSettings(Settings):
    """Methods. Times in the config are months."""

    confidence: float = Field(0.95, gt=0.5, lt=1)
    km_interval: Literal["log", "log-log", "plain"] = Field(
        "log", description="Confidence interval of the Kaplan-Meier curve; log is R's default."
    )
    landmarks_months: tuple[float, ...] = Field((3.0, 6.0, 12.0), description="Times of the survival probabilities.")
    covariates: tuple[Covariate, ...] = Field(
        (
            Covariate(name="resistance", reference="acquired", label="Resistance"),
            Covariate(name="progression_pattern", reference="oligo", label="Progression pattern"),
            Covariate(name="interval_treatment", reference="false", label="Interval treatment"),
            Covariate(name="ecog_1_or_more", reference="false", label="ECOG 1 or more"),
        ),
        description="Covariates of the rechallenge PFS and OS models, declared before looking at results.",
    )
    minimum_events: int = Field(5, ge=1, description="Fewest events for a model to be fitted.")
    missing_covariates: MissingPolicy = Field(
        "complete_case",
        description="Patients without a covariate: left out (and counted), given a class of their own, or imputed.",
    )
    imputations: int = Field(20, ge=2, description="Imputed data sets of `multiple_imputation`.")
    firth: Literal["when_needed", "always", "never"] = Field(
        "when_needed",
        description="Firth's penalised Cox model: where a class without events or separation leaves no finite estimate, always beside the main model, or never.",
    )
    proportional_hazards_alpha: float = Field(
        0.05, gt=0, lt=1, description="P of the test of proportional hazards below which its remedies are reported."
    )
    time_split_months: float = Field(
        3.0, gt=0, description="Time before and after which a hazard ratio is given where hazards are not proportional."
    )
    rmst_months: float = Field(
        12.0,
        gt=0,
        description="Horizon of the restricted mean survival time; shorter where a class is not followed so long.",
    )
    log_rank_weights: tuple[LogRankWeight, ...] = Field(
        ("gehan_breslow", "fleming_harrington_0_1"),
        description="Weighted log-rank tests beside the unweighted one: early and late differences.",
    )
    strata: tuple[str, ...] = Field(
        (), description="Columns of classified.csv by which a stratified log-rank test and Cox model are added."
    )
    bootstraps: int = Field(
        200, ge=0, description="Bootstrap samples of the optimism-corrected concordance and calibration; 0 for none."
    )
    calibration_months: float = Field(
        6.0, gt=0, description="Time at which predicted and observed survival are compared."
    )
    interactions: tuple[tuple[str, str], ...] = Field(
        (("resistance", "progression_pattern"), ("resistance", "interval_treatment")),
        description="Pairs of covariates whose interaction is tested.",
    )
    subgroup_effects: tuple[str, ...] = Field(
        ("resistance", "progression_pattern"), description="Covariates whose effect is given per subgroup."
    )
    subgroups: tuple[Subgroup, ...] = Field(
        _SUBGROUPS, description="Subgroups of the forest plot, declared beforehand."
    )
    permutation_below: int = Field(
        60, ge=0, description="Patients below which a log-rank test also has a permutation P value; 0 for never."
    )
    permutations: int = Field(
        9999, ge=99, description="Permutations drawn where the possible ones are too many to be listed."
    )
    small_group_below: int = Field(
        20, ge=0, description="Patients below which a curve also has intervals that hold in small groups; 0 for never."
    )
    few_events: int = Field(5, ge=1, description="An interval that leans on fewer events than this is marked.")
    power: float = Field(0.8, gt=0, lt=1, description="Power of the smallest hazard ratio that could be found.")
    exposure_landmarks_months: tuple[float, ...] = Field(
        (3.0, 6.0), description="Months after progression at which rechallenged and not yet rechallenged are compared."
    )
    boundary_days: int = Field(
        14,
        ge=0,
        description="Patients whose time lies this close to a cutoff of resistance, or closer, are listed and counted: another scan date could have changed their class.",
    )
    oldest_age: int = Field(
        89, ge=60, description="Ages above it identify people: they are described as one year more (90)."
    )
    seed: int = Field(20231201, description="Seed of everything random.")

    @field_validator("landmarks_months", "exposure_landmarks_months")
    @classmethod
    def _times(cls, months: tuple[float, ...]) -> tuple[float, ...]:
        if any(not math.isfinite(month) or month <= 0 for month in months):
            raise ValueError("each time must be a number of months above 0")
        return _once(months)

    @field_validator("covariates")
    @classmethod
    def _covariates(cls, covariates: tuple[Covariate, ...]) -> tuple[Covariate, ...]:
        _once(tuple(covariate.name for covariate in covariates))
        return covariates

    @field_validator("subgroups")
    @classmethod
    def _variables(cls, subgroups: tuple[Subgroup, ...]) -> tuple[Subgroup, ...]:
        _once(tuple(subgroup.name for subgroup in subgroups))
        return subgroups

    @field_validator("strata", "subgroup_effects", "log_rank_weights")
    @classmethod
    def _names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _once(names)

    @field_validator("interactions")
    @classmethod
    def _pairs(cls, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        same = [first for first, second in pairs if first == second]
        if same:
            raise ValueError(f'"{same[0]}" cannot interact with itself')
        _once(tuple(frozenset(pair) for pair in pairs), [" and ".join(pair) for pair in pairs])
        return pairs


def _once(values: _Values, said: list[str] | None = None) -> _Values:
    """Return the values; raises ValueError naming the first that stands there twice."""
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f'"{said[place] if said else value}" stands there twice')
    return values
