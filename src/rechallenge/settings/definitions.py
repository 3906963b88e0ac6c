"""The clinical definitions of a study. Each value is documented with its meaning; `docs/definitions.md` cites sources."""

from typing import Final, Literal, get_args

from pydantic import Field, field_validator

from rechallenge.settings.base import Settings

Criterion = Literal[
    "nsclc",
    "advanced",
    "ici_treated",
    "no_prior_ici",
    "first_ici_monotherapy",
    "first_ici_in_window",
    "index_progression",
    "rechallenged",
    "rechallenge_in_window",
    "minimum_data",
]
CRITERIA: Final[tuple[Criterion, ...]] = get_args(Criterion)


class EpisodeSettings(Settings):
    """From rows of treatment to regimens, first ICI, index progression and rechallenge."""

    combination_window_days: int = Field(
        28,
        ge=0,
        description="A drug that starts within this many days of an ICI's first dose, before or after, belongs to its regimen.",
    )
    exposure_gap_days: int = Field(
        28, ge=0, description="Rows of one non-ICI drug at most this many days apart are one exposure."
    )
    continuation_gap_days: int = Field(
        84,
        ge=0,
        description="The same ICI restarted at most this many days after its last dose is treatment beyond progression, not rechallenge.",
    )
    minimum_rechallenge_gap_days: int = Field(
        0,
        ge=0,
        description="Least number of days between the last dose of the first ICI and another ICI for it to be rechallenge.",
    )
    late_progression_days: int = Field(
        84, ge=0, description="Index progression more than this many days after the last dose is flagged."
    )
    monotherapy_overlap: Literal["until_index_progression", "whole_exposure"] = Field(
        "until_index_progression",
        description="Over which part of the first ICI exposure another antineoplastic undoes monotherapy; drugs added on or after index progression are treatment beyond progression.",
    )


class EligibilitySettings(Settings):
    """Who is in. The order of `criteria` is the order of the flow diagram."""

    criteria: tuple[Criterion, ...] = Field(
        CRITERIA, description="Criteria, in order. A study may leave some out; the ids are fixed."
    )
    accept_undivided_stage_iii: bool = Field(
        False, description="Count an undivided stage III as advanced; by default it is not evaluable."
    )
    minimum_date_precision: Literal["day", "month", "year"] = Field(
        "month", description="Coarsest precision of the three key dates that counts as dated."
    )

    @field_validator("criteria")
    @classmethod
    def _once(cls, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        if len(set(criteria)) < len(criteria):
            raise ValueError("each criterion may stand once")
        if "ici_treated" not in criteria:
            raise ValueError('"ici_treated" cannot be left out: every population begins with it')
        return criteria


class ResponseSettings(Settings):
    """Best overall response on the first ICI."""

    stable_disease_days: int = Field(
        42, ge=0, description="SD earlier than this many days after the start is not evaluable (NE)."
    )
    objective_responses: tuple[Literal["CR", "PR"], ...] = Field(
        ("CR", "PR"), description="Responses that count as objective response."
    )


class ResistanceSettings(Settings):
    """Primary or acquired resistance to the first ICI."""

    preset: Literal["index_inclusive", "index_literal"] = Field(
        "index_inclusive",
        description="index_inclusive: acquired = response OR at least the cutoff, else primary. index_literal: primary = no response AND below the cutoff, acquired = response AND above it, else unclassified.",
    )
    cutoff_days: float = Field(182.625, gt=0, description="Six months, in days.")
    boundary: Literal[">=", ">"] | None = Field(
        None, description="Operator of the acquired side; the preset's own by default (inclusive >=, literal >)."
    )


class PatternSettings(Settings):
    """Oligo- or systemic progression, counted at index progression."""

    preset: Literal["index"] = Field(
        "index", description="index: oligo at most 2 progressing lesions, systemic 3 or more."
    )
    oligo_max_lesions: int = Field(
        2, ge=0, description="Largest number of growing and new lesions, together, that is oligo-progression."
    )


class IntervalTreatmentSettings(Settings):
    """Systemic non-ICI therapy between the last dose of the first ICI and rechallenge."""

    preset: Literal["systemic", "systemic_or_local"] = Field(
        "systemic",
        description="systemic: non-ICI antineoplastics only. systemic_or_local: radiotherapy, surgery and ablation count too.",
    )


class EndpointSettings(Settings):
    """Events and censoring of the endpoints."""

    preset: Literal["primary", "genie_bpc"] = Field(
        "primary",
        description="primary: PFS censors at the last adequate assessment. genie_bpc: the registry's own rule (next regimen censors, death only without one).",
    )
    genie_reading: Literal["i", "m", "i_or_m", "i_and_m"] = Field(
        "i_or_m",
        description="Whose word counts under genie_bpc: imaging (i), the oncologist's notes (m), either, or both at the later date.",
    )
    new_therapy: Literal["censor", "ignore"] = Field(
        "censor",
        description="New systemic therapy before progression censors PFS at the last adequate assessment on or before it, or is ignored.",
    )


class DefinitionSettings(Settings):
    """All definitions of a study."""

    episodes: EpisodeSettings = EpisodeSettings()
    eligibility: EligibilitySettings = EligibilitySettings()
    response: ResponseSettings = ResponseSettings()
    resistance: ResistanceSettings = ResistanceSettings()
    progression_pattern: PatternSettings = PatternSettings()
    interval_treatment: IntervalTreatmentSettings = IntervalTreatmentSettings()
    endpoints: EndpointSettings = EndpointSettings()


class AnalysisDefinitions(Settings):
    """What a further analysis may define otherwise than the main one; what it leaves out is the main one's."""

    response: ResponseSettings | None = None
    resistance: ResistanceSettings | None = None
    progression_pattern: PatternSettings | None = None
    interval_treatment: IntervalTreatmentSettings | None = None
    endpoints: EndpointSettings | None = None
