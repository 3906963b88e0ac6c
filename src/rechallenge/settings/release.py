"""The settings of what may leave the private folder, and in which form."""

from typing import Literal

from pydantic import Field, model_validator

from rechallenge.settings.base import Settings


class ReleaseSettings(Settings):
    """What may leave the private folder. Everything under `shareable/` obeys it; docs/disclosure.md says how."""

    level: Literal["internal", "public"] = Field(
        "public",
        description="Who will see the shareable folder: internal, the study's own team, with every count as it is; or public, with small counts withheld and curves in steps.",
    )
    smallest_count: int = Field(
        5,
        ge=1,
        description="Fewest patients, or events, whose number a public release tells; zero is told. The comparison of a refresh uses it at either level, unless it has its own.",
    )
    round_to: int = Field(
        0,
        ge=0,
        le=100,
        description="Counts of a public release are rounded to multiples of this number, halves upwards; 0: not rounded.",
    )
    curve_step_months: int = Field(
        1,
        ge=1,
        description="Months between the points of a curve in a public release; it ends where fewer than `smallest_count` are at risk.",
    )
    vector_survival_curves: bool = Field(
        False, description="Release Kaplan-Meier curves as SVG and PDF, from which each event time can be read."
    )
    per_patient_figures: bool = Field(False, description="Release swimmer, waterfall and spider plots.")
    risk_sets: Literal["none", "events", "all_times"] = Field(
        "none",
        description="Risk sets for a coordinating centre (docs/federation.md): none; on the days of events; or on every day on which anybody leaves, which is each follow-up time. Only in an internal release.",
    )

    @model_validator(mode="after")
    def _no_days_in_public(self) -> "ReleaseSettings":
        if self.level == "public" and self.risk_sets != "none":
            raise ValueError(
                f'risk_sets "{self.risk_sets}" tells the days of events of single patients, which a public release never does: '
                'set level to "internal" and give the folder to the coordinating centre only, or set risk_sets to "none" (the estimates can be pooled without them)'
            )
        return self

    @property
    def public(self) -> bool:
        """Whether small counts are withheld."""
        return self.level == "public"
